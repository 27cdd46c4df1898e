import Foundation

/// The lines that differ from a commit.
enum Diff {
  /// Changed and added lines by file. Untracked files are changed as a whole.
  static func lines(of root: URL, against commit: String) throws -> [String: [ClosedRange<Int>]] {
    let result = try Shell.run(
      "git", ["diff", "--unified=0", "--no-color", "--no-ext-diff", "--relative", commit, "--", "."], at: root,
      limit: 60)
    guard result.code == 0 else { throw Trouble("`git diff \(commit)` fails: \(result.output)") }
    var ranges = parse(result.output)
    let added = try Shell.run("git", ["ls-files", "--others", "--exclude-standard"], at: root, limit: 60)
    for file in added.output.split(separator: "\n") { ranges[String(file)] = [1...Int.max] }
    return ranges
  }

  static func parse(_ text: String) -> [String: [ClosedRange<Int>]] {
    var ranges: [String: [ClosedRange<Int>]] = [:]
    var file = ""
    for line in text.split(separator: "\n") {
      if line.hasPrefix("+++ ") { file = line.hasPrefix("+++ b/") ? String(line.dropFirst(6)) : "" }
      guard line.hasPrefix("@@ "), let plus = line.split(separator: " ").first(where: { $0.hasPrefix("+") }) else {
        continue
      }
      let numbers = plus.dropFirst().split(separator: ",").compactMap { Int($0) }
      guard let start = numbers.first, !file.isEmpty else { continue }
      let count = numbers.count > 1 ? numbers[1] : 1
      if count > 0 { ranges[file, default: []].append(start...start + count - 1) }
    }
    return ranges
  }
}
