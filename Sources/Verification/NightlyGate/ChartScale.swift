import Foundation

/// A vertical axis: its labelled values, and the position of a value between its ends.
struct ChartScale: Sendable {
  /// The labelled values with their places, from 0 at the bottom to 1 at the top.
  private(set) var ticks: [(place: Double, label: String)] = []
  private let isLogarithmic: Bool
  private var low = 0.0
  private var high = 1.0
  /// The exponent of ten at which a logarithmic axis draws zeros; nil if it draws none.
  private var floor: Double?

  /// An axis that covers some numbers.
  /// - Parameter logarithmic: Whether the axis is logarithmic, which needs a positive number; otherwise it is linear.
  init(_ numbers: [Double], logarithmic: Bool) {
    isLogarithmic = logarithmic && numbers.contains { $0 > 0 }
    if numbers.isEmpty { return }
    if isLogarithmic { setDecades(numbers) } else { setSteps(numbers) }
  }

  /// The position of a value, from 0 at the bottom to 1 at the top.
  func place(_ value: Double) -> Double {
    let position = !isLogarithmic ? value : value > 0 ? log10(value) : floor ?? low
    return (position - low) / (high - low)
  }

  /// Ends and ticks of a linear axis: multiples of 1, 2 or 5 times a power of ten.
  private mutating func setSteps(_ numbers: [Double]) {
    guard var bottom = numbers.min(), var top = numbers.max() else { return }
    let size = max(abs(bottom), abs(top))
    if top - bottom <= 1e-9 * size {
      let pad = size > 0 ? 0.05 * size : 1
      (bottom, top) = (bottom - pad, top + pad)
    }
    let step = Self.roundStep((top - bottom) / 5)
    let (first, last) = ((bottom / step + 1e-9).rounded(.down), (top / step - 1e-9).rounded(.up))
    (low, high) = (first * step, last * step)
    ticks = stride(from: first, through: last, by: 1).map { number in
      (place(number * step), Self.label(number * step, step: step, size: max(abs(low), abs(high))))
    }
  }

  /// Ends and ticks of a logarithmic axis: powers of ten, with 2 and 5 between them if they are few.
  private mutating func setDecades(_ numbers: [Double]) {
    let exponents = numbers.filter { $0 > 0 }.map { log10($0) }
    guard let least = exponents.min(), let most = exponents.max() else { return }
    let (first, last) = (Int(least.rounded(.down)), max(Int(most.rounded(.up)), Int(least.rounded(.down)) + 1))
    let step = max(1, (last - first + 5) / 6)
    (low, high) = (Double(first), Double(last))
    if numbers.contains(0) {
      floor = low - Double(step)
      low -= Double(step)
    }
    let factors: [Double] = last - first <= 2 ? [1, 2, 5] : [1]
    var values = (first...last).filter { $0 % step == 0 }.flatMap { exponent in
      factors.map { $0 * pow(10, Double(exponent)) }
    }
    values.removeAll { log10($0) > high + 1e-9 }
    ticks = values.map { (place($0), Self.tidy(String(format: "%.3g", $0))) }
    if let floor { ticks.insert(((floor - low) / (high - low), "0"), at: 0) }
  }

  /// The next number up that is 1, 2 or 5 times a power of ten.
  private static func roundStep(_ rough: Double) -> Double {
    let power = pow(10, log10(rough).rounded(.down))
    let factor = [1, 2, 5].first { $0 * power >= rough * (1 - 1e-9) } ?? 10
    return factor * power
  }

  /// The label of a value, with as many digits as distinguish it from the next label.
  private static func label(_ value: Double, step: Double, size: Double) -> String {
    let decimals = max(0, -Int((log10(step) + 1e-9).rounded(.down)))
    guard decimals > 6 || size >= 1e6 else { return String(format: "%.\(decimals)f", value) }
    let digits = Int(log10(size).rounded(.down)) - Int((log10(step) + 1e-9).rounded(.down)) + 1
    return tidy(String(format: "%.\(max(digits, 1))g", value))
  }

  /// A number without the padding of its exponent: `1e-5` instead of `1e-05`.
  static func tidy(_ text: String) -> String {
    text.replacing("e+0", with: "e").replacing("e-0", with: "e-").replacing("e+", with: "e")
  }
}
