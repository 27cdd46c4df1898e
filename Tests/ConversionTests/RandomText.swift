import PropertyTesting

/// Small files of many formats, put together at random from words that matter to their readers.
struct RandomText {
  private var random: SplitMix64

  /// The text with a number.
  init(_ number: Int) { random = SplitMix64(state: 20_261_131_000 + UInt64(number)) }

  // MARK: Draws

  private mutating func whole(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

  /// True once in so many texts.
  private mutating func once(in count: Int) -> Bool { whole(1...count) == 1 }

  private mutating func one(of words: [String]) -> String { words[whole(0...words.count - 1)] }

  private mutating func number() -> String {
    once(in: 3)
      ? one(of: Self.oddNumbers)
      : once(in: 2) ? "\(whole(-9...9))" : "\(whole(0...99)).\(whole(0...99_999))"
  }

  private static let oddNumbers = [
    "0", "-0", "1.0", "5.", ".5", "+3", "-7", "1e3", "1E-2", "999999999", "1000000000", "-1000000000", "1000000500",
    "-1500000000", "2147483648", "1234567890123456", "9.754525449570839", ".1234567890123456", "0.12345678901234567",
    "nan", "inf", "-inf", "1e400", "1e-320", "0x10", ".", "-", "", "x", "1,5", "1_0", "1;", "3#",
  ]

  // MARK: Lists

  /// Lines of h k l F, as they might be.
  mutating func list() -> [UInt8] {
    let ends = ["\n", "\n", "\n", "\r\n", "\r"]
    let end = one(of: ends)
    let separators = once(in: 4) ? [" ", ",", "\t", ", "] : [" ", "  ", "\t"]
    var text = once(in: 4) ? one(of: Self.listStarts) : ""
    let usual = once(in: 4) ? whole(3...9) : 4
    for line in 0..<whole(1...6) {
      let columns = once(in: 30) ? whole(22...26) : once(in: 8) ? whole(0...8) : usual
      let plain = !once(in: 8)
      let words = (0..<columns).map { column in
        plain ? column < 3 ? "\(whole(-5...5))" : "\(whole(0...60)).\(whole(0...99))" : number()
      }
      text += once(in: 4) ? one(of: separators) : ""
      text += words.enumerated().map { $0 == 0 ? $1 : one(of: separators) + $1 }.joined()
      text += once(in: 12) ? one(of: [" ", "\t", " # five", " x", ";", "\u{0B}", "\r", "\0"]) : ""
      text += once(in: 12) ? one(of: ends) : line < 5 || once(in: 2) ? end : ""
    }
    if once(in: 12) { text += one(of: ["0 0 0 0 0\n", "   0   0   0    0.00    0.00\n", "  \n\n", "\u{1A}", "\0"]) }
    return Array(text.utf8)
  }

  private static let listStarts = [
    "# a\n", "! a\n", "\n \n", "h k l F\n", "data_x\n", "  data_x\n", "# a\ndata_x\n", "# a\n\n\t#b\r\ndata_x\n",
    "\u{FEFF}",
    "#\u{FEFF}\n", "MTZ ", "!FORMAT=XDS_ASCII\n", "!OUTPUT_FILE=INTEGRATE.HKL\n", "# data_\n", "1 2 3\n4\n", ",",
    "   1   2   3   12.50    1.25   1\n   1  -2   3  112.50    1.25\n", "   1   2   3   12.50    1.25\n1 2 3 4\n",
    "   1   2  3    12.50    1.25\n   1   2   3   12.50   1.25 \n",
  ]

  /// Lines of sources or of a matrix.
  mutating func columns() -> [UInt8] {
    let columns = whole(1...6)
    let separators = once(in: 4) ? [" ", ",", "\t"] : [" "]
    let text = (0..<whole(0...5)).map { _ -> String in
      let words = (0..<(once(in: 5) ? whole(0...6) : columns)).map { _ in
        once(in: 5) ? number() : "\(whole(0...9)).\(whole(1...9))"
      }
      return (once(in: 9) ? one(of: ["#", " ", "\t", "a "]) : "") + words.joined(separator: one(of: separators))
    }
    return Array((text.joined(separator: one(of: ["\n", "\n", "\r\n", "\n\n"])) + (once(in: 2) ? "\n" : "")).utf8)
  }

  // MARK: Images

  private static let smvKeys = [
    "PIXEL_SIZE", "DISTANCE", "CLOSE_DISTANCE", "WAVELENGTH", "BEAM_CENTER_X", "BEAM_CENTER_Y", "ORGX", "ORGY",
    "XDS_ORGX",
    "XDS_ORGY", "PHI", "OSC_RANGE", "TWOTHETA", "MYDISTANCE", "DETECTOR_DIMENSIONS", "FAST_VECTOR", "SLOW_VECTOR",
    "NORMAL_VECTOR", "BEAM_VECTOR", "POLARIZATION_VECTOR", "SPINDLE_VECTOR", "ORIGIN_VECTOR",
  ]
  private static let dtrekKeys = [
    "HPC_SPATIAL_DISTORTION_INFO", "SPATIAL_DISTORTION_INFO", "SOURCE_WAVELENGTH", "HPC_GONIO_VALUES", "GONIO_VALUES",
    "ROTATION",
  ]
  private static let types = [
    "unsigned_short", "signed_short", "long_integer", "signed_long", "unsigned_long", "float", "signed_char",
    "unsigned_char", "unsigned_int",
  ]
  private static let longTypes = ["unsigned short int", "short int", "long int", "float IEEE", "signed char", "double"]

  /// An SMV image of a few pixels.
  mutating func smv() -> [UInt8] {
    let length =
      once(in: 3) ? one(of: ["1024", "0", "1", "-5", "511", "513", "600", "nan", "1e10", "512.9", ""]) : "512"
    let equals = once(in: 5) ? " = " : "="
    let end = once(in: 6) ? one(of: ["; \n", "\n", ";\r\n", " ;\n", ";"]) : ";\n"
    var text = once(in: 12) ? "{\nHEADER_BYT" : "{\nHEADER_BYTES\(equals)\(length)\(end)"
    var entries: [(String, String)] = [("SIZE1", "\(whole(1...4))"), ("SIZE2", "\(whole(1...4))")]
    if once(in: 8) { entries[0].1 = number() }
    if once(in: 8) { entries[1].1 = number() }
    if once(in: 12) { entries.removeFirst(whole(1...2)) }
    if once(in: 2) { entries.append(("BYTE_ORDER", one(of: ["little_endian", "big_endian", "Big_Endian", "middle"]))) }
    if once(in: 2) { entries.append(("TYPE", one(of: Self.types))) }
    for _ in 0..<whole(0...8) {
      let key = one(of: Self.smvKeys)
      let isVector = key.hasSuffix("_VECTOR")
      entries.append((key, isVector ? "\(number()),\(number()),\(number())" : number()))
    }
    if once(in: 4) {
      entries += Self.smvKeys.suffix(7).map { ($0, "\(whole(-9...9)),\(whole(1...9)),\(whole(1...9))") }
    }
    if once(in: 3) { addTrek(&entries) }
    for (key, value) in entries {
      text += (once(in: 9) ? " " : "") + key + equals + value + (once(in: 9) ? " " : "") + end
    }
    if once(in: 20) { text += "COMMENT=" + String(repeating: "x", count: whole(300...700)) + ";\n" }
    text += once(in: 9) ? "\n" : "}\n\u{0C}"
    var bytes = Array(text.utf8)
    let size = Int(length) ?? 512
    if bytes.count < size { bytes += [UInt8](repeating: 32, count: size - bytes.count) }
    return bytes + (0..<(once(in: 6) ? whole(0...70) : 64)).map { _ in once(in: 3) ? 0 : UInt8(whole(0...255)) }
  }

  private mutating func addTrek(_ entries: inout [(String, String)]) {
    entries.append(("Data_type", one(of: Self.longTypes)))
    if once(in: 2) { entries.append(("DETECTOR_NAMES", one(of: ["HPC_", "HPC_ B_", ""]))) }
    if once(in: 4) { entries.append(("Compression", one(of: ["None", "NONE", "RLE"]))) }
    for _ in 0..<whole(1...6) {
      let words = (0..<(once(in: 2) ? 6 : whole(0...4))).map { _ in number() }
      entries.append((one(of: Self.dtrekKeys), words.joined(separator: " ")))
    }
  }

  private static let cbfKeys = [
    "Pixel_size", "Wavelength", "Detector_distance", "Polarization", "Start_angle", "Angle_increment", "Beam_xy",
    "Detector_2theta", "Flux",
  ]

  /// A CBF around compressed pixels.
  mutating func cbf(_ compress: ([Int32]) -> [UInt8]) -> [UInt8] {
    let end = once(in: 3) ? "\r\n" : "\n"
    let (fast, slow) = (whole(1...4), whole(1...4))
    let steps: [Int32] = [0, 1, -1, 127, -127, -128, 128, 32_767, -32_768, 32_768, 100_000, .max, .min + 1]
    var data = compress((0..<fast * slow).map { _ in steps[whole(0...steps.count - 1)] })
    if once(in: 6) { data.removeLast(min(data.count, whole(1...3))) }
    if once(in: 6) { data += [UInt8](repeating: 0x80, count: whole(1...9)) }
    var lines: [String] = ["data_x", "conversions=\"x-CBF_BYTE_OFFSET\""]
    if once(in: 12) { lines[1] = "conversions=\"x-CBF_PACKED\"" }
    let types = ["signed 32-bit integer", "unsigned 32-bit integer", "signed 16-bit integer"]
    lines.append("X-Binary-Element-Type: \"\(once(in: 4) ? one(of: types) : types[0])\"")
    for (key, size) in [("-Size", data.count), ("-Size-Fastest-Dimension", fast), ("-Size-Second-Dimension", slow)] {
      if once(in: 20) { continue }
      let blank = once(in: 9) ? one(of: ["", "  ", "\t"]) : " "
      lines.append("X-Binary\(key):\(blank)" + (once(in: 12) ? number() : "\(size)") + (once(in: 9) ? "  " : ""))
    }
    if once(in: 6) {
      lines.append("Content-MD5: " + one(of: ["AAAAAAAAAAAAAAAAAAAAAA==", "x", "1B2M2Y8AsgTpgAmY7PhCfg=="]))
    }
    for _ in 0..<whole(0...8) {
      let key = one(of: Self.cbfKeys)
      let values = (0..<(key == "Beam_xy" ? 2 : once(in: 5) ? whole(0...3) : 1)).map { _ in number() }
      let words = key == "Beam_xy" ? "(\(values.joined(separator: ", "))) pixels" : values.joined(separator: " ")
      lines.append((once(in: 15) ? "#" : "# ") + key + one(of: [" ", " = ", ": "]) + words + (once(in: 3) ? " m" : ""))
    }
    lines.shuffle(using: &random)
    let head = (once(in: 20) ? "##CBF" : "###CBF: VERSION 1.5\(end)") + lines.joined(separator: end) + end + end
    let mark: [UInt8] = once(in: 20) ? [0x0C, 0x1A, 0x04] : [0x0C, 0x1A, 0x04, 0xD5]
    return Array(head.utf8) + (once(in: 20) ? [0x0C, 0x1A] : []) + mark + data
      + (once(in: 2) ? Array("\r\n--".utf8) : [])
  }

  /// An array of numpy.
  mutating func array() -> [UInt8] {
    let type = one(of: [
      "<f4", ">f4", "<f8", ">f8", "<i2", ">u2", "|u1", "|i1", "<u4", ">i4", "<i8", "<f2", "=f4", "f4",
    ])
    let shape = one(of: [
      "(2, 3)", "(3,2)", "(6,)", "(1, 2, 3)", "()", "(2, 0)", "(-1, 3)", "(2,3,)", "(2 , 3)", "(2, x)",
    ])
    let order = one(of: ["False", "False", "True", "0"])
    var entries = ["'descr': '\(type)'", "'fortran_order': \(order)", "'shape': \(once(in: 2) ? "(2, 3)" : shape)"]
    if once(in: 4) { entries.shuffle(using: &random) }
    if once(in: 12) { entries.removeLast() }
    let text = "{" + entries.joined(separator: ", ") + one(of: [", }", "}", ",}", " }\n", ""])
    let version = UInt8(once(in: 4) ? whole(0...4) : 1)
    let length = text.utf8.count + (once(in: 12) ? whole(-3...40) : 0)
    let size =
      [UInt8(max(length, 0) & 255), UInt8(max(length, 0) >> 8)] + (version > 1 ? [0, once(in: 9) ? 1 : 0] : [])
    let width = Int(String(type.last!)) ?? 1
    let data = (0..<6 * width + (once(in: 6) ? whole(-2...2) : 0)).map { _ in UInt8(whole(0...255)) }
    return [once(in: 20) ? 0x92 : 0x93] + Array("NUMPY".utf8) + [version, 0] + size + Array(text.utf8) + data
  }

  /// A list of XDS.
  mutating func xds() -> [UInt8] {
    var lines = ["!FORMAT=XDS_ASCII    MERGE=\(once(in: 8) ? "FALSE" : "TRUE")    FRIEDEL'S_LAW=FALSE"]
    for (place, item) in ["H", "K", "L", "IOBS", "SIGMA(IOBS)"].enumerated() where !once(in: 4) {
      lines.append("!ITEM_\(item)=\(once(in: 9) ? one(of: ["0", "6", "1000", "1001", "x", "2"]) : "\(place + 1)")")
    }
    if once(in: 2) { lines.append("!SPACE_GROUP_NUMBER= \(once(in: 4) ? number() : "\(whole(1...230))")") }
    if once(in: 2) {
      lines.append("!UNIT_CELL_CONSTANTS= 50 60 70 90 90\(once(in: 3) ? "" : " 90")\(once(in: 5) ? "\r" : "")")
    }
    lines.append("!END_OF_HEADER")
    for _ in 0..<whole(0...6) {
      let count = once(in: 6) ? whole(3...6) : 5
      let words = (0..<count).map { column in
        once(in: 15) ? number() : column < 3 ? "\(whole(-4...4))" : "\(whole(-30...99)).\(whole(0...9))"
      }
      lines.append((once(in: 2) ? " " : "") + words.joined(separator: once(in: 5) ? "\t" : "  "))
    }
    if once(in: 2) { lines.append("!END_OF_DATA") }
    return Array((lines.joined(separator: once(in: 5) ? "\r\n" : "\n") + "\n").utf8)
  }

  // MARK: Words

  private static let scalars = Array(
    (" ab1_#=*`[]<>&|\\\n\t\r\u{1B}m;3\u{7F}\u{80}\u{9F}\u{A0}é\u{301}\u{61C}\u{200E}\u{200F}½~!"
      + "\u{2027}\u{2028}\u{2029}\u{202A}\u{202E}\u{202F}\u{2065}\u{2066}\u{2069}\u{206A}\u{E0000}\u{E007F}\u{E0080}")
      .unicodeScalars)

  /// Words with characters that terminals or Markdown take for more.
  mutating func words() -> String {
    var text = ""
    for _ in 0..<whole(0...9) {
      if once(in: 6) { text += one(of: ["\u{1B}[31m", "\u{1B}[m", "\u{1B}31m", "\u{1B}[3", " _x_ ", "__a"]) }
      text.unicodeScalars.append(Self.scalars[whole(0...Self.scalars.count - 1)])
    }
    return text
  }
}
