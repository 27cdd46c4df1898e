import Physics

/// Reads traces in both grammars of spec/90, one line at a time.
///
/// - `TRACE_C: name v v v` and `TRACE_C:name=v v v`, `TRACE_C_SETUP: name v`, `TRACE_C_PHI key=v …`,
///   `TRACE_C_STEP key=v …`, with any author in place of `C`.
/// - A marker may stand anywhere in its line; lines without one are foreign and skipped, as are `TRACE:` and
///   `TRACE_CONFIG:`. Lines may end in CR LF. A last line without newline is kept with a warning, unless it is cut.
/// - A value that should be a number and is none is an error with file and line. A value of a name that is not in the
///   catalogue may be a word.
public struct TraceParser: Sendable {
  private let file: String
  private var lineNumber = 0
  private var author: String?
  private var lines: [TraceLine] = []
  private var warnings: [String] = []

  /// A parser of a text.
  /// - Parameter file: Its name, for messages.
  public init(file: String) {
    self.file = file
  }

  /// Parses a whole text.
  /// - Throws: `TraceError` for a malformed value, or if there is no trace line at all.
  public static func parse(_ bytes: some Sequence<UInt8>, file: String) throws(TraceError) -> Trace {
    var parser = TraceParser(file: file)
    var line: [UInt8] = []
    for byte in bytes {
      if byte == 10 {
        try parser.consume(line, isComplete: true)
        line.removeAll(keepingCapacity: true)
      } else {
        line.append(byte)
      }
    }
    if !line.isEmpty { try parser.consume(line, isComplete: false) }
    return try parser.finish()
  }

  /// Parses a whole text.
  public static func parse(_ text: String, file: String) throws(TraceError) -> Trace {
    try parse(text.utf8, file: file)
  }

  /// The trace read so far.
  /// - Throws: `TraceError` if there is no trace line.
  public func finish() throws(TraceError) -> Trace {
    guard let author else {
      throw TraceError(file: file, line: 0, "no trace line: expected lines such as \"TRACE_C: hkl_frac 1.5 0 -2\"")
    }
    return Trace(author: author, lines: lines, warnings: warnings)
  }

  /// Takes one line, without its newline.
  /// - Parameters:
  ///   - bytes: The line.
  ///   - isComplete: Whether a newline followed.
  /// - Throws: `TraceError` for a malformed value.
  public mutating func consume(_ bytes: [UInt8], isComplete: Bool) throws(TraceError) {
    lineNumber += 1
    guard let found = Marker.find(in: bytes) else { return }
    if let author, author != found.author {
      warn("the author changes from \(author) to \(found.author)")
    }
    author = author ?? found.author
    let body = String(decoding: bytes[found.end...], as: UTF8.self)
    do {
      let fields = try self.fields(of: body, found)
      if !fields.isEmpty { lines.append(TraceLine(found.section, fields)) }
      if !isComplete { warn("the last line has no newline; its last number may be cut off") }
    } catch {
      if isComplete { throw error }
      warn("the last line is cut off and left out")
    }
  }

  private mutating func warn(_ text: String) {
    warnings.append("\(file):\(lineNumber): \(text)")
  }

  private mutating func fields(of body: String, _ marker: Marker) throws(TraceError) -> [TraceField] {
    let words = body.split { $0 == " " || $0 == "\t" || $0 == "\r" || $0 == "\r\n" }.map(String.init)
    switch marker.section {
    case .phi, .step:
      var fields: [TraceField] = []
      for word in words {
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts[0].isEmpty else { throw malformed("\"\(word)\" is not of the form key=value") }
        if let field = try field(parts[0], [parts[1]], marker.section) { fields.append(field) }
      }
      return fields
    case .setup, .pixel:
      guard let first = words.first else { throw malformed("a name is missing after the marker") }
      var name = first
      var values = Array(words.dropFirst())
      if let equals = first.firstIndex(of: "=") {
        name = String(first[..<equals])
        let rest = String(first[first.index(after: equals)...])
        if !rest.isEmpty { values.insert(rest, at: 0) }
      }
      return try field(name, values, marker.section).map { [$0] } ?? []
    }
  }

  /// One field; nil if the values were not extracted by whoever wrote the log.
  private mutating func field(
    _ name: String, _ words: [String], _ section: TraceSection
  ) throws(TraceError) -> TraceField? {
    let quantity = Self.catalogue[Name(name: name, section: section)]
    if words.contains("NOT_EXTRACTED") {
      warn("\(name) was not extracted")
      return nil
    }
    guard !words.isEmpty else { throw malformed("\(name) has no value") }
    if let quantity, words.count != quantity.components {
      throw malformed("\(name) has \(words.count) values, \(quantity.components) are expected")
    }
    var values: [TraceValue] = []
    for word in words { values.append(try value(word, of: name, quantity)) }
    return TraceField(name, values)
  }

  private func value(
    _ word: String, of name: String, _ quantity: TraceQuantity?
  ) throws(TraceError) -> TraceValue {
    if quantity?.unit == "word" { return .word(word) }
    if quantity?.isInteger ?? true, let whole = Int(word) { return .integer(whole) }
    if let number = NumberText.number(word) { return .real(number) }
    if quantity == nil { return .word(word) }
    throw malformed("\"\(word)\" is not a number, as a value of \(name) must be")
  }

  private func malformed(_ problem: String) -> TraceError {
    TraceError(file: file, line: lineNumber, problem)
  }

  private struct Name: Hashable {
    let name: String
    let section: TraceSection
  }

  private static let catalogue = Dictionary(
    TraceQuantity.all.map { (Name(name: $0.name, section: $0.section), $0) }, uniquingKeysWith: { first, _ in first })

  /// The word that makes a line a trace line.
  private struct Marker {
    var author: String
    var section: TraceSection
    var end: Int

    private static let start = Array("TRACE_".utf8)

    /// The first marker in a line.
    static func find(in bytes: [UInt8]) -> Marker? {
      guard bytes.count > start.count else { return nil }
      for position in 0...(bytes.count - start.count)
      where bytes[position] == start[0] && bytes[position..<position + start.count].elementsEqual(start) {
        if let marker = Marker(bytes, from: position + start.count) { return marker }
      }
      return nil
    }

    private init?(_ bytes: [UInt8], from position: Int) {
      let word = bytes[position...].prefix { ($0 >= 65 && $0 <= 90) || ($0 >= 48 && $0 <= 57) || $0 == 95 }
      var name = String(decoding: word, as: UTF8.self)
      let next = word.endIndex < bytes.count ? bytes[word.endIndex] : 0
      section = .pixel
      for (suffix, kind) in [("_SETUP", TraceSection.setup), ("_PHI", .phi), ("_STEP", .step)]
      where name.hasSuffix(suffix) {
        name.removeLast(suffix.count)
        section = kind
      }
      let needsColon = section == .setup || section == .pixel
      guard !name.isEmpty, name != "CONFIG", needsColon == (next == 58) else { return nil }
      author = name
      end = word.endIndex + (needsColon ? 1 : 0)
    }
  }
}
