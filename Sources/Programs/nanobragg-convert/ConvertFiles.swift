import CommandLineSupport
import FrameIO
import Physics

extension Convert {
  /// Refuses an output that cannot be written, or whose writing destroys a file that is read.
  func checkFiles() throws(RequestError) {
    try FileBytes.checkLimit()
    var files = FileRegister()
    files.read(input, "input")
    files.read(images.header, "--header")
    // Options of the camera name files, too.
    for word in camera { files.read(word, "the camera") }
    try files.write(output, "output")
    if files.usesStandardOutput { Terminal.leavesStandardOutputToFiles() }
  }
}
