import Foundation

extension Generator where Value == Int {
  /// Whole numbers of a range, uniform; they shrink to the number nearest to zero, and positive numbers are simpler.
  public static func integer(in range: ClosedRange<Int>) -> Generator {
    let origin = min(max(0, range.lowerBound), range.upperBound)
    let (below, above) = (origin - range.lowerBound, range.upperBound - origin)
    let both = min(below, above)
    return Generator { choices in
      let index = Int(try choices.draw(upTo: UInt64(below + above)))
      if index <= 2 * both { return index % 2 == 1 ? origin + (index + 1) / 2 : origin - index / 2 }
      return above > below ? origin + (index - both) : origin - (index - both)
    }
  }
}

extension Generator where Value == Bool {
  /// True or false, equally likely; shrinks to false.
  public static var bool: Generator { Generator { try $0.draw(upTo: 1) == 1 } }
}

extension Generator where Value == Double {
  /// Numbers of a range, uniform; they shrink to zero, or to the end of the range next to zero, by short binary
  /// fractions.
  ///
  /// One value in ten has only four significant bits, one in ten 24. Three in nineteen are at an edge, where formulas fail: an
  /// end of the range or its neighbour, a decimal of up to four digits (`7 * 1e-3` and `7 / 1e3` differ), a whole or half
  /// number.
  /// - Parameters:
  ///   - range: The range.
  ///   - edges: Whether there are such numbers; without them, one value in eight has four bits and one in eight 24.
  public static func double(in range: ClosedRange<Double>, edges: Bool = true) -> Generator {
    let origin = min(max(0, range.lowerBound), range.upperBound)
    let (below, above) = (origin - range.lowerBound, range.upperBound - origin)
    let scale = UInt64(1) << 32
    // The share of the range above the origin. Choices below it give values above the origin, so that 0 does.
    let upwards = below == 0 ? scale : UInt64(above / (above + below) * Double(scale))
    let sides = upwards > 0 && upwards < scale ? [upwards] : nil
    return Generator { choices in
      let goesUp = below == 0 ? true : above == 0 ? false : try choices.draw(upTo: scale - 1, strata: sides) < upwards
      let (kind, fraction) = try NumberKind.draw(&choices, edges: edges)
      let value = goesUp ? origin + fraction * above : origin - fraction * below
      let end = goesUp ? range.upperBound : range.lowerBound
      return min(max(kind.edge(value, fraction, origin: origin, end: end), range.lowerBound), range.upperBound)
    }
  }

  /// Numbers of a range, uniform: none is more likely than others, for statistics. They shrink to the lower end.
  public static func uniform(in range: ClosedRange<Double>) -> Generator {
    let whole = UInt64(1) << 53
    return Generator { choices in
      let fraction = Double(try choices.draw(upTo: whole)) / Double(whole)
      return min(range.lowerBound + fraction * (range.upperBound - range.lowerBound), range.upperBound)
    }
  }

  /// Positive numbers whose logarithm is uniform; they shrink to the lower end, and to two significant digits.
  public static func logUniform(in range: ClosedRange<Double>) -> Generator {
    let exponent = double(in: 0...log10(range.upperBound / range.lowerBound))
    return Generator { choices in
      let isShort = try choices.draw(upTo: 7, strata: [2]) < 2
      let value = range.lowerBound * pow(10, try exponent.generate(&choices))
      let unit = pow(10, floor(log10(value)) - 1)
      let chosen = isShort ? (value / unit).rounded() * unit : value
      return min(max(chosen, range.lowerBound), range.upperBound)
    }
  }

  /// Special values of the format: zeros, the smallest, the largest, the neighbours of one, infinities, not-a-number.
  public static var special: Generator {
    element(of: [
      0, 1, -1, -0.0, 1.0.nextUp, 1.0.nextDown, .leastNonzeroMagnitude, .leastNormalMagnitude,
      .leastNormalMagnitude.nextDown, .ulpOfOne, .greatestFiniteMagnitude, -.greatestFiniteMagnitude, 0x1p53, 1e300,
      .infinity, -.infinity, .nan,
    ])
  }

  /// Any double: every bit pattern, and the special values more often.
  public static var any: Generator {
    weighted(
      (1, special), (2, double(in: -1000...1000)),
      (2, Generator { Double(bitPattern: try $0.draw(upTo: .max)) }))
  }

  /// The value or one of its neighbours, up to `distance` units in the last place away.
  public func ulpNeighbours(_ distance: Int) -> Generator {
    let steps = Generator<Int>.integer(in: -distance...distance)
    return Generator { choices in
      var value = try generate(&choices)
      let step = try steps.generate(&choices)
      for _ in 0..<abs(step) { value = step > 0 ? value.nextUp : value.nextDown }
      return value
    }
  }
}
