import CaseShelves
import Foundation
import GoldenStore
import Physics
import TestSupport
import Testing
import TraceIO

/// What counts as a case, which cases are twins, and what is said of those that are not there.
@Suite(.tags(.verification), .generousTime) struct GoldenCorpusBorderTests: GoldenMaking {
  let folder: TemporaryFolder
  let corpus: GoldenCorpus

  private func makeFolder(_ name: String) throws {
    try FileManager.default.createDirectory(
      at: folder.url.appendingPathComponent(name), withIntermediateDirectories: true)
  }

  /// An image of more than a million pixels is large; a case without image is not.
  @Test func largeImages() throws {
    let rows: [(fast: Int, slow: Int, isLarge: Bool)] = [
      (1000, 1000, false), (1001, 1000, true), (1000, 1001, true), (1_000_001, 1, true), (1, 1_000_001, true),
      (1_000_000, 1, false), (1, 1_000_000, false), (999, 1001, false),
    ]
    for (fast, slow, isLarge) in rows {
      let golden = try makeCase("image", Self.scene, image: described(fast: fast, slow: slow))
      #expect(golden.isLarge == isLarge, "\(fast) x \(slow)")
    }
    let golden = try makeCase("none", Self.scene)
    #expect(!golden.isLarge)
  }

  /// Cases are the visible folders of a shelf. A dot at the end of a name hides nothing; a file is a stray.
  @Test func visibleFoldersAreCases() throws {
    for name in ["plain", "dot.", ".hidden"] { try makeFolder("corpus/cases/\(name)") }
    try folder.file("corpus/cases/note.txt", "")
    try folder.file("corpus/cases/.note", "")
    #expect(corpus.ids == ["dot.", "plain"])
    #expect(corpus.pending.ids == [])
    let problems: [String] = corpus.problems()
    #expect(problems.count == 3 && problems.last == "cases/note.txt: it is no case; remove it", "\(problems)")
  }

  /// Of names equally near the first one is suggested. Two letters may differ, and of long names a third.
  @Test func nearNamesAreSuggested() throws {
    for name in ["abcdefghi", "ro1", "ro2"] { try makeFolder("corpus/cases/\(name)") }
    let rows: [(id: String, near: String?)] = [
      ("ro3", "ro1"), ("rxy", "ro1"), ("xyz", nil), ("RO2", "ro2"), ("ro22", "ro2"),
      ("abcdefxyz", "abcdefghi"), ("abcdexxyz", nil), ("abcdefxy", nil),
    ]
    let place = corpus.root.appendingPathComponent("cases").path
    for (id, near) in rows {
      let error = #expect(throws: CorpusError.self) { _ = try corpus.load(id) }
      let rest: String = near.map { "; did you mean \($0)?" } ?? "; nbverify golden list shows them"
      #expect(error?.description == "\(id): there is no such case in \(place)\(rest)")
    }
  }

  /// A shared input that no case uses is told once, by the corpus of the cases that count. A waiting case uses inputs.
  @Test func sharedInputsAreUsed() throws {
    try makeFolder("corpus/inputs")
    for name in ["used.mat", "unused.txt"] { try folder.file("corpus/inputs/\(name)", "1\n") }
    _ = try makeCase(
      "waiting", "-mat inputs/used.mat -default_F 100 -N 3", output: "image.pgm", files: ["image.pgm": [1]],
      on: "pending")
    #expect(corpus.problems() == ["inputs/unused.txt: no case uses it; remove it"])
    let waiting: [String] = [
      "waiting: sha256.txt is missing or cannot be read: this is no bundle",
      "waiting: image.pgm has not the digest that case.json gives",
      "waiting: inputs/used.mat: case.json has no digest of it",
    ]
    #expect(corpus.pending.problems() == waiting)
  }

  /// Twins have the same arguments, contents of inputs, recorded outputs and traced pixels, and other names.
  @Test func twinsHaveAllInCommon() throws {
    let rest = "-default_F 100 -N 3 -detpixels_x 6 -detpixels_y 4 -oversample 1"
    let cell = "0.01 0 0 0 0.012 0 0 0.001 0.02\n"
    let log: [String: [UInt8]] = ["a.log": bytes("TRACE_C: F_cell 100\n")]
    _ = try makeCase("files", Self.scene, output: "image.pgm", files: ["image.pgm": [1]])
    _ = try makeCase("pixels", Self.scene, pixel: PixelIndex(slow: 1, fast: 2), files: log)
    _ = try makeCase(
      "inputs", "-mat inputs/cell.mat \(rest)", output: "image.pgm",
      files: ["image.pgm": [1], "inputs/cell.mat": bytes(cell)])
    let rows: [(id: String, command: String, output: String?, pixel: PixelIndex?, twin: String?)] = [
      ("files", Self.scene, "image.pgm", nil, nil), ("same", Self.scene, "image.pgm", nil, "files"),
      ("other-file", Self.scene, "intimage.img", nil, nil), ("words", Self.scene + " -seed 5", "image.pgm", nil, nil),
      ("both", Self.scene, "image.pgm", PixelIndex(slow: 1, fast: 2), nil),
      ("pixel", Self.scene, nil, PixelIndex(slow: 1, fast: 2), "pixels"),
      ("other-pixel", Self.scene, nil, PixelIndex(slow: 2, fast: 1), nil),
    ]
    for (id, command, output, pixel, twin) in rows {
      let golden = try makeCase(id, command, pixel: pixel, output: output, on: "pending")
      #expect(corpus.pending.duplicate(of: golden) == twin, "\(id)")
    }
    let inputs: [(name: String, content: String, twin: String?)] = [
      ("cell.mat", cell, "inputs"), ("other.mat", cell, "inputs"), ("cell.mat", cell + "\n", nil),
    ]
    for (name, content, twin) in inputs {
      let golden = try makeCase(
        "matrix", "-mat inputs/\(name) \(rest)", output: "image.pgm", files: ["inputs/\(name)": bytes(content)],
        on: "pending")
      #expect(corpus.pending.duplicate(of: golden) == twin, "\(name)")
    }
  }
}

/// Decisions on golden cases: what is written down, and what is said of those that are refused.
@Suite(.tags(.verification), .generousTime) struct GoldenDecisionBorderTests: GoldenMaking {
  let folder: TemporaryFolder
  let corpus: GoldenCorpus

  private func refusal(_ decide: () throws -> Void) -> String {
    do { try decide() } catch { return "\(error)" }
    return ""
  }

  private func makeWaiting(_ id: String) throws {
    _ = try makeCase(id, Self.scene, output: "image.pgm", files: ["image.pgm": [1]], on: "pending")
  }

  /// Who decides on a case that is not there is told which cases wait; a waiting case is not removed or renamed.
  @Test func decisionsOnMissingCases() throws {
    let nothing = "nowhere: there is no such pending case; nothing waits for review"
    let early: [String] = [refusal { try corpus.reject("nowhere") }, refusal { try corpus.accept("nowhere") }]
    #expect(early == [nothing, nothing])
    for id in ["b", "a"] { try makeWaiting(id) }
    let others = "nowhere: there is no such pending case; waiting are a, b"
    let waits = "a: it waits for review; accept it first, or reject it: nbverify golden review"
    let place = corpus.root.appendingPathComponent("cases").path
    let missing = "nowhere: there is no such case in \(place); nbverify golden list shows them"
    let rows: [(found: String, expected: String)] = [
      (refusal { try corpus.reject("nowhere") }, others), (refusal { try corpus.accept("nowhere") }, others),
      (refusal { try corpus.remove("a") }, waits), (refusal { try corpus.rename("a", to: "c") }, waits),
      (refusal { try corpus.remove("nowhere") }, missing),
      (refusal { try corpus.rename("nowhere", to: "c") }, missing),
      (refusal { _ = try corpus.undo() }, "there is no decision to be taken back"),
    ]
    for (found, expected) in rows { #expect(found == expected) }
    #expect(corpus.ids == [] && corpus.pending.ids == ["a", "b"])
  }

  /// A journal that cannot be read stops every decision, whatever else is wrong with it.
  @Test func aDamagedJournalIsToldFirst() throws {
    try makeWaiting("a")
    try FileManager.default.createDirectory(
      at: folder.url.appendingPathComponent("corpus/.undo"), withIntermediateDirectories: true)
    try folder.file("corpus/.undo/journal.json", "{")
    let damaged =
      "\(corpus.root.path)/.undo/journal.json: the journal of decisions cannot be read; what was put away lies beside "
      + "it: mend it, or move the folder away"
    for id in ["a", "nowhere"] {
      let found: [String] = [
        refusal { try corpus.accept(id) }, refusal { try corpus.reject(id) }, refusal { try corpus.remove(id) },
        refusal { try corpus.rename(id, to: "c") }, refusal { _ = try corpus.undo() },
      ]
      #expect(found == [String](repeating: damaged, count: 5), "\(id)")
    }
    #expect(corpus.ids == [] && corpus.pending.ids == ["a"])
  }

  /// The journal has each decision with the person and the time, and the last one is taken back first.
  @Test func decisionsAreWrittenDown() throws {
    let lines = try PixelTracer(Experiment(command: Self.scene)).trace(PixelIndex(slow: 1, fast: 2))
    var draft = GoldenDraft(name: "mine")
    draft.arguments = Self.scene.words
    draft.logs = [try folder.file("pixel.log", TraceWriter.text(lines))]
    _ = try corpus.add(draft)
    try makeWaiting("bad")
    let changed = "mine: the case has changed since it was judged; look at it again"
    let refused: [String] = [
      refusal { try corpus.accept("mine", digest: "0") }, refusal { try corpus.reject("mine", digest: "0") },
    ]
    #expect(refused == [changed, changed])
    let digest: String = try corpus.pending.digest(of: "mine")
    try corpus.reject("bad", who: "A")
    try corpus.accept("mine", who: "B", because: " seen \n", digest: digest)
    let accepted = try #require(try corpus.load("mine").provenance?.accepted)
    #expect(accepted.who == "B" && accepted.because == "seen" && accepted.problems == [], "\(accepted)")
    try corpus.rename("mine", to: "other", who: "C")
    try corpus.remove("other", who: "D")
    let entries = try CaseShelves(DiskFiles(), root: corpus.root.path).readJournal().entries
    let words: [String] = entries.map { "\($0.action) \($0.id) \($0.to ?? "-") \($0.who)" }
    #expect(words == ["rejected bad - A", "accepted mine - B", "renamed mine other C", "removed other - D"])
    #expect(entries.allSatisfy { $0.when.hasPrefix("20") }, "\(entries.map(\.when))")
    #expect(entries.count == 4 && entries[1].when == accepted.when)
    let undone: [String] = [
      "other is no longer removed", "mine is no longer renamed to other", "mine is no longer accepted",
      "bad is no longer rejected",
    ]
    for line in undone { #expect(try corpus.undo() == line) }
    #expect(corpus.ids == [] && corpus.pending.ids == ["bad", "mine"])
    #expect(try corpus.pending.load("mine").provenance?.accepted == nil)
  }
}
