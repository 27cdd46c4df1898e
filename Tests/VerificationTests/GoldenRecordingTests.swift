import Foundation
import GoldenStore
import Physics
import TestSupport
import Testing
import TraceIO

/// Limits and places that are easily confused, where golden cases are added and recorded again.
@Suite(.tags(.verification), .generousTime) struct GoldenRecordingTests: GoldenMaking {
  let folder: TemporaryFolder
  let corpus: GoldenCorpus

  // MARK: Adding

  @Test func aReferenceRunsInOneThreadUnlessToldOtherwise() {
    #expect(GoldenDraft(name: "mine").reference.threads == 1)
  }

  /// Two files of one name are stored under two names, and the whole of an image that is no square is a part of it.
  @Test func filesOfOneNameAreKeptApart() throws {
    for name in ["a", "b"] {
      try FileManager.default.createDirectory(
        at: folder.url.appendingPathComponent(name), withIntermediateDirectories: true)
    }
    let matrix = try folder.file("a/list.txt", "0.01 0 0 0 0.012 0 0 0.001 0.02\n")
    let list = try folder.file("b/list.txt", "0 0 0 100\n1 0 0 5\n0 1 0 7\n")
    let rest = "-default_F 100 -N 3 -detpixels_x 6 -detpixels_y 4 -oversample 1".words
    let experiment = try Experiment(words: ["-mat", matrix, "-hkl", list] + rest)
    let lines = try PixelTracer(experiment).trace(PixelIndex(slow: 1, fast: 2))
    let whole = PixelBounds(fastPixels: 6, slowPixels: 4)
    var draft = GoldenDraft(name: "two")
    draft.arguments = ["-mat", matrix, "-hkl", list] + rest
    draft.logs = [try folder.file("pixel.log", TraceWriter.text(lines))]
    draft.image = try folder.file("float.bin", bytes(try Simulator(experiment).render(threads: 1).image.pixels))
    draft.crop = whole
    _ = try corpus.add(draft)
    let golden = try corpus.pending.load("two")
    #expect(golden.args == ["-mat", "inputs/list.txt", "-hkl", "inputs/2-list.txt"] + rest)
    #expect(golden.traces.map(\.file) == ["trace.s1.f2.log"])
    #expect(golden.image?.crop == whole)
    let own = "corpus/pending/two/inputs"
    #expect(try folder.text("\(own)/list.txt") == "0.01 0 0 0 0.012 0 0 0.001 0.02\n")
    #expect(try folder.text("\(own)/2-list.txt") == "0 0 0 100\n1 0 0 5\n0 1 0 7\n")
  }

  /// A log without origin is that of the given pixel if its position is less than half a pixel away from the pixel's.
  @Test func aPositionWithinHalfAPixelIsThatOfThePixel() throws {
    let experiment = try Experiment(command: Self.scene)
    let pixel = PixelIndex(slow: 1, fast: 2)
    let lines = try PixelTracer(experiment).trace(pixel).filter { $0.fields[0].name != TraceName.origin.rawValue }
    let place = try #require(Trace(lines: lines).vector(.position))
    let shares: [(name: String, share: Double)] = [("near", 0.4), ("far", 0.6)]
    for (name, share) in shares {
      let moved = place + Vector3(0, share * experiment.detector.pixelSize, 0)
      var changed = lines
      for index in changed.indices where changed[index].fields[0].name == TraceName.position.rawValue {
        changed[index].fields[0] = TraceField(TraceName.position.rawValue, moved)
      }
      var draft = GoldenDraft(name: name)
      draft.arguments = Self.scene.words
      draft.pixels = [pixel]
      draft.logs = [try folder.file("\(name).log", TraceWriter.text(changed))]
      if name == "near" {
        _ = try corpus.add(draft)
      } else {
        #expect(throws: CorpusError.self) { _ = try corpus.add(draft) }
      }
    }
    #expect(corpus.pending.ids == ["near"])
  }

  // MARK: Recording again

  /// A program that prints and renders otherwise and traces nothing: what differs, what is kept, and who made what.
  @Test func whatAnotherProgramMakesIsDescribed() async throws {
    let matrix = "0.01 0 0 0 0.012 0 0 0.001 0.02\n"
    _ = try makeCase(
      "mine", "-mat inputs/cell.mat -default_F 100 -N 3 -detpixels_x 3 -detpixels_y 2 -oversample 1 -nonoise",
      image: described(fast: 3, slow: 2, max: 4), pixel: PixelIndex(slow: 1, fast: 0),
      files: [
        "image.f32": bytes([4, 0, 0, 0, 0, 0] as [Float]), "a.log": bytes("TRACE_C: F_cell 100\n"),
        "printed.txt": bytes("x = 1\ny = 2\n"), "inputs/cell.mat": bytes(matrix),
      ])
    let made = try folder.file("made.bin", bytes([4, 0, 0, 0, 0, 6] as [Float]))
    let other = try program(
      "other",
      """
      # GCC: (Debian 12.2.0-14) 12.2.0
      echo 'nanoBragg version 7'
      echo 'x = 1'
      echo 'y = 3'
      cp '\(made)' float.bin
      """)
    let again = try await corpus.regenerate("mine", with: other, tool: "test")
    #expect(
      again.differences == [
        "printed.txt: line 2 was \"y = 2\", is \"y = 3\"",
        "image.f32: 1 of 6 pixels, by up to 1.5 of the maximum",
      ], "\(again.differences)")
    #expect(
      again.notes == [
        "image.f32: the program prints no statistics; they are those of the simulator's formulas",
        "a.log: the program prints no trace for -trace_pixel; the stored one is kept",
      ], "\(again.notes)")
    #expect(again.golden.image?.max == 6 && again.golden.image?.maxAt == PixelIndex(slow: 1, fast: 2))
    let makers = try #require(again.golden.provenance?.made)
    #expect(makers.keys.sorted() == ["a.log", "image.f32", "printed.txt"])
    let kept = try #require(makers["a.log"])
    #expect(kept.version == "nanoBragg.c" && kept.compiler == "gcc 12.2" && kept.sha256 == nil, "\(kept)")
    let maker = try #require(makers["image.f32"])
    #expect(maker.version == "nanoBragg version 7" && maker.program == other, "\(maker)")
    #expect(maker.compiler == "GCC: (Debian 12.2.0-14) 12.2.0", "\(maker)")
    try again.bundle.write(to: folder.url.appendingPathComponent("again"))
    #expect(folder.has("again/inputs/cell.mat") && folder.has("again/printed.txt"))
    #expect(try folder.text("again/inputs/cell.mat") == matrix)
    #expect(try folder.text("again/printed.txt") == "x = 1\ny = 3\n")
  }

  /// A line more and a line fewer are differences, too.
  @Test func linesThatAreAddedOrMissingAreNamed() async throws {
    let changes: [(name: String, recorded: String, script: String, words: String)] = [
      ("more", "x = 1\n", "echo 'x = 1'; echo 'x = 2'", "line 2 was not there, is \"x = 2\""),
      ("fewer", "x = 1\nx = 2\n", "echo 'x = 1'", "line 2 was \"x = 2\", is not there"),
    ]
    for (name, recorded, script, words) in changes {
      _ = try makeCase(
        name, Self.scene, output: "image.pgm", files: ["image.pgm": [1], "printed.txt": bytes(recorded)])
      let other = try program("run-\(name)", "\(script); printf 2 > image.pgm")
      let again = try await corpus.regenerate(name, with: other, tool: "test")
      #expect(again.differences == ["printed.txt: \(words)", "image.pgm: other bytes"], "\(again.differences)")
    }
  }

  // MARK: Faults that were there

  /// The last argument of a case has a meaning of its own, so that nothing follows it.
  @Test func tracesAreThoseOfTheArgumentsOfTheCase() async throws {
    _ = try makeCase(
      "last", Self.scene + " -curved_det", pixel: PixelIndex(slow: 1, fast: 2), output: "image.pgm",
      files: ["image.pgm": [1], "a.log": bytes("TRACE_C: F_cell 100\n")])
    let arguments = folder.url.appendingPathComponent("arguments").path
    let other = try program("other", "printf '%s\\n' \"$*\" >> '\(arguments)'; printf 1 > image.pgm")
    _ = try await corpus.regenerate("last", with: other, tool: "test")
    let lines = try folder.text("arguments").split(separator: "\n")
    #expect(lines.count == 2 && lines.allSatisfy { $0.hasSuffix(" -curved_det") }, "\(lines)")
    #expect(lines.last?.contains("-trace_pixel 1 2 ") == true)
  }

  /// An image recorded as zeros that has photons now.
  @Test func aDarkImageThatShines() async throws {
    _ = try makeCase(
      "dark", "-cell 60 60 60 90 90 90 -default_F 1 -N 1 -detpixels_x 3 -detpixels_y 2 -nonoise",
      image: described(fast: 3, slow: 2), files: ["image.f32": bytes([Float](repeating: 0, count: 6))])
    let made = try folder.file("made.bin", bytes([0, 0, 0, 0, 0, 2] as [Float]))
    let again = try await corpus.regenerate(
      "dark", with: try program("other", "echo hello; cp '\(made)' float.bin"), tool: "test")
    #expect(again.differences == ["image.f32: 1 of 6 pixels, by up to 2.0 photons"], "\(again.differences)")
  }

  /// A description holds no statistics that are no numbers.
  @Test func imagesThatAreNotFiniteAreRefused() async throws {
    let pixels = [Float](repeating: 1, count: 23) + [.nan]
    var draft = GoldenDraft(name: "nan")
    draft.arguments = Self.scene.words
    let lines = try PixelTracer(Experiment(command: Self.scene)).trace(PixelIndex(slow: 1, fast: 2))
    draft.logs = [try folder.file("pixel.log", TraceWriter.text(lines))]
    draft.image = try folder.file("nan.bin", bytes(pixels))
    let error = #expect(throws: CorpusError.self) { try corpus.add(draft) }
    #expect(error?.description.contains("no finite numbers") == true, "\(error?.description ?? "")")
    _ = try makeCase(
      "again", Self.scene, image: described(fast: 6, slow: 4),
      files: ["image.f32": bytes([Float](repeating: 0, count: 24))])
    let other = try program("other", "echo hello; cp '\(folder.url.path)/nan.bin' float.bin")
    await #expect(throws: CorpusError.self) { try await corpus.regenerate("again", with: other, tool: "test") }
  }
}
