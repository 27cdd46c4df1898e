import Physics

/// The rules that find possible causes of the first divergence of two traces.
///
/// Each rule looks for one kind of mistake and returns findings with their certainty. The rules are independent.
/// Findings are ordered by certainty, and then by the order of the rules, from the general to the particular.
enum Diagnosis {
  private static let rules: [@Sendable (Evidence) -> [Finding]] = [
    pixelRule, rowsAndColumnsRule, phiCarryOverRule, reciprocalRule, permutationRule, signRule, wavelengthRule,
    unitRule, originRule,
    interpolationRule, appliedFactorRule, scaleRule, precisionRule, normalizationRule, relationRule,
  ]

  /// The kinds of findings that report only a different input, which would explain a divergence of any size.
  private static let inputs: Set<Finding.Kind> = [
    .geometryOrigin, .wavelength, .fluence, .structureFactorScale, .steps,
  ]

  /// The findings of rules about a divergence. A deviation below a millionth may be rounding, so that a different input
  /// is then only possible.
  private static func applying(_ rules: [@Sendable (Evidence) -> [Finding]], _ evidence: Evidence) -> [Finding] {
    let isRounding = evidence.first.vectorDeviation.map { $0 < Numbers.recognition } ?? false
    return rules.flatMap { $0(evidence) }.map { finding in
      guard isRounding, inputs.contains(finding.kind) else { return finding }
      return Finding(finding.kind, .possible, finding.text)
    }
  }

  /// The possible causes of the first divergence, the most certain first.
  static func findings(_ evidence: Evidence) -> [Finding] {
    let found = applying(rules, evidence)
    return found.enumerated().sorted {
      ($0.element.confidence, -$0.offset) > ($1.element.confidence, -$1.offset)
    }.map(\.element)
  }

  /// The certain causes of later divergences whose kinds are not among the certain findings in `known`. Each quantity
  /// is examined once.
  static func furtherFindings(
    _ evidence: Evidence, divergences: [TraceComparison.Item], beside known: [Finding]
  ) -> [Finding] {
    var names: Set<String> = [evidence.first.place.name]
    var kinds = Set(known.filter { $0.confidence == .certain }.map(\.kind))
    var further: [Finding] = []
    for item in divergences.dropFirst() where item.place.block == 0 && names.insert(item.place.name).inserted {
      // The rules apply only to quantities of the catalogue.
      guard TraceQuantity.isKnown(item.place.name) else { continue }
      let later = Evidence(evidence, first: item)
      for finding in applying(Array(rules.dropFirst()), later)
      where finding.confidence == .certain && kinds.insert(finding.kind).inserted {
        further.append(finding)
      }
    }
    return further
  }

  private static func pixelRule(_ evidence: Evidence) -> [Finding] {
    guard evidence.pixels.areDifferent else { return [] }
    guard let expected = evidence.pixels.reference, let found = evidence.pixels.candidate else {
      return [
        Finding(
          .differentPixels, .certain,
          "the geometry is the same and the traced positions are not: the traces are of different pixels")
      ]
    }
    let isTransposed = expected.slow == found.fast && expected.fast == found.slow
    let hint = isTransposed ? "; the indices are exchanged: one program takes slow, fast, the other fast, slow" : ""
    var findings = [
      Finding(
        .differentPixels, .certain,
        "reference traces pixel \(expected), candidate \(found) (slow,fast)\(hint); trace the same pixel and compare again"
      )
    ]
    if isTransposed {
      findings.append(
        Finding(.rowsAndColumns, .likely, "slow and fast index of the traced pixel are exchanged"))
    }
    return findings
  }
}
