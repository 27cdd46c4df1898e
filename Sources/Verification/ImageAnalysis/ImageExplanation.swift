import Physics

/// Finds a simple change that makes one image from another: a factor, an offset, a mirror, a shift.
enum ImageExplanation {
  /// The change in words; nil if none fits all pixels.
  static func text(_ reference: FloatImage, _ candidate: FloatImage) -> String? {
    let pairs = zip(reference.pixels, candidate.pixels).filter { $0.0.isFinite && $0.1.isFinite }.map {
      (Double($0.0), Double($0.1))
    }
    // Images that agree within rounding errors need no explanation.
    guard pairs.count > 1, !fits(pairs, { $0 }) else { return nil }
    return scale(pairs) ?? mirror(reference, candidate) ?? shift(reference, candidate)
  }

  /// Whether a change predicts every pixel within the rounding of floats and 10⁻¹² of the largest pixel.
  private static func fits(_ pairs: [(Double, Double)], _ change: (Double) -> Double) -> Bool {
    let largest = pairs.reduce(0) { max($0, abs($1.1)) }
    return pairs.allSatisfy {
      abs($0.1 - change($0.0)) <= 1e-6 * max(abs($0.1), 1e-6 * largest) + 6e-8 * abs(change(0))
    }
  }

  private static func scale(_ pairs: [(Double, Double)]) -> String? {
    let squares = pairs.reduce(0) { $0 + $1.0 * $1.0 }
    let factor = pairs.reduce(0) { $0 + $1.0 * $1.1 } / squares
    if squares > 0, abs(factor - 1) > 1e-6, fits(pairs, { factor * $0 }) {
      return "a factor \(NumberText.text("%.7g", factor)) everywhere"
    }
    let count = Double(pairs.count)
    let offset = pairs.reduce(0) { $0 + ($1.1 - $1.0) } / count
    if offset != 0, fits(pairs, { $0 + offset }) { return "an offset of \(NumberText.text("%.7g", offset)) everywhere" }
    let means = (pairs.reduce(0) { $0 + $1.0 } / count, pairs.reduce(0) { $0 + $1.1 } / count)
    let spread = pairs.reduce(0) { $0 + ($1.0 - means.0) * ($1.0 - means.0) }
    let slope = pairs.reduce(0) { $0 + ($1.0 - means.0) * ($1.1 - means.1) } / spread
    let level = means.1 - slope * means.0
    guard spread > 0, slope != 0, fits(pairs, { slope * $0 + level }) else { return nil }
    return "a factor \(NumberText.text("%.7g", slope)) and an offset of \(NumberText.text("%.7g", level)) everywhere"
  }

  private static func mirror(_ reference: FloatImage, _ candidate: FloatImage) -> String? {
    let (width, height) = (reference.fastPixels, reference.slowPixels)
    func isMade(_ place: (_ slow: Int, _ fast: Int) -> (slow: Int, fast: Int)) -> Bool {
      let pairs = (0..<height).flatMap { slow in
        (0..<width).map { fast -> (Double, Double) in
          let source = place(slow, fast)
          return (Double(reference[slow: source.slow, fast: source.fast]), Double(candidate[slow: slow, fast: fast]))
        }
      }
      return pairs.allSatisfy { $0.0.isFinite && $0.1.isFinite } && fits(pairs) { $0 }
    }
    if width == height, isMade({ ($1, $0) }) { return "rows and columns are exchanged" }
    if isMade({ ($0, width - 1 - $1) }) { return "mirrored along the fast axis" }
    if isMade({ (height - 1 - $0, $1) }) { return "mirrored along the slow axis" }
    if isMade({ (height - 1 - $0, width - 1 - $1) }) { return "turned by 180 degrees" }
    return nil
  }

  private static func shift(_ reference: FloatImage, _ candidate: FloatImage) -> String? {
    let (width, height) = (reference.fastPixels, reference.slowPixels)
    guard width > 8, height > 8 else { return nil }
    for distance in 1...2 {
      for (slow, fast) in [(0, 1), (0, -1), (1, 0), (-1, 0), (1, 1), (-1, -1), (1, -1), (-1, 1)] {
        let (down, across) = (slow * distance, fast * distance)
        let pairs = (max(0, down)..<min(height, height + down)).flatMap { row in
          (max(0, across)..<min(width, width + across)).map { column in
            (Double(reference[slow: row - down, fast: column - across]), Double(candidate[slow: row, fast: column]))
          }
        }
        if pairs.allSatisfy({ $0.0.isFinite && $0.1.isFinite }), fits(pairs, { $0 }) {
          return "shifted by \(across) pixels along fast and \(down) along slow"
        }
      }
    }
    return nil
  }
}
