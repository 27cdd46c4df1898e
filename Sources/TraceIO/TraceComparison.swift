import Physics

/// The comparison of two traces, quantity by quantity, in the order in which the simulation computes the quantities.
public struct TraceComparison: Sendable {
  /// One quantity in both traces.
  public struct Item: Sendable {
    /// The quantity and step.
    public let place: TracePlace
    /// The values of the reference; nil if it lacks the quantity.
    public let reference: [TraceValue]?
    /// The values of the candidate; nil if it lacks the quantity.
    public let candidate: [TraceValue]?
    /// The deviation that was allowed.
    public let tolerance: Tolerance
    /// Whether the values agree; false if one trace lacks the quantity.
    public let agrees: Bool

    /// Candidate minus reference, component by component; 0 where both are NaN; nil for a component that is a word in one
    /// of them; empty if a trace lacks the quantity.
    public var deltas: [Double?] {
      guard let reference, let candidate, reference.count == candidate.count else { return [] }
      return zip(reference, candidate).map { expected, found in
        guard let a = expected.number, let b = found.number else { return nil }
        return b == a || a.isNaN && b.isNaN ? 0 : b - a
      }
    }

    /// The largest deviation of a component divided by the length of the reference; NaN if a component is NaN in one
    /// trace; nil for words and missing values, and if only the reference is zero.
    public var relativeDeviation: Double? {
      let sizes = deltas.compactMap { $0.map(abs) }
      guard let largest = sizes.first(where: \.isNaN) ?? sizes.max() else { return nil }
      let length = (reference ?? []).vectorLength
      return largest == 0 ? 0 : length == 0 ? nil : largest / length
    }

    /// The number of components that are equal doubles, and the number of all components.
    public var identical: (count: Int, of: Int) {
      guard let reference, let candidate, reference.count == candidate.count else {
        return (0, reference?.count ?? 0)
      }
      return (zip(reference, candidate).count { Self.areIdentical($0, $1) }, reference.count)
    }

    private static func areIdentical(_ first: TraceValue, _ second: TraceValue) -> Bool {
      guard let a = first.number, let b = second.number else { return first == second }
      return a == b || (a.isNaN && b.isNaN)
    }
  }

  /// Every quantity that at least one trace has, in the order of computation.
  public let items: [Item]

  /// Compares two traces.
  /// - Parameters:
  ///   - reference: The trace that is taken as right.
  ///   - candidate: The trace that is examined.
  ///   - rule: The tolerance of each quantity, and the scale of its relative parts.
  public init(reference: Trace, candidate: Trace, rule: some ToleranceRule) {
    let expected = TracePlace.places(of: reference)
    let found = TracePlace.places(of: candidate)
    let values = Dictionary(found.map { ($0.place, $0.values) }, uniquingKeysWith: { first, _ in first })
    let known = Set(expected.map(\.place))
    let extra = found.filter { !known.contains($0.place) }
    var items = expected.map { entry in
      Item(entry.place, reference: entry.values, candidate: values[entry.place], rule)
    }
    items += extra.map { Item($0.place, reference: nil, candidate: $0.values, rule) }
    self.items = items.sorted { $0.place < $1.place }
  }

  private init(items: [Item]) {
    self.items = items
  }

  /// The comparison of those quantities that both traces have.
  public var shared: TraceComparison {
    TraceComparison(items: items.filter { $0.reference != nil && $0.candidate != nil })
  }

  /// The comparison without quantities that the reference has on no line of the kind, because a program that traces
  /// more quantities does not diverge. A further step of a quantity that the reference has remains, because it shows
  /// that the loops differ.
  public var withoutNewQuantities: TraceComparison {
    let known = kinds { $0.reference != nil }
    return TraceComparison(items: items.filter { known.contains(Self.kind($0.place)) })
  }

  /// The comparison without quantities that the candidate has on no line of the kind, because a program that traces
  /// fewer quantities does not diverge. A step without a quantity that other steps have remains.
  public var withoutLackedQuantities: TraceComparison {
    let known = kinds { $0.candidate != nil }
    return TraceComparison(items: items.filter { known.contains(Self.kind($0.place)) })
  }

  /// How many quantities the candidate has on no line of the kind.
  public var lackedQuantities: Int { kinds { $0.reference != nil }.subtracting(kinds { $0.candidate != nil }).count }

  private static func kind(_ place: TracePlace) -> String { "\(place.section) \(place.name)" }

  private func kinds(where isMeant: (Item) -> Bool) -> Set<String> {
    Set(items.lazy.filter(isMeant).map { Self.kind($0.place) })
  }

  /// The first quantity that diverges; nil if all agree.
  public var firstDivergence: Item? { items.first { !$0.agrees } }

  /// The quantities that diverge.
  public var divergences: [Item] { items.filter { !$0.agrees } }

  /// The number of components that are equal doubles in both traces, and the number of all components.
  public var identical: (count: Int, of: Int) {
    items.reduce((0, 0)) { ($0.0 + $1.identical.count, $0.1 + $1.identical.of) }
  }
}

/// A rule that gives the tolerance of each quantity.
public protocol ToleranceRule: Sendable {
  /// The tolerance for a quantity of the reference, with the scale that its relative parts refer to.
  func tolerance(for place: TracePlace, reference: [TraceValue]) -> (tolerance: Tolerance, scale: Double?)
}

/// One tolerance for all quantities, whose relative part refers to the length of the vector.
public struct UniformTolerance: ToleranceRule {
  private let tolerance: Tolerance

  /// A rule with one tolerance.
  public init(_ tolerance: Tolerance) {
    self.tolerance = tolerance
  }

  /// The tolerance, with the length of the reference vector as its scale.
  public func tolerance(
    for place: TracePlace, reference: [TraceValue]
  ) -> (tolerance: Tolerance, scale: Double?) {
    (tolerance, reference.vectorLength)
  }
}

extension Sequence<String> {
  /// The texts without repetitions, in the order of their first occurrence.
  package var unique: [String] {
    var seen: Set<String> = []
    return filter { seen.insert($0).inserted }
  }
}

extension [TraceValue] {
  /// The Euclidean length of the finite numbers among the values. An infinite component would be a scale by which every
  /// deviation of the others passes.
  public var vectorLength: Double {
    let numbers = compactMap(\.number).filter(\.isFinite)
    // Division by the largest number avoids overflow and underflow of the squares.
    guard let largest = numbers.map(abs).max(), largest > 0 else { return 0 }
    return largest * numbers.reduce(0) { $0 + ($1 / largest) * ($1 / largest) }.squareRoot()
  }
}

extension TraceComparison.Item {
  fileprivate init(
    _ place: TracePlace, reference: [TraceValue]?, candidate: [TraceValue]?, _ rule: some ToleranceRule
  ) {
    self.place = place
    self.reference = reference
    self.candidate = candidate
    guard let reference, let candidate else {
      tolerance = .exact(because: "both traces must have the quantity")
      agrees = false
      return
    }
    let (tolerance, scale) = rule.tolerance(for: place, reference: reference)
    self.tolerance = tolerance
    agrees =
      reference.count == candidate.count
      && zip(reference, candidate).enumerated().allSatisfy { component, pair in
        guard let a = pair.0.number, let b = pair.1.number else { return pair.0 == pair.1 }
        return tolerance.ofComponent(component).accepts(b, reference: a, scale: scale)
      }
  }
}
