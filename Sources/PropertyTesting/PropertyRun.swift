/// Examines a property: kept counter-examples, explicit examples, generated cases, a climb towards the worst deviation,
/// and, for a failure, its simplest form.
package struct PropertyRun<Value> {
  let property: Property<Value>
  let settings: Settings
  let cases: Int

  /// The result of examining a property.
  package struct Outcome {
    package var statistics = Statistics()
    package var failure: Finding?
    /// Complaints that are not about a case: coverage, discards, stale counter-examples.
    package var complaints: [String] = []
    /// Whether the task was cancelled.
    package var isCancelled = false
  }

  /// A failure and how it was found.
  package struct Finding {
    package var failure: Property<Value>.Failure
    /// The kind and number of the case, in words.
    package var origin: String
    /// The case before shrinking; nil if it was not shrunk.
    package var original: Property<Value>.Failure?
    package var shrinkSteps = 0
    package var shrinkCalls = 0
    /// The number of the generated case; nil for examples and kept counter-examples.
    package var index: Int?
  }

  package init(_ property: Property<Value>, _ settings: Settings, cost: Cost) {
    self.property = property
    self.settings = settings
    cases = settings.cases(cost)
  }

  /// Examines the property until the first failure.
  package func run() -> Outcome {
    var outcome = Outcome()
    replayRegressions(&outcome)
    guard outcome.failure == nil else { return outcome }
    for (index, example) in property.examples.enumerated() {
      switch property.examine(example) {
      case .failed(let failure):
        outcome.failure = Finding(failure: failure, origin: "explicit example \(index + 1)")
        return outcome
      case .discarded: outcome.complaints.append("explicit example \(index + 1) is discarded by the property")
      case .passed(let check): outcome.statistics.addWorst(check)
      }
    }
    generateCases(&outcome)
    guard outcome.failure == nil, !outcome.isCancelled else { return outcome }
    if outcome.statistics.cases >= Coverage.leastCases {
      outcome.complaints += property.coverage.compactMap { $0.shortfall(in: outcome.statistics) }
    }
    return outcome
  }

  private func replayRegressions(_ outcome: inout Outcome) {
    for regression in property.regressions {
      var choices = Choices(replaying: regression.token)
      if let expected = regression.value {
        let value = (try? property.generator.generate(&choices)).map { SwiftSource.text($0) }
        guard value == expected else {
          outcome.complaints.append(
            "the kept counter-example \(regression.source) is stale: it stood for \(expected) and now generates "
              + "\(value ?? "nothing"); make it an explicit example, then delete it")
          continue
        }
      }
      switch property.examine(Choices(replaying: regression.token)).verdict {
      case .failed(let failure):
        outcome.failure = Finding(failure: failure, origin: "kept counter-example \(regression.source)")
        return
      case .discarded:
        outcome.complaints.append("the kept counter-example \(regression.source) is discarded by the property")
      case .passed(let check): outcome.statistics.addWorst(check)
      }
    }
  }

  /// The seed of a numbered case and attempt. Each case has its own seed, so that it can be examined without earlier
  /// cases.
  private func seed(_ index: Int, attempt: Int) -> UInt64 {
    SplitMix64.seed(settings.seed, SplitMix64.hash(property.id), UInt64(index), UInt64(attempt))
  }

  private func generateCases(_ outcome: inout Outcome) {
    var ledger = Ledger(settings, property: property.id, cases: cases)
    outcome.statistics.merge(ledger.earlier)
    guard !ledger.isComplete else { return }
    var climber = Climber<Value>()
    if let token = ledger.worstToken, case .passed(let check) = property.examine(Choices(replaying: token)).verdict {
      climber.offer(token, check)
    }
    for index in settings.first..<settings.first + cases where index >= ledger.next {
      if Task.isCancelled {
        outcome.isCancelled = true
        return
      }
      var found = Statistics()
      guard let verdict = firstKept(index, &found) else {
        outcome.complaints.append("gave up: more than \(discardLimit) discarded cases in a row at case \(index)")
        return
      }
      switch verdict.verdict {
      case .failed(let failure):
        outcome.failure = shrunk(failure, index: index)
        return
      case .passed(let check):
        found.add(check)
        climber.offer(verdict.token, check)
      case .discarded: break
      }
      outcome.statistics.merge(found)
      ledger.add(found, through: index, worst: climber.best)
      if outcome.statistics.discards > settings.discardsPerCase * max(outcome.statistics.cases, 50) {
        outcome.complaints.append(
          "\(outcome.statistics.discards) cases were discarded for \(outcome.statistics.cases) examined: "
            + "construct valid values instead of filtering")
        return
      }
    }
    climb(climber, &outcome)
    if outcome.failure == nil && !outcome.isCancelled { ledger.finish(outcome.statistics.worst) }
  }

  private var discardLimit: Int { 100 }

  /// Examines the first attempt at a numbered case that is not discarded; nil if a hundred attempts are discarded.
  private func firstKept(
    _ index: Int, _ found: inout Statistics
  ) -> (verdict: Property<Value>.Verdict, token: ReplayToken)? {
    for attempt in 0..<discardLimit {
      let result = property.examine(Choices(seed: seed(index, attempt: attempt)))
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
  private func climb(_ start: Climber<Value>, _ outcome: inout Outcome) {
    var climber = start
    var generator = SplitMix64(state: seed(.max, attempt: 0))
    for _ in 0..<(climber.hasTarget ? cases / 10 : 0) where !Task.isCancelled {
      let candidate = climber.variation(&generator)
      let result = property.examine(Choices(replaying: candidate))
      switch result.verdict {
      case .failed(let failure):
        outcome.failure = shrunk(failure, index: nil)
        return
      case .passed(let check):
        outcome.statistics.addWorst(check)
        climber.offer(result.token, check)
      case .discarded: break
      }
    }
  }

  private func shrunk(_ original: Property<Value>.Failure, index: Int?) -> Finding {
    var finding = Finding(
      failure: original, origin: index.map { "case \($0)" } ?? "a variation of the worst case", index: index)
    guard let token = original.token else { return finding }
    var simplest = original
    var shrinker = Shrinker(token, budget: settings.shrinkBudget) { candidate in
      let result = property.examine(Choices(replaying: candidate))
      guard case .failed(let failure) = result.verdict, failure.fingerprint == original.fingerprint else { return nil }
      if result.token.isSimpler(than: simplest.token ?? token) { simplest = failure }
      return result.token
    }
    shrinker.run()
    if shrinker.steps > 0 {
      finding.failure = simplest
      finding.original = original
    }
    finding.shrinkSteps = shrinker.steps
    finding.shrinkCalls = shrinker.calls
    return finding
  }
}

/// Keeps the case with the worst deviation and varies its choices.
private struct Climber<Value> {
  private(set) var best: ReplayToken?
  private var ratio = 0.0

  var hasTarget: Bool { best.map { !$0.choices.isEmpty } ?? false }

  mutating func offer(_ token: ReplayToken, _ check: Check) {
    guard let worst = check.worst, worst.ratio > ratio else { return }
    (best, ratio) = (token, worst.ratio)
  }

  /// The best choices with one choice changed: by a power of two up or down, or drawn again.
  func variation(_ generator: inout SplitMix64) -> ReplayToken {
    guard var choices = best?.choices, !choices.isEmpty else { return ReplayToken([]) }
    let index = Int(generator.next(upTo: UInt64(choices.count - 1)))
    let value = choices[index]
    let step = UInt64(1) << generator.next(upTo: UInt64(UInt64.bitWidth - value.leadingZeroBitCount))
    switch generator.next(upTo: 4) {
    case 0, 1: choices[index] = value > .max - step ? .max : value + step
    case 2, 3: choices[index] = value < step ? 0 : value - step
    default: choices[index] = generator.next(upTo: max(2 * (value & (.max >> 1)), 3))
    }
    return ReplayToken(choices)
  }
}
