import Physics

/// One of the nine factors that turn the sum of a pixel into photons, in the order of the scaling chain.
public struct ScalingFactor: Sendable, Hashable {
  /// The quantity of the factor.
  public let id: TraceName
  /// The meaning of the factor, in a few words.
  public let description: String

  /// The name in a trace.
  public var name: String { id.rawValue }

  /// The nine factors.
  public static let all: [ScalingFactor] = [
    ScalingFactor(id: .sum, description: "Sum of |F_cell F_latt|^2 over all steps, before scaling"),
    ScalingFactor(id: .thomson, description: "Thomson cross section (r_e squared), m^2"),
    ScalingFactor(id: .fluence, description: "Incident fluence, photons/m^2"),
    ScalingFactor(
      id: .steps, description: "Number of steps: sources x mosaic domains x phi steps x oversample^2"),
    ScalingFactor(id: .captureFraction, description: "Fraction of photons absorbed by the sensor"),
    ScalingFactor(id: .polarization, description: "Kahn polarization factor"),
    ScalingFactor(id: .solidAngle, description: "Solid angle of the pixel, sr"),
    ScalingFactor(id: .cosTwoTheta, description: "Cosine of the scattering angle 2 theta"),
    ScalingFactor(id: .photons, description: "Intensity of the pixel, photons"),
  ]
}

/// The grades of agreement of a factor of the candidate.
public enum FactorStatus: String, Sendable, CaseIterable, Codable {
  /// The relative deviation is within the tolerance.
  case pass = "PASS"
  /// The relative deviation exceeds the tolerance and is below 1e-4.
  case minor = "MINOR"
  /// The relative deviation is at least 1e-4 and below 1e-2, or only the reference is zero.
  case divergent = "DIVERGENT"
  /// The relative deviation is 1e-2 or more, or not a number.
  case critical = "CRITICAL"
  /// One trace has the factor and the other lacks it.
  case missing = "MISSING"
  /// Neither trace has the factor.
  case untraced = "NOT TRACED"

  /// Whether the factor is a fault of the candidate.
  public var isFailing: Bool { self != .pass && self != .untraced }
}

/// A scaling factor in two traces.
public struct FactorComparison: Sendable, Hashable {
  /// The scaling factor.
  public let factor: ScalingFactor
  /// The value of the reference; nil if it is missing.
  public let reference: Double?
  /// The value of the candidate; nil if it is missing.
  public let candidate: Double?
  /// Candidate minus reference.
  public let absolute: Double?
  /// The deviation divided by the reference; nil if only the reference is zero, or if a value is missing.
  public let relative: Double?
  /// The grade of agreement.
  public let status: FactorStatus

  /// The magnitude below which values are treated as zero.
  public static let negligible = 1e-30

  /// Compares one factor.
  /// - Parameters:
  ///   - factor: The scaling factor.
  ///   - reference: The value of the reference; nil if it is missing.
  ///   - candidate: The value of the candidate; nil if it is missing.
  ///   - tolerance: The largest deviation that passes.
  public init(_ factor: ScalingFactor, reference: Double?, candidate: Double?, tolerance: Tolerance) {
    self.factor = factor
    self.reference = reference
    self.candidate = candidate
    guard let reference, let candidate else {
      (absolute, relative, status) = (nil, nil, reference == nil && candidate == nil ? .untraced : .missing)
      return
    }
    let isSame = candidate == reference || (candidate.isNaN && reference.isNaN)
    let absolute = isSame ? 0 : candidate - reference
    self.absolute = absolute
    guard abs(reference) >= Self.negligible || reference.isNaN else {
      let isZero = abs(candidate) < Self.negligible
      relative = isZero ? 0 : nil
      let passes = isZero || tolerance.accepts(candidate, reference: reference)
      status = passes ? .pass : candidate.isNaN ? .critical : .divergent
      return
    }
    let relative = isSame ? 0 : absolute / reference
    self.relative = relative
    let size = abs(relative)
    let passes = size <= tolerance.relative || tolerance.accepts(candidate, reference: reference)
    status = passes ? .pass : size < 1e-4 ? .minor : size < 1e-2 ? .divergent : .critical
  }

  /// The nine factors of two traces.
  /// - Parameters:
  ///   - reference: The trace that is taken as right.
  ///   - candidate: The trace that is examined.
  ///   - tolerance: The largest deviation that passes, for a factor and the value of the reference.
  public static func table(
    reference: Trace, candidate: Trace, tolerance: (ScalingFactor, Double?) -> Tolerance
  ) -> [FactorComparison] {
    ScalingFactor.all.map { factor in
      let value = reference.number(factor.name)
      return FactorComparison(
        factor, reference: value, candidate: candidate.number(factor.name), tolerance: tolerance(factor, value))
    }
  }
}

extension Trace {
  /// A copy of the trace in which the value of `I_before_scaling_pre_polar`, if present, replaces that of
  /// `I_before_scaling`, because the reference program writes the sum before the polarization factor.
  public func withSumBeforePolarization() -> Trace {
    let name = ForeignTraceName.sumBeforePolarization
    guard values(name) != nil else { return self }
    var trace = self
    let dropped = Set(lines.indices.filter { lines[$0].fields.first?.name == TraceName.sum.rawValue })
    for index in lines.indices where lines[index].section == .pixel && lines[index].fields.first?.name == name {
      trace.lines[index].fields[0].name = TraceName.sum.rawValue
    }
    return trace.leavingOut(dropped)
  }

  /// A copy of the trace with only the last line of each scaling factor, which has the value at the end of the pixel.
  public func withLastFactors() -> Trace {
    var last: [String: Int] = [:]
    var dropped: Set<Int> = []
    for (index, line) in lines.enumerated() where line.section == .pixel {
      guard let name = line.fields.first?.name, Self.scalingNames.contains(name) else { continue }
      if let earlier = last.updateValue(index, forKey: name) { dropped.insert(earlier) }
    }
    guard !dropped.isEmpty else { return self }
    var trace = leavingOut(dropped)
    let names = Set(dropped.compactMap { lines[$0].fields.first?.name }).sorted().joined(separator: ", ")
    trace.warnings.append("traced several times, the last counts: \(names)")
    return trace
  }

  private static let scalingNames = Set(TraceQuantity.scaling.map(\.name))

  /// A copy of the trace without the lines of the given indices.
  func leavingOut(_ dropped: Set<Int>) -> Trace {
    var trace = self
    trace.lines = lines.indices.filter { !dropped.contains($0) }.map { lines[$0] }
    if !origins.isEmpty { trace.origins = origins.indices.filter { !dropped.contains($0) }.map { origins[$0] } }
    return trace
  }
}
