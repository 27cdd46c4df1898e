import Physics

/// A number with its derivatives by some parameters (forward differentiation: Wengert, 1964). The base is any arithmetic: the
/// derivatives of a `Dual<Enclosure>` have proven errors, and a `Dual<Dual<DoubleDouble>>` has second derivatives.
///
/// Where the formulas are not smooth, such as at a whole index that is rounded, the derivative is that of the side on which
/// the double run is.
package struct Dual<Base: RealNumber>: RealNumber {
  /// The number.
  package let value: Base
  /// The derivatives by the parameters; empty for a constant.
  package let partials: [Base]

  /// A number with its derivatives.
  package init(_ value: Base, partials: [Base]) { (self.value, self.partials) = (value, partials) }

  /// A parameter.
  /// - Parameters:
  ///   - value: Its value.
  ///   - index: Its number among the parameters.
  ///   - count: The number of parameters.
  package static func parameter(_ value: Base, _ index: Int, of count: Int) -> Dual {
    Dual(value, partials: (0..<count).map { $0 == index ? 1 : 0 })
  }

  package init(_ value: Double) { self.init(Base(value), partials: []) }
  package init(_ value: Int) { self.init(Base(value), partials: []) }
  package init(integerLiteral value: Int64) { self.init(Double(value)) }
  package init(floatLiteral value: Double) { self.init(value) }
  package init?<Source: BinaryInteger>(exactly source: Source) {
    guard let value = Base(exactly: source) else { return nil }
    self.init(value, partials: [])
  }

  package static var pi: Dual { Dual(.pi, partials: []) }
  package var approximation: Double { value.approximation }
  package var isFinite: Bool { value.isFinite }
  package var magnitude: Dual { value < 0 ? -self : self }

  /// The derivative by a parameter; zero for a constant.
  package func partial(_ index: Int) -> Base { partials.isEmpty ? 0 : partials[index] }

  /// A function of one number, by the chain rule. The derivative is not evaluated for a constant.
  private func chain(_ value: Base, _ derivative: @autoclosure () -> Base) -> Dual {
    guard !partials.isEmpty else { return Dual(value, partials: []) }
    let slope = derivative()
    return Dual(value, partials: partials.map { slope * $0 })
  }

  /// A function of two numbers, by the chain rule.
  private static func chain(
    _ value: Base, _ left: Dual, _ byLeft: @autoclosure () -> Base, _ right: Dual, _ byRight: @autoclosure () -> Base
  ) -> Dual {
    switch (left.partials.isEmpty, right.partials.isEmpty) {
    case (true, true): return Dual(value, partials: [])
    case (false, true): return left.chain(value, byLeft())
    case (true, false): return right.chain(value, byRight())
    case (false, false):
      let (a, b) = (byLeft(), byRight())
      return Dual(value, partials: zip(left.partials, right.partials).map { a * $0 + b * $1 })
    }
  }

  package static func + (left: Dual, right: Dual) -> Dual {
    let value = left.value + right.value
    if left.partials.isEmpty { return Dual(value, partials: right.partials) }
    if right.partials.isEmpty { return Dual(value, partials: left.partials) }
    return Dual(value, partials: zip(left.partials, right.partials).map { $0 + $1 })
  }

  package static func - (left: Dual, right: Dual) -> Dual {
    let value = left.value - right.value
    if right.partials.isEmpty { return Dual(value, partials: left.partials) }
    if left.partials.isEmpty { return Dual(value, partials: right.partials.map { -$0 }) }
    return Dual(value, partials: zip(left.partials, right.partials).map { $0 - $1 })
  }

  package static prefix func - (number: Dual) -> Dual { Dual(-number.value, partials: number.partials.map { -$0 }) }

  package static func * (left: Dual, right: Dual) -> Dual {
    chain(left.value * right.value, left, right.value, right, left.value)
  }

  package static func *= (left: inout Dual, right: Dual) { left = left * right }

  package static func / (left: Dual, right: Dual) -> Dual {
    let quotient = left.value / right.value
    return chain(quotient, left, 1 / right.value, right, -(quotient / right.value))
  }

  package func squareRoot() -> Dual {
    let root = value.squareRoot()
    return chain(root, 1 / (2 * root))
  }

  package static func sine(_ x: Dual) -> Dual { x.chain(.sine(x.value), .cosine(x.value)) }
  package static func cosine(_ x: Dual) -> Dual { x.chain(.cosine(x.value), -Base.sine(x.value)) }

  package static func exponential(_ x: Dual) -> Dual {
    let value = Base.exponential(x.value)
    return x.chain(value, value)
  }

  package static func arcTangent(y: Dual, x: Dual) -> Dual {
    let squares = y.value * y.value + x.value * x.value
    return chain(.arcTangent(y: y.value, x: x.value), y, x.value / squares, x, -(y.value / squares))
  }

  package static func sineRatio(_ x: Dual, count: Dual) -> Dual {
    guard x.value == 0 else { return sine(x * count) / sine(x) }
    // sin(N x)/sin(x) = N (1 − (N² − 1) x²/6 + …): up to the second derivative, which is all that is asked for.
    return count * (1 - (count * count - 1) * (x * x) / 6)
  }

  package var limitedToOne: Dual { value.limitedToOne == value ? self : Dual(value.limitedToOne, partials: []) }

  package var isSettledZero: Bool { value.isSettledZero }

  package func rounded(_ rule: FloatingPointRoundingRule) -> Dual { Dual(value.rounded(rule), partials: []) }
  package func roundedToSingle() -> Dual { Dual(value.roundedToSingle(), partials: partials) }

  package func multipliedInSingle(_ factor: Float) -> Dual {
    chain(value.multipliedInSingle(factor), Base(Double(factor)))
  }

  package static func < (left: Dual, right: Dual) -> Bool { left.value < right.value }

  /// Whether value and derivatives are equal: a parameter whose value is zero is not the constant zero, so that rotations
  /// by such an angle are differentiated.
  package static func == (left: Dual, right: Dual) -> Bool {
    guard left.value == right.value else { return false }
    if left.partials.isEmpty { return right.partials.allSatisfy { $0 == 0 } }
    if right.partials.isEmpty { return left.partials.allSatisfy { $0 == 0 } }
    return left.partials == right.partials
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(value) }
}
