import Foundation
import GRDB
import Provenance

/// The nights so far, in a SQLite file. Each night is one transaction: it is there whole or not at all.
public struct History: Sendable {
  let queue: DatabaseQueue
  /// The file.
  private let path: String

  /// Where the page of the history is kept, beside the file.
  public var page: URL { URL(fileURLWithPath: path).deletingPathExtension().appendingPathExtension("html") }

  /// Opens a history, and creates it if it does not exist.
  /// - Throws: `BundleError` if the file is no history or cannot be written.
  public init(path: String) throws {
    self.path = path
    do {
      let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      var configuration = Configuration()
      configuration.busyMode = .timeout(60)
      queue = try DatabaseQueue(path: path, configuration: configuration)
      try Self.migrate(queue)
    } catch {
      throw BundleError(
        "\(path): the history cannot be opened (\(error)); check the file, or name another with --history")
    }
  }

  /// Makes the tables. Several processes may do so at once: the one that comes too late finds them made.
  private static func migrate(_ queue: DatabaseQueue) throws {
    for _ in 0..<5 {
      if (try? migrator.migrate(queue)) != nil { return }
      Thread.sleep(forTimeInterval: 0.1)
    }
    try migrator.migrate(queue)
  }

  private static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("nights") { database in
      try database.create(table: "night") { table in
        table.autoIncrementedPrimaryKey("id")
        table.column("started", .text).notNull()
        table.column("revision", .text)
        table.column("dirty", .boolean)
        table.column("machine", .text).notNull()
        table.column("outcome", .text).notNull()
        table.column("firstFactor", .text)
        table.column("firstQuantity", .text)
        table.column("seconds", .double).notNull()
        table.column("bundle", .text).notNull()
      }
      try database.create(table: "figure") { table in
        table.autoIncrementedPrimaryKey("id")
        table.column("night", .integer).notNull().indexed().references("night", onDelete: .cascade)
        table.column("kind", .text).notNull()
        table.column("name", .text).notNull()
        table.column("value", .double).notNull()
        table.column("spread", .double)
      }
      try database.create(table: "baseline") { table in
        table.column("machine", .text).notNull()
        table.column("name", .text).notNull()
        table.column("ratio", .double).notNull()
        table.column("night", .integer).notNull().references("night")
        table.primaryKey(["machine", "name"])
      }
    }
    migrator.registerMigration("machines of figures") { database in
      // The shards of a night may have run on machines of different kinds.
      try database.alter(table: "figure") { $0.add(column: "machine", .text) }
    }
    migrator.registerMigration("work, reasons and acceptances") { database in
      try database.alter(table: "night") { table in
        // Runs that the night is made of, the program that it judged, and why it is no pass: each as JSON or plain text.
        for name in ["identities", "program", "programVersion", "reasons", "seed"] { table.add(column: name, .text) }
      }
      try database.create(table: "work") { table in
        table.column("night", .integer).notNull().indexed().references("night", onDelete: .cascade)
        table.column("kind", .text).notNull()
        table.column("name", .text).notNull()
        table.column("amount", .integer).notNull()
      }
      try database.create(table: "acceptance") { table in
        table.autoIncrementedPrimaryKey("id")
        table.column("night", .integer).notNull().references("night", onDelete: .cascade)
        table.column("kind", .text).notNull()
        table.column("machine", .text)
        table.column("name", .text).notNull()
        table.column("value", .double)
        table.column("reason", .text).notNull()
        table.column("date", .text).notNull()
      }
      try database.execute(
        sql: """
          INSERT INTO acceptance (night, kind, machine, name, value, reason, date)
          SELECT night, 'benchmark', machine, name, ratio, 'accepted by an earlier version', '' FROM baseline
          """)
      try database.drop(table: "baseline")
    }
    return migrator
  }

  /// A night.
  public struct Night: Codable, FetchableRecord, PersistableRecord, Sendable {
    /// The table.
    public static let databaseTableName = "night"
    /// Its number.
    public var id: Int64?
    /// When it was started, with zone.
    public var started: String
    /// The commit.
    public var revision: String?
    /// Whether the tree differed from it.
    public var dirty: Bool?
    /// The kind of machine.
    public var machine: String
    /// What it came to.
    public var outcome: String
    /// The first factor that diverged.
    public var firstFactor: String?
    /// The first quantity that diverged.
    public var firstQuantity: String?
    /// How long it took, in seconds.
    public var seconds: Double
    /// The folder of its bundle.
    public var bundle: String
    /// The runs that it is made of, separated by blanks.
    public var identities: String?
    /// The SHA-256 of the simulator that was judged.
    public var program: String?
    /// Its version, as it says.
    public var programVersion: String?
    /// Why the night is no pass, one line each.
    public var reasons: String?
    /// The seed of the properties.
    public var seed: String?
  }

  /// A number of a night.
  public struct Figure: Codable, FetchableRecord, PersistableRecord, Sendable {
    /// The table.
    public static let databaseTableName = "figure"
    /// Its number.
    public var id: Int64?
    /// The night.
    public var night: Int64
    /// What kind: `instructions`, `benchmark` (time over that of the calibration), `reference` (the reference's time over
    /// ours), `property` or `golden`.
    public var kind: String
    /// The workload, property or quantity.
    public var name: String
    /// The number: a ratio, or a deviation in units of its tolerance.
    public var value: Double
    /// The half range over the median, of a ratio.
    public var spread: Double?
    /// What a figure may be compared with: the kind of machine of a timing, the counter of instructions.
    public var machine: String?
  }

  /// Adds a night. A night that shares a run with an earlier one takes its place: parts merged twice are added once, and a
  /// part that was redone completes the night.
  /// - Returns: Its number.
  public func add(_ record: NightRecord, bundle: String) throws -> Int64 {
    try queue.write { database in
      let runs = record.identities
      let olds = try Night.order(Column("id")).fetchAll(database).filter { old in
        !runs.isDisjoint(with: (old.identities ?? "").split(separator: " ").map(String.init))
      }
      for old in olds.dropFirst() { try old.delete(database) }
      for table in ["figure", "work"] {
        try database.execute(sql: "DELETE FROM \(table) WHERE night = ?", arguments: [olds.first?.id])
      }
      let night = Night(
        id: olds.first?.id, started: record.started, revision: record.revision.commit, dirty: record.revision.isDirty,
        machine: record.surroundings.machineKind, outcome: record.outcome.rawValue,
        firstFactor: record.firstDivergentFactor, firstQuantity: record.firstDivergentQuantity, seconds: record.seconds,
        bundle: bundle, identities: runs.sorted().joined(separator: " "), program: record.program?.digest,
        programVersion: record.program?.version,
        reasons: (record.findings.map(\.headline) + record.obstacles).joined(separator: "\n"),
        seed: "\(record.plan.seed)")
      // Saved under its number if it has one: what was accepted of the night stays.
      try night.save(database)
      let number = night.id ?? database.lastInsertedRowID
      for figure in Self.figures(record, number) { try figure.insert(database) }
      for work in Work.of(record) {
        try database.execute(
          sql: "INSERT INTO work (night, kind, name, amount) VALUES (?, ?, ?, ?)",
          arguments: [number, work.kind, work.name, work.amount])
      }
      return number
    }
  }

  private static func figures(_ record: NightRecord, _ night: Int64) -> [Figure] {
    var figures = record.benchmarks.filter { $0.ratio.isFinite }.map {
      Figure(
        id: nil, night: night, kind: "benchmark", name: $0.name, value: $0.ratio, spread: $0.spread, machine: $0.machine
      )
    }
    figures += record.benchmarks.compactMap { benchmark in
      benchmark.instructions.map {
        Figure(
          id: nil, night: night, kind: "instructions", name: benchmark.name, value: $0, spread: nil,
          machine: benchmark.counter)
      }
    }
    figures += record.benchmarks.filter { !$0.referenceRatios.isEmpty }.map {
      Figure(
        id: nil, night: night, kind: "reference", name: $0.name,
        value: NightRecord.BenchmarkRecord.median($0.referenceRatios), spread: nil)
    }
    figures += record.properties.compactMap { property in
      property.worst.map {
        Figure(id: nil, night: night, kind: "property", name: property.name, value: $0, spread: nil)
      }
    }
    let numbers = record.golden.reduce((0, 0)) { ($0.0 + $1.identicalNumbers, $0.1 + $1.numbers) }
    if numbers.1 > 0 {
      let share = Double(numbers.0) / Double(numbers.1)
      figures.append(
        Figure(id: nil, night: night, kind: "golden", name: "identical traced numbers", value: share, spread: nil))
      let worst = record.golden.map(\.worstPixel).max() ?? 0
      figures.append(Figure(id: nil, night: night, kind: "golden", name: "worst pixel", value: worst, spread: nil))
    }
    return figures.filter(\.value.isFinite)
  }

  /// The last nights, the oldest first.
  public func nights(last count: Int) throws -> [Night] {
    try queue.read { database in
      try Night.order(Column("id").desc).limit(count).fetchAll(database).reversed()
    }
  }

  /// The course of the figures of a kind over some nights: by name, one value per night, nil where there is none.
  public func courses(kind: String, over nights: [Night]) throws -> [(name: String, values: [Double?])] {
    let numbers = nights.compactMap(\.id)
    return try queue.read { database in
      let figures = try Figure.filter(Column("kind") == kind && numbers.contains(Column("night"))).fetchAll(database)
      let byName = Dictionary(grouping: figures, by: \.name)
      return byName.keys.sorted().map { name in
        let values = Dictionary(
          (byName[name] ?? []).map { ($0.night, $0.value) }, uniquingKeysWith: { first, _ in first })
        return (name, numbers.map { values[$0] })
      }
    }
  }

  /// Runs a statement of SQL, as tests do that damage a history.
  package func execute(_ sql: String) throws {
    try queue.write { try $0.execute(sql: sql) }
  }

  /// Whether the file is sound, as SQLite sees it: `ok`, or what is wrong.
  public func integrity() throws -> String {
    try queue.read { try String.fetchOne($0, sql: "PRAGMA integrity_check") ?? "no answer" }
  }
}
