import Foundation
import GoldenStore
import TestSupport
import Testing

/// Adding, reviewing and regenerating golden cases with the built tool.
@Suite(.tags(.verification), .generousTime) struct GoldenCommandTests {
  private static let simulator = BuiltProgram(named: "nanobragg")
  private static let crystal = "-cell 70 80 90 75 85 95 -default_F 100 -N 4 -detpixels 24 -oversample 1 -dump no.bin"
    .words

  private func run(_ arguments: [String], in folder: TemporaryFolder) throws -> BuiltProgram.Outcome {
    try ToolTests.tool.run(["golden"] + arguments, in: folder)
  }

  /// A folder with an empty corpus, a log and an image.
  private func scene() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(
      at: folder.url.appendingPathComponent("corpus/cases"), withIntermediateDirectories: true)
    try folder.file("cell.mat", "0.01 0 0 0 0.012 0 0 0.001 0.02\n")
    let traced = try Self.simulator.run(
      Self.crystal + ["-mat", "cell.mat", "-floatfile", "float.bin", "-trace_pixel", "9", "11"], in: folder)
    #expect(traced.status == 0, "\(traced.errors)")
    try folder.file("pixel.log", traced.output)
    return folder
  }

  private func add(_ name: String, log: String = "pixel.log", _ more: [String] = []) -> [String] {
    ["add", "--corpus", "corpus", "--name", name, "--log", log, "--image", "float.bin"] + more + ["--"] + Self.crystal
      + ["-mat", "cell.mat", "-floatfile", "float.bin", "-trace_pixel", "9", "11"]
  }

  @Test func anAddedCaseCountsAfterReview() throws {
    let folder = try scene()
    let corpus = GoldenCorpus(root: folder.url.appendingPathComponent("corpus"))
    let added = try run(add("mine"), in: folder)
    #expect(added.status == 0 && added.output.contains("576 of 576 pixels identical"), "\(added)")
    #expect(corpus.ids.isEmpty && corpus.pending.ids == ["mine"])
    #expect(try run(add("mine"), in: folder).status == 2, "the name is taken")
    let list = try run(["review", "--corpus", "corpus", "--list"], in: folder)
    #expect(list.status == 1 && list.output.contains("waiting: mine"))
    #expect(try run(["check", "--corpus", "corpus"], in: folder).status == 1)
    #expect(try run(["review", "--corpus", "corpus", "--accept", "mine"], in: folder).status == 0)
    #expect(corpus.ids == ["mine"] && corpus.pending.ids.isEmpty)
    #expect(try run(["check", "--corpus", "corpus"], in: folder).status == 0)
    let golden = try corpus.load("mine")
    #expect(golden.args == Self.crystal + ["-mat", "inputs/cell.mat"] && golden.traces.map(\.slow) == [9])
    #expect(try run(["run", "--corpus", "corpus"], in: folder).status == 0)
    // A changed input is noticed.
    try folder.file("corpus/cases/mine/inputs/cell.mat", "0.01 0 0 0 0.012 0 0 0.002 0.02\n")
    #expect(try run(["check", "--corpus", "corpus"], in: folder).status == 1)
    #expect(try run(["run", "--corpus", "corpus"], in: folder).status == 1)
  }

  /// The tolerances of a case are stored when it is added, shown at its review, and held against a fresh computation.
  @Test func tolerancesAreStoredShownAndChecked() throws {
    let folder = try scene()
    _ = try run(add("mine"), in: folder)
    let list = try run(["review", "--corpus", "corpus"], in: folder)
    #expect(list.output.contains("recorded numbers have a bound of their rounding"), "\(list.output)")
    #expect(try run(["review", "--corpus", "corpus", "--accept", "mine"], in: folder).status == 0)
    let check = ["tolerances", "--corpus", "corpus", "mine"]
    let whole = try run(check + ["--pixels", "--ratios", "--libraries", "2"], in: folder)
    #expect(whole.status == 0 && whole.output.contains("0 of them without a bound"), "\(whole.output)\(whole.errors)")
    let rows = whole.output.split(separator: "\n").map { $0.split(separator: "|").map { $0.trimmed } }
    let medians = rows.filter { $0.count == 7 }.compactMap { Double($0[4]) }
    #expect(medians.count > 20 && medians.allSatisfy { (1...1e4).contains($0) }, "\(medians)")
    let path = "corpus/cases/mine/tolerances.txt"
    let stored = try folder.text(path)
    // A hundredth of a tolerance is another tolerance.
    let number = try #require(stored.firstMatch(of: /[0-9.]+e-(\d\d)/))
    let exponent = try #require(Int(number.1))
    try folder.file(
      path, stored.replacing(number.0, with: number.0.dropLast(2) + "\(exponent + 2)", maxReplacements: 1))
    #expect(try run(check, in: folder).status == 1)
    try folder.file(path, "log pixel.log\nmany\n")
    #expect(try run(check, in: folder).status == 3)
    #expect(try run(["tolerances", "--corpus", "corpus", "--write", "mine"], in: folder).status == 0)
    #expect(try folder.text(path) == stored && run(check, in: folder).status == 0)
  }

  @Test func badCasesAreRefused() throws {
    let folder = try scene()
    let whole = try folder.text("pixel.log")
    try folder.file("cut.log", String(whole.prefix(whole.count * 3 / 4)))
    try folder.file("two.log", whole + whole)
    #expect(try run(add("two", log: "two.log"), in: folder).status == 2)
    try folder.file("wrong.log", whole.replacing("polar ", with: "polar x"))
    #expect(try run(add("cut", log: "cut.log"), in: folder).status == 2)
    #expect(try run(add("wrong", log: "wrong.log"), in: folder).status == 3, "malformed")
    #expect(try run(add("none", log: "nowhere.log"), in: folder).status == 3)
    #expect(try run(add("pixel", ["--pixel", "8", "8"]), in: folder).status == 2)
    #expect(try run(add("../evil"), in: folder).status == 2)
    #expect(GoldenCorpus(root: folder.url.appendingPathComponent("corpus")).pending.ids.isEmpty)
  }

  @Test func aDifferingCaseIsNotAcceptedWithAll() throws {
    let folder = try scene()
    let corpus = GoldenCorpus(root: folder.url.appendingPathComponent("corpus"))
    let lines = try folder.text("pixel.log").split(separator: "\n").map {
      $0.contains(": polar ") ? "TRACE_SWIFT: polar 0.5" : String($0)
    }
    try folder.file("changed.log", lines.joined(separator: "\n") + "\n")
    #expect(try run(add("changed", log: "changed.log"), in: folder).status == 1)
    #expect(try run(["review", "--corpus", "corpus", "--accept-all"], in: folder).status == 1)
    #expect(corpus.ids.isEmpty && corpus.pending.ids == ["changed"])
    #expect(try run(["review", "--corpus", "corpus", "--reject", "changed"], in: folder).status == 0)
    #expect(corpus.ids.isEmpty && corpus.pending.ids.isEmpty)
  }

  @Test func regenerationShowsWhatWouldChange() throws {
    let folder = try scene()
    let corpus = GoldenCorpus(root: folder.url.appendingPathComponent("corpus"))
    #expect(try run(add("mine"), in: folder).status == 0)
    #expect(try run(["review", "--corpus", "corpus", "--accept", "mine"], in: folder).status == 0)
    let command = ["regenerate", "--corpus", "corpus", "--reference"]
    let same = try run(command + [Self.simulator.url.path], in: folder)
    #expect(same.status == 0 && same.output.contains("same    mine"), "\(same)")
    // A program that doubles the structure factor.
    let other = try folder.file("other", "#!/bin/sh\nexec \(Self.simulator.url.path) \"$@\" -default_F 200\n")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: other)
    let before = try folder.data("corpus/cases/mine/image.f32")
    let differs = try run(command + [other], in: folder)
    #expect(differs.status == 1 && differs.output.contains("image.f32: "), "\(differs)")
    #expect(corpus.pending.ids.isEmpty)
    #expect(try run(command + [other, "--store"], in: folder).status == 1)
    #expect(corpus.pending.ids == ["mine"])
    #expect(try folder.data("corpus/cases/mine/image.f32") == before)
    #expect(try run(command + ["/bin/false"], in: folder).status == 3)
  }

  /// Fifty additions killed at random moments: a pending case is there whole, or not at all.
  @Test func aKilledAdditionLeavesNoPartialCase() async throws {
    let folder = try scene()
    let corpus = GoldenCorpus(root: folder.url.appendingPathComponent("corpus"))
    try await ToolTests.tool.kill(50, in: folder, { ["golden"] + add("case-\($0)") }) { _ in }
    // The next addition removes what killed ones left.
    #expect(try run(add("last"), in: folder).status == 0)
    let whole = corpus.pending.ids
    // They are one case under several names: the first counts, the others are its twins and wait.
    #expect(try run(["review", "--corpus", "corpus", "--accept-all"], in: folder).status == (whole.count > 1 ? 1 : 0))
    #expect(corpus.ids == Array(whole.prefix(1)), "all that are there are whole and agree")
    #expect(try run(["review", "--corpus", "corpus", "--reject-all"], in: folder).status == 0)
    #expect(try run(["check", "--corpus", "corpus"], in: folder).status == 0)
    let left = try FileManager.default.contentsOfDirectory(
      atPath: folder.url.appendingPathComponent("corpus/pending").path)
    #expect(left.allSatisfy { !$0.contains("partial") }, "\(left)")
    print("killed additions: \(whole.count) of 52 cases were whole, the others are not there")
  }

  /// What differs in a recorded file is named by header line or pixel.
  @Test func differencesOfFilesAreNamed() {
    let file = Array("{\nHEADER_BYTES=512;\nPHI=1;\n}".utf8) + [12] + [1, 0, 2, 0, 3, 0, 4, 1, 5, 0, 6, 0]
    func first(_ change: (inout [UInt8]) -> Void) -> String? {
      var other = file
      change(&other)
      return FileDifference.first(reference: file, candidate: other, fastPixels: 3, slowPixels: 2)
    }
    #expect(first { _ in } == nil)
    #expect(first { $0.removeLast() } == "40 bytes, recorded 41")
    #expect(first { $0[24] = 50 }?.hasPrefix("header line \"PHI=1;\", ours \"PHI=2;\"; 1 of 41") == true)
    #expect(first { $0[36] = 0 }?.hasPrefix("slow 1 fast 0: recorded 260, ours 4; 1 of 41") == true)
    let grey = Array("P5\n2 1\n255\n".utf8)
    let found = FileDifference.first(reference: grey + [1, 2], candidate: grey + [1, 3], fastPixels: 2, slowPixels: 1)
    #expect(found == "slow 0 fast 1: recorded 2, ours 3; 1 of \(grey.count + 2) bytes differ")
  }
}

extension Substring {
  fileprivate var trimmed: String { trimmingCharacters(in: .whitespaces) }
}
