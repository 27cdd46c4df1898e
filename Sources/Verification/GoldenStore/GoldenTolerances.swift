import Arithmetics
import CommandLineSupport
import Foundation
import FrameIO
import Physics
import Provenance
import TraceIO
import TraceReports

/// The tolerances of the traces of a golden case: how far a number may be from the recorded one by rounding, computed when
/// the case is recorded and stored with it in `tolerances.txt`.
///
/// The stored numbers, not a fresh computation, judge the simulator: a fault of the formulas changes the exact numbers that
/// a fresh computation finds as well. A night compares both (docs/numbers.md).
public struct GoldenTolerances: Sendable {
  /// The file in the folder of a case.
  public static let file = "tolerances.txt"

  private static let heading =
    "# How far each number of a trace may be from the recorded one by rounding in double precision (docs/numbers.md).\n"

  /// The tolerances of each log: one row for each line of the log that has values, one number for each value; nil for words
  /// and whole numbers.
  private(set) var logs: [String: [[Double?]]] = [:]
  /// Recorded numbers that are farther from the exact numbers than rounding explains, one line each.
  public private(set) var unexplained: [String] = []
  /// The number of recorded real numbers, and of those without a bound.
  public private(set) var count = (all: 0, unbounded: 0)

  /// Computes the tolerances of a case.
  /// - Parameters:
  ///   - golden: The case.
  ///   - corpus: Its corpus.
  ///   - recorded: The logs by their names; nil for those that the corpus has.
  /// - Throws: `RequestError`, `TraceError` or `ExperimentError` if the case cannot be read or simulated.
  public init(computing golden: GoldenCase, of corpus: GoldenCorpus, logs recorded: [String: Trace]? = nil) throws {
    let (request, compatibility) = try corpus.loaded(golden)
    for pixel in golden.traces {
      let evaluation = try PixelEvaluation(
        request, compatibility, pixel: PixelIndex(slow: pixel.slow, fast: pixel.fast))
      let proven = try ProvenTolerance(evaluation)
      let recorded = try recorded?[pixel.file] ?? corpus.trace(pixel, of: golden)
      let printing = recorded.printingError
      logs[pixel.file] = TracePlace.placesByLine(of: recorded).map { entries in
        entries.flatMap { place, values in
          values.indices.map { index in
            row(values[index], place, index, proven, printing, pixel.file)
          }
        }
      }
    }
  }

  private mutating func row(
    _ value: TraceValue, _ place: TracePlace, _ index: Int, _ proven: ProvenTolerance, _ printing: Double,
    _ file: String
  ) -> Double? {
    guard case .real(let number) = value, let known = proven.component(place, index) else { return nil }
    count.all += 1
    guard known.allowance.isFinite else {
      count.unbounded += 1
      return .infinity
    }
    let distance = abs(number - known.truth)
    let isSame = distance <= known.allowance + printing * abs(number)
    if !isSame {
      unexplained.append(
        "\(file): \(place) is recorded as \(number), the exact number is \(known.truth), and rounding explains "
          + "\(known.allowance)")
    }
    guard distance.isFinite else { return 0 }
    // A recorded number that rounding does not explain has no more room than one that rounding does.
    let tolerance = (known.allowance + min(distance, known.allowance + printing * abs(number))).nextUp
    // The smallest numbers are bounds that were rounded up from zero.
    return tolerance < 1e-300 ? 0 : tolerance
  }

  /// Reads the stored tolerances of a case; nil if there are none.
  /// - Throws: `CorpusError` if the file is damaged.
  init?(stored golden: GoldenCase, of corpus: GoldenCorpus) throws {
    let url = corpus.folder(of: golden.id).appendingPathComponent(Self.file)
    guard FileManager.default.fileExists(atPath: url.path) else { return nil }
    let text = String(decoding: try FileBytes.readRegular(url.path, for: Self.file, upTo: 1 << 26), as: UTF8.self)
    var log: String?
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) where !line.hasPrefix("#") {
      if line.hasPrefix("log ") {
        log = String(line.dropFirst(4))
        logs[log ?? ""] = []
      } else if let log {
        let row = try line.split(separator: " ").map { word -> Double? in
          if word == "-" { return nil }
          guard let number = Double(word), number >= 0 else {
            throw CorpusError(
              "\(golden.id): \(Self.file): \(word) is no tolerance; run nbverify golden tolerances --write \(golden.id)"
            )
          }
          return number
        }
        logs[log]?.append(row)
      }
    }
    // The last line ends with a line feed, after which nothing follows.
    for name in logs.keys where logs[name]?.last?.isEmpty == true { logs[name]?.removeLast() }
  }

  /// The text of the file. Numbers have two digits and are rounded up.
  public func text(_ golden: GoldenCase) -> String {
    var text = Self.heading
    for pixel in golden.traces {
      text += "log \(pixel.file)\n"
      for row in logs[pixel.file] ?? [] { text += row.map(Self.word).joined(separator: " ") + "\n" }
    }
    return text
  }

  private static func word(_ tolerance: Double?) -> String {
    guard let tolerance else { return "-" }
    guard tolerance.isFinite else { return "inf" }
    guard tolerance > 0 else { return "0" }
    let short = NumberText.text("%.1e", tolerance)
    // Where the nearest number of two digits is below, a number of two digits above.
    return (Double(short) ?? 0) >= tolerance ? short : NumberText.text("%.1e", tolerance * 1.05)
  }

  /// The rule for the recorded trace of a pixel; nil if the file does not fit the log.
  func rule(_ pixel: GoldenCase.TracedPixel, _ recorded: Trace) -> StoredTolerance? {
    let places = TracePlace.placesByLine(of: recorded)
    guard let rows = logs[pixel.file], rows.count == places.count else { return nil }
    var components: [TracePlace: [Double?]] = [:]
    for (row, entries) in zip(rows, places) {
      guard row.count == entries.reduce(0, { $0 + $1.values.count }) else { return nil }
      var next = row.makeIterator()
      for (place, values) in entries { components[place] = values.map { _ in next.next() ?? nil } }
    }
    return StoredTolerance(components: components)
  }

  /// Differences of a fresh computation from stored tolerances, one line each. Stored numbers are rounded up to two digits,
  /// by less than a tenth; another mathematical library moves the intervals by some last places, which the same again
  /// covers.
  func differences(from stored: GoldenTolerances) -> [String] {
    let superfluous = stored.logs.keys.filter { logs[$0] == nil }.sorted()
    return superfluous.map { "\($0): the case has no such log, but stored tolerances of one" }
      + logs.keys.sorted().flatMap { differences(of: $0, from: stored) }
  }

  private func differences(of log: String, from stored: GoldenTolerances) -> [String] {
    let rows = logs[log, default: []]
    guard let old = stored.logs[log], old.map(\.count) == rows.map(\.count) else {
      return ["\(log): the stored tolerances are of another log"]
    }
    return zip(rows, old).enumerated().compactMap { line, pair in
      let isSame = zip(pair.0, pair.1).allSatisfy { fresh, old in
        guard let fresh, let old else { return fresh == nil && old == nil }
        return fresh == old || (fresh <= 1.1 * old && old <= 1.2 * fresh)
      }
      return isSame
        ? nil : "\(log): row \(line + 1): computed \(pair.0.map(Self.word)), stored \(pair.1.map(Self.word))"
    }
  }
}

/// The stored tolerances of one trace. A number without a bound may deviate by the usual tolerance of a comparison.
struct StoredTolerance: ToleranceRule {
  fileprivate let components: [TracePlace: [Double?]]

  func tolerance(for place: TracePlace, reference: [TraceValue]) -> (tolerance: Tolerance, scale: Double?) {
    guard let known = components[place], known.contains(where: { $0 != nil }) else {
      return (.exact(because: "a word or a whole number"), nil)
    }
    var tolerance = Tolerance(because: "rounding in double precision, computed when the case was recorded")
    tolerance.components = zip(known, reference).map { known, value in
      guard let known else { return 0 }
      return known.isFinite ? known : ToleranceTable.usual * abs(value.number ?? 0)
    }
    return (tolerance, nil)
  }

  /// Whether every component of a quantity has a bound.
  func isBounded(_ place: TracePlace) -> Bool { components[place, default: []].allSatisfy { $0?.isFinite ?? true } }
}

extension GoldenCorpus {
  /// The tolerances of a recorded trace: the stored ones, or, for a case that is being recorded, computed ones.
  /// - Throws: `CorpusError` if the stored ones are damaged or of another log; errors of the computation.
  public func tolerance(
    of pixel: GoldenCase.TracedPixel, _ recorded: Trace, in golden: GoldenCase
  ) throws -> any ToleranceRule { try stored(pixel, recorded, in: golden) }

  private func stored(
    _ pixel: GoldenCase.TracedPixel, _ recorded: Trace, in golden: GoldenCase
  ) throws -> StoredTolerance {
    let remedy = "run nbverify golden tolerances --write \(golden.id)"
    let known =
      try GoldenTolerances(stored: golden, of: self) ?? GoldenTolerances(computing: golden, of: self)
    guard let rule = known.rule(pixel, recorded) else {
      throw CorpusError("\(golden.id): \(GoldenTolerances.file) does not fit \(pixel.file); \(remedy)")
    }
    return rule
  }

  /// What is wrong with the stored tolerances of a case, compared with a fresh computation, one line each.
  public func toleranceProblems(of golden: GoldenCase) throws -> [String] {
    try problems(of: try freshTolerances(of: golden), in: golden)
  }

  /// The tolerances of a case, computed anew.
  public func freshTolerances(of golden: GoldenCase) throws -> GoldenTolerances {
    try GoldenTolerances(computing: golden, of: self)
  }

  /// The number of stored pixels of a case, of those without a bound, and of those whose bound is below the distance of
  /// neighbouring floats.
  public func pixelBounds(of golden: GoldenCase) throws -> (all: Int, unbounded: Int, tight: Int) {
    guard let recorded = golden.image else { return (0, 0, 0) }
    let (request, compatibility) = try loaded(golden)
    let stored = try stored(recorded, of: golden.id)
    let origin = recorded.crop?.first ?? PixelIndex(slow: 0, fast: 0)
    let places = stored.pixels.indices.map { origin.offset(slow: $0 / stored.fastPixels, fast: $0 % stored.fastPixels) }
    let errors = try ImageBounds(request, compatibility).errors(of: places, in: .double)
    return (
      errors.count, errors.count { !$0.isFinite },
      zip(errors, stored.pixels).count { error, pixel in error <= Double(pixel.ulp) }
    )
  }

  /// What is wrong with the stored tolerances of a case, compared with computed ones, one line each.
  public func problems(of fresh: GoldenTolerances, in golden: GoldenCase) throws -> [String] {
    guard let stored = try GoldenTolerances(stored: golden, of: self) else {
      return ["there are no tolerances; run nbverify golden tolerances --write \(golden.id)"]
    }
    return fresh.differences(from: stored) + fresh.unexplained
  }

  /// Where another mathematical library would leave the stored tolerances of a case, one line for each seed.
  ///
  /// The libraries are made: sin, cos, exp, atan2 and the square root are off by up to one unit of the last place, at
  /// random. Decisions that such errors turn are no numbers, and are left out.
  public func libraryProblems(of golden: GoldenCase, seeds: Range<UInt64>) throws -> [String] {
    let (request, compatibility) = try loaded(golden)
    var problems: [String] = []
    for pixel in golden.traces {
      let evaluation = try PixelEvaluation(
        request, compatibility, pixel: PixelIndex(slow: pixel.slow, fast: pixel.fast))
      let recorded = try trace(pixel, of: golden)
      let rule = try stored(pixel, recorded, in: golden)
      let usual = try evaluation.doubles().count
      for seed in seeds {
        let lines = try ArithmeticContext(seed: seed, perturbation: .library).run {
          try evaluation.lines { _, value in Perturbed(value) }
        }
        // Another number of sub-pixels is a decision that the errors have turned.
        if lines.count != usual { continue }
        let other = Trace(lines: lines.map(\.doubles))
        let comparison = Self.comparison(recorded, other, rule).shared
        // Nothing is proven of numbers without a bound; whole numbers are decisions.
        let first = comparison.divergences.first { item in
          item.reference?.allSatisfy(\.isReal) ?? false && rule.isBounded(item.place)
        }
        if let first {
          problems.append("\(pixel.file): seed \(seed): \(first.place): \(first.deltas), allowed \(first.tolerance)")
        }
      }
    }
    return problems
  }

  /// The request of a case with the contents of its files.
  func loaded(_ golden: GoldenCase) throws -> (SimulationRequest, Compatibility) {
    let request = try request(of: golden)
    return (try request.loaded(clockSeed: 1).request, request.compatibility)
  }

  /// Computes the tolerances of a case and stores them with it, in its folder and its list of digests.
  public func writeTolerances(of golden: GoldenCase) throws -> GoldenTolerances {
    let tolerances = try GoldenTolerances(computing: golden, of: self)
    let folder = folder(of: golden.id)
    var bundle = ProvenanceBundle()
    for name in FileManager.default.subpaths(atPath: folder.path)?.sorted() ?? [] {
      let file = folder.appendingPathComponent(name)
      if file.hasDirectoryPath || [GoldenTolerances.file, ProvenanceBundle.digestFile].contains(name) { continue }
      bundle.add(name, try Data(contentsOf: file))
    }
    bundle.add(GoldenTolerances.file, Data(tolerances.text(golden).utf8))
    _ = try BundleTarget.folder(folder).write(bundle, replaces: true)
    return tolerances
  }
}

extension TraceValue {
  fileprivate var isReal: Bool { if case .real = self { true } else { false } }
}

extension Formulas.TraceLine {
  /// The line with the nearest doubles of its numbers.
  fileprivate var doubles: TraceLine {
    TraceLine(
      section,
      fields.map { field in
        TraceField(
          field.name,
          field.values.map { value in
            switch value {
            case .real(let number): .real(number.approximation)
            case .integer(let number): .integer(number)
            case .word(let word): .word(word)
            }
          })
      })
  }
}
