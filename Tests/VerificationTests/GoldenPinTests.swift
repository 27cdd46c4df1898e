import Foundation
import GoldenStore
import Physics
import PropertyTesting
import TestSupport
import Testing

/// What is said of golden cases of which one thing is wrong, at random, as digests. Other tests plant single faults and judge
/// what is said; the digests tell that a limit or a word is no longer what it was.
@Suite(.tags(.verification), .generousTime, .enabled(if: RecordingLibrary.isPresent)) struct GoldenPinTests {
  private static let file = PackageFolder.fixtures.appendingPathComponent("check-values/golden.json")
  private let folder: TemporaryFolder
  private let root: URL
  private let corpus: GoldenCorpus

  init() throws {
    folder = try TemporaryFolder()
    root = folder.url.appendingPathComponent("corpus")
    corpus = GoldenCorpus(root: root)
    let package = GoldenCorpus.ofPackage().root
    for shelf in ["cases", "pending"] {
      try FileManager.default.createDirectory(at: root.appendingPathComponent(shelf), withIntermediateDirectories: true)
    }
    try FileManager.default.copyItem(
      at: package.appendingPathComponent("inputs"), to: root.appendingPathComponent("inputs"))
  }

  private func take(_ id: String, as name: String? = nil, on shelf: String = "cases") throws {
    let own = root.appendingPathComponent(shelf).appendingPathComponent(name ?? id)
    try FileManager.default.copyItem(at: GoldenCorpus.ofPackage().folder(of: id), to: own)
  }

  private func expect(_ name: String, _ digest: BitDigest) throws {
    let recorded = try JSONDecoder().decode([String: String].self, from: Data(contentsOf: Self.file))
    #expect(recorded[name] == digest.text, "\(name): other words; record \(digest.text) if that is meant")
  }

  /// The words about a case, without the folder in which it lies and without the words of the JSON library.
  private func words(_ say: () throws -> String) -> String {
    do { return try say() } catch {
      let text = "\(error)".replacingOccurrences(of: folder.url.path, with: ".")
      guard text.contains("case.json cannot be read") else { return text }
      return "case.json cannot be read"
    }
  }

  private func json(_ golden: GoldenCase) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    return String(decoding: try encoder.encode(golden), as: UTF8.self)
  }

  // MARK: Descriptions

  private static var replacements: [Any] {
    [
      NSNull(), -1, 0, 1, 3, 63, 64, 65, 4_294_967_296, 1e300, 0.5, "", "x", "../x", "/etc/passwd", "a/./b", "a//b",
      "trace.log",
      "image.f32", "no\0name", [Any](), [1, 2], [0, 3, 0, 3], [5, 2, 0, 3], ["-noisefile", "../x"], ["-dump", "../x"],
      ["-hkl", "inputs/none.hkl"], ["-hkl", "../../x.hkl"], [String: Any](), ["x": 1],
    ]
  }

  /// The paths to all values of a description.
  private func paths(_ value: Any, _ path: [String] = []) -> [[String]] {
    var list = path.isEmpty ? [] : [path]
    if let object = value as? [String: Any] {
      for key in object.keys.sorted() { list += paths(object[key]!, path + [key]) }
    } else if let array = value as? [Any], array.count <= 4 {
      for index in array.indices { list += paths(array[index], path + ["\(index)"]) }
    }
    return list
  }

  private func replacing(_ value: Any, _ path: ArraySlice<String>, _ other: Any?) -> Any? {
    guard let key = path.first else { return other }
    if var object = value as? [String: Any] {
      object[key] = object[key].flatMap { replacing($0, path.dropFirst(), other) }
      return object
    }
    guard var array = value as? [Any], let index = Int(key) else { return value }
    if let element = replacing(array[index], path.dropFirst(), other) {
      array[index] = element
    } else {
      array.remove(at: index)
    }
    return array
  }

  @Test func descriptionsAreReadAsRecorded() throws { try checkDescription("cache-read") }

  @Test(.enabled(if: RecordingLibrary.comparesAll), arguments: ["roi", "mat-hexagonal-roi"])
  func moreDescriptionsAreReadAsRecorded(id: String) throws { try checkDescription(id) }

  private func checkDescription(_ id: String) throws {
    try take(id)
    let place = corpus.folder(of: id).appendingPathComponent("case.json")
    let whole = try JSONSerialization.jsonObject(with: Data(contentsOf: place))
    var digest = BitDigest()
    for path in paths(whole) {
      for other in [nil] + Self.replacements.map(Optional.some) {
        guard let changed = replacing(whole, path[...], other) else { continue }
        try JSONSerialization.data(withJSONObject: changed, options: [.sortedKeys]).write(to: place)
        digest.add(words { try json(corpus.load(id)) })
      }
    }
    for name in ["", "ro", "rio", "roi2", "mat-hexagonal-ro", "something else"] {
      digest.add(words { try json(corpus.load(name)) })
    }
    try expect("description of \(id)", digest)
  }

  // MARK: Files

  /// Changes a number of a text by a factor near 1, or repeats, drops or spoils one of its lines.
  private func damaged(_ text: String, _ random: inout SplitMix64) -> String {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let place = Int.random(in: 0..<lines.count, using: &random)
    switch Int.random(in: 0..<8, using: &random) {
    case 0: lines.remove(at: place)
    case 1: lines.insert(lines[place], at: place)
    case 2: lines[place] += " 7"
    default:
      var words = lines[place].split(separator: " ", omittingEmptySubsequences: false).map(String.init)
      let numbers = words.indices.filter { Double(words[$0]) != nil }
      guard let index = numbers.randomElement(using: &random), let number = Double(words[index]) else { break }
      let power = Int.random(in: -16...1, using: &random)
      words[index] = "\(number * (1 + Double("1e\(power)")!))"
      lines[place] = words.joined(separator: " ")
    }
    return lines.joined(separator: "\n")
  }

  private func damage(_ name: String, _ bytes: [UInt8], _ random: inout SplitMix64) -> [UInt8] {
    if name.hasSuffix(".log") || name.hasSuffix(".txt") || name == "case.json" {
      return Array(damaged(String(decoding: bytes, as: UTF8.self), &random).utf8)
    }
    var bytes = bytes
    let place = Int.random(in: 0..<bytes.count, using: &random)
    switch Int.random(in: 0..<6, using: &random) {
    case 0: bytes.removeLast(4)
    // The last bits of a float are in its first byte.
    case 1, 2: bytes[place / 4 * 4] ^= UInt8(1 << Int.random(in: 0..<8, using: &random))
    default: bytes[place] ^= UInt8(1 << Int.random(in: 0..<8, using: &random))
    }
    return bytes
  }

  private func words(of report: GoldenReport) -> String {
    "\(report.problems) \(report.identicalNumbers) \(report.identicalFiles) \(report.image.pixels) "
      + "\(report.image.identical) \(report.image.worst) \(report.image.worstAt) \(report.image.hasRecordedHash) "
      + "\(report.image.isExplained) \(report.inputs)"
  }

  private func check(_ id: String, seed: UInt64, count: Int) throws -> BitDigest {
    var random = SplitMix64(state: seed)
    var digest = BitDigest()
    try take(id)
    let own = corpus.folder(of: id)
    let names = try FileManager.default.subpathsOfDirectory(atPath: own.path).sorted()
    for _ in 0..<count {
      let place = own.appendingPathComponent(names.randomElement(using: &random)!)
      let whole = try Data(contentsOf: place)
      try Data(damage(place.lastPathComponent, Array(whole), &random)).write(to: place)
      digest.add(words { words(of: try corpus.check(corpus.load(id))) })
      if Int.random(in: 0..<3, using: &random) == 0 {
        digest.add(words { "\(try corpus.toleranceProblems(of: corpus.load(id)))" })
      }
      try whole.write(to: place)
    }
    return digest
  }

  @Test(arguments: ["beam-pixel-dmin", "cache-read", "img-long-header"])
  func damagedFilesAreMetAsRecorded(id: String) throws { try expect("files of \(id)", check(id, seed: 5, count: 40)) }

  @Test(.enabled(if: RecordingLibrary.comparesAll), arguments: ["adc-scale", "roi", "mat-hexagonal-roi"])
  func moreDamagedFilesAreMetAsRecorded(id: String) throws {
    try expect("files of \(id)", check(id, seed: 6, count: 60))
  }

  // MARK: Reviews

  /// A pending case that replaces another of the same name: what a reviewer is shown.
  @Test func reviewsAreThoseRecorded() throws {
    var random = SplitMix64(state: 7)
    var digest = BitDigest()
    try take("hkl-decimal-third-index", as: "beam-pixel-dmin")
    for (id, name) in [("beam-pixel-dmin", "beam-pixel-dmin"), ("adc-scale", "twin")] {
      try take(id, as: name, on: "pending")
      let own = root.appendingPathComponent("pending").appendingPathComponent(name)
      let text = try String(contentsOf: own.appendingPathComponent("case.json"), encoding: .utf8)
      try text.replacing("\"id\": \"\(id)\"", with: "\"id\": \"\(name)\"").replacing(
        "\"id\" : \"\(id)\"", with: "\"id\" : \"\(name)\""
      ).write(to: own.appendingPathComponent("case.json"), atomically: true, encoding: .utf8)
      let logs = try FileManager.default.contentsOfDirectory(atPath: own.path).filter { $0.hasSuffix(".log") }.sorted()
      for number in 0..<12 {
        let place = own.appendingPathComponent(logs[number % logs.count])
        let whole = try Data(contentsOf: place)
        try Data(damage(place.lastPathComponent, Array(whole), &random)).write(to: place)
        digest.add(
          words {
            let review = try corpus.review(name)
            let rows = review.rows.map {
              "\($0.log) \($0.quantity) \($0.old ?? "") \($0.new ?? "") \($0.ours ?? "") \($0.agrees)"
            }
            return
              "\(review.announcement) \(review.objections) \(review.remarks) \(review.changes) \(rows) \(review.digest)"
          })
        try whole.write(to: place)
      }
    }
    try expect("reviews", digest)
  }

  // MARK: Drafts

  @Test func draftsAreTakenAsRecorded() throws {
    var digest = BitDigest()
    let package = GoldenCorpus.ofPackage()
    let id = "cache-read"
    let golden = try package.load(id)
    let own = package.folder(of: id)
    var number = 0
    func draft(_ change: (inout GoldenDraft) throws -> Void) throws {
      number += 1
      var draft = GoldenDraft(name: "draft-\(number)")
      draft.date = Date(timeIntervalSince1970: 1_790_000_000)
      draft.logs = [own.appendingPathComponent(golden.traces[0].file).path]
      draft.arguments = package.arguments(of: golden)
      try change(&draft)
      digest.add(
        words {
          let report = try corpus.add(draft)
          let stored = try corpus.pending.load(draft.name)
          let logs = stored.traces.map { "\($0.slow) \($0.fast) \($0.file) \($0.why)" }
          return "\(words(of: report)) \(logs) \(stored.args) \(try imageWords(stored)) \(corpus.remarks(on: report))"
        }.replacingOccurrences(of: PackageFolder.fixtures.path, with: "fixtures"))
    }
    let log = try String(contentsOf: own.appendingPathComponent(golden.traces[0].file), encoding: .utf8)
    let other = own.appendingPathComponent(golden.traces[1].file).path
    let pixel = golden.traces[0]
    try draft { _ in }
    try draft { $0.logs.append(other) }
    try draft { $0.logs.append($0.logs[0]) }
    try draft { $0.logs = [] }
    try draft { $0.image = own.appendingPathComponent("image.f32").path }
    for crop in [[0, 2, 0, 3], [3, 5, 2, 4], [0, 500, 0, 3], [0, 3, 0, 500]] {
      try draft {
        $0.image = own.appendingPathComponent("image.f32").path
        $0.crop = PixelBounds(numbers: crop)
      }
    }
    for (slow, fast) in [(pixel.slow, pixel.fast), (pixel.slow + 1, pixel.fast), (pixel.fast, pixel.slow)] {
      try draft { $0.pixels = [.init(slow: slow, fast: fast)] }
      // Without its origin, the log does not tell its pixel.
      let text = log.split(separator: "\n").filter { !$0.contains("origin") }.joined(separator: "\n") + "\n"
      let path = try folder.file("no-origin.log", text)
      try draft { ($0.logs, $0.pixels) = ([path], [.init(slow: slow, fast: fast)]) }
      if slow == pixel.slow { try draft { $0.logs = [path] } }
    }
    try draft { $0.pixels = [.init(slow: 1, fast: 1), .init(slow: 2, fast: 2)] }
    for name in [
      "", "-a", ".a", "A", "a b", "é", String(repeating: "a", count: 80), String(repeating: "a", count: 81), "draft-1",
    ] {
      try draft { $0.name = name }
    }
    for text in [log + log, String(log.prefix(log.count / 2)), "nothing\n"] {
      let path = try folder.file("other.log", text)
      try draft { $0.logs = [path] }
    }
    try expect("drafts", digest)
  }

  private func imageWords(_ golden: GoldenCase) throws -> String {
    guard let image = golden.image else { return "no image" }
    return
      "\(image.fast) \(image.slow) \(image.sum) \(image.max) \(image.maxAt) \(image.mean) \(image.rms) \(image.rmsd) "
      + "\(image.sha256) \(image.cropSHA256 ?? "")"
  }
}
