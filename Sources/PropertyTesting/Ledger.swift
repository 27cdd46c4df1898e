import Foundation

/// One line of a ledger: the statistics of a property over a range of its cases.
public struct LedgerLine: Sendable, Codable, Equatable {
  /// The property.
  public var property: String
  /// The seed of the run.
  public var seed: UInt64
  /// The build of the test program; another build does not continue the line.
  public var build: String
  /// The number of the first case.
  public var from: Int
  /// One more than the number of the last case.
  public var to: Int
  /// The statistics of these cases.
  public var statistics: Statistics
  /// The token of the case with the largest ratio of deviation to tolerance so far; nil if the property compares no
  /// numbers.
  public var worstToken: String?
  /// Whether all cases of the property have been examined.
  public var isComplete = false
  /// The pairs of kinds of values that occurred, on the last line.
  public var pairs: PairCoverage?

  /// The lines of a ledger; lines that cannot be read, such as one cut off by a crash, are left out.
  public static func read(_ path: String) -> [LedgerLine] {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return [] }
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return text.split(separator: "\n").compactMap { try? decoder.decode(LedgerLine.self, from: Data($0.utf8)) }
  }
}

/// Appends the statistics of a property to the file that `NB_REPORT` names, so that an interrupted run can be
/// continued.
struct Ledger {
  private let path: String?
  private var line: LedgerLine
  /// The statistics of an earlier run of the same build with the same seed.
  private(set) var earlier = Statistics()
  /// The case of the earlier run with the largest ratio of deviation to tolerance.
  private(set) var worstToken: ReplayToken?
  /// Whether the earlier run examined all cases of the property.
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

  /// Adds the statistics of one case; every thousand cases a line is written.
  mutating func add(_ statistics: Statistics, through index: Int, worst: ReplayToken?) {
    guard path != nil else { return }
    line.statistics.merge(statistics)
    line.to = index + 1
    line.worstToken = worst?.description
    if line.to - line.from >= Self.chunk { flush() }
  }

  /// Writes the last line of a property that has passed. Its worst deviation may be from the climb after the last case.
  mutating func finish(_ worst: Deviation?, _ pairs: PairCoverage) {
    guard path != nil, !isComplete else { return }
    line.pairs = pairs
    line.statistics.worst = worst
    line.isComplete = true
    flush()
  }

  private mutating func flush() {
    guard let path else { return }
    Self.append(line, to: path)
    line.from = line.to
    line.statistics = Statistics()
  }

  /// Appends a value as one line of JSON.
  static func append(_ value: some Encodable, to path: String) {
    guard let data = try? encoder.encode(value) else { return }
    append(data + Data("\n".utf8), to: path)
  }

  private static let encoder: JSONEncoder = {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return encoder
  }()

  /// Size and date of the running program, by which an edited property is examined again.
  private static let build: String = {
    let path = Bundle.main.executablePath ?? CommandLine.arguments[0]
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    let date = attributes?[.modificationDate] as? Date
    return "\(attributes?[.size] ?? 0)-\(date?.timeIntervalSince1970 ?? 0)"
  }()

  /// Appends a line with one system call, so that lines of properties that run at the same time do not mix. A line that
  /// a
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
