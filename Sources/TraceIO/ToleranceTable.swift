import Physics

/// The tolerances of a comparison: one for all quantities, and others for some by name.
public struct ToleranceTable: ToleranceRule, Sendable {
  /// The tolerance of quantities that are not named.
  public let standard: Tolerance
  private let named: [String: Tolerance]

  /// The relative deviation that passes if nothing else is said.
  public static let usual = 1e-6

  /// A table of tolerances.
  public init(standard: Tolerance, named: [String: Tolerance] = [:]) {
    self.standard = standard
    self.named = named
  }

  /// One relative tolerance for everything.
  public init(relative: Double = Self.usual) {
    self.init(standard: Tolerance(relative: relative, because: "the given relative tolerance"))
  }

  /// The tolerance of a name.
  public func tolerance(of name: String) -> Tolerance { named[name] ?? standard }

  /// The names of quantities with a tolerance of their own.
  public var names: [String] { named.keys.sorted() }

  /// The tolerance, relative to the length of a vector. Where the reference counts as zero, so does a candidate below
  /// the same limit.
  public func tolerance(
    for place: TracePlace, reference: [TraceValue]
  ) -> (tolerance: Tolerance, scale: Double?) {
    let length = reference.vectorLength
    let tolerance = named[place.name] ?? standard
    guard length < FactorComparison.negligible else { return (tolerance, length) }
    let absolute = max(tolerance.absolute, FactorComparison.negligible)
    return (Tolerance(absolute: absolute, because: "magnitudes below 1e-30 count as zero"), length)
  }
}
