import Physics

import Glibc

/// The text header of an SMV image (docs/reference/70-files.md §6).
public struct SMVHeader: Sendable {
  private let text: [UInt8]
  private let keysAreSubstrings: Bool
  /// The length in bytes that the header states, or has if it is longer.
  public let byteCount: Int
  /// Whether pixels are stored with the high byte first.
  public let isBigEndian: Bool
  /// The number of pixels along the fast axis; zero if the header has none.
  public let fastPixels: Int
  /// The number of pixels along the slow axis; zero if the header has none.
  public let slowPixels: Int

  /// Parses the header at the start of a file.
  /// - Parameters:
  ///   - bytes: The file.
  ///   - path: Its name, for the error message.
  ///   - flag: The option that named it.
  ///   - compatibility: With `Quirk.headerKeysAreSubstrings` a key is found at its last occurrence anywhere.
  /// - Throws: `RequestError` if the file is short or is no SMV image.
  public init(
    _ bytes: [UInt8], path: String, flag: String, _ compatibility: Compatibility
  ) throws(RequestError) {
    guard bytes.count >= 512 else {
      throw RequestError(
        flag, value: path, "the file has \(bytes.count) bytes; an SMV header alone has 512",
        remedy: "give a whole SMV image")
    }
    guard bytes.starts(with: Array("{\nHEADER_BYT".utf8)) else {
      throw RequestError(
        flag, value: path, "the file does not start with an SMV header",
        remedy: "give an SMV image: it starts with { and HEADER_BYTES on the next line")
    }
    keysAreSubstrings = compatibility.has(.headerKeysAreSubstrings)
    let stated = Self.statedLength(bytes, compatibility)
    guard stated >= 1, stated <= Double(bytes.count) else {
      throw RequestError(
        flag, value: path, "the header claims \(stated) bytes, the file has \(bytes.count)",
        remedy: "check HEADER_BYTES, or whether the file is cut off")
    }
    byteCount = keysAreSubstrings ? Int(stated) : Self.wholeLength(bytes, stated: Int(stated))
    let header = Array(bytes.prefix(byteCount))
    let substrings = keysAreSubstrings
    func number(_ key: String) -> Double? { Self.value(key, in: header, asSubstring: substrings) }
    func size(_ key: String) -> Double { (number(key) ?? 0).rounded(.towardZero) }
    var (fast, slow) = (size("SIZE1"), size("SIZE2"))
    if fast == 0 {
      let both = size("DETECTOR_DIMENSIONS")
      (fast, slow) = (both, both)
    }
    guard fast >= 0, slow >= 0, fast <= 0x1p30, fast * slow <= 0x1p30 else {
      throw RequestError(
        flag, value: path, "the header claims \(fast) x \(slow) pixels", remedy: "check SIZE1 and SIZE2")
    }
    (fastPixels, slowPixels) = (Int(fast), Int(slow))
    isBigEndian = Self.word("BYTE_ORDER", in: header).map { $0.lowercased().hasPrefix("big") } ?? false
    text = header
  }

  /// The header length in bytes that the first 512 bytes state, unchecked; 512 if they state none.
  static func statedLength(_ bytes: [UInt8], _ compatibility: Compatibility) -> Double {
    value("HEADER_BYTES", in: Array(bytes.prefix(512)), asSubstring: compatibility.has(.headerKeysAreSubstrings)) ?? 512
  }

  /// The length of a header in bytes: the stated one; or, if no brace ends the header there, up to the form feed behind
  /// the brace, because the reference program leaves a longer header without padding.
  private static func wholeLength(_ bytes: [UInt8], stated: Int) -> Int {
    let brace = UInt8(ascii: "}")
    guard !bytes.prefix(stated - 1).contains(brace), let feed = bytes.prefix(1 << 16).firstIndex(of: 12),
      feed >= stated,
      bytes[feed - 1] == brace
    else { return stated }
    return feed + 1
  }

  /// The number after a key, 0 if no number follows; nil if the key is absent, or if the value is `nan`.
  public func number(_ key: String) -> Double? {
    Self.value(key, in: text, asSubstring: keysAreSubstrings)
  }

  /// The camera and number format of a d*TREK header; nil for any other header.
  public var dtrek: DTrekHeader? { DTrekHeader(self) }

  /// The bytes between the first line and the last brace.
  var body: ArraySlice<UInt8> {
    let end = text.lastIndex(of: UInt8(ascii: "}")) ?? text.endIndex
    return text[..<end].dropFirst(2)
  }

  /// The text after a key, up to a semicolon or the end of the line; nil if the key is absent.
  public func word(_ key: String) -> String? { Self.word(key, in: text) }

  /// Three numbers after a key, separated by commas; nil if the key is absent or is not followed by three finite
  /// numbers.
  public func vector(_ key: String) -> Vector3? {
    let numbers = Self.word(key, in: text)?.split(separator: ",").map { Double($0) ?? .nan } ?? []
    guard numbers.count == 3, numbers.allSatisfy(\.isFinite) else { return nil }
    return Vector3(numbers[0], numbers[1], numbers[2])
  }

  private static func value(_ key: String, in text: [UInt8], asSubstring: Bool) -> Double? {
    guard let tail = tail(after: key, in: text, asSubstring: asSubstring) else { return nil }
    guard let equals = tail.firstIndex(of: 61) else { return 0 }
    let value = atof(tail[(equals + 1)...].map { CChar(bitPattern: $0) } + [0])
    return value.isNaN ? nil : value
  }

  private static func word(_ key: String, in text: [UInt8]) -> String? {
    guard let tail = tail(after: key, in: text, asSubstring: false) else { return nil }
    let value = tail.dropFirst().prefix { $0 != 59 && $0 != 10 && $0 != 13 }.drop { $0 == 32 || $0 == 9 }
    let end = value.lastIndex { $0 != 32 && $0 != 9 } ?? value.startIndex - 1
    return String(decoding: value[value.startIndex..<end + 1], as: UTF8.self)
  }

  /// The text after the last occurrence of a key: anywhere, or only at the start of an entry and in front of `=`.
  private static func tail(after key: String, in text: [UInt8], asSubstring: Bool) -> ArraySlice<UInt8>? {
    let pattern = Array(key.utf8)
    guard text.count >= pattern.count else { return nil }
    for start in (0...(text.count - pattern.count)).reversed()
    where text[start..<start + pattern.count].elementsEqual(pattern) {
      if asSubstring { return text[(start + pattern.count)...] }
      let before = text[..<start].last { $0 != 32 && $0 != 9 }
      let after = text[(start + pattern.count)...].drop { $0 == 32 || $0 == 9 }
      if before == nil || before == 10 || before == 59, after.first == 61 { return after }
    }
    return nil
  }
}
