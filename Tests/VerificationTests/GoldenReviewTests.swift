import Foundation
import GoldenStore
import TestSupport
import Testing

/// Reviewing golden cases: what is shown, what needs a reason, what can be taken back.
@Suite(.tags(.verification), .generousTime) struct GoldenReviewTests {
  private static let simulator = BuiltProgram(named: "nanobragg")
  private let folder: TemporaryFolder
  private let corpus: GoldenCorpus

  init() throws {
    folder = try TemporaryFolder()
    corpus = GoldenCorpus(root: folder.url.appendingPathComponent("corpus"))
    try FileManager.default.createDirectory(
      at: folder.url.appendingPathComponent("corpus/cases"), withIntermediateDirectories: true)
  }

  private func run(_ arguments: [String]) throws -> BuiltProgram.Outcome {
    try ToolTests.tool.run(["golden"] + arguments + ["--corpus", "corpus"], in: folder)
  }

  private func words(_ length: Int) -> [String] {
    "-cell \(length) 80 90 75 85 95 -default_F 100 -N 4 -detpixels 24 -oversample 1 -osc 1 -phisteps 3 -pixel 0.4".words
  }

  /// Adds a case; the program that is recorded may be told more than the case says.
  private func add(_ name: String, _ length: Int, _ more: [String] = [], image: [UInt8]? = nil) throws
    -> BuiltProgram.Outcome
  {
    let traced = try Self.simulator.run(
      words(length) + more + ["-nonoise", "-nopgm", "-floatfile", "f.bin", "-trace_pixel", "9", "11"], in: folder)
    try folder.file("p.log", traced.output)
    if let image { try folder.file("f.bin", image) }
    return try ToolTests.tool.run(
      ["golden", "add", "--corpus", "corpus", "--name", name, "--log", "p.log", "--image", "f.bin", "--"]
        + words(length),
      in: folder)
  }

  @Test func whatDoesNotAgreeNeedsAReason() throws {
    #expect(try add("good", 70).status == 0)
    #expect(try add("bad", 71, ["-default_F", "50"]).status == 1)
    let refused = try run(["review", "--accept", "bad", "--accept", "good"])
    #expect(refused.status == 1 && refused.errors.contains("without a reason") && corpus.ids == ["good"], "\(refused)")
    #expect(try run(["review", "--accept", "bad", "--because", "  "]).status == 1)
    #expect(try run(["review", "--accept", "bad", "--because", "seen in 2026", "--who", "A. Reviewer"]).status == 0)
    let accepted = try #require(try corpus.load("bad").provenance?.accepted)
    #expect(accepted.who == "A. Reviewer" && accepted.because == "seen in 2026" && !accepted.problems.isEmpty)
    #expect(try corpus.load("good").provenance?.accepted?.because == nil)
    #expect(try run(["check"]).status == 0, "the digests are those of what was written")
    #expect(try run(["run"]).output.contains("1 of 2 cases agree, 1 failed"))
  }

  /// A replacement is announced; old, new and ours stand side by side with the diagnosis.
  @Test func aReplacementIsAnnounced() throws {
    #expect(try add("mine", 70).status == 0)
    #expect(try run(["review", "--accept-all"]).status == 0)
    let other = try folder.file("other", "#!/bin/sh\nexec \(Self.simulator.url.path) \"$@\" -default_F 200\n")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: other)
    #expect(try run(["regenerate", "--reference", other, "--store"]).status == 1)
    let new = try corpus.pending.load("mine")
    let maker = try #require(new.provenance?.made?["image.f32"])
    #expect(maker.program == other && maker.sha256?.count == 64 && maker.threads == 1)
    #expect(
      new.provenance?.made?.keys.sorted() == ["image.f32", "trace.s9.f11.log"] && new.reference.note.contains(other))
    let shown = try ToolTests.tool.run(["golden", "review", "--corpus", "corpus"], in: folder)
    #expect(
      shown.output.contains("REPLACES the case of this name: 10 traced numbers differ, another image"),
      "\(shown.output)"
    )
    #expect(shown.output.contains("Old") && shown.output.contains("structure-factor-scale"))
    let row = try #require(shown.output.split(separator: "\n").first { $0.contains(" F_cell ") })
    #expect(row.words.suffix(4) == ["100", "200", "100", "DIVERGES"], "\(row)")
    #expect(try run(["review", "--accept", "mine", "--because", "the list was scaled"]).status == 0)
    #expect(try corpus.load("mine").image?.sha256 == new.image?.sha256)
    // Taken back: the old one counts, the new one waits.
    #expect(try run(["undo"]).output == "mine is no longer accepted\n")
    #expect(try corpus.load("mine").image?.sha256 != new.image?.sha256 && corpus.pending.ids == ["mine"])
    #expect(try corpus.pending.load("mine").provenance?.accepted == nil)
    #expect(try run(["run"]).status == 0)
  }

  @Test func everyDecisionCanBeTakenBack() throws {
    for (index, name) in ["a", "b", "c"].enumerated() { #expect(try add(name, 70 + index).status == 0) }
    #expect(try run(["review", "--reject-all"]).status == 0)
    #expect(corpus.pending.ids.isEmpty && corpus.ids.isEmpty)
    for _ in 0..<3 { #expect(try run(["undo"]).status == 0) }
    #expect(corpus.pending.ids == ["a", "b", "c"])
    #expect(try run(["review", "--accept-all"]).status == 0)
    #expect(try run(["rename", "a", "z"]).status == 0 && corpus.ids == ["b", "c", "z"])
    #expect(try run(["rename", "b", "z"]).status == 2 && run(["rename", "b", "../b"]).status == 2)
    #expect(
      try run(["remove", "nowhere"]).status == 2 && run(["remove", "b"]).status == 0 && corpus.ids == ["c", "z"])
    #expect(try run(["run"]).status == 0 && run(["check"]).status == 0)
    for expected in [["b", "c", "z"], ["a", "b", "c"], ["a", "b"], ["a"], []] {
      #expect(try run(["undo"]).status == 0 && corpus.ids == expected, "\(expected)")
    }
    #expect(corpus.pending.ids == ["a", "b", "c"])
    // What was put away and brought back is whole.
    #expect(try run(["review", "--accept-all"]).status == 0 && run(["check"]).status == 0)
    let left = try FileManager.default.contentsOfDirectory(
      atPath: folder.url.appendingPathComponent("corpus/.undo").path)
    #expect(left == ["journal.json"], "\(left)")
  }

  /// A journal that cannot be read stops every decision; nothing moves, and nothing that was put away is lost.
  @Test func aDamagedJournalLosesNothing() throws {
    for (index, name) in ["a", "b"].enumerated() { #expect(try add(name, 70 + index).status == 0) }
    #expect(try run(["review", "--accept-all"]).status == 0 && run(["remove", "a"]).status == 0)
    let store = folder.url.appendingPathComponent("corpus/.undo")
    let kept = try FileManager.default.contentsOfDirectory(atPath: store.path).sorted()
    let journal = try Data(contentsOf: store.appendingPathComponent("journal.json"))
    try journal.prefix(20).write(to: store.appendingPathComponent("journal.json"))
    #expect(try add("c", 72).status == 0)
    for command in [
      ["remove", "b"], ["rename", "b", "z"], ["undo"], ["review", "--accept", "c"], ["review", "--reject", "c"],
    ] {
      let outcome = try run(command)
      #expect(outcome.status != 0 && outcome.errors.contains("journal of decisions cannot be read"), "\(outcome)")
    }
    #expect(corpus.ids == ["b"] && corpus.pending.ids == ["c"])
    #expect(try FileManager.default.contentsOfDirectory(atPath: store.path).sorted() == kept)
    try journal.write(to: store.appendingPathComponent("journal.json"))
    #expect(try run(["undo"]).status == 0 && corpus.ids == ["a", "b"])
  }

  /// The same words with other inputs are no twins; the same case under another name is one, and it is said when it is added.
  @Test func twins() throws {
    #expect(try add("first", 70).status == 0)
    #expect(try run(["review", "--accept-all"]).status == 0)
    let twin = try add("second", 70)
    #expect(twin.status == 0 && twin.output.contains("the same as first"), "\(twin)")
    #expect(try run(["review", "--accept-all"]).status == 1 && corpus.ids == ["first"])
    #expect(try run(["review", "--reject-all"]).status == 0)
    for (name, reflection) in [("one", "1 0 0 5\n"), ("two", "1 0 0 6\n")] {
      try folder.file("list.hkl", reflection)
      let list = ["-hkl", "list.hkl"]
      let traced = try Self.simulator.run(
        words(75) + list + ["-nonoise", "-nopgm", "-floatfile", "f.bin", "-trace_pixel", "9", "11"], in: folder)
      try folder.file("p.log", traced.output)
      let added = try ToolTests.tool.run(
        ["golden", "add", "--corpus", "corpus", "--name", name, "--log", "p.log", "--image", "f.bin", "--"] + words(75)
          + list,
        in: folder)
      #expect(added.status == 0 && !added.output.contains("the same as"), "\(added)")
      #expect(try run(["review", "--accept-all"]).status == 0)
    }
    #expect(try run(["check"]).status == 0 && corpus.ids == ["first", "one", "two"])
  }

  /// An image that the C program rendered with two threads lacks the carried-over cell in one pixel.
  @Test func twoThreadsAreRecognised() throws {
    func image(_ more: [String]) throws -> [UInt8] {
      _ = try Self.simulator.run(words(70) + more + ["-nonoise", "-nopgm", "-floatfile", "g.bin"], in: folder)
      return [UInt8](try folder.data("g.bin"))
    }
    var pixels = try image([])
    let fresh = try image(["--phi-mode", "spec"])
    let start = 4 * 24 * 12
    pixels.replaceSubrange(start..<start + 4, with: fresh[start..<start + 4])
    let added = try add("threads", 70, image: pixels)
    #expect(added.status == 1 && added.output.contains("1 pixel of the image, (12,0)"), "\(added)")
    #expect(added.output.contains("ran with 2 threads") && added.output.contains("OMP_NUM_THREADS=1"))
    pixels[start + 3] ^= 1
    let other = try add("damaged", 70, image: pixels)
    #expect(other.status == 1 && !other.output.contains("threads"))
  }

  /// The decisions of a page are carried out, and refused where the case has changed.
  @Test func decisionsOfAPage() throws {
    for index in 0..<5 {
      #expect(
        try add("case-\(index)", 70 + index, index == 3 ? ["-default_F", "9"] : []).status == (index == 3 ? 1 : 0))
    }
    let page = try run(["review", "--page", "review.html"])
    #expect(page.status == 0 && page.output.contains("5 pending cases"), "\(page)")
    let html = try folder.text("review.html")
    #expect(html.matches(of: /data:image\/png;base64/).count == 15 && !html.contains("http"))
    var entries: [String] = []
    for match in html.matches(of: /data-id="([^"]+)" data-digest="([0-9a-f]{64})" data-objections="([0-9]+)"/) {
      let decision = match.1 == "case-1" ? "reject" : "accept"
      let reason = match.3 == "0" ? "null" : "\"as measured\""
      entries.append(
        "{\"id\": \"\(match.1)\", \"digest\": \"\(match.2)\", \"decision\": \"\(decision)\", \"because\": \(reason)}")
    }
    #expect(entries.count == 5)
    try folder.file("decisions.json", "{\"who\": \"A. Reviewer\", \"decisions\": [\(entries.joined(separator: ", "))]}")
    // Added anew since, and a file that was changed.
    #expect(try run(["review", "--reject", "case-0"]).status == 1)
    #expect(try add("case-0", 90).status == 0)
    try folder.file("corpus/pending/case-4/image.f32", [UInt8](repeating: 0, count: 4 * 24 * 24))
    let applied = try run(["review", "--apply", "decisions.json"])
    #expect(applied.status == 1 && applied.output.contains("3 of 5 decisions carried out"), "\(applied)")
    #expect(
      applied.output.contains("REFUSED case-0: the case has changed") && applied.output.contains("REFUSED case-4"))
    #expect(corpus.ids == ["case-2", "case-3"] && corpus.pending.ids == ["case-0", "case-4"])
    #expect(try corpus.load("case-3").provenance?.accepted?.because == "as measured")
    #expect(try corpus.load("case-2").provenance?.accepted?.who == "A. Reviewer")
    let again = try run(["review", "--apply", "decisions.json"])
    #expect(again.status == 1 && again.output.contains("0 of 5"), "what was decided is decided")
    for text in [
      "", "{}", "[]", "{\"who\": \"x\", \"decisions\": [{\"id\": \"a\", \"digest\": \"\", \"decision\": \"maybe\"}]}",
    ] {
      try folder.file("bad.json", text)
      #expect(try run(["review", "--apply", "bad.json"]).status == 3, "\(text)")
    }
  }
}
