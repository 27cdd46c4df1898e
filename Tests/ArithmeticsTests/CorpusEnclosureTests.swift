import Arithmetics
import CommandLineSupport
import Foundation
import GoldenStore
import Physics
import Testing
import TraceIO

/// The numbers of the golden corpus lie inside their enclosures.
@Suite struct CorpusEnclosureTests {
  struct Tally: Sendable {
    var inside = 0
    var outside: [String] = []
    var unbounded = 0
    var ratios: [String: [Double]] = [:]
    var unboundedNames: [String: Int] = [:]
    var slowest: [(String, Double)] = []
  }

  @Test func goldenNumbersAreInsideTheirEnclosures() async throws {
    let corpus = GoldenCorpus.ofPackage()
    let ids = corpus.ids
    let tallies = try await withThrowingTaskGroup(of: Tally.self) { group in
      for part in 0..<2 {
        group.addTask {
          var tally = Tally()
          for id in ids.enumerated().filter({ $0.offset % 2 == part }).map(\.element) {
            let golden = try corpus.load(id)
            if golden.isLarge { continue }
            try Self.check(golden, corpus, &tally)
          }
          return tally
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    var all = Tally()
    for t in tallies {
      all.inside += t.inside; all.outside += t.outside; all.unbounded += t.unbounded
      all.ratios.merge(t.ratios) { $0 + $1 }
      all.unboundedNames.merge(t.unboundedNames) { $0 + $1 }
      all.slowest += t.slowest
    }
    print("inside \(all.inside), outside \(all.outside.count), unbounded \(all.unbounded)")
    for o in all.outside.prefix(40) { print("OUT", o) }
    for (n, c) in all.unboundedNames.sorted(by: { $0.value > $1.value }).prefix(40) { print("NOBOUND", n, c) }
    for (name, list) in all.ratios.sorted(by: { $0.key < $1.key }) {
      let s = list.sorted()
      print("RATIO", name, s.count, s[s.count / 2], s[Int(Double(s.count - 1) * 0.99)], s.last!)
    }
    for (id, t) in all.slowest.sorted(by: { $0.1 > $1.1 }).prefix(15) { print("SLOW", id, t) }
  }

  static func check(_ golden: GoldenCase, _ corpus: GoldenCorpus, _ tally: inout Tally) throws {
    let request = try CommandLineParser(corpus.arguments(of: golden), compatibility: .cParity).parse()
    let loaded = try request.loaded(clockSeed: 1).request
    for traced in golden.traces {
      let start = Date()
      let pixel = try PixelEvaluation(
        loaded, request.compatibility, pixel: PixelIndex(slow: traced.slow, fast: traced.fast))
      let analysis = try RoundingAnalysis(pixel)
      for number in analysis.numbers {
        if number.bound == nil {
          tally.unbounded += 1
          tally.unboundedNames["\(golden.id) \(number.place.section.rawValue) \(number.place.name)", default: 0] += 1
          continue
        }
        if number.error <= number.allowance { tally.inside += 1 } else {
          tally.outside.append("\(golden.id) \(number.place.name)[\(number.place.component)] \(number.place.indices) computed \(number.computed) truth \(number.truth) bound \(number.bound!) error \(number.error)")
        }
        if number.error > 0, number.bound! > 0 {
          tally.ratios["\(number.place.section.rawValue) \(number.place.name)", default: []].append(number.bound! / number.error)
        }
      }
      tally.slowest.append((golden.id, Date().timeIntervalSince(start)))
    }
  }
}
