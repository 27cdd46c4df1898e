import SwiftSyntax

/// Finds the bodies and the places for choices of a source file.
final class UnitFinder: SyntaxVisitor {
  private(set) var units: [Unit] = []
  private(set) var bodies: [Body] = []
  private var depth = 0
  private var throwing: [String] = []

  init() { super.init(viewMode: .sourceAccurate) }

  private static func range(_ node: some SyntaxProtocol) -> Range<Int> {
    node.positionAfterSkippingLeadingTrivia.utf8Offset..<node.endPositionBeforeTrailingTrivia.utf8Offset
  }

  private func add(_ form: Unit.Form, _ node: some SyntaxProtocol, over range: Range<Int>? = nil) {
    units.append(
      Unit(
        range: range ?? Self.range(node), form: form, tries: TryFinder.tries(Syntax(node)),
        throwing: throwing.last ?? ""))
  }

  // MARK: Bodies

  override func visit(_ node: FunctionDeclSyntax) -> SyntaxVisitorContinueKind {
    enter(
      node.body?.statements, parameters: node.signature.parameterClause, effects: node.signature.effectSpecifiers,
      result: node.signature.returnClause?.type, form: .apart)
  }
  override func visitPost(_ node: FunctionDeclSyntax) { leave() }

  override func visit(_ node: InitializerDeclSyntax) -> SyntaxVisitorContinueKind {
    enter(
      node.body?.statements, parameters: nil, effects: node.signature.effectSpecifiers, result: nil, form: .within)
  }
  override func visitPost(_ node: InitializerDeclSyntax) { leave() }

  override func visit(_ node: AccessorDeclSyntax) -> SyntaxVisitorContinueKind {
    let isGetter = node.accessorSpecifier.text == "get"
    return enter(
      ["get", "set"].contains(node.accessorSpecifier.text) ? node.body?.statements : nil, parameters: nil,
      effects: nil, result: isGetter ? Self.type(around: node) : nil,
      form: isGetter || node.accessorSpecifier.text == "set" ? .apart : .none)
  }
  override func visitPost(_ node: AccessorDeclSyntax) { leave() }

  override func visit(_ node: AccessorBlockSyntax) -> SyntaxVisitorContinueKind {
    guard case .getter(let statements) = node.accessors else { return .visitChildren }
    return enter(statements, parameters: nil, effects: nil, result: Self.type(around: node), form: .apart)
  }
  override func visitPost(_ node: AccessorBlockSyntax) {
    if case .getter = node.accessors { leave() }
  }

  private static func type(around node: some SyntaxProtocol) -> TypeSyntax? {
    var parent = node.parent
    while let current = parent {
      if let binding = current.as(PatternBindingSyntax.self) { return binding.typeAnnotation?.type }
      if let declaration = current.as(SubscriptDeclSyntax.self) { return declaration.returnClause.type }
      parent = current.parent
    }
    return nil
  }

  private func enter(
    _ statements: CodeBlockItemListSyntax?, parameters: FunctionParameterClauseSyntax?,
    effects: FunctionEffectSpecifiersSyntax?, result: TypeSyntax?, form: Body.Form
  ) -> SyntaxVisitorContinueKind {
    depth += 1
    throwing.append(effects?.throwsClause?.trimmedDescription ?? "")
    guard depth == 1, let statements, let first = statements.first, let last = statements.last else {
      return .visitChildren
    }
    let type = result?.trimmedDescription ?? "Void"
    let isVoid = ["Void", "()"].contains(type)
    let (signature, arguments) = Self.forwarding(parameters)
    let calls = (effects?.throwsClause == nil ? "" : "try ") + (effects?.asyncSpecifier == nil ? "" : "await ")
    bodies.append(
      Body(
        range: Self.range(first).lowerBound..<Self.range(last).upperBound,
        form: type.contains("some ") && form == .apart ? .within : form,
        returnsImplicitly: !isVoid && statements.count == 1 && Self.isExpression(first), isVoid: isVoid,
        signature: "(\(signature)) \(effects?.trimmedDescription ?? "")\(isVoid ? "" : " -> \(type)")",
        arguments: "(\(arguments))", effects: calls))
    return .visitChildren
  }

  private func leave() {
    depth -= 1
    throwing.removeLast()
  }

  /// Whether a lone item is an expression: for `if` and `switch`, whether each branch is one expression.
  private static func isExpression(_ item: CodeBlockItemSyntax) -> Bool {
    switch item.item {
    case .expr(let expression): isExpression(expression)
    case .stmt(let statement): statement.as(ExpressionStmtSyntax.self).map { isExpression($0.expression) } ?? false
    case .decl: false
    }
  }

  private static func isExpression(_ expression: ExprSyntax) -> Bool {
    func isBranch(_ items: CodeBlockItemListSyntax) -> Bool {
      guard items.count == 1, let item = items.first else { return false }
      if case .stmt(let statement) = item.item, statement.is(ThrowStmtSyntax.self) { return true }
      return isExpression(item)
    }
    if let choice = expression.as(IfExprSyntax.self) {
      return switch choice.elseBody {
      case .codeBlock(let block)?: isBranch(choice.body.statements) && isBranch(block.statements)
      case .ifExpr(let next)?: isBranch(choice.body.statements) && isExpression(ExprSyntax(next))
      case nil: false
      }
    }
    if let choice = expression.as(SwitchExprSyntax.self) {
      return choice.cases.allSatisfy { $0.as(SwitchCaseSyntax.self).map { isBranch($0.statements) } ?? false }
    }
    return true
  }

  /// Parameters without labels, and the arguments that pass them on.
  private static func forwarding(_ clause: FunctionParameterClauseSyntax?) -> (String, String) {
    var parameters: [String] = []
    var arguments: [String] = []
    for parameter in clause?.parameters ?? [] {
      let name = (parameter.secondName ?? parameter.firstName).text
      guard name != "_" else { continue }
      let type = parameter.type.trimmedDescription
      parameters.append("_ \(name): \(type)")
      arguments.append((type.hasPrefix("inout ") ? "&" : "") + (type.contains("@autoclosure") ? "\(name)()" : name))
    }
    return (parameters.joined(separator: ", "), arguments.joined(separator: ", "))
  }

  // MARK: Statements

  override func visit(_ node: CodeBlockItemSyntax) -> SyntaxVisitorContinueKind {
    guard let list = node.parent?.as(CodeBlockItemListSyntax.self), depth > 0 || isInMultipleClosure(list) else {
      return .visitChildren
    }
    // The one expression of a closure belongs to the statement around it.
    if let closure = list.parent?.as(ClosureExprSyntax.self), closure.statements.count == 1 { return .visitChildren }
    switch node.item {
    case .expr(let expression):
      if isBranch(expression) { return .visitChildren }
      add(form(of: list), expression)
    case .stmt(let statement):
      guard let result = statement.as(ReturnStmtSyntax.self), let value = result.expression, !isBranch(value) else {
        return .visitChildren
      }
      add(.statement, result)
    case .decl: break
    }
    return .visitChildren
  }

  private func isInMultipleClosure(_ list: CodeBlockItemListSyntax) -> Bool {
    (list.parent?.as(ClosureExprSyntax.self)?.statements.count ?? 0) > 1
  }

  private func isBranch(_ expression: ExprSyntax) -> Bool {
    expression.is(IfExprSyntax.self) || expression.is(SwitchExprSyntax.self)
  }

  /// A lone expression is the result of a function, or the value of a branch, or a statement.
  private func form(of list: CodeBlockItemListSyntax) -> Unit.Form {
    guard list.count == 1, let parent = list.parent else { return .statement }
    if let block = parent.as(AccessorBlockSyntax.self) {
      if case .getter = block.accessors { return .implicitReturn }
    }
    if let accessor = parent.parent?.as(AccessorDeclSyntax.self) {
      return accessor.accessorSpecifier.text == "get" ? .implicitReturn : .statement
    }
    if let function = parent.parent?.as(FunctionDeclSyntax.self) {
      let type = function.signature.returnClause?.type.trimmedDescription ?? "Void"
      return ["Void", "()"].contains(type) ? .statement : .implicitReturn
    }
    return isValue(Syntax(list)) ? .value : .statement
  }

  /// Whether a list of statements is the branch of an `if` or `switch` whose value is used.
  private func isValue(_ list: Syntax) -> Bool {
    var node = list.parent
    while let current = node,
      current.is(CodeBlockSyntax.self) || current.is(SwitchCaseSyntax.self)
        || current.is(SwitchCaseListSyntax.self) || current.is(IfConfigClauseSyntax.self)
    { node = current.parent }
    guard var branch = node, branch.is(IfExprSyntax.self) || branch.is(SwitchExprSyntax.self) else { return false }
    while let outer = branch.parent, outer.is(IfExprSyntax.self) { branch = outer }
    guard Self.isExpression(branch.cast(ExprSyntax.self)) else { return false }
    guard var parent = branch.parent else { return false }
    if parent.is(InitializerClauseSyntax.self) || parent.is(ReturnStmtSyntax.self) { return true }
    if let operands = parent.as(InfixOperatorExprSyntax.self) { return operands.rightOperand.id == branch.id }
    if parent.is(ExpressionStmtSyntax.self), let outer = parent.parent { parent = outer }
    guard let item = parent.as(CodeBlockItemSyntax.self), let items = item.parent?.as(CodeBlockItemListSyntax.self)
    else { return false }
    if items.parent?.is(ClosureExprSyntax.self) == true { return items.count == 1 }
    return form(of: items) != .statement
  }

  override func visit(_ node: PatternBindingSyntax) -> SyntaxVisitorContinueKind {
    guard let value = node.initializer?.value, !isBranch(value) else { return .visitChildren }
    let isLazy =
      node.parent?.parent?.as(VariableDeclSyntax.self)?.modifiers.contains { $0.name.text == "lazy" } ?? false
    if !isLazy { add(.value, value) }
    return .visitChildren
  }

  override func visit(_ node: ConditionElementSyntax) -> SyntaxVisitorContinueKind {
    switch node.condition {
    case .expression(let condition): add(.condition, condition)
    case .optionalBinding(let binding): if let value = binding.initializer?.value { add(.closure, value) }
    case .matchingPattern(let pattern): add(.closure, pattern.initializer.value)
    default: break
    }
    return .visitChildren
  }

  override func visit(_ node: ForStmtSyntax) -> SyntaxVisitorContinueKind {
    add(.closure, node.sequence)
    if let condition = node.whereClause?.condition { add(.condition, condition) }
    return .visitChildren
  }

  override func visit(_ node: SwitchExprSyntax) -> SyntaxVisitorContinueKind {
    add(.closure, node.subject)
    return .visitChildren
  }

  override func visit(_ node: RepeatStmtSyntax) -> SyntaxVisitorContinueKind {
    add(.condition, node.condition)
    return .visitChildren
  }

  override func visit(_ node: FunctionParameterSyntax) -> SyntaxVisitorContinueKind {
    if let value = node.defaultValue?.value { add(.closure, value) }
    return .skipChildren
  }

  override func visit(_ node: EnumCaseDeclSyntax) -> SyntaxVisitorContinueKind { .skipChildren }
  override func visit(_ node: AttributeSyntax) -> SyntaxVisitorContinueKind { .skipChildren }
}

/// Whether an expression tries something, outside closures in it.
private final class TryFinder: SyntaxVisitor {
  private var found = false

  static func tries(_ node: Syntax) -> Bool {
    let finder = TryFinder(viewMode: .sourceAccurate)
    finder.walk(node)
    return finder.found
  }

  override func visit(_ node: TryExprSyntax) -> SyntaxVisitorContinueKind {
    if node.questionOrExclamationMark == nil { found = true }
    return .visitChildren
  }
  override func visit(_ node: ClosureExprSyntax) -> SyntaxVisitorContinueKind { .skipChildren }
}
