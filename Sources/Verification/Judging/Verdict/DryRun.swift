import Foundation
import Physics

/// A few runs that show what works before anything long starts.
package enum DryRun {
  /// Runs the plain scene, files, lines and a trace.
  /// - Returns: The steps, and how long a run takes, in seconds.
  package static func probes(_ candidate: any Candidate) async -> (probes: [Verdict.Probe], seconds: Double) {
    var line = JudgedLine(LineDrawing.plainScene)
    line.uses.removeAll { candidate.features.lacks.contains($0.name) }
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

  /// What a program that was named without a description has beside the float image: the files that it leaves under the
  /// names of the C program, its lines if they are those of the C program in a plain scene, and `-trace_pixel`.
  package static func discovered(_ description: CandidateDescription) async throws -> CandidateDescription {
    var (found, probe) = (description, description)
    (probe.files, probe.prints) = (OutputName.others.sorted(), true)
    probe.trace = .init(words: ["-trace_pixel", "{slow}", "{fast}"], author: nil, dialect: nil, always: nil)
    let line = JudgedLine(LineDrawing.plainScene)
    let own = OwnRun.run(line)
    let candidate = try ProgramCandidate(probe)
    let run = await candidate.run(line, tracing: nil)
    guard case .completed = run.ending else { return found }
    found.files = run.files.keys.sorted() + ["Fdump.bin", "other.bin"].filter { run.files[$0] == nil }
    let listed = await candidate.run(
      JudgedLine("-hkl a.hkl \(LineDrawing.plainScene)", files: ["a.hkl": Data("0 0 0 5\n".utf8)]), tracing: nil)
    if listed.files["Fdump.bin"] == nil { found.files?.removeAll { $0 == "Fdump.bin" || $0 == "other.bin" } }
    found.prints = OtherOutputs.hasSameLines(run.printed, own.outcome.printed)
    let traced = await candidate.run(line, tracing: PixelIndex(slow: 3, fast: 4))
    if traced.trace != nil, traced.image == run.image { found.trace = probe.trace }
    return found
  }

  private static func text(_ seconds: Double) -> String { String(format: "%.3f", seconds) }
}
