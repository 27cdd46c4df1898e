extension Formulas {
  /// The placement of the detector that follows from statements of headers and options, in their order.
  ///
  /// The reference program has one variable for the convention and one for the pivot, which many options set as a side
  /// effect. `lastConvention` and `lastPivot` reproduce these variables from the order of the statements.
  public struct DetectorPlacement: Sendable, Hashable {
    /// Beam centre and near point as given.
    public struct Centre: Sendable, Hashable {
      /// Beam centre in the terms of the convention: x.
      public var xBeam: Length?
      /// Beam centre in the terms of the convention: y.
      public var yBeam: BeamCentreY?
      /// Fast coordinate of the near point.
      public var xClose: Length?
      /// Slow coordinate of the near point.
      public var yClose: Length?
      /// Fast coordinate of the near point in pixels, counted from 1 at the middle of the first pixel (C name `ORGX`).
      public var originX: Number?
      /// Slow coordinate of the near point in pixels, counted from 1 at the middle of the first pixel (C name `ORGY`).
      public var originY: Number?
    }

    /// All statements that place or turn the detector. The convention is not among them, because it only defines the
    /// terms of a beam centre.
    public struct Position: Sendable, Hashable {
      /// Beam centre and near point.
      public var centre = Centre()
      /// The outer corner of the first pixel, in m.
      public var corner: Vector3?
      /// Distance along the beam.
      public var distance: Length?
      /// Distance along the normal.
      public var closeDistance: Length?
      /// The two-theta angle of an option, in degrees.
      public var twoTheta: Number?
      /// Rotations about the laboratory x, y and z axes, in degrees.
      public var rotations = Vector3(0, 0, 0)
      /// The vectors that were given.
      public var vectors = GivenVectors()
      /// The pivot that was asked for by name.
      public var namedPivot: Pivot?
    }

    /// The statements that place or turn the detector.
    public internal(set) var position = Position()
    /// The convention of the reference program, set by the last statement of a convention, a vector or a detector origin.
    public internal(set) var lastConvention: Convention?
    /// The last convention that was named.
    public internal(set) var namedConvention: Convention?
    /// The pivot of the reference program, set by the last option that has an effect on the pivot.
    public internal(set) var lastPivot: Pivot?
    /// Whether the distance along the beam was given after the distance along the normal.
    public internal(set) var distanceGivenLast = false
    /// Whether the vectors and the corner are those of a `HeaderPose`.
    public internal(set) var isHeaderPose = false
    /// Two-theta of an image header, in degrees.
    public internal(set) var headerTwoTheta: Number?

    /// Adds a statement of a header. Header values have no effect on the convention and pivot of the reference program,
    /// except for a convention itself.
    mutating func add(header statement: PlacementStatement) {
      switch statement {
      case .twoTheta(let degrees): headerTwoTheta = degrees
      default: take(statement)
      }
    }

    /// Adds a statement of an option, with its effects on the convention and pivot of the reference program.
    mutating func add(option statement: PlacementStatement) {
      take(statement)
      switch statement {
      case .xBeam, .yBeam: lastPivot = .beam
      case .xClose, .yClose, .originX, .originY, .twoTheta: lastPivot = .sample
      case .pivot(let pivot): lastPivot = pivot
      // Of the options that name a convention, only XDS selects the sample pivot.
      case .convention(let convention): if convention != .custom { lastPivot = convention == .xds ? .sample : .beam }
      case .vector(let vector, _):
        lastConvention = .custom
        if vector == .twoTheta { lastPivot = .sample }
      case .corner: lastConvention = .custom
      case .distance: (distanceGivenLast, lastPivot) = (true, .beam)
      case .closeDistance: (distanceGivenLast, lastPivot) = (false, .sample)
      case .rotationX, .rotationY, .rotationZ: break
      }
    }

    private mutating func take(_ statement: PlacementStatement) {
      switch statement {
      case .convention(let convention): (lastConvention, namedConvention) = (convention, convention)
      case .vector(let vector, let value): position.vectors[vector] = value
      case .pivot(let pivot): position.namedPivot = pivot
      case .xBeam(let value): position.centre.xBeam = value
      case .yBeam(let value): position.centre.yBeam = value
      case .xClose(let value): position.centre.xClose = value
      case .yClose(let value): position.centre.yClose = value
      case .originX(let value): position.centre.originX = value
      case .originY(let value): position.centre.originY = value
      case .corner(let value): position.corner = value
      case .distance(let value): position.distance = value
      case .closeDistance(let value): position.closeDistance = value
      case .twoTheta(let degrees): position.twoTheta = degrees
      case .rotationX(let degrees): position.rotations.x = degrees
      case .rotationY(let degrees): position.rotations.y = degrees
      case .rotationZ(let degrees): position.rotations.z = degrees
      }
    }
  }

  /// The vectors of the laboratory frame that a header or an option gives.
  public struct GivenVectors: Sendable, Hashable {
    private var beam: Vector3?
    private var fast: Vector3?
    private var slow: Vector3?
    private var normal: Vector3?
    private var twoTheta: Vector3?
    private var polarization: Vector3?
    private var spindle: Vector3?

    /// No vector is given.
    public init() {}

    /// A vector; nil if it was not given.
    public subscript(vector: FrameVector) -> Vector3? {
      get {
        switch vector {
        case .beam: beam
        case .fast: fast
        case .slow: slow
        case .normal: normal
        case .twoTheta: twoTheta
        case .polarization: polarization
        case .spindle: spindle
        }
      }
      set {
        switch vector {
        case .beam: beam = newValue
        case .fast: fast = newValue
        case .slow: slow = newValue
        case .normal: normal = newValue
        case .twoTheta: twoTheta = newValue
        case .polarization: polarization = newValue
        case .spindle: spindle = newValue
        }
      }
    }

    /// The given vectors, and the vectors of `base` where no vector was given.
    func filled(from base: FrameVectors) -> FrameVectors {
      FrameVectors(
        beam: beam ?? base.beam, fast: fast ?? base.fast, slow: slow ?? base.slow, normal: normal ?? base.normal,
        twoTheta: twoTheta ?? base.twoTheta, polarization: polarization ?? base.polarization,
        spindle: spindle ?? base.spindle)
    }
  }
}
