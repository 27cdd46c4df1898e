import Foundation

/// The kinds of numbers of a range. Tokens of engine 1 had the first three only; the choices for these are the same, so
/// that its tokens keep their meaning.
enum NumberKind: CaseIterable {
  /// A fraction of 4 significant bits.
  case short
  /// A fraction of 24 significant bits.
  case single
  /// A fraction of 53 significant bits.
  case full
  /// An end of the half of the range, or its neighbour inside.
  case end
  /// A decimal of one to four significant digits.
  case decimal
  /// A whole number or a half.
  case whole

  /// The first choice of each kind but the first, and the last choice.
  private static let strata: [UInt64] = [2, 4, 16, 17, 18]
  private static let bound: UInt64 = 18

  /// A kind, and a fraction from 0 to 1.
  static func draw(_ choices: inout Choices, edges: Bool) throws -> (kind: NumberKind, fraction: Double) {
    let choice = try choices.draw(upTo: edges ? bound : strata[2] - 1, strata: edges ? strata : Array(strata[..<2]))
    let kind = allCases[strata.count { $0 <= choice }]
    let bits: UInt64 = kind == .short ? 4 : kind == .single ? 24 : 53
    let whole = UInt64(1) << bits
    return (kind, Double(try choices.draw(upTo: whole)) / Double(whole))
  }

  /// The number of this kind next to a number of a range from `origin` to `end`.
  func edge(_ value: Double, _ fraction: Double, origin: Double, end: Double) -> Double {
    switch self {
    case .short, .single, .full: return value
    case .end:
      let (inwards, outwards) = end > origin ? (end.nextDown, origin.nextUp) : (end.nextUp, origin.nextDown)
      return fraction < 0.25 ? origin : fraction < 0.5 ? end : fraction < 0.75 ? inwards : outwards
    case .decimal:
      guard value != 0, value.isNormal else { return value }
      // Digits by the last bits of the fraction, which the size of the number does not show.
      let digits = 1 + (fraction.significandBitPattern >> 3) % 4
      let exponent = Int(floor(log10(abs(value)))) + 1 - Int(digits)
      // Powers of ten to 22 are exact, and division rounds once: the decimal is the one that its text means.
      guard abs(exponent) <= 22 else { return value }
      return exponent < 0
        ? (value * pow(10, Double(-exponent))).rounded() / pow(10, Double(-exponent))
        : (value / pow(10, Double(exponent))).rounded() * pow(10, Double(exponent))
    case .whole:
      return fraction.significandBitPattern & 8 == 0 ? value.rounded() : value.rounded(.down) + 0.5
    }
  }
}
