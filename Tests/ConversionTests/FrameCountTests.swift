import Foundation
import FrameExchange
import FrameIO
import Physics
import TestSupport
import Testing

/// Pixels of files of others, and counts for them, at the limits of what a format holds.
@Suite(.tags(.files)) struct FrameCountTests {
  /// The mark of a gap stays what it is, whatever the scale and the offset; the least count is of whole numbers.
  @Test func marksOfGapsAreNeitherScaledNorShifted() {
    var counting = Frame.Counting()
    counting.offset = 40
    let gaps = Frame(fastPixels: 3, slowPixels: 1, .integers([-1, 7, -2]))
    let found = gaps.counts(counting, in: -2...100, masked: -9)
    #expect(found.pixels == [-1, 47, -2] && found.limited == 0 && found.masked == 0)
    #expect(gaps.leastCount(counting) == -2)
    counting.offset = -16_777_222
    #expect(Frame(fastPixels: 1, slowPixels: 1, .integers([16_777_219])).leastCount(counting) == -3)
  }

  /// A count at the end of the range is an overload, wherever the range ends.
  @Test func overloadsAreAtTheEndOfTheRange() throws {
    let experiment = try Experiment(
      command: "-cell 50 -default_F 1 -N 1 -oversample 1 -detpixels_x 2 -detpixels_y 1")
    for (least, cutoff) in [(-2, "2147483645"), (0, "2147483645"), (-3, "1073741823")] {
      let bytes = CBFWriter.bytes(
        [Int32(least), 5], of: experiment, name: "a", date: Date(timeIntervalSince1970: 0))
      let text = String(decoding: bytes.prefix(4096), as: UTF8.self)
      #expect(text.contains("Count_cutoff \(cutoff) counts"), "\(least)")
    }
  }

  /// An image becomes a frame with the same sides.
  @Test func framesOfImagesKeepTheirSides() {
    let counts = Frame(CountImage(fastPixels: 3, slowPixels: 2, pixels: [1, 2, 3, 4, 5, 65_535]))
    #expect(counts == Frame(fastPixels: 3, slowPixels: 2, .integers([1, 2, 3, 4, 5, 65_535])))
    let floats = Frame(FloatImage(fastPixels: 3, slowPixels: 2, pixels: [1, 2, 3, 4, 5, 0.5]))
    #expect(floats == Frame(fastPixels: 3, slowPixels: 2, .floats([1, 2, 3, 4, 5, 0.5])))
  }

  /// A count is a double until it is rounded to a whole number. The highest and the lowest count are not limited.
  @Test func countsAreRoundedOnce() {
    var counting = Frame.Counting()
    counting.offset = 1
    let floats = Frame(fastPixels: 2, slowPixels: 1, .floats([16_777_216, 16_777_218]))
    let shifted = floats.counts(counting, in: 0...Int32.max, masked: 0)
    #expect(shifted.pixels == [16_777_217, 16_777_219] && shifted.limited == 0)
    let integers = Frame(fastPixels: 2, slowPixels: 2, .integers([.max, 2_147_483_646, .min, -2_147_483_647]))
    let whole = integers.counts(Frame.Counting(), in: Int32.min...Int32.max, masked: 0)
    #expect(whole.pixels == [.max, 2_147_483_646, .min, -2_147_483_647])
    #expect(whole.limited == 0 && whole.masked == 0)
    let limited = integers.counts(Frame.Counting(), in: -2_147_483_647...2_147_483_646, masked: 0)
    #expect(limited.pixels == [2_147_483_646, 2_147_483_646, -2_147_483_647, -2_147_483_647])
    #expect(limited.limited == 2 && limited.masked == 0)
  }

  /// From the lowest to the highest count the difference is the largest of 32 bits. Counts below those that mark gaps,
  /// -1 and -2, take half of the range.
  @Test func differencesOfCountsFillTheirRange() {
    let wide: ClosedRange<Int32> = -1_073_741_824...1_073_741_823
    let usual: ClosedRange<Int32> = -2...2_147_483_645
    let rows: [(least: Double, range: ClosedRange<Int32>)] = [
      (-1e30, wide), (-4, wide), (-3, wide), (-2, usual), (-1, usual), (0, usual), (1, usual), (3, usual),
      (1e30, usual),
    ]
    for (least, range) in rows { #expect(CBFWriter.range(least: least) == range, "\(least)") }
    #expect(CBFWriter.masked == -1)
  }

  /// The name of a CBF's image has 70 characters, letters and digits of ASCII; other characters become `_`.
  @Test func namesOfImages() throws {
    let camera = "-detpixels 2 -pixel 0.1 -distance 100 -lambda 1"
    let made = try Experiment(command: "-cell 100 -default_F 1 -oversample 1 \(camera)")
    let rows: [(name: String, written: String)] = [
      ("", "image"), (String(repeating: "x", count: 71), String(repeating: "x", count: 70)),
      (String(repeating: "y", count: 70), String(repeating: "y", count: 70)),
      ("a b/1.\u{E9}_Z-09", "a_b_1___Z_09"), ("@A[`a{/0:", "_A__a__0_"),
    ]
    for (name, written) in rows {
      let bytes = CBFWriter.bytes([1, 2, 3, 4], of: made, name: name, date: Date(timeIntervalSince1970: 0))
      let lines = String(decoding: bytes.prefix(200), as: UTF8.self).split(whereSeparator: \.isNewline)
      #expect(lines.count > 2 && lines[1] == "data_\(written)", "\(name)")
    }
  }

  /// A CBF of counts with steps of one byte.
  private func file(fast: String, slow: String = "1", size: String = "2", _ data: [UInt8] = [1, 2]) -> [UInt8] {
    let lines: [String] = [
      "###CBF", "conversions=\"x-CBF_BYTE_OFFSET\"", "X-Binary-Size: \(size)",
      "X-Binary-Element-Type: \"signed 32-bit integer\"", "X-Binary-Size-Fastest-Dimension: \(fast)",
      "X-Binary-Size-Second-Dimension: \(slow)", "",
    ]
    return Array(lines.joined(separator: "\n").utf8) + CBFHeader.mark + data
  }

  /// Numbers of a CBF go from 1 to 2³⁰; what does not fit the bytes is told as such.
  @Test func sizesOfCBF() throws {
    let fast = "X-Binary-Size-Fastest-Dimension is"
    let slow = "X-Binary-Size-Second-Dimension is"
    let size = "X-Binary-Size is"
    let range = "not a number from 1 to 2^30"
    let rows: [(bytes: [UInt8], problem: String)] = [
      (file(fast: "1073741824"), "1073741824 x 1 pixels do not fit 2 bytes"),
      (file(fast: "1073741825"), "\(fast) 1073741825, \(range)"), (file(fast: "0"), "\(fast) 0, \(range)"),
      (file(fast: "1", slow: "1073741824"), "1 x 1073741824 pixels do not fit 2 bytes"),
      (file(fast: "1", slow: "-1"), "\(slow) -1, \(range)"), (file(fast: "3"), "3 x 1 pixels do not fit 2 bytes"),
      (file(fast: "1", size: "1073741824"), "\(size) 1073741824, the file has 2 bytes there"),
      (file(fast: "1", size: "1073741825"), "\(size) 1073741825, \(range)"),
      (file(fast: "1", size: "3"), "\(size) 3, the file has 2 bytes there"),
      (file(fast: "2", [1, 0x80]), "pixel 1 of 2 cannot be restored from the compressed bytes"),
    ]
    for (bytes, problem) in rows {
      let error = #expect(throws: RequestError.self) { try CBFReader(bytes, path: "f") }
      #expect(error?.problem == problem && error?.subject == "f")
    }
    let two = try CBFReader(file(fast: "2"), path: "f").frame
    #expect(two == Frame(fastPixels: 2, slowPixels: 1, .integers([1, 3])))
    let one = try CBFReader(file(fast: "1"), path: "f").frame
    #expect(one == Frame(fastPixels: 1, slowPixels: 1, .integers([1])))
  }

  /// A difference of 8 bytes.
  private func step(_ difference: Int64) -> [UInt8] {
    let announced: [UInt8] = [0x80, 0, 0x80, 0, 0, 0, 0x80]
    let number: [UInt8] = withUnsafeBytes(of: difference.littleEndian) { Array($0) }
    return announced + number
  }

  /// Counts are signed unless they are said to be unsigned. A pixel that does not fit, or lacks bytes, is named.
  @Test func differencesOfEightBytes() {
    typealias Restored = Result<[Int32], ByteOffset.Damage>
    func damage(_ pixel: Int) -> Restored { .failure(ByteOffset.Damage(pixel: pixel)) }
    let signed: [(bytes: [UInt8], count: Int, restored: Restored)] = [
      (step(2_147_483_647), 1, .success([.max])), (step(2_147_483_648), 1, damage(0)),
      (step(-2_147_483_648), 1, .success([.min])), (step(-2_147_483_649), 1, damage(0)),
      (step(0xFFFF_FFFE), 1, damage(0)), (step(0xFFFF_FFFF), 1, damage(0)), ([1] + step(.max), 2, damage(1)),
      ([1, 2], 3, damage(2)), ([1, 2, 3], 2, .success([1, 3])), ([1, 0x80], 2, damage(1)), ([], 0, .success([])),
    ]
    for (bytes, count, restored) in signed {
      #expect(ByteOffset.restore(bytes[...], count: count) == restored, "\(bytes)")
    }
    let unsigned: [(difference: Int64, restored: Restored)] = [
      (0x7FFF_FFFF, .success([.max])), (0xFFFF_FFFD, .success([.max])), (0xFFFF_FFFE, .success([-2])),
      (0xFFFF_FFFF, .success([-1])), (0x1_0000_0000, damage(0)), (-1, .success([-1])), (-2_147_483_649, damage(0)),
    ]
    for (difference, restored) in unsigned {
      let found: Restored = ByteOffset.restore(step(difference)[...], count: 1, isUnsigned: true)
      #expect(found == restored, "\(difference)")
    }
  }

  /// The line of six numbers at the start of a cache, with blanks between them up to a length, and what follows.
  private func cache(_ length: Int, _ end: String = "\n\u{0C}") -> String {
    "0 1 0 1 0" + String(repeating: " ", count: length - 10) + "1" + end
  }

  /// A PGM has a digit or a comment behind its first line. The line of a cache ends within the first 256 bytes, and a
  /// form feed follows. Another file is what its name tells.
  @Test func kindsByTheFirstBytes() {
    let rows: [(text: String, kind: FileKind)] = [
      ("P5\n0", .pgm), ("P5\n9", .pgm), ("P5\n#", .pgm), ("P5\n/", .float), ("P5\n:", .float), ("P5\n\"", .float),
      ("P5\n$", .float), ("P5\n", .float), ("P5 0", .float),
      (cache(11), .fdump), (cache(255), .fdump), (cache(256), .float), (cache(11, "\n"), .float),
      (cache(11, "\n\u{0B}"), .float), (cache(11, "\n\u{0D}"), .float), (cache(11, " 1\n\u{0C}"), .float),
      ("0 1 0 1 0\n\u{0C}", .float), ("0 1 0 1 0 x\n\u{0C}", .float),
    ]
    for (text, kind) in rows {
      let found = FileKind(content: Array(text.utf8), name: "a.bin")
      #expect(found == kind, "\(text)")
    }
  }

  /// The pixels of an image whose header states 512 bytes: a byte and a form feed at a later place, counts from 5, and
  /// further bytes.
  private func pixels(formFeedAt place: Int, behind brace: String = "}", end: [UInt8] = []) throws -> Frame.Pixels {
    let start = Array("{\nHEADER_BYTES=512;\nTYPE=unsigned_short;\nSIZE1=2;\nSIZE2=2;\n".utf8)
    var bytes: [UInt8] = start + [UInt8](repeating: 32, count: place - 1 - start.count)
    bytes += Array(brace.utf8)
    bytes += [12, 5, 0, 6, 0, 7, 0, 8, 0]
    bytes += end
    let header = try SMVHeader(bytes, path: "f", flag: "-img", .spec)
    return try SMVFrame.read(bytes, header, path: "f").pixels
  }

  /// A header may be longer than it says by as little as one byte. Its end is a brace and a form feed.
  @Test func headersLongerThanTheySay() throws {
    for place in [511, 512, 513, 514, 600] {
      #expect(try pixels(formFeedAt: place) == .integers([5, 6, 7, 8]), "\(place)")
    }
    let blanks: Frame.Pixels = .integers([0x2020, 0x2020, 0x2020, 0x2020])
    #expect(try pixels(formFeedAt: 600, behind: " ") == blanks)
    #expect(try pixels(formFeedAt: 600, end: [0]) == .integers([5, 6, 7, 8]))
  }
}

/// Pictures without a contrast or without pixels.
@Suite(.tags(.files)) struct PictureContrastTests {
  /// Where white is not above black, pixels above black are white; black itself is black, as what is not a number.
  @Test func blackIsBlackWithoutAContrast() {
    let pixels: [Float] = [9, 10, 11, .nan, .infinity, -.infinity]
    for white in [10.0, 5] {
      for law in Contrast.Law.allCases {
        var contrast = Contrast()
        contrast.law = law
        contrast.black = 10
        contrast.white = white
        #expect(contrast.brightness(pixels) == [0, 0, 1, 0, 1, 0], "\(law) \(white)")
      }
    }
    var percentile = Contrast()
    percentile.law = .percentile
    #expect(percentile.brightness([7, 7, .nan]) == [0, 0, 0])
    #expect(Contrast().brightness([0, -1, .nan]) == [0, 0, 0])
  }

  /// An error has the size of the picture and the words of libpng.
  @Test func whatLibpngRefusesIsSaid() {
    let problem = "the picture of 1 x 0 pixels cannot be encoded: Invalid IHDR data"
    let grey = #expect(throws: PictureError.self) { try PortableNetworkGraphics.grey([], width: 1, height: 0) }
    #expect(grey?.description == problem)
    let colour = #expect(throws: PictureError.self) { try PortableNetworkGraphics.colour([], width: 1, height: 0) }
    #expect(colour?.description == problem)
  }
}

/// Reflections of others at the limits of what is taken.
@Suite(.tags(.files)) struct XDSReflectionTests {
  init() throws {
    try #require(MergedReflections.isAvailable, "install gemmi-dev and tao-pegtl-dev, and build anew")
  }

  /// The reflections and notes of an XDS_ASCII file with these lines behind the first one, or why it is refused.
  private func reading(_ lines: String) -> String {
    let bytes = Array("!FORMAT=XDS_ASCII MERGE=TRUE\n\(lines)\n".utf8)
    do throws(RequestError) {
      let read = try XDSReflections.read(bytes, path: "f", expands: false)
      let list: [String] = read.reflections.map { "\($0.h) \($0.k) \($0.l) \($0.amplitude)" }
      return (list + read.notes).joined(separator: ", ")
    } catch {
      return error.problem
    }
  }

  /// Indices have six digits. An entry of the header is a name and, behind the first equals sign, its value.
  @Test func linesOfXDS() {
    let malformed = "line 2 has no h, k, l, intensity and error"
    let misfit = "1 reflections are marked as misfits (a negative error) and left out"
    let negative = "1 intensities are below zero: their amplitudes are zero"
    let rows: [(lines: String, result: String)] = [
      ("999999 0 0 25 1", "999999 0 0 5.0"), ("0 -999999 0 25 1", "0 -999999 0 5.0"),
      ("0 0 999999 25 1", "0 0 999999 5.0"), ("1000000 0 0 25 1", malformed), ("0 1000000 0 25 1", malformed),
      ("0 0 1000000 25 1", malformed), ("-1000000 0 0 25 1", malformed), ("1.5 2 3 25 1", malformed),
      ("1 2 3 25", malformed), ("1 2 3 nan 1", malformed), ("1 2 3 25 inf", malformed),
      ("1 2 3 25 -1\n1 2 4 25 0", "1 2 4 5.0, \(misfit)"), ("1 2 3 -4 1", "1 2 3 0.0, \(negative)"),
      ("!SPACE_GROUP_NUMBER= 1\n1 2 3 25 1", "1 2 3 5.0"), ("!SPACE_GROUP_NUMBER= 230\n1 2 3 25 1", "1 2 3 5.0"),
      ("!SPACE_GROUP_NUMBER= 231\n1 2 3 25 1", "there is no space group of number 231"),
      ("!SPACE_GROUP_NUMBER= 4=x\n1 2 3 25 1", "there is no space group of number 4=x"),
      ("!SPACE_GROUP_NUMBER=\n1 2 3 25 1", "1 2 3 5.0"),
    ]
    for (lines, result) in rows { #expect(reading(lines) == result, "\(lines)") }
  }

  /// An error has the words of the part in C++, at most 1023 bytes of them.
  @Test func wordsAboutAColumnThatIsNotThere() {
    let names = ["index_h", "index_k", "index_l", "F_meas_au"]
    let text = "data_x\nloop_\n" + names.map { "_refln.\($0)\n" }.joined() + "1 2 3 4\n"
    func problem(_ column: String) -> String? {
      let error = #expect(throws: RequestError.self) {
        try MergedReflections(Array(text.utf8), path: "f", column: column, expands: false)
      }
      return error?.problem
    }
    #expect(problem("FOO") == "there is no column FOO; there are index_h, index_k, index_l, f_meas_au")
    let long = String(repeating: "x", count: 2000)
    #expect(problem(long) == "there is no column " + String(repeating: "x", count: 1023 - 19))
  }

  /// What an XDS_ASCII file with a header and lines is refused for.
  private func refusal(_ header: String, _ lines: String) -> String? {
    let text = "!FORMAT=XDS_ASCII MERGE=TRUE\n\(header)!END_OF_HEADER\n\(lines)!END_OF_DATA\n"
    do throws(RequestError) {
      _ = try XDSReflections.read(Array(text.utf8), path: "a.hkl", expands: false)
      return nil
    } catch {
      return error.problem
    }
  }

  @Test func cellsOfXDSAreSixNumbersAboveZero() {
    let line = "1 2 3 4.0 0.5\n"
    for cell in [
      "30 40 x 50 90 90 90", "30 40 50 90 90", "30 40 50 90 90 nan", "30 -40 50 90 90 90", "30 40 50 0 90 90",
    ] {
      let problem = refusal("!UNIT_CELL_CONSTANTS= \(cell)\n", line)
      #expect(problem == "its cell is not of six numbers above zero", "\(cell)")
    }
    #expect(refusal("!UNIT_CELL_CONSTANTS= 30 40 50 90 90 90\n", line) == nil)
    #expect(refusal("", "") == "no reflection has a value")
    #expect(refusal("", "1 2 3 4.0 -0.5\n") == "no reflection has a value")
  }
}
