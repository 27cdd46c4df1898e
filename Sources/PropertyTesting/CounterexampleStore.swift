import Foundation

/// A counter-example as it is kept in `fixtures/counterexamples/`, one JSON file each.
public struct Counterexample: Sendable, Codable, Equatable {
  /// The property it refuted: file and name.
  public var property: String
  /// Its choices.
  public var token: String
  /// The value, as Swift source.
  public var value: String
  /// What did not hold when it was found.
  public var claim: String

  /// A counter-example.
  public init(property: String, token: String, value: String, claim: String) {
    self.property = property
    self.token = token
    self.value = value
    self.claim = claim
  }

  /// The choices; nil if the text is no token.
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

  /// The store of the package that a source file belongs to.
  public init?(besides filePath: String) {
    var folder = URL(fileURLWithPath: filePath).deletingLastPathComponent()
    while !FileManager.default.fileExists(atPath: folder.appendingPathComponent("Package.swift").path) {
      guard folder.pathComponents.count > 1 else { return nil }
      folder.deleteLastPathComponent()
    }
    self.init(folder: folder.appendingPathComponent("fixtures/counterexamples"))
  }

  /// All kept counter-examples by file name.
  /// - Throws: An error of the decoder, or of the file system, for a file that cannot be read.
  public func all() throws -> [(name: String, counterexample: Counterexample)] {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path) else { return [] }
    return try names.filter { $0.hasSuffix(".json") }.sorted().map { name in
      let data = try Data(contentsOf: folder.appendingPathComponent(name))
      return (name, try JSONDecoder().decode(Counterexample.self, from: data))
    }
  }

  /// Writes a counter-example down; the same one twice is kept once.
  /// - Returns: The file name.
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
