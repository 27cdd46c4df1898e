import Foundation
import Physics
import PropertyTesting

/// Files that random command lines name, small and made from a seed.
enum MadeFiles {
  /// The name of a file in the folder of a run, by its name in a domain.
  static func fileName(_ name: String) -> String { name + (suffixes[name] ?? ".txt") }

  private static let suffixes = [
    "matrix": ".mat", "left": ".mat", "reflections": ".hkl", "narrow": ".hkl", "odd": ".hkl", "header": ".img",
    "keys": ".img", "mask": ".img",
  ]

  /// The files that some words name.
  static func files(for words: [String], _ random: inout SplitMix64) -> [String: Data] {
    var files: [String: Data] = [:]
    for name in ["matrix", "left", "reflections", "narrow", "odd", "sources", "few", "header", "keys", "mask", "curve"]
    {
      // Every file has randomness of its own, so that it does not depend on which others a line has.
      var own = SplitMix64(state: random.next())
      if words.contains(fileName(name)) { files[fileName(name)] = content(name, &own) }
    }
    return files
  }

  private static func content(_ name: String, _ random: inout SplitMix64) -> Data {
    switch name {
    case "matrix": Data(matrix(&random).utf8)
    case "left": Data(turned(matrix(&random)).utf8)
    case "reflections": Data(reflections(5, &random).utf8)
    case "narrow": Data(reflections(1, &random).utf8)
    case "odd": Data((reflections(2, &random) + "0 1 0.5 \(decimal(0...90, &random))\n").utf8)
    case "sources": Data(sources(&random).utf8)
    case "few": Data((places(&random).map { "-10 \($0)\n" }.joined() + "-10\n-10 0.2 0.1 2\n").utf8)
    case "header": smv("SIZE1=5;\nSIZE2=4;\n")
    case "keys": smv("SIZE1=5;\nSIZE2=4;\n" + keys(&random))
    case "mask":
      smv("SIZE1=12;\nSIZE2=12;\nPIXEL_SIZE=0.2;\n", pixels: (0..<144).map { _ in random.next() % 4 == 0 ? 0 : 1 })
    default: Data("0 1\n0.5 2\n1 0\n".utf8)
    }
  }

  private static func decimal(_ range: ClosedRange<Double>, _ random: inout SplitMix64) -> String {
    NumberText.text("%.\([2, 4, 17][Int(random.next() % 3)])g", Double.random(in: range, using: &random))
  }

  /// All indices of a small range, which reaches two beyond the centre where `size` allows it, so that it can be
  /// interpolated there. Every second list is not centred along k, so that its limits differ.
  private static func reflections(_ size: Int, _ random: inout SplitMix64) -> String {
    let amplitudes = (0..<27).map { _ in decimal(-50...100, &random) }
    let low = random.next() % 2 == 0 ? 1 : size
    var lines = ""
    for h in -size...max(size - 1, 1) {
      for k in -low...size {
        for l in -size...size { lines += "\(h) \(k) \(l) \(amplitudes[(7 * h + 5 * k + l + 270) % 27])\n" }
      }
    }
    return lines
  }

  private static func matrix(_ random: inout SplitMix64) -> String {
    let numbers = (0..<9).map { _ in decimal(-0.03...0.03, &random) }
    return (0..<3).map { numbers[3 * $0..<3 * $0 + 3].joined(separator: " ") + "\n" }.joined()
  }

  /// The same matrix with a*, its first column, turned round: of the other hand.
  private static func turned(_ matrix: String) -> String {
    matrix.split(separator: "\n").map { ($0.first == "-" ? String($0.dropFirst()) : "-\($0)") + "\n" }.joined()
  }

  private static func places(_ random: inout SplitMix64) -> [String] {
    (0..<Int(2 + random.next() % 4)).map { _ in decimal(-1...1, &random) }
  }

  private static func sources(_ random: inout SplitMix64) -> String {
    let wavelength = decimal(0.7...2, &random)
    return places(&random).map { "-10 \($0) 0.1 \(1 + random.next() % 3) \(wavelength)e-10\n" }.joined()
  }

  private static func keys(_ random: inout SplitMix64) -> String {
    "PIXEL_SIZE=\(decimal(0.1...0.5, &random));\nDISTANCE=\(decimal(30...200, &random));\n"
      + "WAVELENGTH=\(decimal(0.5...2, &random));\nBEAM_CENTER_X=\(decimal(0.4...2, &random));\n"
      + "BEAM_CENTER_Y=\(decimal(0.4...2, &random));\nPHI=\(decimal(0.4...2, &random));\n"
      + "OSC_RANGE=\(decimal(0.4...2, &random));\nTWOTHETA=3;\nXDS_ORGX=\(decimal(0.4...2, &random));\n"
  }

  /// An SMV image of 16-bit pixels with these keys.
  private static func smv(_ keys: String, pixels: [UInt8] = []) -> Data {
    let text = "{\nHEADER_BYTES=512;\nDIM=2;\nBYTE_ORDER=little_endian;\nTYPE=unsigned_short;\n\(keys)}\u{0C}"
    let padding = String(repeating: " ", count: 512 - text.utf8.count)
    return Data((text + padding).utf8) + Data(pixels.flatMap { [$0, 0] } + [UInt8](repeating: 0, count: 80))
  }
}
