import CPNG
import FrameExchange
import Physics
import TestSupport
import Testing

/// Brightness, colours, and files for the eye.
@Suite(.tags(.files), .generousTime) struct PictureTests {
  private let ramp = FloatImage(
    fastPixels: 5, slowPixels: 2, pixels: [0, 1, 10, 100, 1000, -5, .nan, .infinity, 500, 999])

  private func brightness(_ change: (inout Contrast) -> Void) -> [Double] {
    var contrast = Contrast()
    change(&contrast)
    return contrast.brightness(ramp.pixels)
  }

  @Test func laws() {
    let linear = brightness { $0.law = .linear }
    #expect(linear == [0, 0.001, 0.01, 0.1, 1, 0, 0, 1, 0.5, 0.999])
    let log = brightness { ($0.law, $0.white) = (.log, 1000) }
    // log(1 + 999 x) over log 1000: a decade of x is a third of the range.
    #expect(log[0] == 0 && log[4] == 1)
    expectClose(log[2], 0.34700, within: 1e-5, because: "five digits", "a hundredth of white")
    expectClose(log[1], 0.10027, within: 1e-5, because: "five digits", "a thousandth of white")
    let half = brightness { ($0.law, $0.percentile) = (.percentile, 75) }
    // Finite, sorted: -5 0 1 10 100 500 999 1000; the 75th percentile is number 5, the 25th number 2.
    #expect(half[8] == 1 && half[4] == 1 && half[1] == 0)
    expectClose(half[3], 99.0 / 499, within: 1e-9, because: "two differences and a quotient")
    let window = brightness { ($0.law, $0.black, $0.white) = (.linear, 10, 110) }
    #expect(window[2] == 0 && window[4] == 1)
    expectClose(window[3], 0.9, within: 1e-12, because: "two differences and a quotient")
  }

  /// Noise cannot be packed: the file is larger than the pixels by the frame of every 8 KiB.
  @Test func largePicturesOfNoiseAreWritten() throws {
    var word: UInt64 = 1
    let noise = (0..<4000 * 3000).map { _ -> UInt8 in
      word = word &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(word >> 56)
    }
    #expect(try PortableNetworkGraphics.grey(noise, width: 4000, height: 3000).count > noise.count)
  }

  @Test func constantImagesAreNoDivisionByZero() {
    for law in Contrast.Law.allCases {
      var contrast = Contrast()
      contrast.law = law
      for value in [Float(0), 7, -7, .nan] {
        let result = contrast.brightness([value, value])
        #expect(result.allSatisfy { $0 >= 0 && $0 <= 1 }, "\(law) of \(value)")
      }
    }
  }

  @Test func colours() {
    #expect(ColourMap.grey.colour(0.5) == [128, 128, 128] && ColourMap.negative.colour(0) == [255, 255, 255])
    #expect(ColourMap.heat.colour(1) == [255, 255, 255] && ColourMap.heat.colour(1 / 3.0) == [255, 0, 0])
    #expect(ColourMap.viridis.colour(0) == [68, 1, 84] && ColourMap.viridis.colour(1) == [253, 231, 37])
  }

  /// libpng reads what was written.
  @Test(arguments: [ColourMap.grey, .negative, .heat])
  func pngIsReadBack(colours: ColourMap) throws {
    var contrast = Contrast()
    contrast.law = .linear
    let bytes = try Picture(ramp, contrast).png(colours)
    var image = png_image()
    image.version = png_uint_32(PNG_IMAGE_VERSION)
    #expect(png_image_begin_read_from_memory(&image, bytes, bytes.count) != 0)
    #expect(image.width == 5 && image.height == 2)
    image.format = png_uint_32(PNG_FORMAT_RGB)
    var pixels = [UInt8](repeating: 0, count: 30)
    #expect(png_image_finish_read(&image, nil, &pixels, 0, nil) != 0)
    // Colours come from a table of 1024 steps: half a step is up to 3/8 of a value, which may be rounded the other way.
    let expected = contrast.brightness(ramp.pixels).flatMap { colours.colour($0) }
    #expect(try pairs(pixels, expected).allSatisfy { abs(Int($0) - Int($1)) <= 1 })
  }

  @Test func pgm() {
    var contrast = Contrast()
    (contrast.law, contrast.white) = (.linear, 1000)
    let bytes = Picture(ramp, contrast).pgm()
    #expect(bytes == Array("P5\n5 2\n255\n".utf8) + [0, 0, 3, 26, 255, 0, 0, 255, 128, 255])
  }

  /// A brightness is a double until the last: half a grey value less a billionth is still below the half.
  @Test func greyValuesAreRoundedOnce() {
    for value in [0, 1, 100, 254] {
      var contrast = Contrast()
      (contrast.law, contrast.black) = (.linear, 0)
      let image = FloatImage(fastPixels: 1, slowPixels: 1, pixels: [1])
      contrast.white = 255 / (Double(value) + 0.5 - 1e-9)
      #expect(Picture(image, contrast).pgm().last == UInt8(value))
      contrast.white = 255 / (Double(value) + 0.5 + 1e-9)
      #expect(Picture(image, contrast).pgm().last == UInt8(value + 1))
      #expect(Picture(image, contrast).pgm(.negative).last == UInt8(254 - value))
      contrast.white = 255 / (Double(value) + 0.5 - 1e-9)
      #expect(Picture(image, contrast).pgm(.negative).last == UInt8(255 - value))
    }
  }
}
