import CommandLineSupport
import FrameIO
import Physics

extension Convert {
  /// Refuses an output that cannot be written, or that would overwrite an input.
  func checkFiles() throws(RequestError) {
    try FileBytes.checkLimit()
    var files = FileRegister()
    files.read(input, "input")
    files.read(images.header, "--header")
    // Options of the camera may name files, too; any other word names no existing file.
    for word in camera { files.read(word, "the camera") }
    try files.write(output, "output")
    if files.usesStandardOutput { Terminal.leavesStandardOutputToFiles() }
  }
}
