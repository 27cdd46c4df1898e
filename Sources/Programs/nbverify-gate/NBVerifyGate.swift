import ArgumentParser
import ToolSupport

/// Nights, timings and comparisons of images: what needs a database and the formats of pictures. Called by `nbverify`.
@main
struct NBVerifyGate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "nbverify",
    abstract: "The nightly gate, timings and comparisons of images.",
    version: Tool.version,
    subcommands: [Images.self, Bench.self, NightlyCommand.self, HistoryCommand.self, ReviewPageCommand.self])

  static func main() { Tool.main(Self.self) }
}
