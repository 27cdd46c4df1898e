import PropertyTesting

/// Random damage to files: bytes are changed, removed, repeated or reversed, and numbers replaced by extreme ones.
struct Damage {
  private var random: SplitMix64
  private static let largest = 1 << 14
  private static let numbers = [
    "0", "-1", "nan", "-inf", "1e308", "-1e-320", "2147483648", "-2147483649", "9223372036854775808",
    "99999999999999999999",
    "0x1p4", "1e", "+", "1.5", "65536", "512", "1073741824",
  ].map { Array($0.utf8) }
  private static let bytes: [UInt8] = [0, 1, 9, 10, 12, 13, 32, 35, 44, 59, 61, 125, 127, 128, 129, 255]

  init(seed: UInt64) { random = SplitMix64(state: seed) }

  /// One damaged copy of one of the files.
  mutating func copy(of files: [[UInt8]]) -> [UInt8] {
    var file = files.randomElement(using: &random) ?? []
    for _ in 0..<Int.random(in: 1...6, using: &random) { damage(&file, files) }
    return Array(file.prefix(Self.largest))
  }

  private mutating func damage(_ file: inout [UInt8], _ files: [[UInt8]]) {
    guard !file.isEmpty else {
      file = (0..<Int.random(in: 0...64, using: &random)).map { _ in UInt8.random(in: .min ... .max, using: &random) }
      return
    }
    // Half of the damage is to the first 700 bytes, because headers have more checks than pixels.
    let reach = Bool.random(using: &random) ? file.count : min(file.count, 700)
    let place = Int.random(in: 0..<reach, using: &random)
    let end = min(file.count, place + Int.random(in: 1...32, using: &random))
    switch Int.random(in: 0..<10, using: &random) {
    case 0: file[place] ^= 1 << UInt8.random(in: 0...7, using: &random)
    case 1: file[place] = UInt8.random(in: .min ... .max, using: &random)
    case 2: file[place] = Self.bytes.randomElement(using: &random)!
    case 3: file.removeSubrange(place..<end)
    case 4: file.removeLast(file.count - place)
    case 5: file.insert(contentsOf: file[place..<end], at: place)
    case 6: file[place..<end].reverse()
    case 7: replaceNumber(&file, from: place)
    case 8: file.insert(Self.bytes.randomElement(using: &random)!, at: place)
    default:
      let other = files.randomElement(using: &random) ?? []
      file.replaceSubrange(place..., with: other.suffix(max(0, other.count - place)))
    }
  }

  /// Replaces the first number at or after a place.
  private mutating func replaceNumber(_ file: inout [UInt8], from place: Int) {
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    guard let start = file[place...].firstIndex(where: digits.contains) else { return }
    let end = file[start...].firstIndex { !digits.contains($0) } ?? file.endIndex
    file.replaceSubrange(start..<end, with: Self.numbers.randomElement(using: &random)!)
  }
}
