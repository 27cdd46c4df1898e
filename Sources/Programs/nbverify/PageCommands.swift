import ArgumentParser
import CommandLineSupport
import Physics

/// Writes the page of all options of the simulator.
struct Flags: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write the simulator's options as Markdown.", discussion: "Example: nbverify flags > docs/options.md")

  func run() {
    print(HelpText.markdown)
  }
}

/// `nbverify quantities`: the table of trace quantities as a page.
struct Quantities: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write the quantities that traces carry as Markdown.",
    discussion: "Example: nbverify quantities > docs/quantities.md")

  func run() {
    print(TraceQuantity.markdown)
  }
}
