import Foundation

/// One line of a report: what a property saw in a range of its cases.
public struct LedgerLine: Sendable, Codable, Equatable {
  /// The property.
  public var property: String
  /// The seed of the run.
  public var seed: UInt64
  /// Which build of the tests: another one starts anew.
  public var build: String
  /// The first case.
  public var from: Int
  /// The case behind the last.
  public var to: Int
  /// What was seen.
  public var statistics: Statistics
  /// The case that came nearest to its tolerance so far.
  public var worstToken: String?
  /// Whether the property was examined to the end.
  public var isComplete = false

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
  /// What an earlier run of the same build with the same seed saw.
  private(set) var earlier = Statistics()
  /// The case of the earlier run that came nearest to its tolerance.
  private(set) var worstToken: ReplayToken?
  /// Whether the earlier run examined the property to the end.
  private(set) var isComplete = false
  /// The first case that has not been examined yet.
  var next: Int { line.to }

  private static let chunk = 1000

  init(_ settings: Settings, property: String, cases: Int) {
    path = settings.report
    line = LedgerLine(
      property: property, seed: settings.seed, build: Self.build, from: settings.first, to: settings.first,
      statistics: Statistics())
    guard let path else { return }
    for old in LedgerLine.read(path)
    where old.property == property && old.seed == settings.seed && old.build == Self.build && old.from == line.to {
      earlier.merge(old.statistics)
      line.to = old.to
      worstToken = old.worstToken.flatMap { ReplayToken(text: $0) } ?? worstToken
      isComplete = old.isComplete && old.to >= settings.first + cases
    }
    line.from = line.to
  }

  /// Adds one case.
  mutating func add(_ statistics: Statistics, through index: Int, worst: ReplayToken?) {
    guard path != nil else { return }
    line.statistics.merge(statistics)
    line.to = index + 1
    line.worstToken = worst?.description
    if line.to - line.from >= Self.chunk { flush() }
  }

  /// Writes the rest once a property has passed; the worst deviation may come from a climb after the last case.
  mutating func finish(_ worst: Deviation?) {
    guard path != nil, !isComplete else { return }
    line.statistics.worst = worst
    line.isComplete = true
    flush()
  }

  private mutating func flush() {
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

  /// Size and date of the running program: a property that was edited is examined again.
  private static let build: String = {
    let path = Bundle.main.executablePath ?? CommandLine.arguments[0]
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    let date = attributes?[.modificationDate] as? Date
    return "\(attributes?[.size] ?? 0)-\(date?.timeIntervalSince1970 ?? 0)"
  }()

  /// One system call on a file opened for appending: lines of properties that run at the same time do not mix. What a
  /// crash cut off gets its newline first.
  private static func append(_ data: Data, to path: String) {
    let file = open(path, O_RDWR | O_APPEND | O_CREAT, 0o644)
    guard file >= 0 else { return }
    defer { close(file) }
    var last: UInt8 = 10
    if lseek(file, -1, SEEK_END) >= 0 { _ = read(file, &last, 1) }
    let bytes = (last == 10 ? Data() : Data("\n".utf8)) + data
    bytes.withUnsafeBytes { _ = write(file, $0.baseAddress, $0.count) }
  }
}
