import Glibc

/// A rectangle of pixels; empty if its bounds are inverted or outside the detector.
public struct PixelRegion: Sendable, Hashable {
  /// The fast pixel indices.
  public let fast: Range<Int>
  /// The slow pixel indices.
  public let slow: Range<Int>
  /// The inclusive bounds after the user's request is resolved. By default the maxima are one beyond the last pixel
  /// (docs/reference/10-command-line.md §4.4).
  public let bounds: PixelBounds

  /// The pixels of a detector within inclusive bounds. Inverted bounds contain no pixel; bounds beyond the detector are
  /// clipped.
  public init(bounds: PixelBounds, fastPixels: Int, slowPixels: Int) {
    func clip(_ low: Int, _ high: Int, _ count: Int) -> Range<Int> {
      let first = max(low, 0)
      return first..<max(first, min(high + 1, count))
    }
    self.bounds = bounds
    fast = clip(bounds.fastMinimum, bounds.fastMaximum, fastPixels)
    slow = clip(bounds.slowMinimum, bounds.slowMaximum, slowPixels)
  }

  /// Whether a pixel lies in the region.
  public func contains(_ pixel: PixelIndex) -> Bool {
    fast.contains(pixel.fast) && slow.contains(pixel.slow)
  }
}

extension Formulas {
  /// The sensor of the detector: its layers and how they absorb (docs/reference/20-geometry.md §10,
  /// docs/reference/40-beam-and-sampling.md §1.5).
  public struct Sensor: Sendable, Hashable {
    /// The total thickness, in m (C name `detector_thick`); zero for an ideal surface.
    public let thickness: Number
    /// The number of layers (C name `detector_thicksteps`).
    public let layerCount: Int
    /// The thickness of one layer, in m (C name `detector_thickstep`).
    public let layerThickness: Number
    /// The attenuation coefficient µ, in 1/m.
    public let attenuation: Number
    /// Whether layers are evaluated at their front faces (`Quirk.layersAtFrontFace`) rather than their middles.
    public let atFrontFace: Bool

    /// Whether the sensor is a surface without thickness.
    var isIdeal: Bool { thickness == 0 }

    /// The depth below the front face at which a layer is evaluated, in m.
    public func depth(ofLayer layer: Int) -> Number {
      atFrontFace ? Number(layer) * layerThickness : (Number(layer) + 0.5) * layerThickness
    }

    /// The fraction of the photons that a layer captures, by the law of Beer and Lambert (C name `capture_fraction`).
    /// - Parameters:
    ///   - layer: The layer, counted from 0 at the front.
    ///   - parallax: The cosine between the ray and the detector normal; not zero.
    public func captureFraction(layer: Int, parallax: Number) -> Number {
      let n = Number(layer)
      return exp(-n * layerThickness * attenuation / parallax) - exp(-(n + 1) * layerThickness * attenuation / parallax)
    }
  }

  /// The area detector.
  public struct Detector: Sendable, Hashable {
    /// The convention of axes and beam centre (C name `beam_convention`).
    public let convention: Convention
    /// The point that stays in place when the detector is rotated (C name `detector_pivot`).
    public let pivot: Pivot
    /// The number of pixels along the fast axis.
    public let fastPixels: Int
    /// The number of pixels along the slow axis.
    public let slowPixels: Int
    /// The width of a pixel, in m.
    public let pixelSize: Number
    /// The size along the fast axis, in m; not always a whole number of pixels.
    public let fastSize: Number
    /// The size along the slow axis, in m.
    public let slowSize: Number
    /// The beam centre in the terms of the convention, in m (C names `Xbeam`, `Ybeam`). This centre is only printed; the
    /// pose has the beam centre in detector coordinates.
    public let quotedCentre: PlanePoint
    /// The near point from the options, in m (C names `Xclose`, `Yclose`). This point is only printed; the pose has the
    /// near point that follows from the origin.
    public let quotedNearPoint: PlanePoint
    /// Position and orientation.
    public let pose: DetectorPose
    /// The angle of the two-theta swing, in radians.
    public let twoTheta: Number
    /// Whether the pixels lie on a sphere about the sample.
    public let isCurved: Bool
    /// Whether the solid angle lacks the obliquity factor (C name `point_pixel`).
    public let hasPointPixels: Bool
    /// The sensor and its layers.
    public let sensor: Sensor
    /// Unit vector of the beam, for the positions on a curved detector.
    public let beam: Vector3
    /// Whether the curved detector bends in the laboratory frame (`Quirk.curvedInLaboratoryFrame`).
    public let curvedInLaboratoryFrame: Bool
    /// Whether the solid angle of point pixels lacks the factor of the pixel's area (`Quirk.pointPixelWithoutArea`).
    public let pointPixelWithoutArea: Bool

    /// The position of a point of the detector relative to the sample, in m (C name `pixel_pos`).
    /// - Parameters:
    ///   - fast: The fast coordinate F, in m (C name `Fdet`).
    ///   - slow: The slow coordinate S, in m (C name `Sdet`).
    ///   - depth: The depth O below the front face, in m (C name `Odet`).
    @inline(__always)
    public func position(fast: Number, slow: Number, depth: Number) -> Vector3 {
      let (f, s, o, p) = (pose.fast, pose.slow, pose.normal, pose.origin)
      let flat = Vector3(
        fast * f.x + slow * s.x + depth * o.x + p.x, fast * f.y + slow * s.y + depth * o.y + p.y,
        fast * f.z + slow * s.z + depth * o.z + p.z)
      return isCurved ? curved(flat, fast: fast, slow: slow, depth: depth) : flat
    }

    /// The solid angle of a whole pixel seen at one of its sub-pixels, in sr (C name `omega_pixel`;
    /// docs/reference/20-geometry.md §9); in 1/m² with `pointPixelWithoutArea`.
    /// - Parameters:
    ///   - radius: The distance R of the sub-pixel from the sample, in m.
    ///   - depth: The depth of the sub-pixel below the front face, in m; ignored if layers are evaluated at their front
    ///     faces.
    public func solidAngle(radius: Number, depth: Number) -> Number {
      if hasPointPixels {
        return pointPixelWithoutArea ? 1.0 / radius / radius : pixelSize * pixelSize / radius / radius
      }
      if isCurved && !curvedInLaboratoryFrame { return pixelSize * pixelSize / radius / radius }
      let closeDistance = sensor.atFrontFace ? pose.closeDistance : pose.closeDistance + depth
      return pixelSize * pixelSize / radius / radius * closeDistance / radius
    }

    /// The cosine between a ray and the normal of the pixel that it meets (C name `parallax`). The cosine is 1 for a
    /// curved detector without `Quirk.curvedInLaboratoryFrame`.
    func parallax(_ direction: Vector3) -> Number {
      isCurved && !curvedInLaboratoryFrame ? 1 : direction.dot(pose.normal)
    }

    /// The position on a sphere about the sample (docs/reference/20-geometry.md §8).
    func curved(_ flat: Vector3, fast: Number, slow: Number, depth: Number) -> Vector3 {
      if curvedInLaboratoryFrame {
        let bent = Rotation.aboutAxis(pose.distance * beam, axis: pose.slow, angle: flat.y / pose.distance)
        return Rotation.aboutAxis(bent, axis: pose.fast, angle: flat.z / pose.distance)
      }
      let radius = pose.distance + depth
      let towardsSlow = beam.cross(pose.slow).normalized
      let towardsFast = beam.cross(pose.fast).normalized
      let bent = Rotation.aboutAxis(
        radius * beam, axis: towardsSlow, angle: (slow - pose.beamCentre.slow) / pose.distance)
      return Rotation.aboutAxis(bent, axis: towardsFast, angle: (fast - pose.beamCentre.fast) / pose.distance)
    }
  }
}
