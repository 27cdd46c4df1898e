import CommandLineSupport
import Foundation
import FrameIO
import Glibc
import Physics
import TestSupport
import Testing

/// Notes, limits and texts of requests close to others.
@Suite(.tags(.commandLine, .files)) struct RequestTextTests {
  private static let plain = "-cell 50 -default_F 1 -N 1 -oversample 1"
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// The axis is the last letter behind an underscore or in a rotation, and the first or last letter of other names.
  @Test func axesOfNames() {
    let rows: [(name: String, axis: Character?)] = [
      ("-detsize_x", "1"), ("-detsize_f", "1"), ("-DETSIZE_F", "1"), ("-misset_a", "1"), ("-sample_y", "2"),
      ("-detsize_s", "2"), ("-cell_b", "2"), ("-sample_z", "3"), ("-vector_o", "3"), ("-cell_c", "3"),
      ("-any_q", nil), ("-any_", nil), ("-sample_thick", nil), ("-hdivrange", "h"), ("-vdivsteps", "v"),
      ("-HDIV", "h"), ("-divergence", nil), ("-Xbeam", "1"), ("-Ybeam", "2"), ("-obeam", "3"), ("-qbeam", nil),
      ("-beam", nil), ("-xxbeam", nil), ("-Xclose", "1"), ("-Yclose", "2"), ("-Zclose", "3"), ("-close", nil),
      ("-fdet_vector", "1"), ("-sdet_vector", "2"), ("-odet_vector", "3"), ("-det_vector", nil), ("-ORGX", "1"),
      ("-ORGY", "2"), ("-ORGZ", "3"), ("-ORG", nil), ("-ORGXY", nil), ("-Na", "1"), ("-Nb", "2"), ("-Nc", "3"),
      ("-N", nil), ("-nab", nil), ("-nopgm", nil), ("-detector_rotx", "1"), ("-detector_roty", "2"),
      ("-detector_rotz", "3"), ("-detector_rot", nil), ("-drotx", "1"), ("-rotx", "1"), ("-DETECTOR_ROTY", "2"),
      ("-drots", "2"), ("-lambda", nil), ("", nil),
    ]
    for (name, axis) in rows {
      let found = FlagTable.axis(of: name)
      #expect(found == axis, "\(name)")
    }
  }

  /// Whether another beam centre is noted of a header with MOSFLM's and DENZO's coordinates.
  private func isNoted(mosflm: (x: String, y: String), denzo: (x: String, y: String)) throws -> Bool {
    let camera = "DIM=2;\nSIZE1=8;\nSIZE2=8;\nPIXEL_SIZE=0.1;\nDISTANCE=100;\n"
    let centre = "BEAM_CENTER_X=\(mosflm.x);\nBEAM_CENTER_Y=\(mosflm.y);\n"
    let other = "DENZO_X_BEAM=\(denzo.x);\nDENZO_Y_BEAM=\(denzo.y);\n"
    let text = "{\nHEADER_BYTES=512;\n\(camera)\(centre)\(other)}\u{0C}"
    let path = try folder.file("header.img", text.padding(toLength: 512, withPad: " ", startingAt: 0))
    let notes = try Experiment(command: "\(Self.plain) -img \(path)").notes
    return notes.contains { $0.contains("the beam is at") }
  }

  /// The room is 1e-4 + 1e-5 of the largest coordinate, quoted or not: 9000.0005 mm as quoted, half a pixel less on the
  /// detector, or 9000.0505 mm on the detector. Centres lie a millionth of a micrometre or two beyond it and before it.
  @Test func theRoomIsThatOfTheLargestCoordinate() throws {
    let far = "-9000.0005"
    // -8999.9505 less 0.090100005.
    let (beyond, within) = ("-9000.040600007", "-9000.040600003")
    #expect(try isNoted(mosflm: (far, "-30"), denzo: (beyond, "-29.95")))
    #expect(try !isNoted(mosflm: (far, "-30"), denzo: (within, "-29.95")))
    #expect(try isNoted(mosflm: ("-30", far), denzo: ("-29.95", beyond)))
    #expect(try !isNoted(mosflm: ("-30", far), denzo: ("-29.95", within)))
    // 9000.0505 and 0.090100505.
    let near = "9000.0005"
    #expect(try isNoted(mosflm: (near, "-30"), denzo: ("9000.140600506", "-29.95")))
    #expect(try !isNoted(mosflm: (near, "-30"), denzo: ("9000.140600504", "-29.95")))
    #expect(try isNoted(mosflm: ("-30", near), denzo: ("-29.95", "9000.140600506")))
    #expect(try !isNoted(mosflm: ("-30", near), denzo: ("-29.95", "9000.140600504")))
  }

  /// The help has a head, the usage, the options by subject, and what statuses and repeated options mean.
  @Test func theHelpIsWhole() {
    func row(_ call: String, _ summary: String) -> String {
      let start = "  " + call
      return start + String(repeating: " ", count: 34 - start.count) + summary
    }
    let lines = HelpText.full.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let status =
      "Exit status: 0 done; 2 a request that cannot be carried out; 9 no crystal or no structure factors given."
    let head = [
      "nanobragg: X-ray diffraction of a nanocrystal on an area detector, as nanoBragg.c computes it", "",
      "usage: nanobragg -hkl FILE | -default_F F   -mat FILE | -cell a b c alpha beta gamma   [options]",
      "example: nanobragg -default_F 100 -cell 100 100 100 90 90 90 -N 5 -distance 100 -detpixels 64", "",
      "Crystal", row("-Na cells", "number of cells along a (default 1)"),
    ]
    let end = [
      "", "Beyond the C program", row("-help, --help, -h", "show this text"), row("--version", "show the version"),
      row(
        "--compat c-parity|spec",
        "reproduce the C program with its quirks, or the documented physics (default: c-parity)"),
      row("--phi-mode c-parity|spec", "override --compat for the phi carry-over alone (Q-03)"),
      row("--ignore-unknown", "ignore unknown options, as the C program does"),
      row("-threads n", "number of threads (default: OMP_NUM_THREADS, else all cores)"),
      row("-trace_pixel slow fast", "write every intermediate value of one pixel to standard output"), "", status,
      "Options are read as the C program reads them: the last one wins, integers are cut off at the point.",
    ]
    #expect(Array(lines.prefix(head.count)) == head)
    #expect(Array(lines.suffix(end.count)) == end)
    let starts = zip(lines, lines.dropFirst()).filter { $0.0.isEmpty }.map { $0.1 }
    let subjects = ["Crystal", "Geometry", "Beam", "Sampling", "Output", "Beyond the C program"]
    #expect(starts == [head[2]] + subjects + [status])
    // Values stand behind all spellings; a call that is too long for the column has a line of its own.
    let vector = lines.firstIndex(of: "  -pix0_vector, -pix0_vector_mm x y z")
    let start = String(repeating: " ", count: 34) + "outer corner of the first pixel, in m (or mm); "
    let next = vector.map { lines[$0 + 1] }
    #expect(next == start + "selects CUSTOM and, in c-parity, nothing else")
    let domains = row("-mosaic_domains, -mosaic_dom n", "number of mosaic domains (default 10 with a spread)")
    #expect(lines.contains(domains))
  }

  /// A CBF without pixels, of 3 × 2 pixels at 250 mm.
  private func image(_ more: String) throws -> String {
    let size = "X-Binary-Size-Fastest-Dimension: 3\nX-Binary-Size-Second-Dimension: 2\n"
    let text = "###CBF: VERSION 1.5\n# Detector_distance 0.25 m\n\(more)\(size)"
    return try folder.file("a.cbf", Array(text.utf8) + CBFHeader.mark + [0])
  }

  /// A two-theta other than 0 is noted, as it is left out.
  @Test func aTwoThetaWithoutAnAxisIsNoted() throws {
    let rows: [(line: String, isNoted: Bool)] = [
      ("# Detector_2theta 5.0000 deg.\n", true), ("# Detector_2theta -0.5 deg.\n", true),
      ("# Detector_2theta 0.0000 deg.\n", false), ("", false),
    ]
    for (line, isNoted) in rows {
      let path = try image(line)
      let request = try CommandLineParser("\(Self.plain) -img \(path)".words).parse()
      let note = "-img \(path): the header tells a two-theta and not its axis: it is left out"
      let found = request.notes.filter { $0.hasPrefix("-img \(path)") }
      let wanted: [String] = isNoted ? [note] : []
      #expect(found == wanted, "\(line)")
    }
  }

  /// What neither the header nor an option tells is assumed, and noted.
  @Test func assumptionsAboutTheCameraAreNoted() throws {
    let path = try image("")
    func notes(_ more: String) throws -> [String] {
      try CommandLineParser("\(Self.plain) -img \(path) \(more)".words).parse().loaded(clockSeed: 1).notes
    }
    let start = "-img \(path) and the options do not tell all of the camera: assumed are "
    #expect(try notes("") == [start + "a wavelength of 1 A, pixels of 0.1 mm, a beam through the middle"])
    #expect(try notes("-lambda 1 -pixel 0.1 -Xbeam 1") == [start + "a beam in the middle along Y"])
    #expect(try notes("-lambda 1 -pixel 0.1 -Xbeam 1 -Ybeam 1") == [])
  }

  /// A curve that has no effect is read all the same, up to 100 MiB. The file is one of holes.
  @Test func curvesOfMoreThan100MebibytesAreRefused() throws {
    let limit = FileBytes.limit(ofKind: 104_857_600)
    let path = try folder.file("curve.stol", "")
    try lengthen(path, to: limit + 1)
    for option in ["-stol", "-4stol", "-Q"] {
      let error = #expect(throws: RequestError.self) { try Experiment(command: "\(Self.plain) \(option) \(path)") }
      #expect(error?.subject == "structure factor curve" && error?.value == path, "\(option)")
      #expect(error?.problem == "the file has \(limit + 1) bytes; at most \(limit) are read", "\(option)")
    }
    try folder.file("curve.stol", "0 1\n")
    #expect(try Experiment(command: "\(Self.plain) -stol \(path)").structureFactors.defaultAmplitude == 1)
  }

  /// A float image that cannot be written is told before a stream gets the image that goes there.
  @Test func nothingGoesToAStreamIfTheFloatImageCannotBeWritten() throws {
    let target = try folder.file("stream", "")
    let stream = open(target, O_WRONLY | O_CLOEXEC)
    try #require(stream >= 0)
    defer { close(stream) }
    let float = folder.url.appendingPathComponent("none/f.bin").path
    var files = OutputFiles()
    files.float = float
    files.integer = "/dev/fd/\(stream)"
    files.writesGreyMap = false
    files.writesNoise = false
    let experiment = try Experiment(command: "\(Self.plain) -detpixels 4")
    let rendering = try Simulator(experiment).render()
    let images = OutputImages(files, of: experiment, rendering)
    let error = #expect(throws: RequestError.self) { _ = try images.write(threads: 2) }
    #expect(error?.subject == "-floatfile" && error?.value == float)
    #expect(error?.problem == "the file cannot be written: No such file or directory")
    #expect(try folder.data("stream").isEmpty)
  }
}
