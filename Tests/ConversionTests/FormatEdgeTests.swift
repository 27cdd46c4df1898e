import CommandLineSupport
import Foundation
import FrameExchange
import FrameIO
import Gzip
import Physics
import TestSupport
import Testing
import VisibleText

/// Files and values on the border of what is taken.
@Suite(.tags(.files)) struct FormatEdgeTests {
  @Test func readersOnABorder() throws {
    let step: [UInt8] = [0x80, 0, 0x80, 0, 0, 0, 0x80, 0xFD, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0]
    #expect(try ByteOffset.restore(step[...], count: 1, isUnsigned: true).get() == [.max])
    #expect(CBFHeader.dataStart(Array("###CBF".utf8) + CBFHeader.mark) == 10)
    let head = CBFHeader(Array("X-Binary-Size-Fastest-Dimension: 1073741824\n# Polarization 0.75\n".utf8))
    var request = SimulationRequest()
    head.apply(to: &request)
    #expect(head.fastPixels == 1 << 30 && request.kahnFactor == 0.5)
    let xds = "!FORMAT=XDS_ASCII MERGE=TRUE\n!ITEM_IOBS=1001\n1 2 3 4 5\n"
    let error = #expect(throws: RequestError.self) {
      try XDSReflections.read(Array(xds.utf8), path: "f", expands: false)
    }
    #expect(error?.problem.contains("names no column") == true)
  }

  /// Any coordinate that says where the beam is.
  @Test(arguments: ["-Xbeam 1", "-Ybeam 1", "-Xclose 1", "-Yclose 1", "-ORGX 5", "-ORGY 5"])
  func aCentreIsNotAssumed(option: String) throws {
    let made = try CommandLineParser("-cell 50 -default_F 1 \(option)".words).parse().simulation
    #expect(!made.assumptions.contains("a beam through the middle"))
    let other = option.contains("X") ? "Y" : "X"
    #expect(made.assumptions.contains("a beam in the middle along \(other)"))
    let plain = try CommandLineParser("-cell 50 -default_F 1".words).parse().simulation
    #expect(plain.assumptions.contains("a beam through the middle"))
    let both = try CommandLineParser("-cell 50 -default_F 1 -Xbeam 1 -Yclose 2".words).parse().simulation
    #expect(!both.assumptions.contains { $0.hasPrefix("a beam") })
  }

  /// A CBF whose text is longer than the bytes that are read first.
  @Test func longTextsOfCBF() throws {
    let folder = try TemporaryFolder()
    let camera = "# Detector_distance 0.25 m\n"
    let text =
      "###CBF\n" + String(repeating: "# a comment\n", count: 9000) + camera
      + "X-Binary-Size-Fastest-Dimension: 3\nX-Binary-Size-Second-Dimension: 2\n"
    let path = folder.url.appendingPathComponent("long.cbf").path
    try FileBytes.write(Array(text.utf8) + CBFHeader.mark + [0], to: path, for: "-img")
    let experiment = try Experiment(words: [
      "-cell", "50", "60", "70", "80", "90", "100", "-default_F", "1", "-img", path,
    ])
    #expect(experiment.detector.fastPixels == 3 && experiment.detector.pose.distance == 0.25)
  }

  private func array(_ shape: String, _ data: [UInt8], type: String = "|u1", length: Int = 300) -> [UInt8] {
    let text = "{'descr': '\(type)', 'fortran_order': False, 'shape': \(shape), }"
    let header = Array(text.utf8) + [UInt8](repeating: 32, count: length - text.utf8.count)
    return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 255), UInt8(length >> 8)] + header + data
  }

  /// Arrays whose header is longer than a byte counts, and arrays whose size in bytes is no number.
  @Test func arraysOnABorder() throws {
    #expect(try NPYReader.read(array("(1, 2)", [3, 4]), path: "f").pixels == [3, 4])
    for shape in ["(2305843009213693953, 1)", "(1, 2305843009213693953)", "(4294967296, 4294967296)"] {
      let bytes = array(shape, [UInt8](repeating: 0, count: 8), type: "<f8")
      #expect(throws: RequestError.self) { try NPYReader.read(bytes, path: "f") }
    }
  }

  @Test func unpackingIsLimited() throws {
    let one: [UInt8] = [
      0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 1, 1, 0, 0xFE, 0xFF, 0x61, 0x43, 0xBE, 0xB7, 0xE8, 1, 0, 0, 0,
    ]
    #expect(try Gunzip.unpacked(one, limit: 1) == [0x61])
    #expect(throws: GzipError.self) { try Gunzip.unpacked(one, limit: 0) }
  }

  @Test func pixelsOfFrames() throws {
    func pixels(_ keys: String, _ data: [UInt8], fills: Bool) throws -> Frame.Pixels {
      var bytes = Array("{\nHEADER_BYTES=512;\n\(keys)}\u{0C}".utf8)
      if fills { bytes += [UInt8](repeating: 32, count: 512 - bytes.count) }
      let header = try SMVHeader(bytes + data, path: "f", flag: "-img", .spec)
      return try SMVFrame.read(bytes + data, header, path: "f").pixels
    }
    let signed = try pixels("TYPE=signed_char;\nSIZE1=2;\nSIZE2=1;\n", [255, 2], fills: true)
    #expect(signed == .integers([-1, 2]))
    // The header is longer than it says; its end tells.
    let long = "SIZE1=1;\nSIZE2=1;\nCOMMENT=\(String(repeating: "x", count: 600));\n"
    #expect(try pixels(long, [7, 1], fills: false) == .integers([263]))
  }

  @Test func countsAndColours() throws {
    var counting = Frame.Counting()
    counting.offset = 1
    #expect(Frame(fastPixels: 1, slowPixels: 1, .floats([16_777_216])).leastCount(counting) == 16_777_217)
    var contrast = Contrast()
    (contrast.black, contrast.white) = (0, 1)
    let parts = (0...255).map { Float($0) / 255 }
    #expect(contrast.brightness(parts) == parts.map { log1p(999 * Double($0)) / log(1000) })
    var other = Contrast()
    other.percentile = 50
    #expect(other.limits([0, 0, 0, 5]).white == 5)
    other.percentile = .nan
    #expect(other.limits([1, 2, 5]).white == 1)
    other.law = .linear
    #expect(other.limits([.nan]).white == 1)
    #expect(ColourMap.grey.colour(0) == [0, 0, 0])
  }

  @Test func textsForTerminalsAndPages() {
    #expect(VisibleText.line("\u{202A}") == "\\u{202a}")
    #expect(VisibleText.terminal("\u{1B}[31mx", keepsColours: true) == "\u{1B}[31mx")
    #expect(VisibleText.terminal("\u{1B}31m", keepsColours: true) == "\\u{1b}31m")
    // A mark with an accent is the mark, and blanks before a heading do not hide it.
    #expect(VisibleText.markdown("|\u{301}`\u{301}[\u{301}x](y)") == "\\|\u{301}\\`\u{301}\\[\u{301}x\\](y)")
    #expect(VisibleText.markdown("  # a = #") == "  \\# a = #" && VisibleText.markdown("= b") == "\\= b")
    #expect(VisibleText.markdown("_x_ omega_pixel a_1 _") == "\\_x_ omega_pixel a_1 _")
  }

  /// The C function saturates where a number is too large; its magnitude has no positive counterpart.
  @Test(arguments: ["-1e10", "-99999999999999999999e-15", "99999999999999999999e-15", "1e300"])
  func wholeNumbersAreLimited(word: String) {
    for mode in [Compatibility.cParity, .spec] {
      #expect(throws: RequestError.self) {
        try CommandLineParser("-cell 50 -default_F 1 -seed \(word)".words, compatibility: mode).parse()
      }
    }
  }

  /// Links are followed as far as the system follows them, whatever their names.
  @Test func linksAreFollowedToTheEnd() throws {
    let folder = try TemporaryFolder()
    func link(_ name: String, to target: String) throws -> String {
      let path = folder.url.appendingPathComponent(name).path
      try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: target)
      return path
    }
    let odd = try link("odd", to: "scan:[2].bin")
    try FileBytes.write([UInt8(9)], to: odd, for: "-floatfile")
    #expect(try Array(folder.data("scan:[2].bin")) == [9])
    var last = try folder.file("end", "old")
    for number in 0..<40 { last = try link("l\(number)", to: last) }
    try FileBytes.write([UInt8(7)], to: last, for: "-floatfile")
    #expect(try Array(folder.data("end")) == [7])
  }
}
