import ArgumentParser
import CommandLineSupport
import Foundation
import FrameIO
import NightlyGate
import Provenance
import ToolSupport
import TraceReports

/// Accepts a whole night as the measure for later nights.
struct NightlyAccept: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "accept",
    abstract: "Make a night the measure of the next ones: its tests, properties, cases, workloads, and their figures.",
    discussion: """
      A later night that lacks something of it is a regression. Exit status: 0 accepted, 2 refused or usage.

      Example: nbverify nightly accept --night 12 --reason "two suites merged"
      """)

  @OptionGroup var history: HistoryOptions
  @OptionGroup var choice: AcceptanceOptions

  func run() throws { try choice.accept(.night, history) }
}

/// Accepts figures of workloads as the measure for later nights.
struct NightlyBaseline: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "accept-baseline", abstract: "Make figures of a night the accepted ones: instructions and times.",
    discussion: """
      Exit status: 0 accepted, 2 refused or usage.

      Examples:
        nbverify nightly accept-baseline --list
        nbverify nightly accept-baseline --reason "first night"
        nbverify nightly accept-baseline W3 W5 --night 12 --reason "interpolation rewritten"
      """)

  @OptionGroup var history: HistoryOptions
  @OptionGroup var choice: AcceptanceOptions
  @ArgumentParser.Flag(help: "Show what is accepted, and accept nothing.") var list = false
  @Argument(help: "The workloads; all if none is given.") var workloads: [String] = []

  func validate() throws {
    guard !list || (workloads.isEmpty && choice.reason == nil) else {
      throw ValidationError("--list shows what is accepted; leave out workloads and --reason")
    }
  }

  func run() throws {
    guard list else { return try choice.accept(.workloads(workloads), history) }
    do {
      let items = try history.open().acceptances()
      Terminal.show(items.isEmpty ? "nothing is accepted yet\n" : AcceptanceOptions.table(items, isNew: false))
    } catch let error as BundleError {
      throw Failure(2, error.description)
    }
  }
}

/// The night to accept, and the reason.
struct AcceptanceOptions: ParsableArguments {
  @Option(help: "The number of the night (default: the last one).") var night: Int64?
  @Option(help: "Why; recorded.") var reason: String?
  @ArgumentParser.Flag(help: "Accept what made the night fail, too.") var anyway = false

  /// Accepts a night or figures, and prints the old and the new figures.
  /// - Throws: `Failure` 2 if the reason is missing or the night is refused.
  func accept(_ scope: History.Scope, _ history: HistoryOptions) throws {
    guard let reason, !reason.trimmingCharacters(in: .whitespaces).isEmpty else {
      throw Failure(2, "--reason is missing: say why this is the measure from now on")
    }
    do {
      let items = try history.open().accept(scope, night: night, reason: PlainText.ascii(reason), anyway: anyway)
      Terminal.show(Self.table(items, isNew: true))
    } catch let error as BundleError {
      throw Failure(2, error.description)
    }
  }

  /// The acceptances, one line each, with the figures accepted before.
  static func table(_ items: [History.Acceptance], isNew: Bool) -> String {
    items.map { item in
      let unit = item.kind == "instructions" ? "instructions" : "of the calibration's time"
      let now = item.value.map { "\(short($0)) \(unit)" } ?? "tests, properties, cases and workloads"
      let old =
        item.value.flatMap { value in
          item.before.map { "was \(short($0)), \(String(format: "%+.2f", 100 * (value / $0 - 1))) %" }
        } ?? (isNew && item.value != nil ? "was not accepted" : nil)
      let parts = [
        item.kind == "night" ? "night \(item.night)" : item.name, now, old, isNew ? nil : "night \(item.night)",
        isNew ? nil : item.date, isNew ? nil : item.reason,
      ]
      return parts.compactMap { $0 }.joined(separator: "  ") + "\n"
    }.joined()
  }

  private static func short(_ number: Double) -> String { String(format: "%.6g", number) }
}

/// Shows the nights and their trends.
struct HistoryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history", abstract: "Show the nights and their trends.",
    discussion: "Examples:\n  nbverify history\n  nbverify history --last 90 --html history.html")

  @OptionGroup var history: HistoryOptions
  @Option(help: "How many nights.") var last = 30
  @Option(help: "Write a page of HTML to this file.") var html: String?

  func validate() throws {
    guard last > 0 else { throw ValidationError("--last: give at least 1") }
  }

  func run() throws {
    guard FileManager.default.fileExists(atPath: history.history) else {
      throw Failure(2, "\(history.history): there is no history yet; nbverify nightly makes one")
    }
    try Tool.checkFiles(read: [(history.history, "--history")], written: [(html, "--html")])
    let store = try history.open()
    store.noteKilled(in: URL(fileURLWithPath: history.history).deletingLastPathComponent())
    guard let html else { return Terminal.show(try store.text(last: last)) }
    let page = try store.page(last: last, at: URL(fileURLWithPath: html))
    try FileBytes.write(Array(page.utf8), to: html, for: "--html")
  }
}
