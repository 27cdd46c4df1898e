import FrameExchange
import TestSupport
import Testing

/// What pixels become as counts, and which of them are black and white, close to another value.
@Suite(.tags(.files)) struct PixelCountTests {
  /// Halves are rounded away from zero. A count beyond the range is limited and counted; so is an infinite one, and
  /// what is not a number has a mark and a number of its own.
  @Test func countsAreRoundedAndLimited() {
    let values: [Float] = [-2.5, -2.25, -0.5, 0.25, 5.25, 5.5, .infinity, -.infinity, .nan, .nan]
    let floats = Frame(fastPixels: 5, slowPixels: 2, .floats(values))
    let plain = floats.counts(Frame.Counting(), in: -2...5, masked: -9)
    let wanted: [Int32] = [-2, -2, -1, 0, 5, 5, 5, -2, -9, -9]
    #expect(plain.pixels == wanted)
    #expect(plain.limited == 4 && plain.masked == 2)
    let within = Frame(fastPixels: 2, slowPixels: 1, .floats([-2, 5])).counts(Frame.Counting(), in: -2...5, masked: -9)
    #expect(within.pixels == [-2, 5] && within.limited == 0 && within.masked == 0)
  }

  /// Counts are scaled as floats are, and the offset is added to the product.
  @Test func countsAreScaledFirst() {
    var counting = Frame.Counting()
    counting.scale = 2
    counting.offset = 0.5
    let integers = Frame(fastPixels: 6, slowPixels: 1, .integers([-1, -2, 2, 3, .max, .min]))
    let found = integers.counts(counting, in: -2...5, masked: -9)
    let wanted: [Int32] = [-1, -2, 5, 5, 5, -2]
    #expect(found.pixels == wanted)
    #expect(found.limited == 3 && found.masked == 0)
    #expect(Frame(fastPixels: 2, slowPixels: 1, .floats([-1.5, 3])).leastCount(counting) == -3)
    #expect(Frame(fastPixels: 2, slowPixels: 1, .floats([.nan, -.infinity])).leastCount(counting) == 1)
  }

  /// Without a scale the largest finite pixel has 55000 counts; without a pixel above zero the scale is 1.
  @Test func theLargestPixelHas55000Counts() {
    var counting = Frame.Counting()
    counting.scale = nil
    let bright = Frame(fastPixels: 5, slowPixels: 1, .floats([0, 1, 4, .nan, .infinity]))
    let found = bright.counts(counting, in: 0...65535, masked: 0)
    let wanted: [Int32] = [0, 13_750, 55_000, 0, 65_535]
    #expect(found.pixels == wanted)
    #expect(found.limited == 1 && found.masked == 1)
    let dark = Frame(fastPixels: 2, slowPixels: 1, .floats([-1, 0])).counts(counting, in: -5...5, masked: 0)
    #expect(dark.pixels == [-1, 0] && dark.limited == 0 && dark.masked == 0)
  }

  /// 0 to 100 from the last to the first, and pixels that are not finite.
  private static let hundred: [Float] = (0...100).reversed().map { Float($0) } + [.nan, .infinity, -.infinity]

  private func limits(
    _ law: Contrast.Law, _ percentile: Double = 99.9, of pixels: [Float] = PixelCountTests.hundred,
    black: Double? = nil, white: Double? = nil
  ) -> [Double] {
    var contrast = Contrast()
    contrast.law = law
    contrast.percentile = percentile
    contrast.black = black
    contrast.white = white
    let found = contrast.limits(pixels)
    return [found.black, found.white]
  }

  /// Of 101 pixels the percentile is the value itself, rounded: a billionth beside a half tells. A percentile beyond 0
  /// or 100 is the nearer of the two, and one that is not a number is 0.
  @Test func percentilesAreRoundedOnce() {
    let rows: [(percentile: Double, limits: [Double])] = [
      (97.5 + 1e-9, [2, 98]), (97.5 - 1e-9, [3, 97]), (50, [50, 50]), (100, [0, 100]), (0, [100, 0]),
      (120, [0, 100]), (-5, [100, 0]), (.nan, [0, 0]),
    ]
    for (percentile, wanted) in rows {
      let found = limits(.percentile, percentile)
      #expect(found == wanted, "\(percentile)")
    }
  }

  /// With the logarithmic law the percentile is that of the pixels above zero: here of 100, from 1 on.
  @Test func limitsAreThoseOfTheLaw() {
    #expect(limits(.linear) == [0, 100])
    #expect(limits(.log) == [0, 100])
    #expect(limits(.log, 50) == [0, 51])
    #expect(limits(.log, 0) == [0, 1])
    for law in Contrast.Law.allCases {
      #expect(limits(law, black: 3, white: 7) == [3, 7], "\(law)")
      #expect(limits(law, of: [.nan], black: 3)[0] == 3, "\(law)")
      let white: Double = law == .linear ? 1 : 0
      #expect(limits(law, of: []) == [0, white], "\(law)")
      #expect(limits(law, of: [.nan, .infinity]) == [0, white], "\(law)")
    }
  }

  /// The distance of black and white may be the smallest double, or beyond the largest.
  @Test func theDistanceOfBlackAndWhiteMayBeAnything() {
    let rows: [(black: Double, white: Double, pixels: [Float], brightness: [Double])] = [
      (0, .leastNonzeroMagnitude, [0, .leastNonzeroMagnitude, 1], [0, 1, 1]),
      (-1.7e308, 1.7e308, [0, .infinity, -.infinity], [0.5, 1, 0]),
    ]
    for (black, white, pixels, brightness) in rows {
      var contrast = Contrast()
      contrast.law = .linear
      contrast.black = black
      contrast.white = white
      #expect(contrast.brightness(pixels) == brightness, "\(black) \(white)")
    }
  }
}
