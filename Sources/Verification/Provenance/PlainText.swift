import Foundation

/// Text in ASCII and words quoted for a shell.
public enum PlainText {
  /// A text in which `\u{…}` replaces every character outside ASCII, and control characters except newline and tab.
  /// Ellipses, dashes and apostrophes become `...`, `-` and `'`.
  public static func ascii(_ text: String) -> String {
    if text.utf8.allSatisfy({ ($0 >= 32 && $0 < 127) || $0 == 10 || $0 == 9 }) { return text }
    return [("\u{2026}", "..."), ("\u{2013}", "-"), ("\u{2014}", "-"), ("\u{2019}", "'")]
      .reduce(text) { $0.replacing($1.0, with: $1.1) }.unicodeScalars.map { scalar in
        let isPlain = (scalar.value >= 32 && scalar.value < 127) || scalar == "\n" || scalar == "\t"
        return isPlain ? String(scalar) : "\\u{" + String(scalar.value, radix: 16) + "}"
      }.joined()
  }

  /// A word quoted so that a shell reads the original word; always ASCII.
  public static func shellQuoted(_ word: String) -> String {
    let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+./=:,@%")
    if !word.isEmpty, word.allSatisfy({ plain.contains($0) }) { return word }
    if word.utf8.allSatisfy({ $0 >= 32 && $0 < 127 }) {
      return "'" + word.replacing("'", with: "'\\''") + "'"
    }
    let escaped = word.utf8.map { byte in
      byte >= 32 && byte < 127 && byte != 39 && byte != 92
        ? String(UnicodeScalar(byte)) : "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
    return "$'" + escaped.joined() + "'"
  }

  /// A shell script that repeats a command in the folder in which it was given.
  public static func script(
    _ command: [String], in folder: String = FileManager.default.currentDirectoryPath
  ) -> String {
    "#!/bin/sh\n# As it was given; a bundle is never overwritten, so that repeating it takes another --out.\n"
      + "cd \(shellQuoted(folder)) || exit\n\(shellLine(command))\n"
  }

  /// A command line as one line for a shell.
  public static func shellLine(_ words: [String]) -> String { words.map(shellQuoted).joined(separator: " ") }
}
