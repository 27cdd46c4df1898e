import CommandLineSupport
import Foundation
import GoldenStore
import Physics
import TraceIO

/// The golden cases of a corpus through a candidate.
struct CorpusPass: Sendable {
  let judge: Judge
  let corpus: GoldenCorpus

  init(_ judge: Judge, _ folder: URL) { (self.judge, corpus) = (judge, GoldenCorpus(root: folder)) }

  private enum Outcome: Sendable {
    case agrees(traces: Int, numbers: Int)
    case differs(JudgedLine, Symptom)
    case cannot
    case undefined
    /// The case takes longer than a run may.
    case tooLong
  }

  /// Runs the cases, those with few pixels first.
  func run(_ state: inout JudgeState) async {
    judge.settings.progress?("golden cases")
    let cases = corpus.ids.enumerated().filter { judge.settings.isMine($0.offset) }.compactMap {
      try? corpus.load($0.element)
    }.sorted { size($0) < size($1) }
    let outcomes = await judge.parallel(cases, until: judge.deadline(Judge.Share.corpus)) { golden in
      await self.outcome(golden)
    }
    for (golden, outcome) in zip(cases, outcomes) {
      switch outcome {
      case nil, .tooLong?: state.corpus.notRun += 1
      case .cannot?: state.corpus.cannot += 1
      case .undefined?: state.corpus.undefined += 1
      case .agrees(let traces, let numbers)?:
        state.corpus.agree += 1
        state.corpus.traces += traces
        state.corpus.tracedNumbers += numbers
      case .differs(let line, let symptom)?:
        state.corpus.differ += 1
        state.corpus.differing.append(golden.id)
        state.keep(.init(line: line, symptom: symptom, stage: "corpus"))
      }
    }
  }

  private func size(_ golden: GoldenCase) -> Int { golden.image.map { $0.fast * $0.slow } ?? 0 }

  /// The command line of a case, with its files.
  static func line(_ golden: GoldenCase, _ corpus: GoldenCorpus) -> JudgedLine {
    var words = corpus.arguments(of: golden)
    var files: [String: Data] = [:]
    for index in FlagTable.inputPositions(in: words) {
      let url = URL(fileURLWithPath: words[index])
      if let data = try? Data(contentsOf: url) { files[url.lastPathComponent] = data }
      words[index] = url.lastPathComponent
    }
    return JudgedLine(words: words, files: files)
  }

  private func outcome(_ golden: GoldenCase) async -> Outcome {
    let features = judge.runner.features
    let line = Self.line(golden, corpus)
    guard line.options.isDisjoint(with: features.lacks), features.compatibility == .cParity else { return .cannot }
    guard !line.hasSeedBelowOne else { return .undefined }
    guard let experiment = try? line.simulated(.cParity) else { return .cannot }
    let run = await judge.runner.candidate.run(line, tracing: nil)
    if case .refused = run.ending { return .cannot }
    if case .timedOut = run.ending, experiment.stepCount > LineCheck.pairLimit { return .tooLong }
    if let image = golden.image {
      guard (try? corpus.stored(image, of: golden.id)) != nil else { return .cannot }
      if let symptom = compare(run, image, golden, line, experiment) { return .differs(line, symptom) }
    } else if run.ending != .completed || !features.traces {
      return run.ending == .completed ? .cannot : .differs(line, Symptom(.crash, "\(run.ending)"))
    }
    guard features.traces else { return .agrees(traces: 0, numbers: 0) }
    var numbers = 0
    for pixel in golden.traces {
      let run = await judge.runner.candidate.run(line, tracing: PixelIndex(slow: pixel.slow, fast: pixel.fast))
      guard let found = run.trace, let recorded = try? corpus.trace(pixel, of: golden) else {
        return .differs(
          line, Symptom(.trace, "no trace of pixel \(pixel.slow) \(pixel.fast): \(run.traceProblem ?? "")"))
      }
      let divergence = TraceDivergence(found, reference: recorded, features.precision) {
        (try? corpus.tolerance(of: pixel, recorded, in: golden)) ?? line.tolerance(of: recorded)
      }
      if let first = divergence.first { return .differs(line, Symptom(.trace, divergence.text, subject: first)) }
      numbers += recorded.lines.reduce(0) { $0 + $1.fields.reduce(0) { $0 + $1.values.count } }
    }
    return .agrees(traces: golden.traces.count, numbers: numbers)
  }

  /// Compares the recorded part of the image.
  private func compare(
    _ run: RunOutcome, _ image: GoldenCase.Image, _ golden: GoldenCase, _ line: JudgedLine, _ experiment: Experiment
  ) -> Symptom? {
    guard let recorded = try? corpus.stored(image, of: golden.id) else { return nil }
    guard case .completed = run.ending, let whole = run.floatImage(fast: image.fast, slow: image.slow) else {
      let judgement = LineJudgement(
        run, reference: RunOutcome(.completed, image: Data(count: 4 * image.fast * image.slow)), of: experiment, line,
        judge.runner.features, allowsNonFinite: true)
      if case .differs(let symptoms) = judgement.outcome { return symptoms.first }
      return nil
    }
    guard let crop = image.crop else {
      return ImageDeviation(recorded, whole, experiment, judge.runner.features.precision).symptoms.first
    }
    let found = whole.part(crop)
    guard found.pixels != recorded.pixels else { return nil }
    // The tolerance needs the neighbourhood only: a region of interest has the pixels of the whole image.
    let words = crop.numbers.map { "\($0)" }.joined(separator: " ")
    let part = line.without("-roi").adding("-roi \(words)")
    guard let region = try? part.simulated(.cParity),
      var reference = try? Simulator(region, instructions: .scalar).render().image
    else { return nil }
    for (index, pixel) in recorded.pixels.enumerated() {
      let (slow, fast) = (
        index / recorded.fastPixels + crop.slowMinimum, index % recorded.fastPixels + crop.fastMinimum
      )
      reference.pixels[slow * image.fast + fast] = pixel
    }
    var candidate = reference
    for slow in crop.slowMinimum...crop.slowMaximum {
      for fast in crop.fastMinimum...crop.fastMaximum {
        candidate.pixels[slow * image.fast + fast] = whole[slow: slow, fast: fast]
      }
    }
    return ImageDeviation(reference, candidate, region, judge.runner.features.precision).symptoms.first
  }
}
