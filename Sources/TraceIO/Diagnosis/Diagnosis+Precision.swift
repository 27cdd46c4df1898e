import Physics

import Glibc

/// Rules about rounding: single precision, few digits.
extension Diagnosis {
  /// The largest deviation, relative to the length of a vector, that rounding to floats causes up to the indices. It
  /// allows for some tens of operations, and for a scattering vector that is the difference of two directions of length
  /// 1 and a hundred times shorter.
  private static let beforeIndices = 1e-5

  /// The largest relative deviation that rounding to floats causes after the indices. The lattice factor of a large
  /// crystal beside a reflection changes by some thousand times the deviation of an index.
  private static let afterIndices = 1e-2

  /// Finds single precision or numbers with few digits, if either accounts for the size of the first divergence.
  static func precisionRule(_ evidence: Evidence) -> [Finding] {
    // Whole numbers are not rounded.
    guard let size = evidence.first.vectorDeviation, evidence.first.place.quantity?.isInteger != true else { return [] }
    let finding = oneFloat(evidence, size) ?? allFloats(evidence, size) ?? fewDigits(evidence, size)
    return (finding ?? roundingNoise(evidence, size)).map { [$0] } ?? []
  }

  /// Finds that the value is the value of the reference, rounded to a float.
  private static func oneFloat(_ evidence: Evidence, _ size: Double) -> Finding? {
    let pairs = Array(zip(evidence.first.referenceNumbers, evidence.first.candidateNumbers))
    guard pairs.contains(where: { !isFloat($0.0) }), pairs.allSatisfy({ isPrinted($0.1, as: Double(Float($0.0))) })
    else { return nil }
    // Numbers of few digits are floats, or lack digits.
    let areShort = pairs.allSatisfy { Double(NumberText.text("%.6g", $0.1)) == $0.1 }
    return Finding(
      .singlePrecision, areShort ? .likely : .certain,
      "\(evidence.first.place.name) is that of the reference, rounded to a single-precision float: a deviation of "
        + "\(Numbers.text(size)), at most 6e-8")
  }

  /// Finds that the candidate prints floats, and that their rounding accounts for the divergence.
  private static func allFloats(_ evidence: Evidence, _ size: Double) -> Finding? {
    guard size <= explained(evidence), evidence.calculatesInFloats else { return nil }
    return Finding(
      .singlePrecision, .certain,
      "nine of ten numbers of the candidate, or more, are single-precision floats: it calculates in 32 bits, "
        + explanation(evidence, size))
  }

  /// Finds that all deviations up to the indices have the size of the rounding of floats.
  private static func roundingNoise(_ evidence: Evidence, _ size: Double) -> Finding? {
    let items = evidence.precisionItems
    let deviations = items.flatMap(componentDeviations).filter { $0 > 0 }
    guard deviations.count >= 5, size <= explained(evidence) else { return nil }
    let middle = deviations.sorted()[deviations.count / 2]
    guard (1e-9...3e-6).contains(middle), 2 * deviations.count >= items.flatMap(\.deltas).count,
      deviations.allSatisfy({ $0 < beforeIndices })
    else { return nil }
    return Finding(
      .singlePrecision, .likely,
      "the deviations before the sum have a median of \(Numbers.text(middle)) and none exceeds "
        + "\(Numbers.text(beforeIndices)): rounding of single precision, or inputs given with few digits, "
        + explanation(evidence, size))
  }

  /// Finds that the value is the value of the reference with fewer digits.
  private static func fewDigits(_ evidence: Evidence, _ size: Double) -> Finding? {
    let (reference, candidate) = (evidence.first.referenceNumbers, evidence.first.candidateNumbers)
    guard reference.contains(where: { $0 != $0.rounded() }), !evidence.calculatesInFloats,
      candidate.contains(where: { $0 != $0.rounded() || abs($0) >= 1e4 })
    else { return nil }
    let pairs = zip(reference, candidate).filter { $0.0 != $0.1 }
    // Fewer than six digits, or a deviation much smaller than the last digit, may agree by chance.
    for digits in 6...12 where size > pow(10, -Double(digits) - 2) {
      let reads = { (number: Double) in Double(NumberText.text("%.\(digits)g", number)) ?? .nan }
      guard pairs.allSatisfy({ reads($0.0) == $0.1 }) else { continue }
      return Finding(
        .fewDigits, .certain,
        "\(evidence.first.place.name) is that of the reference with \(digits) digits: it is printed, or passed on, with "
          + "so few (a deviation of \(Numbers.text(size)))")
    }
    return nil
  }

  /// The largest deviation that single precision accounts for at the first divergence.
  private static func explained(_ evidence: Evidence) -> Double {
    // The structure factor of a reflection is an input; between reflections it depends on the indices.
    let isInput = evidence.stage == .structureFactor && evidence.reference.number(.interpolates, in: .setup) != 1
    return isInput || evidence.stageIs { $0 <= .indices || $0 == .scaling } ? beforeIndices : afterIndices
  }

  private static func explanation(_ evidence: Evidence, _ size: Double) -> String {
    "which accounts for deviations up to \(Numbers.text(explained(evidence))) here; that of "
      + "\(evidence.first.place.name) is \(Numbers.text(size))"
  }

  /// The deviations of the components, relative to the length of the vector.
  private static func componentDeviations(_ item: TraceComparison.Item) -> [Double] {
    let length = Numbers.length(item.referenceNumbers)
    guard length > 0 else { return [] }
    return item.deltas.compactMap { delta in delta.map { abs($0) / length } }
  }

  /// Whether a number is a float printed with at least fifteen digits.
  fileprivate static func isFloat(_ number: Double) -> Bool { isPrinted(number, as: Double(Float(number))) }

  /// Whether a number equals `other` printed with fifteen digits: half a unit of the last one is up to 5e-15, and reading
  /// adds a rounding.
  private static func isPrinted(_ number: Double, as other: Double) -> Bool {
    number.isFinite && abs(other - number) <= 5.2e-15 * abs(number)
  }
}

extension Evidence {
  /// Whether nine of ten fractional numbers of the candidate are floats, while most numbers of the reference are not.
  var calculatesInFloats: Bool {
    let pairs = precisionPairs
    let candidates = pairs.map(\.1).filter { $0 != $0.rounded() }
    let floats = candidates.count { Diagnosis.isFloat($0) }
    let references = pairs.map(\.0).filter { $0 != $0.rounded() && Diagnosis.isFloat($0) }.count
    return candidates.count >= 5 && 10 * floats >= 9 * candidates.count && 2 * references < candidates.count
  }

  /// The quantities of the pixel up to the indices.
  fileprivate var precisionItems: [TraceComparison.Item] {
    items.filter { $0.place.calculationStage.map { $0 <= .indices } ?? false && $0.place.section == .pixel }
  }

  /// The non-zero numbers of these quantities in reference and candidate.
  fileprivate var precisionPairs: [(Double, Double)] {
    precisionItems.flatMap { Array(zip($0.referenceNumbers, $0.candidateNumbers)) }.filter { $0.0 != 0 && $0.1 != 0 }
  }
}

extension TraceComparison.Item {
  /// The length of the difference divided by the length of the reference; nil if the reference is zero.
  var vectorDeviation: Double? {
    let length = Numbers.length(referenceNumbers)
    guard length > 0, referenceNumbers.count == candidateNumbers.count else { return nil }
    return Numbers.length(zip(referenceNumbers, candidateNumbers).map { $1 - $0 }) / length
  }
}
