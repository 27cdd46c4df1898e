import Foundation
import SwiftOperators
import SwiftParser
import SwiftSyntax

extension SourceFile {
  /// A unit is divided if its repetitions come to more bytes than this.
  private static let largestRepetition = 40_000

  /// Parses a file. Mutants are numbered later.
  init(path: String, text: String, configuration: Configuration) throws {
    let tree = try OperatorTable.standardOperators.foldAll(Parser.parse(source: text))
    let finder = UnitFinder()
    finder.walk(tree)
    self.init(
      path: path, bytes: Array(text.utf8),
      mutants: MutantFinder.mutants(in: tree, text: text, file: path, configuration: configuration),
      units: finder.units, bodies: finder.bodies)
    assign()
    let long = units.filter { $0.mutants.count * $0.range.count > Self.largestRepetition }
    guard !long.isEmpty else { return }
    for unit in long {
      units += ExpressionUnits.units(
        of: unit, places: unit.mutants.map { mutants[$0].offset }, in: tree, limit: Self.largestRepetition)
    }
    assign()
  }

  /// Gives each mutant to the innermost unit that holds it, and early returns to their bodies.
  private mutating func assign() {
    units.sort { ($0.range.lowerBound, -$0.range.upperBound) < ($1.range.lowerBound, -$1.range.upperBound) }
    for index in units.indices { units[index].mutants = [] }
    for index in bodies.indices { bodies[index].early = [] }
    for (number, mutant) in mutants.enumerated() {
      if mutant.operation == .earlyReturn {
        if let body = bodies.firstIndex(where: { $0.range.lowerBound == mutant.offset }) {
          bodies[body].early.append(number)
        }
        continue
      }
      let holding = units.indices.filter {
        units[$0].range.lowerBound <= mutant.range.lowerBound && mutant.range.upperBound <= units[$0].range.upperBound
      }
      if let unit = holding.min(by: { units[$0].range.count < units[$1].range.count }) {
        units[unit].mutants.append(number)
      }
    }
  }
}
