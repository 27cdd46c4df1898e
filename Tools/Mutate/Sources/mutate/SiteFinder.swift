import SwiftOperators
import SwiftParser
import SwiftSyntax

/// Finds the places of a source file where a small change alters the meaning.
final class SiteFinder: SyntaxVisitor {
  private let file: String
  private let converter: SourceLocationConverter
  private(set) var sites: [Site] = []

  private init(file: String, tree: Syntax) {
    self.file = file
    converter = SourceLocationConverter(fileName: file, tree: tree)
    super.init(viewMode: .sourceAccurate)
  }

  /// All sites of a file.
  static func sites(in text: String, file: String) throws -> [Site] {
    let tree = try OperatorTable.standardOperators.foldAll(Parser.parse(source: text))
    let finder = SiteFinder(file: file, tree: tree)
    finder.walk(tree)
    return finder.sites
  }

  private func add(_ kind: Site.Kind, _ node: some SyntaxProtocol, _ replacement: String) {
    let original = node.trimmedDescription
    guard original != replacement else { return }
    let start = node.positionAfterSkippingLeadingTrivia
    sites.append(
      Site(
        file: file, line: converter.location(for: start).line, offset: start.utf8Offset, original: original,
        replacement: replacement, kind: kind))
  }

  // Messages, and code that is not run, cannot change a number, so these nodes are skipped.

  override func visit(_ node: StringLiteralExprSyntax) -> SyntaxVisitorContinueKind { .skipChildren }
  override func visit(_ node: AttributeSyntax) -> SyntaxVisitorContinueKind { .skipChildren }
  override func visit(_ node: ThrowStmtSyntax) -> SyntaxVisitorContinueKind { .skipChildren }
  override func visit(_ node: ImportDeclSyntax) -> SyntaxVisitorContinueKind { .skipChildren }
  override func visit(_ node: IfConfigClauseSyntax) -> SyntaxVisitorContinueKind { .skipChildren }

  override func visit(_ node: FunctionCallExprSyntax) -> SyntaxVisitorContinueKind {
    let name = node.calledExpression.trimmedDescription
    if ["precondition", "RequestError", "notes.append", "SplitMix64"].contains(name) { return .skipChildren }
    let exchanged = ["sin": "cos", "cos": "sin", "floor": "ceil", "ceil": "floor", "min": "max", "max": "min"]
    if let other = exchanged[name] { add(.function, node.calledExpression, other) }
    if name == "abs", let argument = node.arguments.first { add(.function, node, "(\(argument.trimmedDescription))") }
    if node.calledExpression.is(MemberAccessExprSyntax.self), name.hasSuffix(".cross"),
      let argument = node.arguments.first
    {
      let base = name.dropLast(".cross".count)
      add(.sign, node, "(\(argument.trimmedDescription)).cross(\(base))")
    }
    return .visitChildren
  }

  override func visit(_ node: InfixOperatorExprSyntax) -> SyntaxVisitorContinueKind {
    let exchanged: [String: (Site.Kind, String)] = [
      "+": (.sign, "-"), "-": (.sign, "+"), "+=": (.sign, "-="), "-=": (.sign, "+="), "*": (.product, "/"),
      "/": (.product, "*"), "*=": (.product, "/="), "<": (.comparison, "<="), "<=": (.comparison, "<"),
      ">": (.comparison, ">="), ">=": (.comparison, ">"), "==": (.comparison, "!="), "!=": (.comparison, "=="),
      "&&": (.logic, "||"), "||": (.logic, "&&"), "..<": (.range, "..."), "...": (.range, "..<"),
    ]
    let symbol = node.operator.trimmedDescription
    if let (kind, other) = exchanged[symbol] { add(kind, node.operator, other) }
    if symbol == "+" || symbol == "-" { add(.droppedTerm, node, "(\(node.leftOperand.trimmedDescription))") }
    if symbol == "*" || symbol == "/" { add(.droppedTerm, node, "(\(node.leftOperand.trimmedDescription))") }
    return .visitChildren
  }

  override func visit(_ node: PrefixOperatorExprSyntax) -> SyntaxVisitorContinueKind {
    let symbol = node.operator.text
    if symbol == "-" { add(.sign, node, "(\(node.expression.trimmedDescription))") }
    if symbol == "!" { add(.logic, node, "(\(node.expression.trimmedDescription))") }
    return .visitChildren
  }

  override func visit(_ node: MemberAccessExprSyntax) -> SyntaxVisitorContinueKind {
    let exchanged = ["x": "y", "y": "z", "z": "x", "fast": "slow", "slow": "fast", "row1": "row2", "row2": "row3"]
    let name = node.declName.baseName
    if node.base != nil, let other = exchanged[name.text] { add(.axis, name, other) }
    return .visitChildren
  }

  override func visit(_ node: FloatLiteralExprSyntax) -> SyntaxVisitorContinueKind {
    let text = node.literal.text
    add(.constant, node, text.allSatisfy { "0.".contains($0) } ? "1e-6" : "(\(text) * 1.000001)")
    return .skipChildren
  }

  override func visit(_ node: IntegerLiteralExprSyntax) -> SyntaxVisitorContinueKind {
    guard let value = Int(node.literal.text.filter { $0 != "_" }) else { return .skipChildren }
    add(.offByOne, node, "\(value + 1)")
    return .skipChildren
  }

  override func visit(_ node: BooleanLiteralExprSyntax) -> SyntaxVisitorContinueKind {
    add(.logic, node, node.literal.text == "true" ? "false" : "true")
    return .skipChildren
  }
}

/// Chooses sites at random by seed, taking the kinds in turn, so that rare kinds are not outnumbered by frequent ones.
func sample(_ sites: [Site], count: Int, seed: UInt64) -> [Site] {
  var state = seed
  func next() -> UInt64 {
    // SplitMix64 (Steele, Lea and Flood, 2014).
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
  var byKind = Dictionary(grouping: sites, by: \.kind)
  var chosen: [Site] = []
  while chosen.count < count, byKind.values.contains(where: { !$0.isEmpty }) {
    for kind in Site.Kind.allCases where chosen.count < count {
      guard var rest = byKind[kind], !rest.isEmpty else { continue }
      chosen.append(rest.remove(at: Int(next() % UInt64(rest.count))))
      byKind[kind] = rest
    }
  }
  return chosen
}
