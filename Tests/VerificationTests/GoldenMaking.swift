import Foundation
import GoldenStore
import Physics
import TestSupport

/// A suite that makes golden cases in a folder of its own.
protocol GoldenMaking {
  var folder: TemporaryFolder { get }
  var corpus: GoldenCorpus { get }
  init(folder: TemporaryFolder, corpus: GoldenCorpus)
}

extension GoldenMaking {
  /// A suite with an empty corpus.
  init() throws {
    let folder = try TemporaryFolder()
    self.init(folder: folder, corpus: GoldenCorpus(root: folder.url.appendingPathComponent("corpus")))
  }

  /// What a case is refused for; empty if it is not refused.
  func refusal(_ id: String) -> String {
    do {
      _ = try corpus.load(id)
      return ""
    } catch {
      return "\(error)"
    }
  }

  /// A detector of 6 × 4 pixels; the structure factor is 100.
  static var scene: String {
    "-cell 60 60 60 90 90 90 -default_F 100 -N 5 -lambda 1 -detpixels_x 6 -detpixels_y 4 -pixel 0.1 -oversample 1"
      + " -nonoise"
  }
  /// The same detector and three spindle steps, the first of them at zero.
  static var turned: String {
    "-cell 70 80 90 75 85 95 -default_F 100 -N 4 -detpixels_x 6 -detpixels_y 4 -pixel 0.4 -oversample 1"
      + " -osc 1 -phisteps 3"
  }

  // MARK: Cases

  /// A case with its files. A traced pixel has the log a.log.
  func makeCase(
    _ id: String, _ command: String, image: String = "null", pixel: PixelIndex? = nil, output: String? = nil,
    files: [String: [UInt8]] = [:], on shelf: String = "cases"
  ) throws -> GoldenCase {
    let arguments = command.words.map { "\"\($0)\"" }.joined(separator: ", ")
    var traces = ""
    if let pixel {
      traces = "{\"file\": \"a.log\", \"slow\": \(pixel.slow), \"fast\": \(pixel.fast), \"why\": \"\"}"
    }
    var outputs = ""
    if let output { outputs = "\"\(output)\": \"\"" }
    let text = """
      {"id": "\(id)", "summary": "", "tags": [], "args": [\(arguments)],
      "reference": {"program": "nanoBragg.c", "compiler": "gcc 12.2", "threads": 1, "libm": "", "note": ""},
      "image": \(image), "traces": [\(traces)], "outputs": {\(outputs)}}
      """
    var all = files
    all["case.json"] = bytes(text)
    let own = folder.url.appendingPathComponent("corpus/\(shelf)/\(id)")
    for (name, content) in all {
      let file = own.appendingPathComponent(name)
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(content).write(to: file)
    }
    return try JSONDecoder().decode(GoldenCase.self, from: Data(text.utf8))
  }

  /// The description of an image.
  func described(
    fast: Int, slow: Int, sum: Double = 0, max: Double = 0, at place: PixelIndex = PixelIndex(slow: 0, fast: 0),
    mean: Double = 0, rms: Double = 0, rmsd: Double = 0
  ) -> String {
    """
    {"file": "image.f32", "fast": \(fast), "slow": \(slow), "sha256": "", "sum": \(sum), "max": \(max),
    "max_at": [\(place.slow), \(place.fast)], "mean": \(mean), "rms": \(rms), "rmsd": \(rmsd), "printed": {}}
    """
  }

  func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

  func bytes(_ pixels: [Float]) -> [UInt8] { pixels.withUnsafeBytes { [UInt8]($0) } }

  func program(_ name: String, _ script: String) throws -> String {
    let path = try folder.file(name, "#!/bin/sh\n\(script)\n")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    return path
  }

  /// What is found where a program prints another log than the one that is stored, and writes an image without a recorded digest.
  func regenerated(_ id: String, stored: String, printed: String) async throws -> GoldenRegeneration {
    _ = try makeCase(
      id, Self.scene, pixel: PixelIndex(slow: 1, fast: 2), output: "image.pgm",
      files: ["image.pgm": [1], "a.log": bytes(stored)])
    let lines = try folder.file("\(id).txt", printed)
    let other = try program("run-\(id)", "cat '\(lines)'; printf 1 > image.pgm")
    return try await corpus.regenerate(id, with: other, tool: "test")
  }
}
