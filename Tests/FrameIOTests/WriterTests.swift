import Foundation
import FrameIO
import Physics
import TestSupport
import Testing

/// Files that are written in pieces, or have no name before they are whole.
@Suite(.tags(.files), .generousTime) struct WriterTests {
  private let folder: TemporaryFolder
  private var path: String { folder.url.appendingPathComponent("f.bin").path }

  init() throws { folder = try TemporaryFolder() }

  private func bytes(_ range: Range<Int>) -> [UInt8] { range.map { UInt8(truncatingIfNeeded: $0 / 7) } }

  @Test func piecesInAnyOrderMakeAFile() throws {
    let file = try #require(try NamelessFile(for: path, flag: "-floatfile"))
    for start in [600, 0, 300] { bytes(start..<start + 300).withUnsafeBytes { file.write($0, at: start) } }
    #expect(try folder.names.isEmpty, "no name yet")
    try #require(file.finish()).commit()
    #expect(try folder.names == ["f.bin"])
    #expect(try Array(folder.data("f.bin")) == bytes(0..<900))
  }

  @Test func permissionsOfAReplacedFileStay() throws {
    _ = try folder.file("f.bin", "old")
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
    let file = try #require(try NamelessFile(for: path, flag: "-floatfile"))
    #expect(try folder.text("f.bin") == "old", "until the new one is whole")
    try #require(file.finish()).commit()
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    #expect(try mode == 0o640 && folder.data("f.bin").isEmpty)
  }

  @Test func nothingIsLeftOfAFileThatIsNotFinished() throws {
    do {
      let file = try #require(try NamelessFile(for: path, flag: "-floatfile"))
      bytes(0..<100).withUnsafeBytes { file.write($0, at: 0) }
    }
    #expect(try folder.names.isEmpty)
  }

  /// A piece at a place where nothing can be written stands for a full disk.
  @Test func aFileWithAMissingPieceIsNotFinished() throws {
    let file = try #require(try NamelessFile(for: path, flag: "-floatfile"))
    bytes(0..<100).withUnsafeBytes { file.write($0, at: -1000) }
    #expect(file.finish() == nil)
    #expect(try folder.names.isEmpty)
  }

  @Test func whatIsWrittenInPlaceHasItsName() throws {
    #expect(try NamelessFile(for: "/dev/null", flag: "-floatfile") == nil)
    #expect(throws: RequestError.self) { try NamelessFile(for: "/no/such/folder/f.bin", flag: "-floatfile") }
  }

  @Test(arguments: [1, 2, 7]) func partsFromSeveralThreadsFollowTheHeader(threads: Int) throws {
    let header = Array("header".utf8)
    try FileBytes.prepare(header: header, to: path, for: "-intfile", parts: 50, threads: threads) { part, sink in
      bytes(part * 100..<part * 100 + 100).withUnsafeBytes { sink($0, part * 100) }
    }.commit()
    #expect(try Array(folder.data("f.bin")) == header + bytes(0..<5000))
    let error = #expect(throws: RequestError.self) {
      try FileBytes.prepare(header: [], to: "/dev/full", for: "-intfile", parts: 3, threads: threads) { part, sink in
        bytes(0..<9).withUnsafeBytes { sink($0, part * 9) }
      }
    }
    #expect(error?.description.contains("No space left") == true)
  }
}

/// Files appear whole or not at all.
@Suite(.tags(.files), .generousTime) struct WritingTests {
  @Test func roundTrip() throws {
    let folder = try TemporaryFolder()
    let path = folder.url.appendingPathComponent("f.bin").path
    let image = FloatImage(
      fastPixels: 3, slowPixels: 2, pixels: [0, -0.0, 1.5, .infinity, Float.leastNonzeroMagnitude, 7])
    try FloatImageFile.write(image, to: path)
    let again = try FloatImageFile.read(path, fastPixels: 3, slowPixels: 2)
    #expect(again.pixels.map(\.bitPattern) == image.pixels.map(\.bitPattern))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["f.bin"])
    #expect(throws: RequestError.self) { try FloatImageFile.read(path, fastPixels: 3, slowPixels: 3) }
  }

  @Test func bytesAreLittleEndianFloats() throws {
    let folder = try TemporaryFolder()
    let path = folder.url.appendingPathComponent("f.bin")
    try FloatImageFile.write(FloatImage(fastPixels: 1, slowPixels: 1, pixels: [1]), to: path.path)
    #expect(try Array(Data(contentsOf: path)) == [0, 0, 0x80, 0x3F])
  }

  @Test func unwritablePlaces() {
    let image = FloatImage(fastPixels: 1, slowPixels: 1, pixels: [1])
    for path in ["/nonexistent/folder/f.bin", "/"] {
      #expect(throws: RequestError.self) { try FloatImageFile.write(image, to: path) }
    }
  }

  @Test func aFullDeviceIsReported() {
    let image = FloatImage(fastPixels: 1, slowPixels: 1, pixels: [1])
    #expect(throws: RequestError.self) { try FloatImageFile.write(image, to: "/dev/full") }
  }
}
