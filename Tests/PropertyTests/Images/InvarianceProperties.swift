import Foundation
import Physics
import PropertyTesting
import TestSupport
import Testing

private let forAll = PropertyFamily("PropertyTests/InvarianceProperties.swift")

/// What leaves an image unchanged.
@Suite(.tags(.sampling, .property), .generousTime) struct InvarianceProperties {
  /// The scene with vectors and orientation spelled out, all of them turned.
  private func image(_ scene: Scene, _ turn: Turn) throws -> FloatImage {
    let star = try scene.experiment().crystal.lattice.reciprocal
    let vectors = scene.pose.convention.vectors
    let matrix = try OrientationMatrix([star.a, star.b, star.c].map(turn.callAsFunction), wavelength: scene.wavelength)
    return try scene.image { request in
      request.place(
        .convention(.custom), .vector(.beam, turn(vectors.beam)), .vector(.fast, turn(vectors.fast)),
        .vector(.slow, turn(vectors.slow)), .vector(.normal, turn(vectors.normal)),
        .vector(.twoTheta, turn(vectors.twoTheta)), .vector(.polarization, turn(vectors.polarization)),
        .vector(.spindle, turn(vectors.spindle)), .pivot(.sample))
      (request.cell, request.misset, request.matrix) = ([], nil, matrix)
    }
  }

  /// It refuted the property once: a round crystal whose only pixel lies at the origin of reciprocal space.
  private static let roundCrystalAtTheOrigin = (
    Scene(
      cell: Cell(a: 21.0, b: 21.0, c: 21.0, alpha: 90.0, beta: 90.0, gamma: 90.0), misset: Vector3(0.0, 0.0, 0.0),
      cells: [1, 1, 1], shape: .round, fudge: 0.3, amplitude: 1.0,
      pose: Pose(
        convention: .mosflm, pivot: nil, pixel: 0.52, fastPixels: 1, slowPixels: 1, distance: 31.0, centre: nil,
        rotation: Vector3(0.0, 0.0, 0.0), twoTheta: 0.0), wavelength: 0.5, kahnFactor: -1.0, oversample: 1, phi: 1.0,
      phiSteps: 1, mosaicDomains: 1), Turn(axis: Vector3(0.0, 1.0, 0.0), angle: 3.141592653589793)
  )

  @Test("One rotation of beam, detector, crystal, spindle and polarization leaves the image unchanged")
  func rigidRotations() {
    forAll(
      "one rotation of beam, detector, crystal, spindle and polarization leaves the image unchanged", .scene(),
      Generator<Turn>.uniform, examples: [Self.roundCrystalAtTheOrigin], require: [.lit], cost: .dear
    ) { check, scene, turn in
      var scene = scene
      // Detector tilts and mosaic domains are about the axes of the laboratory, which do not turn.
      (scene.pose.rotation, scene.mosaicDomains) = (.zero, 1)
      // ADXV is left-handed: a normal that a rotation leaves one ulp short is replaced by fast × slow
      // (docs/reference/20-geometry.md §3).
      if scene.pose.convention == .adxv { scene.pose.convention = .xds }
      let (still, turned) = (try image(scene, Turn(axis: Vector3(0, 0, 1), angle: 0)), try image(scene, turn))
      try expectClose(
        check, turned, still.scaled(1), "two floats; indices to 1e-13 times the slope 10³ are less", factor: 2)
    }
  }

  @Test("The names of the crystal's axes do not matter") func namesOfTheAxes() {
    forAll("the names of the axes do not matter", .scene(), require: [.lit], cost: .dear) { check, scene in
      let star = try scene.experiment().crystal.lattice.reciprocal
      func image(_ order: [Int]) throws -> FloatImage {
        let vectors = [star.a, star.b, star.c]
        let matrix = try OrientationMatrix(order.map { vectors[$0] }, wavelength: scene.wavelength)
        return try scene.image { request in
          (request.cell, request.misset, request.matrix) = ([], nil, matrix)
          (request.cellsA, request.cellsB, request.cellsC) = (
            scene.cells[order[0]], scene.cells[order[1]], scene.cells[order[2]]
          )
        }
      }
      let plain = try image([0, 1, 2])
      for order in [[1, 2, 0], [2, 0, 1]] {
        try expectClose(
          check, try image(order), plain.scaled(1), "two floats; the order of three products is less", factor: 2)
      }
    }
  }

  @Test("A crystal and its inverse give the same image, to the last bit") func friedelsLaw() {
    forAll("a crystal and its inverse give the same image, to the last bit", .scene(), require: [.lit], cost: .dear) {
      check, scene in
      let star = try scene.experiment().crystal.lattice.reciprocal
      func image(_ sign: Double) throws -> FloatImage {
        let matrix = try OrientationMatrix([sign * star.a, sign * star.b, sign * star.c], wavelength: scene.wavelength)
        return try scene.image { ($0.cell, $0.misset, $0.matrix) = ([], nil, matrix) }
      }
      let (right, left) = (try image(1), try image(-1))
      check.label(lit: right)
      // Exactly half an index is rounded down on both sides: smooth shapes may then differ.
      try check.equal(left.pixels, right.pixels, "Friedel's law")
    }
  }

  @Test("One cell everywhere gives the background of the amplitude alone") func oneCellAlone() {
    forAll(
      "one cell everywhere gives the background of the amplitude alone", .scene(shapes: [.square]), require: [.lit],
      cost: .dear
    ) {
      check, scene in
      var scene = scene
      (scene.cells, scene.oversample) = ([1, 1, 1], 1)
      let experiment = try scene.experiment()
      let detector = experiment.detector
      let expected = (0..<experiment.pixelCount).map { index in
        let size = detector.pixelSize
        let place = detector.position(
          fast: (Double(index % detector.fastPixels) + 0.5) * size,
          slow: (Double(index / detector.fastPixels) + 0.5) * size, depth: 0)
        let polarization = Polarization(
          kahnFactor: scene.kahnFactor, incident: experiment.beam.direction, diffracted: place.normalized,
          axis: experiment.beam.polarizationAxis)
        return scene.amplitude * scene.amplitude * polarization.factor
          * detector.solidAngle(radius: place.length, depth: 0)
      }
      try expectClose(check, try scene.image(), expected, "r_e²·fluence is 1 by default")
    }
  }
}
