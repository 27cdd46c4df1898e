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
    let failures = Hunt(property, seed: settings.seed).step(&state, cases: cases)
    var (outcome, book) = (Outcome(), FailureBook<Value>())
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

  /// Whether a case is designed to have pairs of kinds of values that did not occur: every second one of the first, so that
  /// the others have the shares of the generator.
  private static func isDesigned(_ index: Int) -> Bool { index < 200 && index % 2 == 1 }

  private func generateCases(_ outcome: inout Outcome) {
    var ledger = Ledger(settings, property: property.id, cases: cases)
    outcome.statistics.merge(ledger.earlier)
    guard !ledger.isComplete else { return }
    var (climber, book) = (Climber(), FailureBook<Value>())
    if let place = outcome.worst.best { climber.offer(place.token, place.size) }
    if let token = ledger.worstToken, case .passed(let check) = property.examine(Choices(replaying: token)).verdict,
      let worst = check.worst
    {
      climber.offer(token, worst.ratio)
    }
    var design = PairDesign(property.generator, seed: seed(.max - 1, attempt: 0))
    var end = settings.first + cases
    for index in 0..<settings.first + cases where index < end {
      let choices = Self.isDesigned(index) ? design.next(index) : Choices(seed: seed(index, attempt: 0))
      if index < 200, !Self.isDesigned(index) { design.note(choices) }
      guard index >= settings.first, index >= ledger.next else { continue }
      if Task.isCancelled {
        outcome.isCancelled = true
        break
      }
      var found = Statistics()
      guard let verdict = firstKept(index, choices, &found) else {
        outcome.complaints.append("gave up: more than \(discardLimit) discarded cases in a row at case \(index)")
        break
      }
      if case .failed(let failure) = verdict.verdict {
        if book.entries.isEmpty {
          end = min(end, index + 1 + (settings.studiesFailures ? settings.casesAfterFailure(cost) : 0))
        }
        book.add(failure, origin: "case \(index)", index: index)
        continue
      }
      if case .passed(let check) = verdict.verdict {
        found.add(check)
        climber.offer(verdict.token, check.worst)
        outcome.note(check, verdict.token)
      }
      outcome.statistics.merge(found)
      if book.entries.isEmpty { ledger.add(found, through: index, worst: climber.best?.token) }
      if outcome.statistics.discards > settings.discardsPerCase * max(outcome.statistics.cases, 50) {
        outcome.complaints.append(
          "\(outcome.statistics.discards) cases were discarded for \(outcome.statistics.cases) examined: "
            + "construct valid values instead of filtering")
        break
      }
    }
    outcome.pairs = design.coverage
    if book.entries.isEmpty, outcome.complaints.isEmpty, !outcome.isCancelled { climb(climber, &outcome, &book) }
    outcome.failures = book.entries.prefix(FailureBook<Value>.most).map { FailureStudy(self, $0).finding() }
    if outcome.failures.isEmpty && outcome.complaints.isEmpty && !outcome.isCancelled {
      ledger.finish(outcome.statistics.worst, outcome.pairs)
    }
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
