import CExchange
import CommandLineSupport
import Digests
import Foundation
import Provenance

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

extension GoldenCorpus {
  /// What is wrong with the files of the corpus, one line each: changed or missing files, orphans, duplicates.
  public func problems() -> [String] {
    var problems: [String] = []
    var arguments: [[String]: String] = [:]
    var used: Set<String> = []
    for id in ids {
      do {
        let golden = try load(id)
        problems += (Self.problems(of: golden, in: folder(of: id)) + inputProblems(of: golden)).map { "\(id): \($0)" }
        problems += agreementProblems(of: golden).map { "\(id): \($0)" }
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

  /// What makes two cases the same one: words, the content of the files that they name, and what is recorded.
  func duplicateKey(of golden: GoldenCase) throws -> [String] {
    let digests = try inputDigests(of: golden)
    return golden.args.map { digests[$0] ?? $0 } + golden.outputs.keys.sorted()
      + golden.traces.map { "\($0.slow) \($0.fast)" }.sorted()
  }

  /// A case that counts and is the same as another one; nil if there is none.
  public func duplicate(of golden: GoldenCase) -> String? {
    guard let key = try? duplicateKey(of: golden) else { return nil }
    return GoldenCorpus(root: root).ids.first { id in
      let other = GoldenCorpus(root: root)
      return id != golden.id && (try? other.duplicateKey(of: other.load(id))) == key
    }
  }

  /// Traces and image of a case come from one run: the traced photons are the pixel, on the way to a float.
  private func agreementProblems(of golden: GoldenCase) -> [String] {
    guard let recorded = golden.image, let image = try? stored(recorded, of: golden.id) else { return [] }
    let origin = recorded.crop.map { (slow: $0[2], fast: $0[0]) } ?? (slow: 0, fast: 0)
    return golden.traces.compactMap { pixel in
      let (slow, fast) = (pixel.slow - origin.slow, pixel.fast - origin.fast)
      guard slow >= 0, fast >= 0, slow < image.slowPixels, fast < image.fastPixels,
        let traced = (try? trace(pixel, of: golden))?.number("floatimage_accumulated")
      else { return nil }
      let value = image[slow: slow, fast: fast]
      // Fifteen digits of a double lie within a float and its neighbours.
      let isSame =
        abs(Double(value) - traced) <= Double(value.ulp) || (value.isNaN && traced.isNaN) || Double(value) == traced
      return isSame
        ? nil
        : "\(pixel.file) ends with \(traced) photons, \(recorded.file) has \(value) there: they are of different runs; record both again"
    }
  }

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
    let known = Set(required + [ProvenanceBundle.digestFile, GoldenCase.printedFile])
    for name in FileManager.default.subpaths(atPath: folder.path)?.sorted() ?? []
    where !known.contains(name) && !name.hasPrefix("inputs") {
      problems.append("\(name): case.json does not name it; remove it")
    }
    return problems
  }

  /// Folders that are no cases.
  private func strays() -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: root.appendingPathComponent(shelf).path)) ?? []
    let known = Set(ids)
    return names.sorted().filter { !known.contains($0) && !$0.hasPrefix(".") }.map {
      "\(shelf)/\($0): it is no case; remove it"
    }
  }

  /// Makes a pending case one that counts, in one step.
  ///
  /// A case of the same name is replaced: the two folders change places, and the old one is removed afterwards. A note of
  /// the new one's digests tells, if that is cut short, which of the two stands where; see `recover`.
  /// - Throws: `CorpusError` if there is no such pending case, or the folder cannot be moved.
  public func accept(_ id: String) throws {
    let (from, to) = try ends(id)
    if rename(from.path, to.path) == 0 { return }
    try Data((Self.digests(from) ?? "").utf8).write(to: note(id), options: .atomic)
    guard exchangeFolders(from.path, to.path) == 0 else { throw Self.immovable(from) }
    recover()
  }

  /// Discards a pending case.
  /// - Throws: `CorpusError` if there is no such pending case, or the folder cannot be removed.
  public func reject(_ id: String) throws {
    let (from, _) = try ends(id)
    guard rename(from.path, hidden(id).path) == 0 else { throw Self.immovable(from) }
    recover()
  }

  /// Finishes what killed runs began: removes cases that were rejected or replaced.
  public func recover() {
    let shelf = root.appendingPathComponent(pending.shelf)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: shelf.path)) ?? []
    for name in names where name.hasPrefix(".") && name.hasSuffix(Self.noteSuffix) {
      let id = String(name.dropFirst().dropLast(Self.noteSuffix.count))
      let digests = try? String(contentsOf: note(id), encoding: .utf8)
      // The new case stands among those that count: what is still on the shelf is the old one.
      if let digests, digests == Self.digests(folder(of: id)) {
        rename(pending.folder(of: id).path, hidden(id).path)
      }
      try? FileManager.default.removeItem(at: note(id))
    }
    let left = (try? FileManager.default.contentsOfDirectory(atPath: shelf.path)) ?? []
    for name in left where name.hasPrefix(".") && name.contains(Self.hiddenMark) {
      try? FileManager.default.removeItem(at: shelf.appendingPathComponent(name))
    }
  }

  private static let noteSuffix = ".accepting"
  private static let hiddenMark = ".removed-"

  private func note(_ id: String) -> URL { pending.folder(of: ".\(id)\(Self.noteSuffix)") }

  private func hidden(_ id: String) -> URL { pending.folder(of: ".\(id)\(Self.hiddenMark)\(UUID().uuidString)") }

  private static func digests(_ folder: URL) -> String? {
    try? String(contentsOf: folder.appendingPathComponent(ProvenanceBundle.digestFile), encoding: .utf8)
  }

  private func ends(_ id: String) throws -> (from: URL, to: URL) {
    guard pending.ids.contains(id) else {
      let waiting = pending.ids
      let list = waiting.isEmpty ? "nothing waits for review" : "waiting are \(waiting.joined(separator: ", "))"
      throw CorpusError("\(id): there is no such pending case; \(list)")
    }
    let cases = root.appendingPathComponent("cases")
    try FileManager.default.createDirectory(at: cases, withIntermediateDirectories: true)
    return (pending.folder(of: id), folder(of: id))
  }

  private static func immovable(_ folder: URL) -> CorpusError {
    CorpusError(
      "\(folder.path): the folder cannot be moved: \(String(cString: strerror(errno))); check the permissions of the corpus"
    )
  }
}
