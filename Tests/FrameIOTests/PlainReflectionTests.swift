import Foundation
import FrameIO
import Physics
import TestSupport
import Testing

/// The quick reader of plain lists: what it takes, what it leaves to the other reader, and that both read the same.
@Suite(.tags(.files)) struct PlainReflectionTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func plain(_ text: String) throws -> StructureFactors? {
    let path = try folder.file("a.hkl", Array(text.utf8))
    return try PlainReflections.table(InputFile(path, for: "-hkl"), path, defaultAmplitude: 7)
  }

  private func expectSame(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let found = try #require(try plain(text), "\(text.prefix(60)) is plain", sourceLocation: sourceLocation)
    let path = folder.url.appendingPathComponent("a.hkl").path
    let (list, _) = try ReflectionFile.parse(Array(text.utf8), path: path, .spec)
    let wanted = try StructureFactors.table(list, defaultAmplitude: 7, file: path)
    #expect(
      found.h == wanted.h && found.k == wanted.k && found.l == wanted.l && found.count == wanted.count
        && Array(found.grid) == Array(wanted.grid), "\(text.prefix(60))", sourceLocation: sourceLocation)
  }

  @Test(arguments: [
    "1 2 3 4\n", "1 2 3 4", "  1\t2  3\t 4.5 \t\n", "1 2 3 4\r\n-1 -2 -3 5.25\r\n", "+1 -2 +3 +4\n", "1 2 3 -4.125\n",
    "\n\n1 2 3 4\n\n \t\n4 5 6 7\n\n", "1 2 3 .5\n1 2 4 5.\n", "0 0 1 123456789012345\n", "0 0 1 1234567890123456\n",
    "0 0 1 0.123456789012345\n0 0 2 0.12345678901234567\n", "0 0 1 1e3\n0 0 2 -2.5E-7\n0 0 3 1e-320\n",
    "123 -123 12 1\n124 -122 11 2\n", "1 2 3 4 \n1 2 4 5\t\n1 2 5 6\r\n",
  ])
  func plainListsAreTaken(text: String) throws { try expectSame(text) }

  @Test(arguments: [
    "", "\n", "1 2 3\n", "1 2 3 4 5\n", "1 2 3 x\n", "x 2 3 4\n", "1.0 2 3 4\n", "1 2.0 3 4\n", "1 2 3.0 4\n",
    "1 2 3 nan\n",
    "1 2 3 inf\n", "1 2 3 1e999\n", "1 2 3 .\n", "1 2 3 -\n", "- 2 3 4\n", "1234567890 2 3 4\n", "# a\n1 2 3 4\n",
    "1 2 3 4 # a\n", "1,2,3,4\n", "1 2 3 0x10\n", "1 2 3 4\n1 2\n", "1 2 3\n4\n", "1 2 3 1_0\n", "1 2 3 4;\n",
    "1 2 3\r4\n",
  ])
  func anythingElseIsLeft(text: String) throws { #expect(try plain(text) == nil, "\(text.debugDescription)") }

  /// Longer than several pieces, with the largest indices where no sample looks.
  @Test(arguments: [(20_000, 1, 9), (45_000, 26_000, 1), (45_000, 44_998, 9)])
  func longLists(lines: Int, odd: Int, beyond: Int) throws {
    var text = ""
    for line in 0..<lines {
      let far = line == odd ? beyond : 0
      text += "\(line % 40 - 20 - far) \(line / 40 % 37 + far) \(line / 1480 - 3 - 2 * far) \(Double(line) / 8)\n"
    }
    try expectSame(text)
    try expectSame(String(text.dropLast()))
  }

  @Test func aLineLongerThanAPieceIsLeft() throws {
    #expect(try plain("1 2 3 4\n" + String(repeating: " ", count: 1 << 19) + "\n1 2 3 4\n") == nil)
    #expect(try plain(String(repeating: "1 2 3 4\n", count: 40_000) + "1 2 3\n") == nil)
  }
}
