import CommandLineSupport
import Digests
import Foundation
import Physics
import Provenance
import TraceIO

extension GoldenCorpus {
  /// Problems of the files of the corpus, one line each: changed, missing or unused files, and duplicate cases.
  public func problems() -> [String] {
    var problems: [String] = []
    var arguments: [[String]: String] = [:]
    var used: Set<String> = []
    for id in ids {
      do {
        let golden = try load(id)
        problems += (damages(of: golden) + mismatches(of: golden)).map { "\(id): \($0)" }
        let key = try duplicateKey(of: golden)
        if let other = arguments.updateValue(id, forKey: key) {
          problems.append("\(id): the same arguments, outputs and pixels as \(other); remove one of them")
        }
        used.formUnion(inputs(of: golden))
      } catch {
        problems.append("\(error)")
      }
    }
    used.formUnion(pending.ids.compactMap { try? pending.load($0) }.flatMap(inputs))
    let shared = root.appendingPathComponent("inputs").path
    for name in FileManager.default.subpaths(atPath: shared)?.sorted() ?? []
    where shelf != pending.shelf && !used.contains("inputs/\(name)") {
      problems.append("inputs/\(name): no case uses it; remove it")
    }
    return problems + strays()
  }

  /// A key that is equal for duplicates: arguments with the digests of their files, recorded outputs, and traced
  /// pixels.
  func duplicateKey(of golden: GoldenCase) throws -> [String] {
    let digests = try inputDigests(of: golden)
    return golden.args.map { digests[$0] ?? $0 } + golden.outputs.keys.sorted()
      + golden.traces.map { "\($0.slow) \($0.fast)" }.sorted()
  }

  /// The name of a case in the corpus that has another name and the same arguments, inputs, outputs and pixels; nil if
  /// no case has.
  public func duplicate(of golden: GoldenCase) -> String? {
    guard let key = try? duplicateKey(of: golden) else { return nil }
    return GoldenCorpus(root: root).ids.first { id in
      let other = GoldenCorpus(root: root)
      return id != golden.id && (try? other.duplicateKey(of: other.load(id))) == key
    }
  }

  /// Traced pixels whose photons differ from the recorded image, one line each: trace and image are from different
  /// runs.
  private func agreementProblems(of golden: GoldenCase) -> [String] {
    guard let recorded = golden.image, let image = try? stored(recorded, of: golden.id) else { return [] }
    let origin = recorded.crop?.first ?? PixelIndex(slow: 0, fast: 0)
    return golden.traces.compactMap { pixel in
      let (slow, fast) = (pixel.slow - origin.slow, pixel.fast - origin.fast)
      guard slow >= 0, fast >= 0, slow < image.slowPixels, fast < image.fastPixels,
        let traced = (try? trace(pixel, of: golden))?.number(.storedPhotons)
      else { return nil }
      let value = image[slow: slow, fast: fast]
      // A double of fifteen digits differs from the float it was rounded to by less than the distance between floats.
      let isSame =
        abs(Double(value) - traced) <= Double(value.ulp) || (value.isNaN && traced.isNaN) || Double(value) == traced
      return isSame
        ? nil
        : "\(pixel.file) ends with \(traced) photons, \(recorded.file) has \(value) there: they are of different runs; record both again"
    }
  }

  /// Files of a case that are missing, extra or differ from their recorded digests, one line each.
  func damages(of golden: GoldenCase) -> [String] { Self.problems(of: golden, in: folder(of: golden.id)) }

  /// Inputs that the case was not recorded with, and traces that disagree with the image, one line each.
  func mismatches(of golden: GoldenCase) -> [String] { inputProblems(of: golden) + agreementProblems(of: golden) }

  /// The files that the arguments of a case name.
  private func inputs(of golden: GoldenCase) -> [String] {
    FlagTable.inputPositions(in: golden.args).map { golden.args[$0] }
  }

  private static func problems(of golden: GoldenCase, in folder: URL) -> [String] {
    let required =
      ["case.json"] + golden.traces.map(\.file) + (golden.image.map { [$0.file] } ?? []) + golden.outputs.keys
    var problems = ProvenanceBundle.problems(of: folder, required: required)
    for (name, digest) in golden.outputs.sorted(by: { $0.key < $1.key }) {
      guard let found = try? Digest.sha256(ofFile: folder.appendingPathComponent(name).path).digest else { continue }
      if found != digest { problems.append("\(name) has not the digest that case.json gives") }
    }
    let known = Set(required + [ProvenanceBundle.digestFile, GoldenCase.printedFile, GoldenTolerances.file])
    for name in FileManager.default.subpaths(atPath: folder.path)?.sorted() ?? []
    where !known.contains(name) && name != "inputs" && !name.hasPrefix("inputs/") {
      problems.append("\(name): case.json does not name it; remove it")
    }
    return problems
  }

  /// Visible files beside the case folders, one line each.
  private func strays() -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: root.appendingPathComponent(shelf).path)) ?? []
    let known = Set(ids)
    return names.sorted().filter { !known.contains($0) && !$0.hasPrefix(".") }.map {
      "\(shelf)/\($0): it is no case; remove it"
    }
  }
}
