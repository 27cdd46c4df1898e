import Foundation
import Physics

/// Runs lines with the reference and the candidate, and compares the outcomes.
package struct LineRunner: Sendable {
  let candidate: any Candidate
  /// The reference; nil for our own simulator in this process.
  let other: (any Candidate)?
  let features: CandidateFeatures

  package init(_ candidate: any Candidate, reference: (any Candidate)?) {
    self.candidate = candidate
    other = reference
    features = candidate.features
  }

  /// A line that was judged.
  package struct Judged: Sendable {
    let line: JudgedLine
    let judgement: LineJudgement
    let expected: FloatImage?
    let experiment: Experiment?
    let run: RunOutcome

    package var symptoms: [Symptom] {
      if case .differs(let symptoms) = judgement.outcome { symptoms } else { [] }
    }

    /// The candidate's image; nil if there is none of the right size.
    var found: FloatImage? {
      expected.flatMap { run.floatImage(fast: $0.fastPixels, slow: $0.slowPixels) }
    }
  }

  /// Judges a line.
  /// - Parameter pixel: The pixel to trace in both; nil for none, or for the pixel of candidates that trace always.
  package func judge(_ line: JudgedLine, tracing pixel: PixelIndex? = nil) async -> Judged {
    var own = OwnRun.run(line, .scalar, features.compatibility)
    guard let experiment = own.experiment, let image = own.image else {
      return Judged(
        line: line, judgement: LineJudgement(refused: ()), expected: nil, experiment: nil, run: own.outcome)
    }
    let traced = pixel ?? (features.tracesAlways ? Self.anyPixel(of: experiment) : nil)
    if features.traces, let traced {
      own = OwnRun.run(line, .scalar, features.compatibility, tracing: traced)
    }
    let run = await candidate.run(line, tracing: features.traces ? traced : nil)
    var reference = own.outcome
    var expected = image
    if let other {
      reference = await other.run(line, tracing: nil)
      reference.trace = own.outcome.trace
      expected = reference.floatImage(fast: image.fastPixels, slow: image.slowPixels) ?? image
    }
    return Judged(
      line: line, judgement: LineJudgement(run, reference: reference, of: experiment, line, features),
      expected: expected,
      experiment: experiment, run: run)
  }

  /// The first rendered pixel in the middle row.
  private static func anyPixel(of experiment: Experiment) -> PixelIndex? {
    let rows = experiment.region.slow
    guard !rows.isEmpty else { return nil }
    let slow = rows[rows.startIndex + rows.count / 2]
    for row in [slow] + Array(rows) {
      for fast in experiment.region.fast where experiment.isUnmasked(PixelIndex(slow: row, fast: fast)) {
        return PixelIndex(slow: row, fast: fast)
      }
    }
    return nil
  }
}

extension LineJudgement {
  init(refused: Void) { outcome = .refused }
}
