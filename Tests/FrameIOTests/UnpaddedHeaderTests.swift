import FrameIO
import Physics
import TestSupport
import Testing

/// Headers that are longer than they say, sizes that are no whole numbers, and marks in front of files of others.
@Suite(.tags(.files)) struct UnpaddedHeaderTests {
  /// A header whose brace ends `length` bytes, and which says 512; then the pixels of an image of 3 x 2.
  private func image(_ length: Int, closes: Bool = true) -> [UInt8] {
    let start = "{\nHEADER_BYTES=512;\nSIZE1=3;\nSIZE2=2;\nTYPE=unsigned_short;\n"
    let last = "TWOTHETA=-12.3456;\n\(closes ? "}" : " ")\u{0C}"
    let filler = String(repeating: "#", count: length - start.utf8.count - last.utf8.count - 1) + "\n"
    return Array((start + filler + last).utf8) + [1, 0, 0, 0, 3, 0, 4, 0, 5, 0, 6, 0]
  }

  /// Byte 512 is within the last number of the header of 518 bytes. The C program reads 512 bytes of it.
  @Test func aHeaderReachesToItsBrace() throws {
    let long = image(518)
    let spec = try SMVHeader(long, path: "a", flag: "-img", .spec)
    #expect(spec.byteCount == 518 && spec.number("TWOTHETA") == -12.3456)
    let parity = try SMVHeader(long, path: "a", flag: "-img", .cParity)
    #expect(parity.byteCount == 512 && parity.number("TWOTHETA") == -12.34)
    let mask = try SMVImage(long, path: "a", flag: "-mask", .spec).mask()
    #expect(mask.isComputed == [true, false, true, true, true, true])
    for (bytes, length) in [
      (image(512), 512), (image(400) + [UInt8](repeating: 0, count: 200), 512), (image(513), 513),
    ] {
      #expect(try SMVHeader(bytes, path: "a", flag: "-img", .spec).byteCount == length)
    }
    #expect(try SMVHeader(image(518, closes: false), path: "a", flag: "-img", .spec).byteCount == 512)
  }

  /// Sizes are truncated to whole numbers, and 0 asks for DETECTOR_DIMENSIONS (docs/reference/70-files.md §6).
  @Test func sizesAreTruncatedFirst() throws {
    for (one, width) in [("0.5", 64), ("-0.5", 64), ("0", 64), ("1.9", 1), ("2", 2)] {
      let text = "{\nHEADER_BYTES=512;\nSIZE1=\(one);\nSIZE2=7;\nDETECTOR_DIMENSIONS=64.9;\n}\u{0C}"
      let bytes = Array(text.padding(toLength: 512, withPad: " ", startingAt: 0).utf8)
      let header = try SMVHeader(bytes, path: "a", flag: "-img", .cParity)
      #expect(header.fastPixels == width && header.slowPixels == (width == 64 ? 64 : 7), "\(one)")
    }
  }

  /// A byte order mark hides no format of another program.
  @Test func marksHideNoFormat() {
    let files = [
      ("!FORMAT=XDS_ASCII MERGE=TRUE\n!END_OF_HEADER\n1 0 0 5 1\n", "it is an XDS_ASCII file, which holds intensities"),
      ("data_a\nloop_\n", "it is a CIF"),
      (
        "   1   0   0   10.00    1.00\n   2   0   0   20.00    1.00\n",
        "it is a SHELX file (HKLF 4), which holds intensities without their symmetry"
      ),
    ]
    for (text, problem) in files {
      for mark in ["", "\u{FEFF}"] {
        let error = #expect(throws: RequestError.self) {
          try ReflectionFile.parse(Array((mark + text).utf8), path: "a.hkl", .spec)
        }
        #expect(error?.problem == problem)
      }
    }
  }
}
