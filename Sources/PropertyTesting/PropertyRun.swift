import Foundation

/// Examines a property: kept counter-examples, explicit examples, generated cases, a climb towards the worst deviation,
/// and, for a failure, its simplest form.
package struct PropertyRun<Value> {
  let property: Property<Value>
  let settings: Settings
  let cases: Int
  let cost: Cost
  private let observations: Observations

  /// The result of examining a property.
  package struct Outcome {
    package var statistics = Statistics()
    /// The failures, the first found first; at most three, each of another claim.
    package var failures: [FailureFinding<Value>] = []
    /// The first failure.
    package var failure: FailureFinding<Value>? { failures.first }
    /// Complaints that are not about a case: coverage, discards, stale counter-examples.
    package var complaints: [String] = []
    /// Whether the task was cancelled.
    package var isCancelled = false
    /// The pairs of kinds of values that occurred.
    package var pairs = PairCoverage()
    /// The sources of kept cases that hold now.
    package var mended: [String] = []
    /// The sources of kept cases that stand for another value now.
    package var stale: [String] = []
    /// The cases with the largest ratios of deviation to tolerance.
    package var worst = Climber(limit: WorstCases.most)

    mutating func note(_ check: Check, _ token: ReplayToken) {
      statistics.addWorst(check)
      if let deviation = check.worst, deviation.ratio > 0 { worst.offer(token, deviation.ratio) }
    }
  }

  package init(_ property: Property<Value>, _ settings: Settings, cost: Cost) {
    self.property = property
    self.settings = settings
    self.cost = cost
    observations = Observations(settings, property: property.id)
    cases = settings.cases(cost)
  }

  /// Goes on with a hunt: examines cases by what it knows, and studies what fails.
  package func hunt(in folder: URL) throws -> Outcome {
    let file = folder.appendingPathComponent(WorstCases.name(of: property.id))
    var state =
      (try? JSONDecoder().decode(HuntState.self, from: Data(contentsOf: file))) ?? HuntState(property: property.id)
    // What is kept comes first, so that proposals of worst cases have the accepted ones.
    var (outcome, book) = (Outcome(), FailureBook<Value>())
    replayRegressions(&outcome)
    guard outcome.failures.isEmpty else { return outcome }
    let failures = Hunt(property, seed: settings.seed).step(&state, cases: cases)
    for failure in failures { book.add(failure, origin: "the hunt, within \(state.cases) cases") }
    outcome.failures = book.entries.prefix(FailureBook<Value>.most).map { FailureStudy(self, $0).finding() }
    if let token = state.worstToken.flatMap({ ReplayToken(text: $0) }) { outcome.worst.offer(token, state.worst) }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try JSONEncoder().encode(state).write(to: file, options: .atomic)
    return outcome
  }

  /// Examines the property; after the first failure some more cases, for failures of other claims.
  package func run() -> Outcome {
    var outcome = Outcome()
    replayRegressions(&outcome)
    guard outcome.failures.isEmpty else { return outcome }
    for (index, example) in property.examples.enumerated() {
      switch property.examine(example) {
      case .failed(let failure):
        outcome.failures = [FailureFinding(failure: failure, origin: "explicit example \(index + 1)")]
        return outcome
      case .discarded: outcome.complaints.append("explicit example \(index + 1) is discarded by the property")
      case .passed(let check): outcome.statistics.addWorst(check)
      }
    }
    generateCases(&outcome)
    guard outcome.failures.isEmpty, !outcome.isCancelled else { return outcome }
    if outcome.statistics.cases >= Coverage.leastCases {
      outcome.complaints += property.coverage.compactMap { $0.shortfall(in: outcome.statistics) }
    }
    return outcome
  }

  private func replayRegressions(_ outcome: inout Outcome) {
    for regression in property.regressions {
      let name = "\(regression.kind.rawValue) \(regression.source)"
      var choices = Choices(replaying: regression.token)
      if let expected = regression.value {
        let value = (try? property.generator.generate(&choices)).map { SwiftSource.text($0) }
        guard value == expected else {
          outcome.stale.append(regression.source)
          guard regression.kind == .kept else { continue }
          outcome.complaints.append(
            "the \(name) is stale: it stood for \(expected) and now generates \(value ?? "nothing"); "
              + "make it an explicit example, then delete it")
          continue
        }
      }
      let examined = examine(Choices(replaying: regression.token), name)
      switch examined.verdict {
      case .failed(let failure):
        outcome.failures = [study(failure, origin: "the \(name)")]
        return
      case .discarded:
        if regression.kind == .kept { outcome.complaints.append("the \(name) is discarded by the property") }
      case .passed(let check):
        outcome.note(check, examined.token)
        outcome.mended.append(regression.source)
      }
    }
  }

  /// Examines a case, and appends it to the observations if they are wanted.
  private func examine(_ choices: Choices, _ origin: @autoclosure () -> String) -> Property<Value>.Examined {
    guard observations.areWanted else { return property.examine(choices) }
    let start = ContinuousClock.now
    let result = property.examine(choices)
    let time = (ContinuousClock.now - start) / .seconds(1)
    observations.add(result, origin(), seconds: time)
    return result
  }

  private func study(_ failure: Property<Value>.Failure, origin: String) -> FailureFinding<Value> {
    var book = FailureBook<Value>()
    book.add(failure, origin: origin)
    return FailureStudy(self, book.entries[0]).finding()
  }

  /// The seed of a numbered case and attempt. Each case has its own seed, so that it can be examined without earlier
  /// cases.
  private func seed(_ index: Int, attempt: Int) -> UInt64 {
    SplitMix64.seed(settings.seed, SplitMix64.hash(property.id), UInt64(index), UInt64(attempt))
  }

  /// The number of the first cases of which every second one is designed to have pairs of kinds of values that did not occur;
  /// the others have the shares of the generator.
  private static var designed: Int { 200 }

  /// What is known while cases are examined.
  private struct Search {
    var climber = Climber()
    var book = FailureBook<Value>()
    var ledger: Ledger
    var design: PairDesign<Value>
    /// One more than the number of the last case; nearer after a failure.
    var end: Int
  }

  private func generateCases(_ outcome: inout Outcome) {
    var search = Search(
      ledger: Ledger(settings, property: property.id, cases: cases),
      design: PairDesign(property.generator, seed: seed(.max - 1, attempt: 0)), end: settings.first + cases)
    outcome.statistics.merge(search.ledger.earlier)
    guard !search.ledger.isComplete else { return }
    if let place = outcome.worst.best { search.climber.offer(place.token, place.size) }
    if let token = search.ledger.worstToken,
      case .passed(let check) = property.examine(Choices(replaying: token)).verdict
    {
      search.climber.offer(token, check.worst)
    }
    // The design of a case follows from those before it, which need not be examined for that.
    let first = settings.first < Self.designed ? 0 : settings.first
    for index in first..<settings.first + cases where index < search.end {
      let choices = choices(index, &search.design)
      guard index >= settings.first, index >= search.ledger.next else { continue }
      outcome.isCancelled = Task.isCancelled
      guard !outcome.isCancelled, examine(index, choices, &outcome, &search) else { break }
    }
    outcome.pairs = search.design.coverage
    if search.book.entries.isEmpty, outcome.complaints.isEmpty, !outcome.isCancelled {
      climb(search.climber, &outcome, &search.book)
    }
    outcome.failures = search.book.entries.prefix(FailureBook<Value>.most).map { FailureStudy(self, $0).finding() }
    if outcome.failures.isEmpty && outcome.complaints.isEmpty && !outcome.isCancelled {
      search.ledger.finish(outcome.statistics.worst, outcome.pairs)
    }
  }

  private func choices(_ index: Int, _ design: inout PairDesign<Value>) -> Choices {
    guard index < Self.designed else { return Choices(seed: seed(index, attempt: 0)) }
    if index % 2 == 1 { return design.next(index) }
    let choices = Choices(seed: seed(index, attempt: 0))
    design.note(choices)
    return choices
  }

  /// Examines a numbered case.
  /// - Returns: Whether further cases make sense.
  private func examine(_ index: Int, _ choices: Choices, _ outcome: inout Outcome, _ search: inout Search) -> Bool {
    var found = Statistics()
    guard let examined = firstKept(index, choices, &found) else {
      outcome.complaints.append("gave up: more than \(discardLimit) discarded cases in a row at case \(index)")
      return false
    }
    switch examined.verdict {
    case .failed(let failure):
      if search.book.entries.isEmpty {
        search.end = min(search.end, index + 1 + (settings.studiesFailures ? settings.casesAfterFailure(cost) : 0))
      }
      search.book.add(failure, origin: "case \(index)", index: index)
      return true
    case .passed(let check):
      found.add(check)
      search.climber.offer(examined.token, check.worst)
      outcome.note(check, examined.token)
    case .discarded: break
    }
    outcome.statistics.merge(found)
    if search.book.entries.isEmpty { search.ledger.add(found, through: index, worst: search.climber.best?.token) }
    guard outcome.statistics.discards > settings.discardsPerCase * max(outcome.statistics.cases, 50) else {
      return true
    }
    outcome.complaints.append(
      "\(outcome.statistics.discards) cases were discarded for \(outcome.statistics.cases) examined: "
        + "construct valid values instead of filtering")
    return false
  }

  private var discardLimit: Int { 100 }

  /// Examines the first attempt at a numbered case that is not discarded; nil if a hundred attempts are discarded.
  private func firstKept(
    _ index: Int, _ choices: Choices, _ found: inout Statistics
  ) -> Property<Value>.Examined? {
    for attempt in 0..<discardLimit {
      let result = examine(
        attempt == 0 ? choices : Choices(seed: seed(index, attempt: attempt)), "case \(index)")
      if case .discarded = result.verdict {
        found.discards += 1
        continue
      }
      return result
    }
    return nil
  }

  /// Varies the case with the largest ratio of deviation to tolerance, to find larger ones: one variation per ten
  /// cases.
  private func climb(_ start: Climber, _ outcome: inout Outcome, _ book: inout FailureBook<Value>) {
    var climber = start
    var generator = SplitMix64(state: seed(.max, attempt: 0))
    for _ in 0..<(climber.hasTarget ? cases / 10 : 0) where !Task.isCancelled {
      let candidate = climber.variation(&generator)
      let result = examine(Choices(replaying: candidate), "a variation of the worst case")
      switch result.verdict {
      case .failed(let failure):
        book.add(failure, origin: "a variation of the worst case")
        return
      case .passed(let check):
        outcome.note(check, result.token)
        climber.offer(result.token, check.worst)
      case .discarded: break
      }
    }
  }
}

extension Climber {
  /// Keeps a case if its largest deviation is among the largest.
  fileprivate mutating func offer(_ token: ReplayToken, _ worst: Deviation?) {
    guard let worst, worst.ratio > 0 else { return }
    offer(token, worst.ratio)
  }
}
