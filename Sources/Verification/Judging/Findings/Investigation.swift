import Foundation
import Physics
import TraceIO

/// The way from a failing line to its cause: the simplest line, images, traces and causes.
package struct Investigation {
  let runner: LineRunner
  /// The largest number of runs of the candidate for one finding.
  static let calls = 80

  /// What is known of a finding.
  package struct Result: Sendable {
    var line: JudgedLine
    var symptom: Symptom
    var causes: [Cause]
    var expected: FloatImage?
    var found: FloatImage?
    var referenceTrace: Trace?
    var candidateTrace: Trace?
    /// The first quantity that differs; nil without traces.
    var firstQuantity: String?
    var divergence: String?
    var calls: Int
    /// Causes that traces make possible, and no more.
    var doubtful: [Cause] = []
  }

  /// Shrinks a line that shows a symptom, and looks for its cause.
  /// - Parameter given: The codes of causes that every scene shows: the line has to show more than these explain.
  func investigate(
    _ line: JudgedLine, _ symptom: Symptom, until deadline: ContinuousClock.Instant, beside given: Set<String>
  ) async -> Result {
    let runner = runner
    func shows(_ other: JudgedLine) async -> Bool {
      let judged = await runner.judge(other)
      guard judged.symptoms.contains(where: { Self.isSame($0, symptom) }) else { return false }
      guard !given.isEmpty, symptom.kind == .image, let expected = judged.expected, let found = judged.found,
        let experiment = judged.experiment
      else { return true }
      let causes = ImageCauses(other, expected: expected, found: found, experiment, runner.features)
      return !given.contains { causes.fits($0) }
    }
    var shrinker = LineShrinker(line, calls: Self.calls, until: deadline) {
      await shows($0)
    } isUnchanged: { old, new in
      let (before, after) = (await runner.judge(old), await runner.judge(new))
      return before.expected?.pixels == after.expected?.pixels && before.run.image == after.run.image
        && before.run.ending == after.run.ending
    }
    await shrinker.run()
    var result = await examine(shrinker.line, symptom, until: deadline)
    result.calls = shrinker.calls
    return result
  }

  /// The first of the given causes that explains a line; nil if none does.
  func explanation(of line: JudgedLine, among given: [String]) async -> String? {
    guard !given.isEmpty else { return nil }
    let judged = await runner.judge(line)
    guard let expected = judged.expected, let found = judged.found, let experiment = judged.experiment else {
      return nil
    }
    let causes = ImageCauses(line, expected: expected, found: found, experiment, runner.features)
    return given.first { causes.fits($0) }
  }

  /// Whether two symptoms are of one finding: of one kind, and of one subject where they name one. Digits do not
  /// matter: messages of two lines differ in them.
  static func isSame(_ first: Symptom, _ second: Symptom) -> Bool {
    func words(_ text: String?) -> String? { text.map { String($0.filter { !$0.isNumber }) } }
    return first.kind == second.kind
      && ([.image, .notANumber].contains(first.kind) || words(first.subject) == words(second.subject))
  }

  /// Looks for the cause of a symptom of a line. After the deadline the candidate is run once, and no more.
  func examine(
    _ line: JudgedLine, _ symptom: Symptom, until deadline: ContinuousClock.Instant
  ) async -> Result {
    func isInTime() -> Bool { ContinuousClock.now < deadline }
    let judged = await runner.judge(line)
    let own = judged.symptoms.first { Self.isSame($0, symptom) } ?? symptom
    var result = Result(
      line: line, symptom: own, causes: [], expected: judged.expected, found: judged.found, calls: 0)
    guard let experiment = judged.experiment, let expected = judged.expected else { return result }
    if let found = judged.found, [.image, .notANumber].contains(own.kind), isInTime() {
      // A second run that gives other bytes makes every other explanation moot.
      let again = await runner.candidate.run(line, tracing: nil)
      if again.image != judged.run.image || again.ending != judged.run.ending {
        result.causes.append(
          Cause(code: "unstable", text: "the candidate gives another image when it is run again", certainty: .likely))
      }
      result.causes += ImageCauses(line, expected: expected, found: found, experiment, runner.features).causes()
    }
    if own.kind == .crash || own.kind == .hang, isInTime() { result.causes += await endings(line, own) }
    if own.kind == .counts { result.causes += counts(judged, own) }
    if isInTime() { await trace(&result, own, experiment) }
    if own.kind == .image || own.kind == .notANumber, !result.causes.contains(where: { $0.certainty == .likely }),
      isInTime()
    {
      result.causes += await probes(line, while: isInTime)
    }
    let rest = fallback(line, own)
    // Rounding does not wait for an option: where one is needed that does more than magnify, it is the better name.
    let rounding = result.causes.firstIndex { $0.code == "single-precision" && $0.certainty == .possible }
    let isNeeded = !FindingPass.essential(line).isSubset(of: Self.magnifying)
    result.causes.insert(rest, at: isNeeded ? rounding ?? result.causes.count : result.causes.count)
    result.causes += result.doubtful
    return result
  }

  /// Whether a run ends in this way every time.
  private func endings(_ line: JudgedLine, _ symptom: Symptom) async -> [Cause] {
    for _ in 0..<3 where await runner.judge(line).symptoms.first(where: { Self.isSame($0, symptom) }) == nil {
      return [
        Cause(code: "unstable", text: "the candidate does not end in this way every time", certainty: .likely)
      ]
    }
    return []
  }

  private func counts(_ judged: LineRunner.Judged, _ symptom: Symptom) -> [Cause] {
    guard symptom.text.contains(" of them too small"),
      let numbers = symptom.text.firstMatch(of: /(\d+) counts differ, (\d+) of them too small/), numbers.1 == numbers.2
    else { return [] }
    return [
      Cause(
        code: "counts-cut-off", text: "counts are cut off in place of rounded: all that differ are too small",
        certainty: .likely)
    ]
  }

  /// Compares traces of the worst pixel, where the candidate can trace.
  private func trace(_ result: inout Result, _ symptom: Symptom, _ experiment: Experiment) async {
    guard runner.features.traces, [.image, .notANumber, .trace].contains(symptom.kind) else { return }
    let pixel =
      symptom.pixel ?? PixelIndex(slow: experiment.region.slow.lowerBound, fast: experiment.region.fast.lowerBound)
    guard experiment.isRendered(pixel) else { return }
    let own = OwnRun.run(result.line, .scalar, runner.features.compatibility, tracing: pixel)
    let theirs = await runner.candidate.run(result.line, tracing: pixel)
    let line = result.line
    guard let reference = own.outcome.trace, let candidate = theirs.trace else { return }
    (result.referenceTrace, result.candidateTrace) = (reference, candidate)
    let divergence = TraceDivergence(candidate, reference: reference, runner.features.precision) {
      line.tolerance(of: reference)
    }
    guard let first = divergence.first else { return }
    (result.firstQuantity, result.divergence) = (first, divergence.text)
    let report = TraceIO.TraceReport(
      reference: reference, candidate: candidate,
      tolerances: ToleranceTable(relative: runner.features.precision == .single ? 1e-4 : 1e-9))
    // Few bits do not explain an image that is plainly another one.
    let isSmall = zip(result.expected?.pixels ?? [], result.found?.pixels ?? []).allSatisfy { expected, found in
      abs(expected - found) <= 0.01 * abs(expected)
    }
    // Both were asked for one pixel.
    let excluded: Set<Finding.Kind> = isSmall ? [.differentPixels] : [.differentPixels, .singlePrecision, .fewDigits]
    let causes = report.findings.filter { !excluded.contains($0.kind) }.map {
      Cause(
        code: "trace:\($0.kind.rawValue)", text: $0.text, certainty: $0.confidence == .certain ? .traced : .possible)
    }
    result.causes = causes.filter { $0.certainty == .traced } + result.causes
    result.doubtful = causes.filter { $0.certainty != .traced }
  }

  /// Options that only make a deviation larger.
  private static let magnifying: Set<String> = [
    "-pixel", "-detpixels", "-oversample", "-distance", "-lambda", "-energy", "-N", "-Na", "-Nb", "-Nc", "no -N",
    "-cell", "-default_F",
  ]

  /// What can be taken out of a simulation, and the part of the simulation that the deviation then lies in.
  private static let probed: [(words: String, code: String, text: String)] = [
    ("-nopolar", "polarization", "the deviation vanishes with -nopolar: it lies in the polarization factor"),
    ("-oversample 1", "sub-pixels", "the deviation vanishes with -oversample 1: it lies in the sub-pixels"),
    ("-point_pixel", "solid-angle", "the deviation vanishes with -point_pixel: it lies in the obliquity of the pixel"),
    ("-nointerpolate", "interpolation", "the deviation vanishes with -nointerpolate: it lies in the interpolation"),
    ("-N 1", "lattice-factor", "the deviation vanishes with -N 1: it lies in the lattice factor"),
  ]

  private func probes(_ line: JudgedLine, while isInTime: () -> Bool) async -> [Cause] {
    var causes: [Cause] = []
    for probe in Self.probed where isInTime() {
      let other = line.without(String(probe.words.split(separator: " ")[0])).adding(probe.words)
      guard other.words != line.words, case .ready = LineCheck(other) else { continue }
      if case .agrees = await runner.judge(other).judgement.outcome {
        causes.append(Cause(code: probe.code, text: probe.text, certainty: .possible))
      }
    }
    return causes
  }

  /// The options without which the finding vanishes.
  private func fallback(_ line: JudgedLine, _ symptom: Symptom) -> Cause {
    let options = FindingPass.essential(line).sorted()
    let subject = symptom.subject.map { ":\($0)" } ?? ""
    if options.isEmpty {
      return Cause(code: "\(symptom.kind.rawValue)\(subject)", text: "shown by every scene", certainty: .possible)
    }
    let names = options.map { $0 == "no -N" ? "the default of -N" : $0 }.joined(separator: ", ")
    return Cause(
      code: "\(symptom.kind == .refusal ? "refused" : "options"):\(options.joined(separator: ","))",
      text: symptom.kind == .refusal ? "the candidate refuses \(names)" : "shown only with \(names)",
      certainty: .possible)
  }
}
