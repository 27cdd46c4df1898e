import Foundation
import TraceIO

/// The divergent lines of the reference as a unified diff: applied to the reference log with `patch`, it gives a log
/// with the values of the candidate.
enum TracePatch {
  /// The diff, without context lines. Lines with characters outside ASCII are left out; a line before the diff states
  /// their number. Empty if nothing diverges or the reference was not read from a log.
  static func text(_ report: TraceReport) -> String {
    let reference = report.reference
    guard reference.origins.count == reference.lines.count else { return "" }
    let found = Dictionary(
      report.divergences.compactMap { item in item.candidate.map { (item.place, $0) } },
      uniquingKeysWith: { first, _ in first })
    var hunks = ""
    var leftOut = 0
    for (index, places) in TracePlace.placesByLine(of: reference).enumerated() {
      let origin = reference.origins[index]
      guard places.contains(where: { found[$0.place] != nil }) else { continue }
      guard origin.text.utf8.allSatisfy({ $0 < 128 }) else {
        leftOut += 1
        continue
      }
      var line = reference.lines[index]
      for (field, entry) in places.enumerated() {
        if let values = found[entry.place] { line.fields[field].values = values }
      }
      let newline = origin.hasNewline ? "\n" : "\n\\ No newline at end of file\n"
      hunks += "@@ -\(origin.number) +\(origin.number) @@\n-\(origin.text)\(newline)"
      // Text before the marker is kept, and so is a carriage return.
      let prefix = origin.text.prefix(TraceMarker.find(in: Array(origin.text.utf8))?.begin ?? 0)
      let end = origin.text.utf8.last == 13 ? "\r" : ""
      hunks += "+\(prefix)\(TraceWriter.text(line, author: reference.author))\(end)\(newline)"
    }
    let note =
      leftOut == 0 ? "" : "\(leftOut) divergent lines are left out: they have characters outside ASCII\n"
    return note + (hunks.isEmpty ? "" : "--- reference.log\n+++ candidate.log\n" + hunks)
  }
}
