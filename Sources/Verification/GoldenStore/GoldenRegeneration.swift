import Digests
import Foundation
import FrameIO
import Physics
import Provenance
import Subprocesses
import TraceIO

/// A case recorded again with a reference program, and its differences from the stored case.
public struct GoldenRegeneration: Sendable {
  /// The description of the new case.
  public let golden: GoldenCase
  /// The files that differ, one line each; empty if the program reproduces the stored files.
  public let differences: [String]
  /// The files that could not be recorded, one line each.
  public let notes: [String]
  /// The files of the new case.
  public let bundle: ProvenanceBundle
}

extension GoldenCorpus {
  /// Records a case again. The corpus is not changed.
  /// - Parameters:
  ///   - id: The case.
  ///   - program: The reference program; traces are recorded if it prints them for `-trace_pixel slow fast`.
  ///   - tool: The tool and its version, for the provenance.
  ///   - limit: The longest time of a run, in seconds.
  /// - Throws: `CorpusError` if the case cannot be read, or the program fails or writes no image.
  public func regenerate(
    _ id: String, with program: String, tool: String, limit: Double = SimulatorProgram.usualLimit
  ) async throws -> GoldenRegeneration {
    let golden = try load(id)
    let scratch = try ScratchFolder()
    defer { scratch.remove() }
    var draft = Regenerated(corpus: self, golden: golden, scratch: scratch, limit: limit)
    try await draft.recordImage(with: program)
    for pixel in golden.traces { try await draft.recordTrace(pixel, with: program) }
    return try draft.finish(tool: tool, program: program)
  }
}

/// The files of a case while it is recorded again.
private struct Regenerated {
  let corpus: GoldenCorpus
  let golden: GoldenCase
  let scratch: ScratchFolder
  private var bundle = ProvenanceBundle()
  private var differences: [String] = []
  private var notes: [String] = []
  private var image: GoldenCase.Image?
  private var outputs: [String: String] = [:]
  private var digests: [String: String] = [:]
  /// The names of the files that the program made now; all other files are copies of the stored ones.
  private var made: Set<String> = []
  private var banner = ""
  /// The logs that are stored with the case, by their names.
  private var logs: [String: Trace] = [:]
  private let limit: Double

  init(corpus: GoldenCorpus, golden: GoldenCase, scratch: ScratchFolder, limit: Double) {
    self.limit = limit
    self.corpus = corpus
    self.golden = golden
    self.scratch = scratch
    image = golden.image
  }

  private mutating func take(_ name: String, _ data: Data, isNew: Bool = true) {
    bundle.add(name, data)
    digests[name] = Digest.sha256(data)
    if isNew { made.insert(name) }
  }

  private func run(_ program: String, _ more: [String] = []) async throws -> String {
    // The output options come first: -noisefile switches the noise image on, and the case may switch it off again.
    let outputs = [
      "-noprogress", "-floatfile", SimulatorProgram.floatFile, "-intfile", "intimage.img", "-pgmfile", "image.pgm",
    ]
    // Nothing follows the arguments of the case: the last one has a meaning of its own (Q-01, Q-51).
    let arguments = outputs + ["-noisefile", "noiseimage.img"] + more + corpus.arguments(of: golden)
    let result: ProgramRun
    do {
      result = try await SimulatorProgram(program).run(arguments, in: scratch, limit: limit)
    } catch {
      throw CorpusError("\(golden.id): \(error)")
    }
    return String(decoding: result.output, as: UTF8.self)
  }

  /// Records the image, its statistics and further files.
  mutating func recordImage(with program: String) async throws {
    let text = try await run(program)
    banner = text.split(separator: "\n").first.map { String($0.prefix(200)) } ?? ""
    try recordPrinted(text)
    if let recorded = golden.image {
      let whole: FloatImage
      do {
        whole = try FloatImageFile.read(
          scratch.path(SimulatorProgram.floatFile), fastPixels: recorded.fast, slowPixels: recorded.slow)
      } catch {
        throw CorpusError("\(golden.id): \(program) left no image: \(error)")
      }
      let stored = recorded.crop.map { whole.part($0) } ?? whole
      take(recorded.file, stored.pixels.withUnsafeBytes { Data($0) })
      try compare(stored, recorded)
      guard whole.pixels.allSatisfy(\.isFinite) else { throw CorpusError.notFinite(golden.id, recorded.file) }
      let printed = Self.printed(text)
      if printed == nil {
        notes.append("\(recorded.file): the program prints no statistics; they are those of the simulator's formulas")
      }
      let computed = ImageStatistics(whole, of: try corpus.experiment(of: golden))
      image = recorded.updated(whole, stored: stored, printed: printed, computed)
    }
    for (name, digest) in golden.outputs.sorted(by: { $0.key < $1.key }) {
      guard let data = FileManager.default.contents(atPath: scratch.path(name)) else {
        throw CorpusError("\(golden.id): \(program) did not write \(name)")
      }
      take(name, data)
      outputs[name] = Digest.sha256(data)
      if outputs[name] != digest { differences.append("\(name): other bytes") }
    }
  }

  /// Records the printed lines that have the words of a recorded line around their numbers.
  private mutating func recordPrinted(_ text: String) throws {
    let file = corpus.folder(of: golden.id).appendingPathComponent(GoldenCase.printedFile)
    guard let recorded = try? String(contentsOf: file, encoding: .utf8).split(separator: "\n") else { return }
    func words(_ line: Substring) -> String {
      String(line).replacing(/[-+0-9.eE]*[0-9][-+0-9.eE]*|-?nan|-?inf/, with: "#")
    }
    let kinds = Set(recorded.map(words))
    let printed = text.split(separator: "\n").filter { kinds.contains(words($0)) }
    take(GoldenCase.printedFile, Data((printed.joined(separator: "\n") + "\n").utf8))
    let same = zip(recorded, printed).prefix { $0 == $1 }.count
    if same < max(recorded.count, printed.count) {
      differences.append(
        "\(GoldenCase.printedFile): line \(same + 1) was \(same < recorded.count ? "\"\(recorded[same])\"" : "not there"), is "
          + (same < printed.count ? "\"\(printed[same])\"" : "not there"))
    }
  }

  private mutating func compare(_ found: FloatImage, _ recorded: GoldenCase.Image) throws {
    let stored = try corpus.stored(recorded, of: golden.id)
    let changed = zip(stored.pixels, found.pixels).filter { $0.bitPattern != $1.bitPattern }
    guard !changed.isEmpty else { return }
    let finite = changed.filter { $0.isFinite && $1.isFinite }
    let worst = finite.map { abs(Double($0) - Double($1)) }.max() ?? 0
    let size = recorded.max > 0 ? "\(worst / recorded.max) of the maximum" : "\(worst) photons"
    let others = changed.count - finite.count
    differences.append(
      "\(recorded.file): \(changed.count) of \(found.pixels.count) pixels, by up to \(size)"
        + (others > 0 ? ", and \(others) that are not finite in one image" : ""))
  }

  /// The statistics that the program prints, as text by name; nil if the text lacks them.
  private static func printed(_ text: String) -> [String: String]? {
    guard let maximum = text.firstMatch(of: /max_I = (\S+)\s+at (\S+) (\S+)/),
      let moments = text.firstMatch(of: /mean= (\S+) rms= (\S+) rmsd= (\S+)/)
    else { return nil }
    return [
      "max_I": String(maximum.1), "max_I_x": String(maximum.2), "max_I_y": String(maximum.3), "mean": String(moments.1),
      "rms": String(moments.2), "rmsd": String(moments.3),
    ]
  }

  /// Records the trace of a pixel; keeps the stored one if the program prints none.
  mutating func recordTrace(_ pixel: GoldenCase.TracedPixel, with program: String) async throws {
    let file = corpus.folder(of: golden.id).appendingPathComponent(pixel.file)
    let stored = try Data(contentsOf: file)
    let text = try await run(program, ["-trace_pixel", "\(pixel.slow)", "\(pixel.fast)"])
    guard let found = try? TraceParser.parse(text, file: program) else {
      take(pixel.file, stored, isNew: false)
      notes.append("\(pixel.file): the program prints no trace for -trace_pixel; the stored one is kept")
      return
    }
    let reference = try TraceParser.parse(stored, file: file.path)
    let presence = TraceComparison(reference: reference, candidate: found, rule: ToleranceTable())
    let lacking = presence.lackedQuantities
    let isWhole = lacking == 0
    let lines = found.origins.map { $0.text + "\n" }.joined()
    take(pixel.file, isWhole ? Data(lines.utf8) : stored, isNew: isWhole)
    logs[pixel.file] = isWhole ? found : reference
    if !isWhole {
      notes.append("\(pixel.file): the program traces \(lacking) quantities fewer; the stored trace is kept")
    }
    let rule = UniformTolerance(
      isWhole
        ? .exact(because: "a regenerated trace has to be the same")
        : Tolerance(relative: 1e-14, because: "programs that trace less print fifteen digits"))
    let all = TraceComparison(reference: reference, candidate: found, rule: rule)
    let comparison = all.withoutNewQuantities.withoutLackedQuantities
    if let first = comparison.firstDivergence {
      differences.append("\(pixel.file): \(comparison.divergences.count) quantities, the first is \(first.place)")
    }
  }

  /// Writes the description of the new case.
  mutating func finish(tool: String, program: String) throws -> GoldenRegeneration {
    let folder = corpus.folder(of: golden.id)
    for name in FileManager.default.subpaths(atPath: folder.path) ?? [] where name.hasPrefix("inputs/") {
      let file = folder.appendingPathComponent(name)
      if !file.hasDirectoryPath { take(name, try Data(contentsOf: file), isNew: false) }
    }
    let maker = GoldenCase.Maker(of: program, banner: banner)
    let earlier = golden.provenance?.made ?? [:]
    let makers = digests.keys.filter { !$0.hasPrefix("inputs/") }.map { name in
      (name, made.contains(name) ? maker : earlier[name] ?? GoldenCase.Maker(golden.reference))
    }
    var updated = GoldenCase(
      id: golden.id, summary: golden.summary, tags: golden.tags, args: golden.args,
      reference: .init(
        program: maker.version, compiler: maker.compiler ?? "not stated", threads: maker.threads, libm: "not stated",
        note: "Recorded anew by running \(maker.program)."),
      image: image, traces: golden.traces, outputs: outputs,
      provenance: .init(
        added: TimeStamp.full(Date()), tool: tool, sources: digests, made: Dictionary(uniqueKeysWithValues: makers)))
    updated.inputs = try corpus.inputDigests(of: golden)
    bundle.add("case.json", try JSONText.data(updated))
    let tolerances = try GoldenTolerances(computing: updated, of: corpus, logs: logs)
    bundle.add(GoldenTolerances.file, Data(tolerances.text(updated).utf8))
    return GoldenRegeneration(golden: updated, differences: differences, notes: notes, bundle: bundle)
  }
}

extension GoldenCase.Maker {
  /// A program that can be read and run: its path, digest, banner and compiler.
  fileprivate init(of path: String, banner: String) {
    let bytes = FileManager.default.contents(atPath: path) ?? Data()
    self.init(
      program: path, sha256: Digest.sha256(bytes), version: banner.isEmpty ? "it does not say" : banner,
      compiler: Self.compiler(bytes), threads: 1)
  }

  /// A program of which only a description is known.
  fileprivate init(_ reference: GoldenCase.Reference) {
    self.init(
      program: "not stated", sha256: nil, version: reference.program, compiler: reference.compiler,
      threads: reference.threads)
  }

  /// The text by which a compiler identifies itself in a program; nil if none of the known marks occurs.
  private static func compiler(_ program: Data) -> String? {
    for mark in ["GCC: (", "clang version ", "Intel(R)"] {
      guard let place = program.range(of: Data(mark.utf8)) else { continue }
      let text = program[place.lowerBound...].prefix(120).prefix { $0 >= 32 && $0 < 127 }
      return String(decoding: text, as: UTF8.self)
    }
    return nil
  }
}

extension GoldenCase.Image {
  /// The description of an image of these dimensions with the digests and statistics of other pixels.
  fileprivate func updated(
    _ whole: FloatImage, stored: FloatImage, printed: [String: String]?, _ computed: ImageStatistics
  ) -> GoldenCase.Image {
    var (largest, index) = (0.0, 0)
    for (place, value) in whole.pixels.enumerated() where Double(value) > largest {
      (largest, index) = (Double(value), place)
    }
    func number(_ name: String, _ computed: Double) -> Double {
      Double(printed?[name] ?? NumberText.text("%g", computed)) ?? .nan
    }
    return GoldenCase.Image(
      file: file, fast: fast, slow: slow, crop: crop, cropSHA256: crop == nil ? nil : GoldenCorpus.hash(of: stored),
      sha256: GoldenCorpus.hash(of: whole), sum: whole.pixels.reduce(0) { $0 + Double($1) }, max: largest,
      maxAt: PixelIndex(slow: index / fast, fast: index % fast), mean: number("mean", computed.mean),
      rms: number("rms", computed.rms), rmsd: number("rmsd", computed.rmsd), printed: printed ?? [:])
  }
}
