import Foundation
import PropertyTesting
import TestSupport
import Testing
import TraceIO

/// What the parser makes of lines put together at random, of damaged logs and of files in other encodings, as digests. Other
/// tests judge what is read; the digests tell that a line is taken, refused or remarked upon otherwise than before.
@Suite(.tags(.verification, .files), .generousTime, .enabled(if: RecordingLibrary.isPresent)) struct ParserPinTests {
  private static let file = PackageFolder.fixtures.appendingPathComponent("check-values/logs.json")

  private func expect(_ name: String, _ digest: BitDigest) throws {
    let recorded = try JSONDecoder().decode([String: String].self, from: Data(contentsOf: Self.file))
    #expect(recorded[name] == digest.text, "\(name): other traces; record \(digest.text) if that is meant")
  }

  /// The trace as text, or the refusal.
  private func text(_ read: () throws -> Trace) -> String {
    do {
      let trace = try read()
      return "\(trace.author) \(trace.isOnePixel) \(trace.warnings) \(trace.lines) \(trace.origins)"
    } catch { return "\(error)" }
  }

  @Test func damagedLogsAreReadAsRecorded() throws {
    var random = SplitMix64(state: 41)
    var digest = BitDigest()
    let seeds = [DisagreeingLogs.reference, DisagreeingLogs.candidate].map { Array($0.utf8.prefix(900)) }
    for _ in 0..<600 {
      var bytes = seeds.randomElement(using: &random)!
      for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<5, using: &random) {
        case 0: bytes[place] = "=: \n\r\t.eED-+[](){}<>,;0T_Z9A\0/:@`".utf8.randomElement(using: &random)!
        case 1: bytes.remove(at: place)
        case 2: bytes.insert("=: \n\r\t.eED-+[](){}<>,;0T_Z9A".utf8.randomElement(using: &random)!, at: place)
        case 3: bytes.removeLast(bytes.count - place)
        default: bytes += bytes[place...].prefix(300)
        }
      }
      digest.add(text { try TraceParser.parse(bytes, file: "log") })
    }
    try expect("damaged", digest)
  }

  // MARK: Lines from parts

  private static let heads = [
    "", "", "", "", "12:00 ", "[1] TRACE_ ", "TRACE: ", "see TRACE_C_PHI key: ", "TRACE_C_TAP4: x ", "TRACE_",
    "TRACE_CONFIG: ",
  ]
  private static let authors = ["C", "C", "C", "PY", "SWIFT", "A9", "_", "c", "CONFIG", "A_B", "Z@", ""]
  private static let kinds = [":", ":", ":", "", "_SETUP:", "_SETUP", "_PHI", "_PHI ", "_PHI:", "_STEP", "_STEP "]
  private static let names = [
    "hkl_frac", "I_pixel_final", "omega_pixel", "pixel_pos_meters", "phi_tic", "k_frac", "F_latt", "lambda_meters",
    "new_quantity", "steps", "fdet_vec", "convention", "h", "",
  ]
  private static let values = [
    "1", "-2", "0.5", "1.25e-3", "1D5", "2.5d-1", "D5", "x", "nan", "inf", "-", "[1", "2]", "(0.5,", "tensor([1",
    "array(1.)",
    "NOT_EXTRACTED", "<value>", "1,2,3", "0x10", "1_000", "9223372036854775808", "é", "3;", "dtype=float64",
  ]

  private func line(_ random: inout SplitMix64) -> String {
    func pick(_ words: [String]) -> String { words.randomElement(using: &random)! }
    var text = pick(Self.heads) + "TRACE_" + pick(Self.authors) + pick(Self.kinds)
    if Bool.random(using: &random) { text += " " }
    if Bool.random(using: &random) {
      text += pick(Self.names) + ["=", " = ", " ", "  ", "\t", ": "].randomElement(using: &random)!
      text += (0..<Int.random(in: 0...3, using: &random)).map { _ in pick(Self.values) }.joined(separator: " ")
    } else {
      text += (0..<Int.random(in: 1...4, using: &random)).map { _ in
        pick(Self.names) + ["=", "=", "=", "", "=="].randomElement(using: &random)! + pick(Self.values)
      }.joined(separator: " ")
    }
    return text + ["", "", "", "\r", " ", "\t"].randomElement(using: &random)!
  }

  /// A line that can be read, so that most logs have a trace.
  private func plainLine(_ random: inout SplitMix64) -> String {
    let author = ["C", "C", "C", "PY"].randomElement(using: &random)!
    let number = Int.random(in: -9...9, using: &random)
    switch Int.random(in: 0..<7, using: &random) {
    case 0: return "TRACE_\(author): hkl_frac \(number) 0.5 -2"
    case 1: return "TRACE_\(author): I_pixel_final \(number).25"
    case 2: return "TRACE_\(author)_PHI phi_tic=\(number) phi_deg=0.5 k_frac=\(number).5 F_latt=2"
    case 3: return "TRACE_\(author)_SETUP: lambda_meters 1e-10"
    case 4: return "TRACE_\(author): omega_pixel \(number)e-7"
    case 5: return "a message of the program"
    default: return "TRACE_\(author): new_quantity \(number) words \(number)"
    }
  }

  @Test func linesOfAllKindsAreReadAsRecorded() throws {
    var random = SplitMix64(state: 42)
    var digest = BitDigest()
    let dialect = TraceDialect(
      quantities: [
        "h": .init(name: "hkl_frac", factor: 2, order: [2, 0, 1], because: "order"),
        "new_quantity": .init(name: "omega_pixel", factor: 0.5, because: "unit"),
      ], leftOut: ["steps": "counted otherwise", "F_latt": "not compared"])
    for number in 0..<2500 {
      var parser = TraceParser(
        file: "log", author: [nil, nil, nil, "PY", "A9"].randomElement(using: &random)!,
        dialect: number % 3 == 0 ? dialect : TraceDialect())
      let count = Int.random(in: 1...7, using: &random)
      for index in 0..<count {
        let isOdd = Int.random(in: 0..<4, using: &random) == 0
        let line = isOdd ? line(&random) : plainLine(&random)
        parser.consume(Array(line.utf8), isComplete: index < count - 1 || Bool.random(using: &random))
      }
      digest.add(text { try parser.finish() })
    }
    try expect("lines", digest)
  }

  // MARK: Files

  private func wide(_ bytes: [UInt8], _ mark: [UInt8], before: Int, after: Int) -> [UInt8] {
    mark + bytes.flatMap { [UInt8](repeating: 0, count: before) + [$0] + [UInt8](repeating: 0, count: after) }
  }

  /// Logs whose interesting line begins close to a border of the pieces in which files are read.
  private func long(_ offset: Int) -> [UInt8] {
    let line = Array("TRACE_C: hkl_frac 1 0.5 -2\n".utf8)
    let filler = Array("a line of words without marker but TRACE and T\n".utf8)
    var bytes: [UInt8] = []
    while bytes.count < (1 << 18) - 200 { bytes += filler }
    return bytes + [UInt8](repeating: 46, count: (1 << 18) + offset - bytes.count - 1) + [10] + line + line
  }

  /// A file of gzip whose only block is not compressed (RFC 1952, 1996).
  private func packed(_ bytes: [UInt8]) -> [UInt8] {
    var register = UInt32.max
    for byte in bytes {
      register ^= UInt32(byte)
      for _ in 0..<8 { register = register & 1 == 1 ? register >> 1 ^ 0xedb8_8320 : register >> 1 }
    }
    func little(_ number: UInt32, _ count: Int) -> [UInt8] {
      (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }
    let count = UInt32(bytes.count)
    return [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255, 1] + little(count, 2) + little(~count, 2) + bytes
      + little(~register, 4) + little(count, 4)
  }

  private func files() -> [(name: String, bytes: [UInt8])] {
    let log = Array(DisagreeingLogs.reference.utf8)
    let packed = packed(log)
    var files: [(name: String, bytes: [UInt8])] = [
      ("plain", log), ("without newline", Array(log.dropLast())), ("empty", []), ("newline", [10]), ("gzip", packed),
      ("cut gzip", Array(packed.dropLast(9))), ("gzip of nothing", Array(packed.prefix(12))),
      ("gzip twice", packed + packed),
      ("zstd", [0x28, 0xb5, 0x2f, 0xfd, 0, 1]), ("xz", [0xfd, 0x37, 0x7a, 0x58, 0]), ("bzip2", Array("BZh91AY".utf8)),
      ("zip", [0x50, 0x4b, 3, 4, 20]), ("nearly zip", [0x50, 0x4b, 3, 5, 20]),
      ("UTF-16, little", wide(log, [0xff, 0xfe], before: 0, after: 1)),
      ("UTF-16, big", wide(log, [0xfe, 0xff], before: 1, after: 0)),
      ("UTF-32", wide(log, [0xff, 0xfe, 0, 0], before: 0, after: 3)),
      ("UTF-16 without mark", wide(log, [], before: 0, after: 1)),
      ("UTF-16, big, without mark", wide(log, [], before: 1, after: 0)), ("UTF-8 with mark", [0xef, 0xbb, 0xbf] + log),
      ("zeros", [UInt8](repeating: 0, count: 500) + log),
      ("carriage returns", log.flatMap { $0 == 10 ? [13, 10] : [$0] }),
      ("a long line", [UInt8](repeating: 65, count: 1 << 21) + [10] + log),
      ("a long trace line", Array("TRACE_C: hkl_frac ".utf8) + [UInt8](repeating: 49, count: 1 << 21)),
    ]
    for offset in [-30, -27, -20, -7, -6, -5, -1, 0, 1, 6] { files.append(("long \(offset)", long(offset))) }
    for share in [0, 100, 133, 134, 200] {
      // Some zeros are no characters of 16 bits.
      files.append(("\(share) zeros", (0..<400).map { $0 % 2 == 1 && $0 < 2 * share ? 0 : 32 } + log))
    }
    return files
  }

  @Test func filesOfAllKindsAreReadAsRecorded() throws {
    let folder = try TemporaryFolder()
    var digest = BitDigest()
    for (name, bytes) in files() {
      let path = try folder.file(name, bytes)
      digest.add(name + text { try TraceFile.read(path) }.replacingOccurrences(of: folder.url.path, with: "."))
      digest.add(
        name
          + text { try TraceFile.read(path, author: "PY") }.replacingOccurrences(of: folder.url.path, with: "."))
    }
    for path in ["/nonexistent/log", "/dev/null", "/proc"] { digest.add(text { try TraceFile.read(path) }) }
    try expect("files", digest)
  }

  /// The first characters tell the encoding of a log; a packed member without any tells nothing.
  @Test func anEmptyMemberTellsNoEncoding() throws {
    let folder = try TemporaryFolder()
    var wide: [UInt8] = [0xff, 0xfe]
    for byte in "TRACE_C: polar 0.5\n".utf8 { wide += [byte, 0] }
    for bytes in [packed(wide), packed([]) + packed(wide)] {
      let path = try folder.file("a.log.gz", bytes)
      #expect(try TraceFile.read(path).number("polar") == 0.5)
    }
  }
}
