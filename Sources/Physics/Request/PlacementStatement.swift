extension Formulas {
  /// A length in the unit in which it was given. A single conversion avoids rounding twice.
  public enum Length: Sendable, Hashable {
    /// A length in mm, the unit of options and most headers.
    case millimetres(Number)
    /// A length in m, the unit of the headers of CBF images.
    case metres(Number)

    /// The length in m.
    public var metres: Number {
      switch self {
      case .millimetres(let value): value / 1000
      case .metres(let value): value
      }
    }

    /// The length in mm, for messages and for conversion into pixels.
    public var millimetres: Number {
      switch self {
      case .millimetres(let value): value
      case .metres(let value): value * 1000
      }
    }
  }
}

/// A vector of the laboratory frame that a user can give.
public enum FrameVector: Sendable, Hashable, CaseIterable {
  /// Direction of the beam.
  case beam
  /// Direction of increasing fast coordinate.
  case fast
  /// Direction of increasing slow coordinate.
  case slow
  /// Detector normal.
  case normal
  /// Axis of the two-theta swing.
  case twoTheta
  /// Polarization axis.
  case polarization
  /// Spindle axis.
  case spindle
}

extension Formulas {
  /// One statement of a user or a header about the placement of the detector, in the unit of the option or header.
  public enum PlacementStatement: Sendable, Hashable {
    /// The convention in whose terms the beam centre is given.
    case convention(Convention)
    /// A vector of the frame, of any length.
    case vector(FrameVector, Vector3)
    /// The point that stays in place when the detector is rotated.
    case pivot(Pivot)
    /// Beam centre in the terms of the convention: x.
    case xBeam(Length)
    /// Beam centre in the terms of the convention: y.
    case yBeam(BeamCentreY)
    /// Fast coordinate of the near point.
    case xClose(Length)
    /// Slow coordinate of the near point.
    case yClose(Length)
    /// Fast coordinate of the near point in pixels, counted from 1 at the middle of the first pixel.
    case originX(Number)
    /// Slow coordinate of the near point in pixels, counted from 1 at the middle of the first pixel.
    case originY(Number)
    /// The outer corner of the first pixel, in m.
    case corner(Vector3)
    /// Distance along the beam.
    case distance(Length)
    /// Distance along the normal.
    case closeDistance(Length)
    /// Angle of the two-theta swing, in degrees.
    case twoTheta(Number)
    /// Rotation of the detector about the laboratory x axis, in degrees.
    case rotationX(Number)
    /// Rotation of the detector about the laboratory y axis, in degrees.
    case rotationY(Number)
    /// Rotation of the detector about the laboratory z axis, in degrees.
    case rotationZ(Number)
  }

  /// The vertical beam centre, from the edge from which it was given.
  public enum BeamCentreY: Sendable, Hashable {
    /// The distance from the outer corner of the first pixel.
    case fromOrigin(Length)
    /// From the far edge of a mask of `pixels` × `pixelSize` (mm), in mm.
    case fromFarEdge(Number, pixelSize: Number, pixels: Int)

    /// The distance from the outer corner of the first pixel, in m.
    var metres: Number {
      switch self {
      case .fromOrigin(let value): value.metres
      case .fromFarEdge(let value, let pixelSize, let pixels): pixelSize / 1000 * Number(pixels) - value / 1000
      }
    }
  }
}
