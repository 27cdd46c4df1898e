import Foundation
import Oracles
import Physics
import PropertyTesting
import TestSupport
import Testing

private let forAll = PropertyFamily("PropertyTests/DetectorProperties.swift")

extension Detector {
  /// The middle of a pixel, in m.
  fileprivate func middle(_ slow: Int, _ fast: Int, depth: Double = 0) -> Vector3 {
    position(fast: (Double(fast) + 0.5) * pixelSize, slow: (Double(slow) + 0.5) * pixelSize, depth: depth)
  }

  /// The length to which errors of positions refer: everything that is added up in one.
  fileprivate var scale: Double {
    pose.origin.length + abs(pose.distance) + Double(fastPixels + slowPixels) * pixelSize
      + abs(pose.beamCentre.fast) + abs(pose.beamCentre.slow)
  }
}

/// A detector and one of its pixels.
private let poseAndPixel = zip(Generator<Pose>.pose(), .integer(in: 0...1000), .integer(in: 0...1000)).map {
  (pose: $0, slow: $1 % $0.slowPixels, fast: $2 % $0.fastPixels)
}

/// Where pixels are.
@Suite(.tags(.geometry, .oracle, .property), .generousTime) struct DetectorProperties {
  @Test("All pixels lie on the plane of the pose (oracle)") func pixelsLieOnAPlane() {
    forAll("oracle: all pixels lie on the plane of the pose", Generator<Pose>.pose(pixels: 4...40), bothModes) {
      check, pose, mode in
      let detector = try pose.detector(mode)
      let corners = [(0, 0), (0, 1), (1, 0), (1, 1)].map {
        detector.middle($0.0 * (pose.slowPixels - 1), $0.1 * (pose.fastPixels - 1))
      }
      for point in corners {
        try check.close(
          point.dot(detector.pose.normal), detector.pose.closeDistance, within: 16 * eps * detector.scale,
          because: "sums and products of lengths of this size")
      }
      let plane = try LinearAlgebra.plane(through: corners.map { (1 / detector.scale * $0).simd })
      // A small detector far away fixes its plane badly: its width over its distance.
      let width = (corners[0] - corners[3]).length / detector.scale
      try check.close(
        abs(plane.distance * detector.scale), abs(detector.pose.closeDistance),
        within: 64 * eps * detector.scale / (width * width), because: "least squares, conditioned by width/distance")
    }
  }

  @Test("The axes of a pose are orthonormal") func axesAreOrthonormal() {
    forAll("the axes of a pose are orthonormal", Generator<Pose>.pose(), bothModes) { check, pose, mode in
      let p = try pose.detector(mode).pose
      let defect = try RotationOracles.orthogonalityDefect([p.fast.simd, p.slow.simd, p.normal.simd])
      try check.close(defect, 0, within: 24 * eps, because: "four rotations")
      let base = pose.convention.vectors
      try check.close(
        p.fast.cross(p.slow).dot(p.normal), base.fast.cross(base.slow).dot(base.normal), within: 32 * eps,
        because: "rotations keep the handedness")
    }
  }

  @Test("Every pixel of a curved detector is as far as its middle") func curvedDetectorsAreSpheres() {
    forAll("every pixel of a curved detector is as far as its middle", poseAndPixel, bothModes) { check, pixel, mode in
      var request = SimulationRequest.minimal
      pixel.pose.apply(to: &request)
      request.curved = true
      let detector = try Experiment(resolving: request, compatibility: mode).detector
      try check.close(
        detector.middle(pixel.slow, pixel.fast).length, abs(detector.pose.distance),
        within: 16 * eps * abs(detector.pose.distance), because: "two rotations keep the length")
    }
  }

  @Test("Layers of a curved detector lie on larger spheres") func layersOfCurvedDetectors() {
    forAll("layers of a curved detector lie on larger spheres", poseAndPixel, .double(in: 0...1e-3)) {
      check, pixel, depth in
      var request = SimulationRequest.minimal
      pixel.pose.apply(to: &request)
      request.curved = true
      let detector = try Experiment(resolving: request, compatibility: .spec).detector
      try check.close(
        detector.middle(pixel.slow, pixel.fast, depth: depth).length, abs(detector.pose.distance + depth),
        within: 16 * eps * abs(detector.pose.distance), because: "two rotations keep the length")
    }
  }

  @Test("With the beam pivot the beam keeps its pixel") func beamPivot() {
    forAll("with the beam pivot the beam keeps its pixel", Generator<Pose>.pose(), bothModes) { check, pose, mode in
      var pose = pose
      pose.pivot = .beam
      if pose.convention.forcedPivot != .beam && mode == .cParity { pose.convention = .denzo }
      let (turned, straight) = (try pose.detector(mode), try pose.straight.detector(mode))
      let centre = straight.pose.beamCentre
      let hit = turned.position(fast: centre.fast, slow: centre.slow, depth: 0)
      let beam = pose.convention.vectors.beam
      let tilt = abs(
        beam.dot(Rotation.aboutLaboratoryAxes(pose.convention.vectors.normal, (.pi / 180) * pose.rotation)))
      try check.close(
        hit.cross(beam).length, 0, within: 32 * eps * turned.scale / tilt,
        because: "the distance is divided by the tilt")
      try check.close(
        hit.dot(beam), pose.distance / 1000, within: 64 * eps * turned.scale / tilt, because: "the distance as given")
    }
  }

  @Test("With the sample pivot rotations keep the distance of every pixel") func samplePivot() {
    forAll("with the sample pivot rotations keep |P| of every pixel", poseAndPixel, bothModes) { check, pixel, mode in
      var pose = pixel.pose
      pose.pivot = .sample
      if pose.convention.forcedPivot != .sample && mode == .cParity { pose.convention = .xds }
      let (turned, straight) = (try pose.detector(mode), try pose.straight.detector(mode))
      // The distance along the beam fixes that along the tilted normal, D |b·n′| (docs/reference/20-geometry.md §4).
      let vectors = pose.convention.vectors
      let tilted = Rotation.aboutLaboratoryAxes(vectors.normal, (.pi / 180) * pose.rotation)
      let ratio = pose.distance / 1000 * (abs(vectors.beam.dot(tilted)) - 1)
      let (p, q) = (turned.middle(pixel.slow, pixel.fast), straight.middle(pixel.slow, pixel.fast))
      let shifted = q + ratio * straight.pose.normal
      try check.close(p.length, shifted.length, within: 64 * eps * turned.scale, because: "rotations keep lengths")
      let (near, rest) = (turned.pose.nearPoint, straight.pose.nearPoint)
      for (a, b) in [(near.fast, rest.fast), (near.slow, rest.slow)] {
        try check.close(a, b, within: 64 * eps * turned.scale, because: "rotations keep the near point")
      }
    }
  }

  @Test("Two-theta swings the detector as a rigid body about the sample") func twoThetaSwingsTheDetector() {
    forAll("two-theta swings the detector as a rigid body about the sample", poseAndPixel, bothModes) {
      check, pixel, mode in
      var pose = pixel.pose
      (pose.pivot, pose.convention) = (.sample, pose.twoTheta > 0 ? .xds : .dials)
      pose.rotation = .zero
      let (turned, straight) = (try pose.detector(mode), try pose.straight.detector(mode))
      let swing = Turn(axis: pose.convention.vectors.twoTheta, angle: pose.twoTheta / Constants.degreesPerRadian)
      let expected = swing(straight.middle(pixel.slow, pixel.fast))
      try check.close(
        (turned.middle(pixel.slow, pixel.fast) - expected).length, 0, within: 32 * eps * turned.scale,
        because: "one rotation")
    }
  }

  @Test("No point of the plane is nearer than the near point") func nearPoint() {
    forAll("no point of the plane is nearer than the near point", poseAndPixel, bothModes) { check, pixel, mode in
      let detector = try pixel.pose.detector(mode)
      let near = detector.pose.nearPoint
      let foot = detector.position(fast: near.fast, slow: near.slow, depth: 0)
      try check.close(
        (foot - detector.pose.closeDistance * detector.pose.normal).length, 0, within: 64 * eps * detector.scale,
        because: "the foot of the normal")
      try check.that(
        detector.middle(pixel.slow, pixel.fast).length >= abs(detector.pose.closeDistance) - 16 * eps * detector.scale,
        "a pixel is nearer than the plane")
    }
  }

  @Test("In spec the reported centre is where the beam meets the plane") func reportedCentre() {
    forAll("in spec the reported centre is where the beam meets the plane", Generator<Pose>.pose()) { check, pose in
      let detector = try pose.detector(.spec)
      let centre = detector.pose.beamCentre
      let hit = detector.position(fast: centre.fast, slow: centre.slow, depth: 0)
      let beam = pose.convention.vectors.beam
      let slope = abs(beam.dot(detector.pose.normal))
      try check.close(
        (hit - detector.pose.distance * beam).length, 0, within: 64 * eps * detector.scale / slope,
        because: "the beam meets the plane under this cosine")
    }
  }

  @Test("A distance along the normal alone is that of the pose, whatever the tilt") func givenDistances() {
    forAll(
      "a distance along the normal alone is that of the pose, whatever the tilt", Generator<Pose>.pose(),
      .double(in: 10...500)
    ) {
      check, pose, close in
      var request = SimulationRequest.minimal
      pose.apply(to: &request)
      request.withdrawPlacements {
        if case .distance = $0 { true } else { false }
      }
      request.place(.closeDistance(.millimetres(close)), .twoTheta(0), .pivot(.sample))
      for mode in [Compatibility.cParity, .spec] {
        let found = try Experiment(resolving: request, compatibility: mode).detector.pose
        try check.close(
          found.closeDistance, close / 1000, within: 64 * eps * (close / 1000 + 60 * pose.pixel / 1000),
          because: "rotations keep it")
      }
    }
  }

  @Test("A negative distance counts as positive in c-parity, and is refused in spec") func negativeDistances() {
    forAll("a negative distance counts as positive in c-parity, and is refused in spec", Generator<Pose>.pose()) {
      check, pose in
      var behind = pose
      behind.distance = -pose.distance
      try check.equal(try behind.detector(.cParity).pose, try pose.detector(.cParity).pose)
      try check.fails(with: ExperimentError.self) { _ = try behind.detector(.spec) }
    }
  }

  @Test("In spec what is given places the detector, and a beam centre wins over a near point") func placements() {
    /// Coordinates of a beam centre or a near point, in mm; nil for what is not given.
    let point = Generator<Double>.double(in: -3...5).optional(nilEvery: 3).array(2...2)
    forAll(
      "in spec what is given places the detector, and a beam centre wins over a near point",
      .element(of: [Convention.xds, .dials, .denzo]), Generator<Pivot>.element(of: [.beam, .sample]).optional(), point,
      point,
      require: [.atLeast(30, "beam"), .atLeast(5, "near")]
    ) { check, convention, pivot, beam, near in
      var request = SimulationRequest.minimal
      request.place(.convention(convention))
      if let pivot { request.place(.pivot(pivot)) }
      (request.pixelsFast, request.pixelsSlow) = (30, 40)
      // An oblique beam: the direct beam and the near point are far apart.
      let base = convention.vectors
      request.place(.vector(.beam, (base.beam + 0.1 * base.fast + 0.2 * base.slow).normalized))
      if let x = beam[0] { request.place(.xBeam(.millimetres(x))) }
      if let y = beam[1] { request.place(.yBeam(.fromOrigin(.millimetres(y)))) }
      if let x = near[0] { request.place(.xClose(.millimetres(x))) }
      if let y = near[1] { request.place(.yClose(.millimetres(y))) }
      let pose = try Experiment(resolving: request, compatibility: .spec).detector.pose
      // DENZO quotes the slow coordinate first.
      let (fast, slow) = convention == .denzo ? (beam[1], beam[0]) : (beam[0], beam[1])
      let beamGiven = beam.contains { $0 != nil }
      check.label("beam", beamGiven)
      check.label("near", !beamGiven && near.contains { $0 != nil })
      let pairs =
        beamGiven
        ? [(fast, pose.beamCentre.fast), (slow, pose.beamCentre.slow)]
        : [(near[0], pose.nearPoint.fast), (near[1], pose.nearPoint.slow)]
      for (given, found) in pairs {
        guard let given else { continue }
        try check.close(found, given / 1000, within: 64 * eps * 0.15, because: "sums of lengths up to 0.1 m")
      }
    }
  }

  /// Components of a pixel's position along the fast, slow and beam directions of its convention.
  private func relative(_ detector: Detector, _ slow: Int, _ fast: Int) -> Vector3 {
    let vectors = detector.convention.vectors
    let p = detector.middle(slow, fast)
    return Vector3(p.dot(vectors.fast), p.dot(vectors.slow), p.dot(vectors.beam))
  }

  @Test("Conventions differ by labels and the stated offsets") func conventionsAreRelabellings() {
    let centre = Generator<Double>.double(in: -20...60)
    forAll("conventions differ by labels and the stated offsets", poseAndPixel, centre, centre, bothModes) {
      check, pixel, x, y, mode in
      func place(_ convention: Convention, _ x: Double, _ y: Double) throws -> (Vector3, Double) {
        var pose = pixel.pose.straight
        (pose.convention, pose.centre, pose.pivot) = (convention, [x, y], .beam)
        let detector = try pose.detector(mode)
        return (relative(detector, pixel.slow, pixel.fast), detector.scale)
      }
      // Fast and slow coordinate of the beam, in pixels; XDS and DIALS quote the near point, the same if nothing is
      // tilted.
      let height = Double(pixel.pose.slowPixels)
      let (expected, scale) = try place(.denzo, y, x)
      var others = [
        (Convention.mosflm, try place(.mosflm, y - 0.5, x - 0.5)), (.adxv, try place(.adxv, x, height - y)),
      ]
      if mode == .spec { others += [(.xds, try place(.xds, x, y)), (.dials, try place(.dials, x, y))] }
      for (convention, (found, size)) in others {
        try check.close(
          (found - expected).length, 0, within: 16 * eps * (scale + size), because: "sums of lengths of this size",
          convention.rawValue)
      }
    }
  }
}
