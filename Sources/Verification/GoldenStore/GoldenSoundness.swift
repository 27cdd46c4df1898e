import CommandLineSupport
import Digests
import Foundation

import Glibc

extension GoldenCorpus {
  /// The largest number of pixels of a case: some hundred times that of the largest detectors.
  private static let pixelLimit = 1 << 32

  /// Refuses a case whose description is inconsistent, or names files outside the corpus.
  /// - Parameters:
  ///   - golden: The case.
  ///   - id: The name of its folder.
  /// - Throws: `CorpusError` that names the case, the fault and the remedy.
  func checkSoundness(_ golden: GoldenCase, of id: String) throws(CorpusError) {
    func refuse(_ problem: String, _ remedy: String = "correct case.json") throws(CorpusError) {
      throw CorpusError("\(id): \(problem); \(remedy)")
    }
    if golden.id != id { try refuse("case.json calls itself \"\(golden.id)\"", "name the case and its folder alike") }
    if golden.image == nil && golden.traces.isEmpty && golden.outputs.isEmpty {
      try refuse("the case has neither an image nor a trace nor another file: nothing could be judged")
    }
    for pixel in golden.traces {
      let isInside = golden.image.map { pixel.slow < $0.slow && pixel.fast < $0.fast } ?? true
      if pixel.slow < 0 || pixel.fast < 0 || !isInside {
        try refuse("\(pixel.file): pixel slow \(pixel.slow) fast \(pixel.fast) is not in the image")
      }
    }
    let names = golden.traces.map(\.file) + (golden.image.map { [$0.file] } ?? []) + golden.outputs.keys.sorted()
    for name in names { try checkFile(name, in: folder(of: id), of: id) }
    if let image = golden.image { try check(image, of: id) }
    if Set(names).count < names.count { try refuse("case.json gives two things the same file") }
    let inputs = FlagTable.inputPositions(in: golden.args)
    for index in golden.args.indices.dropFirst() where !inputs.contains(index) {
      // A program that is run on the case would write this file.
      let role = FlagTable.role(of: golden.args[index - 1])
      if role == .output || role == .cache, !Self.isConfined(golden.args[index]) {
        try refuse("\(golden.args[index - 1]) \(golden.args[index]) leads out of the folder that the case is run in")
      }
    }
    for index in inputs {
      let name = golden.args[index]
      let own = folder(of: id)
      let isOwn = FileManager.default.fileExists(atPath: own.appendingPathComponent(name).path)
      let isCache = FlagTable.role(of: golden.args[index - 1]) == .cache
      try checkFile(name, in: isOwn ? own : root, of: id, isOptional: isCache)
    }
  }

  private func check(_ image: GoldenCase.Image, of id: String) throws(CorpusError) {
    let (pixels, overflows) = image.fast.multipliedReportingOverflow(by: image.slow)
    guard image.fast > 0, image.slow > 0, !overflows, pixels <= Self.pixelLimit else {
      throw CorpusError(
        "\(id): an image of \(image.fast) x \(image.slow) pixels; correct \"fast\" and \"slow\" in case.json")
    }
    var stored = pixels
    if let crop = image.crop {
      guard crop.isInside(fastPixels: image.fast, slowPixels: image.slow) else {
        throw CorpusError("\(id): the crop \(crop) is not inside the image; correct case.json")
      }
      stored = crop.fastCount * crop.slowCount
    }
    let file = folder(of: id).appendingPathComponent(image.file).path
    guard let size = Self.size(of: file), size != 4 * stored else { return }
    throw CorpusError(
      "\(id): \(image.file) has \(size) bytes, \(stored) pixels need \(4 * stored); correct \"fast\", \"slow\" and "
        + "\"crop\" in case.json, or restore the image")
  }

  /// Refuses a name that leads out of a folder, and anything but an ordinary file.
  private func checkFile(
    _ name: String, in folder: URL, of id: String, isOptional: Bool = false
  ) throws(CorpusError) {
    guard Self.isConfined(name) else {
      throw CorpusError("\(id): \"\(name)\" leads out of the corpus; name files inside it in case.json")
    }
    // Each folder of the path is checked, because it may be a link, too.
    var place = folder
    let parts = name.split(separator: "/")
    for (index, part) in parts.enumerated() {
      place.appendPathComponent(String(part))
      var status = stat()
      guard lstat(place.path, &status) == 0 else {
        if isOptional { return }
        throw CorpusError("\(id): \(name) is missing; restore the file, or record the case again")
      }
      guard status.st_mode & S_IFMT == (index == parts.count - 1 ? S_IFREG : S_IFDIR) else {
        throw CorpusError("\(id): \(name) is no ordinary file; put the file itself there")
      }
    }
  }

  /// Whether a name stays in the folder that it is looked up in.
  private static func isConfined(_ name: String) -> Bool {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    return parts.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." } && !name.contains("\0")
  }

  private static func size(of file: String) -> Int? {
    var status = stat()
    return lstat(file, &status) == 0 ? Int(status.st_size) : nil
  }

  /// The SHA-256 of each existing file that the arguments of a case name, by its name in the arguments.
  /// - Throws: `CorpusError` if a file cannot be read.
  func inputDigests(of golden: GoldenCase) throws -> [String: String] {
    let paths = arguments(of: golden)
    var digests: [String: String] = [:]
    for index in FlagTable.inputPositions(in: golden.args) where FileManager.default.fileExists(atPath: paths[index]) {
      do {
        digests[golden.args[index]] = try Digest.sha256(ofFile: paths[index]).digest
      } catch {
        throw CorpusError("\(golden.id): \(golden.args[index]) cannot be read (\(error)); restore the file")
      }
    }
    return digests
  }

  /// Input files that are not those that the case was recorded with, one line each.
  func inputProblems(of golden: GoldenCase) -> [String] {
    do {
      let found = try inputDigests(of: golden)
      let recorded = golden.inputs ?? [:]
      return Set(found.keys).union(recorded.keys).sorted().compactMap { name in
        guard let digest = recorded[name] else { return "\(name): case.json has no digest of it" }
        guard let present = found[name] else { return "\(name) is missing; restore it, or record the case again" }
        return present == digest
          ? nil : "\(name) is not the file that the case was recorded with; restore it, or record the case again"
      }
    } catch {
      return ["\(error)"]
    }
  }
}
