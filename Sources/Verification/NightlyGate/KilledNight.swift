import Foundation
import Provenance

extension Journal.Contents {
  /// What is known of a run that did not come to its end.
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
  /// A night that was killed, as far as its journal goes; nil if there is none, or it is a part.
  /// - Parameter folder: What the run left: `<bundle>.unfinished`.
  init?(killed folder: URL) {
    guard let contents = Journal.read(folder), contents.header.shard == .whole else { return nil }
    self.init(contents)
    guard (try? checkSoundness()) != nil else { return nil }
    stopped = contents.lastWords(in: folder)
  }
}

extension History {
  /// Adds the nights that were killed and are not known yet. One that is taken up again takes its own place later.
  /// - Parameter folder: Where bundles are written.
  /// - Returns: What was added, one line each.
  @discardableResult
  public func noteKilled(in folder: URL) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.sorted().filter { $0.hasSuffix(".unfinished") }.compactMap { name in
      let left = folder.appendingPathComponent(name)
      guard !Journal.isOpen(left) else { return nil }
      return noteKilled(left)
    }
  }

  /// Adds a night that was killed; nil if it is known, or cannot be read.
  public func noteKilled(_ left: URL) -> String? {
    guard let record = NightRecord(killed: left), (try? isKnown(record)) == false,
      let number = try? add(record, bundle: left.path)
    else { return nil }
    return "night \(number) was killed: \(record.stopped ?? "")"
  }
}

extension Nightly {
  /// A night of this very work that was killed: where its bundle was to be. The latest one counts.
  /// - Parameter reports: Where bundles are written.
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
