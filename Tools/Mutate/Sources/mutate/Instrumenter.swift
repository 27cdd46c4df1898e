/// Writes a source file in which every mutant is present and one is chosen at run time.
struct Instrumenter {
  /// What a piece of the written file belongs to.
  enum Owner: Hashable, Sendable { case mutant(Int), unit(Int), body(Int) }

  private let file: SourceFile
  private let dropped: Set<Int>
  private let disabled: Set<Int>
  /// The number of the first unit of this file among those of the package.
  private let firstUnit: Int
  /// Likewise of the first body, which come after all units.
  private let firstBody: Int
  private(set) var output: [UInt8] = []
  /// Pieces of the output, inner ones after outer ones.
  private(set) var owners: [(range: Range<Int>, owner: Owner)] = []

  /// - Parameters:
  ///   - dropped: The numbers of mutants that are left out.
  ///   - disabled: The indices of units that are written without a choice.
  init(_ file: SourceFile, firstUnit: Int, firstBody: Int, dropped: Set<Int>, disabled: Set<Int>) {
    self.file = file
    self.firstUnit = firstUnit
    self.firstBody = firstBody
    self.dropped = dropped
    self.disabled = disabled
    append("import MutateRuntime\nimport MutateSupport\n")
    render(0..<file.bytes.count, body: nil, choices: true)
  }

  private mutating func append(_ text: String) { output.append(contentsOf: text.utf8) }

  private mutating func owned(_ owner: Owner, _ write: (inout Instrumenter) -> Void) {
    let start = output.count
    let slot = owners.count
    owners.append((start..<start, owner))
    write(&self)
    owners[slot].range = start..<output.count
  }

  /// The mutants that are written at a unit.
  private func present(_ unit: Int) -> [Mutant] {
    disabled.contains(unit)
      ? [] : file.units[unit].mutants.map { file.mutants[$0] }.filter { !dropped.contains($0.id) }
  }

  /// Writes a range of the source: bodies twice, and units with their choices if `choices`, within a body or outside all.
  private mutating func render(_ range: Range<Int>, body: Int?, choices: Bool) {
    var position = range.lowerBound
    while let (next, write) = nextPiece(from: position, in: range, body: body, choices: choices) {
      output.append(contentsOf: file.bytes[position..<next.lowerBound])
      write(&self)
      position = next.upperBound
    }
    output.append(contentsOf: file.bytes[position..<range.upperBound])
  }

  private typealias Piece = (Range<Int>, (inout Instrumenter) -> Void)

  private func nextPiece(from position: Int, in range: Range<Int>, body: Int?, choices: Bool) -> Piece? {
    guard choices else { return nil }
    let unit = file.units.indices.first {
      let unit = file.units[$0].range
      return unit.lowerBound >= position && unit.upperBound <= range.upperBound && unit != range
    }
    let inner =
      body != nil
      ? nil
      : file.bodies.indices.first {
        let inner = file.bodies[$0].range
        return inner.lowerBound >= position && inner.upperBound <= range.upperBound
          && file.bodies[$0].form != .none
      }
    let unitStart = unit.map { file.units[$0].range.lowerBound } ?? Int.max
    let bodyStart = inner.map { file.bodies[$0].range.lowerBound } ?? Int.max
    if let inner, bodyStart <= unitStart { return (file.bodies[inner].range, { $0.renderBody(inner) }) }
    if let unit { return (file.units[unit].range, { $0.renderUnit(unit, body: body) }) }
    return nil
  }

  // MARK: Bodies

  private mutating func renderBody(_ index: Int) {
    let body = file.bodies[index]
    let numbers = file.units.indices.filter { body.range.contains(file.units[$0].range.lowerBound) }
      .flatMap(present).map(\.id)
    let early = body.early.map { file.mutants[$0] }.filter { !dropped.contains($0.id) }
    let all = numbers + early.map(\.id)
    let original = (body.returnsImplicitly ? "return " : "") + file.text(body.range)
    guard let low = all.min(), let high = all.max() else { return append(file.text(body.range)) }
    owned(.body(index)) { writer in
      writer.append("if mutate_in(\(low), \(high), \(writer.firstBody + index)) {\n")
      if body.form == .apart {
        writer.append("@inline(never) @_semantics(\"optimize.sil.specialize.generic.never\")\n")
        writer.append("func mutate_body\(body.signature) {\n")
      }
      writer.renderEarly(early)
      // The unit that is the whole body is rendered by name, because a range does not hold itself.
      writer.renderWhole(body.range, body: index)
      if body.form == .apart {
        writer.append("\n}\nreturn \(body.effects)mutate_body\(body.arguments)\n}\n")
      } else {
        writer.append(body.isVoid ? "\nreturn\n}\n" : "\n}\n")
      }
      writer.append(original)
    }
  }

  private mutating func renderEarly(_ mutants: [Mutant]) {
    for mutant in mutants {
      owned(.mutant(mutant.id)) { $0.append("if mutate_active == \(mutant.id) { \(mutant.replacement) }\n") }
    }
  }

  private mutating func renderWhole(_ range: Range<Int>, body: Int) {
    if let unit = file.units.indices.first(where: { file.units[$0].range == range && !present($0).isEmpty }) {
      renderUnit(unit, body: body)
    } else {
      if file.bodies[body].returnsImplicitly { append("return ") }
      render(range, body: body, choices: true)
    }
  }

  // MARK: Units

  private mutating func renderUnit(_ index: Int, body: Int?) {
    let unit = file.units[index]
    let mutants = present(index)
    guard !mutants.isEmpty else {
      return owned(.unit(index)) { $0.render(unit.range, body: body ?? -1, choices: true) }
    }
    owned(.unit(index)) { writer in
      let (opening, result, closing) = Self.frame(unit)
      writer.append("\(opening)switch mutate_at(\(writer.firstUnit + index)) {\n")
      for mutant in mutants {
        writer.append("case \(mutant.id):\n")
        writer.owned(.mutant(mutant.id)) { $0.alternative(mutant, unit, result) }
        writer.append("\n")
      }
      writer.append("default:\n\(result)")
      writer.render(unit.range, body: body ?? -1, choices: true)
      writer.append("\n}\(closing)")
    }
  }

  private mutating func alternative(_ mutant: Mutant, _ unit: Unit, _ result: String) {
    let text =
      file.text(unit.range.lowerBound..<mutant.range.lowerBound) + mutant.replacement
      + file.text(mutant.range.upperBound..<unit.range.upperBound)
    append(text.allSatisfy(\.isWhitespace) ? "break" : result + text)
  }

  /// What stands before the choice, before each result, and after it.
  private static func frame(_ unit: Unit) -> (String, String, String) {
    let attempt = unit.tries ? "try " : ""
    let throwing = unit.tries ? (unit.throwing.isEmpty ? "throws" : unit.throwing) : ""
    return switch unit.form {
    case .statement, .value: ("", "", "")
    case .implicitReturn: ("", "return ", "")
    case .condition: ("(\(attempt){ () \(throwing) -> Bool in\n", "return ", " }())")
    case .closure: ("(\(attempt){\n", "return ", " }())")
    }
  }
}
