import ArgumentParser

struct Audit: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "x")
}
