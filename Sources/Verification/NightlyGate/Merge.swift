import Foundation
import Provenance

/// A part of a night on disk, finished or not.
struct NightPart {
  var record: NightRecord
  var state: NightRecord.PartRecord
  var logs: [(name: String, data: Data)]
  /// A line on a part that did not finish; nil for a finished part.
  var word: String?

  /// Reads the bundle of a finished part.
  /// - Throws: `BundleError` if the bundle is damaged or holds no record of this version.
  init(bundle folder: URL) throws(BundleError) {
    let problems = ProvenanceBundle.problems(of: folder, required: ["night.json"])
    guard problems.isEmpty else {
      throw BundleError("\(folder.path): the part is not whole: \(problems.joined(separator: "; "))")
    }
    do {
      record = try NightBundle.decoded(Data(contentsOf: folder.appendingPathComponent("night.json")))
    } catch {
      throw BundleError(
        "\(folder.path)/night.json: this is no record of a night of this version: \(JSONText.reason(error))")
    }
    let count = record.tests.count + record.golden.count + record.images.count + record.benchmarks.count
    state = NightRecord.PartRecord(
      index: record.shard.index, state: .finished, identity: record.identity, host: record.host,
      seconds: record.seconds, done: count, count: count)
    logs = Nightly.logs(folder.appendingPathComponent("logs"))
  }

  /// Reads the folder of an unfinished run; nil if its journal has no header.
  /// - Throws: `BundleError` if the journal has impossible numbers.
  init?(unfinished folder: URL) throws(BundleError) {
    guard let contents = Journal.read(folder) else { return nil }
    record = NightRecord(contents)
    do {
      try record.checkSoundness()
    } catch {
      throw BundleError("\(folder.path)/\(Journal.fileName): \(error)")
    }
    state = NightRecord.PartRecord(
      index: record.shard.index, state: .unfinished, identity: record.identity, host: contents.header.host,
      seconds: contents.seconds, done: contents.results.count, count: contents.header.items.count)
    logs = Nightly.logs(folder)
    word = contents.lastWords(in: folder)
  }
}

extension Nightly.Result {
  /// Joins the parts of a night. Each missing part becomes an obstacle, and the night is then incomplete.
  /// - Parameter folders: Bundles of parts, folders of unfinished parts, or folders that contain these.
  /// - Throws: `BundleError` if a part is damaged, or is from another plan, revision or division, or if two finished
  ///   runs of one part are given.
  public static func merging(_ folders: [URL]) throws(BundleError) -> Nightly.Result {
    var parts: [Int: NightPart] = [:]
    for folder in folders.flatMap(expanded) {
      guard let part = try part(folder) else { continue }
      let index = part.record.shard.index
      if let other = parts[index] {
        // The folder of an unfinished run may lie beside the bundle of its repetition; the bundle counts.
        if other.state.state == .finished, part.state.state == .finished, other.record.identity != part.record.identity
        {
          throw BundleError("part \(part.record.shard) is there twice, from different runs; give one of them")
        }
        if other.state.state == .finished { continue }
      }
      parts[index] = part
    }
    guard let first = parts.min(by: { $0.key < $1.key })?.value else {
      throw BundleError("there is no part in \(folders.map(\.path).joined(separator: ", "))")
    }
    for part in parts.values {
      guard part.record.shard.count == first.record.shard.count, (1...10_000).contains(part.record.shard.count),
        part.record.parts.isEmpty
      else {
        throw BundleError(
          "part \(part.record.shard) is of another revision, division, simulator or plan than part "
            + "\(first.record.shard), or merged already; give the parts of one night")
      }
    }
    return try joined(parts, as: first.record)
  }

  /// The outcome of a part on disk; nil if the folder has no complete bundle.
  public static func outcome(ofPart folder: URL) -> NightRecord.Outcome? {
    (try? NightPart(bundle: folder))?.record.outcome
  }

  private static func part(_ folder: URL) throws(BundleError) -> NightPart? {
    if folder.lastPathComponent.hasSuffix(".unfinished") { return try NightPart(unfinished: folder) }
    return try NightPart(bundle: folder)
  }

  /// The parts in a folder of parts; the folder itself if it is a part.
  private static func expanded(_ folder: URL) -> [URL] {
    func isPart(_ url: URL) -> Bool {
      ["night.json", Journal.fileName, ProvenanceBundle.digestFile].contains {
        FileManager.default.fileExists(atPath: url.appendingPathComponent($0).path)
      }
    }
    if isPart(folder) { return [folder] }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    let parts = names.sorted().filter { !$0.hasPrefix(".") }.map { folder.appendingPathComponent($0) }.filter(isPart)
    return parts.isEmpty ? [folder] : parts
  }

  private static func joined(_ parts: [Int: NightPart], as first: NightRecord) throws(BundleError) -> Nightly.Result {
    var whole = first
    (whole.tests, whole.properties, whole.golden, whole.images, whole.benchmarks) = ([], [], [], [], [])
    (whole.obstacles, whole.remarks, whole.seconds) = ([], [], 0)
    var logs: [(name: String, data: Data)] = []
    for index in 1...first.shard.count {
      guard let part = parts[index] else {
        whole.parts.append(.init(index: index, state: .missing, seconds: 0, done: 0, count: 0))
        whole.obstacles.append(
          "part \(index)/\(first.shard.count) is missing: there is no trace of it; run it with --shard "
            + "\(index)/\(first.shard.count), then merge again")
        continue
      }
      guard part.record.shard.count == first.shard.count, part.record.revision == first.revision,
        part.record.plan == first.plan
      else {
        throw BundleError(
          "part \(part.record.shard) is of another revision, division, simulator or plan than part \(first.shard); run "
            + "the parts from one tree with the same options, --seed among them")
      }
      whole.add(part)
      logs += part.logs.map { ("part-\(index)/\($0.name)", $0.data) }
    }
    whole.shard = .whole
    whole.sort()
    return Nightly.Result(record: whole, logs: logs, unfinished: nil)
  }
}

extension NightRecord {
  fileprivate mutating func add(_ part: NightPart) {
    tests += part.record.tests
    properties += part.record.properties
    golden += part.record.golden
    images += part.record.images
    benchmarks += part.record.benchmarks
    if let word = part.word {
      obstacles.append("part \(part.record.shard) did not come to its end: \(word); requeue it, then merge again")
    }
    obstacles += part.record.obstacles.map { "part \(part.record.shard): \($0)" }
    remarks += part.record.remarks.map { "part \(part.record.shard): \($0)" }
    seconds = max(seconds, part.record.seconds)
    started = min(started, part.record.started)
    parts.append(part.state)
  }
}
