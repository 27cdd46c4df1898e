import Physics
import PropertyTesting

extension CommandLines {
  /// The files that options may name.
  static let lists: Generator<[String: String]> = zip(
    reflections, matrix, sources, header
  ).map { reflections, matrix, sources, header in
    [
      "list.hkl": reflections.whole, "odd.hkl": reflections.odd, "a.mat": matrix, "left.mat": negated(matrix),
      "points.txt": sources.whole, "few.txt": sources.few, "plain.img": smv(header.plain), "keys.img": smv(header.keys),
      "mask.img": smv("SIZE1=7;\nSIZE2=7;\nPIXEL_SIZE=0.2;\n", pixels: header.mask),
    ]
  }

  /// A list of all indices of a small range, and one whose last line has a decimal point in its third index.
  private static let reflections: Generator<(whole: String, odd: String)> = zip(
    Generator<Int>.integer(in: 0...5), Generator<String>.decimal(-50...100).array(27...27),
    Generator<String>.decimal(0...90)
  ).map { size, amplitudes, last in
    var lines: [String] = []
    for h in -size...1 {
      for k in -1...size {
        for l in -size...size { lines.append("\(h) \(k) \(l) \(amplitudes[(7 * h + 5 * k + l + 270) % 27])") }
      }
    }
    let text = lines.joined(separator: "\n") + "\n"
    return (text, text + "0 1 0.5 \(last)\n")
  }

  private static let matrix: Generator<String> = Generator<String>.decimal(-0.03...0.03).array(9...9).map { numbers in
    (0..<3).map { row in numbers[3 * row..<3 * row + 3].joined(separator: " ") }.joined(separator: "\n") + "\n"
  }

  /// The same matrix with its first column, a*, turned round: of the other hand.
  private static func negated(_ matrix: String) -> String {
    matrix.split(separator: "\n").map { $0.first == "-" ? String($0.dropFirst()) : "-\($0)" }.joined(separator: "\n")
      + "\n"
  }

  private static let sources: Generator<(whole: String, few: String)> = zip(
    Generator<String>.decimal(-1...1).array(2...6), Generator<String>.decimal(0.7...2)
  ).map { places, wavelength in
    let lines = places.map { "-10 \($0) 0.1 1 \(wavelength)e-10\n" }
    return (lines.joined(), places.map { "-10 \($0)\n" }.joined() + "-10\n-10 0.2 0.1 2\n")
  }

  private static let header: Generator<(plain: String, keys: String, mask: [UInt8])> = zip(
    Generator<String>.decimal(0.1...0.5), Generator<String>.decimal(30...200),
    Generator<String>.decimal(0.4...2).array(4...4),
    Generator<Int>.integer(in: 0...3).array(49...49)
  ).map { pixel, distance, numbers, mask in
    let size = "SIZE1=5;\nSIZE2=4;\n"
    let keys =
      "\(size)PIXEL_SIZE=\(pixel);\nDISTANCE=\(distance);\nWAVELENGTH=\(numbers[0]);\nBEAM_CENTER_X=\(numbers[1]);\n"
      + "BEAM_CENTER_Y=\(numbers[2]);\nPHI=\(numbers[3]);\nOSC_RANGE=\(numbers[0]);\nTWOTHETA=3;\nXDS_ORGX=\(numbers[1]);\n"
    return (size, keys, mask.map { UInt8($0 > 0 ? 1 : 0) })
  }

  /// An image of 16-bit pixels with these keys.
  private static func smv(_ keys: String, pixels: [UInt8] = []) -> String {
    let text =
      "{\nHEADER_BYTES=512;\nDIM=2;\nBYTE_ORDER=little_endian;\nTYPE=unsigned_short;\n\(keys)}\u{0C}"
    let padding = String(repeating: " ", count: 512 - text.utf8.count)
    return text + padding
      + String(decoding: pixels.flatMap { [$0, 0] } + [UInt8](repeating: 0, count: 80), as: UTF8.self)
  }
}
