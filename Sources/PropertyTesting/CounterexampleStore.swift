import Foundation

/// A counter-example, which is kept as a JSON file in `fixtures/counterexamples/`.
public struct Counterexample: Sendable, Codable, Equatable {
  /// The identity of the refuted property: the names of its family and of the property.
  public var property: String
  /// The token of its choices.
  public var token: String
  /// The value, as Swift source.
  public var value: String
  /// The claim that failed when the counter-example was found.
  public var claim: String

  /// A counter-example.
  public init(property: String, token: String, value: String, claim: String) {
    self.property = property
    self.token = token
    self.value = value
    self.claim = claim
  }

  /// The choices; nil if `token` is malformed.
  public var choices: ReplayToken? { ReplayToken(text: token) }
}

/// The folder of kept counter-examples.
public struct CounterexampleStore: Sendable {
  /// The folder.
  public let folder: URL

  /// A store in a folder.
  public init(folder: URL) {
    self.folder = folder
  }

  /// The folder of the package that a source file belongs to; nil if no folder above the file has a Package.swift.
  static func package(of filePath: String) -> URL? {
    var folder = URL(fileURLWithPath: filePath).deletingLastPathComponent()
    while !FileManager.default.fileExists(atPath: folder.appendingPathComponent("Package.swift").path) {
      guard folder.pathComponents.count > 1 else { return nil }
      folder.deleteLastPathComponent()
    }
    return folder
  }

  /// Removes a file, if it is there.
  func remove(_ name: String) { try? FileManager.default.removeItem(at: folder.appendingPathComponent(name)) }

  /// All kept counter-examples, sorted by file name.
  /// - Throws: An error of the decoder, or of the file system, for a file that cannot be read.
  public func all() throws -> [(name: String, counterexample: Counterexample)] {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path) else { return [] }
    return try names.filter { $0.hasSuffix(".json") }.sorted().map { name in
      let data = try Data(contentsOf: folder.appendingPathComponent(name))
      return (name, try JSONDecoder().decode(Counterexample.self, from: data))
    }
  }

  /// Writes a counter-example to a file; one with equal property and token is replaced.
  /// - Returns: The file name.
  /// - Throws: An error of the encoder or of the file system.
  @discardableResult
  public func keep(_ counterexample: Counterexample) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let words = counterexample.property.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
    let hash = String(SplitMix64.hash(counterexample.property + counterexample.token), radix: 16)
    let name = words.suffix(8).joined(separator: "-") + "-" + hash.prefix(8) + ".json"
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let data = try encoder.encode(counterexample) + Data("\n".utf8)
    try data.write(to: folder.appendingPathComponent(name), options: .atomic)
    return name
  }
}
