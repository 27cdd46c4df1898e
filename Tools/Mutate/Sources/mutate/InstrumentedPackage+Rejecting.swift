import Foundation

/// What is left out after the compiler rejected something.
extension InstrumentedPackage {
  /// Assigns each error to the innermost mutant, unit or body around it.
  mutating func reject(_ errors: [Diagnostics.Message], written: [String: (Int, Instrumenter)]) {
    let firstUnits = self.firstUnits
    var units = Set<Int>()
    defer { giveUp(units) }
    for error in errors {
      let path = resolved(error.file)
      guard let (index, writer) = written[path] else { continue }
      let table = LineTable(String(decoding: writer.output, as: UTF8.self))
      let offset = table.offset(line: error.line, column: error.column)
      let around = writer.owners.filter { $0.range.contains(offset) || $0.range.lowerBound == offset }
      // What the compiler says of the end of a body stands behind it.
      let before = writer.owners.last { owner in
        if case .mutant = owner.owner { return false }
        return owner.range.upperBound <= offset
      }
      let body = around.lazy.reversed().first { if case .body = $0.owner { true } else { false } } ?? before
      if error.text.contains("initializ") || error.text.contains("self.init"), case .body(let number)? = body?.owner,
        dropStatements(of: number, in: index, error.text)
      {
        continue
      }
      // A pattern stands before what it takes apart.
      let after = writer.owners.first { owner in
        guard case .unit = owner.owner else { return false }
        return offset <= owner.range.lowerBound && table.position(owner.range.lowerBound).line == error.line
      }
      switch (around.last { if case .body = $0.owner { false } else { true } } ?? after ?? around.last ?? before)?.owner
      {
      case .mutant(let id):
        rejected.mutants[id] = error.text
        if error.text.contains("reasonable time") { rejectWrapped(besides: id, in: files[index], error.text) }
        units.formUnion(
          around.compactMap { if case .unit(let unit) = $0.owner { firstUnits[index] + unit } else { nil } })
      case .unit(let unit):
        let isPlain =
          rejected.units[firstUnits[index] + unit] != nil
          || files[index].units[unit].mutants.allSatisfy { rejected.mutants[files[index].mutants[$0].id] != nil }
        let vague = error.text.hasPrefix("failed to produce diagnostic")
        let related = isPlain || vague ? inner(unit, in: files[index], firstUnits[index]) : [unit]
        if isPlain, related.isEmpty, case .body(let body)? = body?.owner {
          rejectBody(body, in: index)
        } else {
          for unit in related.isEmpty ? [unit] : related { rejected.units[firstUnits[index] + unit] = error.text }
        }
      case .body(let body):
        rejectBody(body, in: index)
      case nil: break
      }
    }
  }

  /// What a choice made of a type can be reported elsewhere: the nearest choice is given up.
  mutating func rejectNearby(_ errors: [Diagnostics.Message], written: [String: (Int, Instrumenter)]) {
    let firstUnits = self.firstUnits
    for error in errors {
      guard let (index, writer) = written[resolved(error.file)] else { continue }
      let table = LineTable(String(decoding: writer.output, as: UTF8.self))
      let offset = table.offset(line: error.line, column: error.column)
      let units = writer.owners.compactMap { owner -> (unit: Int, distance: Int)? in
        guard case .unit(let unit) = owner.owner, rejected.units[firstUnits[index] + unit] == nil else { return nil }
        return (firstUnits[index] + unit, abs(owner.range.lowerBound - offset))
      }
      if let nearest = units.min(by: { $0.distance < $1.distance }) { rejected.units[nearest.unit] = error.text }
    }
  }

  /// Calls of `mutate_scaled` and its like can make a long sum too hard for the compiler, which reports one a round: all
  /// changes by such calls in a unit are rejected together.
  private mutating func rejectWrapped(besides id: Int, in file: SourceFile, _ message: String) {
    for unit in file.units where unit.mutants.contains(where: { file.mutants[$0].id == id }) {
      for mutant in unit.mutants.map({ file.mutants[$0] }) where mutant.replacement.hasPrefix("mutate_") {
        rejected.mutants[mutant.id] = rejected.mutants[mutant.id] ?? message
      }
    }
  }

  /// A body apart is tried within its function before it is given up.
  private mutating func rejectBody(_ body: Int, in index: Int) {
    rejected.bodies["\(files[index].path)#\(body)"] = files[index].bodies[body].form == .apart ? 1 : 2
  }

  /// The choices within a unit. For some closures with choices in them the compiler has no message of use: all of them are
  /// rejected then, not one a round.
  private func inner(_ unit: Int, in file: SourceFile, _ first: Int) -> [Int] {
    let range = file.units[unit].range
    return file.units.indices.filter {
      $0 != unit && range.contains(file.units[$0].range.lowerBound) && !file.units[$0].mutants.isEmpty
        && rejected.units[first + $0] == nil
    }
  }

  /// In closures the compiler reports one error a round. A unit that had errors in two rounds loses all exchanged arguments,
  /// which are what most errors are about.
  private mutating func giveUp(_ units: Set<Int>) {
    for (file, first) in zip(files, firstUnits) {
      for (index, unit) in file.units.enumerated() where units.contains(first + index) {
        rounds[first + index, default: 0] += 1
        guard rounds[first + index]! > 1 else { continue }
        for mutant in unit.mutants.map({ file.mutants[$0] }) where mutant.operation == .swappedArguments {
          rejected.mutants[mutant.id] = rejected.mutants[mutant.id] ?? "given up: too many errors in one closure"
        }
      }
    }
  }

  /// Statements that are left out can leave a variable without a value, which the compiler reports elsewhere.
  /// - Returns: Whether there were such statements.
  private mutating func dropStatements(of body: Int, in index: Int, _ message: String) -> Bool {
    let range = files[index].bodies[body].range
    let numbers = files[index].mutants.filter {
      $0.operation == .droppedStatement && range.contains($0.offset)
        && ($0.original.contains("=") || $0.original.contains("init("))
        && rejected.mutants[$0.id] == nil
    }.map(\.id)
    for number in numbers { rejected.mutants[number] = message }
    return !numbers.isEmpty
  }

  /// The path of a file of the copy relative to it, links followed.
  private func resolved(_ file: String) -> String {
    let url = URL(fileURLWithPath: file).resolvingSymlinksInPath()
    let root = copy.resolvingSymlinksInPath().path + "/"
    return url.path.hasPrefix(root) ? String(url.path.dropFirst(root.count)) : file
  }
}
