import FrameIO
import Physics
import VisibleText

import Glibc

/// One option of the command line: its spellings, its values and its effect.
///
/// Parsing, the help text and the documentation page are all made from the table of flags.
public struct Flag: Sendable {
  /// The rule by which the reference program recognises the option.
  enum Pattern: Sendable, Hashable {
    /// The text occurs anywhere in the argument.
    case anywhere(String)
    /// The argument is the text.
    case whole(String)

    var text: String {
      switch self {
      case .anywhere(let text), .whole(let text): text
      }
    }

    func matches(_ argument: String) -> Bool {
      switch self {
      case .anywhere(let text): argument.containsText(text)
      case .whole(let text): argument == text
      }
    }
  }

  /// Parts of the help text.
  public enum Section: String, Sendable, CaseIterable {
    /// Cell, orientation, size and structure factors.
    case crystal = "Crystal"
    /// Detector and frame.
    case geometry = "Geometry"
    /// Wavelength, flux and sources.
    case beam = "Beam"
    /// Angles, sub-pixels and limits.
    case sampling = "Sampling"
    /// Files and messages.
    case output = "Output"
    /// Options that the reference program does not have.
    case own = "Beyond the C program"
  }

  /// The kind of file that an option names, or `report` for an option that only changes the text on the terminal.
  public enum Role: Sendable {
    /// Its value names a file to read.
    case input
    /// Its value names the reflection cache, which is read if no reflections are given, and written otherwise.
    case cache
    /// Its value names a file to write.
    case output
    /// The option only changes the text on the terminal.
    case report
  }

  /// The documented spellings, the usual one first.
  public var names: [String] { Self.words(spellings) }
  /// The labels of the values that follow the option, one per value.
  public var values: [String] { Self.words(labels) }
  /// One line of explanation, with the unit and the default.
  public let summary: String
  /// The role of the option; nil if it names no file and changes more than the text on the terminal.
  public internal(set) var role: Role?
  /// The kinds of values that random command lines have for the option (docs/judge.md, "Domains"); nil for an option
  /// that is not drawn, or that has no values.
  public let domain: String?
  /// Whether the option has an effect. The reference program or its documentation has options without effect.
  public private(set) var hasEffect = true
  /// Whether an argument that matches this option is not compared with later options.
  let stops: Bool
  /// Whether the option makes all others irrelevant.
  var isShortcut = false
  // Most options are never compared in full, so that their words stay one text until they are.
  private let spellings: String
  private let labels: String
  private let givenPatterns: [Pattern]?
  /// One bit for each possible second byte, modulo 64, of its spellings and patterns.
  private let secondBytes: UInt64
  /// The quirk with which the patterns match; without this quirk only the documented spellings match.
  let patternQuirk: Quirk
  /// The function that gives the number of following arguments that belong to the option; nil for one per label.
  private let ownCount: (@Sendable ([String]) -> Int)?
  let apply: @Sendable (inout CommandLineRequest, FlagValues) throws(RequestError) -> Void

  /// An option.
  /// - Parameters:
  ///   - names: The documented spellings, separated by spaces.
  ///   - patterns: The rules by which the reference program recognises the option; nil if every name may occur anywhere
  ///     in the argument.
  ///   - values: One label per value that follows, separated by spaces.
  ///   - summary: One line of explanation.
  ///   - stops: Whether an argument that matches this option is not compared with later options.
  ///   - patternQuirk: The quirk with which the patterns match.
  ///   - valueCount: The number of the following arguments that belong to the option; nil for one per label.
  ///   - domain: The kinds of values that random command lines have for the option.
  ///   - apply: Stores the values in the request.
  init(
    _ names: String, patterns: [Pattern]? = nil, values: String = "", _ summary: String, stops: Bool = false,
    patternQuirk: Quirk = .optionsAreSubstrings, valueCount: (@Sendable ([String]) -> Int)? = nil,
    drawn domain: String? = nil,
    apply: @escaping @Sendable (inout CommandLineRequest, FlagValues) throws(RequestError) -> Void
  ) {
    spellings = names
    labels = values
    self.summary = summary
    givenPatterns = patterns
    secondBytes = (patterns ?? []).reduce(Self.secondBytes(names)) { $0 | Self.secondBytes($1.text) }
    self.stops = stops
    self.patternQuirk = patternQuirk
    ownCount = valueCount
    self.domain = domain
    self.apply = apply
  }

  private static func words(_ text: String) -> [String] {
    text.utf8.split(separator: UInt8(ascii: " ")).map { String(Substring($0)) }
  }

  private var labelCount: Int {
    labels.isEmpty ? 0 : 1 + labels.utf8.reduce(0) { $1 == UInt8(ascii: " ") ? $0 + 1 : $0 }
  }

  /// The number of the following arguments that belong to the option.
  func valueCount(_ following: [String]) -> Int { ownCount.map { $0(following) } ?? labelCount }

  /// Whether an argument may be this option, judged by the argument's second byte, which excludes most options.
  func mightMatch(_ secondByte: UInt8?) -> Bool {
    guard let secondByte else { return true }
    return secondBytes & Self.bit(secondByte) != 0
  }

  /// The second byte of an argument whose only dash is its first byte; else nil, because a pattern may begin at a later
  /// dash.
  static func secondByte(ofSingleDashed argument: String) -> UInt8? {
    let rest = argument.utf8.dropFirst()
    return rest.contains(UInt8(ascii: "-")) ? nil : rest.first
  }

  /// The bits of the second bytes of words, each of which starts with a dash.
  private static func secondBytes(_ words: String) -> UInt64 {
    var (bits, previous) = (UInt64(0), UInt8(ascii: " "))
    var words = words
    words.withUTF8 { bytes in
      for byte in bytes {
        precondition(previous != UInt8(ascii: " ") || byte == UInt8(ascii: "-"), "an option starts with a dash")
        // The byte behind another dash of a word only lets more arguments pass.
        if previous == UInt8(ascii: "-") { bits |= bit(byte) }
        previous = byte
      }
    }
    return bits
  }

  private static func bit(_ byte: UInt8) -> UInt64 { 1 << UInt64(byte & 63) }

  /// Whether an argument is this option.
  func matches(_ argument: String, _ compatibility: Compatibility) -> Bool {
    if isSpelled(argument) { return true }
    guard compatibility.has(patternQuirk) else { return false }
    return givenPatterns?.contains { $0.matches(argument) } ?? anySpelling { argument.containsText($0) }
  }

  /// Whether an argument is one of the documented spellings.
  func isSpelled(_ argument: String) -> Bool { anySpelling { argument.isText($0) } }

  private func anySpelling(_ condition: (UnsafeBufferPointer<UInt8>) -> Bool) -> Bool {
    var spellings = spellings
    return spellings.withUTF8 { bytes in
      var start = 0
      while start < bytes.count {
        let end = bytes[start...].firstIndex(of: UInt8(ascii: " ")) ?? bytes.count
        if condition(UnsafeBufferPointer(rebasing: bytes[start..<end])) { return true }
        start = end + 1
      }
      return false
    }
  }

  /// A copy of the option with a role.
  consuming func with(_ role: Role) -> Flag {
    self.role = role
    return self
  }

  /// A copy of the option that is marked as an option without effect.
  consuming func withoutEffect() -> Flag {
    hasEffect = false
    return self
  }
}

extension Flag {
  /// An option with one real value, which `store` puts into the request without conversion.
  static func real(
    _ names: String, patterns: [Pattern]? = nil, _ label: String, _ summary: String, drawn domain: String? = nil,
    store: @escaping @Sendable (inout CommandLineRequest, Double) -> Void
  ) -> Flag {
    Flag(names, patterns: patterns, values: label, summary, drawn: domain) { request, values throws(RequestError) in
      store(&request, try values.real(0))
    }
  }

  /// An option with one whole value, which `store` puts into the request without conversion.
  static func integer(
    _ names: String, patterns: [Pattern]? = nil, _ label: String, _ summary: String, stops: Bool = false,
    drawn domain: String? = nil, store: @escaping @Sendable (inout CommandLineRequest, Int) -> Void
  ) -> Flag {
    Flag(names, patterns: patterns, values: label, summary, stops: stops, drawn: domain) {
      request, values throws(RequestError) in
      store(&request, try values.integer(0, &request))
    }
  }

  /// An option that names a file.
  static func file(
    _ names: String, patterns: [Pattern]? = nil, _ summary: String, role: Role = .input, drawn domain: String? = nil,
    store: @escaping @Sendable (inout CommandLineRequest, String) -> Void
  ) -> Flag {
    Flag(names, patterns: patterns, values: "file", summary, drawn: domain) { request, values throws(RequestError) in
      store(&request, try values.text(0))
    }
    .with(role)
  }

  /// An option without a value.
  static func switching(
    _ names: String, patterns: [Pattern]? = nil, _ summary: String, stops: Bool = false,
    store: @escaping @Sendable (inout CommandLineRequest) -> Void
  ) -> Flag {
    Flag(names, patterns: patterns, summary, stops: stops) { request, _ throws(RequestError) in
      store(&request)
    }
  }

  /// An option with the three components of a vector.
  static func vector(
    _ names: String, patterns: [Pattern]? = nil, _ summary: String,
    store: @escaping @Sendable (inout CommandLineRequest, Vector3) -> Void
  ) -> Flag {
    Flag(
      names, patterns: patterns, values: "x y z", summary, drawn: "-1...1*3 | 1 0 0 | 0 1 0 | 0 0 1 | 0 0 -1 | 0.5 2 -1"
    ) {
      request, values throws(RequestError) in
      store(&request, Vector3(try values.real(0), try values.real(1), try values.real(2)))
    }
  }
}
