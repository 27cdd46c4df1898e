import Foundation
import Physics

/// Causes from the ratio of two images.
extension ImageCauses {
  /// The other image by a transposition, mirror or displacement by whole pixels.
  func transformations() -> [Cause] {
    let (width, height) = (expected.fastPixels, expected.slowPixels)
    func moved(_ place: (_ slow: Int, _ fast: Int) -> (Int, Int)) -> FloatImage {
      FloatImage(
        fastPixels: width, slowPixels: height,
        pixels: (0..<height).flatMap { slow in
          (0..<width).map { fast in
            let (s, f) = place(slow, fast)
            return expected[slow: s, fast: f]
          }
        })
    }
    if width == height, explains(moved { ($1, $0) }) {
      return [Cause(code: "transposed", text: "rows and columns are exchanged", certainty: .likely)]
    }
    let mirrors: [(String, FloatImage)] = [
      ("fast axis", moved { ($0, width - 1 - $1) }), ("slow axis", moved { (height - 1 - $0, $1) }),
      ("both axes", moved { (height - 1 - $0, width - 1 - $1) }),
    ]
    return mirrors.compactMap { axis, image in
      explains(image) ? Cause(code: "mirrored", text: "the image is mirrored along \(axis)", certainty: .likely) : nil
    }
  }

  /// The bright pixels of both images: expected value, ratio, index.
  private var bright: [(value: Double, ratio: Double, index: Int)] {
    let largest = expected.pixels.reduce(0) { max($0, abs($1)) }
    return expected.pixels.indices.compactMap { index in
      let (a, b) = (Double(expected.pixels[index]), Double(found.pixels[index]))
      return abs(a) > 1e-6 * Double(largest) && a.isFinite && b.isFinite ? (a, b / a, index) : nil
    }
  }

  func ratios() -> [Cause] {
    let bright = bright
    guard let first = bright.first else { return [] }
    let ratios = bright.map(\.ratio)
    let middle = ratios.sorted()[ratios.count / 2]
    let spread = ratios.map { abs($0 - middle) }.max() ?? 0
    if spread <= 4e-7 * abs(middle), bright.count > 1 || first.ratio != 1 { return [factor(middle)] }
    if let law = factorLaw(bright) { return [law] }
    let deviations = ratios.map { $0 - 1 }
    let typical = deviations.map(abs).sorted()[deviations.count / 2]
    let (up, down) = (deviations.count { $0 > 0 }, deviations.count { $0 < 0 })
    // A law that is wrong changes pixels smoothly, mostly to one side; rounding has no side.
    if typical < 3e-3, min(up, down) * 4 > max(up, down), bright.count >= 4, !isSmooth(bright) {
      return [
        Cause(
          code: "single-precision",
          text:
            "deviations of \(NumberText.text("%.1g", typical)) to both sides: an intermediate value in single precision",
          certainty: .possible)
      ]
    }
    return []
  }

  /// Whether the ratios are a plane over the detector, which is a law and no rounding.
  private func isSmooth(_ bright: [(value: Double, ratio: Double, index: Int)]) -> Bool {
    guard bright.count >= 8 else { return true }
    let width = expected.fastPixels
    let count = Double(bright.count)
    let places = bright.map { (Double($0.index / width), Double($0.index % width), $0.ratio - 1) }
    let mean = places.reduce((0.0, 0.0, 0.0)) { ($0.0 + $1.0 / count, $0.1 + $1.1 / count, $0.2 + $1.2 / count) }
    var (ss, sf, ff, sr, fr, rr) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    for place in places {
      let (s, f, r) = (place.0 - mean.0, place.1 - mean.1, place.2 - mean.2)
      (ss, sf, ff, sr, fr, rr) = (ss + s * s, sf + s * f, ff + f * f, sr + s * r, fr + f * r, rr + r * r)
    }
    let determinant = ss * ff - sf * sf
    guard determinant > 0, rr > 0 else { return true }
    let (p, q) = ((sr * ff - fr * sf) / determinant, (fr * ss - sr * sf) / determinant)
    return (p * sr + q * fr) / rr > 0.7
  }

  /// A factor that is the same for all pixels, with the name of a number that it may be.
  private func factor(_ factor: Double) -> Cause {
    let steps = Double(experiment.sampling.steps)
    let layers = Double(max(experiment.detector.sensor.layerCount, 1))
    let pixel = experiment.detector.pixelSize
    let pose = experiment.detector.pose
    let known: [(String, String, Double)] = [
      ("steps", "the number of steps (\(Int(steps)))", steps), ("layers", "the number of layers", layers),
      ("fluence", "the fluence over its default", experiment.beam.fluence * 7.94079248018965e-30),
      ("pixel-area", "the area of a pixel", pixel * pixel),
      ("distance", "the distance along the beam over that along the normal", pose.distance / pose.closeDistance),
      ("sub-pixels", "the number of sub-pixels along an axis", Double(experiment.sampling.oversample)),
    ]
    for (code, name, value) in known where value != 1 && value > 0 {
      for (power, word) in [
        (1.0, name), (-1, "1 over \(name)"), (2, "the square of \(name)"), (-2, "1 over the square of \(name)"),
      ]
      where abs(pow(value, power) / factor - 1) < 1e-6 {
        return Cause(code: "factor:\(code)", text: "a factor everywhere: \(word)", certainty: .likely)
      }
    }
    return Cause(
      code: "factor", text: "a factor \(NumberText.text("%.7g", factor)) everywhere", certainty: .likely)
  }

  /// A power of solid angle, polarization factor and capture fraction that makes the ratio; nil if none does.
  private func factorLaw(_ bright: [(value: Double, ratio: Double, index: Int)]) -> Cause? {
    guard bright.allSatisfy({ $0.ratio > 0 }), bright.count >= 4,
      let rendering = try? Simulator(experiment, instructions: .scalar).render()
    else { return nil }
    var values: [Int: PixelValues] = [:]
    Simulator(experiment, instructions: .scalar).forEachPixel(only: nil, of: rendering) { pixel in
      values[pixel.pixel.slow * expected.fastPixels + pixel.pixel.fast] = pixel
    }
    let laws: [(code: String, name: String, value: (PixelValues) -> Double)] = [
      ("polarization", "the polarization factor", \.polarization), ("solid-angle", "the solid angle", \.solidAngle),
      ("absorption", "the capture fraction", \.captureFraction),
    ]
    for law in laws {
      for (power, words) in [(1.0, "is applied twice"), (-1.0, "is not applied")] {
        let rest = bright.compactMap { pixel -> Double? in
          guard let value = values[pixel.index].map(law.value), value > 0 else { return nil }
          return pixel.ratio / pow(value, power)
        }
        guard rest.count == bright.count, let low = rest.min(), let high = rest.max() else { continue }
        // The values of a pixel are those of its last sub-pixel: nearly, not quite, those of the sum.
        let own = bright.compactMap { values[$0.index].map(law.value) }
        let range = (own.max() ?? 1) / (own.min() ?? 1)
        if high / low - 1 < 0.02 * (range - 1), range > 1.00001 {
          return Cause(code: law.code, text: "\(law.name) \(words)", certainty: .possible)
        }
      }
    }
    return nil
  }
}
