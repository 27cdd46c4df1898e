import Foundation

/// A copy of a package in which every mutant is present.
struct InstrumentedPackage {
  let package: URL
  /// The folder of the copy.
  let copy: URL
  let configuration: Configuration
  private(set) var files: [SourceFile]
  /// What the compiler did not take, from one build to the next.
  private(set) var rejected = Rejected()
  /// In how many rounds a unit had errors.
  private var rounds: [Int: Int] = [:]

  /// What cannot be written as a choice.
  struct Rejected: Equatable {
    /// Mutants that do not compile, and the message of the compiler.
    var mutants: [Int: String] = [:]
    /// Units, as their numbers in the package: the choice itself does not compile.
    var units: [Int: String] = [:]
    /// How far bodies were simplified, by file and index.
    var bodies: [String: Int] = [:]
  }

  /// The same, by names that outlast a build.
  private struct KeptRejected: Codable {
    var mutants: [String: String]
    var units: [String: String]
    var bodies: [String: Int]
  }

  /// The files of a package that have mutants, numbered.
  static func files(_ package: URL, _ configuration: Configuration) throws -> [SourceFile] {
    let names = try sources(package).filter { configuration.part(of: $0) != nil }
    var files = try names.map { name in
      try SourceFile(
        path: name, text: String(contentsOf: package.appendingPathComponent(name), encoding: .utf8),
        configuration: configuration)
    }
    var number = 0
    for file in files.indices {
      for index in files[file].mutants.indices {
        number += 1
        files[file].mutants[index].id = number
      }
    }
    return files.filter { !$0.mutants.isEmpty }
  }

  /// The Swift files below `Sources`, without links: what links to a file is changed with it.
  private static func sources(_ package: URL) throws -> [String] {
    let root = package.appendingPathComponent("Sources")
    guard let all = FileManager.default.enumerator(atPath: root.path) else {
      throw Trouble("\(package.path) has no folder Sources. Give the folder of a Swift package with --package.")
    }
    return all.compactMap { $0 as? String }.filter { name in
      let path = root.appendingPathComponent(name).path
      return name.hasSuffix(".swift") && (try? FileManager.default.destinationOfSymbolicLink(atPath: path)) == nil
    }.map { "Sources/" + $0 }.sorted()
  }

  init(package: URL, copy: URL, configuration: Configuration, files: [SourceFile]) {
    (self.package, self.copy, self.configuration, self.files) = (package, copy, configuration, files)
  }

  /// The number of the first unit of each file.
  var firstUnits: [Int] {
    files.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.units.count) }
  }

  /// The number of the first body of each file; bodies are numbered after all units.
  var firstBodies: [Int] {
    files.reduce(into: [firstUnits.last!]) { $0.append($0[$0.count - 1] + $1.bodies.count) }
  }

  /// Where a mutant is: the number of its unit, and of the body around it.
  struct Spot: Sendable {
    var unit: Int?
    var body: Int?
  }

  /// The places of the mutants that are present, by their numbers.
  var spots: [Int: Spot] {
    var spots: [Int: Spot] = [:]
    for (file, (firstUnit, firstBody)) in zip(files, zip(firstUnits, firstBodies)) {
      func body(around offset: Int) -> Int? {
        file.bodies.firstIndex { $0.form != .none && $0.range.contains(offset) }.map { firstBody + $0 }
      }
      for (index, unit) in file.units.enumerated() where rejected.units[firstUnit + index] == nil {
        let spot = Spot(unit: firstUnit + index, body: body(around: unit.range.lowerBound))
        for mutant in unit.mutants { spots[file.mutants[mutant].id] = spot }
      }
      for (index, body) in file.bodies.enumerated() where body.form != .none {
        for mutant in body.early { spots[file.mutants[mutant].id] = Spot(unit: nil, body: firstBody + index) }
      }
    }
    return spots.filter { rejected.mutants[$0.key] == nil }
  }

  // MARK: Building

  /// Writes the copy and builds programs and tests; what the compiler rejects is left out, and the build repeated.
  mutating func build(log: (String) -> Void) throws {
    try synchronise()
    restoreRejected()
    applyBodies()
    for round in 1...40 {
      let written = try write()
      let started = Date()
      let arguments = ["build", "-c", "release"] + configuration.buildArguments
      var result = try Shell.run("swift", arguments, at: copy, limit: 3600)
      if result.code == 0 { result = try Shell.run("swift", arguments + ["--build-tests"], at: copy, limit: 3600) }
      let seconds = Int(Date().timeIntervalSince(started))
      if result.code == 0 {
        log("built in \(seconds) s (round \(round))")
        return
      }
      let before = rejected
      let errors = Diagnostics.errors(result.output)
      reject(errors, written: written)
      if rejected == before { rejectNearby(errors, written: written) }
      log(
        "round \(round), \(seconds) s: \(rejected.mutants.count) mutants do not compile, \(rejected.units.count) places "
          + "take no choice, \(rejected.bodies.count) bodies are written otherwise")
      guard rejected != before else {
        throw Trouble("the instrumented package does not build:\n\(result.output.suffix(4000))")
      }
      try saveRejected()
      applyBodies()
    }
    throw Trouble("the instrumented package does not build after 40 rounds")
  }

  private var rejectedFile: URL { copy.appendingPathComponent("../rejected.json").standardizedFileURL }

  /// Numbers change from build to build, so what is kept is named by file, text and place.
  private func names() -> (mutants: [Int: String], units: [Int: String], bodies: [String: String]) {
    var mutants: [Int: String] = [:]
    var units: [Int: String] = [:]
    var bodies: [String: String] = [:]
    for (file, first) in zip(files, firstUnits) {
      // Fowler, Noll and Vo, 1991: the text that offsets refer to.
      let hash = file.bytes.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
      for mutant in file.mutants {
        mutants[mutant.id] = "\(hash) \(mutant.offset) \(mutant.operation.rawValue) \(mutant.place.change)"
      }
      for (index, unit) in file.units.enumerated() { units[first + index] = "\(hash) \(unit.range)" }
      for (index, body) in file.bodies.enumerated() { bodies["\(file.path)#\(index)"] = "\(hash) \(body.range)" }
    }
    return (mutants, units, bodies)
  }

  private func saveRejected() throws {
    let names = names()
    let kept = KeptRejected(
      mutants: Dictionary(uniqueKeysWithValues: rejected.mutants.map { (names.mutants[$0]!, $1) }),
      units: Dictionary(uniqueKeysWithValues: rejected.units.map { (names.units[$0]!, $1) }),
      bodies: Dictionary(uniqueKeysWithValues: rejected.bodies.map { (names.bodies[$0]!, $1) }))
    try JSONEncoder().encode(kept).write(to: rejectedFile, options: .atomic)
  }

  private mutating func restoreRejected() {
    guard let data = try? Data(contentsOf: rejectedFile),
      let kept = try? JSONDecoder().decode(KeptRejected.self, from: data)
    else { return }
    let names = names()
    rejected.mutants = names.mutants.compactMapValues { kept.mutants[$0] }
    rejected.units = names.units.compactMapValues { kept.units[$0] }
    rejected.bodies = names.bodies.compactMapValues { kept.bodies[$0] }
  }

  private mutating func applyBodies() {
    for file in files.indices {
      for body in files[file].bodies.indices {
        switch rejected.bodies["\(files[file].path)#\(body)"] {
        case 1: files[file].bodies[body].form = .within
        case 2: files[file].bodies[body].form = .none
        default: break
        }
      }
    }
  }

  /// Writes the instrumented files.
  /// - Returns: The writers by the path of their file.
  private func write() throws -> [String: (Int, Instrumenter)] {
    var written: [String: (Int, Instrumenter)] = [:]
    let dropped = Set(rejected.mutants.keys)
    let firstBodies = self.firstBodies
    for (index, (file, first)) in zip(files, firstUnits).enumerated() {
      let disabled = Set(file.units.indices.filter { rejected.units[first + $0] != nil })
      let writer = Instrumenter(
        file, firstUnit: first, firstBody: firstBodies[index], dropped: dropped, disabled: disabled)
      let target = copy.appendingPathComponent(file.path)
      let data = Data(writer.output)
      if (try? Data(contentsOf: target)) != data { try data.write(to: target) }
      written[file.path] = (index, writer)
    }
    return written
  }

  /// Assigns each error to the innermost mutant, unit or body around it.
  private mutating func reject(_ errors: [Diagnostics.Message], written: [String: (Int, Instrumenter)]) {
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
  private mutating func rejectNearby(_ errors: [Diagnostics.Message], written: [String: (Int, Instrumenter)]) {
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
