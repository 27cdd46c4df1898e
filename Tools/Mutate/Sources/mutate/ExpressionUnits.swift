import SwiftSyntax

/// Divides statements that are long and have many mutants, such as tables, because each mutant repeats its whole unit.
final class ExpressionUnits: SyntaxVisitor {
  private let within: Range<Int>
  private let places: [Int]
  private var limit: Int
  private(set) var units: [Unit] = []
  private let pattern: Unit

  private init(_ unit: Unit, places: [Int], limit: Int) {
    within = unit.range
    pattern = unit
    self.places = places
    self.limit = limit
    super.init(viewMode: .sourceAccurate)
  }

  /// The largest arguments, elements and closures of a unit whose repetition stays below the limit, in bytes.
  static func units(of unit: Unit, places: [Int], in tree: Syntax, limit: Int) -> [Unit] {
    let finder = ExpressionUnits(unit, places: places, limit: limit)
    finder.walk(tree)
    return finder.units
  }

  private func divide(_ expression: ExprSyntax) -> SyntaxVisitorContinueKind {
    let start = expression.positionAfterSkippingLeadingTrivia.utf8Offset
    let end = expression.endPositionBeforeTrailingTrivia.utf8Offset
    guard within.lowerBound < start, end <= within.upperBound else { return .visitChildren }
    let count = places.count { start <= $0 && $0 < end }
    guard count > 0 else { return .skipChildren }
    let isLiteral = expression.is(IntegerLiteralExprSyntax.self) || expression.is(BooleanLiteralExprSyntax.self)
    guard count * (end - start) <= limit || isLiteral else { return .visitChildren }
    var unit = pattern
    (unit.range, unit.form, unit.mutants) = (start..<end, .closure, [])
    units.append(unit)
    return .skipChildren
  }

  override func visit(_ node: LabeledExprSyntax) -> SyntaxVisitorContinueKind { divide(node.expression) }
  override func visit(_ node: ArrayElementSyntax) -> SyntaxVisitorContinueKind { divide(node.expression) }
  override func visit(_ node: DictionaryElementSyntax) -> SyntaxVisitorContinueKind { divide(node.value) }
}
