/// The sensor layers and sub-pixels of a pixel in the order of computation: layers outermost, then slow, then fast.
///
/// Reference evaluator and block renderer, and whatever counts or looks ahead, walk this one loop nest.
struct SubPixelGrid: Sequence {
  /// A sub-pixel of a layer.
  struct Place {
    var layer = 0
    var subSlow = 0
    var subFast = 0

    /// Whether it is the first of its layer.
    var startsLayer: Bool { subSlow == 0 && subFast == 0 }
  }

  /// The number of sensor layers.
  let layers: Int
  /// The number of sub-pixels along each side of a pixel.
  let oversample: Int

  /// The number of places.
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
  /// Whether the capture fraction is due at a sub-pixel: at each if it is oversampled, else until it is known.
  func needsCapture(isKnown: Bool) -> Bool { thick || !isKnown }
  /// Whether the polarization factor is due.
  func needsPolarization(isKnown: Bool) -> Bool { polar || !isKnown }
  /// Whether the solid angle is due.
  func needsSolidAngle(isKnown: Bool) -> Bool { omega || !isKnown }

  /// The factors that are applied once, at the end of a pixel: each that is not oversampled, and one in the place of each that
  /// is.
  func finalFactors<Factor>(
    capture: Factor, polarization: Factor, solidAngle: Factor, one: Factor
  ) -> (capture: Factor, polarization: Factor, solidAngle: Factor) {
    (thick ? one : capture, polar ? one : polarization, omega ? one : solidAngle)
  }
}
