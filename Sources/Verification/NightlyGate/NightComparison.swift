import Foundation

extension NightRecord {
  /// The record without values that differ between runs of the same work: times, hosts, paths, timing ratios,
  /// identities.
  var repeatable: NightRecord {
    var night = self
    (night.identity, night.started, night.seconds, night.host, night.parts) = ("", "", 0, "", [])
    night.program?.path = ""
    for index in night.tests.indices { night.tests[index].seconds = 0 }
    for index in night.golden.indices { night.golden[index].seconds = 0 }
    for index in night.images.indices { night.images[index].seconds = 0 }
    for index in night.benchmarks.indices {
      night.benchmarks[index].seconds = []
      night.benchmarks[index].ratios = []
      night.benchmarks[index].referenceRatios = []
      night.benchmarks[index].baseline = nil
      night.benchmarks[index].judgements = []
      night.benchmarks[index].machine = ""
    }
    // Remarks and obstacles of a merged night start with the name of their part.
    func plain(_ lines: [String]) -> [String] {
      lines.map { $0.replacing(#/^part \d+/\d+: /#, with: "") }.sorted()
    }
    night.obstacles = plain(night.obstacles)
    night.remarks = plain(night.remarks)
    return night
  }

  /// The allowed relative difference of two instruction counts: reading the clock and names of folders cost a few.
  private static let sameCount = 1e-5

  /// The first differences of two nights in repeatable values, as lines of their JSON; empty for equal nights.
  /// - Throws: `EncodingError` for a record that cannot be encoded.
  public func differences(from other: NightRecord, atMost limit: Int = 20) throws -> [String] {
    let counts = Dictionary(
      benchmarks.compactMap { benchmark in benchmark.instructions.map { (benchmark.name, $0) } },
      uniquingKeysWith: { first, _ in first })
    func lines(_ record: NightRecord) throws -> [Substring] {
      var night = record.repeatable
      night.surroundings = surroundings
      for index in night.benchmarks.indices {
        guard let count = night.benchmarks[index].instructions, let ours = counts[night.benchmarks[index].name] else {
          continue
        }
        if abs(count / ours - 1) <= Self.sameCount { night.benchmarks[index].instructions = ours }
      }
      return String(decoding: try NightBundle.encoded(night), as: UTF8.self).split(separator: "\n")
    }
    let (ours, others) = (try lines(self), try lines(other))
    let changes = others.difference(from: ours).map { change -> String in
      switch change {
      case .remove(let line, let text, _): "\(line + 1) - \(text.trimmingCharacters(in: .whitespaces))"
      case .insert(let line, let text, _): "\(line + 1) + \(text.trimmingCharacters(in: .whitespaces))"
      }
    }
    return Array(changes.prefix(limit))
  }

  /// Reads the record of a bundle.
  /// - Throws: `BundleError` if the bundle has no record or has been changed.
  public static func read(_ folder: URL) throws -> NightRecord { try NightPart(bundle: folder).record }
}
