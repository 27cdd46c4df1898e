import Physics
import PropertyTesting
import TestSupport
import Testing

/// A small experiment from arguments.
func experiment(_ arguments: String, _ compatibility: Compatibility = .cParity) throws -> Experiment {
  try Experiment(command: arguments, compatibility)
}

/// The image of a small experiment.
func image(_ arguments: String, _ compatibility: Compatibility = .cParity, threads: Int = 1) throws -> FloatImage {
  try Simulator(experiment(arguments, compatibility)).render(threads: threads).image
}

extension FloatImage {
  /// The sum of all pixels.
  var total: Double { pixels.reduce(0) { $0 + Double($1) } }

  /// Whether two images are the same floats, not-a-numbers included.
  func isSame(as other: FloatImage) -> Bool {
    pixels.count == other.pixels.count
      && zip(pixels, other.pixels).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) }
  }

  /// The largest deviation from another image, relative to its largest pixel; infinite if a pixel is not finite.
  func deviation(from other: FloatImage) -> Double {
    guard pixels.count == other.pixels.count, (pixels + other.pixels).allSatisfy(\.isFinite) else { return .infinity }
    let largest = other.pixels.reduce(0) { max($0, abs(Double($1))) }
    return zip(pixels, other.pixels).reduce(0) { max($0, abs(Double($1.0) - Double($1.1))) } / max(largest, 1e-300)
  }
}

/// The base command of the register of quirks (docs/reference/80-quirks.md): its total is 5685.0457.
let base32 = "-cell 100 100 100 90 90 90 -default_F 100 -N 5 -lambda 1 -distance 100 -detpixels 32 -pixel 0.1"
/// The same with 16 × 16 pixels: total 796.4639.
let base16 = "-cell 100 100 100 90 90 90 -default_F 100 -N 5 -lambda 1 -distance 100 -detpixels 16 -pixel 0.1"

/// Pixels are floats: each carries 6e-8, sums and means of a few of them a little more.
let singlePrecision = 3e-7

extension FloatImage {
  func scaled(_ factor: Double) -> [Double] { pixels.map { factor * Double($0) } }
  var largest: Double { pixels.reduce(0) { max($0, abs(Double($1))) } }
}

extension Check {
  /// Labels a case whose image is not dark: two dark images are equal whatever the simulator does.
  func label(lit image: FloatImage) { label("lit", image.pixels.contains { $0.isNormal }) }
}

extension Coverage {
  /// Nearly all images have light in them.
  static let lit = Coverage.atLeast(95, "lit")
}

/// Compares pixels with what they should be, relative to the largest. A case is labelled `lit` if there is light.
func expectClose(
  _ check: Check, _ image: FloatImage, _ expected: [Double], _ because: String, factor: Double = 1,
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  check.label(lit: image)
  let scale = max(expected.reduce(0) { max($0, abs($1)) }, 1e-30)
  for (index, (ours, wanted)) in try pairs(image.pixels, expected).enumerated() {
    try check.close(
      Double(ours) / scale, wanted / scale, within: factor * singlePrecision, because: because,
      "pixel \(index) of \(expected.count)", sourceLocation: sourceLocation)
  }
}

/// Multiplication by a power of two is exact, except of floats so small that they have fewer digits. A case is labelled
/// `lit` if there are floats to compare.
func expectScaled(
  _ check: Check, _ image: FloatImage, _ other: FloatImage, by factor: Float,
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  check.label(lit: other)
  for (scaled, single) in try pairs(image.pixels, other.pixels) where single.isNormal {
    try check.identical(Double(scaled), Double(factor * single), "a pixel", sourceLocation: sourceLocation)
  }
}

/// The mean of images, pixel by pixel.
func mean(_ images: [FloatImage], weights: [Double]? = nil) throws -> [Double] {
  let weights = weights ?? images.map { _ in 1 }
  let total = weights.reduce(0, +)
  return try images[0].pixels.indices.map { index in
    try pairs(images, weights).reduce(0) { $0 + $1.1 * Double($1.0.pixels[index]) } / total
  }
}
