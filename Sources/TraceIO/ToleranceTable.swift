import Physics

/// The tolerances of a comparison: a standard tolerance, and tolerances of single quantities by name.
public struct ToleranceTable: ToleranceRule, Sendable {
  /// The tolerance of quantities without a tolerance of their own.
  public let standard: Tolerance
  private let named: [String: Tolerance]
  /// The tolerances by place, in place of `standard`.
  private var byPlace: (any ToleranceRule)?

  /// The default of the relative tolerance.
  public static let usual = 1e-6

  /// A table of tolerances.
  public init(standard: Tolerance, named: [String: Tolerance] = [:]) {
    self.standard = standard
    self.named = named
  }

  /// A table with one relative tolerance for all quantities.
  public init(relative: Double = Self.usual) {
    self.init(standard: Tolerance(relative: relative, because: "the given relative tolerance"))
  }

  /// A table with the tolerances of a rule, but for quantities with a tolerance of their own.
  public func using(_ rule: any ToleranceRule) -> ToleranceTable {
    var table = self
    table.byPlace = rule
    return table
  }

  /// The tolerance of the quantity `name`.
  public func tolerance(of name: String) -> Tolerance { named[name] ?? standard }

  /// The tolerance of a scaling factor with a value of the reference.
  func tolerance(of factor: ScalingFactor, reference: Double?) -> Tolerance {
    guard named[factor.name] == nil, let byPlace, let reference else { return tolerance(of: factor.name) }
    let place = TracePlace.scaling(factor.name)
    return byPlace.tolerance(for: place, reference: [.real(reference)]).tolerance.ofComponent(0)
  }

  /// Whether tolerances are those of a rule, place by place.
  package var isByPlace: Bool { byPlace != nil }

  /// The names of quantities with a tolerance of their own.
  public var names: [String] { named.keys.sorted() }

  /// The tolerance, relative to the length of a vector. If the reference is shorter than `FactorComparison.negligible`,
  /// candidates with deviations below this limit agree.
  public func tolerance(
    for place: TracePlace, reference: [TraceValue]
  ) -> (tolerance: Tolerance, scale: Double?) {
    if let byPlace, named[place.name] == nil { return byPlace.tolerance(for: place, reference: reference) }
    let length = reference.vectorLength
    let tolerance = named[place.name] ?? standard
    guard length < FactorComparison.negligible else { return (tolerance, length) }
    let absolute = max(tolerance.absolute, FactorComparison.negligible)
    return (Tolerance(absolute: absolute, because: "magnitudes below 1e-30 count as zero"), length)
  }
}
