import Foundation
import FrameIO
import ImageAnalysis
import TestSupport
import Testing

/// Comparing images with the built tool.
@Suite(.tags(.gate), .generousTime) struct ImageCommandTests {
  /// A smooth image with two peaks.
  private func image(_ fast: Int, _ slow: Int, shift: Int = 0) -> [UInt8] {
    let pixels = (0..<fast * slow).map { index -> Float in
      let (x, y) = (index % fast - shift, index / fast)
      func peak(_ atX: Int, _ atY: Int) -> Float { exp(-Float((x - atX) * (x - atX) + (y - atY) * (y - atY)) / 8) }
      return 100 * peak(8, 8) + 60 * peak(20, 12)
    }
    return pixels.withUnsafeBytes { Array($0) }
  }

  private func compare(_ more: [String], in folder: TemporaryFolder) throws -> (
    outcome: BuiltProgram.Outcome, summary: [String: Any]
  ) {
    let out = "out-\(UUID().uuidString)"
    let outcome = try ToolTests.tool.run(["images", "--out", out] + more, in: folder)
    guard folder.has("\(out)/summary.json") else { return (outcome, [:]) }
    #expect(folder.has("\(out)/difference.png") || !folder.has("\(out)/reference.png"))
    let summary = try JSONSerialization.jsonObject(with: folder.data("\(out)/summary.json"))
    return (outcome, summary as? [String: Any] ?? [:])
  }

  @Test func statusesAndFigures() throws {
    let folder = try TemporaryFolder()
    try folder.file("a.bin", image(32, 24))
    try folder.file("b.bin", image(32, 24, shift: 1))
    try folder.file("small.bin", image(16, 12))
    let files = ["--reference", "a.bin", "--size", "32", "24", "--candidate"]
    let same = try compare(files + ["a.bin"], in: folder)
    #expect(same.outcome.status == 0 && same.summary["correlation"] as? Double == 1)
    let shifted = try compare(files + ["b.bin"], in: folder)
    #expect(shifted.outcome.status == 3 && (shifted.summary["correlation"] as? Double ?? 1) < 0.99)
    #expect(
      try compare(files + ["b.bin", "--expect", "correlated", "--threshold", "0.5"], in: folder).outcome.status == 0)
    #expect(try compare(files + ["small.bin", "--candidate-size", "16", "12"], in: folder).outcome.status == 4)
    let resampled = try compare(
      files + ["small.bin", "--candidate-size", "16", "12", "--resample", "--expect", "correlated", "--threshold=-1"],
      in: folder)
    #expect(resampled.outcome.status == 0)
    // The part without peaks is the same in both.
    #expect(try compare(files + ["b.bin", "--roi", "0", "40", "0", "3"], in: folder).outcome.status == 1)
    #expect(try compare(files + ["nowhere"], in: folder).outcome.status == 5)
    let failed = try compare(["--c-bin", "/bin/false", "--", "-cell", "9", "9", "9", "90", "90", "90"], in: folder)
    #expect(failed.outcome.status == 1, "the arguments make no crystal")
    let command = "-cell 90 90 90 90 90 90 -default_F 1 -N 2 -detpixels 8".words
    #expect(try compare(["--c-bin", "/bin/false", "--"] + command, in: folder).outcome.status == 2)
    let own = BuiltProgram(named: "nanobragg").url.path
    #expect(try compare(["--c-bin", own, "--"] + command, in: folder).outcome.status == 0)
  }

  /// Rounding is told from a fault pixel by pixel, and the faulty pixel is named.
  @Test func provenTolerances() throws {
    let folder = try TemporaryFolder()
    let command = "-cell 70 80 90 90 90 90 -default_F 10 -N 5 -distance 100 -lambda 1 -detpixels 24".words
    #expect(try BuiltProgram(named: "nanobragg").run(command + ["-floatfile", "a.bin"], in: folder).status == 0)
    let bytes = [UInt8](try folder.data("a.bin"))
    let pixels = bytes.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    func write(_ name: String, _ change: (Int, Float) -> Float) throws {
      let changed = pixels.enumerated().map { change($0, $1) }
      try folder.file(name, changed.withUnsafeBytes { Array($0) })
    }
    try write("rounded.bin") { $0.isMultiple(of: 3) ? $1.nextUp : $1 }
    try write("faulty.bin") { $0 == 5 * 24 + 7 ? $1 * 1.00001 : $1 }
    func judge(_ candidate: String, _ more: [String] = []) throws -> (
      outcome: BuiltProgram.Outcome, summary: [String: Any]
    ) {
      try compare(
        ["--reference", "a.bin", "--candidate", candidate, "--tolerance", "proven"] + more + ["--"] + command,
        in: folder)
    }
    let rounded = try judge("rounded.bin")
    let counts = (rounded.summary["rounding"] as? [String: Any])?["counts"] as? [String: Int]
    #expect(rounded.outcome.status == 0 && counts == ["rounding in double": pixels.count / 3])
    let faulty = try judge("faulty.bin")
    let found = (faulty.summary["rounding"] as? [String: Any])?["first"] as? [String: Any]
    #expect(faulty.outcome.status == 3 && faulty.outcome.output.contains("1 not rounding"))
    #expect(found?["slow"] as? Int == 5 && found?["fast"] as? Int == 7)
    #expect(
      try judge("faulty.bin", ["--rounding", "double", "single"]).outcome.status == 0, "a float port may have it")
    #expect(try judge("faulty.bin", ["--roi", "8", "23", "0", "23"]).outcome.status == 0, "the pixel is outside")
    let other = ["--reference", "a.bin", "--candidate", "a.bin", "--tolerance", "proven", "--"]
    #expect(try compare(other + command + ["-detpixels", "23"], in: folder).outcome.status == 4)
    let bad = [
      ["--tolerance", "proven"], ["--tolerance", "1e-6", "--", "-N", "1"], ["--rounding", "double"],
      ["--tolerance", "proven", "--expect", "single", "--", "-N", "1"],
      ["--tolerance", "proven", "--rounding", "printed", "--", "-N", "1"],
    ]
    for words in bad {
      let files = ["--reference", "a.bin", "--candidate", "a.bin"]
      #expect(try compare(files + words, in: folder).outcome.status == 1, "\(words)")
    }
  }

  /// A port in single precision is predicted, and the pixels that it misses are listed.
  @Test func singlePrecisionIsPredicted() throws {
    let folder = try TemporaryFolder()
    let command = "-cell 70 80 90 90 90 90 -default_F 10 -N 50 -oversample 1 -distance 100 -lambda 1 -detpixels 16"
      .words
    func digits(_ more: [String]) throws -> BuiltProgram.Outcome {
      try ToolTests.tool.run(["digits", "--precision", "single", "--image"] + more + ["--"] + command, in: folder)
    }
    let plain = try digits(["--out", "pixels.csv"])
    #expect(plain.status == 0 && plain.output.contains("reaches the correlation 0.9999"))
    let rows = try folder.text("pixels.csv").split(separator: "\n")
    #expect(rows.count == 257 && rows.dropFirst().allSatisfy { $0.hasSuffix(",0") })
    let strict = try digits(["--correlation", "1", "--json"])
    let report = try JSONSerialization.jsonObject(with: Data(strict.output.utf8)) as? [String: Any]
    #expect(report?["reachable"] as? Bool == false && (report?["correlation"] as? Double ?? 0) > 0.999)
    #expect(try digits(["--correlation", "2"]).status == 2)
    #expect(try digits(["--pixel", "1", "1"]).status == 2)
    #expect(
      try ToolTests.tool.run(["digits", "--pixel", "1", "1", "--out", "x", "--"] + command, in: folder).status == 2)
  }

  /// Programs with arguments of their own: nothing of them is parsed here.
  @Test func commandTemplates() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("a.bin", image(16, 16))
    let copy = "cp \(path) {image}"
    let same = ["--reference-command", copy, "--candidate-command", "sh -c 'cp \(path) \"$1\"' sh {image}"]
    #expect(try compare(same, in: folder).outcome.status == 0)
    let arguments = [
      "--reference-command", copy, "--candidate-command", "sh -c 'cp $1 $2' sh {arguments} {image}", "--",
    ]
    #expect(try compare(arguments + [path], in: folder).outcome.status == 0)
    for (command, status) in [("cp a.bin", 1), ("sh -c 'cp", 1), ("no-such-program {image}", 2), ("true {image}", 2)] {
      let outcome = try compare(["--reference-command", copy, "--candidate-command", command], in: folder).outcome
      #expect(outcome.status == status, "\(command): \(outcome.errors)")
    }
    let slow = try compare(
      ["--reference-command", copy, "--candidate-command", "sh -c 'sleep 60' sh {image}", "--time-limit", "0.2"],
      in: folder)
    #expect(slow.outcome.status == 2 && slow.outcome.errors.contains("time limit"))
  }
}
