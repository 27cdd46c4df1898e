import CommandLineSupport
import Foundation
import FrameIO
import GoldenStore
import Arithmetics
import Physics
import TraceIO
import TraceReports

/// The comparison of a candidate's run of a line with the reference's.
struct LineJudgement: Sendable {
  /// Whether the line was compared, and if not, why.
  enum Outcome: Sendable {
    case agrees
    case differs([Symptom])
    /// The candidate says that it cannot run the line, and was not asked to be able to.
    case cannot(String)
    /// The reference program's behaviour is not defined for the line (docs/judge.md, "What is left out").
    case undefined
    /// Our own program refuses the line.
    case refused
  }

  let outcome: Outcome
  /// The largest deviation over the allowed one; 0 if all is identical.
  var ratio = 0.0

  /// Compares a run.
  /// - Parameters:
  ///   - reference: The outcome that counts as right.
  ///   - candidate: The outcome that is judged.
  ///   - experiment: The experiment of the line.
  ///   - line: The line.
  ///   - allowsNonFinite: Whether a reference with pixels that are not finite is compared, too.
  init(
    _ candidate: RunOutcome, reference: RunOutcome, of experiment: Experiment, _ line: JudgedLine,
    _ features: CandidateFeatures, allowsNonFinite: Bool = false
  ) {
    let (fast, slow) = (experiment.detector.fastPixels, experiment.detector.slowPixels)
    guard let expected = reference.floatImage(fast: fast, slow: slow) else {
      outcome = .refused
      return
    }
    if let symptom = Self.ending(candidate) {
      outcome = !allowsNonFinite && Self.isUndefined(expected, experiment, line) ? .undefined : .differs([symptom])
      return
    }
    guard let data = candidate.image else {
      outcome = .differs([Symptom(.noImage, "the run ends well and leaves no float image")])
      return
    }
    guard let found = candidate.floatImage(fast: fast, slow: slow) else {
      outcome = .differs([
        Symptom(.shortImage, "the float image has \(data.count) bytes in place of \(4 * fast * slow)")
      ])
      return
    }
    guard allowsNonFinite || !Self.isUndefined(expected, experiment, line) else {
      outcome = .undefined
      return
    }
    var symptoms: [Symptom] = []
    let image = ImageDeviation(expected, found, experiment, features.precision)
    ratio = image.ratio
    symptoms += image.symptoms
    // Files and lines follow from the image: they are judged where it is right.
    if symptoms.isEmpty {
      symptoms += OtherOutputs.symptoms(
        candidate, reference, features, imageIsIdentical: image.isIdentical,
        hasSeed: line.has("-seed"))
    }
    symptoms += Self.trace(candidate, reference, line, features)
    outcome = symptoms.isEmpty ? .agrees : .differs(symptoms)
  }

  private static func ending(_ run: RunOutcome) -> Symptom? {
    switch run.ending {
    case .completed: nil
    case .refused(let status, let message):
      Symptom(.refusal, "status \(status): \(message.suffix(200))", subject: firstLine(message))
    case .crashed(let signal):
      Symptom(.crash, signal == 0 ? "the worker went away: \(run.printed.suffix(200))" : "ended by signal \(signal)")
    case .timedOut(let seconds): Symptom(.hang, "not done after \(seconds) s")
    case .broken(let text): Symptom(.crash, text)
    }
  }

  private static func firstLine(_ message: String) -> String {
    String(message.split(separator: "\n").last.map(String.init)?.prefix(120) ?? "")
  }

  /// Whether the reference program reads memory that is not its own, or was never set: an index that is not a number
  /// selects memory beyond the table of structure factors, and a seed below 1 leaves the generator's table unset.
  private static func isUndefined(_ image: FloatImage, _ experiment: Experiment, _ line: JudgedLine) -> Bool {
    line.hasSeedBelowOne || experiment.sampling.steps > 0 && image.pixels.contains { !$0.isFinite }
  }

  private static func trace(
    _ candidate: RunOutcome, _ reference: RunOutcome, _ line: JudgedLine, _ features: CandidateFeatures
  ) -> [Symptom] {
    guard let expected = reference.trace else { return [] }
    if let problem = candidate.traceProblem { return [Symptom(.trace, problem)] }
    guard let found = candidate.trace else { return [] }
    let divergence = TraceDivergence(found, reference: expected, features.precision) { line.tolerance(of: expected) }
    return divergence.first.map { [Symptom(.trace, divergence.text, subject: $0)] } ?? []
  }
}

/// The first quantity in which two traces differ.
struct TraceDivergence: Sendable {
  /// The name of the quantity; nil if the traces agree.
  let first: String?
  /// The quantity with both values.
  let text: String

  /// Compares two traces.
  /// - Parameters:
  ///   - candidate: The trace that is examined.
  ///   - reference: The trace that is taken as right.
  ///   - precision: What the candidate promises.
  ///   - rounding: The tolerances for double precision.
  init(_ candidate: Trace, reference: Trace, _ precision: Precision, rounding: () -> any ToleranceRule) {
    func comparison(_ rule: some ToleranceRule) -> TraceComparison {
      TraceComparison(reference: reference, candidate: candidate, rule: rule)
    }
    let compared: TraceComparison =
      switch precision {
      case .identical:
        comparison(UniformTolerance(.exact(because: "the same operations")))
      case .double: comparison(rounding())
      case .single:
        comparison(
          UniformTolerance(Tolerance(relative: 1e-4, because: "single precision, amplified by cancellation")))
      }
    let item = compared.withoutNewQuantities.shared.firstDivergence
    first = item?.place.name
    text =
      item.map { item in
        "\(item.place): reference \(item.reference.map(TraceIO.TraceReport.text) ?? "missing"), candidate "
          + "\(item.candidate.map(TraceIO.TraceReport.text) ?? "missing")"
      } ?? ""
  }
}

/// The deviation of a float image.
struct ImageDeviation: Sendable {
  let isIdentical: Bool
  let ratio: Double
  let symptoms: [Symptom]

  init(_ expected: FloatImage, _ found: FloatImage, _ experiment: Experiment, _ precision: Precision) {
    let differing = expected.pixels.indices.filter { index in
      let (a, b) = (expected.pixels[index], found.pixels[index])
      return a != b && !(a.isNaN && b.isNaN)
    }
    guard !differing.isEmpty else {
      (isIdentical, ratio, symptoms) = (true, 0, [])
      return
    }
    isIdentical = false
    let width = expected.fastPixels
    func place(_ index: Int) -> PixelIndex { PixelIndex(slow: index / width, fast: index % width) }
    if let wrong = differing.first(where: { !found.pixels[$0].isFinite }) {
      ratio = .infinity
      symptoms = [
        Symptom(
          .notANumber, "pixel \(place(wrong)) is \(found.pixels[wrong]) in place of \(expected.pixels[wrong])",
          pixel: place(wrong), ratio: .infinity)
      ]
      return
    }
    let tolerance = PixelTolerance(expected, of: experiment, precision)
    var (worst, worstRatio, count) = (differing[0], -1.0, 0)
    for index in differing {
      let deviation = abs(Double(found.pixels[index]) - Double(expected.pixels[index]))
      let allowed = tolerance.allowed[index]
      let ratio = allowed > 0 ? deviation / allowed : .infinity
      if ratio > 1 { count += 1 }
      if ratio > worstRatio { (worst, worstRatio) = (index, ratio) }
    }
    ratio = worstRatio
    symptoms =
      count == 0
      ? []
      : [
        Symptom(
          .image,
          "\(count) of \(expected.pixels.count) pixels deviate; pixel \(place(worst)) is \(found.pixels[worst]) in place "
            + "of \(expected.pixels[worst])",
          pixel: place(worst), ratio: worstRatio)
      ]
  }
}

extension JudgedLine {
  /// What rounding in double precision can do to the numbers of a trace of the line, computed for the line.
  func tolerance(of reference: Trace) -> any ToleranceRule {
    guard let location = PixelLocation(reference), let request = try? parsedAndLoaded(),
      let pixel = try? PixelEvaluation(
        request, .cParity, pixel: PixelIndex(slow: location.slow, fast: location.fast)),
      let proven = try? ProvenTolerance(pixel)
    else { return UniformTolerance(Tolerance(relative: 1e-9, because: "no bound can be computed for the line")) }
    return proven
  }
}
