import KernelTypes

/// Eight sums at once.
private struct Parts {
  var (a, b, c, d, e, f, g, h) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)

  @inline(__always)
  mutating func add(_ number: (Int) -> Double) {
    a += number(0)
    b += number(1)
    c += number(2)
    d += number(3)
    e += number(4)
    f += number(5)
    g += number(6)
    h += number(7)
  }

  var sum: Double { ((a + b) + (c + d)) + ((e + f) + (g + h)) }
}

extension Loops {
  /// The sum of numbers, in eight parts that are added at the end: the same on all instruction sets.
  package func sum(_ count: Int, _ numbers: BlockInput) -> Double {
    var parts = Parts()
    let whole = count - count % 8
    for i in stride(from: 0, to: whole, by: 8) { parts.add { numbers[i + $0] } }
    for i in whole..<count { parts.a += numbers[i] }
    return parts.sum
  }

  /// Pixels as counts: scaled, offset, clipped to 0 … 65535, and rounded by adding one half in single precision. What is not
  /// a number becomes 0.
  package func counts(
    _ count: Int, _ pixels: UnsafePointer<Float>, _ scale: Double, _ offset: Double, _ out: UnsafeMutablePointer<UInt16>
  ) {
    for i in 0..<count {
      let scaled = Double(pixels[i]) * scale + offset
      let floor = scaled >= 0 ? scaled : -0.5
      let number = Double(Float((floor > 65535 ? 65535 : floor) + 0.5))
      let nearest = (number + 0x1p52) - 0x1p52
      let whole = nearest > number ? nearest - 1 : nearest
      out[i] = UInt16(truncatingIfNeeded: (whole + 0x1p52).bitPattern)
    }
  }

  package func greys(_ count: Int, _ pixels: UnsafePointer<Float>, _ scale: Double, _ out: UnsafeMutablePointer<UInt8>)
  {
    for i in 0..<count {
      let scaled = Double(pixels[i]) * scale
      // Above 255, and what does not fit into 32 bits.
      let clipped = select(scaled > 255, 255, select(scaled > -2_147_483_649, scaled, 0))
      let near = nearest(clipped)
      let excess = select(clipped >= 0, near - clipped, clipped - near)
      let cut = near - select(excess > 0, select(clipped >= 0, 1, -1), 0)
      out[i] = UInt8(truncatingIfNeeded: bits(cut))
    }
  }
}
