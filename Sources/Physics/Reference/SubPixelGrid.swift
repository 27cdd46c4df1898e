/// The sensor layers and sub-pixels of a pixel in the order of computation: layers outermost, then slow, then fast.
///
/// The reference evaluator, the block renderer, and all functions that count steps or look ahead share this loop nest.
struct SubPixelGrid: Sequence {
  /// A sub-pixel of a layer.
  struct Place {
    var layer = 0
    var subSlow = 0
    var subFast = 0

    /// Whether the sub-pixel is the first of its layer.
    var startsLayer: Bool { subSlow == 0 && subFast == 0 }
  }

  /// The number of sensor layers.
  let layers: Int
  /// The number of sub-pixels along each side of a pixel.
  let oversample: Int

  /// The number of sub-pixels of all layers.
  var count: Int { layers * oversample * oversample }

  @inline(__always)
  func makeIterator() -> Iterator { Iterator(layers: layers, oversample: oversample) }

  struct Iterator: IteratorProtocol {
    private let layers: Int
    private let oversample: Int
    private var place = Place()

    init(layers: Int, oversample: Int) { (self.layers, self.oversample) = (layers, oversample) }

    @inline(__always)
    mutating func next() -> Place? {
      guard place.layer < layers else { return nil }
      let current = place
      place.subFast += 1
      if place.subFast == oversample { (place.subFast, place.subSlow) = (0, place.subSlow + 1) }
      if place.subSlow == oversample { (place.subSlow, place.layer) = (0, place.layer + 1) }
      return current
    }
  }
}

extension Experiment {
  /// The layers and sub-pixels of each pixel.
  var subPixels: SubPixelGrid {
    SubPixelGrid(layers: detector.sensor.layerCount, oversample: sampling.oversample)
  }
}

extension Sampling {
  /// Whether the capture fraction is computed at a sub-pixel: at each if it is oversampled, else until it is known.
  func needsCapture(isKnown: Bool) -> Bool { thick || !isKnown }
  /// Whether the polarization factor is computed at a sub-pixel: at each if it is oversampled, else until it is known.
  func needsPolarization(isKnown: Bool) -> Bool { polar || !isKnown }
  /// Whether the solid angle is computed at a sub-pixel: at each if it is oversampled, else until it is known.
  func needsSolidAngle(isKnown: Bool) -> Bool { omega || !isKnown }

  /// The factors that are applied once, at the end of a pixel: each factor that is not oversampled, and `one` in place
  /// of each oversampled factor.
  func finalFactors<Factor>(
    capture: Factor, polarization: Factor, solidAngle: Factor, one: Factor
  ) -> (capture: Factor, polarization: Factor, solidAngle: Factor) {
    (thick ? one : capture, polar ? one : polarization, omega ? one : solidAngle)
  }
}
