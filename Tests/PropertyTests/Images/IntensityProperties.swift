import Foundation
import Oracles
import Physics
import PropertyTesting
import TestSupport
import Testing
import TraceIO

private let forAll = PropertyFamily("PropertyTests/IntensityProperties.swift")

/// How images answer to what goes into them.
@Suite(.tags(.sampling, .property), .generousTime) struct IntensityProperties {
  @Test("Intensity is quadratic in the structure factor, to the last bit") func quadraticInStructureFactor() {
    forAll(
      "intensity is quadratic in F, to the last bit", .scene(), bothModes, require: [.lit], cost: .dear
    ) { check, scene, mode in
      let double = try scene.image(mode) { $0.defaultAmplitude = 2 * scene.amplitude }
      try expectScaled(check, double, try scene.image(mode), by: 4)
    }
  }

  @Test("Intensity is linear in the fluence, to the last bit") func linearInFluence() {
    forAll(
      "intensity is linear in the fluence, to the last bit", .scene(), bothModes, .logUniform(in: 1e20...1e30),
      require: [.lit], cost: .dear
    ) {
      check, scene, mode, fluence in
      let single = try scene.image(mode) { $0.photons = [.fluence(fluence)] }
      try expectScaled(check, try scene.image(mode) { $0.photons = [.fluence(2 * fluence)] }, single, by: 2)
      let standard = try scene.image(mode)
      try expectClose(
        check, single, standard.scaled(fluence / Constants.defaultFluence), "one product more", factor: 1)
    }
  }

  @Test("Intensities are never negative, and the sum has all steps") func sumOfAllSteps() {
    forAll(
      "intensities are never negative, and the sum has all steps", .scene(), bothModes, require: [.lit], cost: .dear
    ) { check, scene, mode in
      let image = try scene.image(mode)
      check.label(lit: image)
      try check.that(image.pixels.allSatisfy { $0 >= 0 }, "\(image.pixels)")
      let (slow, fast) = (scene.pose.slowPixels / 2, scene.pose.fastPixels / 2)
      let trace = Trace(lines: try PixelTracer(try scene.experiment(mode)).trace(PixelIndex(slow: slow, fast: fast)))
      let steps = trace.lines.filter { $0.section == .step }
      let sum = steps.reduce(0.0) { $0 + pow(($1.real("F_cell") ?? 0) * ($1.real("F_latt") ?? 0), 2) }
      let total = try check.some(trace.number("I_before_scaling"))
      try check.close(
        total, sum, within: 4 * eps * sum * Double(steps.count + 1), because: "a sum of so many non-negative terms")
      let pixel = Float(try check.some(trace.number("I_pixel_final")))
      try check.close(
        Double(image[slow: slow, fast: fast]), Double(pixel), within: Double(pixel.ulp),
        because: "the renderer rounds otherwise on the way to single precision")
    }
  }

  @Test("A pixel is its sum times the factors that the trace states") func scalingFactors() {
    forAll("a pixel is its sum times the factors that the trace states", .scene(), bothModes, cost: .dear) {
      check, scene, mode in
      let experiment = try scene.experiment(mode)
      let trace = Trace(lines: try PixelTracer(experiment).trace(PixelIndex(slow: 0, fast: 0)))
      func number(_ name: String) throws -> Double { try check.some(trace.number(name)) }
      let product =
        try number("I_before_scaling") * number("r_e_sqr") * number("fluence_photons_per_m2")
        / number("steps") * number("capture_fraction") * number("polar") * number("omega_pixel")
      try check.close(try number("I_pixel_final"), product, within: 8 * eps * product, because: "six products")
      let steps = scene.oversample * scene.oversample * scene.phiSteps * scene.mosaicDomains
      try check.identical(try number("steps"), Double(steps))
    }
  }

  @Test("The image is the mean over the phi steps (spec)") func phiStepsAverage() {
    forAll("phi steps average (spec)", .scene(), require: [.lit], cost: .dear) { check, scene in
      let table = try scene.experiment().sampling
      let parts = try table.phi.map { phi in
        try scene.image {
          $0.phi = phi * Constants.degreesPerRadian; $0.oscillation = nil; $0.phiSteps = nil
        }
      }
      // φ goes through degrees and back: 2 ε of up to π/2, times the slope of the lattice factor.
      try expectClose(check, try scene.image(), try mean(parts), "the mean of floats", factor: 2)
    }
  }

  @Test("The image is the weighted mean over the sources (spec)") func sourcesAverageByWeight() {
    let sources = zip(
      Generator<Double>.double(in: -0.02...0.02), .double(in: -0.02...0.02), .double(in: 0.2...5),
      .double(in: 0.98...1.02)
    )
    .array(2...4)
    forAll("sources average by weight (spec)", .scene(), sources, require: [.lit], cost: .dear) {
      check, scene, sources in
      let vectors = scene.pose.convention.vectors
      let side = vectors.beam.cross(vectors.polarization)
      let lines = sources.map { x, y, weight, stretch in
        let position = -(10 * (vectors.beam + x * vectors.polarization + y * side).normalized)
        return SourceLine(
          x: position.x, y: position.y, z: position.z, weight: weight, wavelength: scene.wavelength * stretch * 1e-10)
      }
      // With and without diffraction: the background of water averages, too.
      for (amplitude, water) in [(scene.amplitude, nil), (1e-20, 200.0)] {
        func image(_ lines: [SourceLine]) throws -> FloatImage {
          try scene.image {
            ($0.sources, $0.defaultAmplitude, $0.water) = (lines, amplitude, water)
            $0.photons = [.fluence(1e24)]
          }
        }
        let parts = try lines.map { try image([$0]) }
        try expectClose(
          check, try image(lines), try mean(parts, weights: sources.map { $0.2 }), "the mean of floats", factor: 2)
      }
    }
  }

  @Test("Sub-pixels sum like finer pixels (spec)") func subPixelsSumLikeFinerPixels() {
    forAll("sub-pixels sum like finer pixels (spec)", .scene(), require: [.lit], cost: .dear) { check, scene in
      var coarse = scene
      coarse.pose.convention = scene.pose.convention == .mosflm ? .denzo : scene.pose.convention
      coarse.pose.centre = scene.pose.centre ?? [2, 3]
      func oversampled(_ request: inout SimulationRequest) {
        (request.oversampleOmega, request.oversamplePolar, request.oversample) = (true, true, 2)
      }
      var fine = coarse
      (fine.pose.pixel, fine.pose.centre) = (coarse.pose.pixel / 2, coarse.pose.centre?.map { 2 * $0 })
      (fine.pose.fastPixels, fine.pose.slowPixels) = (2 * coarse.pose.fastPixels, 2 * coarse.pose.slowPixels)
      let image = try fine.image { $0.oversample = 1 }
      let width = coarse.pose.fastPixels
      let sums = (0..<width * coarse.pose.slowPixels).map { index in
        [(0, 0), (0, 1), (1, 0), (1, 1)].reduce(0.0) {
          $0 + Double(image[slow: 2 * (index / width) + $1.0, fast: 2 * (index % width) + $1.1])
        }
      }
      try expectClose(check, try coarse.image(.spec, oversampled), sums, "the sum of four floats", factor: 2)
    }
  }

  @Test("The image is the mean over the mosaic domains, each the crystal turned (spec)") func mosaicDomainsAverage() {
    forAll(
      "mosaic domains average: each is the crystal turned (spec)", .scene(), .integer(in: 1...4), require: [.lit],
      cost: .dear
    ) {
      check, scene, count in
      var scene = scene
      (scene.phi, scene.phiSteps, scene.mosaicDomains) = (0, 1, 1)
      let mosaic = try scene.experiment { ($0.mosaicSpread, $0.mosaicDomains) = (0.5, count) }
      let star = mosaic.crystal.lattice.reciprocal
      let parts = try mosaic.crystal.domains.map { domain in
        let turned = [star.a, star.b, star.c].map { domain * $0 }
        let matrix = try OrientationMatrix(turned, wavelength: scene.wavelength)
        return try scene.image { ($0.cell, $0.misset, $0.matrix) = ([], nil, matrix) }
      }
      try check.equal(mosaic.crystal.domains.count, count)
      try expectClose(check, try scene.renderer.image(mosaic), try mean(parts), "the mean of floats", factor: 2)
    }
  }

  @Test("The background adds to the diffraction (spec)") func backgroundAdds() {
    forAll(
      "the background adds to the diffraction (spec)", .scene(), .logUniform(in: 10...500), require: [.lit], cost: .dear
    ) {
      check, scene, water in
      func image(_ amplitude: Double, _ water: Double?) throws -> FloatImage {
        try scene.image { ($0.defaultAmplitude, $0.water, $0.photons) = (amplitude, water, [.fluence(1e24)]) }
      }
      let parts = [try image(scene.amplitude, nil), try image(1e-20, water)]
      try expectClose(check, try image(scene.amplitude, water), try mean(parts).map { 2 * $0 }, "the sum of two floats")
    }
  }

  @Test("A higher resolution limit never adds intensity") func resolutionLimitNeverAdds() {
    forAll(
      "a higher resolution limit never adds intensity", .scene(), .double(in: 0.5...20), .double(in: 1...2), bothModes,
      require: [.atLeast(10, "something is cut"), .atLeast(10, "something is left")], cost: .dear
    ) { check, scene, limit, factor, mode in
      var scene = scene
      // In c-parity the polarization factor is that of the first sub-pixel that the limit leaves.
      if mode == .cParity { scene.oversample = 1 }
      let (whole, fine) = (try scene.image(mode), try scene.image(mode) { $0.resolutionLimit = limit })
      let coarse = try scene.image(mode) { $0.resolutionLimit = limit * factor }
      for ((a, b), c) in try pairs(Array(pairs(whole.pixels, fine.pixels)), coarse.pixels) {
        try check.that(a >= b && b >= c, "\(a), with -dmin \(b), with a larger one \(c)")
      }
      check.label("something is cut", fine.pixels != whole.pixels)
      check.label("something is left", fine.largest > 0)
    }
  }

  @Test("The resolution limit cuts exactly the pixels whose d is below it (spec)") func resolutionLimitCutsExactly() {
    forAll("the limit cuts exactly the pixels whose d is below it (spec)", .scene(), .double(in: 1...20), cost: .dear) {
      check, scene, limit in
      var scene = scene
      scene.oversample = 1
      let (whole, cut) = (try scene.image(), try scene.image { $0.resolutionLimit = limit })
      let experiment = try scene.experiment()
      for slow in 0..<scene.pose.slowPixels {
        for fast in 0..<scene.pose.fastPixels {
          let size = experiment.detector.pixelSize
          let place = experiment.detector.position(
            fast: (Double(fast) + 0.5) * size, slow: (Double(slow) + 0.5) * size, depth: 0)
          let q = try BeamOracles.scatteringVectorLength(
            incident: experiment.beam.direction.simd, diffracted: place.simd, wavelength: scene.wavelength)
          try check.assume(abs(q.value * limit - 1) > 1e-9)
          try check.identical(
            Double(cut[slow: slow, fast: fast]), q.value * limit > 1 ? 0 : Double(whole[slow: slow, fast: fast]))
        }
      }
    }
  }

  /// The bounds of a region, along fast and slow; -1 stands for the edge of the image. Half of them are in order.
  private let bounds = zip(Generator<Int>.integer(in: -1...8).array(4...4), .bool).map { bounds, isOrdered in
    guard isOrdered else { return bounds }
    return [min(bounds[0], bounds[1]), max(bounds[0], bounds[1]), min(bounds[2], bounds[3]), max(bounds[2], bounds[3])]
  }

  @Test("A region of interest is a crop") func regionIsACrop() {
    forAll(
      "a region of interest is a crop", .scene(), bounds, bothModes,
      require: [.atLeast(25, "something lit is kept"), .atLeast(80, "something lit is cut")], cost: .dear
    ) { check, scene, bounds, mode in
      let whole = try scene.image(mode)
      let part = try scene.image(mode) { $0.region = PixelBounds(numbers: bounds) }
      let (fast, slow) = (scene.pose.fastPixels, scene.pose.slowPixels)
      let limits = try pairs(bounds, [0, fast, 0, slow]).map { $0 < 0 ? $1 : $0 }
      for s in 0..<slow {
        for f in 0..<fast {
          let inside = f >= limits[0] && f <= limits[1] && s >= limits[2] && s <= limits[3]
          try check.identical(Double(part[slow: s, fast: f]), inside ? Double(whole[slow: s, fast: f]) : 0)
        }
      }
      check.label("something lit is kept", part.largest > 0)
      check.label("something lit is cut", part != whole)
    }
  }

  @Test("A mask leaves out what it masks, and nothing else") func masksLeaveOutWhatTheyMask() {
    forAll(
      "a mask leaves out what it masks, and nothing else", .scene(), Generator<Bool>.bool.array(64...64), bothModes,
      require: [.atLeast(80, "something lit is kept"), .atLeast(80, "something lit is cut")], cost: .dear
    ) {
      check, scene, flags, mode in
      let whole = try scene.image(mode)
      let mask = PixelMask(isComputed: Array(flags.prefix(whole.pixels.count)))
      let part = try scene.image(mode) { $0.mask = mask }
      try check.equal(part.pixels, try pairs(whole.pixels, mask.isComputed).map { $1 ? $0 : 0 })
      check.label("something lit is kept", part.largest > 0)
      check.label("something lit is cut", part != whole)
    }
  }

  @Test("The image does not depend on the number of threads") func imageDoesNotDependOnThreads() {
    let sets = Generator<InstructionSet>.element(of: InstructionSet.allCases.filter(\.isAvailable))
    forAll(
      "the image does not depend on the number of threads", .scene(), .integer(in: 2...9), bothModes, sets,
      Generator<Double>.double(in: 1...20).optional(), .bool,
      require: [
        .atLeast(15, "scalar"), .atLeast(50, "blocks"), .atLeast(15, "carry-over"), .atLeast(50, "several rows, lit"),
      ], cost: .dear
    ) { check, scene, threads, mode, set, limit, startsAtZero in
      let experiment = try scene.experiment(mode) { request in
        request.resolutionLimit = limit ?? 0
        (request.dispersion, request.dispersionSteps) = (0.02, 2)
        if startsAtZero { (request.phi, request.oscillation, request.phiSteps) = (0, 0.9, 3) }
      }
      let simulator = Simulator(experiment, instructions: set)
      let (one, many) = (try simulator.render(threads: 1), try simulator.render(threads: threads))
      try check.that(many.image.isSame(as: one.image), "\(many.image.pixels) is not \(one.image.pixels)")
      try check.identical(many.statistics.mean, one.statistics.mean)
      try check.identical(many.statistics.rmsd, one.statistics.rmsd)
      try check.identical(many.statistics.solidAngle, one.statistics.solidAngle)
      check.label("scalar", !simulator.usesBlocks)
      check.label("blocks", simulator.usesBlocks)
      check.label("carry-over", startsAtZero && mode == .cParity)
      check.label("several rows, lit", scene.pose.slowPixels > 1 && one.image.largest > 0)
    }
  }

  @Test("A pixel has a trace if and only if it is rendered") func renderedPixelsHaveTraces() {
    forAll(
      "a pixel has a trace if and only if it is rendered", .scene(), .integer(in: -1...9), .integer(in: -1...9), bounds
    ) {
      check, scene, slow, fast, bounds in
      let experiment = try scene.experiment { $0.region = PixelBounds(numbers: bounds) }
      let tracer = PixelTracer(experiment)
      let isInside = (0..<scene.pose.slowPixels).contains(slow) && (0..<scene.pose.fastPixels).contains(fast)
      if isInside && experiment.isRendered(PixelIndex(slow: slow, fast: fast)) {
        try tracer.check(PixelIndex(slow: slow, fast: fast))
      } else {
        let error = try check.fails(with: ExperimentError.self) { try tracer.check(PixelIndex(slow: slow, fast: fast)) }
        try check.that(error.description.contains(isInside ? "not rendered" : "outside the image"), error.description)
      }
    }
  }

  @Test("Statistics are those of the pixels") func statisticsOfThePixels() {
    forAll("statistics are those of the pixels", .scene(), bothModes, require: [.lit], cost: .dear) {
      check, scene, mode in
      try check.assume(scene.pose.fastPixels * scene.pose.slowPixels > 1)
      // However faint the image: nothing but zero is below the maximum that is found.
      let faint = try scene.experiment(mode) { $0.photons = [.fluence(1e15)] }
      let rendering = try Simulator(faint).render()
      check.label("lit", rendering.image.largest > 0)
      let values = rendering.image.pixels.map(Double.init)
      let moments = try ImageOracles.moments(values)
      let scale = rendering.image.largest
      try check.close(rendering.statistics.mean, moments.mean, within: 64 * eps * scale, because: "a sum of 64")
      try check.close(
        rendering.statistics.rmsd, moments.deviation, within: 1e-7 * scale, because: "squares of deviations")
      try check.identical(rendering.statistics.maximum, scale)
    }
  }
}
