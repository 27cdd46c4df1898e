import Foundation
import Physics
import PropertyTesting

/// Judges a candidate: quirks, relations, corpus, random lines, and the causes of what differs.
package struct Judge: Sendable {
  let settings: JudgeSettings
  let runner: LineRunner
  let drawing: LineDrawing
  let start = ContinuousClock.now
  private let description: Verdict.Party

  /// - Parameters:
  ///   - reference: The reference; nil for our own simulator in this process.
  ///   - party: The candidate as the verdict states it.
  package init(
    _ candidate: any Candidate, reference: (any Candidate)?, party: Verdict.Party, _ settings: JudgeSettings
  ) {
    self.settings = settings
    runner = LineRunner(candidate, reference: reference)
    drawing = LineDrawing(seed: settings.seed, lacks: candidate.features.lacks)
    description = party
  }

  /// The shares of the time by which the stages end, when the budget is a time.
  enum Share {
    static let quirks = 0.08
    static let relations = 0.25
    static let corpus = 0.4
    static let lines = 0.78
    static let investigation = 0.97
  }

  /// The time at which a share of the budget is used up; far away if the budget is a number of cases.
  func deadline(_ share: Double) -> ContinuousClock.Instant {
    switch settings.budget {
    // Two runs that start at a deadline end within ten seconds of the budget.
    case .seconds(let seconds):
      start + .seconds(min(seconds * share, seconds + 8 - 2 * min(settings.runLimit, seconds / 6)))
    case .cases: start + .seconds(1e7)
    }
  }

  /// Judges, and returns the state and the findings.
  package func judge() async throws -> (verdict: Verdict, findings: [Investigation.Result]) {
    var state = settings.resumes ? try StateFile.read(settings.folder) ?? JudgeState() : JudgeState()
    guard state.identity.isEmpty || state.identity == settings.identity else {
      throw CandidateError("--resume: the state in --out is of another candidate, seed or part; give another --out")
    }
    state.identity = settings.identity
    try await stage("quirks", &state) { await quirks(&$0) }
    try await stage("relations", &state) { await relations(&$0) }
    if let corpus = settings.corpus {
      try await stage("corpus", &state) { await CorpusPass(self, corpus).run(&$0) }
    }
    let pairs = try await stage("lines", &state) { try await LinePass(self).run(&$0) }
    let begun = ContinuousClock.now
    let (results, records) = await FindingPass(self).run(state.failures)
    state.finish("causes", seconds: (ContinuousClock.now - begun) / .seconds(1))
    return (verdict(state, records, pairs ?? nil), results)
  }

  /// Runs a stage unless an earlier run finished it, and keeps the state.
  @discardableResult
  private func stage<Value>(
    _ name: String, _ state: inout JudgeState, _ work: (inout JudgeState) async throws -> Value
  ) async throws -> Value? {
    guard !state.finishedStages.contains(name) || name == "lines" else { return nil }
    state.finishedStages.removeAll { $0 == name }
    let begun = ContinuousClock.now
    let value = try await work(&state)
    state.finish(name, seconds: (ContinuousClock.now - begun) / .seconds(1))
    try StateFile.write(state, to: settings.folder)
    return value
  }

  /// Works on items, several at a time, until a deadline; the results come in the order of the items.
  func parallel<Item: Sendable, Value: Sendable>(
    _ items: [Item], until deadline: ContinuousClock.Instant, _ work: @escaping @Sendable (Item) async -> Value
  ) async -> [Value?] {
    await withTaskGroup(of: (Int, Value).self) { group in
      var results = [Value?](repeating: nil, count: items.count)
      var next = 0
      func add() {
        guard next < items.count, ContinuousClock.now < deadline else { return }
        let (index, item) = (next, items[next])
        next += 1
        group.addTask { (index, await work(item)) }
      }
      for _ in 0..<settings.jobs { add() }
      while let (index, value) = await group.next() {
        results[index] = value
        add()
      }
      return results
    }
  }

  private func quirks(_ state: inout JudgeState) async {
    settings.progress?("quirks")
    let candidate = runner.candidate
    let triggers = QuirkTrigger.all.enumerated().filter { settings.isMine($0.offset) }.map(\.element)
    let results = await parallel(triggers, until: deadline(Share.quirks)) { await QuirkResult.of($0, candidate) }
    state.quirks = results.compactMap { $0?.result }
    for (trigger, result) in zip(triggers, results) {
      guard let symptom = result?.symptom else { continue }
      state.keep(.init(line: trigger.line, symptom: symptom, stage: "quirks"))
    }
  }

  private func relations(_ state: inout JudgeState) async {
    settings.progress?("relations")
    let candidate = runner.candidate
    let lacks = candidate.features.lacks
    let relations = RelationTable.all.enumerated().filter { settings.isMine($0.offset) }.map(\.element)
    state.relations = relations.map {
      Verdict.RelationResult(id: $0.id, statement: $0.statement, derivation: $0.derivation)
    }
    // Every relation once before any a second time.
    for round in 0..<8 where ContinuousClock.now < deadline(Share.relations) {
      let seeds = relations.indices.map { (index: $0, seed: drawing.random(round * 1000 + $0, 7)) }
      let outcomes = await parallel(seeds, until: deadline(Share.relations)) { item -> Relation.Outcome in
        let relation = relations[item.index]
        let missing = relation.options.filter { lacks.contains(JudgedLine.canonical($0)) }
        return missing.isEmpty
          ? await relation.tried(on: candidate, seed: item.seed)
          : .notTried("the candidate lacks \(missing.joined(separator: ", "))")
      }
      for (index, outcome) in outcomes.enumerated() { note(outcome, of: index, &state) }
    }
  }

  private func note(_ outcome: Relation.Outcome?, of index: Int, _ state: inout JudgeState) {
    switch outcome {
    case nil: break
    case .notTried(let why)?:
      state.relations[index].notTried += 1
      state.relations[index].remark = why
    case .holds(let ratio)?:
      state.relations[index].tried += 1
      state.relations[index].held += 1
      state.relations[index].worstRatio = max(state.relations[index].worstRatio, ratio)
    case .fails(let symptom, let lines, _, _)?:
      state.relations[index].tried += 1
      state.relations[index].failed += 1
      if let line = lines.first { state.keep(.init(line: line, symptom: symptom, stage: "relations")) }
    }
  }

  /// The number of covered triples of the options that a drawing has.
  private func triples(_ state: JudgeState, of drawing: LineDrawing) -> Int {
    let (all, own) = (self.drawing.places, drawing.places)
    let kept = Set(all.options.filter { own.options[$0.key] != nil }.values)
    let count = all.optionCount
    return state.triples.count { triple in
      kept.contains(triple / (count * count)) && kept.contains(triple / count % count) && kept.contains(triple % count)
    }
  }

  private func verdict(_ state: JudgeState, _ records: [FindingRecord], _ pairs: PairCover?) -> Verdict {
    let surroundings = Verdict.machineText
    var verdict = Verdict(
      candidate: description,
      reference: Verdict.Party(
        name: runner.other?.features.name ?? "nanobragg, scalar, in this process", command: [], lacks: []),
      started: "", machine: surroundings, revision: "", seed: settings.seed,
      shard: "\(settings.shard.index)/\(settings.shard.count)", budget: "\(settings.budget)",
      precision: runner.features.precision, compatibility: runner.features.compatibility.name)
    (verdict.corpus, verdict.lines, verdict.relations, verdict.quirks) = (
      state.corpus, state.counts, state.relations, state.quirks
    )
    verdict.findings = records
    verdict.stages = state.stages
    verdict.seconds = (ContinuousClock.now - start) / .seconds(1)
    if let pairs {
      let drawing = LineDrawing(
        seed: drawing.seed, lacks: runner.features.lacks.union(state.refusedOptions))
      verdict.coverage.optionKinds = drawing.drawnKinds.count
      verdict.coverage.pairs = pairs.total
      verdict.coverage.pairsImpossibleCount = pairs.impossible.count
      verdict.coverage.pairsImpossible = pairs.impossible.sorted { $0.key < $1.key }.prefix(200).map {
        "\($0.key.first) with \($0.key.second): \($0.value)"
      }
      let left = LinePass(self).left(state, pairs, drawing)
      verdict.coverage.pairsCovered = pairs.total - left.count - pairs.impossible.count
      verdict.coverage.pairsLeft = left.prefix(200).map { "\($0.first) with \($0.second)" }
      let count = drawing.places.optionCount
      verdict.coverage.triples = count * (count - 1) * (count - 2) / 6
      verdict.coverage.triplesCovered = triples(state, of: drawing)
    }
    verdict.options = OptionMatrix.rows(state, records, lacks: runner.features.lacks)
    return verdict
  }
}

extension Verdict {
  static var machineText: String {
    "\(ProcessInfo.processInfo.hostName), \(ProcessInfo.processInfo.activeProcessorCount) processors"
  }
}

/// The file in which the state of a judgement is kept.
enum StateFile {
  private static func url(_ folder: URL) -> URL { folder.appendingPathComponent("state.json") }

  static func read(_ folder: URL?) throws -> JudgeState? {
    guard let folder, let data = FileManager.default.contents(atPath: url(folder).path) else { return nil }
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    do { return try decoder.decode(JudgeState.self, from: data) } catch {
      throw CandidateError("\(url(folder).path): no state of a judgement; give another --out, or leave --resume out")
    }
  }

  static func write(_ state: JudgeState, to folder: URL?) throws {
    guard let folder else { return }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let encoder = JSONEncoder()
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    try encoder.encode(state).write(to: url(folder), options: .atomic)
  }
}
