import ArgumentParser
import Arithmetics
import Foundation
import FrameIO
import Physics
import Provenance
import ToolSupport
import TraceIO
import TraceReports

/// The two logs and the tolerances of a comparison.
struct LogOptions: ParsableArguments {
  @Option(
    name: [.customLong("c"), .customLong("reference")], help: "The reference log, as of the C program.")
  var reference: String
  @Option(name: [.customLong("py"), .customLong("candidate")], help: "The candidate log.")
  var candidate: String
  @Option(
    help: """
      The relative deviation that passes, or proven: what rounding explains for the arguments after -- (default: proven if \
      there are arguments, else 1e-06).
      """)
  var tolerance: String?
  @Option(help: "A JSON file with tolerances of single quantities, each with its reason.") var tolerances: String?
  @Option(
    help: "The kinds of rounding that proven accepts: double, single, printed (default: by the candidate's digits).")
  var rounding: [String] = []
  @Option(parsing: .upToNextOption, help: "The traced pixel for proven: slow, then fast (default: as the logs tell).")
  var pixel: [Int] = []
  @Argument(parsing: .postTerminator, help: "The arguments of both programs, for --tolerance proven.")
  var arguments: [String] = []
  @Option(help: "A JSON file with the candidate's dialect: names, units, order, what is left out, known differences.")
  var dialect: String?

  /// Whether the tolerances are computed: on request, or because the arguments are known.
  var isProven: Bool { tolerance == "proven" || (tolerance == nil && !arguments.isEmpty) }
  /// The relative deviation that passes; of computed tolerances, that of numbers without a bound.
  var relative: Double { tolerance.flatMap(Double.init) ?? ToleranceTable.usual }

  func validate() throws {
    if let tolerance, tolerance != "proven" {
      guard let number = Double(tolerance), number >= 0, number.isFinite else {
        throw ValidationError("--tolerance \(tolerance): give a finite number of at least 0, or proven")
      }
    } else if isProven, arguments.isEmpty {
      throw ValidationError("--tolerance proven: give the arguments of the programs after --")
    }
    guard pixel.isEmpty || pixel.count == 2 else { throw ValidationError("--pixel takes two indices: slow, then fast") }
    guard isProven || (pixel.isEmpty && rounding.isEmpty) else {
      throw ValidationError("--pixel and --rounding are for --tolerance proven; give it, or leave them out")
    }
    if let stranger = rounding.first(where: { !["double", "single", "printed"].contains($0) }) {
      throw ValidationError("--rounding \(stranger): the kinds are double, single and printed")
    }
  }

  /// The computed tolerances; nil unless they are asked for.
  private func proven(_ reference: Trace, _ candidate: Trace) throws -> ProvenTolerance? {
    guard isProven else { return nil }
    var place = pixel
    if place.isEmpty {
      guard let location = PixelLocation(reference) ?? PixelLocation(candidate) else {
        throw TraceError(file: self.reference, line: 0, "the log does not tell its pixel; give --pixel slow fast")
      }
      place = [location.slow, location.fast]
    }
    var kinds: [RoundingKind] = [.double]
    if rounding.contains("single") || (rounding.isEmpty && candidate.isSinglePrecision) { kinds.append(.single) }
    if rounding.contains("printed") { kinds.append(.printed) }
    let evaluation = try PixelEvaluation(arguments, pixel: PixelIndex(slow: place[0], fast: place[1]))
    if kinds.contains(.printed), evaluation.request.matrix == nil {
      throw RequestError(
        "--rounding printed", "the arguments name no matrix file, whose digits could be few",
        remedy: "leave printed out, or give -mat")
    }
    return try ProvenTolerance(evaluation, accepting: kinds, logs: [reference, candidate])
  }

  /// The tolerances of `--tolerance` and `--tolerances`.
  /// - Throws: `TraceError` if the file cannot be read or is no table of tolerances.
  func table() throws -> ToleranceTable {
    guard let tolerances else {
      return ToleranceTable(
        standard: Tolerance(
          relative: relative,
          because: isProven
            ? "of numbers without a bound; all others: what rounding explains" : "the given relative tolerance"))
    }
    guard let data = FileManager.default.contents(atPath: tolerances) else {
      throw TraceError(file: tolerances, line: 0, "the file cannot be read; check the name and the permissions")
    }
    return try ToleranceTable(json: data, file: tolerances, relative: relative)
  }

  private func candidateDialect() throws -> TraceDialect {
    guard let dialect else { return TraceDialect() }
    guard let data = FileManager.default.contents(atPath: dialect) else {
      throw TraceError(file: dialect, line: 0, "the file cannot be read; check the name and the permissions")
    }
    return try TraceDialect(json: data, file: dialect)
  }

  /// Reads both logs and compares them.
  /// - Throws: `TraceError` if a log or the dialect cannot be read, or a tolerance is for a quantity that no trace has.
  func report(_ table: ToleranceTable) throws -> (TraceReport, RoundingTable?) {
    let dialect = try candidateDialect()
    let today = String(TimeStamp.full(Date()).prefix(10))
    var trace = try TraceFile.read(candidate, dialect: dialect)
    for ended in dialect.known.values.filter({ $0.until < today }).sorted(by: { $0.name < $1.name }) {
      trace.warnings.append("the known difference of \(ended.name) ended on \(ended.until): \(ended.because)")
    }
    let recorded = try TraceFile.read(reference)
    let proven = try proven(recorded, trace)
    let report = TraceReport(
      reference: recorded, candidate: trace, tolerances: proven.map { table.using($0) } ?? table,
      known: dialect.known.filter { $0.value.until >= today })
    let known = Set(report.items.map(\.place.name) + ScalingFactor.all.map(\.name))
    if let stranger = table.names.first(where: { !known.contains($0) }) {
      throw TraceError(
        file: tolerances ?? "", line: 0, "neither trace has a quantity \(stranger); correct its name, or remove it")
    }
    return (report, proven.map { RoundingTable(report, $0) })
  }
}
