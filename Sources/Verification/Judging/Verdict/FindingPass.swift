import Foundation
import ImageAnalysis
import Physics

/// Groups lines that differ by their causes: shrinks the simplest first, and attributes to it the lines that it explains.
struct FindingPass: Sendable {
  let judge: Judge

  init(_ judge: Judge) { self.judge = judge }

  private struct Found {
    var record: FindingRecord
    var result: Investigation.Result
  }

  /// Investigates failures until the time is up.
  func run(_ failures: [JudgeState.Failure]) async -> (results: [Investigation.Result], records: [FindingRecord]) {
    let deadline = judge.deadline(Judge.Share.investigation)
    var found: [Found] = []
    var rest = failures.sorted {
      ($0.line.words.count, $0.line.words.joined()) < ($1.line.words.count, $1.line.words.joined())
    }
    var (left, explained) = (0, 0)
    let investigation = Investigation(runner: judge.runner)
    while let failure = rest.first, ContinuousClock.now < deadline, found.count < judge.settings.findingLimit {
      judge.settings.progress?("\(found.count) findings, \(rest.count) lines to explain")
      rest.removeFirst()
      if let index = attribution(failure, found) {
        found[index].record.lines += 1
        continue
      }
      // Causes that every scene shows are taken as given: a further finding is what they leave.
      if failure.symptom.kind == .image, !found.isEmpty {
        let given = found.indices.filter { Self.essential(found[$0].record.line).isEmpty }
        let codes = given.map { found[$0].record.imageCode }
        // A hundred lines that given causes explain are enough; the others are taken to be like them.
        let code =
          explained < judge.settings.explained || Self.essential(failure.line).count <= 2
          ? await investigation.explanation(of: failure.line, among: codes) : codes.first
        if let code, let index = given.first(where: { found[$0].record.imageCode == code }) {
          explained += 1
          found[index].record.lines += 1
          continue
        }
      }
      let result = await investigate(failure, beside: found, deadline)
      add(result, failure, &found)
    }
    // Without time, the lines that are left are attributed by their options, or counted as they are.
    for failure in rest {
      if let index = attribution(failure, found) { found[index].record.lines += 1 } else { left += 1 }
    }
    if left > 0, let failure = rest.first(where: { attribution($0, found) == nil }) {
      var record = Self.record(Self.unexamined(failure), failure)
      record.lines = left
      record.causes = [
        Cause(
          code: "not-examined", text: "\(left) lines differ, and there was no time to shrink them", certainty: .possible
        )
      ]
      found.append(Found(record: record, result: Self.unexamined(failure)))
    }
    found.sort { ($0.record.rank, $0.record.lines) > ($1.record.rank, $1.record.lines) }
    for index in found.indices { found[index].record.number = index + 1 }
    return (found.map(\.result), found.map(\.record))
  }

  private static func unexamined(_ failure: JudgeState.Failure) -> Investigation.Result {
    Investigation.Result(line: failure.line, symptom: failure.symptom, causes: [], calls: 0)
  }

  /// The finding that explains a failure: one of its kind whose options, with their kinds of values, the line has.
  private func attribution(_ failure: JudgeState.Failure, _ found: [Found]) -> Int? {
    let kinds = Self.kinds(failure.line)
    let options = failure.line.options.union(Self.missing(failure.line))
    return found.firstIndex { finding in
      let essential = Self.essential(finding.record.line)
      guard !essential.isEmpty, essential.isSubset(of: options),
        Self.isLike(finding.record.symptom.kind, failure.symptom.kind) || failure.stage == "relations"
      else { return false }
      return Self.kinds(finding.record.line).allSatisfy { !essential.contains($0.option) || kinds.contains($0) }
    }
  }

  /// Symptoms that one cause may have in different lines.
  private static func isLike(_ first: Symptom.Kind, _ second: Symptom.Kind) -> Bool {
    let ofImages: Set<Symptom.Kind> = [.image, .notANumber, .trace]
    return first == second || ofImages.contains(first) && ofImages.contains(second)
  }

  /// The options of a line that were drawn, with the kinds of their values.
  private static func kinds(_ line: JudgedLine) -> Set<OptionKind> {
    Set(line.uses.compactMap { use in use.kind.map { OptionKind(option: JudgedLine.canonical(use.name), kind: $0) } })
  }

  /// The options of a line beside those of the plain scene, those of the scene with other values, and those that the line
  /// leaves to their defaults.
  static func essential(_ line: JudgedLine) -> Set<String> {
    Set(line.uses.filter { !LineShrinker.plainScene.contains($0) }.map { JudgedLine.canonical($0.name) })
      .union(missing(line))
  }

  /// The numbers of cells, if the line leaves them to their default. The default is not the value of the plain scene.
  private static func missing(_ line: JudgedLine) -> Set<String> {
    line.options.isDisjoint(with: ["-N", "-Na", "-Nb", "-Nc"]) ? ["no -N"] : []
  }

  private func investigate(
    _ failure: JudgeState.Failure, beside found: [Found], _ deadline: ContinuousClock.Instant
  ) async -> Investigation.Result {
    let investigation = Investigation(runner: judge.runner)
    guard failure.symptom.kind != .relation else { return await examineRelation(failure, investigation, deadline) }
    let given = Set(found.filter { Self.essential($0.record.line).isEmpty }.map(\.record.imageCode))
    return await investigation.investigate(failure.line, failure.symptom, until: deadline, beside: given)
  }

  /// A relation that fails: the line alone may differ from the reference, too; else the relation is the finding.
  private func examineRelation(
    _ failure: JudgeState.Failure, _ investigation: Investigation, _ deadline: ContinuousClock.Instant
  ) async -> Investigation.Result {
    let judged = await judge.runner.judge(failure.line)
    if let symptom = judged.symptoms.first {
      return await investigation.investigate(failure.line, symptom, until: deadline, beside: [])
    }
    var result = Self.unexamined(failure)
    (result.expected, result.found) = (judged.expected, judged.found)
    result.causes = [
      Cause(code: "relation:\(failure.symptom.subject ?? "")", text: failure.symptom.text, certainty: .likely)
    ]
    return result
  }

  private func add(_ result: Investigation.Result, _ failure: JudgeState.Failure, _ found: inout [Found]) {
    let record = Self.record(result, failure)
    if let index = found.firstIndex(where: {
      $0.record.cause.code == record.cause.code && Investigation.isSame($0.record.symptom, record.symptom)
    }) {
      found[index].record.lines += 1
      if found[index].record.others.count < judge.settings.perCause - 1 {
        found[index].record.others.append(record.line)
      }
      if record.line.words.count < found[index].record.line.words.count {
        let old = found[index].record
        found[index].record.line = record.line
        found[index].result = result
        found[index].record.others = [old.line] + old.others.dropFirst()
      }
      return
    }
    found.append(Found(record: record, result: result))
  }

  private static func record(_ result: Investigation.Result, _ failure: JudgeState.Failure) -> FindingRecord {
    var record = FindingRecord(
      number: 0, symptom: result.symptom, causes: result.causes, line: result.line, stage: failure.stage)
    (record.firstQuantity, record.divergence) = (result.firstQuantity, result.divergence)
    if let expected = result.expected, let found = result.found {
      let comparison = ImageComparison(reference: expected, candidate: found, peakCount: 0)
      record.effect = comparison.ratio.isFinite ? comparison.ratio - 1 : nil
      record.correlation = comparison.correlation.isFinite ? comparison.correlation : nil
    }
    return record
  }
}

extension FindingRecord {
  /// The code of the best cause that images show.
  var imageCode: String { causes.first { !$0.code.hasPrefix("trace:") }?.code ?? cause.code }

  /// How much a finding matters: runs without an image first, then images by how far they are off, then other files.
  var rank: Double {
    switch symptom.kind {
    case .crash, .hang, .noImage, .shortImage, .notANumber: 4
    case .unstable: 3.5
    case .refusal: 1
    case .image: 2 + min(max(1 - (correlation ?? 1), abs(effect ?? 0)), 1)
    case .relation: 1.8
    case .counts, .file: 1.5
    case .printed, .trace: 1.2
    }
  }
}
