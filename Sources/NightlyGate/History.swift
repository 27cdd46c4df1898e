import Foundation
import GRDB
import Provenance

/// The nights so far, in a SQLite file. Each night is one transaction: it is there whole or not at all.
public struct History: Sendable {
  private let queue: DatabaseQueue

  /// Opens a history, and creates it if it does not exist.
  /// - Throws: `BundleError` if the file is no history or cannot be written.
  public init(path: String) throws {
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
  }

  /// A number of a night.
  public struct Figure: Codable, FetchableRecord, PersistableRecord, Sendable {
    /// The table.
    public static let databaseTableName = "figure"
    /// Its number.
    public var id: Int64?
    /// The night.
    public var night: Int64
    /// What kind: `benchmark`, `reference` (the reference's time over ours), `property` or `golden`.
    public var kind: String
    /// The workload, property or quantity.
    public var name: String
    /// The number: a ratio, or a deviation in units of its tolerance.
    public var value: Double
    /// The half range over the median, of a ratio.
    public var spread: Double?
    /// The kind of machine, of a timing.
    public var machine: String?
  }

  /// Adds a night.
  /// - Returns: Its number.
  public func add(_ record: NightRecord, bundle: String) throws -> Int64 {
    try queue.write { database in
      let night = Night(
        id: nil, started: record.started, revision: record.revision.commit, dirty: record.revision.isDirty,
        machine: record.surroundings.machineKind, outcome: record.outcome.rawValue,
        firstFactor: record.firstDivergentFactor, firstQuantity: record.firstDivergentQuantity, seconds: record.seconds,
        bundle: bundle)
      try night.insert(database)
      let number = database.lastInsertedRowID
      for figure in Self.figures(record, number) { try figure.insert(database) }
      return number
    }
  }

  private static func figures(_ record: NightRecord, _ night: Int64) -> [Figure] {
    var figures = record.benchmarks.filter { $0.ratio.isFinite }.map {
      Figure(
        id: nil, night: night, kind: "benchmark", name: $0.name, value: $0.ratio, spread: $0.spread, machine: $0.machine
      )
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
    return figures
  }

  /// The accepted ratios of a kind of machine, by workload.
  public func baselines(machine: String) throws -> [String: Double] {
    try queue.read { database in
      let rows = try Row.fetchAll(
        database, sql: "SELECT name, ratio FROM baseline WHERE machine = ?", arguments: [machine])
      return Dictionary(uniqueKeysWithValues: rows.map { ($0["name"], $0["ratio"]) })
    }
  }

  /// Makes the ratios of a night the accepted ones of its kind of machine.
  /// - Parameter night: Its number; nil for the last one.
  /// - Returns: The workloads with their ratios.
  public func acceptBaseline(night: Int64?) throws -> [(name: String, ratio: Double)] {
    try queue.write { database in
      let chosen =
        try night.map { try Night.fetchOne(database, key: $0) } ?? Night.order(Column("id").desc).fetchOne(database)
      guard let chosen, let number = chosen.id else {
        throw BundleError(night.map { "there is no night number \($0)" } ?? "the history is empty")
      }
      let figures = try Figure.filter(Column("night") == number && Column("kind") == "benchmark").fetchAll(database)
      guard !figures.isEmpty else { throw BundleError("night \(number) has no benchmarks; run nightly with them") }
      for figure in figures {
        let machine = figure.machine ?? chosen.machine
        try database.execute(
          sql: "INSERT OR REPLACE INTO baseline (machine, name, ratio, night) VALUES (?, ?, ?, ?)",
          arguments: [machine, figure.name, figure.value, number])
      }
      return figures.map { ($0.name, $0.value) }
    }
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
