import Physics
import PropertyTesting
import TestSupport
import Testing

/// Counts and grey values pixel by pixel, by their definitions (docs/reference/70-files.md §3 and §5).
@Suite(.tags(.sampling)) struct CountDefinitionTests {
  /// Pixels of all sizes, with those that no count has.
  private func image(fast: Int, slow: Int, largest: Double) -> FloatImage {
    var random = SplitMix64(state: UInt64(fast))
    let odd: [Float] = [
      0.49999997, 1.4999999, .nan, .infinity, -.infinity, -1, -0.0, 0, 0.5, 1.5, 2.5, 65_534.5, 65_535, 65_535.5, 1e10,
    ]
    let pixels = (0..<fast * slow).map { index -> Float in
      if index % 7 == 3 { return odd[index / 7 % odd.count] }
      return Float(largest * (Double(random.next() >> 11) * 0x1p-53 - 0.1))
    }
    return FloatImage(fastPixels: fast, slowPixels: slow, pixels: pixels)
  }

  private func expectCounts(
    _ image: FloatImage, _ bounds: PixelBounds, scale: Double, offset: Double,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let region = PixelRegion(bounds: bounds, fastPixels: image.fastPixels, slowPixels: image.slowPixels)
    let counts = NoiselessImage(image, region: region, scale: scale, offset: offset).counts
    let grey = GreyMap(image, region: region, scale: scale)
    #expect(
      counts.fastPixels == image.fastPixels && counts.slowPixels == image.slowPixels, sourceLocation: sourceLocation)
    #expect(grey.fastPixels == image.fastPixels && grey.slowPixels == image.slowPixels, sourceLocation: sourceLocation)
    #expect(grey.scale == scale, sourceLocation: sourceLocation)
    var wrong = 0
    for slow in 0..<image.slowPixels {
      for fast in 0..<image.fastPixels {
        let index = slow * image.fastPixels + fast
        let isInside = region.contains(PixelIndex(slow: slow, fast: fast))
        let scaled = Double(image.pixels[index]) * scale
        let count = scaled + offset >= 0 ? UInt16(Float(min(scaled + offset, 65_535) + 0.5)) : 0
        let value = scaled > 255 ? 255 : UInt8(truncatingIfNeeded: Int32(cut: scaled))
        if counts.pixels[index] != (isInside ? count : 0) { wrong += 1 }
        if grey.pixels[index] != (isInside ? value : 0) { wrong += 1 }
      }
    }
    #expect(wrong == 0, "\(image.fastPixels) × \(image.slowPixels), \(bounds)", sourceLocation: sourceLocation)
  }

  @Test func countsAreThoseOfTheDefinition() {
    for (fast, slow, scale) in [(5, 7, 1.0), (401, 300, 0.37), (40_000, 3, 7.3), (1, 33_000, 1)] {
      let image = image(fast: fast, slow: slow, largest: 90_000)
      for offset in [0, 40, -3.5, 70_000] {
        let whole = PixelBounds(fast: (0, fast), slow: (0, slow))
        expectCounts(image, whole, scale: scale, offset: offset)
        let part = PixelBounds(fast: (fast / 3, fast * 2 / 3), slow: (slow / 4, slow * 3 / 4))
        expectCounts(image, part, scale: scale, offset: offset)
      }
    }
  }

  /// The low byte of what the processor makes of a number: 0 where the number does not fit.
  @Test func greyValuesOfNumbersThatDoNotFit() {
    let image = FloatImage(fastPixels: 2, slowPixels: 1, pixels: [-1, 1])
    let region = PixelRegion(bounds: PixelBounds(fast: (0, 2), slow: (0, 1)), fastPixels: 2, slowPixels: 1)
    for (scale, low) in [
      (2_147_483_647.0, 1), (2_147_483_648.5, 0), (2_147_483_649, 0), (2_147_483_649.5, 0), (1e30, 0),
    ] {
      #expect(GreyMap(image, region: region, scale: scale).pixels == [UInt8(low), 255], "\(scale)")
    }
  }

  @Test func scales() {
    #expect(CountImage.scale(given: 3, maximum: 7) == 3)
    #expect(CountImage.scale(given: 0.25, maximum: 7) == 0.25)
    for maximum in [0.3, 0.7, 1, 3, 55_000, 1e9] + (1...60).map({ Double($0) / 7 }) {
      #expect(CountImage.scale(given: 0, maximum: maximum) == 55_000 / maximum)
      #expect(CountImage.scale(given: -1, maximum: maximum) == 55_000 / maximum)
      #expect(GreyMap.scale(given: 0, deviation: maximum, integerScale: 5) == 250 / (5 * maximum))
      #expect(GreyMap.scale(given: 0.125, deviation: maximum, integerScale: 5) == 0.125)
    }
    #expect(CountImage.scale(given: 0, maximum: 0) == 1)
    #expect(GreyMap.scale(given: 0, deviation: 0, integerScale: 5) == 5)
  }

  /// The x86 processor gives the smallest number for all that does not fit.
  @Test func numbersAreCutAsByTheProcessor() {
    for number in [-2_147_483_648.9, -2_147_483_648, -2_147_483_649, -2_147_483_649.5, -2_147_483_650.5] {
      #expect(Int32(cut: number) == .min)
    }
    for number in [2_147_483_648, 2_147_483_648.5, 3e9, -1e300, .infinity, -.infinity, .nan] {
      #expect(Int32(cut: number) == .min)
    }
    #expect(Int32(cut: 2_147_483_647.9) == .max && Int32(cut: -2_147_483_647.9) == -2_147_483_647)
    #expect(Int32(cut: -0.9) == 0 && Int32(cut: 41.999) == 41)
  }

  /// Without photons a count is the offset, which says how counts are stored.
  @Test func countsAreStoredAsWholeNumbers() {
    let image = FloatImage(fastPixels: 3, slowPixels: 2, pixels: [Float](repeating: 0, count: 6))
    func stored(_ offset: Double, wraps: Bool) -> (UInt16, Int) {
      var noise = DetectorNoise()
      (noise.offset, noise.wraps) = (offset, wraps)
      let result = noise.apply(to: image)
      #expect(result.photons == 0 && result.counts.fastPixels == 3 && result.counts.slowPixels == 2)
      #expect(result.counts.pixels.allSatisfy { $0 == result.counts.pixels[0] })
      return (result.counts.pixels[0], result.overloads)
    }
    #expect(stored(65_535, wraps: true) == (65_535, 0) && stored(65_535, wraps: false) == (65_535, 0))
    #expect(stored(65_535.001, wraps: true) == (65_535, 6) && stored(1e9, wraps: false) == (65_535, 6))
    #expect(stored(12.7, wraps: true) == (12, 0) && stored(12.7, wraps: false) == (13, 0))
    #expect(stored(0.4, wraps: false) == (0, 0) && stored(0.6, wraps: false) == (1, 0))
    #expect(stored(-3.7, wraps: true) == (65_533, 0) && stored(-3.7, wraps: false) == (0, 0))
  }

  @Test func aSmallReadOutCounts() {
    let image = FloatImage(fastPixels: 40, slowPixels: 10, pixels: [Float](repeating: 0, count: 400))
    var noise = DetectorNoise()
    (noise.readout, noise.wraps) = (0.5, false)
    let counts = noise.apply(to: image).counts.pixels
    let mean = counts.reduce(0) { $0 + Double($1) } / 400
    let variance = counts.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / 399
    // The variance of the read-out is a quarter, that of rounding to whole counts a twelfth (Sheppard, 1898).
    expectClose(mean, 40, within: 0.12, because: "four standard errors")
    expectClose(variance, 0.25 + 1.0 / 12, within: 0.1, because: "four standard errors")
  }

  /// A flicker of 10 % multiplies each mean by 1 + 0.1 g, g a normal deviate, and so does a calibration, with a stream of
  /// its own. The mean is rounded to single precision once, behind that. Photons of large means follow its last bit.
  @Test(arguments: [(0.1, 0), (0, 0.1), (0.1, 0.2)])
  func variationsOfTheMeanAreNotRounded(flicker: Double, calibration: Double) {
    let values = (0..<400).map { Float(3e7 + 1e5 * Double($0)) }
    let image = FloatImage(fastPixels: 400, slowPixels: 1, pixels: values)
    var noise = DetectorNoise()
    (noise.flicker, noise.calibration) = (flicker, calibration)
    var generator = UniformDeviates()
    var (stream, other) = (noise.stream, noise.calibrationStream)
    let photons = values.map { value in
      let first = flicker > 0 ? 1 + flicker * Double(generator.nextGaussian(&stream, .single)) : 1
      let second = calibration > 0 ? 1 + calibration * Double(generator.nextGaussian(&other, .single)) : 1
      let mean = Float(Double(value) * first * second)
      return Double(PoissonDeviates.draw(mean: mean, from: &generator, stream: &stream, .single))
    }
    let found = noise.apply(to: image).photons
    #expect(found == photons.reduce(0, +))
  }

  @Test func defaultsOfTheNoise() {
    let noise = DetectorNoise()
    #expect(noise.flicker == 0 && noise.calibration == 0.03 && noise.readout == 0 && noise.gain == 1)
    #expect(noise.offset == 40 && noise.scale == 1 && noise.stream == -1 && noise.calibrationStream == 123_456_789)
    #expect(noise.wraps)
    #expect(CountImage.largest == 65_535)
  }
}
