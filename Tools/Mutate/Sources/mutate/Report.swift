/// The results of a run as a Markdown table.
enum Report {
  static func markdown(_ verdicts: [Verdict], sites: Int, seed: UInt64) -> String {
    let killed = verdicts.filter { $0.result == .killed }
    let survived = verdicts.filter { $0.result == .survived }
    let broken = verdicts.filter { $0.result == .notCompiling }
    let compiled = killed.count + survived.count
    let byGolden = killed.count { $0.by.allSatisfy { $0.hasPrefix("Golden") || $0.hasPrefix("CheckValue") } }
    let seconds = verdicts.map(\.seconds).sorted()
    var lines = [
      "\(verdicts.count) of \(sites) sites, seed \(seed): \(killed.count) killed, \(survived.count) survived, "
        + "\(broken.count) not compiling",
      compiled == 0
        ? ""
        : "killed of those that compile: \(percent(killed.count, of: compiled)), by golden traces alone \(byGolden)",
      seconds.isEmpty
        ? ""
        : "seconds per mutant: median \(Int(seconds[seconds.count / 2])), longest \(Int(seconds[seconds.count - 1]))",
      "", "| # | place | kind | change | result | by |", "| --- | --- | --- | --- | --- | --- |",
    ]
    for (index, verdict) in verdicts.enumerated() {
      let by =
        verdict.by.prefix(2).joined(separator: ", ") + (verdict.by.count > 2 ? " and \(verdict.by.count - 2) more" : "")
      let change = verdict.site.summary.replacing("|", with: "\\|")
      let file = verdict.site.file.split(separator: "/").last ?? ""
      lines.append(
        "| \(index + 1) | \(file):\(verdict.site.line) | \(verdict.site.kind.rawValue) | `\(change)` | "
          + "\(verdict.result.rawValue) | \(by) |")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func percent(_ part: Int, of whole: Int) -> String {
    "\((1000 * part / whole) / 10).\((1000 * part / whole) % 10) %"
  }
}
