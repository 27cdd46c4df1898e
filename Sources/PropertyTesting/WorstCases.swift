import Foundation

/// The worst cases of a property over all nights: those that came nearest to their tolerances. A file in `fixtures/worst/`
/// has them, so that a night begins with what earlier nights found.
public struct WorstCases: Sendable, Codable, Equatable {
  /// A case.
  public struct Case: Sendable, Codable, Equatable {
    /// The token of its choices.
    public var token: String
    /// The value, as Swift source.
    public var value: String
    /// Its largest deviation in units of the tolerance.
    public var ratio: Double
  }

  /// The version of the engine that made the tokens.
  public var engine = WorstCases.engineVersion
  /// The identity of the property.
  public var property: String
  /// The cases, the worst first.
  public var cases: [Case]

  /// The version of the engine: it rises when tokens change their meaning or numbers are drawn otherwise. Tokens of engine
  /// 1 stand for the same values in engine 2.
  public static let engineVersion = 2
  /// The largest number of cases of a property.
  public static let most = 20

  /// The worst cases of a property.
  public init(property: String, cases: [Case]) {
    (self.property, self.cases) = (property, cases)
  }

  /// The largest ratio; 0 without cases.
  public var largest: Double { cases.first?.ratio ?? 0 }

  /// The name of the file of a property.
  public static func name(of property: String) -> String {
    let words = property.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
    let hash = String(SplitMix64.hash(property), radix: 16)
    return words.suffix(6).joined(separator: "-") + "-" + hash.prefix(8) + ".json"
  }

  /// Reads a file.
  /// - Throws: An error of the decoder or of the file system.
  public static func read(_ file: URL) throws -> WorstCases {
    try JSONDecoder().decode(WorstCases.self, from: Data(contentsOf: file))
  }

  /// Writes the cases to the file of the property, a line each.
  /// - Throws: An error of the encoder or of the file system.
  public func write(to folder: URL) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    func text(_ value: some Encodable) throws -> String { String(decoding: try encoder.encode(value), as: UTF8.self) }
    let lines = try cases.map { "    " + (try text($0)) }
    let json =
      "{\n  \"cases\": [\n\(lines.joined(separator: ",\n"))\n  ],\n  \"engine\": \(engine),\n"
      + "  \"property\": \(try text(property))\n}\n"
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data(json.utf8).write(to: folder.appendingPathComponent(Self.name(of: property)), options: .atomic)
  }

  /// The worst cases of an examined property: values are generated from their choices.
  init<Value>(_ outcome: PropertyRun<Value>.Outcome, of property: Property<Value>) {
    let cases = outcome.worst.places.compactMap { place -> Case? in
      var choices = Choices(replaying: place.token)
      guard place.size.isFinite, let value = try? property.generator.generate(&choices) else { return nil }
      return Case(token: place.token.description, value: SwiftSource.text(value), ratio: place.size)
    }
    self.init(property: property.id, cases: cases)
  }

  /// Whether two files have equal cases; ratios of equal cases may differ where the C library does.
  public func isEqual(to other: WorstCases) -> Bool {
    property == other.property && cases.map(\.token) == other.cases.map(\.token)
  }
}
