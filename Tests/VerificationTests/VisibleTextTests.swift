import Foundation
import PropertyTesting
import TestSupport
import Testing
import VisibleText

private let forAll = PropertyFamily("VerificationTests/VisibleTextTests.swift")

/// Text of others reaches no terminal and no page as it is.
@Suite(.tags(.commandLine, .property), .generousTime) struct VisibleTextTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static let text: Generator<String> = Generator<String>.element(of: [
    "a", "é", "\u{1B}", "[31m", "[2J", "]0;title\u{07}", "\u{9B}", "\r", "\n", "\t", "\u{202E}", "\u{2066}", "\u{7F}",
    "\0", "|",
    "<script>", "](http://x)", "`", "*", "# ", "\u{E0041}", " ", "\u{1B}[0m", "&lt;",
  ]).array(0...12).map { $0.joined() }

  private func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    let value = scalar.value
    return value < 32 || (127..<160).contains(value) || (0x202A...0x202E).contains(value)
      || (0x2066...0x2069).contains(value) || (0xE0000...0xE007F).contains(value)
  }

  @Test("No control character but newline and tab is left, and other text stays") func nothingSteersATerminal() {
    forAll("no control character but newline and tab is left, and other text stays", Self.text) { check, text in
      let shown = VisibleText.terminal(text)
      try check.that(!shown.unicodeScalars.contains { isHidden($0) && $0 != "\n" && $0 != "\t" }, "\(shown)")
      if !text.unicodeScalars.contains(where: isHidden) { try check.equal(shown, text) }
      try check.equal(VisibleText.terminal(shown), shown)
      let line = VisibleText.line(text)
      try check.that(!line.unicodeScalars.contains(where: isHidden), "\(line)")
      let coloured = VisibleText.terminal(text, keepsColours: true)
      let others = coloured.replacing(/\u{1B}\[[0-9]*m/, with: "")
      try check.that(!others.unicodeScalars.contains { isHidden($0) && $0 != "\n" && $0 != "\t" }, "\(coloured)")
    }
  }

  @Test("Markdown has no markup of the text's own") func markdownHasNoMarkupOfItsOwn() {
    forAll("Markdown has no markup of the text's own", Self.text) { check, text in
      let shown = VisibleText.markdown(text)
      try check.that(!shown.contains("<") && !shown.contains("\n"), "\(shown)")
      try check.that(!shown.contains(/(^|[^\\])[|`*\[\]]/), "\(shown)")
      try check.that(!shown.hasPrefix("#"), "\(shown)")
    }
  }

  /// A name that sets the title of the window, clears it, and goes on in another line.
  private static let name = "a\u{1B}]0;x\u{07}\u{1B}[2J\u{202E}b\nnbverify: ok"

  private func run(_ program: String, _ arguments: [String]) throws -> String {
    let outcome = try BuiltProgram(named: program).run(arguments, in: folder)
    return outcome.output + outcome.errors
  }

  /// Names of files and words of arguments, in the messages of the three programs.
  @Test func namesInMessages() throws {
    let name = Self.name
    let log = "TRACE_C: q\u{1B}[31m 1\nTRACE_C: polar 1\u{1B}[2J\n"
    try folder.file("c.log", log)
    try folder.file(
      "d.log", log.replacing("q\u{1B}[31m 1", with: "q\u{1B}[31m 2").replacing("polar 1\u{1B}[2J", with: "polar 1"))
    try folder.file("words.hkl", "0 0 0 5\n1 0 0 \u{1B}[2Jx\n")
    let usual = ["-cell", "50", "-default_F", "1", "-detpixels", "4", "-oversample", "1", "-nonoise", "-nopgm"]
    let outputs = [
      try run("nanobragg", ["-mat", name]), try run("nanobragg", [name]), try run("nanobragg", ["-lambda", name]),
      try run("nanobragg", usual + ["-hkl", "words.hkl"]), try run("nanobragg", usual + ["-floatfile", name + "/x"]),
      try run("nanobragg", usual + ["-intfile", "b\u{1B}[2J"]), try run("nanobragg", ["convert", name, "o.png"]),
      try run("nanobragg", ["convert", "words.hkl", name]),
      try run("nbverify", ["diff", "--c", name, "--py", "d.log"]),
      try run("nbverify", ["diff", "--c", "c.log", "--py", "d.log"]), try run("nbverify", ["golden", name]),
      try run("nbverify", ["diff", "--c", "d.log", "--py", "d.log", "--all"]),
      try run("nbverify", ["history", "--history", name]), try run("nbverify", ["bundle", "check", name]),
      try run("nbverify", ["images", "--reference", name, "--candidate", name]),
    ]
    for (number, output) in outputs.enumerated() {
      #expect(!output.isEmpty, "\(number)")
      #expect(!output.unicodeScalars.contains { isHidden($0) && $0 != "\n" && $0 != "\t" }, "\(number): \(output)")
      #expect(!output.hasPrefix("nbverify: ok") && !output.contains("\nnbverify: ok"), "\(number): \(output)")
    }
  }

  /// Names of quantities and what a log holds, in the pages of a bundle.
  @Test func pagesOfABundle() throws {
    try folder.file("c.log", "TRACE_C: <script>alert(1)</script> 1\nTRACE_C: [x](http://y) 1\nTRACE_C: polar 1\n")
    try folder.file("d.log", "TRACE_C: <script>alert(1)</script> 2\nTRACE_C: [x](http://y) 2\nTRACE_C: polar 1\n")
    _ = try run("nbverify", ["compare", "--c", "c.log", "--py", "d.log", "--out", "b", "--hypotheses", "h.md"])
    for page in ["b/summary.md", "b/trace_diff.md", "h.md"] {
      let text = try folder.text(page)
      #expect(text.contains("script") && !text.contains("<script"), "\(page): \(text)")
      #expect(!text.contains("[x](http"), "\(page): \(text)")
    }
  }

  /// 40,000 different quantities on either side: the time is that of reading them.
  @Test func manyQuantities() throws {
    for (name, offset) in [("c.log", 0), ("d.log", 1)] {
      try folder.file(name, (0..<40_000).map { "TRACE_C: q\($0) \($0 + offset).5\n" }.joined())
    }
    let start = ContinuousClock.now
    _ = try run("nbverify", ["compare", "--c", "c.log", "--py", "d.log", "--out", "b"])
    // Quadratic steps took above a minute; one second is usual here, and other tests run beside.
    #expect(ContinuousClock.now - start < .seconds(20))
  }

  /// Every character of ASCII, by what Markdown would make of it.
  @Test func charactersOfMarkdown() {
    let tags = ["<": "&lt;", ">": "&gt;", "&": "&amp;"]
    for value in UInt8(0)..<128 {
      let scalar = Unicode.Scalar(value)
      let text = String(scalar)
      let escaped = "\\u{\(String(value, radix: 16))}"
      let line = value < 32 || value == 127 ? escaped : text
      #expect(VisibleText.line(text).lowercased() == line.lowercased(), "\(value)")
      #expect(VisibleText.line("a\(text)b").lowercased() == "a\(line)b".lowercased(), "\(value)")
      guard value >= 32, value < 127 else { continue }
      let marked = tags[text] ?? ("\\`*[]|".contains(text) ? "\\\(text)" : text)
      #expect(VisibleText.markdown("a\(text)") == "a\(marked)", "\(text)")
      #expect(VisibleText.markdown(text) == ("#=".contains(text) ? "\\\(text)" : marked), "\(text)")
      #expect(VisibleText.markdown("\(text)\(text)").hasSuffix(marked), "\(text)")
    }
  }
}
