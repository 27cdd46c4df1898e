import SwiftOperators
import SwiftParser
import SwiftSyntax

/// Finds the places of a source file where a small change alters the meaning.
final class MutantFinder: SyntaxVisitor {
  private let file: String
  private let lines: LineTable
  private let configuration: Configuration
  private let isCoarse: Bool
  private(set) var mutants: [Mutant] = []
  private var scopes: [String] = []

  private init(file: String, text: String, configuration: Configuration) {
    self.file = file
    self.configuration = configuration
    isCoarse = configuration.coarse.contains { file.hasPrefix($0 + "/") }
    lines = LineTable(text)
    super.init(viewMode: .sourceAccurate)
  }

  /// The mutants of a file in the order of their places, not yet numbered.
  static func mutants(in tree: Syntax, text: String, file: String, configuration: Configuration) -> [Mutant] {
    let finder = MutantFinder(file: file, text: text, configuration: configuration)
    finder.walk(tree)
    var seen = Set<String>()
    return finder.mutants
      .filter { seen.insert("\($0.offset) \($0.original) \($0.replacement)").inserted }
      .enumerated().sorted { ($0.element.offset, $0.offset) < ($1.element.offset, $1.offset) }.map(\.element)
  }

  func add(_ operation: Mutant.Operation, _ node: some SyntaxProtocol, _ replacement: String) {
    add(operation, at: node.positionAfterSkippingLeadingTrivia.utf8Offset, node.trimmedDescription, replacement)
  }

  func add(_ operation: Mutant.Operation, at offset: Int, _ original: String, _ replacement: String) {
    guard original != replacement, !(isCoarse && [.single, .rounding, .unit].contains(operation)) else { return }
    let (line, column) = lines.position(offset)
    let (text, indent) = lines.trimmed(line)
    func flat(_ text: String) -> String { text.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
    mutants.append(
      Mutant(
        id: 0, file: file, line: line, column: column, offset: offset, original: original, replacement: replacement,
        operation: operation, scope: scopes.last ?? "",
        place: .init(
          file: file, text: text, occurrence: lines.occurrence(line), column: column - 1 - indent,
          change: "\(flat(original)) → \(flat(replacement))")))
  }

  // MARK: What is not changed: messages, attributes, and what only reports a failure.

  override func visit(_ node: StringLiteralExprSyntax) -> SyntaxVisitorContinueKind { .skipChildren }
  override func visit(_ node: AttributeSyntax) -> SyntaxVisitorContinueKind { .skipChildren }
  override func visit(_ node: ThrowStmtSyntax) -> SyntaxVisitorContinueKind { .skipChildren }
  override func visit(_ node: ImportDeclSyntax) -> SyntaxVisitorContinueKind { .skipChildren }
  override func visit(_ node: SwitchCaseLabelSyntax) -> SyntaxVisitorContinueKind { .skipChildren }
  override func visit(_ node: EnumCaseDeclSyntax) -> SyntaxVisitorContinueKind { .skipChildren }

  // MARK: Scopes

  override func visit(_ node: FunctionDeclSyntax) -> SyntaxVisitorContinueKind {
    scopes.append(node.name.text)
    addEarlyReturn(node.body, result: node.signature.returnClause?.type.trimmedDescription ?? "Void")
    return .visitChildren
  }
  override func visitPost(_ node: FunctionDeclSyntax) { scopes.removeLast() }

  override func visit(_ node: InitializerDeclSyntax) -> SyntaxVisitorContinueKind {
    scopes.append("init")
    return .visitChildren
  }
  override func visitPost(_ node: InitializerDeclSyntax) { scopes.removeLast() }

  override func visit(_ node: PatternBindingSyntax) -> SyntaxVisitorContinueKind {
    if scopes.isEmpty {
      scopes.append(node.pattern.trimmedDescription)
    } else {
      scopes.append(scopes[scopes.count - 1])
    }
    return .visitChildren
  }
  override func visitPost(_ node: PatternBindingSyntax) { scopes.removeLast() }

  // MARK: Statements

  override func visit(_ node: CodeBlockItemSyntax) -> SyntaxVisitorContinueKind {
    guard case .expr(let expression) = node.item, isDroppable(expression),
      (node.parent?.as(CodeBlockItemListSyntax.self)?.count ?? 0) > 1 || expression.is(InfixOperatorExprSyntax.self)
    else { return .visitChildren }
    // An initializer has to set all properties.
    if scopes.last == "init", expression.is(InfixOperatorExprSyntax.self) { return .visitChildren }
    add(.droppedStatement, expression, "")
    return .visitChildren
  }

  private func isDroppable(_ expression: ExprSyntax) -> Bool {
    if let infix = expression.as(InfixOperatorExprSyntax.self) {
      let symbol = infix.operator.trimmedDescription
      return symbol.hasSuffix("=") && !["==", "!=", "<=", ">=", "==="].contains(symbol)
    }
    if let attempt = expression.as(TryExprSyntax.self) { return isDroppable(attempt.expression) }
    guard let call = expression.as(FunctionCallExprSyntax.self) else { return false }
    let name = call.calledExpression.trimmedDescription
    return !configuration.isSkipped(call: name) && !name.hasSuffix(".init")
  }

  private func addEarlyReturn(_ body: CodeBlockSyntax?, result: String) {
    guard let body, !body.statements.isEmpty else { return }
    let numbers = configuration.numbers
    let value: String? =
      switch result {
      case "Void", "()": body.statements.count > 1 ? "return" : nil
      case "Bool": "return false"
      case "String": "return \"\""
      case _ where numbers.contains(result): "return 0"
      case _ where result.hasSuffix("?"): "return nil"
      case _ where result.hasPrefix("[") && result.hasSuffix("]") && !result.contains(":"): "return []"
      default: nil
      }
    guard let value else { return }
    add(.earlyReturn, at: body.statements.positionAfterSkippingLeadingTrivia.utf8Offset, "", value)
  }

  override func visit(_ node: ConditionElementSyntax) -> SyntaxVisitorContinueKind {
    if case .expression(let condition) = node.condition { addInverse(of: condition) }
    return .visitChildren
  }

  override func visit(_ node: TernaryExprSyntax) -> SyntaxVisitorContinueKind {
    addInverse(of: node.condition)
    return .visitChildren
  }

  /// Inverts a condition that no other operation inverts.
  private func addInverse(of condition: ExprSyntax) {
    let infix = condition.as(InfixOperatorExprSyntax.self)?.operator.trimmedDescription
    guard !condition.is(PrefixOperatorExprSyntax.self), !["==", "!=", "&&", "||"].contains(infix) else { return }
    guard !condition.is(BooleanLiteralExprSyntax.self) else { return }
    add(.logic, condition, "!(\(condition.trimmedDescription))")
  }

  // MARK: Expressions

  override func visit(_ node: FunctionCallExprSyntax) -> SyntaxVisitorContinueKind {
    let name = node.calledExpression.trimmedDescription
    if configuration.isSkipped(call: name) { return .skipChildren }
    addFunctionMutants(node, name: name)
    addSwaps(node, name: name)
    return .visitChildren
  }

  private func addFunctionMutants(_ node: FunctionCallExprSyntax, name: String) {
    let exchanged = [
      "sin": "cos", "cos": "sin", "asin": "acos", "acos": "asin", "floor": "ceil", "ceil": "floor", "min": "max",
      "max": "min",
    ]
    if let other = exchanged[name] { add(.function, node.calledExpression, other) }
    if name == "abs", let argument = node.arguments.first {
      add(.function, node, "(\(argument.expression.trimmedDescription))")
    }
    if let member = node.calledExpression.as(MemberAccessExprSyntax.self), let base = member.base,
      member.declName.baseName.text == "cross", let argument = node.arguments.first
    {
      add(.sign, node, "(\(argument.expression.trimmedDescription)).cross(\(base.trimmedDescription))")
    }
    let last = name.split(separator: ".").last.map(String.init) ?? name
    if ["sin", "cos", "tan", "asin", "acos", "atan", "atan2", "exp", "log", "pow", "sqrt", "squareRoot", "cbrt"]
      .contains(last)
    {
      add(.scaled, node, "mutate_scaled(\(node.trimmedDescription))")
    }
  }

  private func addSwaps(_ node: FunctionCallExprSyntax, name: String) {
    guard !["min", "max", "stride", "zip", "hypot", "Array", "String", "repeatElement"].contains(name) else { return }
    let last = name.split(separator: ".").last.map(String.init) ?? name
    let isCommutative = configuration.commutativeCalls.contains(last)
    for (index, (first, second)) in zip(node.arguments, node.arguments.dropFirst()).enumerated() {
      if isCommutative && index == 0 { continue }
      let (a, b) = (first.expression, second.expression)
      guard isPlain(a), isPlain(b), a.trimmedDescription != b.trimmedDescription,
        !(a.is(IntegerLiteralExprSyntax.self) && b.is(IntegerLiteralExprSyntax.self))
      else { continue }
      let start = a.positionAfterSkippingLeadingTrivia.utf8Offset
      let end = b.endPositionBeforeTrailingTrivia.utf8Offset
      let between = lines.text(
        a.endPositionBeforeTrailingTrivia.utf8Offset..<b.positionAfterSkippingLeadingTrivia.utf8Offset)
      add(
        .swappedArguments, at: start, lines.text(start..<end), b.trimmedDescription + between + a.trimmedDescription)
    }
  }

  /// Whether an argument is a name, a member, an element or a sum of such: what is exchanged by mistake.
  private func isPlain(_ expression: ExprSyntax) -> Bool {
    if let member = expression.as(MemberAccessExprSyntax.self) { return member.base != nil }
    return expression.is(DeclReferenceExprSyntax.self) || expression.is(SubscriptCallExprSyntax.self)
      || expression.is(InfixOperatorExprSyntax.self) || expression.is(FloatLiteralExprSyntax.self)
      || expression.is(IntegerLiteralExprSyntax.self)
  }

  override func visit(_ node: InfixOperatorExprSyntax) -> SyntaxVisitorContinueKind {
    let exchanged: [String: (Mutant.Operation, String)] = [
      "+": (.sign, "-"), "-": (.sign, "+"), "+=": (.sign, "-="), "-=": (.sign, "+="), "*": (.product, "/"),
      "/": (.product, "*"), "*=": (.product, "/="), "/=": (.product, "*="), "%": (.product, "/"),
      "&+": (.sign, "&-"), "&-": (.sign, "&+"), "&*": (.product, "&+"), "<": (.comparison, "<="),
      "<=": (.comparison, "<"), ">": (.comparison, ">="), ">=": (.comparison, ">"), "==": (.comparison, "!="),
      "!=": (.comparison, "=="), "&&": (.logic, "||"), "||": (.logic, "&&"), "^": (.logic, "|"), "&": (.logic, "|"),
      "|": (.logic, "&"), "<<": (.logic, ">>"), ">>": (.logic, "<<"), "&<<": (.logic, "&>>"), "&>>": (.logic, "&<<"),
    ]
    let symbol = node.operator.trimmedDescription
    // An initializer has to set all properties, each once.
    if symbol == "=", scopes.last == "init" {
      walk(node.rightOperand)
      return .skipChildren
    }
    if let (operation, other) = exchanged[symbol] { add(operation, node.operator, other) }
    ArithmeticMutants(node)?.add(to: self)
    addRange(node, symbol)
    return .visitChildren
  }

  private func addRange(_ node: InfixOperatorExprSyntax, _ symbol: String) {
    guard symbol == "..<" || symbol == "..." else { return }
    let (left, right) = (node.leftOperand.trimmedDescription, node.rightOperand.trimmedDescription)
    add(.range, node.rightOperand, "(\(right)) - 1")
    add(.range, node.leftOperand, "(\(left)) + 1")
  }

  override func visit(_ node: PrefixOperatorExprSyntax) -> SyntaxVisitorContinueKind {
    let symbol = node.operator.text
    if symbol == "-" { add(.sign, node, "(\(node.expression.trimmedDescription))") }
    if symbol == "!" { add(.logic, node, "(\(node.expression.trimmedDescription))") }
    return .visitChildren
  }

  override func visit(_ node: MemberAccessExprSyntax) -> SyntaxVisitorContinueKind {
    let exchanged = [
      "x": "y", "y": "z", "z": "x", "fast": "slow", "slow": "fast", "row1": "row2", "row2": "row3", "a": "b", "b": "c",
      "c": "a", "h": "k", "k": "l", "l": "h",
    ]
    let directions = [
      "down": "up", "up": "down", "toNearestOrEven": "towardZero", "towardZero": "up",
      "toNearestOrAwayFromZero": "toNearestOrEven",
    ]
    let name = node.declName.baseName
    if node.base != nil, let other = exchanged[name.text] { add(.axis, name, other) }
    if node.base == nil, let other = directions[name.text] { add(.function, name, other) }
    if node.base != nil, let other = ["hasPrefix": "hasSuffix", "hasSuffix": "hasPrefix"][name.text] {
      add(.function, name, other)
    }
    return .visitChildren
  }

  override func visit(_ node: FloatLiteralExprSyntax) -> SyntaxVisitorContinueKind {
    let text = node.literal.text
    let isZero = text.allSatisfy { "0.".contains($0) }
    add(.constant, node, isZero ? (isCoarse ? "0.5" : "1e-6") : "(\(text) * \(isCoarse ? "2" : "1.000001"))")
    add(.scaled, node, "mutate_scaled(\(text))")
    return .skipChildren
  }

  override func visit(_ node: IntegerLiteralExprSyntax) -> SyntaxVisitorContinueKind {
    guard let value = Int(node.literal.text.filter { $0 != "_" }) else { return .skipChildren }
    add(.offByOne, node, "\(value + 1)")
    return .skipChildren
  }

  override func visit(_ node: BooleanLiteralExprSyntax) -> SyntaxVisitorContinueKind {
    // Behind a loop that may end, the compiler wants a value to be returned.
    let isEndless = node.parent?.parent?.parent?.is(WhileStmtSyntax.self) == true
    if !isEndless { add(.logic, node, node.literal.text == "true" ? "false" : "true") }
    return .skipChildren
  }
}
