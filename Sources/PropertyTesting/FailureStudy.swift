/// Failures of a run by their claims: what failed first, and the cases with the largest deviations.
struct FailureBook<Value> {
  /// All failures of one claim.
  struct Entry {
    var first: Property<Value>.Failure
    var origin: String
    var index: Int?
    var largest = Climber(limit: 6)
  }

  private(set) var entries: [Entry] = []

  /// The largest number of failures that are reported of one property.
  static var most: Int { 3 }

  mutating func add(_ failure: Property<Value>.Failure, origin: String, index: Int? = nil) {
    var number = entries.firstIndex { $0.first.fingerprint == failure.fingerprint }
    if number == nil {
      entries.append(Entry(first: failure, origin: origin, index: index))
      number = entries.count - 1
    }
    if let number, let token = failure.token, let size = failure.size { entries[number].largest.offer(token, size) }
  }
}

/// Finds out about a failure: whether it fails always, its simplest case, its largest deviation, and what matters.
struct FailureStudy<Value> {
  private let run: PropertyRun<Value>
  private let entry: FailureBook<Value>.Entry

  init(_ run: PropertyRun<Value>, _ entry: FailureBook<Value>.Entry) {
    (self.run, self.entry) = (run, entry)
  }

  private static var retries: Int { 6 }

  func finding() -> FailureFinding<Value> {
    var finding = FailureFinding(failure: entry.first, origin: entry.origin, index: entry.index)
    guard let token = entry.first.token, run.settings.studiesFailures else { return finding }
    if examined(token) == nil {
      let again = (1..<Self.retries).count { _ in examined(token) != nil }
      finding.flaky = (1 + again, 1 + Self.retries)
      return finding
    }
    shrink(token, &finding)
    if entry.first.size != nil { climb(&finding) }
    let explained = finding.largest ?? finding.failure
    var explainer = Explainer(run.property, explained, budget: run.settings.explainBudget(run.cost))
    finding.explanation = explainer?.run()
    return finding
  }

  /// The failure of a case if it fails by the same claim.
  private func examined(_ token: ReplayToken) -> Property<Value>.Failure? {
    guard case .failed(let failure) = run.property.examine(Choices(replaying: token)).verdict,
      failure.fingerprint == entry.first.fingerprint
    else { return nil }
    return failure
  }

  private func shrink(_ token: ReplayToken, _ finding: inout FailureFinding<Value>) {
    let (simplest, steps, calls) = simplest(of: entry.first, token) { _ in true }
    if steps > 0 { (finding.failure, finding.original) = (simplest, entry.first) }
    (finding.shrinkSteps, finding.shrinkCalls) = (steps, calls)
  }

  private func simplest(
    of original: Property<Value>.Failure, _ token: ReplayToken, where keeps: (Property<Value>.Failure) -> Bool
  ) -> (Property<Value>.Failure, steps: Int, calls: Int) {
    withoutActuallyEscaping(keeps) { keeps in
      var simplest = original
      var shrinker = Shrinker(token, budget: run.settings.shrinkBudget) { candidate in
        guard let failure = examined(candidate), keeps(failure) else { return nil }
        let drawn = failure.token ?? candidate
        if drawn.isSimpler(than: simplest.token ?? token) { simplest = failure }
        return drawn
      }
      shrinker.run()
      return (simplest, shrinker.steps, shrinker.calls)
    }
  }

  /// Looks for the largest deviation, and for the simplest case that is within a factor two of it.
  private func climb(_ finding: inout FailureFinding<Value>) {
    var climber = entry.largest
    if let token = finding.failure.token, let size = finding.failure.size { climber.offer(token, size) }
    var random = SplitMix64(state: SplitMix64.hash(entry.first.fingerprint))
    for _ in 0..<run.settings.climbBudget(run.cost) {
      let candidate = climber.variation(&random)
      guard let failure = examined(candidate), let token = failure.token, let size = failure.size else { continue }
      climber.offer(token, size)
    }
    guard let best = climber.best, let failure = examined(best.token), let size = failure.size else { return }
    finding.largestSize = size
    guard size >= 2 * (finding.failure.size ?? .infinity) else { return }
    let large = simplest(of: failure, best.token) { ($0.size ?? 0) >= size / 2 }.0
    finding.largest = large
    finding.growth = growth(from: finding.failure, to: large)
  }

  /// How the deviation grows when parts of the simplest case become those of the largest one, always the part next that
  /// adds most.
  private func growth(from first: Property<Value>.Failure, to last: Property<Value>.Failure) -> [GrowthStep] {
    guard let low = recorded(first), let high = recorded(last), let token = first.token else { return [] }
    let leaves = ValueLeaves(low.value)
    var parts: [(name: String, place: UInt64, patch: Choices.Patch)] = PartTree(low.record.spans).parts.flatMap(
      \.leaves
    )
    .compactMap { part in
      guard let other = high.record.spans.first(where: { $0.place == part.place })?.range else { return nil }
      let patch = Choices.Patch(choices: Array(high.drawn[other]), end: part.range.upperBound)
      guard patch.choices != Array(low.drawn[part.range]), let value = patched(token, [part.place: patch]),
        let name = leaves.names(of: ValueLeaves(value).differences(leaves)).first
      else { return nil }
      let leaf = ValueLeaves(value).leaves.first { ValueLeaves.text($0.path) == name }
      return (name + (leaf.map { " \($0.text)" } ?? ""), part.place, patch)
    }
    guard parts.count < 24 else { return [] }
    var (chosen, steps): ([UInt64: Choices.Patch], [GrowthStep]) = ([:], [])
    while !parts.isEmpty {
      let sizes = parts.map { part in
        size(token, chosen.merging([part.place: part.patch]) { $1 })
      }
      guard let best = sizes.indices.max(by: { (sizes[$0] ?? 0) < (sizes[$1] ?? 0) }), sizes[best] != nil else { break }
      chosen[parts[best].place] = parts[best].patch
      steps.append(GrowthStep(change: parts[best].name, size: sizes[best]))
      parts.remove(at: best)
    }
    return steps
  }

  private func recorded(_ failure: Property<Value>.Failure) -> (value: Value, record: DrawRecord, drawn: [UInt64])? {
    guard let token = failure.token else { return nil }
    var choices = Choices(replaying: token).recording()
    guard let value = try? run.property.generator.generate(&choices), let record = choices.record else { return nil }
    return (value, record, choices.drawn)
  }

  private func patched(_ token: ReplayToken, _ parts: [UInt64: Choices.Patch]) -> Value? {
    var choices = Choices(replaying: token, patching: parts)
    return try? run.property.generator.generate(&choices)
  }

  private func size(_ token: ReplayToken, _ parts: [UInt64: Choices.Patch]) -> Double? {
    guard case .failed(let failure) = run.property.examine(Choices(replaying: token, patching: parts)).verdict,
      failure.fingerprint == entry.first.fingerprint
    else { return nil }
    return failure.size
  }
}
