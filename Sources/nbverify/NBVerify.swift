import ArgumentParser

/// The verification tool.
@main
struct NBVerify: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "nbverify",
    abstract: "Holds the simulator against golden C traces, and traces pixels.",
    discussion: """
      Examples:
        nbverify verify
        nbverify golden phi-zero-start
        nbverify trace --pixel 10 12 -- -default_F 100 -cell 100 100 100 90 90 90 -N 5 -detpixels 32
      """,
    subcommands: [Verify.self, Golden.self, TraceCommand.self, Flags.self])
}
