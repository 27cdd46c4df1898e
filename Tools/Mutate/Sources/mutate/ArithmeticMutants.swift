import SwiftSyntax

/// The changes of a sum or product that keep its operands: left out, taken in another order, in other units, with fewer
/// digits.
struct ArithmeticMutants {
  private let node: InfixOperatorExprSyntax
  private let symbol: String
  private let left: String
  private let right: String

  /// - Returns: Nothing for an operator other than + − * /.
  init?(_ node: InfixOperatorExprSyntax) {
    symbol = node.operator.trimmedDescription
    guard ["+", "-", "*", "/"].contains(symbol) else { return nil }
    self.node = node
    left = node.leftOperand.trimmedDescription
    right = node.rightOperand.trimmedDescription
  }

  func add(to finder: MutantFinder) {
    finder.add(.droppedTerm, node, "(\(left))")
    finder.add(.scaled, node, "mutate_scaled(\(node.trimmedDescription))")
    if !isOperandOfArithmetic && !isMadeSingle {
      finder.add(.single, node, "mutate_single(\(node.trimmedDescription))")
    }
    addUnits(to: finder)
    addOrder(to: finder)
  }

  /// Whether the source rounds the expression to single precision itself.
  private var isMadeSingle: Bool {
    node.parent?.parent?.parent?.as(FunctionCallExprSyntax.self)?.calledExpression.trimmedDescription == "Float"
  }

  private var isOperandOfArithmetic: Bool {
    var parent = node.parent
    while let tuple = parent,
      tuple.is(LabeledExprSyntax.self) || tuple.is(LabeledExprListSyntax.self)
        || tuple.is(TupleExprSyntax.self)
    {
      if tuple.parent?.is(FunctionCallExprSyntax.self) == true { return false }
      parent = tuple.parent
    }
    return parent?.is(InfixOperatorExprSyntax.self) == true
      && ArithmeticMutants(parent!.cast(InfixOperatorExprSyntax.self)) != nil
  }

  /// x·10ⁿ for x / 10⁻ⁿ and the inverse, and a·(1/b) for a/b: the last bit tells them apart.
  private func addUnits(to finder: MutantFinder) {
    if let inverse = Self.inverse(ofPowerOfTen: right) {
      if symbol == "*" { finder.add(.unit, node, "(\(left) / \(inverse))") }
      if symbol == "/" { finder.add(.unit, node, "(\(left) * \(inverse))") }
    } else if symbol == "/", !Self.isPowerOfTwo(left), !Self.isPowerOfTwo(right) {
      finder.add(.rounding, node, "mutate_real(\(left) * (1 / \(parenthesised(node.rightOperand))))")
    }
  }

  /// Sums and products of three are rounded in another order; products with a power of two are exact in any.
  private func addOrder(to finder: MutantFinder) {
    guard let inner = node.leftOperand.as(InfixOperatorExprSyntax.self) else { return }
    let first = inner.leftOperand.trimmedDescription
    let second = inner.rightOperand.trimmedDescription
    let isProduct = ["*", "/"].contains(symbol)
    if isProduct && [first, second, right].contains(where: Self.isPowerOfTwo) { return }
    if symbol == "*", first == second, second == right { return }
    switch (inner.operator.trimmedDescription, symbol) {
    case ("*", "*"): finder.add(.rounding, node, "mutate_real(\(first) * (\(second) * \(right)))")
    case ("*", "/"): finder.add(.rounding, node, "mutate_real(\(first) * (\(second) / \(right)))")
    case ("/", "*"): finder.add(.rounding, node, "mutate_real(\(first) * \(right) / \(second))")
    case ("/", "/"): finder.add(.rounding, node, "mutate_real(\(first) / (\(second) * \(right)))")
    case ("+", "+"): finder.add(.rounding, node, "mutate_real(\(first) + (\(second) + \(right)))")
    case ("+", "-"): finder.add(.rounding, node, "mutate_real(\(first) + (\(second) - \(right)))")
    case ("-", "+"): finder.add(.rounding, node, "mutate_real(\(first) - (\(second) - \(right)))")
    case ("-", "-"): finder.add(.rounding, node, "mutate_real(\(first) - (\(second) + \(right)))")
    default: break
    }
  }

  private func parenthesised(_ expression: ExprSyntax) -> String {
    expression.is(InfixOperatorExprSyntax.self) ? "(\(expression.trimmedDescription))" : expression.trimmedDescription
  }

  private static func isPowerOfTwo(_ text: String) -> Bool {
    Double(text).map { abs($0.binade) == abs($0) && $0 != 0 } ?? false
  }

  /// 1e6 for 1e-6, 1e-3 for 1000; nothing for what is no power of ten.
  static func inverse(ofPowerOfTen text: String) -> String? {
    guard text.contains(where: { ".e".contains($0) }) || text.hasPrefix("10"), let value = Double(text), value > 0,
      value != 1
    else { return nil }
    for exponent in -40...40 where exponent != 0 && Double("1e\(exponent)") == value { return "1e\(-exponent)" }
    return nil
  }
}
