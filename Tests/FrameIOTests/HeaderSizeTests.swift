import FrameIO
import Physics
import TestSupport
import Testing

/// Sizes, lengths, words and pixels of SMV images next to what is refused or read otherwise.
@Suite(.tags(.files)) struct HeaderSizeTests {
  private static let modes: [Compatibility] = [.cParity, .spec]

  private static func filled(_ text: String, to count: Int) -> [UInt8] {
    let bytes = Array(text.utf8)
    return bytes + [UInt8](repeating: 32, count: count - bytes.count)
  }

  /// A header of 512 bytes: the keys, a brace, blanks.
  private func image(_ keys: String) -> [UInt8] { Self.filled("{\nHEADER_BYTES=512;\n\(keys)}", to: 512) }

  /// What is read of a header, or why it is refused.
  private func reading(_ bytes: [UInt8], _ mode: Compatibility, _ read: (SMVHeader) -> String) -> String {
    do throws(RequestError) {
      return read(try SMVHeader(bytes, path: "f", flag: "-img", mode))
    } catch {
      return error.description
    }
  }

  /// An image has at most 2³⁰ pixels, and so many along one side if the header states no other one.
  @Test func sizesOfImages() {
    func refusal(_ size: String) -> String { "-img f: the header claims \(size) pixels; check SIZE1 and SIZE2" }
    let rows: [(keys: String, wanted: String)] = [
      ("", "0 x 0"), ("SIZE1=3;\nSIZE2=4;\n", "3 x 4"), ("SIZE1=7.9;\nSIZE2=4.2;\n", "7 x 4"),
      ("DETECTOR_DIMENSIONS=5;\n", "5 x 5"), ("SIZE1=0;\nSIZE2=7;\nDETECTOR_DIMENSIONS=5;\n", "5 x 5"),
      ("SIZE1=3;\nSIZE2=4;\nDETECTOR_DIMENSIONS=5;\n", "3 x 4"), ("SIZE1=nan;\nSIZE2=4;\n", "0 x 0"),
      ("SIZE1=32768;\nSIZE2=32768;\n", "32768 x 32768"), ("SIZE1=2;\nSIZE2=536870912;\n", "2 x 536870912"),
      ("SIZE1=2;\nSIZE2=536870913;\n", refusal("2.0 x 536870913.0")),
      ("SIZE1=1;\nSIZE2=1073741824;\n", "1 x 1073741824"),
      ("SIZE1=1;\nSIZE2=1073741825;\n", refusal("1.0 x 1073741825.0")),
      ("SIZE1=1073741824;\n", "1073741824 x 0"), ("SIZE1=1073741825;\n", refusal("1073741825.0 x 0.0")),
      ("SIZE1=inf;\n", refusal("inf x 0.0")), ("SIZE1=-3;\nSIZE2=4;\n", refusal("-3.0 x 4.0")),
      ("SIZE1=3;\nSIZE2=-4;\n", refusal("3.0 x -4.0")),
      ("DETECTOR_DIMENSIONS=32769;\n", refusal("32769.0 x 32769.0")),
    ]
    for row in rows {
      for mode in Self.modes {
        let found = reading(image(row.keys), mode) { "\($0.fastPixels) x \($0.slowPixels)" }
        #expect(found == row.wanted, "\(row.keys) in \(mode.name)")
      }
    }
  }

  /// A header has at least one byte, and at most those of the file.
  @Test func lengthsOfHeaders() {
    func refusal(_ length: String) -> String {
      "-img f: the header claims \(length) bytes, the file has 600; check HEADER_BYTES, or whether the file is cut off"
    }
    let rows: [(key: String, wanted: String)] = [
      ("HEADER_BYTES=1;", "1"), ("HEADER_BYTES=600;", "600"), ("HEADER_BYTES=512.9;", "512"),
      ("HEADER_BYTES=nan;", "512"), ("HEADER_BYT", "512"), ("HEADER_BYTES=0;", refusal("0.0")),
      ("HEADER_BYTES=;", refusal("0.0")), ("HEADER_BYTES=0.5;", refusal("0.5")), ("HEADER_BYTES=-5;", refusal("-5.0")),
      ("HEADER_BYTES=601;", refusal("601.0")), ("HEADER_BYTES=1e10;", refusal("10000000000.0")),
    ]
    for row in rows {
      for mode in Self.modes {
        let found = reading(Self.filled("{\n\(row.key)\n}", to: 600), mode) { "\($0.byteCount)" }
        #expect(found == row.wanted, "\(row.key) in \(mode.name)")
      }
    }
    let short = "-img f: the file has 511 bytes; an SMV header alone has 512; give a whole SMV image"
    let other =
      "-img f: the file does not start with an SMV header; "
      + "give an SMV image: it starts with { and HEADER_BYTES on the next line"
    for mode in Self.modes {
      let cut = reading(Array(image("").dropLast()), mode) { _ in "taken" }
      #expect(cut == short, "\(mode.name)")
      let foreign = reading(Self.filled("{\nHEADER_BY", to: 512), mode) { _ in "taken" }
      #expect(foreign == other, "\(mode.name)")
    }
  }

  /// 700 bytes with a text from a byte on, and blanks in front of it and behind it.
  private func file(_ text: String, at place: Int) -> [UInt8] {
    let start = Self.filled("{\nHEADER_BYTES=512;\n", to: place)
    return Self.filled(String(decoding: start, as: UTF8.self) + text, to: 700)
  }

  /// The length stands in the first 512 bytes, and a number in the bytes of the header: the third digits stand in byte
  /// 512, counted from zero.
  @Test func digitsBehindTheEndAreNotRead() throws {
    for mode in Self.modes {
      let length = try SMVHeader(file("HEADER_BYTES=600;\n", at: 497), path: "f", flag: "-img", mode)
      #expect(length.byteCount == 60, "\(mode.name)")
      let angle = try SMVHeader(file("PHI=123;\n", at: 506), path: "f", flag: "-img", mode)
      #expect(angle.byteCount == 512 && angle.number("PHI") == 12, "\(mode.name)")
    }
  }

  /// A word ends with a semicolon or its line; blanks and tabs around it are no part of it.
  @Test func wordsOfHeaders() throws {
    let rows: [(entries: String, wanted: String?)] = [
      ("TYPE=float;\n", "float"), ("TYPE=\t float\t ;\n", "float"), ("TYPE= \tfloat \t\n", "float"),
      ("TYPE=a b;\n", "a b"), ("TYPE=a\tb;\n", "a\tb"), ("TYPE=;\n", ""), ("TYPE= \t;\n", ""), ("TYPE=\nDIM=2;\n", ""),
      ("TYPE=x\r\nDIM=2;\n", "x"), ("\t TYPE \t=x;\n", "x"), ("TYPE=x=y;\n", "x=y"), ("TYPE=x;TYPE=y;\n", "y"),
      ("DIM=2; TYPE=x;\n", "x"), ("MYTYPE=x;\n", nil), ("TYPES=x;\n", nil), ("A=TYPE;\n", nil), ("TYPE;\n", nil),
    ]
    for row in rows {
      for mode in Self.modes {
        let found = try SMVHeader(image(row.entries), path: "f", flag: "-img", mode).word("TYPE")
        #expect(found == row.wanted, "\(row.entries.debugDescription) in \(mode.name)")
      }
    }
  }

  private func origin(_ keys: String, _ mode: Compatibility) throws -> [Double?] {
    var request = SimulationRequest()
    request.apply(try SMVHeader(image(keys), path: "f", flag: "-img", mode), isMask: false, mode)
    let centre = request.placement.position.centre
    return [centre.originX, centre.originY]
  }

  /// In c-parity the last key that ends in ORGX counts, whatever its number. In spec XDS_ORGX and XDS_ORGY count where
  /// ORGX has no number.
  @Test func keysOfTheNearPoint() throws {
    let rows: [(keys: String, parity: [Double?], spec: [Double?])] = [
      ("", [nil, nil], [nil, nil]), ("ORGX=5;\nORGY=6;\n", [5, 6], [5, 6]),
      ("XDS_ORGX=7;\nXDS_ORGY=8;\n", [7, 8], [7, 8]),
      ("ORGX=5;\nORGY=6;\nXDS_ORGX=7;\nXDS_ORGY=8;\n", [7, 8], [5, 6]),
      ("XDS_ORGX=7;\nXDS_ORGY=8;\nORGX=nan;\n", [nil, 8], [7, 8]),
      ("ORGY=6;\nXDS_ORGY=8;\n", [nil, 8], [nil, 8]), ("ORGX=5;\nXDS_ORGY=8;\n", [5, 8], [5, nil]),
    ]
    for row in rows {
      #expect(try origin(row.keys, .cParity) == row.parity, "\(row.keys)")
      #expect(try origin(row.keys, .spec) == row.spec, "\(row.keys)")
    }
  }

  /// A pixel has two bytes, the high one first if the header says so; a pixel of which one is lacking is 0.
  @Test func pixelsOfBothByteOrders() throws {
    let little: [UInt16] = [0x0201, 0x0403, 0, 0]
    let big: [UInt16] = [0x0102, 0x0304, 0, 0]
    let rows: [(order: String, parity: [UInt16], spec: [UInt16])] = [
      ("BYTE_ORDER=little_endian;\n", little, little), ("BYTE_ORDER=big_endian;\n", little, big),
      ("BYTE_ORDER=BIG;\n", little, big), ("", little, little),
    ]
    for row in rows {
      let bytes: [UInt8] = image("\(row.order)SIZE1=2;\nSIZE2=2;\n") + [1, 2, 3, 4, 5]
      let parity = try SMVImage(bytes, path: "f", flag: "-mask", .cParity)
      let found: [UInt16] = (0..<4).map { parity.pixel($0) }
      #expect(found == row.parity, "\(row.order)")
      let spec = try SMVImage(bytes, path: "f", flag: "-mask", .spec)
      let others: [UInt16] = (0..<4).map { spec.pixel($0) }
      #expect(others == row.spec, "\(row.order)")
    }
  }

  /// A file is read again only if its first bytes were all that were asked for and may not be all: these names do not
  /// exist.
  @Test func whatIsWholeIsNotReadAgain() throws {
    let short = image("SIZE1=8;\nSIZE2=8;\n") + [UInt8](repeating: 1, count: 88)
    let full = image("SIZE1=256;\nSIZE2=128;\n") + [UInt8](repeating: 1, count: 65_024)
    #expect(full.count == SMVImage.startSize)
    let name = "/no/such/image"
    for mode in Self.modes {
      let file = try SMVImage(start: (bytes: short, isAll: false), path: name, flag: "-mask", mode)
      #expect(file.pixel(43) == 0x0101 && file.pixel(44) == 0)
      let pipe = try SMVImage(start: (bytes: full, isAll: true), path: name, flag: "-mask", mode)
      #expect(pipe.pixel(32_511) == 0x0101 && pipe.pixel(32_512) == 0)
      let error = #expect(throws: RequestError.self) {
        try SMVImage(start: (bytes: full, isAll: false), path: name, flag: "-mask", mode)
      }
      #expect(error?.subject == "-mask" && error?.value == name)
    }
  }
}
