import ArgumentParser
import Foundation
import GoldenStore
import ToolSupport
import TraceIO
import TraceReports

/// Compares the files that two programs write for golden cases, byte for byte.
struct GoldenFiles: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "files",
    abstract: "Run a reference and the simulator on golden cases and compare every file they write, byte for byte.",
    discussion: """
      Exit status: 0 all files are the same, 1 one differs, 2 usage, 3 a case cannot be read or a program fails.

      Examples:
        NB_C_BIN=./nanoBragg nbverify golden files         all cases of fewer than a million pixels
        nbverify golden files --reference ./nanoBragg mask
      """)

  @OptionGroup var corpus: CorpusOptions
  @Option(help: "The reference program (default: the environment variable NB_C_BIN).") var reference: String?
  @Option(help: "The simulator (default: the nanobragg beside this tool).") var program: String?
  @Option(help: "How long a run of a program may take, in seconds.") var timeLimit = SimulatorProgram.usualLimit
  @Argument(help: "The cases; all of fewer than a million pixels if none is given.") var ids: [String] = []

  func run() async throws {
    let reference = try ReferenceProgram.required(reference, flag: "--reference", status: 2)
    var (same, all) = ([String: Int](), [String: Int]())
    var failures = 0
    // Cases that cannot be read are kept here and counted as failures below.
    let chosen = try corpus.chosen(ids).filter { id in
      !ids.isEmpty || (try? corpus.store.load(id)).map { !$0.isLarge } ?? true
    }
    for id in chosen {
      let result: FileIdentity
      do {
        result = try await corpus.store.files(
          of: id, reference: SimulatorProgram(reference, limit: timeLimit),
          candidate: SimulatorProgram(program ?? Tool.besideThis("nanobragg"), limit: timeLimit))
      } catch {
        failures += 1
        print("FAILED \(error)")
        continue
      }
      for (name, isSame) in result.kinds {
        all[name, default: 0] += 1
        same[name, default: 0] += isSame ? 1 : 0
      }
      let other = FileIdentity.names.filter { result.kinds[$0] == false }
      if !other.isEmpty { print("differs \(id): \(other.joined(separator: ", "))") }
    }
    var table = TextTable("file", "identical", "of")
    for name in FileIdentity.names { table.add(name, "\(same[name] ?? 0)", "\(all[name] ?? 0)") }
    print(table.plain())
    if failures > 0 { throw ExitCode(3) }
    if same != all { throw ExitCode(1) }
  }
}
