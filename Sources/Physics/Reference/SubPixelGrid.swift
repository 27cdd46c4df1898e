/// The sensor layers and sub-pixels of a pixel in the order of computation: layers outermost, then slow, then fast.
///
/// The reference evaluator, the block renderer, and all functions that count steps or look ahead share this loop nest.
struct SubPixelGrid {
  /// A sub-pixel of a layer.
  struct Place {
    var layer: Int
    var subSlow: Int
    var subFast: Int

    /// Whether the sub-pixel is the first of its layer.
    var startsLayer: Bool { subSlow == 0 && subFast == 0 }
  }

  /// The number of sensor layers.
  let layers: Int
  /// The number of sub-pixels along each side of a pixel.
  let oversample: Int

  /// The number of sub-pixels of all layers.
  var count: Int { layers * oversample * oversample }

  /// Whether a condition holds at a place; the places behind the first one are not visited.
  @inline(__always)
  func contains(where condition: (Place) -> Bool) -> Bool {
    for layer in 0..<layers {
      for subSlow in 0..<oversample {
        for subFast in 0..<oversample where condition(Place(layer: layer, subSlow: subSlow, subFast: subFast)) {
          return true
        }
      }
    }
    return false
  }

  /// Visits every place.
  @inline(__always)
  func forEach(_ body: (Place) -> Void) {
    _ = contains {
      body($0)
      return false
    }
  }
}

extension Formulas.Experiment {
  /// The layers and sub-pixels of each pixel.
  var subPixels: SubPixelGrid {
    SubPixelGrid(layers: detector.sensor.layerCount, oversample: sampling.oversample)
  }
}

extension Formulas.Sampling {
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
