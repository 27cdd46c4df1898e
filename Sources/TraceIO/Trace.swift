import Physics
import VisibleText

/// A trace that was read from a log or made by the tracer. Its lines are in the order in which they were written.
public struct Trace: Sendable, Hashable {
  /// The program that wrote the trace: the part of the marker after `TRACE_`, such as `C` or `SWIFT`.
  public var author: String
  /// The lines.
  public var lines: [TraceLine]
  /// Warnings about the text for the user, one line each.
  public var warnings: [String]
  /// Whether the text has at most one pixel and its last line is not cut off.
  public var isOnePixel = true
  /// The line of the log of each trace line; empty for a trace that was not read from a log.
  public var origins: [Origin]

  /// A line of a log.
  public struct Origin: Sendable, Hashable {
    /// The number of the line, counted from 1.
    public let number: Int
    /// The whole line without its newline, including the text before the marker. Bytes that are not UTF-8 are replaced.
    public let text: String
    /// Whether a newline followed.
    public let hasNewline: Bool
  }

  /// A trace with the given lines.
  public init(author: String = "SWIFT", lines: [TraceLine], warnings: [String] = [], origins: [Origin] = []) {
    self.author = author
    self.lines = lines
    self.warnings = warnings
    self.origins = origins
  }

  /// Whether a line of a pixel, behind the end of one, repeats a name of it. Phi and step lines may follow the end.
  var hasSecondPixel: Bool {
    let names = lines.filter { $0.section == .pixel }.map { $0.fields.first?.name ?? "" }
    guard let end = names.firstIndex(of: TraceName.photons.rawValue) else { return false }
    return !Set(names[...end]).isDisjoint(with: names[(end + 1)...])
  }

  /// The first pixel of a log: the lines before the first line that, after the end of the pixel, repeats a name.
  var firstPixel: Trace {
    guard
      let end = lines.firstIndex(where: { $0.fields.first?.name == TraceName.photons.rawValue && $0.section == .pixel })
    else {
      return self
    }
    func key(_ line: TraceLine) -> String { "\(line.section) \(line.fields.first?.name ?? "")" }
    var seen = Set(lines[...end].map(key))
    guard let next = lines.indices[(end + 1)...].first(where: { !seen.insert(key(lines[$0])).inserted }) else {
      return self
    }
    return leavingOut(Set(next..<lines.count))
  }

  /// The values of the first set-up or pixel line of the name; nil if there is no such line.
  public func values(_ name: String, in section: TraceSection = .pixel) -> [TraceValue]? {
    lines.first { $0.section == section && $0.fields.first?.name == name }?.fields.first?.values
  }

  /// The values of the first set-up or pixel line of the quantity; nil if there is no such line.
  public func values(_ name: TraceName, in section: TraceSection = .pixel) -> [TraceValue]? {
    values(name.rawValue, in: section)
  }

  /// The first value of a quantity on a set-up or pixel line, as a number; nil if there is none.
  public func number(_ name: TraceName, in section: TraceSection = .pixel) -> Double? {
    number(name.rawValue, in: section)
  }

  /// The three components of a quantity on a set-up or pixel line; nil unless there are three numbers.
  public func vector(_ name: TraceName, in section: TraceSection = .pixel) -> Vector3? {
    vector(name.rawValue, in: section)
  }

  /// The three components of a quantity of the pixel, under its name or an older one.
  func vectorByAnyName(_ name: TraceName) -> Vector3? {
    vector(name) ?? TraceQuantity.olderNames(of: name).lazy.compactMap { vector($0) }.first
  }

  /// The number of a quantity, on a pixel or a set-up line, under its name or an older one.
  func numberByAnyName(_ name: TraceName) -> Double? {
    ([name.rawValue] + TraceQuantity.olderNames(of: name)).lazy
      .compactMap { number($0) ?? number($0, in: .setup) }.first
  }

  /// The first value of a name on a set-up or pixel line, as a number; nil if there is none.
  public func number(_ name: String, in section: TraceSection = .pixel) -> Double? {
    values(name, in: section)?.first?.number
  }

  /// The three components of a name on a set-up or pixel line; nil unless there are three numbers.
  public func vector(_ name: String, in section: TraceSection = .pixel) -> Vector3? {
    let numbers = (values(name, in: section) ?? []).compactMap(\.number)
    return numbers.count == 3 ? Vector3(numbers[0], numbers[1], numbers[2]) : nil
  }
}

/// The reason why a trace cannot be read, with file and line.
public struct TraceError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The file, or another name of the text.
  public let file: String
  /// The line, counted from 1; 0 if no single line is at fault.
  public let line: Int
  /// The problem, and what was expected.
  public let problem: String

  /// An error about a line of a file.
  public init(file: String, line: Int, _ problem: String) {
    self.file = file
    self.line = line
    self.problem = problem
  }

  /// File, line and problem.
  public var description: String {
    line > 0 ? "\(VisibleText.line(file)):\(line): \(problem)" : "\(VisibleText.line(file)): \(problem)"
  }
}
