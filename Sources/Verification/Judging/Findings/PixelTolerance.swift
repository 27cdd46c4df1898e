import Foundation
import Physics

/// How far each pixel of a candidate may be from the reference.
///
/// - Single steps. A value carries the rounding of a float and a few roundings of doubles: 2⁻²² of the pixel.
/// - Indices. h = a·q is rounded, absolutely by about 16 ε (|h| + 2 |a|/λ), which a narrow peak amplifies. The reference
///   is evaluated again with all indices shifted by 10⁻⁹ (|h| + 2 |a|/λ), up and down; the larger change, times
///   8 · 16 ε / 10⁻⁹ = 2.8·10⁻⁵, is allowed in addition. The factor 8 is for the order of operations and for libraries
///   whose sines are a unit off.
/// - Single precision: the same with the unit of rounding of floats, so that the indices are shifted by the whole
///   error, 8 · 2⁻²⁴ (|h| + 2 |a|/λ), and values may be off by 2⁻¹⁵.
struct PixelTolerance: Sendable {
  let allowed: [Double]
  /// The factors of the largest pixel below which a difference does not count: sums of squares cannot lose more.
  private static let floors: [Precision: Double] = [.identical: 0, .double: 1e-15, .single: 1e-7]

  /// The tolerances of an experiment's pixels.
  init(_ image: FloatImage, of experiment: Experiment, _ precision: Precision) {
    guard precision != .identical else {
      allowed = [Double](repeating: 0, count: image.pixels.count)
      return
    }
    let isSingle = precision == .single
    let shift = isSingle ? 8 * 0x1p-24 : 1e-9
    let share = isSingle ? 1 : 8 * 16 * Double.ulpOfOne / 1e-9
    let relative = isSingle ? 0x1p-15 : 0x1p-22
    let shifted = [shift, -shift].map { ReferenceImage(experiment, ShiftedIndices(relative: $0, experiment)).image() }
    let largest = image.pixels.reduce(0.0) { $1.isFinite ? max($0, abs(Double($1))) : $0 }
    let floor = largest * (Self.floors[precision] ?? 0) + Double(Float.leastNonzeroMagnitude)
    allowed = image.pixels.indices.map { index in
      let value = Double(image.pixels[index])
      let change = shifted.map { abs(Double($0.pixels[index]) - value) }.max() ?? 0
      return abs(value) * relative + share * (change.isFinite ? change : 0) + floor
    }
  }
}

/// The laws of this simulator with every index shifted by a part of |h| + 2 |a|/λ.
private struct ShiftedIndices: DiffractionLaws {
  private let relative: Double
  private let wavelength: Double

  init(relative: Double, _ experiment: Experiment) {
    self.relative = relative
    wavelength = experiment.beam.sources.map(\.wavelength).min() ?? experiment.beam.wavelength
  }

  func indices(of q: Vector3, in cell: DirectCell) -> MillerIndices {
    let length = q.length
    guard length > 0 else { return MillerIndices(cell: cell, scatteringVector: q) }
    // a·q grows by δ·(|a·q| + 2|a|/λ) if a grows by that over |q|, along q.
    func moved(_ axis: Vector3) -> Vector3 {
      let change = relative * (abs(axis.dot(q)) + 2 * axis.length / wavelength)
      return axis + (change / (length * length)) * q
    }
    return MillerIndices(cell: DirectCell(a: moved(cell.a), b: moved(cell.b), c: moved(cell.c)), scatteringVector: q)
  }
}
