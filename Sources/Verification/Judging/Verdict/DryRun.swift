import Foundation
import Physics

/// A few runs that show what works before anything long starts.
package enum DryRun {
  /// Runs the plain scene, files, lines and a trace.
  /// - Returns: The steps, and how long a run takes, in seconds.
  package static func probes(_ candidate: any Candidate) async -> (probes: [Verdict.Probe], seconds: Double) {
    let line = JudgedLine(
      "-cell 50 60 70 90 100 90 -default_F 100 -N 3 -lambda 1 -distance 100 -detpixels 8 -seed 7")
    let own = OwnRun.run(line, .scalar, candidate.features.compatibility)
    var probes: [Verdict.Probe] = []
    let first = ContinuousClock.now
    var run = await candidate.run(line, tracing: nil)
    let startUp = (ContinuousClock.now - first) / .seconds(1)
    let second = ContinuousClock.now
    if case .completed = run.ending { run = await candidate.run(line, tracing: nil) }
    let seconds = (ContinuousClock.now - second) / .seconds(1)
    guard let experiment = own.experiment else { return ([], seconds) }
    let features = candidate.features
    let starts = run.ending == .completed
    probes.append(
      .init(
        name: "start", works: starts,
        text: starts
          ? "a run takes \(text(seconds)) s, the first took \(text(startUp)) s" : "the run failed: \(run.ending)"))
    let image = run.floatImage(fast: 8, slow: 8)
    probes.append(
      .init(
        name: "image", works: image != nil,
        text: image != nil
          ? "the float image has the right size"
          : "no float image of 256 bytes; the candidate is to write it to the file that {image} names"))
    let judgement = LineJudgement(run, reference: own.outcome, of: experiment, line, features)
    if case .differs(let symptoms) = judgement.outcome, image != nil {
      probes.append(.init(name: "plain scene", works: false, text: symptoms.first?.text ?? "differs"))
    } else if image != nil {
      probes.append(.init(name: "plain scene", works: true, text: "agrees"))
    }
    for name in features.files.sorted() where own.outcome.files[name] != nil {
      probes.append(
        .init(name: name, works: run.files[name] != nil, text: run.files[name] != nil ? "is written" : "is missing"))
    }
    if features.traces {
      let traced = await candidate.run(line, tracing: PixelIndex(slow: 3, fast: 4))
      probes.append(
        .init(
          name: "trace", works: traced.trace != nil,
          text: traced.trace.map { "\($0.lines.count) lines by \($0.author)" } ?? traced.traceProblem
            ?? "there is no trace"))
    }
    let lacks = features.lacks.sorted().joined(separator: " ")
    probes.append(.init(name: "options", works: true, text: lacks.isEmpty ? "none is lacking" : "lacking: \(lacks)"))
    return (probes, seconds)
  }

  private static func text(_ seconds: Double) -> String { String(format: "%.3f", seconds) }
}
