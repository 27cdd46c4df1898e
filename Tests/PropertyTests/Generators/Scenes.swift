import Physics
import PropertyTesting

/// A detector as a user describes it: mm and degrees.
struct Pose: Sendable, Equatable {
  var convention: Convention
  var pivot: Pivot?
  var pixel: Double
  var fastPixels: Int
  var slowPixels: Int
  var distance: Double
  /// Beam centre in the terms of the convention, in pixels.
  var centre: [Double]?
  var rotation: Vector3
  var twoTheta: Double

  func apply(to request: inout SimulationRequest) {
    (request.pixelSize, request.pixelsFast, request.pixelsSlow) = (.millimetres(pixel), fastPixels, slowPixels)
    request.place(.convention(convention), .distance(.millimetres(distance)), .twoTheta(twoTheta))
    if let centre {
      request.place(
        .xBeam(.millimetres(centre[0] * pixel)), .yBeam(.fromOrigin(.millimetres(centre[1] * pixel))))
    }
    request.place(.rotationX(rotation.x), .rotationY(rotation.y), .rotationZ(rotation.z))
    if let pivot { request.place(.pivot(pivot)) }
  }

  func detector(_ compatibility: Compatibility) throws -> Detector {
    var request = SimulationRequest.minimal
    apply(to: &request)
    return try Experiment(resolving: request, compatibility: compatibility).detector
  }

  /// The same detector, neither tilted nor swung.
  var straight: Pose {
    var copy = self
    (copy.rotation, copy.twoTheta) = (.zero, 0)
    return copy
  }
}

extension SimulationRequest {
  /// The least that an experiment needs.
  static var minimal: SimulationRequest {
    var request = SimulationRequest()
    (request.cell, request.defaultAmplitude, request.oversample) = ([50], 10, 1)
    return request
  }
}

extension Generator where Value == Pose {
  /// Detectors of all named conventions: on the beam and off it, tilted and swung, pixels from fine to coarse.
  static func pose(pixels: ClosedRange<Int> = 1...40, tilt: Double = 30) -> Generator {
    let place = zip(
      .logUniform(in: 0.005...0.5), .integer(in: pixels), .integer(in: pixels),
      Generator<Double>.logUniform(in: 20...2000))
    let centre = Generator<Double>.double(in: -20...60).mixing([0, 0.5, 1], every: 5).array(2...2).optional()
    let tilts = zip(
      Generator<Vector3>.angles(tilt).mixing([.zero, Vector3(5, 0, 0), Vector3(0, -30, 0)], every: 4),
      Generator<Double>.double(in: -tilt...tilt).mixing([0, 10], every: 4))
    return zip(
      .element(of: [.mosflm, .adxv, .denzo, .xds, .dials]), Generator<Pivot>.element(of: [.beam, .sample]).optional(),
      place, centre, tilts
    ).map { convention, pivot, place, centre, tilts in
      Pose(
        convention: convention, pivot: pivot, pixel: place.0, fastPixels: place.1, slowPixels: place.2,
        distance: place.3, centre: centre, rotation: tilts.0, twoTheta: tilts.1)
    }.filter { pose in
      // All turns together stay below 85°: the sample sees the front whatever the pivot.
      pose.rotation.components.reduce(abs(pose.twoTheta)) { $0 + abs($1) } < 85
    }
  }
}

/// A whole experiment small enough to render in a moment.
struct Scene: Sendable, Equatable {
  var cell: Cell
  var misset: Vector3
  var cells: [Int]
  var shape: CrystalShape
  var fudge: Double
  var amplitude: Double
  var pose: Pose
  var wavelength: Double
  var kahnFactor: Double
  var oversample: Int
  var phi: Double
  var phiSteps: Int
  var mosaicDomains: Int
  var renderer = Renderer.best

  var request: SimulationRequest {
    var request = SimulationRequest()
    request.cell = cell.values
    request.misset = .angles(misset)
    (request.cellsA, request.cellsB, request.cellsC) = (cells[0], cells[1], cells[2])
    (request.shape, request.fudge, request.defaultAmplitude) = (shape, fudge, amplitude)
    pose.apply(to: &request)
    (request.wavelength, request.kahnFactor) = (.angstroms(wavelength), kahnFactor)
    request.oversample = oversample
    if phiSteps > 1 {
      (request.phi, request.oscillation, request.phiSteps) = (phi, 0.5, phiSteps)
    } else {
      request.phi = phi
    }
    if mosaicDomains > 1 { (request.mosaicSpread, request.mosaicDomains) = (0.7, mosaicDomains) }
    return request
  }

  func experiment(
    _ compatibility: Compatibility = .spec, _ change: (inout SimulationRequest) throws -> Void = { _ in }
  ) throws -> Experiment {
    var request = request
    try change(&request)
    return try Experiment(resolving: request, compatibility: compatibility)
  }

  func image(
    _ compatibility: Compatibility = .spec, _ change: (inout SimulationRequest) throws -> Void = { _ in }
  ) throws -> FloatImage {
    try renderer.image(try experiment(compatibility, change))
  }
}

extension Generator where Value == Scene {
  /// Scenes of at most 8 × 8 pixels and a few steps each; small crystals, so that every pixel has some intensity.
  static func scene(
    shapes: [CrystalShape] = [.square, .square, .round, .gauss], kinds: Generator<Cell> = .moderateCell
  ) -> Generator {
    let crystal = zip(
      kinds, .angles(180), Generator<Int>.integer(in: 1...7).array(3...3), .element(of: shapes),
      Generator<Double>.logUniform(in: 0.3...3))
    let beam = zip(
      Generator<Double>.double(in: 1...1000), .double(in: 0.5...2.5),
      Generator<Double>.double(in: -1...1).mixing([-1, 0, 1]))
    let sampling = zip(
      .integer(in: 1...2), Generator<Double>.double(in: 1...90), .integer(in: 1...3), .integer(in: 1...3))
    let pose = Generator<Pose>.pose(pixels: 1...8, tilt: 25).map { pose in
      var pose = pose
      (pose.pixel, pose.distance) = (0.5 + pose.pixel * 4, 30 + pose.distance / 20)
      if pose.centre != nil { pose.centre = pose.centre?.map { $0 / 4 } }
      return pose
    }
    return zip(crystal, beam, sampling, pose, .element(of: Renderer.allCases)).map {
      crystal, beam, sampling, pose, renderer in
      Scene(
        cell: crystal.0, misset: crystal.1, cells: crystal.2, shape: crystal.3, fudge: crystal.4, amplitude: beam.0,
        pose: pose, wavelength: beam.1, kahnFactor: beam.2, oversample: sampling.0, phi: sampling.1,
        phiSteps: sampling.2, mosaicDomains: sampling.3, renderer: renderer)
    }
  }
}

extension Compatibility: SwiftSourceConvertible {
  /// The name of a mode, for counter-examples.
  public var swiftSource: String { self == .spec ? ".spec" : self == .cParity ? ".cParity" : "Compatibility(…)" }
}

extension Scene {
  /// The scene with at most two spindle steps and domains and one sub-pixel, since numbers of 31 digits are slow.
  var withFewSteps: Scene {
    var copy = self
    (copy.oversample, copy.phiSteps, copy.mosaicDomains) = (1, min(phiSteps, 2), min(mosaicDomains, 2))
    return copy
  }
}
