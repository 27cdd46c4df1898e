/// A quantity on a kind of trace line (docs/reference/90-trace-points.md). Parser, tracer, comparison, diagnosis,
/// tolerances and the page docs/quantities.md take all properties of a quantity from its row in this table.
///
/// A new quantity needs a case in `TraceName`, a row in this table, and a line in the tracer. The order of the rows is
/// the order in which the simulation computes the quantities.
public struct TraceQuantity: Sendable, Hashable {
  /// The type, unit and number of the values.
  public enum Kind: Sendable, Hashable {
    /// A word.
    case word
    /// Real numbers in a unit.
    case real(_ unit: String, _ components: Int = 1)
    /// Whole numbers.
    case whole(_ unit: String, _ components: Int = 1)
  }

  /// The name of the quantity, as a case.
  public let id: TraceName
  /// The kind of trace line on which the quantity is written.
  public let section: TraceSection
  /// The type, unit and number of the values.
  public let kind: Kind
  /// The stage of the calculation at which the quantity is computed.
  public let stage: TraceStage
  /// The quantities from which this quantity is calculated.
  public let sources: [TraceName]
  /// Other names of the quantity in logs of other programs.
  public let olderNames: [String]
  /// The meaning of the quantity, in a few words.
  public let meaning: String

  private init(
    _ id: TraceName, _ section: TraceSection, _ kind: Kind, _ stage: TraceStage,
    from sources: [TraceName] = [], older: [String] = [], _ meaning: String
  ) {
    (self.id, self.section, self.kind, self.stage) = (id, section, kind, stage)
    (self.sources, olderNames, self.meaning) = (sources, older, meaning)
  }

  /// The name in a trace.
  public var name: String { id.rawValue }

  /// The number of values.
  public var components: Int {
    switch kind {
    case .word: 1
    case .real(_, let components), .whole(_, let components): components
    }
  }

  /// The unit of the values; `1` for pure numbers, `word` for text. Names do not always contain the unit.
  public var unit: String {
    switch kind {
    case .word: "word"
    case .real(let unit, _), .whole(let unit, _): unit
    }
  }

  /// Whether the values are whole numbers.
  public var isInteger: Bool {
    if case .whole = kind { true } else { false }
  }

  /// Every quantity, in the order in which the simulation computes them.
  public static let all = setup + firstStep + phi + step + scaling

  private struct Key: Hashable {
    let name: String
    let section: TraceSection
  }

  private static let index = Dictionary(
    uniqueKeysWithValues: all.map { (Key(name: $0.name, section: $0.section), $0) })

  /// The quantity of a name on a kind of line; nil if the name is unknown on this kind of line.
  public static func named(_ name: String, in section: TraceSection) -> TraceQuantity? {
    index[Key(name: name, section: section)]
  }

  /// Other names of a quantity in logs of other programs.
  public static func olderNames(of id: TraceName) -> [String] { all.first { $0.id == id }?.olderNames ?? [] }

  private static let knownNames = Set(all.map(\.name))

  /// Whether a name is that of a quantity, on any kind of line.
  public static func isKnown(_ name: String) -> Bool { knownNames.contains(name) }
}

extension TraceQuantity {
  /// The quantities of the set-up, in the order in which the simulation computes them.
  public static let setup: [TraceQuantity] = [
    TraceQuantity(.convention, .setup, .word, .setUp, "convention of the beam centre and of the axes"),
    TraceQuantity(.pivot, .setup, .word, .setUp, "what stays in place when the detector is rotated"),
    TraceQuantity(
      .distance, .setup, .real("m"), .setUp, older: ["distance_m"],
      "distance from the sample to the detector along the beam"),
    TraceQuantity(
      .closeDistance, .setup, .real("m"), .setUp, older: ["close_distance_m"],
      "distance from the sample to the detector along the normal"),
    TraceQuantity(
      .beamFast, .setup, .real("m"), .setUp, older: ["Fbeam_m"], "beam centre along the fast axis"),
    TraceQuantity(
      .beamSlow, .setup, .real("m"), .setUp, older: ["Sbeam_m"], "beam centre along the slow axis"),
    TraceQuantity(
      .nearFast, .setup, .real("m"), .setUp, older: ["Fclose_m"], "near point along the fast axis"),
    TraceQuantity(
      .nearSlow, .setup, .real("m"), .setUp, older: ["Sclose_m"], "near point along the slow axis"),
    TraceQuantity(.beamVector, .setup, .real("1", 3), .setUp, "unit vector of the beam"),
    TraceQuantity(
      .polarizationVector, .setup, .real("1", 3), .setUp, "unit vector of the nominal electric vector"),
    TraceQuantity(.spindleVector, .setup, .real("1", 3), .setUp, "unit vector of the spindle axis"),
    TraceQuantity(.cellA, .setup, .real("Å", 3), .orientation, "direct vector a at rest, misset included"),
    TraceQuantity(.cellB, .setup, .real("Å", 3), .orientation, "direct vector b at rest"),
    TraceQuantity(.cellC, .setup, .real("Å", 3), .orientation, "direct vector c at rest"),
    TraceQuantity(
      .reciprocalA, .setup, .real("1/Å", 3), .orientation, from: [.cellA, .cellB, .cellC],
      "reciprocal vector a* at rest"),
    TraceQuantity(
      .reciprocalB, .setup, .real("1/Å", 3), .orientation, from: [.cellA, .cellB, .cellC],
      "reciprocal vector b* at rest"),
    TraceQuantity(
      .reciprocalC, .setup, .real("1/Å", 3), .orientation, from: [.cellA, .cellB, .cellC],
      "reciprocal vector c* at rest"),
    TraceQuantity(
      .cellVolume, .setup, .real("Å³"), .orientation, from: [.cellA, .cellB, .cellC],
      "volume of the cell; negative for a left-handed one"),
    TraceQuantity(.cellCounts, .setup, .whole("1", 3), .latticeFactor, "numbers of cells along a, b and c"),
    TraceQuantity(.oversample, .setup, .whole("1"), .setUp, "sub-pixels along each side of a pixel"),
    TraceQuantity(.sources, .setup, .whole("1"), .setUp, "number of source points"),
    TraceQuantity(.phiSteps, .setup, .whole("1"), .setUp, "number of phi steps"),
    TraceQuantity(.mosaicDomains, .setup, .whole("1"), .setUp, "number of mosaic domains"),
    TraceQuantity(.sensorLayers, .setup, .whole("1"), .setUp, "number of sensor layers"),
    TraceQuantity(
      .steps, .setup, .whole("1"), .setUp, from: [.oversample, .sources, .phiSteps, .mosaicDomains],
      "sources × domains × phi steps × sub-pixels; sensor layers do not count"),
    TraceQuantity(
      .interpolates, .setup, .whole("1"), .structureFactor,
      "whether structure factors are interpolated, before the first pixel"),
    TraceQuantity(
      .region, .setup, .whole("pixel", 4), .setUp,
      "fast minimum and maximum, slow minimum and maximum of the region"),
    TraceQuantity(
      .background, .setup, .real("electron²"), .setUp, "water background, in the unit of the sum"),
  ]

  /// The quantities of the first sub-pixel and step, in the order in which the simulation computes them.
  public static let firstStep: [TraceQuantity] = [
    TraceQuantity(
      .origin, .pixel, .real("m", 3), .detector, older: ["pix0_vector"],
      "outer corner of the first pixel, after all rotations"),
    TraceQuantity(
      .fastAxis, .pixel, .real("1", 3), .detector, older: ["fdet_after_twotheta"],
      "unit vector of the fast axis, after all rotations"),
    TraceQuantity(
      .slowAxis, .pixel, .real("1", 3), .detector, older: ["sdet_after_twotheta"],
      "unit vector of the slow axis, after all rotations"),
    TraceQuantity(.normal, .pixel, .real("1", 3), .detector, "detector normal, after all rotations"),
    TraceQuantity(
      .position, .pixel, .real("m", 3), .detector, from: [.origin, .fastAxis, .slowAxis, .normal],
      "position of the first sub-pixel relative to the sample"),
    TraceQuantity(
      .radius, .pixel, .real("m"), .detector, from: [.position],
      "distance of the first sub-pixel from the sample"),
    TraceQuantity(
      .firstSolidAngle, .pixel, .real("sr"), .solidAngle, from: [.radius, .closeDistance],
      "solid angle that holds at the first sub-pixel"),
    TraceQuantity(
      .closeDistance, .pixel, .real("m"), .solidAngle, older: ["close_distance_m"],
      "distance from the sample to the detector along the normal"),
    TraceQuantity(
      .obliquity, .pixel, .real("1"), .solidAngle, from: [.closeDistance, .radius],
      "cosine between the ray and the normal"),
    TraceQuantity(
      .diffracted, .pixel, .real("1", 3), .directions, from: [.position, .radius],
      "unit vector of the diffracted ray"),
    TraceQuantity(.incident, .pixel, .real("1", 3), .directions, "unit vector of the incident ray"),
    TraceQuantity(.wavelength, .pixel, .real("m"), .wavelength, "wavelength of the first source"),
    TraceQuantity(
      .wavelengthAngstroms, .pixel, .real("Å"), .wavelength, from: [.wavelength],
      "wavelength of the first source"),
    TraceQuantity(
      .scatteringVector, .pixel, .real("1/m", 3), .scatteringVector,
      from: [.diffracted, .incident, .wavelength], "scattering vector; in 1/m in spite of its name"),
    TraceQuantity(
      .stol, .pixel, .real("1/m"), .scatteringVector, from: [.scatteringVector],
      "sin θ/λ: half the length of the scattering vector"),
    TraceQuantity(
      .firstPolarization, .pixel, .real("1"), .firstPolarization,
      from: [.diffracted, .incident, .polarizationVector], "first polarization factor of the pixel"),
    TraceQuantity(
      .rotatedA, .pixel, .real("Å", 3), .orientation, from: [.cellA, .spindleVector],
      "direct vector a of the first step"),
    TraceQuantity(
      .rotatedB, .pixel, .real("Å", 3), .orientation, from: [.cellB, .spindleVector],
      "direct vector b of the first step"),
    TraceQuantity(
      .rotatedC, .pixel, .real("Å", 3), .orientation, from: [.cellC, .spindleVector],
      "direct vector c of the first step"),
    TraceQuantity(
      .restReciprocalA, .pixel, .real("1/Å", 3), .orientation, from: [.reciprocalA],
      "reciprocal vector a* at rest, in spite of its name (Q-55)"),
    TraceQuantity(
      .restReciprocalB, .pixel, .real("1/Å", 3), .orientation, from: [.reciprocalB],
      "reciprocal vector b* at rest, in spite of its name (Q-55)"),
    TraceQuantity(
      .restReciprocalC, .pixel, .real("1/Å", 3), .orientation, from: [.reciprocalC],
      "reciprocal vector c* at rest, in spite of its name (Q-55)"),
    TraceQuantity(
      .rotatedReciprocalA, .pixel, .real("1/Å", 3), .orientation, from: [.rotatedA, .rotatedB, .rotatedC],
      "reciprocal vector a* of the first step; spec only"),
    TraceQuantity(
      .rotatedReciprocalB, .pixel, .real("1/Å", 3), .orientation, from: [.rotatedA, .rotatedB, .rotatedC],
      "reciprocal vector b* of the first step; spec only"),
    TraceQuantity(
      .rotatedReciprocalC, .pixel, .real("1/Å", 3), .orientation, from: [.rotatedA, .rotatedB, .rotatedC],
      "reciprocal vector c* of the first step; spec only"),
    TraceQuantity(
      .indices, .pixel, .real("1", 3), .indices,
      from: [.rotatedA, .rotatedB, .rotatedC, .scatteringVector], "fractional Miller indices of the first step"),
    TraceQuantity(
      .roundedIndices, .pixel, .whole("1", 3), .indices, from: [.indices], "nearest whole indices, ⌈h − ½⌉"),
    TraceQuantity(
      .latticeFactorA, .pixel, .real("1"), .latticeFactor, from: [.indices, .cellCounts],
      "factor along a; 1 for one cell and for every shape but the square one"),
    TraceQuantity(
      .latticeFactorB, .pixel, .real("1"), .latticeFactor, from: [.indices, .cellCounts],
      "factor along b; 1 for one cell and for every shape but the square one"),
    TraceQuantity(
      .latticeFactorC, .pixel, .real("1"), .latticeFactor, from: [.indices, .cellCounts],
      "factor along c; 1 for one cell and for every shape but the square one"),
    TraceQuantity(
      .latticeFactor, .pixel, .real("1"), .latticeFactor,
      from: [.latticeFactorA, .latticeFactorB, .latticeFactorC], "lattice factor of the first step"),
    TraceQuantity(
      .structureFactor, .pixel, .real("electron"), .structureFactor, from: [.roundedIndices],
      "structure factor of the first step"),
  ]

  /// The fields of a phi line, in the order in which the simulation computes them.
  public static let phi: [TraceQuantity] = [
    TraceQuantity(.phiIndex, .phi, .whole("1"), .orientation, "number of the phi step"),
    TraceQuantity(
      .phiDegrees, .phi, .real("°"), .orientation, from: [.phiIndex], "spindle angle of the step"),
    TraceQuantity(
      .indexK, .phi, .real("1"), .indices, from: [.phiDegrees, .scatteringVector],
      "fractional index k of the step"),
    TraceQuantity(
      .latticeFactorB, .phi, .real("1"), .latticeFactor, from: [.indexK], "factor along b of the step"),
    TraceQuantity(
      .latticeFactor, .phi, .real("1"), .latticeFactor, from: [.latticeFactorB], "lattice factor of the step"),
  ]

  /// The fields of a step line, in the order in which the simulation computes them.
  public static let step: [TraceQuantity] = [
    TraceQuantity(.layer, .step, .whole("1"), .indices, "number of the sensor layer"),
    TraceQuantity(.subSlow, .step, .whole("1"), .indices, "number of the sub-pixel along the slow axis"),
    TraceQuantity(.subFast, .step, .whole("1"), .indices, "number of the sub-pixel along the fast axis"),
    TraceQuantity(.source, .step, .whole("1"), .indices, "number of the source point"),
    TraceQuantity(.phiIndex, .step, .whole("1"), .orientation, "number of the phi step"),
    TraceQuantity(.domain, .step, .whole("1"), .indices, "number of the mosaic domain"),
    TraceQuantity(
      .phiDegrees, .step, .real("°"), .orientation, from: [.phiIndex], "spindle angle of the step"),
    TraceQuantity(
      .stepH, .step, .real("1"), .indices, from: [.phiDegrees, .scatteringVector],
      "fractional index h of the step"),
    TraceQuantity(
      .stepK, .step, .real("1"), .indices, from: [.phiDegrees, .scatteringVector],
      "fractional index k of the step"),
    TraceQuantity(
      .stepL, .step, .real("1"), .indices, from: [.phiDegrees, .scatteringVector],
      "fractional index l of the step"),
    TraceQuantity(
      .latticeFactor, .step, .real("1"), .latticeFactor, from: [.stepH, .stepK, .stepL],
      "lattice factor of the step"),
    TraceQuantity(
      .structureFactor, .step, .real("electron"), .structureFactor, from: [.stepH, .stepK, .stepL],
      "structure factor of the step"),
    TraceQuantity(
      .runningSum, .step, .real("electron²"), .sum, from: [.latticeFactor, .structureFactor],
      "sum of the pixel with this step"),
  ]

  /// The quantities of a whole pixel, in the order in which the simulation computes them.
  public static let scaling: [TraceQuantity] = [
    TraceQuantity(
      .sum, .pixel, .real("electron²"), .sum, from: [.runningSum],
      "sum of |F_cell F_latt|² over all steps, background included"),
    TraceQuantity(.electronRadius, .pixel, .real("m"), .scaling, "classical electron radius"),
    TraceQuantity(
      .thomson, .pixel, .real("m²"), .scaling, from: [.electronRadius],
      "Thomson cross section: the square of the classical electron radius"),
    TraceQuantity(.fluence, .pixel, .real("1/m²"), .scaling, "incident fluence, in photons per m²"),
    TraceQuantity(
      .steps, .pixel, .whole("1"), .scaling,
      "sources × domains × phi steps × sub-pixels; sensor layers do not count"),
    TraceQuantity(
      .oversamplesThick, .pixel, .whole("1"), .scaling, "whether the capture fraction is applied per sub-pixel"),
    TraceQuantity(
      .oversamplesPolar, .pixel, .whole("1"), .scaling,
      "whether the polarization factor is applied per sub-pixel"),
    TraceQuantity(
      .oversamplesOmega, .pixel, .whole("1"), .scaling, "whether the solid angle is applied per sub-pixel"),
    TraceQuantity(
      .captureFraction, .pixel, .real("1"), .scaling,
      "fraction of the photons that the sensor absorbs, at the end of the pixel"),
    TraceQuantity(
      .polarization, .pixel, .real("1"), .scaling, "polarization factor at the end of the pixel"),
    TraceQuantity(.solidAngle, .pixel, .real("sr"), .scaling, "solid angle at the end of the pixel"),
    TraceQuantity(
      .cosTwoTheta, .pixel, .real("1"), .scaling,
      "cosine of the scattering angle of the last source and sub-pixel"),
    TraceQuantity(
      .photons, .pixel, .real("photon"), .result,
      from: [.sum, .thomson, .fluence, .steps, .captureFraction, .polarization, .solidAngle], "photons of the pixel"),
    TraceQuantity(
      .storedPhotons, .pixel, .real("photon"), .result, from: [.photons],
      "photons of the pixel as stored, in single precision"),
  ]
}
