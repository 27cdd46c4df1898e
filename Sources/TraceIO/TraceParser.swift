import Physics
import VisibleText

/// Reads traces in both grammars of docs/reference/90-trace-points.md, one line at a time.
///
/// - `TRACE_C: name v v v` and `TRACE_C:name=v v v`, `TRACE_C_SETUP: name v`, `TRACE_C_PHI key=v …`,
///   `TRACE_C_STEP key=v …`, with any author in place of `C`.
/// - A marker may be anywhere in its line. Lines without marker are foreign and skipped, as are lines with `TRACE:`,
///   `TRACE_CONFIG:` and markers of more words, such as `TRACE_C_TAP4:`. Lines may end in CR LF. A last line without
///   newline is kept with a warning; if it is malformed, it is left out with a warning.
/// - Of several authors in a log, the author of most lines of known quantities is read; a warning names the others.
/// - A value that should be a number and is not is an error with file and line. A value of a name that is not in the
///   catalogue may be a word.
public struct TraceParser: Sendable {
  /// The largest number of lines that are kept. Of later lines, only the last line of each scaling quantity of the
  /// pixel is kept, too. Later phi and step lines are counted but not parsed.
  public static let lineLimit = 100_000

  private let file: String
  private let wanted: String?
  private let dialect: TraceDialect
  private var lineNumber = 0
  private var voices: [String: Voice] = [:]

  /// The lines and warnings of one author.
  private struct Voice {
    let firstLine: Int
    var lines: [TraceLine] = []
    var origins: [Trace.Origin] = []
    var warnings: [String] = []
    var knownLines = 0
    var leftOut = 0
    var pixels = 0
    var isCut = false
    var error: TraceError?
  }

  /// A parser of a text.
  /// - Parameters:
  ///   - file: The name of the file, for messages.
  ///   - author: The author to read; nil for the one with most lines of known quantities.
  ///   - dialect: The translation of names in the log.
  public init(file: String, author: String? = nil, dialect: TraceDialect = TraceDialect()) {
    self.file = file
    wanted = author
    self.dialect = dialect
  }

  /// Parses a whole text.
  /// - Throws: `TraceError` for a malformed value, or if the text has no trace line.
  public static func parse(_ bytes: some Sequence<UInt8>, file: String) throws(TraceError) -> Trace {
    var parser = TraceParser(file: file)
    var line: [UInt8] = []
    for byte in bytes {
      if byte == 10 {
        parser.consume(line, isComplete: true)
        line.removeAll(keepingCapacity: true)
      } else {
        line.append(byte)
      }
    }
    if !line.isEmpty { parser.consume(line, isComplete: false) }
    return try parser.finish()
  }

  /// Parses a whole text. Throws `TraceError` for a malformed value, or if the text has no trace line.
  public static func parse(_ text: String, file: String) throws(TraceError) -> Trace {
    try parse(text.utf8, file: file)
  }

  /// The trace read so far.
  /// - Throws: `TraceError` for the first malformed value, or if there is no trace line.
  public func finish() throws(TraceError) -> Trace {
    // An author without line, warning and error only mentions trace lines, for instance in a message of the program.
    let ranked = voices.filter { !$0.value.lines.isEmpty || !$0.value.warnings.isEmpty || $0.value.error != nil }.sorted
    {
      ($0.value.knownLines, -$0.value.firstLine) > ($1.value.knownLines, -$1.value.firstLine)
    }
    guard let (author, voice) = ranked.first(where: { wanted == nil || $0.key == wanted }) else {
      let marker = wanted ?? "C"
      throw TraceError(
        file: file, line: 0, "no trace line: expected lines such as \"TRACE_\(marker): hkl_frac 1.5 0 -2\"")
    }
    if let error = voice.error { throw error }
    var warnings = voice.warnings
    for (other, left) in ranked where other != author && left.knownLines > 0 {
      warnings.append("\(file): the lines of \(author) are read, those of \(other) are left out")
    }
    if voice.leftOut > 0 {
      warnings.append("\(file): \(voice.leftOut) lines after the first \(Self.lineLimit) are left out")
    }
    var trace = Trace(author: author, lines: voice.lines, warnings: warnings, origins: voice.origins)
    let isFollowed = voice.pixels == 1 && trace.hasSecondPixel
    if voice.pixels > 1 || isFollowed {
      trace = trace.firstPixel
      let count = isFollowed ? "a second pixel begins" : "\(voice.pixels) pixels end"
      trace.warnings.append("\(file): \(count) in this log; the first is read")
    }
    trace.isOnePixel = voice.pixels <= 1 && !isFollowed && !voice.isCut
    let unknown = dialect.unknownNames(of: trace)
    if dialect != TraceDialect(), !unknown.isEmpty {
      trace.warnings.append("\(file): names that the dialect does not explain: \(unknown.joined(separator: ", "))")
    }
    return dialect.applied(to: trace)
  }

  /// Counts lines that are known to be foreign.
  mutating func skip(lines count: Int) {
    lineNumber += count
  }

  /// Parses one line, without its newline.
  /// - Parameters:
  ///   - bytes: The line.
  ///   - isComplete: Whether a newline followed.
  public mutating func consume(_ bytes: [UInt8], isComplete: Bool) {
    lineNumber += 1
    guard let marker = TraceMarker.find(in: bytes) else { return }
    var voice = voices.removeValue(forKey: marker.author) ?? Voice(firstLine: lineNumber)
    defer { voices[marker.author] = voice }
    if voice.lines.count >= Self.lineLimit, marker.section == .phi || marker.section == .step {
      voice.knownLines += 1
      voice.leftOut += 1
      if !isComplete { leaveOutCutLine(of: &voice) }
      return
    }
    let body = String(decoding: bytes[marker.end...], as: UTF8.self)
    do {
      guard let line = try line(of: body, marker.section, &voice) else { return }
      if line.section == .pixel, line.fields.first?.name == TraceName.photons.rawValue { voice.pixels += 1 }
      keep(line, bytes, isComplete, &voice)
      if !isComplete {
        voice.isCut = true
        voice.warnings.append("\(place): the last line has no newline; its last number may be cut off")
      }
    } catch {
      if isComplete {
        voice.error = voice.error ?? error
      } else {
        leaveOutCutLine(of: &voice)
      }
    }
  }

  private func leaveOutCutLine(of voice: inout Voice) {
    voice.isCut = true
    voice.warnings.append("\(place): the last line is cut off and left out")
  }

  /// Stores a line. Beyond `lineLimit` it only stores or replaces the lines of scaling quantities.
  private func keep(_ line: TraceLine, _ bytes: [UInt8], _ isComplete: Bool, _ voice: inout Voice) {
    let origin = Trace.Origin(
      number: lineNumber, text: String(decoding: bytes, as: UTF8.self), hasNewline: isComplete)
    guard voice.lines.count >= Self.lineLimit else {
      voice.lines.append(line)
      voice.origins.append(origin)
      return
    }
    let name = line.fields.first?.name ?? ""
    guard line.section == .pixel, Self.scalingNames.contains(name) else {
      voice.leftOut += 1
      return
    }
    // The search is by index, because a slice would share the array and each replacement would then copy it.
    if let place = (Self.lineLimit..<voice.lines.count).first(where: { voice.lines[$0].fields.first?.name == name }) {
      // The pixel has ended: the line belongs to the next one.
      guard voice.pixels == 0 else {
        voice.leftOut += 1
        return
      }
      voice.lines[place] = line
      voice.origins[place] = origin
    } else {
      voice.lines.append(line)
      voice.origins.append(origin)
    }
  }

  private var place: String { "\(file):\(lineNumber)" }

  /// The parsed line; nil if no field of the line has a value.
  private func line(
    of body: String, _ section: TraceSection, _ voice: inout Voice
  ) throws(TraceError) -> TraceLine? {
    let words = body.split { $0 == " " || $0 == "\t" || $0 == "\r" || $0 == "\r\n" }.map(String.init)
    var fields: [TraceField] = []
    switch section {
    case .phi, .step:
      // A line with a placeholder such as `key=<value>` is a message about trace lines.
      if words.contains(where: { $0.hasSuffix(">") && $0.containsText("=<") }) { return nil }
      voice.knownLines += 1
      for word in words {
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts[0].isEmpty else { throw malformed("\"\(word)\" is not of the form key=value") }
        if let field = try field(parts[0], [parts[1]], section, &voice) { fields.append(field) }
      }
    case .setup, .pixel:
      guard let first = words.first else { throw malformed("a name is missing after the marker") }
      var name = first
      var values = Array(words.dropFirst())
      if let equals = first.firstIndex(of: "=") {
        name = String(first[..<equals])
        let rest = String(first[first.index(after: equals)...])
        if !rest.isEmpty { values.insert(rest, at: 0) }
      }
      if values.first == "=" { values.removeFirst() }
      if quantity(name, section) != nil {
        voice.knownLines += 1
        values = Self.withoutBrackets(values)
      }
      if let field = try field(name, values, section, &voice) { fields.append(field) }
    }
    return fields.isEmpty ? nil : TraceLine(section, fields)
  }

  /// The values of a list with brackets or commas, as some programs print it: `[0.5 0.25 1]` or `(0.5, 0.25, 1)`.
  private static func withoutBrackets(_ words: [String]) -> [String] {
    guard words.contains(where: { $0.contains { "[](){}<>,;".contains($0) } }) else { return words }
    // `tensor([0.5, 0.25])`, `array(1.)` and similar texts begin with the name of their type.
    return words.joined(separator: " ").split { "[](){}<>,; ".contains($0) }.map(String.init).filter { word in
      !["tensor", "array", "np.array", "np.float64", "Vector3", "dtype=torch.float64", "dtype=float64"].contains(word)
    }
  }

  /// One field; nil if the log marks the values as not extracted.
  private func field(
    _ name: String, _ words: [String], _ section: TraceSection, _ voice: inout Voice
  ) throws(TraceError) -> TraceField? {
    let quantity = quantity(name, section)
    if words.contains("NOT_EXTRACTED") {
      voice.warnings.append("\(place): \(name) was not extracted")
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
    if quantity?.kind == .word { return .word(word) }
    if quantity?.isInteger ?? true, let whole = Int(word) { return .integer(whole) }
    if let number = NumberText.number(word) ?? Self.fortran(word) { return .real(number) }
    if quantity == nil { return .word(word) }
    throw malformed("\"\(word)\" is not a number, as a value of \(name) must be")
  }

  /// A number whose exponent is written with a D, as Fortran programs do.
  private static func fortran(_ word: String) -> Double? {
    guard let exponent = word.firstIndex(where: { $0 == "D" || $0 == "d" }),
      word[..<exponent].contains(where: \.isNumber)
    else { return nil }
    return NumberText.number(String(word.map { $0 == "D" || $0 == "d" ? "e" : $0 }))
  }

  /// The quantity of the catalogue for a name in the log; nil for an unknown name.
  private func quantity(_ name: String, _ section: TraceSection) -> TraceQuantity? {
    TraceQuantity.named(dialect.quantities[name]?.name ?? name, in: section)
  }

  private func malformed(_ problem: String) -> TraceError {
    TraceError(file: file, line: lineNumber, problem)
  }

  private static let scalingNames = Set(TraceQuantity.scaling.map(\.name))
}

/// The word that makes a line a trace line.
package struct TraceMarker {
  /// The part between `TRACE_` and the kind of line: capital letters and digits, no underscore.
  let author: String
  /// The kind of line.
  let section: TraceSection
  /// The index of the first byte of the marker.
  package let begin: Int
  /// The index at which the content of the line begins.
  let end: Int

  static let start = Array("TRACE_".utf8)

  /// The first marker in a line. A phi or step marker that is not at the start of the line must be followed by
  /// `key=value`, because messages of programs also mention such lines.
  package static func find(in bytes: [UInt8]) -> TraceMarker? {
    for position in bytes.indices.dropLast(start.count)
    where bytes[position] == start[0] && bytes[position..<position + start.count].elementsEqual(start) {
      guard let marker = TraceMarker(bytes, from: position + start.count) else { continue }
      if position == 0 || marker.section == .setup || marker.section == .pixel { return marker }
      let word = bytes[marker.end...].drop { $0 == 32 }.prefix { $0 != 32 }
      if word.contains(61) { return marker }
    }
    return nil
  }

  private init?(_ bytes: [UInt8], from position: Int) {
    let word = bytes[position...].prefix { ($0 >= 65 && $0 <= 90) || ($0 >= 48 && $0 <= 57) || $0 == 95 }
    var name = String(decoding: word, as: UTF8.self)
    let next = word.endIndex < bytes.count ? bytes[word.endIndex] : 0
    var section = TraceSection.pixel
    let kinds = [("_SETUP", TraceSection.setup), ("_PHI", .phi), ("_STEP", .step)]
    if let (suffix, kind) = kinds.first(where: { name.hasSuffix($0.0) }) {
      name.removeLast(suffix.count)
      section = kind
    }
    let needsColon = section == .setup || section == .pixel
    guard !name.isEmpty, !name.contains("_"), name != "CONFIG", needsColon == (next == 58) else { return nil }
    author = name
    self.section = section
    begin = position - Self.start.count
    end = word.endIndex + (needsColon ? 1 : 0)
  }
}
