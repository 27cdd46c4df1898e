import Foundation
import TestSupport
import Testing

/// The verification tools lose no file: what they write is not what they read.
@Suite(.tags(.commandLine, .files), .generousTime) struct ToolFileTests {
  private let folder: TemporaryFolder
  private static let camera = "-cell 50 50 50 90 90 90 -default_F 10 -N 3 -lambda 1 -detpixels 8 -oversample 1"

  init() throws {
    folder = try TemporaryFolder()
    let trace = BuiltProgram(named: "nbverify")
    let text = try trace.run(["trace", "--pixel", "2", "3", "--"] + Self.camera.words, in: folder).output
    for name in ["r.log", "c.log"] { try folder.file(name, text) }
    for (name, text) in [
      ("h.sqlite", ""), ("d.json", "{}"), ("t.json", "{\"quantities\": {}}"), ("x.hkl", "1 0 0 5\n"),
    ] {
      try folder.file(name, text)
    }
    try FileManager.default.createSymbolicLink(
      atPath: folder.url.appendingPathComponent("link").path, withDestinationPath: "r.log")
  }

  @Test(arguments: [
    "compare --c r.log --py c.log --ledger r.log", "compare --c r.log --py c.log --ledger ./c.log",
    "compare --c r.log --py c.log --hypotheses link", "compare --c r.log --py c.log --dialect d.json --ledger d.json",
    "compare --c r.log --py c.log --tolerances t.json --hypotheses t.json",
    "compare --c r.log --py c.log --attach x.hkl --ledger x.hkl",
    "compare --c r.log --py c.log --ledger new --hypotheses ./new",
    "history --history h.sqlite --html h.sqlite", "bench W3 --program x.hkl --json x.hkl",
    "trace --pixel 2 3 --out x.hkl -- -hkl x.hkl \(camera)",
  ])
  func nothingThatIsReadIsWritten(command: String) throws {
    let names = try folder.names
    let before = try names.map { try folder.data($0) }
    let outcome = try BuiltProgram(named: "nbverify").run(command.words, in: folder)
    #expect(outcome.status == 2 && outcome.errors.contains("would be lost"), "\(outcome)")
    #expect(try folder.names == names)
    #expect(try names.map { try folder.data($0) } == before)
  }

  /// What is no ordinary file stays what it is, and is written to. A pipe stands for devices: those of the machine are not
  /// for trying.
  @Test(arguments: ["trace --pixel 2 3 --out n -- \(camera)", "golden review --corpus c --page n"])
  func whatIsNoFileIsNotReplaced(command: String) throws {
    try FileManager.default.createDirectory(
      at: folder.url.appendingPathComponent("c/cases"), withIntermediateDirectories: true)
    let tool = BuiltProgram(named: "nbverify").url.path
    let outcome = try BuiltProgram.shell.run(
      ["-c", "mkfifo n; cat n > got & '\(tool)' \(command); s=$?; wait; test -p n && exit $s"], in: folder)
    #expect(outcome.status == 0, "\(outcome)")
    #expect(try folder.data("got").count > 100)
  }

  @Test func aReaderThatIsGoneCostsTheTextOnly() throws {
    let tool = BuiltProgram(named: "nbverify").url.path
    let outcome = try BuiltProgram.shell.run(
      ["-c", "{ '\(tool)' compare --c r.log --py c.log --out b; echo $? > status; } | true"], in: folder)
    #expect(try outcome.errors.isEmpty && folder.text("status") == "0\n", "\(outcome)")
    #expect(folder.has("b/sha256.txt"))
  }
}
