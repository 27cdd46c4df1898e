import KernelTypes

/// Eight sums at once.
private struct EightSums {
  var (a, b, c, d, e, f, g, h) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)

  @inline(__always)
  mutating func addEight(_ number: (Int) -> Double) {
    a += number(0)
    b += number(1)
    c += number(2)
    d += number(3)
    e += number(4)
    f += number(5)
    g += number(6)
    h += number(7)
  }

  var total: Double { ((a + b) + (c + d)) + ((e + f) + (g + h)) }
}

extension Loops {
  /// The sum of numbers, in eight parts that are added at the end: the same on all instruction sets.
  package func sum(of numbers: BlockInput) -> Double {
    var sums = EightSums()
    let count = numbers.count
    let whole = count - count % 8
    for i in stride(from: 0, to: whole, by: 8) { sums.addEight { numbers[i + $0] } }
    for i in whole..<count { sums.a += numbers[i] }
    return sums.total
  }

  /// Pixels as counts: scaled, offset, clipped to 0 … 65535, and rounded by adding one half in single precision. What is not
  /// a number becomes 0.
  package func counts(
    of pixels: UnsafeBufferPointer<Float>, scale: Double, offset: Double,
    into counts: UnsafeMutableBufferPointer<UInt16>
  ) {
    for i in 0..<pixels.count {
      let scaled = Double(pixels[i]) * scale + offset
      let floor = scaled >= 0 ? scaled : -0.5
      let number = Double(Float((floor > 65535 ? 65535 : floor) + 0.5))
      let nearest = (number + 0x1p52) - 0x1p52
      let whole = nearest > number ? nearest - 1 : nearest
      counts[i] = UInt16(truncatingIfNeeded: (whole + 0x1p52).bitPattern)
    }
  }

  package func greys(
    of pixels: UnsafeBufferPointer<Float>, scale: Double, into greys: UnsafeMutableBufferPointer<UInt8>
  ) {
    for i in 0..<pixels.count {
      let scaled = Double(pixels[i]) * scale
      // Above 255, and what does not fit into 32 bits.
      let clipped = select(scaled > 255, 255, select(scaled > -2_147_483_649, scaled, 0))
      let near = nearest(clipped)
      let excess = select(clipped >= 0, near - clipped, clipped - near)
      let cut = near - select(excess > 0, select(clipped >= 0, 1, -1), 0)
      greys[i] = UInt8(truncatingIfNeeded: bits(cut))
    }
  }
}
