import Foundation
import Physics

/// What a judge has found so far; written after every batch, so that a judgement that was cut off can go on.
struct JudgeState: Sendable, Codable {
  /// A line that differs.
  struct Failure: Sendable, Codable {
    let line: JudgedLine
    let symptom: Symptom
    let stage: String
  }

  var identity = ""
  var counts = Verdict.LineCounts()
  var corpus = Verdict.CorpusCounts()
  var relations: [Verdict.RelationResult] = []
  var quirks: [QuirkResult] = []
  var failures: [Failure] = []
  /// How often each option was in a judged line, and in a line that differs.
  var tried: [String: Int] = [:]
  var differing: [String: Int] = [:]
  /// Options that the candidate refuses alone, with some kind of values.
  var refusedOptions: Set<String> = []
  /// The numbers of covered pairs and triples of options.
  var pairs: Set<Int> = []
  var triples: Set<Int> = []
  /// Option kinds of the lines that came nearest to their tolerance, with the ratio.
  var nearest: [Near] = []
  var finishedStages: [String] = []
  var stages: [Verdict.StageTime] = []

  struct Near: Sendable, Codable {
    var kinds: [OptionKind]
    var ratio: Double
  }

  /// At most so many failures of a kind are kept: enough to choose the simplest from.
  static let failureLimit = 1000

  mutating func keep(_ failure: Failure) {
    if failures.count(where: { $0.symptom.kind == failure.symptom.kind }) < Self.failureLimit {
      failures.append(failure)
    }
  }

  /// Notes the options of a judged line.
  mutating func note(_ drawn: LineDrawing.Drawn, differs: Bool, _ places: LineDrawing.Places) {
    for option in drawn.line.options {
      tried[option, default: 0] += 1
      if differs { differing[option, default: 0] += 1 }
    }
    let kinds = drawn.line.judgedKinds(places.kinds).sorted()
    for (index, low) in kinds.enumerated() {
      for high in kinds[(index + 1)...] { pairs.insert(low * places.kindCount + high) }
    }
    let options = drawn.line.options.compactMap { places.options[$0] }.sorted()
    for (i, a) in options.enumerated() {
      for (j, b) in options.enumerated().dropFirst(i + 1) {
        for c in options.dropFirst(j + 1) { triples.insert((a * places.optionCount + b) * places.optionCount + c) }
      }
    }
  }

  mutating func note(near kinds: [OptionKind], _ ratio: Double) {
    guard ratio > 0, ratio.isFinite || ratio == .infinity else { return }
    nearest.append(Near(kinds: kinds, ratio: min(ratio, 1e300)))
    if nearest.count > 64 {
      nearest.sort { $0.ratio > $1.ratio }
      nearest.removeLast(nearest.count - 32)
    }
  }

  /// The time that a stage took.
  mutating func finish(_ stage: String, seconds: Double) {
    finishedStages.append(stage)
    stages.append(Verdict.StageTime(stage: stage, seconds: seconds))
  }
}

extension LineDrawing {
  /// The numbers of options and of their kinds.
  struct Places: Sendable {
    let kinds: [OptionKind: Int]
    let options: [String: Int]
    var kindCount: Int { kinds.count }
    var optionCount: Int { options.count }
  }

  var places: Places {
    let names = Array(Set(drawnKinds.map(\.option))).sorted()
    return Places(
      kinds: Dictionary(uniqueKeysWithValues: drawnKinds.enumerated().map { ($1, $0) }),
      options: Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) }))
  }
}
