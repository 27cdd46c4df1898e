import Foundation
import FrameIO
import Provenance

extension NightRecord {
  /// The record of the items that a journal holds.
  init(_ journal: Journal.Contents) {
    let header = journal.header
    self.init(
      identity: header.identity, shard: header.shard, started: header.started, seconds: journal.seconds,
      revision: header.revision, surroundings: header.surroundings, plan: header.plan, program: header.program)
    host = header.host
    // Results are taken in the order of the plan: the order in which items end changes with the load.
    for result in header.items.compactMap({ journal.results[$0] }) {
      tests += result.tests
      properties += result.properties
      if let golden = result.golden { self.golden.append(golden) }
      if let image = result.image { images.append(image) }
      if let benchmark = result.benchmark { benchmarks.append(benchmark) }
      obstacles += result.obstacles
      remarks += result.remarks
    }
    sort()
  }

  /// Sorts all results by name, so that their order does not depend on the division of the work.
  mutating func sort() {
    tests.sort { ($0.suite, $0.name) < ($1.suite, $1.name) }
    properties.sort { $0.name < $1.name }
    golden.sort { $0.id < $1.id }
    images.sort { $0.id < $1.id }
    benchmarks.sort { $0.name < $1.name }
  }
}

extension Nightly.Result {
  /// Judges the figures by the history, writes the bundle, and then adds the night to the history.
  /// - Parameters:
  ///   - target: The destination of the bundle.
  ///   - history: The history; nil for a part of a night, which neither reads nor changes it.
  ///   - replaces: Whether an existing bundle is replaced.
  ///   - command: The command, word by word.
  ///   - tool: The tool and its version.
  /// - Returns: The folder of the bundle.
  /// - Throws: `BundleError` if the bundle or the history cannot be written.
  public mutating func finish(
    in target: BundleTarget, history: History?, replaces: Bool = false, command: [String], tool: String
  ) throws -> URL {
    if record.revision.commit == nil {
      record.remarks.append("the revision is unknown: \(record.revision.problem ?? "this is no git repository")")
    }
    var readable = history
    do {
      try history?.judge(&record)
      _ = try Pages.night(record, history: history, in: target.folder)
    } catch {
      // The night did run, so its bundle is written without the history.
      record.obstacles.append("the history cannot be read: \(error)")
      readable = nil
    }
    let bundle = try NightBundle.bundle(
      record, logs: logs, command: command, tool: tool, history: readable, in: target.folder)
    let folder = try target.write(bundle, replaces: replaces)
    if let unfinished { try? FileManager.default.removeItem(at: unfinished) }
    do {
      _ = try history?.add(record, bundle: folder.path)
      if let history {
        try FileBytes.write(
          Array(history.page(last: 60, at: history.page).utf8), to: history.page.path, for: "the page of the history")
      }
    } catch {
      throw BundleError("the night is in \(folder.path), but could not be added to the history: \(error)")
    }
    return folder
  }

  /// The outcome and its reasons as Markdown, for a terminal.
  public var text: String { NightBundle.summary(record) }
}
