import Foundation

/// One line of a report: what a property saw in a range of its cases.
public struct LedgerLine: Sendable, Codable, Equatable {
  /// The property.
  public var property: String
  /// The seed of the run.
  public var seed: UInt64
  /// The first case.
  public var from: Int
  /// The case behind the last.
  public var to: Int
  /// What was seen.
  public var statistics: Statistics

  /// The lines of a report; those that cannot be read, such as one cut off by a crash, are left out.
  public static func read(_ path: String) -> [LedgerLine] {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return [] }
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return text.split(separator: "\n").compactMap { try? decoder.decode(LedgerLine.self, from: Data($0.utf8)) }
  }
}

/// Appends what a property saw to the report of the run, so that an interrupted run can go on behind it.
struct Ledger {
  private let path: String?
  private var line: LedgerLine
  /// What an earlier run with the same seed saw.
  private(set) var earlier = Statistics()
  /// The first case that has not been examined yet.
  var next: Int { line.to }

  private static let chunk = 1000

  init(_ settings: Settings, property: String) {
    path = settings.report
    line = LedgerLine(
      property: property, seed: settings.seed, from: settings.first, to: settings.first, statistics: Statistics())
    guard let path else { return }
    for old in LedgerLine.read(path) where old.property == property && old.seed == settings.seed {
      guard old.from == line.to else { continue }
      earlier.merge(old.statistics)
      line.to = old.to
    }
    line.from = line.to
  }

  mutating func add(_ statistics: Statistics, through index: Int) {
    guard path != nil else { return }
    line.statistics.merge(statistics)
    line.to = index + 1
    if line.to - line.from >= Self.chunk { write() }
  }

  /// Writes the rest; the worst deviation may come from a climb after the last case.
  mutating func finish(_ worst: Deviation?) {
    guard path != nil, line.to > line.from || worst != earlier.worst else { return }
    line.statistics.worst = worst
    write()
  }

  private mutating func write() {
    guard let path, let data = try? Self.encoder.encode(line) else { return }
    Self.append(data + Data("\n".utf8), to: path)
    line.from = line.to
    line.statistics = Statistics()
  }

  private static let encoder: JSONEncoder = {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return encoder
  }()

  /// One write to a file opened for appending: lines of properties that run at the same time do not mix.
  private static func append(_ data: Data, to path: String) {
    guard let file = fopen(path, "a") else { return }
    defer { fclose(file) }
    setvbuf(file, nil, _IOFBF, data.count + 1)
    data.withUnsafeBytes { _ = fwrite($0.baseAddress, 1, $0.count, file) }
  }
}
