import ArgumentParser
import Foundation

/// Shows one mutant.
struct Show: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Shows a mutant by its number.")

  @OptionGroup var common: Common
  @Argument(help: "The number, as results and `--list` have it.") var number: Int

  func run() throws {
    let configuration = try Configuration.read(common.root)
    let files = try InstrumentedPackage.files(common.root, configuration)
    guard
      let (file, mutant) = files.lazy.compactMap({ file in
        file.mutants.first { $0.id == number }.map { (file, $0) }
      }).first
    else { throw ValidationError("there is no mutant \(number): `mutate --list` lists them") }
    print("\(mutant.file):\(mutant.line):\(mutant.column) \(mutant.operation.rawValue) in \(mutant.scope)")
    print(diff(mutant, in: file))
    let work = common.folder.appendingPathComponent(configuration.build(of: mutant.file))
    guard let verdict = Journal<Verdict>(work.appendingPathComponent("results.jsonl")).result(of: mutant) else {
      return print("not tried yet")
    }
    print("\(verdict.status.rawValue) \(verdict.by.joined(separator: ", "))")
    print(
      "\(verdict.testsRun) tests ran, \(verdict.testsLeft) were left out, "
        + String(format: "%.2f core-seconds", verdict.processor))
    print("its entry, were it equivalent:")
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    print(String(decoding: try encoder.encode(Equivalents.entry(mutant, reason: "")), as: UTF8.self))
  }

  private func diff(_ mutant: Mutant, in file: SourceFile) -> String {
    var start = mutant.range.lowerBound
    while start > 0, file.bytes[start - 1] != 0x0A { start -= 1 }
    var end = mutant.range.upperBound
    while end < file.bytes.count, file.bytes[end] != 0x0A { end += 1 }
    func marked(_ text: String, _ mark: String) -> String {
      text.split(separator: "\n", omittingEmptySubsequences: false).map { mark + $0 }.joined(separator: "\n")
    }
    let changed =
      file.text(start..<mutant.range.lowerBound) + mutant.replacement + file.text(mutant.range.upperBound..<end)
    return marked(file.text(start..<end), "- ") + "\n" + marked(changed, "+ ")
  }
}
