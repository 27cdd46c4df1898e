import Foundation

/// A copy of a package in which every mutant is present.
struct InstrumentedPackage {
  let package: URL
  /// The folder of the copy.
  let copy: URL
  let configuration: Configuration
  var files: [SourceFile]
  /// The numbers of the mutants that are written; all if nil.
  var chosen: Set<Int>?
  /// What the compiler did not take, from one build to the next.
  var rejected = Rejected()
  /// In how many rounds a unit had errors.
  var rounds: [Int: Int] = [:]

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

  /// The compiler reports the errors of one stage of one module at a time.
  private static let roundLimit = 150

  /// Writes the copy and builds programs and tests; what the compiler rejects is left out, and the build repeated.
  mutating func build(log: (String) -> Void) throws {
    try synchronise()
    restoreRejected()
    applyBodies()
    for round in 1...Self.roundLimit {
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
    throw Trouble("the instrumented package does not build after \(Self.roundLimit) rounds")
  }

  private var rejectedFile: URL { copy.appendingPathComponent("../rejected.json").standardizedFileURL }

  /// Numbers change from build to build, so what is kept is named by file, text and place.
  private func names() -> (mutants: [Int: String], units: [Int: String], bodies: [String: String]) {
    var mutants: [Int: String] = [:]
    var units: [Int: String] = [:]
    var bodies: [String: String] = [:]
    for (file, first) in zip(files, firstUnits) {
      // The text that offsets refer to.
      let hash = fingerprint(file.bytes)
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
    var dropped = Set(rejected.mutants.keys)
    if let chosen { dropped.formUnion(files.flatMap(\.mutants).map(\.id).filter { !chosen.contains($0) }) }
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
}

/// A number that tells texts apart (Fowler, Noll and Vo, 1991).
func fingerprint(_ bytes: some Sequence<UInt8>) -> UInt64 {
  bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
}
