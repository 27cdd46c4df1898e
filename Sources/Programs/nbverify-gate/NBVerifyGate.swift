import ArgumentParser
import ToolSupport

/// The commands of `nbverify` that need a database or formats of pictures: nights, timings and comparisons of images.
@main
struct NBVerifyGate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "nbverify",
    abstract: "The nightly gate, timings and comparisons of images.",
    version: Tool.version,
    subcommands: [
      Images.self, Bench.self, NightlyCommand.self, HistoryCommand.self, JudgeCommand.self,
      HuntCommand.self, WorstCommand.self, ReviewPageCommand.self,
    ])

  static func main() { Tool.main(Self.self) }
}
