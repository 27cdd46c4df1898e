import Foundation
import Physics
import PropertyTesting
import TestSupport
import Testing
import TraceIO

private let forAll = PropertyFamily("PropertyTests/CompatibilityProperties.swift")

/// Where the two compatibilities must agree, and where they must differ.
@Suite(.tags(.quirk, .property), .generousTime) struct CompatibilityProperties {
  /// Of the square shape: at the origin the round one is rounding noise in c-parity.
  private let plain = Generator<Scene>.scene(
    shapes: [.square], kinds: .oneOf(.cell(.orthorhombic), .cell(.monoclinic), .cell(.hexagonal))
  ).map { scene in
    var scene = scene
    // No quirk concerns these: moderate cells, one sub-pixel, φ off zero, no swing, pivots as the convention has them.
    let c = scene.cell
    scene.cell = Cell(a: 20 + c.a / 5, b: 20 + c.b / 5, c: 20 + c.c / 5, alpha: c.alpha, beta: c.beta, gamma: c.gamma)
    (scene.oversample, scene.pose.twoTheta, scene.pose.pivot, scene.pose.centre) = (1, 0, nil, nil)
    return scene
  }

  /// How far c-parity is from another compatibility.
  private func deviation(_ check: Check, _ scene: Scene, _ other: Compatibility) throws -> Double {
    let parity = try scene.image(.cParity)
    check.label(lit: parity)
    return try scene.image(other).deviation(from: parity)
  }

  @Test("Without a quirk's trigger both compatibilities agree") func withoutTriggersBothAgree() {
    forAll("without a quirk's trigger both compatibilities agree", plain, require: [.lit], cost: .dear) {
      check, scene in
      // In MOSFLM, ADXV and DENZO the default centre is that of the beam for either pivot.
      try check.close(
        try deviation(check, scene, .spec), 0, within: 3e-7,
        because: "pixel middles at (f + ½)·p or f·p + p/2, reduced phases"
      )
    }
  }

  @Test("One quirk fewer never matters where none is triggered") func oneQuirkFewer() {
    forAll(
      "one quirk fewer never matters where none is triggered", plain, .element(of: Quirk.allCases), require: [.lit],
      cost: .dear
    ) { check, scene, quirk in
      try check.close(
        try deviation(check, scene, Compatibility.cParity.setting(quirk, false)), 0, within: 3e-7,
        because: "pixel middles, reduced phases", quirk.rawValue)
    }
  }

  @Test("A pixel of a curved detector is where the flat one has it, near the beam (spec)") func curvedNearTheBeam() {
    forAll(
      "a pixel of a curved detector is where the flat one has it, near the beam (spec)", plain, require: [.lit],
      cost: .dear
    ) { check, scene in
      var scene = scene
      (scene.pose.rotation, scene.pose.pixel, scene.pose.distance) = (.zero, 0.01, 500)
      let flat = try scene.image(), curved = try scene.image { $0.curved = true }
      check.label(lit: flat)
      // 8 pixels of 0.01 mm at 500 mm: arc and tangent differ by 1e-12 m, cosines by 1e-8.
      try check.close(curved.deviation(from: flat), 0, within: 1e-5, because: "second order in 1.6e-4, squared")
    }
  }

  @Test("A scan that starts at φ = 0 shows the carry-over, in c-parity alone") func carryOver() {
    forAll(
      "a scan that starts at φ = 0 shows the carry-over, in c-parity alone", .scene(shapes: [.square]),
      .integer(in: 2...4),
      require: [.atLeast(90, "differs")], cost: .dear
    ) { check, scene, steps in
      var scene = scene
      (scene.cells, scene.phiSteps, scene.phi, scene.oversample) = ([6, 7, 8], steps, 0, 1)
      func run(_ mode: Compatibility) throws -> FloatImage {
        try scene.image(mode) { ($0.phi, $0.oscillation, $0.phiSteps) = (0, 6, steps) }
      }
      let (with, without) = (try run(.cParity), try run(Compatibility.cParity.setting(.phiCarryOver, false)))
      check.label("differs", with.deviation(from: without) > 1e-6)
      // From the second pixel on the first step repeats the last: as if it were left out and the last counted twice.
      let parts = try (0..<steps).map { step in
        try scene.image(.cParity) { request in
          request.phi = 6 * Double(step == 0 ? steps - 1 : step) / Double(steps)
          (request.oscillation, request.phiSteps) = (nil, nil)
        }
      }
      let specParts = try (0..<steps).map { step in
        try scene.image { ($0.phi, $0.oscillation, $0.phiSteps) = (6 * Double(step) / Double(steps), nil, nil) }
      }
      try expectClose(check, try run(.spec), try mean(specParts), "in spec every step is rotated", factor: 2)
      let scale = Double(with.pixels.max() ?? 1)
      for index in with.pixels.indices.dropFirst() {
        let expected = parts.reduce(0) { $0 + Double($1.pixels[index]) } / Double(steps)
        try check.close(
          Double(with.pixels[index]) / scale, expected / scale, within: 1e-6, because: "the mean of floats",
          "pixel \(index)")
      }
    }
  }

  @Test("Of a scan from φ = 0 the first rendered pixel alone depends on the region, in c-parity alone")
  func firstRenderedPixel() {
    forAll(
      "of a scan from φ = 0 the first rendered pixel alone depends on the region, in c-parity alone",
      .scene(shapes: [.square]), require: [.atLeast(80, "differs")], cost: .dear
    ) { check, scene in
      var scene = scene
      (scene.cells, scene.oversample, scene.mosaicDomains) = ([6, 7, 8], 1, 1)
      (scene.pose.fastPixels, scene.pose.slowPixels) = (scene.pose.fastPixels + 2, scene.pose.slowPixels + 1)
      func run(_ mode: Compatibility, _ region: PixelBounds?) throws -> FloatImage {
        try scene.image(mode) { ($0.phi, $0.oscillation, $0.phiSteps, $0.region) = (0, 6, 3, region) }
      }
      for mode in [Compatibility.cParity, .spec] {
        let (whole, part) = (try run(mode, nil), try run(mode, PixelBounds(fast: (1, 99), slow: (1, 99))))
        for slow in 1..<whole.slowPixels {
          for fast in 1..<whole.fastPixels where mode == .spec || (slow, fast) != (1, 1) {
            try check.identical(Double(part[slow: slow, fast: fast]), Double(whole[slow: slow, fast: fast]))
          }
        }
        if mode == .cParity { check.label("differs", part[slow: 1, fast: 1] != whole[slow: 1, fast: 1]) }
      }
    }
  }

  @Test("Oversampled solid angles multiply all that came before, in c-parity alone") func oversampledSolidAngles() {
    forAll(
      "oversampled solid angles multiply all that came before, in c-parity alone", .scene(shapes: [.square]),
      cost: .dear
    ) { check, scene in
      var scene = scene
      scene.oversample = 2
      for mode in [Compatibility.cParity, .spec] {
        let experiment = try scene.experiment(mode) { $0.oversampleOmega = true }
        let trace = Trace(lines: try PixelTracer(experiment).trace(PixelIndex(slow: 0, fast: 0)))
        let detector = experiment.detector
        func solidAngle(_ line: TraceLine) -> Double {
          func middle(_ index: Int?) -> Double { (Double(index ?? 0) + 0.5) * detector.pixelSize / 2 }
          let place = detector.position(
            fast: middle(line.integer("subF")), slow: middle(line.integer("subS")), depth: 0)
          return detector.solidAngle(radius: place.length, depth: 0)
        }
        let steps = trace.lines.filter { $0.section == .step }
        let sum = steps.reduce(0.0) { sum, line in
          let term = pow((line.real("F_cell") ?? 0) * (line.real("F_latt") ?? 0), 2)
          let omega = solidAngle(line)
          return mode == .cParity ? (sum + term) * omega : sum + term * omega
        }
        try check.close(
          try check.some(trace.number("I_before_scaling")), sum,
          within: 16 * Double.ulpOfOne * Double(steps.count + 1) * sum, because: "one product and sum per step (Q-06)")
      }
    }
  }

  @Test("A Gaussian crystal of n³ cells is as wide in c-parity as one of n⁴/a² times the fudge in spec")
  func parityWidthOfGaussians() {
    forAll(
      "a Gaussian crystal of n³ cells is as wide in c-parity as one of n⁴/a² times the fudge in spec", plain,
      .integer(in: 1...4), require: [.atLeast(20, "differs")], cost: .dear
    ) { check, scene, n in
      var scene = scene
      let edge = scene.cell.a
      scene.cell = Cell(a: edge, b: edge, c: edge, alpha: 90, beta: 90, gamma: 90)
      (scene.shape, scene.cells) = (.gauss, [n, n, n])
      let parity = try scene.image(.cParity)
      check.label("differs", parity.deviation(from: try scene.image()) > 1e-3)
      scene.fudge *= Double(n * n * n * n) / (edge * edge)
      try check.close(
        parity.deviation(from: try scene.image()), 0, within: 3e-7,
        because: "r = n³|Δr*| against r = n|Δh|, |Δh| = a|Δr*|")
    }
  }

  @Test("Weights of sources count in spec alone") func weightsOfSources() {
    forAll("weights of sources count in spec alone", .scene(), .double(in: 2...9), cost: .dear) {
      check, scene, weight in
      let beam = scene.pose.convention.vectors.beam
      let lines = [(1.0, 1.0), (weight, 1.01)].map { pair in
        SourceLine(
          x: -10 * beam.x, y: -10 * beam.y, z: -10 * beam.z, weight: pair.0,
          wavelength: scene.wavelength * pair.1 * 1e-10)
      }
      func image(_ mode: Compatibility, _ lines: [SourceLine]) throws -> FloatImage {
        try scene.image(mode) { $0.sources = lines }
      }
      var equal = lines
      equal[1].weight = 1
      try check.equal(try image(.cParity, lines), try image(.cParity, equal))
      let spec = try experimentFactors(scene, lines)
      try check.close(spec[1] / spec[0], weight, within: 1e-14 * weight, because: "a ratio of two quotients")
      try check.close(spec.reduce(0, +), 2, within: 1e-15, because: "the mean weight is 1")
    }
  }

  private func experimentFactors(_ scene: Scene, _ lines: [SourceLine]) throws -> [Double] {
    try scene.experiment { $0.sources = lines }.beam.sourceFactors
  }
}
