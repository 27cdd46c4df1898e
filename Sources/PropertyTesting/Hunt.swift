import CCounters
import Foundation

/// What a hunt knows of a property: the cases that showed something new, and what was seen. It is kept in a file, so that a
/// hunt can be interrupted and continued.
public struct HuntState: Sendable, Codable {
  /// A case that showed something new.
  struct Lead: Sendable, Codable {
    var token: String
    /// How often it was varied without showing something new.
    var tries = 0
  }

  /// The identity of the property.
  public var property: String
  /// The number of examined cases.
  public var cases = 0
  /// Seconds of examination.
  public var seconds = 0.0
  /// The largest ratio of deviation to tolerance.
  public var worst = 0.0
  /// The token of the case with the largest ratio.
  public var worstToken: String?
  /// The number of different labels, claims, nearnesses and regions of the code that were seen.
  public var featureCount: Int { features.count }
  /// The sum of what was new, by the length of the hunt: the value of each call of `step`.
  public var yields: [Double] = []
  var features: Set<UInt64> = []
  var leads: [Lead] = []

  /// Nothing is known yet.
  public init(property: String) { self.property = property }

  /// The largest number of leads.
  static let mostLeads = 400
}

/// Examines cases of a property, half of them drawn anew and half of them variations of cases that showed something new.
package struct Hunt<Value> {
  private let property: Property<Value>
  private let seed: UInt64

  package init(_ property: Property<Value>, seed: UInt64) {
    (self.property, self.seed) = (property, seed)
  }

  /// Examines some cases.
  /// - Returns: The failures, one of each claim.
  package func step(_ state: inout HuntState, cases: Int) -> [Property<Value>.Failure] {
    let start = ContinuousClock.now
    var random = SplitMix64(state: SplitMix64.seed(seed, SplitMix64.hash(property.id), UInt64(state.cases)))
    var (failures, yield): ([Property<Value>.Failure], Double) = ([], 0)
    for _ in 0..<cases {
      state.cases += 1
      let lead = state.leads.isEmpty || state.cases % 2 == 0 ? nil : pick(state.leads, &random)
      let choices = lead.map { varied(state.leads[$0], &random) } ?? Choices(seed: random.next())
      let check = Check()
      check.features = []
      counters_reset()
      let examined = property.examine(choices, check)
      let new = note(check, examined.token, &state)
      yield += new
      if let lead { state.leads[lead].tries = new > 0 ? 0 : state.leads[lead].tries + 1 }
      if case .failed(let failure) = examined.verdict,
        !failures.contains(where: { $0.fingerprint == failure.fingerprint })
      {
        failures.append(failure)
      }
    }
    state.yields.append(yield)
    state.seconds += (ContinuousClock.now - start) / .seconds(1)
    return failures
  }

  /// A lead, the less often the more it was tried in vain.
  private func pick(_ leads: [HuntState.Lead], _ random: inout SplitMix64) -> Int {
    let candidates = (0..<3).map { _ in Int(random.next(upTo: UInt64(leads.count - 1))) }
    return candidates.min { leads[$0].tries < leads[$1].tries } ?? 0
  }

  private func varied(_ lead: HuntState.Lead, _ random: inout SplitMix64) -> Choices {
    let token = ReplayToken(text: lead.token) ?? ReplayToken([])
    // A part is drawn anew, or single choices are moved.
    if random.next(upTo: 1) == 0 {
      var recorded = Choices(replaying: token).recording()
      _ = try? property.generator.generate(&recorded)
      if let spans = recorded.record?.spans, !spans.isEmpty {
        let span = spans[Int(random.next(upTo: UInt64(spans.count - 1)))]
        return Choices(replaying: token, redrawing: [span], seed: random.next())
      }
    }
    var climber = Climber()
    climber.offer(token, 1)
    return Choices(replaying: climber.variation(&random))
  }

  /// Notes what a case shows.
  /// - Returns: How much of it is new.
  private func note(_ check: Check, _ token: ReplayToken, _ state: inout HuntState) -> Double {
    var features = check.features ?? []
    if !check.knownLabels.isEmpty { features.insert(SplitMix64.hash(check.labels.sorted().joined(separator: "\n"))) }
    if counters_count() > 0 {
      withUnsafeMutablePointer(to: &features) { pointer in
        counters_visit(
          { number, count, context in
            // A loop that runs twice, four times, eight times as often is something new.
            let power = UInt64(63 - count.leadingZeroBitCount)
            context?.assumingMemoryBound(to: Set<UInt64>.self).pointee.insert(SplitMix64.seed(UInt64(number), power))
          }, pointer)
      }
    }
    let before = state.features.count
    state.features.formUnion(features)
    var new = Double(state.features.count - before)
    if let ratio = check.worst?.ratio, ratio.isFinite, ratio > state.worst {
      // Each doubling counts as much as a new region.
      new += max(0, min(8, log2(ratio / max(state.worst, 1e-9)))) / 4
      (state.worst, state.worstToken) = (ratio, token.description)
      keep(token, &state)
    } else if new > 0 {
      keep(token, &state)
    }
    return new
  }

  private func keep(_ token: ReplayToken, _ state: inout HuntState) {
    if state.leads.count >= HuntState.mostLeads,
      let oldest = state.leads.indices.max(by: { state.leads[$0].tries < state.leads[$1].tries })
    {
      state.leads.remove(at: oldest)
    }
    state.leads.append(.init(token: token.description))
  }
}

/// Divides cases among properties by what they yield: those that still show something new get more.
public struct HuntSchedule: Sendable {
  /// A property: what its last cases yielded.
  struct Arm: Sendable {
    var yield = 1.0
    var spent = 0.0
  }

  private var arms: [Arm]
  private var random: SplitMix64

  /// - Parameter count: The number of properties.
  public init(count: Int, seed: UInt64) {
    arms = Array(repeating: Arm(), count: count)
    random = SplitMix64(state: seed)
  }

  /// The property that is next: each has a share by its yield, and no property less than a fifth of an even share.
  public mutating func next() -> Int {
    if let new = arms.firstIndex(where: { $0.spent == 0 }) { return new }
    let total = arms.reduce(0) { $0 + $1.yield }
    let floor = 0.2 / Double(arms.count)
    let shares = arms.map { floor + 0.8 * (total > 0 ? $0.yield / total : 1 / Double(arms.count)) }
    var rest = Double(random.next() >> 11) * 0x1p-53
    for (number, share) in shares.enumerated() {
      rest -= share
      if rest < 0 { return number }
    }
    return arms.count - 1
  }

  /// Notes what a property yielded for some cost, in seconds or cases.
  public mutating func note(_ number: Int, yield: Double, cost: Double) {
    arms[number].spent += cost
    // The last steps count most; what is new late is worth more than what is new at once.
    let rate = yield / max(cost, 1e-9)
    arms[number].yield = arms[number].spent == cost ? rate : 0.7 * arms[number].yield + 0.3 * rate
  }
}
