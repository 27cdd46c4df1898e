import Foundation
import FrameExchange
import FrameIO
import Glibc
import Physics
import TestSupport
import Testing

/// How much of files and devices is read, and how far links are followed.
@Suite(.tags(.files), .generousTime) struct FileBorderTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func path(_ name: String) -> String { folder.url.appendingPathComponent(name).path }

  /// A part of a packed file is that part of its content, however few packed bytes are read first.
  @Test func aPartOfAPackedFileIsUnpacked() throws {
    // A member of gzip that stores the text "a".
    let packed: [UInt8] = [
      0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 1, 1, 0, 0xFE, 0xFF, 0x61, 0x43, 0xBE, 0xB7, 0xE8, 1, 0, 0, 0,
    ]
    let file = try folder.file("a.gz", packed)
    let part = try FileBytes.read(file, for: "-img", upTo: 10)
    #expect(part == [0x61])
  }

  /// Files are read in pieces of 64 KiB; the last piece has only what is wanted.
  @Test func noMoreIsReadThanIsWanted() throws {
    let file = try folder.file("long.bin", [UInt8](repeating: 7, count: 140_000))
    for wanted in [10, 65_536, 65_537, 100_000, 140_000] {
      let part = try FileBytes.read(file, for: "-img", upTo: wanted)
      #expect(part.count == wanted)
    }
    #expect(try FileBytes.read(file, for: "-img", upTo: 200_000).count == 140_000)
  }

  /// A device may have no end: 100 MiB are read of it.
  @Test func endlessDevicesAreRefused() {
    let error = #expect(throws: RequestError.self) { try FileBytes.read("/dev/zero", for: "-hkl") }
    let limit = FileBytes.limit(ofKind: 104_857_600)
    #expect(error?.problem.contains("at most \(limit) are read") == true, "\(error?.description ?? "")")
  }

  /// The limit of files is 8 GiB where there is memory for it.
  @Test func theLargestFileHasEightGibibytes() {
    guard getenv(FileBytes.limitVariable) == nil else { return }
    #expect(FileBytes.limit == Machine.limit(8_589_934_592))
  }

  /// The kind of a file is asked for before it is opened or written.
  @Test func kindsOfFilesAreAskedFor() throws {
    let error = #expect(throws: RequestError.self) { try FileBytes.readRegular("/dev/null") }
    #expect(error?.problem == "it is no ordinary file")
    let file = try folder.file("a", "abc")
    #expect(try FileBytes.readRegular(file) == Array("abc".utf8))
    #expect(try FileBytes.appearsWhole(path("new"), for: "-floatfile"))
    #expect(try FileBytes.appearsWhole(file, for: "-floatfile"))
    #expect(try !FileBytes.appearsWhole("/dev/null", for: "-floatfile"))
  }

  /// The system follows 40 links; what stands behind one more is not written.
  @Test func whatStandsBehindTooManyLinksStays() throws {
    var last = try folder.file("end", "old")
    for number in 0..<41 {
      let link = path("l\(number)")
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: last)
      last = link
    }
    try? FileBytes.write([UInt8(7)], to: last, for: "-floatfile")
    #expect(try folder.text("end") == "old")
  }

  /// The target of a link may be as long as any path.
  @Test func linksOfTheGreatestLengthAreFollowed() throws {
    try FileManager.default.createDirectory(atPath: path("end"), withIntermediateDirectories: true)
    let start = folder.url.path
    let slashes = Int(PATH_MAX) - 1 - start.utf8.count - 3
    let target = start + String(repeating: "/", count: slashes) + "end"
    // Some file systems have shorter links.
    guard symlink(target, path("link")) == 0 else { return }
    let error = #expect(throws: RequestError.self) { try FileBytes.checkWritable(path("link"), for: "-floatfile") }
    #expect(error?.problem == "it is a folder")
  }

  private func begin() throws {
    let file = try NamelessFile(for: path("f.bin"), flag: "-floatfile")
    let isBegun = file != nil
    withExtendedLifetime(file) { #expect(isBegun && folder.hasOpenFile) }
  }

  /// A file that is given up is closed.
  @Test func filesThatAreNotFinishedAreClosed() throws {
    try begin()
    #expect(!folder.hasOpenFile)
  }
}

/// Images whose header or pixels reach beyond the bytes that are read first.
@Suite(.tags(.files)) struct LongImageTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A header with its keys at the end.
  private func header(_ keys: String, length: Int) -> [UInt8] {
    let start = Array("{\nHEADER_BYTES=\(length);\n".utf8)
    let end = Array("\(keys)}".utf8)
    return start + [UInt8](repeating: 32, count: length - start.count - end.count) + end
  }

  @Test func headersLongerThanTheFirstBytes() throws {
    let pixels: [UInt8] = [1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0]
    let file = try folder.file("a.img", header("SIZE1=3;\nSIZE2=2;\n", length: 70_144) + pixels)
    for mode in [Compatibility.cParity, .spec] {
      let image = try SMVImage(file, flag: "-mask", mode)
      #expect(image.header.fastPixels == 3 && image.header.slowPixels == 2)
      #expect(image.pixel(0) == 1 && image.pixel(5) == 6)
    }
  }

  @Test func pixelsBeyondTheFirstBytes() throws {
    let pixels = [UInt8](repeating: 0, count: 79_998) + [2, 1]
    let file = try folder.file("a.img", header("SIZE1=200;\nSIZE2=200;\n", length: 512) + pixels)
    for mode in [Compatibility.cParity, .spec] {
      let image = try SMVImage(file, flag: "-mask", mode)
      #expect(image.pixel(39_998) == 0 && image.pixel(39_999) == 0x0102)
    }
  }

  /// Bytes that are all that the header asks for: nothing more is read, so that the name is not looked up.
  @Test func firstBytesThatAreTheWholeImage() throws {
    let bytes = header("SIZE1=256;\nSIZE2=127;\n", length: 512) + [UInt8](repeating: 1, count: 65_024)
    #expect(bytes.count == SMVImage.startSize)
    let image = try SMVImage(start: (bytes: bytes, isAll: false), path: "/no/such/image", flag: "-mask", .spec)
    #expect(try image.mask().isComputed.count == 32_512)
  }

  /// A header that states one side of the image states no size.
  @Test func oneSideIsNoSize() {
    let header = CBFHeader(Array("X-Binary-Size-Fastest-Dimension: 3\n".utf8))
    var request = SimulationRequest()
    header.apply(to: &request)
    #expect(header.fastPixels == 3 && header.slowPixels == 0)
    #expect(request.pixelsFast == nil && request.pixelsSlow == nil)
  }

  /// A brightness is a double until the last: half a value less a billionth is still below the half.
  @Test func coloursAreRoundedOnce() {
    for value in [1, 100, 254] {
      let half = Double(value) + 0.5
      let (below, above) = (UInt8(value), UInt8(value + 1))
      #expect(ColourMap.grey.colour((half - 1e-9) / 255) == [below, below, below])
      #expect(ColourMap.grey.colour((half + 1e-9) / 255) == [above, above, above])
    }
  }
}

/// Lists of reflections on a border: what is taken for a file of another program, which numbers and indices are taken.
@Suite(.tags(.files)) struct ListBorderTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// The number of reflections, or why the list is refused.
  private func reading(_ text: String) -> String {
    do throws(RequestError) {
      let list = try ReflectionFile.parse(Array(text.utf8), path: "f", .spec).list
      return "\(list.reflections.count) reflections"
    } catch {
      return error.problem
    }
  }

  /// Columns of SHELX may fill their four places, or stand to the left in them.
  @Test func columnsOfSHELX() {
    let full = "   1-100-200   12.50    1.25   1\n   1  12  -3  112.50    1.25   1\n"
    let left = "1   2   3      12.50    1.25   1\n1   0   4     112.50    2.25   1\n"
    for text in [full, left] { #expect(reading(text).hasPrefix("it is a SHELX file (HKLF 4)"), "\(text)") }
  }

  /// A line of zeros ends a list of SHELX only if it is a small part of the file.
  @Test func twoLinesOfFiveColumnsAreNotSHELX() {
    #expect(reading("1 2 3 4 5\n0 0 0 0 0\n") == "2 reflections")
    let long = String(repeating: "1 2 3 4 5\n", count: 9) + "0 0 0 0 0\n"
    #expect(reading(long).hasPrefix("it is a SHELX file (HKLF 4)"))
  }

  /// The first 64 KiB tell the format.
  @Test func formatsAreToldByTheFirstBytes() {
    let comment = "# " + String(repeating: "x", count: 98) + "\n"
    func list(_ comments: Int) -> String { String(repeating: comment, count: comments) + "data_x\n1 2 3 4\n" }
    #expect(reading(list(600)) == "it is a CIF")
    #expect(reading(list(700)) == "line 701 does not start with four numbers")
  }

  /// An index with a point shifts the numbers, so that the second reflection has the index 1 where all had 0. The table
  /// of the reference program has room for one more than the range.
  @Test func shiftedReflectionsMayLieOneBeyondTheRange() throws {
    let list = try ReflectionFile.parse(Array("0 0 0.5 1\n0 0 7 50\n".utf8), path: "f", .cParity).list
    #expect(list.h == 0...0 && list.k == 0...0 && list.l == 0...7)
    #expect(
      list.reflections == [Reflection(h: 0, k: 0, l: 0, amplitude: 0.5), Reflection(h: 1, k: 0, l: 0, amplitude: 7)])
  }

  private func plain(_ text: String) throws -> StructureFactors? {
    let path = try folder.file("a.hkl", text)
    return try PlainReflections.table(InputFile(path, for: "-hkl"), path, defaultAmplitude: 7)
  }

  /// Sixteen digits may be above 2⁵³, or all behind the point: such a number is rounded once all the same.
  @Test func numbersOfSixteenDigitsAreRoundedOnce() throws {
    let found = try plain("0 0 1 9.754525449570839\n0 0 2 .1234567890123456\n")
    let table = try #require(found)
    #expect(table.nearest(Vector3(0, 0, 1)) == 9.754525449570839)
    #expect(table.nearest(Vector3(0, 0, 2)) == 0.1234567890123456)
  }

  /// The span of a long list is taken from nine samples. One line between them has an index one above all others, or
  /// lies outside along one axis alone.
  @Test(arguments: [(10, 5), (0, 25)]) func strayIndicesBetweenTheSamples(h: Int, k: Int) throws {
    var text = ""
    for line in 0..<7000 {
      let index = line == 3900 ? "\(h) \(k) 39" : "\(line % 10) \(line / 10 % 10) \(line / 100)"
      let words = "\(index) \(line)"
      // 110 bytes each: a sample ends at byte 417,768, the next one begins at byte 440,290.
      text += words + String(repeating: " ", count: 109 - words.utf8.count) + "\n"
    }
    let found = try plain(text)
    let table = try #require(found)
    #expect(table.h == 0...max(9, h) && table.k == 0...max(9, k))
    #expect(table.l == 0...69 && table.count == 7000)
    #expect(table.nearest(Vector3(Double(h), Double(k), 39)) == 3900)
    #expect(table.nearest(Vector3(9, 9, 69)) == 6999)
  }
}

/// Numbers in headers of images whose last bit, or whose sign, shows.
@Suite(.tags(.files, .geometry)) struct HeaderNumberTests {
  private func header(_ words: String, _ mode: Compatibility, isNoisy: Bool? = nil) throws -> String {
    let made = try Experiment(command: "-cell 50 -default_F 1 -detpixels 4 -oversample 1 \(words)", mode)
    let bytes = isNoisy.map { SMVWriter.header(made, isNoisy: $0) } ?? SMVWriter.header(made)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// A slow coordinate of negative zero: DENZO's centre keeps it in the image without noise, which is the usual one,
  /// and loses it in the image with noise.
  @Test func aCentreOfNegativeZero() throws {
    let words = "-sdet_vector -0 -1 0 -twotheta_axis 0 0 -1 -Xbeam -5 -Ybeam 0 -distance 100"
    for mode in [Compatibility.cParity, .spec] {
      #expect(try header(words, mode).contains("\nDENZO_X_BEAM=-0;\n"))
      #expect(try header(words, mode, isNoisy: false).contains("\nDENZO_X_BEAM=-0;\n"))
      #expect(try header(words, mode, isNoisy: true).contains("\nDENZO_X_BEAM=0;\n"))
    }
  }

  /// Metres become millimetres by a product with 1000: a quotient by 1e-3 would give 100.018.
  @Test func millimetresAreAProduct() throws {
    for mode in [Compatibility.cParity, .spec] {
      let text = try header("-mosflm -Ybeam 100.0185 -distance 100", mode)
      #expect(text.contains("\nMOSFLM_CENTER_Y=100.019;\n"), "\(text)")
    }
  }
}
