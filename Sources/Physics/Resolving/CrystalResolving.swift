extension Formulas {
  /// The numbers of cells that options give, and their conversion from a crystal size (docs/reference/30-crystal.md §6
  /// and §7).
  struct CellCounts {
    let given: Vector3

    init(_ request: SimulationRequest) {
      let usual = RequestDefaults.cells
      given =
        request.continuousCells
        ?? Vector3(Number(request.cellsA ?? usual), Number(request.cellsB ?? usual), Number(request.cellsC ?? usual))
    }

    /// Whether a crystal is so small along an axis that structure factors between reflections matter.
    static func areFew(_ counts: Vector3) -> Bool {
      counts.x <= 2 || counts.y <= 2 || counts.z <= 2
    }

    var wantsInterpolation: Bool { Self.areFew(given) }

    /// The numbers of cells along a, b and c, each at least 1: from the crystal size where one was given.
    /// - Parameter sample: The size along a, b and c, in m; zero along an axis without a given size.
    func resolved(sample: Vector3, lattice: Lattice) throws(ExperimentError) -> Vector3 {
      func count(_ size: Number, _ edge: Number, _ given: Number) -> Number {
        let count = size > 0 ? (size / edge).rounded(.up) : given
        return count <= 1 ? 1 : count
      }
      let cell = lattice.direct
      let counts = Vector3(
        count(sample.x, cell.a.length, given.x), count(sample.y, cell.b.length, given.y),
        count(sample.z, cell.c.length, given.z))
      guard counts.components.allSatisfy({ $0 <= 1e15 }) else {
        throw ExperimentError.crystalTooLarge
      }
      return counts
    }
  }
}

extension Formulas.Lattice {
  /// The lattice in its orientation, with the unit cell if it is used, and the misset angles, in radians
  /// (docs/reference/30-crystal.md §1 to §5).
  static func oriented(
    _ request: Formulas.SimulationRequest, wavelength: Number, _ compatibility: Compatibility,
    _ generator: inout UniformDeviates, _ remarks: inout [ExperimentRemark]
  ) throws(ExperimentError) -> (lattice: Formulas.Lattice, cell: Formulas.UnitCell?, misset: Formulas.Vector3?) {
    var cell: Formulas.UnitCell?
    if !request.cell.isEmpty { cell = try Formulas.UnitCell(request.cell) }
    if request.matrix != nil, cell != nil, !compatibility.has(.cellAndMatrixMix) {
      remarks.append(.cellIgnored)
      cell = nil
    } else if request.matrix != nil, cell != nil {
      remarks.append(.cellAndMatrixMixed)
    }
    var basis: Formulas.ReciprocalBasis
    if let matrix = request.matrix {
      basis = Formulas.ReciprocalBasis(matrix: matrix, wavelength: wavelength)
    } else if let cell {
      basis = cell.reciprocalBasis(compatibility)
    } else {
      throw ExperimentError.noCell
    }
    var misset: Formulas.Vector3?
    switch request.misset {
    case nil: break
    case .angles(let degrees):
      misset = Formulas.Vector3(
        Formulas.Experiment.radians(degrees.x), Formulas.Experiment.radians(degrees.y),
        Formulas.Experiment.radians(degrees.z))
    case .random:
      let fallback = compatibility.has(.missetSeedFromClock) ? nil : request.noiseSeed
      var stream = Formulas.Experiment.stream(request.missetSeed ?? fallback ?? request.clockSeed, compatibility)
      misset = Formulas.CapRotation.missetAngles(
        of: Formulas.CapRotation.draw(limit: 90, from: &generator, stream: &stream))
    }
    if let misset { basis = basis.rotated(by: misset) }
    return (Formulas.Lattice(basis: basis, cell: cell), cell, misset)
  }
}

extension Formulas.Sampling {
  /// The number of sub-pixels along each axis of a pixel: as given, or ⌈3Lp/(λ0 D)⌉ with L the longest side of the
  /// crystal, so that a sub-pixel is at most a third of the smallest fringe (C name `oversample`;
  /// docs/reference/30-crystal.md §6).
  static func subPixels(
    _ given: Int?, counts: Formulas.Vector3, lattice: Formulas.Lattice, wavelength: Number, detector: Formulas.Detector
  ) throws(ExperimentError) -> Int {
    if let given, given > 0 { return given }
    let cell = lattice.direct
    let extent = Number.larger(
      .larger(cell.a.length * counts.x, cell.b.length * counts.y), cell.c.length * counts.z)
    let fringes = 3.0 * extent / (wavelength * detector.pose.distance / detector.pixelSize)
    let recommended = fringes.rounded(.up).approximation
    guard recommended.isFinite else {
      throw ExperimentError.noAutomaticSubPixels
    }
    guard recommended <= 1000 else {
      throw ExperimentError.tooManySubPixels(recommended)
    }
    return recommended >= 1 ? Int(recommended) : 1
  }
}
