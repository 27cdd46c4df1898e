import Physics

/// What a simulator that computes in single precision throughout makes of an image, and which pixels keep it from agreeing.
package struct SinglePrediction: Sendable {
  /// One pixel of both precisions.
  package struct Pixel: Sendable {
    /// The place of the pixel.
    package let place: PixelIndex
    /// The photons in double precision.
    package let double: Double
    /// The photons in single precision.
    package let single: Double
    /// The largest error of any evaluation in single precision in the same order; infinite if there is no bound.
    package let bound: Double
  }

  /// The rendered pixels, in raster order.
  package let pixels: [Pixel]
  /// Pearson's correlation of the two images over the pixels that are finite in both.
  package let correlation: Double
  /// The indices of the pixels whose removal, largest deviations first, brings the correlation to the threshold; nil if no
  /// removal does.
  package let marked: [Int]?

  /// Computes both images.
  /// - Throws: `ExperimentError` if there is no such simulation, in either precision.
  package init(
    _ request: SimulationRequest, _ compatibility: Compatibility, threshold: Double
  ) throws(ExperimentError) {
    let bounds = try ImageBounds(request, compatibility)
    let places = (0..<bounds.slowPixels).flatMap { slow in
      (0..<bounds.fastPixels).map { PixelIndex(slow: slow, fast: $0) }
    }.filter(bounds.isRendered)
    let errors = try bounds.errors(of: places, in: .single)
    let doubles = try bounds.photons(of: places, as: Double.self)
    let singles = try bounds.photons(of: places, as: Single.self)
    pixels = places.indices.map { index in
      Pixel(
        place: places[index], double: doubles[index], single: Double(singles[index].value), bound: errors[index])
    }
    let finite = pixels.indices.filter { [pixels] in pixels[$0].double.isFinite && pixels[$0].single.isFinite }
    correlation = Self.correlation(finite.map { [pixels] in pixels[$0] })
    marked = Self.marked(pixels, finite, correlation, threshold)
  }

  private static func correlation(_ pixels: [Pixel]) -> Double {
    let count = Double(max(pixels.count, 1))
    let means = (
      pixels.reduce(0) { $0 + $1.double } / count, pixels.reduce(0) { $0 + $1.single } / count
    )
    var (both, first, second) = (0.0, 0.0, 0.0)
    for pixel in pixels {
      let (x, y) = (pixel.double - means.0, pixel.single - means.1)
      (both, first, second) = (both + x * y, first + x * x, second + y * y)
    }
    if both == first && first == second { return 1 }
    return min(max(both / (first.squareRoot() * second.squareRoot()), -1), 1)
  }

  /// The fewest pixels, largest deviations first, without which the correlation reaches the threshold, by bisection.
  private static func marked(
    _ pixels: [Pixel], _ finite: [Int], _ correlation: Double, _ threshold: Double
  ) -> [Int]? {
    let lost = pixels.indices.filter { !pixels[$0].single.isFinite && pixels[$0].double.isFinite }
    let order = finite.sorted {
      abs(pixels[$0].single - pixels[$0].double) > abs(pixels[$1].single - pixels[$1].double)
    }
    func reaches(_ count: Int) -> Bool { Self.correlation(order[count...].map { pixels[$0] }) >= threshold }
    if correlation >= threshold { return lost }
    var (low, high) = (0, order.count)
    guard reaches(max(high - 2, 0)) else { return nil }
    high = max(high - 2, 0)
    while high - low > 1 {
      let middle = (low + high) / 2
      if reaches(middle) { high = middle } else { low = middle }
    }
    return (lost + order[..<high]).sorted()
  }
}
