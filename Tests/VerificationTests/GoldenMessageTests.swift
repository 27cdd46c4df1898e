import Foundation
import FrameIO
import GoldenStore
import Physics
import TestSupport
import Testing

/// Golden cases that are read, added, recorded again and reviewed, at the limits of what is told.
@Suite(.tags(.verification), .generousTime) struct GoldenMessageTests: GoldenMaking {
  let folder: TemporaryFolder
  let corpus: GoldenCorpus

  // MARK: Reading

  /// A description has at most 16 MiB.
  @Test func aDescriptionHasALargestSize() throws {
    _ = try makeCase("large", Self.scene)
    let file = corpus.folder(of: "large").appendingPathComponent("case.json")
    try lengthen(file.path, to: 16_777_217)
    let found: String = refusal("large")
    #expect(found.contains("the file has 16777217 bytes; at most 16777216 are read"), "\(found)")
  }

  /// An image may have 2^32 pixels, and not more.
  @Test func anImageHasALargestSize() throws {
    let need = "image.f32 has 4 bytes, 4294967296 pixels need 17179869184"
    let remedy = "correct \"fast\", \"slow\" and \"crop\" in case.json, or restore the image"
    let rows: [(fast: Int, slow: Int, problem: String)] = [
      (65536, 65536, "\(need); \(remedy)"),
      (65537, 65536, "an image of 65537 x 65536 pixels; correct \"fast\" and \"slow\" in case.json"),
      (65536, 65537, "an image of 65536 x 65537 pixels; correct \"fast\" and \"slow\" in case.json"),
    ]
    for (fast, slow, problem) in rows {
      _ = try makeCase(
        "image", Self.scene, image: described(fast: fast, slow: slow), files: ["image.f32": [0, 0, 0, 0]])
      #expect(refusal("image") == "image: \(problem)")
    }
  }

  /// Each file of a case is there, and is that of one thing alone.
  @Test func filesOfACaseAreThere() throws {
    let image: [UInt8] = bytes([Float](repeating: 0, count: 24))
    let log: [UInt8] = bytes("TRACE_C: F_cell 100\n")
    func missing(_ name: String) -> String {
      "files: \(name) is missing; restore the file, or record the case again"
    }
    let twice = "files: case.json gives two things the same file; correct case.json"
    let rows: [(output: String, files: [String: [UInt8]], problem: String)] = [
      ("image.pgm", ["image.f32": image, "a.log": log, "image.pgm": [1]], ""),
      ("image.pgm", ["image.f32": image, "a.log": log], missing("image.pgm")),
      ("image.pgm", ["a.log": log, "image.pgm": [1]], missing("image.f32")),
      ("image.pgm", ["image.f32": image, "image.pgm": [1]], missing("a.log")),
      ("a.log", ["image.f32": image, "a.log": log], twice),
      ("image.f32", ["image.f32": image, "a.log": log], twice),
    ]
    for (output, files, problem) in rows {
      try? FileManager.default.removeItem(at: corpus.folder(of: "files"))
      _ = try makeCase(
        "files", Self.scene, image: described(fast: 6, slow: 4), pixel: PixelIndex(slow: 1, fast: 2), output: output,
        files: files)
      #expect(refusal("files") == problem)
    }
  }

  /// A file of a draft that is not there is named with its option.
  @Test func aMissingFileIsNamedWithItsOption() throws {
    let path = folder.url.appendingPathComponent("none.mat").path
    var draft = GoldenDraft(name: "mine")
    draft.arguments = ["-default_F", "100", "-mat", path, "-N", "3"]
    let error = #expect(throws: RequestError.self) { _ = try corpus.add(draft) }
    #expect(error?.subject == "-mat" && error?.value == path)
    #expect(corpus.pending.ids == [])
  }

  // MARK: Programs

  /// A path is made absolute and a name is not; a run may last twenty minutes unless told otherwise.
  @Test func programsAreNamesOrPaths() {
    let here = FileManager.default.currentDirectoryPath
    let rows: [(given: String, path: String)] = [
      ("nanoBragg", "nanoBragg"), ("/opt/nanoBragg", "/opt/nanoBragg"), ("bin/nanoBragg", "\(here)/bin/nanoBragg"),
    ]
    for (given, path) in rows { #expect(SimulatorProgram(given).path == path) }
    #expect(SimulatorProgram.usualLimit == 1200)
    #expect(SimulatorProgram("a").limit == 1200 && SimulatorProgram("a", limit: 5).limit == 5)
  }

  /// A part of an image of 3 × 2 pixels is stored, and the whole is described, by the statistics that the program
  /// prints. The program is described by 200 characters of its first line, and its compiler by printable ones; it runs
  /// in one thread.
  @Test func aProgramAndItsImageAreDescribed() async throws {
    let text = described(fast: 3, slow: 2, max: 0.5)
      .replacing("\"sha256\":", with: "\"crop\": [0, 1, 1, 1], \"sha256\":")
    _ = try makeCase(
      "part", "-mat inputs/cell.mat -default_F 100 -N 3 -detpixels_x 3 -detpixels_y 2 -oversample 1 -nonoise",
      image: text,
      files: [
        "image.f32": bytes([0.0625, 0.25] as [Float]), "inputs/cell.mat": bytes("0.01 0 0 0 0.012 0 0 0.001 0.02\n"),
      ])
    let pixels: [Float] = [0.25, 0, 0.125, 0.0625, 0, 0.03125]
    let made = try folder.file("made.bin", bytes(pixels))
    let rest = String(repeating: "x", count: 300)
    let other = try program(
      "other",
      """
      # GCC: (mine) 1\u{7F}2
      echo "threads $OMP_NUM_THREADS \(rest)"
      echo 'max_I = 0.25  at 0.1 0.2'
      echo 'mean= 7 rms= 8 rmsd= 9'
      cp '\(made)' float.bin
      """)
    let again = try await corpus.regenerate("part", with: other, tool: "test")
    #expect(again.differences == ["image.f32: 1 of 2 pixels, by up to 0.5 of the maximum"])
    #expect(again.notes == [])
    let image = try #require(again.golden.image)
    #expect(image.fast == 3 && image.slow == 2 && image.max == 0.25 && image.sum == 0.46875)
    #expect(image.maxAt == PixelIndex(slow: 0, fast: 0))
    #expect(image.mean == 7 && image.rms == 8 && image.rmsd == 9)
    let printed: [String: String] = [
      "max_I": "0.25", "max_I_x": "0.1", "max_I_y": "0.2", "mean": "7", "rms": "8", "rmsd": "9",
    ]
    #expect(image.printed == printed)
    let provenance = try #require(again.golden.provenance)
    let digest = try #require(provenance.sources["image.f32"])
    #expect(image.cropSHA256 == digest && image.sha256 != digest)
    let matrix = try #require(provenance.sources["inputs/cell.mat"])
    #expect(again.golden.inputs == ["inputs/cell.mat": matrix])
    let maker = try #require(provenance.made?["image.f32"])
    let banner = "threads 1 " + String(repeating: "x", count: 190)
    #expect(maker.version == banner && maker.compiler == "GCC: (mine) 1" && maker.threads == 1)
    try again.bundle.write(to: folder.url.appendingPathComponent("again"))
    #expect(try Array(folder.data("again/image.f32")) == bytes([0.0625, 0] as [Float]))
  }

  /// A trace that has everything is the same to the last bit; one that has less has fifteen digits, relative to the
  /// stored number. The tolerances are those of the log that is kept.
  @Test func tracesThatAreRecordedAgainAreCompared() async throws {
    // 46 units of the last place are 1e-14 of the number between these two.
    let middle: Double = 46 * 0x1p-52 / 1e-14
    let (low, high): (Double, Double) = (middle - 23 * 0x1p-52, middle + 23 * 0x1p-52)
    let difference: Double = high - low
    try #require(1e-14 * low < difference && difference < 1e-14 * high)
    let told = "a.log: 1 quantities, the first is F_cell"
    let more = "TRACE_C: mine 3\n"
    let rows: [(id: String, stored: String, printed: String, differences: [String])] = [
      ("whole", "TRACE_C: F_cell 100\n", "TRACE_C: F_cell 100.00000000000001\n" + more, [told]),
      ("same", "TRACE_C: F_cell 100\n", "TRACE_C: F_cell 100\n" + more, []),
      ("beyond", "TRACE_C: F_cell \(low)\n" + more, "TRACE_C: F_cell \(high)\n", [told]),
      ("within", "TRACE_C: F_cell \(high)\n" + more, "TRACE_C: F_cell \(low)\n", []),
    ]
    for (id, stored, printed, differences) in rows {
      let again = try await regenerated(id, stored: stored, printed: printed)
      #expect(again.differences == ["image.pgm: other bytes"] + differences, "\(id)")
      try again.bundle.write(to: folder.url.appendingPathComponent("again-\(id)"))
      let tolerances = try folder.text("again-\(id)/\(GoldenTolerances.file)").split(separator: "\n")
      #expect(tolerances.count == 4 && tolerances.last == "-", "\(id): \(tolerances)")
    }
  }
}
