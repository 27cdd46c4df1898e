import Foundation
import TestSupport
import Testing
import VisibleText

/// What reaches a terminal: each character at the limits of what is shown, and colours.
@Suite(.tags(.commandLine), .generousTime) struct TerminalTests {
  /// Newlines, tabs and printed characters stay, and for a text of these alone nobody asks whether there is a terminal.
  @Test func charactersOfASCII() {
    for value in UInt8(0)..<128 {
      var text = "a"
      text.unicodeScalars.append(Unicode.Scalar(value))
      text += "b"
      let isPlain = (32..<127).contains(value) || value == 9 || value == 10
      let wanted = isPlain ? text : "a\\u{\(String(value, radix: 16))}b"
      var asked = 0
      func ask() -> Bool {
        asked += 1
        return false
      }
      let shown = VisibleText.terminal(text, keepsColours: ask())
      #expect(shown == wanted, "\(value)")
      #expect(asked == (isPlain ? 0 : 1), "\(value)")
    }
  }

  /// Marks that change the direction of writing, break lines or are invisible are shown as numbers; their neighbours
  /// stay as they are.
  @Test func marksBeyondASCII() throws {
    let hidden: [UInt32] = [
      0x80, 0x9F, 0x61C, 0x200E, 0x200F, 0x2028, 0x2029, 0x202A, 0x202E, 0x2066, 0x2069, 0xE0000, 0xE007F,
    ]
    let shown: [UInt32] = [
      0xA0, 0xE9, 0x61B, 0x61D, 0x200D, 0x2010, 0x2027, 0x202F, 0x2065, 0x206A, 0xDFFFF, 0xE0080,
    ]
    for value in hidden + shown {
      var text = "a"
      text.unicodeScalars.append(try #require(Unicode.Scalar(value)))
      text += "b"
      let wanted = hidden.contains(value) ? "a\\u{\(String(value, radix: 16))}b" : text
      #expect(VisibleText.terminal(text) == wanted, "\(value)")
      #expect(VisibleText.line(text) == wanted, "\(value)")
    }
  }

  /// Where colours stay, these are one number at most between `ESC [` and `m`.
  @Test func sequencesThatAreColours() {
    let rows: [(text: String, wanted: String)] = [
      ("\u{1B}[31mred\u{1B}[0m", "\u{1B}[31mred\u{1B}[0m"), ("\u{1B}[m", "\\u{1b}[m"),
      ("\u{1B}[0123456789m", "\\u{1b}[0123456789m"), ("\u{1B}[0;1m", "\\u{1b}[0;1m"),
      ("\u{1B}[/m", "\\u{1b}[/m"), ("\u{1B}[:m", "\\u{1b}[:m"), ("\u{1B}[31", "\\u{1b}[31"),
      ("\u{1B}[2J", "\\u{1b}[2J"), ("\u{1B}m", "\\u{1b}m"), ("\u{1B}", "\\u{1b}"),
      ("\u{1B}\u{1B}[1m", "\\u{1b}\\u{1b}[1m"), ("\u{1B}[1m\u{07}\u{1B}[0mx", "\\u{1b}[1m\\u{7}\u{1B}[0mx"),
    ]
    for row in rows {
      #expect(VisibleText.terminal(row.text, keepsColours: true) == row.wanted, "\(row.wanted)")
      let plain = row.text.replacing("\u{1B}", with: "\\u{1b}").replacing("\u{07}", with: "\\u{7}")
      #expect(VisibleText.terminal(row.text) == plain, "\(row.wanted)")
      #expect(VisibleText.line(row.text) == plain, "\(row.wanted)")
    }
  }

  /// Whether `script` runs programs on a terminal.
  private static let hasTerminals =
    (try? BuiltProgram.shell.run(["-c", "script -qec true /dev/null < /dev/null"], in: TemporaryFolder()).status) == 0

  /// The verdicts of a table have their colours on a terminal.
  @Test(.enabled(if: hasTerminals, "there is no script")) func coloursStayOnATerminal() throws {
    let folder = try TemporaryFolder()
    try folder.file("c.log", "TRACE_C: polar 1\n")
    try folder.file("d.log", "TRACE_C: polar 2\n")
    let nbverify = BuiltProgram(named: "nbverify").url.path
    let command = "'\(nbverify)' diff --c c.log --py d.log 2> errors"
    let run = "TERM=xterm script -qec \"\(command)\" /dev/null < /dev/null"
    let outcome = try BuiltProgram.shell.run(["-c", "unset NO_COLOR; \(run)"], in: folder)
    let head = "Quantity  Reference  Candidate  Delta  Relative  Verdict\r\n"
    let row = "polar     1.0        2.0        1.0    1.0       \u{1B}[31mDIVERGES\u{1B}[0m\r\n"
    #expect(outcome.status == 1 && outcome.output == head + row, "\(outcome)")
  }
}
