import Foundation
import GoldenStore
import TestSupport
import Testing

/// Corpora that were damaged, or made by someone who means ill, and folders that are not empty.
@Suite(.tags(.verification), .generousTime) struct HostileCorpusTests {
  private static let simulator = BuiltProgram(named: "nanobragg")

  private func golden(_ arguments: [String], in folder: TemporaryFolder) throws -> BuiltProgram.Outcome {
    try ToolTests.tool.run(["golden"] + arguments + ["--corpus", "corpus"], in: folder)
  }

  /// A corpus with some cases of the package's, and the inputs that they name.
  private func corpus(_ ids: [String]) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    let package = GoldenCorpus.ofPackage()
    let root = folder.url.appendingPathComponent("corpus")
    try FileManager.default.createDirectory(at: root.appendingPathComponent("cases"), withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      at: package.root.appendingPathComponent("inputs"), to: root.appendingPathComponent("inputs"))
    for id in ids {
      try FileManager.default.copyItem(at: package.folder(of: id), to: GoldenCorpus(root: root).folder(of: id))
    }
    return folder
  }

  /// Changes the description of a case.
  private func edit(_ id: String, in folder: TemporaryFolder, _ changes: [(String, String)]) throws {
    var text = try folder.text("corpus/cases/\(id)/case.json")
    for (old, new) in changes {
      try #require(text.contains(old))
      text = text.replacing(old, with: new)
    }
    try folder.file("corpus/cases/\(id)/case.json", text)
  }

  /// What case.json can say wrongly, and a word of the refusal.
  private static let lies: [(old: String, new: String, word: String)] = [
    ("\"fast\": 64,", "\"fast\": 1000000000,", "1000000000"),
    ("\"fast\": 64,", "\"fast\": 4611686018427387904,", "4611686018427387904"),
    ("\"fast\": 64,", "\"fast\": 65,", "bytes"), ("\"fast\": 64,", "\"fast\": -64,", "correct case.json"),
    ("\"fast\": 64,", "\"fast\": 64, \"crop\": [1, 2],", "crop"),
    ("\"fast\": 64,", "\"fast\": 64, \"crop\": [-9223372036854775808, 1, 0, 1],", "crop"),
    ("\"sum\": 3", "\"sum\": 1e9993", "case.json"), ("\"id\": \"roi\"", "\"id\": \"../../evil\"", "evil"),
    ("\"file\": \"image.f32\"", "\"file\": \"../../../mine.bin\"", "mine.bin"),
    ("\"file\": \"image.f32\"", "\"file\": \"/etc/passwd\"", "passwd"),
    ("\"file\": \"trace.s21.f36.log\"", "\"file\": \"../mask/trace.s21.f36.log\"", "leads out"),
    ("\"intimage.img\":", "\"../../../mine.bin\":", "mine.bin"),
    ("inputs/synthetic_P1.hkl", "../mine.bin", "mine.bin"), ("\"-nonoise\"", "\"-noisefile\", \"../x\"", "../x"),
    ("\"slow\": 21,", "\"slow\": 99,", "slow 99"),
  ]

  /// Whatever a case says, the others are judged, the case is counted, and no file outside is read or written.
  @Test func everyCaseIsJudgedOrAnError() throws {
    let folder = try corpus(["roi", "mask"])
    let honest = try folder.text("corpus/cases/roi/case.json")
    try folder.file("mine.bin", "mine")
    for lie in Self.lies {
      try folder.file("corpus/cases/roi/case.json", honest)
      try edit("roi", in: folder, [(lie.old, lie.new)])
      for arguments in [["run"], ["regenerate", "--store", "--reference", Self.simulator.url.path]] {
        let outcome = try golden(arguments, in: folder)
        #expect(outcome.status == 3, "\(lie.new): \(outcome)")
        #expect(outcome.output.contains(lie.word) && outcome.output.contains("1 of 2 cases"), "\(outcome.output)")
      }
      #expect(try golden(["check"], in: folder).status == 1)
      #expect(try folder.text("mine.bin") == "mine")
    }
    try folder.file("corpus/cases/roi/case.json", honest)
    try edit("roi", in: folder, [("trace.s21.f36.log", "pipe")])
    #expect(mkfifo(folder.url.appendingPathComponent("corpus/cases/roi/pipe").path, 0o600) == 0)
    #expect(try golden(["run"], in: folder).output.contains("no ordinary file"))
    try FileManager.default.createDirectory(
      at: folder.url.appendingPathComponent("corpus/cases/nothing"), withIntermediateDirectories: true)
    #expect(try golden(["run"], in: folder).output.contains("1 of 3 cases agree, 0 failed, 2 unread"))
  }

  /// Nothing judged is no success.
  @Test func verdictsFromNothing() throws {
    let folder = try corpus([])
    for arguments in [["run"], ["run", "--tag", "roi"], ["regenerate", "--reference", "/bin/true"]] {
      #expect(try golden(arguments, in: folder).status == 3, "\(arguments)")
    }
    #expect(try golden(["check"], in: folder).status == 1)
    let missing = try golden(["run", "nosuchcase"], in: folder)
    #expect(missing.status == 2 && missing.errors.contains("no such case") && !missing.errors.contains("NSError"))
    let near = try golden(["run", "rois"], in: try corpus(["roi"]))
    #expect(near.status == 2 && near.errors.contains("did you mean roi?"))
  }

  /// A file that a case depends on is the one that the case was recorded with.
  @Test func inputsHaveDigests() throws {
    let folder = try corpus(["roi"])
    let list = try folder.text("corpus/inputs/synthetic_P1.hkl")
    // A reflection that no stored pixel sees.
    try folder.file("corpus/inputs/synthetic_P1.hkl", list + "60 60 60 1\n")
    let run = try golden(["run"], in: folder)
    #expect(run.status == 1 && run.output.contains("synthetic_P1.hkl is not the file"), "\(run.output)")
    #expect(try golden(["check"], in: folder).output.contains("synthetic_P1.hkl is not the file"))
    try FileManager.default.removeItem(at: folder.url.appendingPathComponent("corpus/inputs/synthetic_P1.hkl"))
    #expect(try golden(["run"], in: folder).status == 3)
    #expect(try golden(["check"], in: folder).output.contains("synthetic_P1.hkl is missing"))
    // A trace of another run than the image.
    let other = try corpus(["roi"])
    let trace = try other.text("corpus/cases/roi/trace.s21.f36.log")
    let line = try #require(trace.split(separator: "\n").first { $0.contains("floatimage_accumulated") })
    try other.file(
      "corpus/cases/roi/trace.s21.f36.log", trace.replacing(line, with: "TRACE_C: floatimage_accumulated 1.5"))
    #expect(try golden(["check"], in: other).output.contains("different runs"))
  }

  /// Verdicts and numbers are the same in a folder full of the program's own outputs.
  @Test func aFolderFullOfOutputsChangesNothing() throws {
    // Without a list of reflections the C program would read what lies about.
    let package = GoldenCorpus.ofPackage()
    let ids = try package.ids.map { try package.load($0) }.filter { !$0.isLarge && !$0.args.contains("-hkl") }.map(\.id)
    let folder = try corpus(["roi"] + ids.prefix(isNight ? 12 : 4))
    let crystal = "-cell 26.8 31.3 33.7 88.7 71.5 68.1 -default_F 100 -N 3 -lambda 1 -detpixels 24 -oversample 1".words
    let commands: [(BuiltProgram, [String])] = [
      (ToolTests.tool, ["golden", "run", "--corpus", "corpus"]),
      (ToolTests.tool, ["golden", "check", "--corpus", "corpus"]),
      (ToolTests.tool, ["verify", "--corpus", "corpus", "--id", "roi"]),
      (
        ToolTests.tool,
        [
          "images", "--c-bin", Self.simulator.url.path, "--candidate-bin", Self.simulator.url.path, "--out", "OUT",
          "--",
        ]
          + crystal
      ),
      (ToolTests.tool, ["golden", "regenerate", "--corpus", "corpus", "--reference", Self.simulator.url.path]),
    ]
    func outcomes(_ round: String) throws -> [String] {
      try commands.map { program, arguments in
        let outcome = try program.run(arguments.map { $0 == "OUT" ? "out-\(round)" : $0 }, in: folder)
        // Times and names of folders differ.
        let lines = (outcome.output + outcome.errors).split(separator: "\n").filter { line in
          !line.contains(" in ") && !line.contains("out-") && !line.contains(" s")
        }
        return "\(outcome.status)\n" + lines.joined(separator: "\n")
      }
    }
    let clean = try outcomes("clean")
    // Inputs that none of these cases uses are the only thing that is wrong.
    #expect(clean.map { $0.prefix(1) } == ["0", "1", "0", "0", "0"], "\(clean)")
    // A list with other reflections, its cache, and every image that the program writes by itself.
    try folder.file("list.hkl", "1 0 0 5\n0 1 0 7\n0 0 1 9\n")
    let written = try Self.simulator.run(
      crystal + ["-hkl", "list.hkl", "-floatfile", "float.bin", "-noisefile", "noiseimage.img"], in: folder)
    #expect(written.status == 0 && folder.has("Fdump.bin"))
    #expect(try outcomes("full") == clean)
    try folder.file("Fdump.bin", "no cache at all")
    #expect(try outcomes("broken") == clean)
    // What traces a command line reads it as the C program does, and says so.
    try folder.file("Fdump.bin", "")
    _ = try Self.simulator.run(crystal + ["-hkl", "list.hkl"], in: folder)
    let traced = try ToolTests.tool.run(["trace", "--pixel", "3", "4", "--"] + crystal, in: folder)
    #expect(traced.errors.contains("Fdump.bin"), "\(traced.errors)")
  }
}
