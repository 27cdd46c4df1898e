import Foundation
import Provenance

extension Journal.Contents {
  /// A line on a run that did not finish: its reason or the lack of one, its host, and the items done and running.
  func lastWords(in folder: URL) -> String {
    let during = open.map { item in
      let running = TestStage.Files(folder: folder, suite: item.name).running
      return item.stage == .tests && !running.isEmpty ? "\(item) (\(running.joined(separator: ", ")))" : "\(item)"
    }
    return "\(stopped ?? "it left no word: killed, or still running"); on \(header.host), \(results.count) of "
      + "\(header.items.count) items done"
      + (during.isEmpty ? "" : ", last seen at \(during.joined(separator: " and "))")
  }
}

extension NightRecord {
  /// The record of a whole night that was killed, from its journal; nil if the folder has no sound journal of a whole
  /// night.
  /// - Parameter folder: The folder that the run left: `<bundle>.unfinished`.
  init?(killed folder: URL) {
    guard let contents = Journal.read(folder), contents.header.shard == .whole else { return nil }
    self.init(contents)
    guard (try? checkSoundness()) != nil else { return nil }
    stopped = contents.lastWords(in: folder)
  }
}

extension History {
  /// Adds the killed nights that the history lacks. A killed night that is resumed later replaces its entry.
  /// - Parameter folder: The folder in which bundles are written.
  /// - Returns: The added nights, one line each.
  @discardableResult
  public func noteKilled(in folder: URL) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.sorted().filter { $0.hasSuffix(".unfinished") }.compactMap { name in
      let left = folder.appendingPathComponent(name)
      guard !Journal.isOpen(left) else { return nil }
      return noteKilled(left)
    }
  }

  /// Adds a night that was killed, and describes it in a line; nil if the history has it already, or it cannot be read.
  public func noteKilled(_ left: URL) -> String? {
    guard let record = NightRecord(killed: left), (try? isKnown(record)) == false,
      let number = try? add(record, bundle: left.path)
    else { return nil }
    return "night \(number) was killed: \(record.stopped ?? "")"
  }
}

extension Nightly {
  /// The bundle folder of the latest killed run with the same part, plan and revision; nil if there is no such run.
  /// - Parameter reports: The folder in which bundles are written.
  public func unfinished(in reports: URL) async -> URL? {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: reports.path)) ?? []
    let (plan, revision) = (await plan(), await Revision.current(in: package.path))
    let left = names.sorted().reversed().filter { $0.hasSuffix(".unfinished") }.map {
      reports.appendingPathComponent($0)
    }
    return left.first { folder in
      guard !Journal.isOpen(folder), let header = Journal.read(folder)?.header else { return false }
      return header.shard == shard && header.plan == plan && header.revision == revision
        && !FileManager.default.fileExists(atPath: folder.deletingPathExtension().path)
    }?.deletingPathExtension()
  }
}
