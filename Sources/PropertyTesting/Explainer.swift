/// Finds out what matters for a failure: draws each part of its case anew, names those that may be anything, and looks for
/// the border of the others.
struct Explainer<Value> {
  private let property: Property<Value>
  private let fingerprint: String
  private let token: ReplayToken
  private let leaves: ValueLeaves
  private let tree: PartTree
  private let drawn: [UInt64]
  private let draws: [DrawRecord.Draw]
  private let budget: Int
  /// How many other values are tried before a part is said not to matter.
  private let tries: Int
  private var calls = 0
  private var random: SplitMix64
  private var explanation = Explanation()
  private var irrelevantSpans: [DrawRecord.Span] = []
  /// The last case that failed, and its deviation.
  private var last: (token: ReplayToken, size: Double)?
  /// The part whose border is looked for.
  private var span: DrawRecord.Span?

  /// What a changed case does.
  private enum Result {
    case fails
    case passes
    /// It is discarded, is the same case, or fails in another way.
    case tellsNothing
  }

  /// - Parameter budget: The largest number of cases to examine.
  init?(_ property: Property<Value>, _ failure: Property<Value>.Failure, budget: Int) {
    guard let token = failure.token, budget > 0 else { return nil }
    var choices = Choices(replaying: token).recording()
    guard let value = try? property.generator.generate(&choices), let record = choices.record else { return nil }
    (self.property, fingerprint, self.token, self.budget) = (property, failure.fingerprint, token, budget)
    leaves = ValueLeaves(value)
    (drawn, draws) = (choices.drawn, record.draws)
    tree = PartTree(record.spans)
    tries = max(20, min(2000, budget / (2 * (tree.count + 1))))
    random = SplitMix64(state: SplitMix64.hash(token.description))
  }

  mutating func run() -> Explanation {
    for part in tree.parts { study(part) }
    if irrelevantSpans.count > 1 { drawAllAnew() }
    explanation.calls = calls
    return explanation
  }

  private mutating func study(_ part: PartTree.Part) {
    guard calls < budget else { return }
    var (fails, paths, isRelevant): (Int, [[String]], Bool) = (0, [], false)
    var lowest: (token: ReplayToken, size: Double)?
    for attempt in 0..<tries where calls < budget {
      let (result, value) = redrawn([part.span])
      // The names of a part are those of the numbers that change with it; a few values tell them.
      if attempt < 24, result != .tellsNothing, let value { paths += ValueLeaves(value).differences(leaves) }
      if result == .passes {
        isRelevant = true
        break
      }
      if result == .fails { fails += 1 }
      if result == .fails, let last, last.size < lowest?.size ?? .infinity { lowest = last }
    }
    if !isRelevant, let lowest { isRelevant = descends(lowest, part.span) }
    let names = leaves.names(of: paths)
    guard isRelevant || fails > 0, !names.isEmpty else { return }
    let name = names.count == 1 ? names[0] : "\(names[0]) to \(names[names.count - 1])"
    if !isRelevant {
      guard fails >= min(10, tries) else { return }
      explanation.irrelevant += names.map { .init(name: $0, tried: fails) }
      irrelevantSpans.append(part.span)
    } else if part.children.isEmpty {
      explanation.conditions.append(condition(part.span, name, paths))
    } else {
      let before = explanation.conditions.count
      for child in part.children { study(child) }
      // No part of it matters by itself.
      if explanation.conditions.count == before {
        explanation.conditions.append(.init(name: name, text: "its parts matter together, none by itself"))
      }
    }
  }

  /// Whether the property holds somewhere on the way down from the smallest deviation that was found, as where two formulas
  /// cross, which no drawing hits.
  private mutating func descends(_ start: (token: ReplayToken, size: Double), _ span: DrawRecord.Span) -> Bool {
    var (lowest, tries) = (start, 0)
    while tries < Self.descent, calls < budget {
      var recorded = Choices(replaying: lowest.token).recording()
      guard (try? property.generator.generate(&recorded)) != nil,
        let range = recorded.record?.spans.first(where: { $0.place == span.place })?.range, !range.isEmpty
      else { return false }
      var choices = recorded.drawn
      let index = range.lowerBound + Int(random.next(upTo: UInt64(range.count - 1)))
      choices[index] = Climber.varied(choices[index], &random)
      tries += 1
      switch examined(Choices(replaying: ReplayToken(choices))).0 {
      case .passes: return true
      case .fails: if let last, last.size < lowest.size { lowest = last }
      case .tellsNothing: break
      }
    }
    return false
  }

  private static var descent: Int { 400 }

  /// Examines the case with some parts drawn anew.
  private mutating func redrawn(_ spans: [DrawRecord.Span]) -> (Result, Value?) {
    let seed = random.next()
    return examined(Choices(replaying: token, redrawing: spans, seed: seed))
  }

  private mutating func examined(_ choices: Choices) -> (Result, Value?) {
    var choices = choices
    calls += 1
    guard let value = try? property.generator.generate(&choices), choices.token != token else {
      return (.tellsNothing, nil)
    }
    last = nil
    switch property.examine(value) {
    case .passed: return (.passes, value)
    case .discarded: return (.tellsNothing, nil)
    case .failed(let failure):
      last = failure.size.map { (choices.token, $0) }
      return (failure.fingerprint == fingerprint ? .fails : .tellsNothing, value)
    }
  }

  private mutating func drawAllAnew() {
    var (failed, tried) = (0, 0)
    for _ in 0..<tries where calls < budget {
      switch redrawn(irrelevantSpans).0 {
      case .fails: (failed, tried) = (failed + 1, tried + 1)
      case .passes: tried += 1
      case .tellsNothing: break
      }
    }
    explanation.together = (failed, tried)
  }

  // MARK: One number or word

  /// A value that was tried.
  private struct Trial {
    var leaf: ValueLeaves.Leaf
    var fails: Bool
    var choices: [UInt64]
    /// The choice that moves the number most finely, and its largest value.
    var finest: (index: Int, bound: UInt64)?

    var number: Double? { leaf.number }
  }

  private mutating func condition(
    _ span: DrawRecord.Span, _ name: String, _ paths: [[String]]
  ) -> Explanation.Condition {
    // Of several numbers that follow from the choices, the first stands for all.
    guard let path = leaves.leaves.map(\.path).first(where: paths.contains) ?? paths.first else {
      return .init(name: name, text: "matters")
    }
    // The border is that of one number, whatever else is drawn with it.
    let name = name.contains(" to ") ? "\(ValueLeaves.text(path)), with what is drawn beside it" : name
    var trials = leaves[path].map { [Trial(leaf: $0, fails: true, choices: drawn)] } ?? []
    self.span = span
    if span.range.count == 1, draws[span.range.lowerBound].bound < 64 {
      for value in 0...draws[span.range.lowerBound].bound {
        tryChoices(at: span.range.lowerBound, value, path, &trials)
      }
      return condition(name, trials)
    }
    for _ in 0..<60 {
      var choices = Choices(replaying: token, redrawing: [span], seed: random.next())
      add(&choices, path, &trials)
    }
    let finest = span.range.max { draws[$0].bound < draws[$1].bound } ?? span.range.lowerBound
    for step: UInt64 in 1...8 {
      tryChoices(at: finest, drawn[finest] &+ step, path, &trials)
      if drawn[finest] >= step { tryChoices(at: finest, drawn[finest] - step, path, &trials) }
    }
    if let now = trials.first?.number, trials.allSatisfy({ $0.number != nil }) { narrow(&trials, now, path) }
    return condition(name, trials)
  }

  private func condition(_ name: String, _ trials: [Trial]) -> Explanation.Condition {
    let (failing, passing) = (trials.filter(\.fails), trials.filter { !$0.fails })
    guard trials.allSatisfy({ $0.number != nil }) else {
      return .init(
        name: name, text: ValueSet.describe(words: failing.map(\.leaf.text), passing.map(\.leaf.text)))
    }
    let (text, low, high) = ValueSet.describe(failing.compactMap(\.number), passing.compactMap(\.number))
    return .init(name: name, text: text, low: low, high: high)
  }

  private mutating func tryChoices(at index: Int, _ value: UInt64, _ path: [String], _ trials: inout [Trial]) {
    var list = drawn
    list[index] = value
    var choices = Choices(replaying: ReplayToken(list))
    add(&choices, path, &trials)
  }

  private mutating func add(_ choices: inout Choices, _ path: [String], _ trials: inout [Trial]) {
    guard calls < budget else { return }
    let (result, value) = examined(choices)
    guard result != .tellsNothing, let value, let leaf = ValueLeaves(value)[path] else { return }
    // The choices are those that the generator drew.
    choices = choices.recording()
    _ = try? property.generator.generate(&choices)
    let record = choices.record ?? DrawRecord()
    let finest = record.spans.first { $0.place == span?.place }?.range.max {
      record.draws[$0].bound < record.draws[$1].bound
    }
    trials.append(
      Trial(
        leaf: leaf, fails: result == .fails, choices: choices.drawn,
        finest: finest.map { ($0, record.draws[$0].bound) }))
  }

  /// Moves numbers that were tried by their finest choice, and bisects between neighbours of which one fails.
  private mutating func narrow(_ trials: inout [Trial], _ now: Double, _ path: [String]) {
    // Numbers of few digits have choices of their own, which are too coarse.
    let digits = trials.compactMap { $0.finest?.bound }.max() ?? 0
    let fine = trials.filter { $0.finest?.bound == digits }
    func nearest(_ fails: Bool, _ side: Double) -> Trial? {
      fine.filter { $0.fails == fails && (($0.number ?? now) - now) * side >= 0 }
        .min { abs(($0.number ?? now) - now) < abs(($1.number ?? now) - now) }
    }
    for start in [nearest(true, 1), nearest(true, -1), nearest(false, 1), nearest(false, -1)] {
      guard let start, let finest = start.finest else { continue }
      var choices = start.choices
      func at(_ value: UInt64, _ explainer: inout Explainer) -> Trial? {
        choices[finest.index] = value
        var found: [Trial] = []
        var replayed = Choices(replaying: ReplayToken(choices))
        explainer.add(&replayed, path, &found)
        return found.first
      }
      let grid = (0...Self.steps).compactMap { step in
        let value = UInt64(Double(finest.bound) / Double(Self.steps) * Double(step))
        return at(value, &self).map { (value: value, trial: $0) }
      }
      trials += grid.map(\.trial)
      for (first, second) in zip(grid, grid.dropFirst()).filter({ $0.trial.fails != $1.trial.fails }).prefix(4) {
        var (low, high) = (first.value, second.value)
        while high - low > 1, calls < budget {
          let middle = low + (high - low) / 2
          guard let trial = at(middle, &self) else { break }
          trials.append(trial)
          if trial.fails == first.trial.fails { low = middle } else { high = middle }
        }
      }
    }
  }

  private static var steps: Int { 32 }
}
