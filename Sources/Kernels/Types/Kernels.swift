/// Numbers of a block that are read.
package typealias BlockInput = UnsafePointer<Double>
/// Numbers of a block that are written.
package typealias BlockOutput = UnsafeMutablePointer<Double>

/// The formulas for the square of a lattice factor. A shape of the crystal chooses one and gives its coefficients.
package enum LatticeFormula: Sendable {
  /// The product of three gratings, (sin πNf/sin πf)².
  case gratings
  /// The transform of a uniform sphere.
  case sphere
  /// A power of two of the squared distance from the node.
  case exponential
  /// A constant within a squared distance from the node, 0 elsewhere.
  case threshold
}

/// The elementary functions of the inner loops, for tests.
package enum ElementaryFunction: Sendable, CaseIterable {
  /// sin(πx)/π for |x| ≤ ½.
  case sinePi
  /// cos(πx) for |x| ≤ ½.
  case cosinePi
  /// 2⁻ˣ for x ≥ 0.
  case halving
  /// 3 (sin x − x cos x)/x³ with x = πr, but for its sign, for r ≥ 0.
  case sphere
}

/// What interpolation does beyond a table's reach.
package struct InterpolationRules: Sendable {
  /// Whether a pixel that met an index out of reach interpolates no more.
  package var switchesOff: Bool
  /// Whether steps with a lattice factor of zero look nothing up.
  package var skipsZeros: Bool
  /// The weight of the source.
  package var weight: Double

  /// The rules of a source.
  package init(switchesOff: Bool, skipsZeros: Bool, weight: Double) {
    self.switchesOff = switchesOff
    self.skipsZeros = skipsZeros
    self.weight = weight
  }
}

/// The inner loops. There is one implementation, `Loops`, compiled in one module per instruction set.
///
/// Unless another count is allowed, all work on blocks: arrays with room for `StepJob.capacity` numbers, of which the first
/// `count`, a multiple of `StepJob.lanes`, are used.
package protocol Kernels: AnyObject, Sendable {
  // MARK: Steps

  /// A step with one structure factor for all: `after` = `before` + `factor` × squared lattice factors. `cell` has nine
  /// numbers: a, b and c, in m.
  /// - Returns: Whether a pixel is so close to a node that it has to be looked at again.
  func addConstant(
    _ formula: LatticeFormula, _ job: borrowing StepJob, _ cell: BlockInput, _ factor: Double, _ before: BlockInput,
    _ after: BlockOutput
  ) -> Bool
  /// The squared lattice factors of a step and, unless `places` is nil, the places of the reflections in the table.
  /// - Returns: Whether a pixel is so close to a node that it has to be looked at again.
  func latticeTerms(
    _ formula: LatticeFormula, _ job: borrowing StepJob, _ cell: BlockInput, _ terms: BlockOutput,
    _ places: UnsafeMutablePointer<Int32>?
  ) -> Bool
  /// `after` = `before` + `factor` × `terms`.
  func add(_ count: Int, _ terms: BlockInput, _ factor: Double, _ before: BlockInput, _ after: BlockOutput)
  /// `after` = `before` + `weight` × amplitudes of a table, squared, × `terms`.
  func addLookedUp(
    _ count: Int, _ terms: BlockInput, _ places: UnsafePointer<Int32>, _ table: BlockInput, _ weight: Double,
    _ before: BlockInput, _ after: BlockOutput)
  /// Fractional indices.
  func fractional(_ job: borrowing StepJob, _ cell: BlockInput, _ h: BlockOutput, _ k: BlockOutput, _ l: BlockOutput)
  /// As `addLookedUp`, with amplitudes that are interpolated at h, k, l where a pixel interpolates and the table reaches.
  /// `states`: bit 0 whether a pixel interpolates, bit 1 whether it met an index out of reach.
  func addInterpolated(
    _ job: borrowing StepJob, _ terms: BlockInput, _ h: BlockInput, _ k: BlockInput, _ l: BlockInput,
    _ table: BlockInput, _ states: UnsafeMutablePointer<UInt8>, _ rules: InterpolationRules, _ before: BlockInput,
    _ after: BlockOutput)
  /// Multiplies sums by factors; where `skipsZeros`, only those whose term is not zero.
  func multiply(_ count: Int, _ terms: BlockInput, _ skipsZeros: Bool, _ factors: BlockInput, _ sums: BlockOutput)

  // MARK: Pixels

  /// The unit vectors from the sample to a row of sub-pixels, and their distances, in m. `fast` says where
  /// they lie along the fast axis, in m.
  func directions(
    _ job: borrowing PixelJob, _ fast: BlockInput, _ x: BlockOutput, _ y: BlockOutput, _ z: BlockOutput,
    _ radius: BlockOutput)
  /// The scattering vectors of a source, in 1/m.
  func scatteringVectors(
    _ count: Int, _ source: borrowing SourceJob, _ x: BlockInput, _ y: BlockInput, _ z: BlockInput, _ qx: BlockOutput,
    _ qy: BlockOutput, _ qz: BlockOutput)
  /// The polarization factors of a source.
  func polarizations(
    _ count: Int, _ source: borrowing SourceJob, _ x: BlockInput, _ y: BlockInput, _ z: BlockInput,
    _ factors: BlockOutput)
  /// The fraction of each ray that a layer captures; `parallax` is the cosine to the normal, positive, `front` and `back`
  /// the depth of the layer's faces in attenuation lengths, at least 0.
  func captures(_ count: Int, _ parallax: BlockInput, _ front: Double, _ back: Double, _ fractions: BlockOutput)
  /// The solid angles of pixels of a flat detector, in sr: area times distance of the plane over the cube of the distance.
  func solidAngles(_ count: Int, _ radius: BlockInput, _ areaTimesDistance: Double, _ out: BlockOutput)
  /// Photons from sums: a common factor and three of each pixel. A negative zero becomes a positive one. Any count.
  func finish(
    _ count: Int, _ sums: BlockInput, _ factor: Double, _ a: BlockInput, _ b: BlockInput, _ c: BlockInput,
    _ photons: UnsafeMutablePointer<Float>)

  // MARK: Images; any count, and the same numbers for all instruction sets

  /// The sum of numbers.
  func sum(_ count: Int, _ numbers: BlockInput) -> Double
  /// Pixels as counts: scaled, offset, clipped to 0 … 65535, and rounded by adding one half in single precision. What is
  /// not a number becomes 0.
  func counts(
    _ count: Int, _ pixels: UnsafePointer<Float>, _ scale: Double, _ offset: Double,
    _ out: UnsafeMutablePointer<UInt16>)
  /// Pixels as grey values: scaled, the fraction cut off, above 255 as 255; what is below zero or not a number as the
  /// low bits of the number cut to 32 bits.
  func greys(_ count: Int, _ pixels: UnsafePointer<Float>, _ scale: Double, _ out: UnsafeMutablePointer<UInt8>)

  /// Values of an elementary function. Any count.
  func evaluate(_ function: ElementaryFunction, _ count: Int, _ x: BlockInput, _ y: BlockOutput)
}
