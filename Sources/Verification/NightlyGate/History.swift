import Foundation
import Provenance

/// The earlier nights, in a SQLite file. Each night is added in one transaction, whole or not at all.
public struct History: Sendable {
  let database: Database
  /// The path of the file.
  private let path: String

  /// The path of the HTML page of the history, beside the file.
  public var page: URL { URL(fileURLWithPath: path).deletingPathExtension().appendingPathExtension("html") }

  /// Opens a history, and creates it if it does not exist.
  /// - Throws: `BundleError` if the file is no history or cannot be written.
  public init(path: String) throws {
    self.path = path
    do {
      let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      database = try Database(path: path)
      try Self.prepare(database)
    } catch {
      throw BundleError(
        "\(path): the history cannot be opened (\(error)); check the file, or name another with --history")
    }
  }

  private static let tables = [
    "night": """
    id INTEGER PRIMARY KEY AUTOINCREMENT, started TEXT NOT NULL, revision TEXT, dirty BOOLEAN, machine TEXT NOT NULL,
    outcome TEXT NOT NULL, firstFactor TEXT, firstQuantity TEXT, seconds DOUBLE NOT NULL, bundle TEXT NOT NULL
    """,
    "figure": """
    id INTEGER PRIMARY KEY AUTOINCREMENT, night INTEGER NOT NULL REFERENCES night ON DELETE CASCADE,
    kind TEXT NOT NULL, name TEXT NOT NULL, value DOUBLE NOT NULL, spread DOUBLE
    """,
    "work": """
    night INTEGER NOT NULL REFERENCES night ON DELETE CASCADE, kind TEXT NOT NULL, name TEXT NOT NULL,
    amount INTEGER NOT NULL
    """,
    "acceptance": """
    id INTEGER PRIMARY KEY AUTOINCREMENT, night INTEGER NOT NULL REFERENCES night ON DELETE CASCADE,
    kind TEXT NOT NULL, machine TEXT, name TEXT NOT NULL, value DOUBLE, reason TEXT NOT NULL, date TEXT NOT NULL
    """,
  ]
  /// Columns that files of earlier versions lack.
  private static let laterColumns = [
    ("figure", "machine"), ("night", "identities"), ("night", "program"), ("night", "programVersion"),
    ("night", "reasons"), ("night", "seed"), ("night", "scope"),
  ]

  /// Creates the tables and columns that a new file, or a file of an earlier version, lacks.
  private static func prepare(_ database: Database) throws {
    try database.transaction {
      for (name, columns) in tables { try database.run("CREATE TABLE IF NOT EXISTS \(name) (\(columns))") }
      for (table, column) in laterColumns {
        let known = try database.run("PRAGMA table_info(\(table))").map { row -> String in try row["name"] }
        if !known.contains(column) { try database.run("ALTER TABLE \(table) ADD COLUMN \(column) TEXT") }
      }
      for table in ["figure", "work"] {
        try database.run("CREATE INDEX IF NOT EXISTS \(table)_night ON \(table) (night)")
      }
      guard try !database.run("SELECT name FROM sqlite_master WHERE name = 'baseline'").isEmpty else { return }
      try database.run(
        """
        INSERT INTO acceptance (night, kind, machine, name, value, reason, date)
        SELECT night, 'benchmark', machine, name, ratio, 'accepted by an earlier version', '' FROM baseline
        """)
      try database.run("DROP TABLE baseline")
    }
  }

  /// A row of the table of nights.
  public struct Night: Sendable {
    /// The number of the night.
    public var id: Int64
    /// The time of the start, with zone.
    public var started: String
    /// The commit; nil if it is unknown.
    public var revision: String?
    /// Whether the working tree differed from the commit; nil if that is unknown.
    public var dirty: Bool?
    /// The kind of machine.
    public var machine: String
    /// The outcome, a raw value of `NightRecord.Outcome`.
    public var outcome: String
    /// The first quantity that diverged, with values; nil if none did.
    public var firstQuantity: String?
    /// The duration in seconds.
    public var seconds: Double
    /// The path of the bundle.
    public var bundle: String
    /// The identities of the runs that the night is made of.
    public var identities: Set<String>
    /// The SHA-256 of the simulator that was judged.
    public var program: String?
    /// The version that the simulator prints.
    public var programVersion: String?
    /// The reasons for which the night did not pass, one line each.
    public var reasons: String?
    /// Whether the night ran all suites and cases on this package's program, so that later nights may be compared with
    /// it.
    public var hasWholeScope: Bool

    init(_ row: Database.Row) throws {
      id = try row["id"]
      started = try row["started"]
      revision = try row["revision"]
      dirty = try row["dirty"]
      machine = try row["machine"]
      outcome = try row["outcome"]
      firstQuantity = try row["firstQuantity"]
      seconds = try row["seconds"]
      bundle = try row["bundle"]
      identities = Set((try row["identities"] as String? ?? "").split(separator: " ").map(String.init))
      program = try row["program"]
      programVersion = try row["programVersion"]
      reasons = try row["reasons"]
      hasWholeScope = try row["scope"] as String? != "partial"
    }
  }

  /// A number of a night.
  struct Figure {
    /// The kind: `instructions`, `benchmark` (time over that of the calibration), `reference` (time of the C program
    /// over that of the Swift program), `property` or `golden`.
    let kind: String
    /// The workload, property or quantity.
    let name: String
    /// The number: a count, a ratio, or a deviation in units of its tolerance.
    let value: Double
    /// The half range of a ratio over its median.
    var spread: Double?
    /// The kind of machine of a timing, or the counter of instructions; only figures with the same one are compared.
    var machine: String?
  }

  /// Adds a night. A night that shares a run with an earlier night replaces it, so that parts merged twice are added
  /// once, and a part that was run again completes the night.
  /// - Returns: The number of the night.
  /// - Throws: `BundleError` if an incomplete night would replace a complete one, or the history cannot be written.
  public func add(_ record: NightRecord, bundle: String) throws -> Int64 {
    try database.transaction {
      let runs = record.identities
      let olds = try allNights().filter { !runs.isDisjoint(with: $0.identities) }
      let isCut = { (outcome: String) in outcome == "incomplete" || outcome == "killed" }
      if isCut(record.outcome.rawValue), let whole = olds.first(where: { !isCut($0.outcome) }) {
        throw BundleError("night \(whole.id) has these parts and more; it stays as it is")
      }
      for old in olds.dropFirst() { try database.run("DELETE FROM night WHERE id = ?", [old.id]) }
      if let old = olds.first {
        for table in ["figure", "work"] { try database.run("DELETE FROM \(table) WHERE night = ?", [old.id]) }
      }
      let number = try write(record, bundle, replacing: olds.first?.id)
      for figure in Self.figures(record) {
        try database.run(
          "INSERT INTO figure (night, kind, name, value, spread, machine) VALUES (?, ?, ?, ?, ?, ?)",
          [number, figure.kind, figure.name, figure.value, figure.spread, figure.machine])
      }
      for work in Work.of(record) {
        try database.run(
          "INSERT INTO work (night, kind, name, amount) VALUES (?, ?, ?, ?)",
          [number, work.kind, work.name, work.amount])
      }
      return number
    }
  }

  /// Writes the row of a night; a replaced night keeps its number and its acceptances.
  private func write(_ record: NightRecord, _ bundle: String, replacing old: Int64?) throws -> Int64 {
    let reasons = ((record.stopped.map { [$0] } ?? []) + record.findings.map(\.headline) + record.obstacles).joined(
      separator: "\n")
    let columns: [(String, any DatabaseValue)] = [
      ("started", record.started), ("revision", record.revision.commit), ("dirty", record.revision.isDirty),
      ("machine", record.surroundings.machineKind), ("outcome", record.outcome.rawValue),
      ("firstFactor", record.firstDivergentFactor), ("firstQuantity", record.firstDivergentQuantity),
      ("seconds", record.seconds.isFinite ? record.seconds : 0), ("bundle", bundle),
      ("identities", record.identities.sorted().joined(separator: " ")), ("program", record.program?.digest),
      ("programVersion", record.program?.version), ("reasons", reasons), ("seed", "\(record.plan.seed)"),
      ("scope", record.hasWholeScope ? "whole" : "partial"),
    ]
    let (names, values) = (columns.map(\.0), columns.map(\.1))
    if let old {
      try database.run(
        "UPDATE night SET \(names.map { "\($0) = ?" }.joined(separator: ", ")) WHERE id = ?", values + [old])
      return old
    }
    try database.run(
      "INSERT INTO night (\(names.joined(separator: ", "))) VALUES (\(names.map { _ in "?" }.joined(separator: ", ")))",
      values)
    return database.lastInserted
  }

  private static func figures(_ record: NightRecord) -> [Figure] {
    var figures: [Figure] = []
    // Figures of a foreign program are left out: the courses are of this package's program.
    for benchmark in record.benchmarks where record.program?.isForeign != true {
      if !benchmark.ratios.isEmpty {
        figures.append(
          Figure(
            kind: "benchmark", name: benchmark.name, value: benchmark.ratio, spread: benchmark.spread,
            machine: benchmark.machine))
      }
      if let count = benchmark.instructions {
        figures.append(Figure(kind: "instructions", name: benchmark.name, value: count, machine: benchmark.counter))
      }
      if !benchmark.referenceRatios.isEmpty {
        let ratio = NightRecord.BenchmarkRecord.median(benchmark.referenceRatios)
        figures.append(Figure(kind: "reference", name: benchmark.name, value: ratio))
      }
    }
    figures += record.properties.compactMap { property in
      property.worst.map { Figure(kind: "property", name: property.name, value: $0) }
    }
    let numbers = record.golden.reduce((0, 0)) { ($0.0 + $1.identicalNumbers, $0.1 + $1.numbers) }
    if numbers.1 > 0 {
      let share = Double(numbers.0) / Double(numbers.1)
      figures.append(Figure(kind: "golden", name: "identical traced numbers", value: share))
      figures.append(Figure(kind: "golden", name: "worst pixel", value: record.golden.map(\.worstPixel).max() ?? 0))
    }
    return figures
  }

  /// Whether the history has a night that shares a run with this one.
  func isKnown(_ record: NightRecord) throws -> Bool {
    try allNights().contains { !record.identities.isDisjoint(with: $0.identities) }
  }

  private func allNights() throws -> [Night] { try database.run("SELECT * FROM night ORDER BY id").map(Night.init) }

  /// The last nights, the oldest first.
  public func nights(last count: Int) throws -> [Night] {
    try database.run("SELECT * FROM night ORDER BY id DESC LIMIT ?", [count]).reversed().map(Night.init)
  }

  /// The figures of a kind over some nights: by name, one value per night, nil for a night without the figure.
  public func courses(kind: String, over nights: [Night]) throws -> [(name: String, values: [Double?])] {
    var byName: [String: [Int64: Double]] = [:]
    for row in try database.run("SELECT night, name, value FROM figure WHERE kind = ?", [kind]) {
      byName[try row["name"], default: [:]][try row["night"]] = try row["value"]
    }
    return byName.keys.sorted().map { name in (name, nights.map { byName[name]?[$0.id] }) }
      .filter { $0.1.contains { $0 != nil } }
  }

  /// Runs a statement of SQL; tests damage a history with it.
  package func execute(_ sql: String) throws { try database.run(sql) }

  /// The result of SQLite's integrity check: `ok`, or the first problem.
  public func integrity() throws -> String {
    try database.run("PRAGMA integrity_check").first.map { try $0["integrity_check"] } ?? "no answer"
  }
}
