import Physics

/// The results of comparing two traces: factors, quantities, pixels, diagnosis and outcome.
public struct TraceReport: Sendable {
  /// The reference, with the sum before the polarization factor.
  public let reference: Trace
  /// The candidate, with the sum before the polarization factor.
  public let candidate: Trace
  /// The nine scaling factors.
  public let factors: [FactorComparison]
  /// Every quantity that at least one trace has, in the order of computation.
  public let items: [TraceComparison.Item]
  /// The pixels of the two traces.
  public let pixels: PixelPair
  /// The possible causes of the first divergence, the most certain first.
  public let findings: [Finding]
  /// The certain causes of later divergences that `findings` does not have.
  public let furtherFindings: [Finding]
  /// The quantities that diverge, in the order of computation.
  public let divergences: [TraceComparison.Item]
  /// The quantities that diverge by a known difference.
  public let knownDivergences: [TraceComparison.Item]
  /// The quantities that only one trace has and that are not divergences.
  public let unshared: [TraceComparison.Item]
  /// Whether each number has a tolerance of its own, computed for the arguments.
  package let hasComputedTolerances: Bool
  private let hasCommonQuantity: Bool

  /// The outcome of a comparison; the raw value is the exit status.
  public enum Outcome: Int, Sendable {
    /// All quantities that both traces have agree, and neither trace lacks a factor of the other.
    case parity = 0
    /// At least one quantity or factor diverges.
    case divergence = 1
    /// The traces are of different pixels, or have no quantity in common.
    case differentSubjects = 4
  }

  /// Compares two traces.
  /// - Parameters:
  ///   - reference: The trace that is taken as right.
  ///   - candidate: The trace that is examined.
  ///   - tolerances: The tolerance of each quantity.
  ///   - known: Known differences of the candidate, by name. The caller leaves out differences whose time is over.
  public init(
    reference: Trace, candidate: Trace, tolerances: ToleranceTable, known: [String: TraceDialect.Known] = [:]
  ) {
    let (reference, candidate) = (
      reference.withSumBeforePolarization().withLastFactors(), candidate.withSumBeforePolarization().withLastFactors()
    )
    self.reference = reference
    self.candidate = candidate
    let items = TraceComparison(reference: reference, candidate: candidate, rule: tolerances).items
    let presence = Presence(reference, candidate)
    self.items = items
    hasComputedTolerances = tolerances.isByPlace
    factors = FactorComparison.table(reference: reference, candidate: candidate) { factor, value in
      known[factor.name].map { Tolerance(relative: $0.relative, because: "known until \($0.until): \($0.because)") }
        ?? tolerances.tolerance(of: factor, reference: value)
    }
    let pixels = PixelPair(reference: reference, candidate: candidate)
    self.pixels = pixels
    let diverging = items.filter { presence.diverges($0) }
    knownDivergences = diverging.filter { Self.isKnown($0, known) }
    divergences = diverging.filter { !Self.isKnown($0, known) }
    let shared = items.filter { $0.reference != nil && $0.candidate != nil }
    if let first = divergences.first {
      let evidence = Evidence(
        reference: reference, candidate: candidate, items: shared, first: first, pixels: pixels)
      findings = Diagnosis.findings(evidence)
      furtherFindings =
        pixels.areDifferent ? [] : Diagnosis.furtherFindings(evidence, divergences: divergences, beside: findings)
    } else {
      (findings, furtherFindings) = ([], [])
    }
    unshared = items.filter { ($0.reference == nil || $0.candidate == nil) && !presence.diverges($0) }
    hasCommonQuantity = !shared.isEmpty
  }

  private static func isKnown(_ item: TraceComparison.Item, _ known: [String: TraceDialect.Known]) -> Bool {
    guard let entry = known[item.place.name], let deviation = item.relativeDeviation else { return false }
    return deviation <= entry.relative
  }

  /// The first quantity that diverges; nil if no quantity diverges.
  public var firstDivergence: TraceComparison.Item? { divergences.first }

  /// The outcome of the comparison.
  public var outcome: Outcome {
    if pixels.areDifferent || !hasCommonQuantity { return .differentSubjects }
    return first == nil ? .parity : .divergence
  }

  /// The first factor that does not pass.
  public var firstDivergentFactor: FactorComparison? { factors.first { $0.status.isFailing } }

  /// The first divergence, for terminal, JSON and Markdown: the first quantity that diverges in the order of
  /// computation, or, if no quantity diverges, the first scaling factor that fails.
  public var first: String? { firstDivergence.map { "\($0.place)" } ?? firstDivergentFactor?.factor.name }

  /// The names of the quantities before the first divergence that agree, without repetitions.
  public var agreeingBefore: [String] {
    guard let firstDivergence else { return [] }
    return items.lazy.filter { $0.place < firstDivergence.place && $0.agrees }.map(\.place.name).unique
  }

  /// The implication of the place of the first divergence, in one sentence; nil if nothing diverges.
  public var implication: String? {
    firstDivergence.map { first in
      guard first.reference != nil, first.candidate != nil else {
        return "only one trace has this step: the loops differ"
      }
      return first.place.calculationStage?.implication
        ?? "\(first.place.name) is no quantity that this program knows: nothing is known of what it follows from"
    }
  }
}

/// Decides which missing quantities are divergences. A missing step is a divergence if the other steps of the quantity
/// are traced; a quantity that a trace has on no line of the kind is not.
private struct Presence {
  private let names: (reference: Set<String>, candidate: Set<String>)
  private let isCut: Bool

  init(_ reference: Trace, _ candidate: Trace) {
    names = (Self.names(reference), Self.names(candidate))
    isCut = [reference, candidate].contains { trace in
      [TraceSection.phi, .step].contains { section in
        trace.lines.count { $0.section == section } >= PixelTracer.lineLimit
      }
    }
  }

  private static func names(_ trace: Trace) -> Set<String> {
    Set(
      trace.lines.filter { $0.section == .phi || $0.section == .step }.flatMap { line in
        line.fields.map { "\(line.section) \($0.name)" }
      })
  }

  func diverges(_ item: TraceComparison.Item) -> Bool {
    if item.reference != nil && item.candidate != nil { return !item.agrees }
    let name = "\(item.place.section) \(item.place.name)"
    return !isCut && names.reference.contains(name) && names.candidate.contains(name)
  }
}
