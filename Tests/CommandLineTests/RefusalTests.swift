import Foundation
import TestSupport
import Testing

/// The tables of docs/running.md: what is refused, and what runs with a note.
@Suite(.tags(.commandLine), .generousTime) struct RefusalTests {
  private let folder: TemporaryFolder
  private let program = BuiltProgram(named: "nanobragg")
  /// What the dots stand for.
  private static let base = "-default_F 1 -cell 50 -detpixels 4 -oversample 1 -seed 1"

  /// A row: a command, and what is said about it.
  struct Row: Sendable, CustomTestStringConvertible {
    let command: String
    let words: String

    var testDescription: String { command }
  }

  /// The rows of the table behind a heading.
  static func rows(_ heading: String) -> [Row] {
    DocumentedRows.all(heading: heading).map { Row(command: $0.command, words: $0.words) }
  }

  init() throws {
    folder = try TemporaryFolder()
    let size = "SIZE1=2;\nSIZE2=2;\n}\u{0C}"
    let header = "{\nHEADER_BYTES=512;\nDIM=2;\nBYTE_ORDER=little_endian;\nTYPE=unsigned_short;\n" + size
    for (name, text) in [
      ("small.img", header.padding(toLength: 520, withPad: " ", startingAt: 0)), ("infinite.hkl", "0 0 0 inf\n"),
      ("far.hkl", "2000000000 0 0 5\n"), ("wide.hkl", "0 0 0 5\n2000 2000 2000 5\n"),
      ("shifted.hkl", "0 0 0 50\n0 1 0.5 7\n0 1 1 70\n"), ("odd.hkl", "0 0 0 50\n0 1 0.5 7\n"),
      ("short.mat", "1 2 3\n4 5 6\n"), ("singular.mat", "1 1 0\n2 2 0\n0 0 1\n"), ("dark.txt", "-10 0 0 1 0\n"),
    ] { try folder.file(name, text) }
  }

  private func run(_ row: Row) throws -> BuiltProgram.Outcome {
    try #require(row.command.hasPrefix("…"))
    let words = (Self.base + row.command.dropFirst()).words
    return try program.run(words, in: folder)
  }

  @Test(arguments: rows("## What is refused"))
  func isRefused(row: Row) throws {
    let outcome = try run(row)
    #expect(outcome.status == 2 && outcome.errors.contains(row.words), "\(outcome.errors)")
    #expect(try folder.names.filter { $0.hasSuffix(".bin") }.isEmpty, "nothing is written")
  }

  @Test(arguments: rows("What runs as there"))
  func runsWithANote(row: Row) throws {
    let outcome = try run(row)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let notes = outcome.errors.split(separator: "\n").filter { $0.hasPrefix("nanobragg: note: ") }
    #expect(notes.contains { $0.contains(row.words) }, "\(outcome.errors)")
  }

  @Test func tablesAreThere() {
    #expect(Self.rows("## What is refused").count > 40 && Self.rows("What runs as there").count > 8)
  }
}
