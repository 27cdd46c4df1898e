import Foundation
import Provenance

extension History {
  /// A night or a figure that was accepted as the measure for later nights.
  public struct Acceptance: Sendable {
    /// The number of the accepted night.
    public let night: Int64
    /// `night`, `instructions` or `benchmark`.
    public let kind: String
    /// The workload; empty for a whole night.
    public let name: String
    /// The kind of machine or the counter of instructions, as only figures with the same one are compared.
    public let machine: String?
    /// The accepted figure; nil for a whole night.
    public let value: Double?
    /// The reason for accepting.
    public let reason: String
    /// The time of accepting, with zone.
    public let date: String
    /// The figure that was accepted before; nil if none was.
    public var before: Double?
  }

  /// The current measures: the last acceptance of each figure and of a whole night.
  /// - Throws: `BundleError` if the history cannot be read.
  public func acceptances() throws -> [Acceptance] {
    try database.run(
      """
      SELECT * FROM acceptance WHERE id IN (SELECT MAX(id) FROM acceptance GROUP BY kind, machine, name)
      ORDER BY kind DESC, name
      """
    ).map { row in
      Acceptance(
        night: try row["night"], kind: try row["kind"], name: try row["name"], machine: try row["machine"],
        value: try row["value"], reason: try row["reason"], date: try row["date"])
    }
  }

  /// The accepted figure of a workload and its night; nil if none was accepted.
  func accepted(kind: String, name: String, machine: String?) throws -> (value: Double, night: Int64)? {
    let found = try acceptances().first { $0.kind == kind && $0.name == name && $0.machine == machine }
    return found.flatMap { item in item.value.map { ($0, item.night) } }
  }

  /// The number of the last night that was accepted as a whole; nil if none was.
  func acceptedNight() throws -> Int64? { try acceptances().first { $0.kind == "night" }?.night }

  /// The parts of a night that are accepted.
  public enum Scope: Sendable {
    /// The work of the night and all its figures.
    case night
    /// The figures of the named workloads; an empty list means all workloads.
    case workloads([String])
  }

  /// Makes a night, or figures of it, the measure for later nights.
  /// - Parameters:
  ///   - number: The night; nil for the last one.
  ///   - reason: The reason, at least one word.
  ///   - anyway: Whether a night is accepted although it failed because of the accepted figures.
  /// - Returns: The new acceptances, with the figures that were accepted before.
  /// - Throws: `BundleError` if the night or a figure does not exist or is no measure, or if the night failed because
  ///   of the accepted figures.
  public func accept(_ scope: Scope, night number: Int64?, reason: String, anyway: Bool) throws -> [Acceptance] {
    let before = try acceptances()
    let night = try chosen(number)
    let figures = try figures(of: night, scope)
    if let odd = figures.first(where: { !($0.value.isFinite && $0.value > 0) }) {
      throw BundleError(
        "the \(odd.kind) of \(odd.name) in night \(night.id) is \(odd.value): it is no measure; accept another night")
    }
    if case .night = scope, !night.hasWholeScope {
      throw BundleError(
        "night \(night.id) ran some suites, fewer cases or another program: it is no measure; accept a night without "
          + "--suites, --cases and --program")
    }
    if !anyway { try check(night, scope, figures) }
    var accepted = figures.map { figure in
      Acceptance(
        night: night.id, kind: figure.kind, name: figure.name, machine: figure.machine, value: figure.value,
        reason: reason, date: TimeStamp.full(Date()),
        before: before.first { $0.kind == figure.kind && $0.name == figure.name && $0.machine == figure.machine }?.value
      )
    }
    if case .night = scope {
      accepted.insert(
        Acceptance(
          night: night.id, kind: "night", name: "", machine: nil, value: nil, reason: reason,
          date: TimeStamp.full(Date())),
        at: 0)
    }
    try database.transaction {
      for item in accepted {
        try database.run(
          "INSERT INTO acceptance (night, kind, machine, name, value, reason, date) VALUES (?, ?, ?, ?, ?, ?, ?)",
          [item.night, item.kind, item.machine, item.name, item.value, item.reason, item.date])
      }
    }
    return accepted
  }

  private func chosen(_ number: Int64?) throws -> Night {
    let rows =
      try number.map { try database.run("SELECT * FROM night WHERE id = ?", [$0]) }
      ?? database.run("SELECT * FROM night ORDER BY id DESC LIMIT 1")
    let night = try rows.first.map(Night.init)
    guard let night else {
      throw BundleError(number.map { "there is no night number \($0)" } ?? "the history is empty")
    }
    return night
  }

  private func figures(of night: Night, _ scope: Scope) throws -> [Figure] {
    let all = try database.run(
      "SELECT * FROM figure WHERE night = ? AND kind IN ('benchmark', 'instructions') ORDER BY name, kind", [night.id]
    ).map { row in
      Figure(kind: try row["kind"], name: try row["name"], value: try row["value"], machine: try row["machine"])
    }
    guard case .workloads(let names) = scope else { return all }
    let known = Set(all.map(\.name))
    if let name = names.first(where: { !known.contains($0) }) {
      throw BundleError(
        "night \(night.id) has no workload \(name); it has \(known.sorted().joined(separator: ", "))")
    }
    guard !all.isEmpty else {
      throw BundleError("night \(night.id) has no benchmarks; run nightly with them")
    }
    return names.isEmpty ? all : all.filter { names.contains($0.name) }
  }

  /// Refuses a night that failed because of the figures to be accepted.
  private func check(_ night: Night, _ scope: Scope, _ figures: [Figure]) throws {
    let reasons = (night.reasons ?? "").split(separator: "\n").map(String.init)
    let names = Set(figures.map(\.name))
    let failed = reasons.filter { reason in
      guard case .workloads = scope else { return night.outcome != "pass" }
      return names.contains { reason.hasPrefix("benchmark \($0):") }
    }
    if case .night = scope, night.outcome != "pass", failed.isEmpty {
      throw BundleError(
        "night \(night.id) is \(night.outcome): it is no measure; accept a night that passed, or --anyway")
    }
    guard !failed.isEmpty else { return }
    throw BundleError(
      "night \(night.id) (\(night.outcome)) failed because of what would be accepted:\n"
        + failed.map { "  \($0)\n" }.joined() + "find the cause, or accept with --anyway")
  }
}
