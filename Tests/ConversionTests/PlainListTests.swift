import Foundation
import FrameIO
import Glibc
import Gzip
import Physics
import TestSupport
import Testing

/// Lists of which one sample alone, one number or one line stands at a border.
@Suite(.tags(.files), .generousTime) struct PlainListTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func plain(_ bytes: [UInt8]) throws -> StructureFactors? {
    let path = try folder.file("a.hkl", bytes)
    return try PlainReflections.table(InputFile(path, for: "-hkl"), path, defaultAmplitude: 7)
  }

  /// Numbers of fifteen digits are rounded once, wherever the point stands.
  @Test func aPointMayStandAnywhere() throws {
    let digits = "123456789012345"
    var text = ""
    for scale in 0...15 {
      let point = scale == 0 ? "" : "."
      text += "0 0 \(scale) -\(digits.prefix(15 - scale))\(point)\(digits.suffix(scale))\n"
    }
    let found = try plain(Array(text.utf8))
    let table = try #require(found)
    #expect(table.count == 16 && table.l == 0...15)
    let wanted: [Double] = [
      -123456789012345, -12345678901234.5, -1234567890123.45, -123456789012.345, -12345678901.2345, -1234567890.12345,
      -123456789.012345, -12345678.9012345, -1234567.89012345, -123456.789012345, -12345.6789012345,
      -1234.56789012345, -123.456789012345, -12.3456789012345, -1.23456789012345, -0.123456789012345,
    ]
    for (scale, value) in wanted.enumerated() {
      #expect(table.nearest(Vector3(0, 0, Double(scale))) == value, "\(scale) digits behind the point")
    }
  }

  /// The nine samples of a file of nine times 64 KiB lie side by side. One reflection is found in each of them.
  @Test(arguments: 0...8) func oneSampleAloneHasTheReflection(sample: Int) throws {
    let line = Array("1 2 3 4\n".utf8)
    var bytes = [UInt8](repeating: 10, count: 9 * 65_536)
    let start = sample * 65_536 + 1000
    bytes.replaceSubrange(start..<start + line.count, with: line)
    let found = try plain(bytes)
    let table = try #require(found)
    #expect(table.count == 1 && table.h == 1...1 && table.k == 2...2 && table.l == 3...3)
    #expect(table.nearest(Vector3(1, 2, 3)) == 4)
  }

  /// The reflections of a stream of numbers, and the notes on it.
  private func stream(_ text: String) throws -> (ReflectionList, [String]) {
    let (list, notes) = try ReflectionFile.parse(Array(text.utf8), path: "f", .cParity)
    return (list, notes)
  }

  /// A last line of three numbers is no reflection when they are counted. When they are stored, the point ends the
  /// third index, and what follows is its structure factor.
  @Test(arguments: ["", "\n"]) func theLastLineMayBeStoredThoughItIsNotCounted(end: String) throws {
    let (list, notes) = try stream("0 0 0 5\n0 0 0.5\(end)")
    #expect(list.count == 1 && list.h == 0...0 && list.k == 0...0 && list.l == 0...0)
    let wanted = [Reflection(h: 0, k: 0, l: 0, amplitude: 5), Reflection(h: 0, k: 0, l: 0, amplitude: 0.5)]
    #expect(list.reflections == wanted)
    let note =
      "-hkl f: reflection 2 has an index that is not written as an integer: 1 are counted, 2 stored, "
      + "and what is stored from there on is shifted (Q-30)"
    #expect(notes == [note])
  }

  /// A note shows forty bytes of the word that ends the reading.
  @Test(arguments: [1, 39, 40, 41, 42, 100]) func aNoteShowsFortyBytesOfAWord(length: Int) throws {
    let word = "x" + String(repeating: "y", count: length - 1)
    let (list, notes) = try stream("1 2 3 4\n\(word) 5 6 7\n")
    #expect(list.reflections == [Reflection(h: 1, k: 2, l: 3, amplitude: 4)])
    let shown = "x" + String(repeating: "y", count: min(length, 40) - 1)
    #expect(notes == ["-hkl f: reading stops at \"\(shown)\" in line 2 (Q-30)"])
  }

  private func tooLong(_ flag: String, _ file: String, _ size: Int, _ limit: Int) -> RequestError {
    RequestError(
      flag, value: file, "the file has \(size) bytes; at most \(limit) are read",
      remedy: "check whether it is the right file, or set NB_FILE_LIMIT to more")
  }

  /// A list of sources has 100 MiB at most, a matrix 1 MiB. A longer file is refused by its size.
  @Test func filesThatAreTooLongAreNotRead() throws {
    guard getenv(FileBytes.limitVariable) == nil else { return }
    let file = try folder.file("long.txt", "")
    truncate(file, 104_857_601)
    for mode in [Compatibility.cParity, .spec] {
      let error = #expect(throws: RequestError.self) { try SourceFile.read(file, mode) }
      #expect(error == tooLong("-sourcefile", file, 104_857_601, 104_857_600))
    }
    truncate(file, 1_048_577)
    let error = #expect(throws: RequestError.self) { try MatrixFile.read(file) }
    #expect(error == tooLong("-mat", file, 1_048_577, 1_048_576))
    let text = Array("1 0 0 0 2 0 0 0 3".utf8)
    let blanks = [UInt8](repeating: 32, count: 1_048_576 - text.count)
    let longest = try folder.file("longest.mat", text + blanks)
    #expect(try MatrixFile.read(longest).values == [1, 0, 0, 0, 2, 0, 0, 0, 3])
  }

  /// The start of a member of gzip that holds a byte and then so many times 258 further ones: a block with the fixed
  /// codes, and no checksum behind it.
  private func packed(_ byte: UInt8, _ times: Int) -> [UInt8] {
    var bits: [UInt8] = [1, 1, 0]
    func add(_ code: Int, _ length: Int) {
      for place in (0..<length).reversed() { bits.append(UInt8((code >> place) & 1)) }
    }
    add(0x30 + Int(byte), 8)
    for _ in 0..<times {
      add(0xC5, 8)
      add(0, 5)
    }
    add(0, 7)
    var bytes: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3]
    for start in stride(from: 0, to: bits.count, by: 8) {
      var sum: UInt8 = 0
      for place in start..<min(start + 8, bits.count) { sum |= bits[place] << UInt8(place - start) }
      bytes.append(sum)
    }
    return bytes
  }

  /// A packed file is unpacked in pieces of 256 KiB; one without its checksum is cut off.
  @Test func packedFilesAreUnpackedInPieces() throws {
    let reader = Gunzip()
    var counts: [Int] = []
    var isSame = true
    try reader.unpack(packed(120, 2100)[...]) { piece in
      counts.append(piece.count)
      isSame = isSame && Array(piece) == [UInt8](repeating: 120, count: piece.count)
    }
    #expect(counts == [262_144, 262_144, 17_513] && isSame)
    let error = #expect(throws: GzipError.self) { try reader.finish() }
    #expect(error?.description == "the compressed file is cut off")
  }
}
