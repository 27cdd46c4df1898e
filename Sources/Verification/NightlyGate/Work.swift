import Foundation

/// An item of work that a night did, and its amount, with which later nights are compared.
struct Work: Hashable {
  /// `test`, `property`, `golden`, `image` or `workload`.
  let kind: String
  let name: String
  /// Cases of a property, compared numbers of a golden case, instructions counted (1) or not (0); else 1.
  let amount: Int

  /// The work of a night.
  static func of(_ record: NightRecord) -> [Work] {
    record.tests.filter { $0.name != "(the run)" }.map { Work(kind: "test", name: "\($0.suite).\($0.name)", amount: 1) }
      + record.properties.map { Work(kind: "property", name: $0.name, amount: $0.cases) }
      + record.golden.map { Work(kind: "golden", name: $0.id, amount: $0.numbers) }
      + record.images.map { Work(kind: "image", name: $0.id, amount: 1) }
      + record.benchmarks.map { Work(kind: "workload", name: $0.name, amount: $0.instructions == nil ? 0 : 1) }
  }

  static let kinds = ["test", "property", "golden", "image", "workload"]
  private static let words = [
    "test": "tests", "property": "properties", "golden": "golden cases", "image": "images", "workload": "workloads",
  ]
  private static let amounts = [
    "property": "cases", "golden": "compared numbers", "workload": "instruction counts",
  ]

  /// The earlier work that a night lacks, one or two lines per kind. Work of stages and suites that the night's plan
  /// leaves out is no loss.
  static func losses(of record: NightRecord, against earlier: [Work], night: String) -> [String] {
    let now = Dictionary(of(record).map { ("\($0.kind) \($0.name)", $0.amount) }, uniquingKeysWith: max)
    let wanted = earlier.filter { isAsked($0, of: record) && !isHindered($0, in: record) }
    return kinds.flatMap { kind -> [String] in
      let works = wanted.filter { $0.kind == kind }
      let gone = works.filter { now["\(kind) \($0.name)"] == nil }.map(\.name).sorted()
      // The plan of the night may ask for fewer cases of the properties.
      let compares = kind != "property" || record.plan.propertyCases == nil
      let fewer = works.filter { work in compares && now["\(kind) \(work.name)"].map { $0 < work.amount } ?? false }
      var lines: [String] = []
      if !gone.isEmpty {
        lines.append(
          "\(gone.count) of \(works.count) \(words[kind] ?? kind) of night \(night) are gone: \(listed(gone))")
      }
      if !fewer.isEmpty {
        let examples = fewer.sorted { $0.name < $1.name }.map { work in
          "\(work.name) (\(now["\(kind) \(work.name)"] ?? 0), was \(work.amount))"
        }
        lines.append(
          "\(fewer.count) \(words[kind] ?? kind) have fewer \(amounts[kind] ?? "parts") than in night \(night): "
            + listed(examples))
      }
      return lines
    }
  }

  private static func listed(_ names: [String]) -> String {
    names.prefix(5).joined(separator: ", ") + (names.count > 5 ? " and \(names.count - 5) more" : "")
  }

  /// Whether an obstacle of the night explains a missing item, which then is no loss.
  private static func isHindered(_ work: Work, in record: NightRecord) -> Bool {
    guard !record.obstacles.isEmpty else { return false }
    let (word, hasAny): (String, Bool) =
      switch work.kind {
      case "golden": ("golden \(work.name):", !record.golden.isEmpty)
      case "image": ("images \(work.name):", !record.images.isEmpty)
      case "workload": ("benchmarks \(work.name):", !record.benchmarks.isEmpty)
      case "test" where work.name.hasPrefix("fabio."): ("readers:", false)
      case "test" where work.name.hasPrefix("python."): ("python:", false)
      case _ where isOfMutants(work): ("mutants:", false)
      case "test": ("tests \(work.name.split(separator: ".").prefix(2).joined(separator: ".")):", !record.tests.isEmpty)
      default: ("tests ", !record.properties.isEmpty)
      }
    return !hasAny || record.obstacles.contains { $0.contains(word) }
  }

  private static func isOfMutants(_ work: Work) -> Bool {
    work.name.hasPrefix("mutate.") || work.name.hasPrefix(MutantStage.prefix)
  }

  /// Whether the plan of a night includes an item of work.
  private static func isAsked(_ work: Work, of record: NightRecord) -> Bool {
    let stages = Set(record.plan.stages)
    switch work.kind {
    case "golden": return stages.contains("golden")
    case "image": return stages.contains("images")
    case "workload": return stages.contains("benchmarks")
    case "test" where work.name.hasPrefix("fabio."): return stages.contains("readers")
    case "test" where work.name.hasPrefix("python."): return stages.contains("python")
    case _ where isOfMutants(work): return stages.contains("mutants")
    // Slurm need not be installed: without it, the stage leaves a remark.
    case "test" where work.name.hasPrefix("cluster."): return false
    default:
      guard stages.contains("tests"), let filter = record.plan.suites else { return stages.contains("tests") }
      return work.kind == "test" && work.name.range(of: filter, options: .regularExpression) != nil
    }
  }
}

extension NightRecord {
  /// Whether the night ran to its end on this package's program, with all suites and the usual number of cases.
  var hasWholeScope: Bool {
    plan.suites == nil && plan.propertyCases == nil && program?.isForeign != true && stopped == nil
  }

  /// The identities of the runs that the night is made of.
  var identities: Set<String> { parts.isEmpty ? [identity] : Set(parts.compactMap(\.identity)) }
}

extension History {
  /// The number of items, by stage, of the accepted night, else of the given night.
  func counts(_ night: Int64?) throws -> [String: Int] {
    guard let number = try acceptedNight() ?? night else { return [:] }
    let stages = ["golden": "golden", "image": "images", "workload": "benchmarks"]
    return try database.run("SELECT kind, name FROM work WHERE night = ?", [number]).reduce(into: [:]) { counts, row in
      let (kind, name): (String, String) = (try row["kind"], try row["name"])
      let suite = String(name.prefix { $0 != "." })
      let stage = (Nightly.Stage.bySuite[suite] ?? .tests).rawValue
      if let stage = kind == "test" ? stage : stages[kind] { counts[stage, default: 0] += 1 }
    }
  }

  /// The amounts of work over the nights: tests, cases of properties, golden cases, images.
  func workCourses(over nights: [Night]) throws -> [Course] {
    let names = [
      ("test", "tests"), ("property", "cases of properties"), ("golden", "golden cases"), ("image", "images"),
    ]
    return try names.map { kind, name in
      let rows = try database.run(
        "SELECT night, COUNT(*) AS items, SUM(amount) AS amount FROM work WHERE kind = ? GROUP BY night", [kind])
      let counts = try rows.reduce(into: [Int64: Double]()) { counts, row in
        counts[try row["night"]] = try row[kind == "property" ? "amount" : "items"]
      }
      return Course(name: name, values: nights.map { counts[$0.id] })
    }.filter { $0.values.contains { $0 != nil } }
  }

  /// Compares a night with earlier nights: lost work, steps of its figures, and properties that drift towards their
  /// tolerance.
  package func judge(_ record: inout NightRecord) throws {
    let nights = try self.nights(last: 400).filter { night in
      record.identities.isDisjoint(with: night.identities)
    }
    try judgeWork(&record, nights)
    if record.program?.isForeign != true {
      for index in record.benchmarks.indices { try judgeFigures(&record.benchmarks[index], nights) }
    }
    try judgeDrift(&record, nights)
  }

  /// Compares the work of a whole night with that of the accepted night; without one, with the last night that passed.
  /// Each kind of work is compared with the latest such night that did any of this kind.
  private func judgeWork(_ record: inout NightRecord, _ nights: [Night]) throws {
    let whole = record.shard == .whole && record.parts.allSatisfy { $0.state == .finished }
    // Only this package's program is judged: a foreign program has other images and workloads.
    guard whole, record.program?.isForeign != true else { return }
    let passed = nights.filter { $0.outcome == "pass" && $0.hasWholeScope }.map(\.id)
    let measures = try [acceptedNight()].compactMap { $0 } + passed.reversed()
    record.losses = []
    for kind in Work.kinds {
      for night in measures {
        let works = try works(of: night, kind)
        guard !works.isEmpty else { continue }
        record.losses += Work.losses(of: record, against: works, night: "\(night)").map {
          "\($0); if that is meant: nbverify nightly accept --reason … takes this night as the measure"
        }
        break
      }
    }
  }

  private func works(of night: Int64, _ kind: String) throws -> [Work] {
    try database.run("SELECT kind, name, amount FROM work WHERE night = ? AND kind = ?", [night, kind]).map { row in
      Work(kind: try row["kind"], name: try row["name"], amount: try row["amount"])
    }
  }

  private func judgeFigures(_ benchmark: inout NightRecord.BenchmarkRecord, _ nights: [Night]) throws {
    let time = ("benchmark", "time", StepDetector.times, benchmark.ratio, Optional(benchmark.machine))
    let count = benchmark.instructions.map {
      ("instructions", "instructions", StepDetector.instructions, $0, benchmark.counter)
    }
    benchmark.judgements = []
    for (kind, word, detector, tonight, machine) in [count, benchmark.ratios.isEmpty ? nil : time].compactMap({ $0 }) {
      guard tonight.isFinite else { continue }
      let accepted = try accepted(kind: kind, name: benchmark.name, machine: machine)
      let series = try series(kind: kind, name: benchmark.name, machine: machine, nights, from: accepted?.night)
      let step = detector.step(in: series.map(\.value) + [tonight])
      let since = step.map { found in
        found.index < series.count ? "night \(series[found.index].night) (\(series[found.index].date))" : "tonight"
      }
      if kind == "benchmark" { benchmark.baseline = accepted?.value }
      // Where instructions are counted, they are judged, and a step of the time is reported only.
      let informs = kind == "benchmark" && benchmark.instructions != nil
      benchmark.judgements.append(
        Judgement(
          kind: word, accepted: accepted?.value, tonight: tonight, step: informs ? nil : step?.ratio,
          since: informs ? nil : since, remark: informs ? step?.ratio : nil))
    }
  }

  /// The positive, finite figures of earlier nights since the accepted night, the oldest first.
  private func series(
    kind: String, name: String, machine: String?, _ nights: [Night], from first: Int64?
  ) throws -> [(night: Int64, date: String, value: Double)] {
    let rows = try database.run(
      "SELECT night, value FROM figure WHERE kind = ? AND name = ? AND machine IS ? AND night >= ?",
      [kind, name, machine, first ?? 0])
    let values = try rows.reduce(into: [Int64: Double]()) { values, row in values[try row["night"]] = try row["value"] }
    return nights.compactMap { night in
      guard let value = values[night.id], value.isFinite, value > 0 else { return nil }
      return (night.id, String(night.started.prefix(10)), value)
    }
  }

  /// Adds a remark for each property whose worst deviation approaches the tolerance.
  private func judgeDrift(_ record: inout NightRecord, _ nights: [Night]) throws {
    for property in record.properties {
      guard let worst = property.worst, worst.isFinite, worst > 0 else { continue }
      let earlier = try series(kind: "property", name: property.name, machine: nil, nights, from: nil).map(\.value)
      if let warning = DriftWarning(earlier + [worst]) {
        record.remarks.append("drift: \(property.name): \(warning.text)")
      }
    }
  }
}
