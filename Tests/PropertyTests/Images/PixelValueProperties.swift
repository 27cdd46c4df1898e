import Physics
import PropertyTesting
import TestSupport
import Testing

private let forAll = PropertyFamily("PropertyTests/PixelValueProperties.swift")

/// The values of pixels that the program prints (docs/reference/70-files.md §8).
@Suite(.tags(.sampling, .property), .generousTime) struct PixelValueProperties {
  /// A rendering of a scene with some twists.
  private func rendering(
    _ scene: Scene, _ mode: Compatibility, _ twists: [Twist]
  ) throws -> (Simulator, Simulator.Rendering) {
    let experiment = try scene.experiment(mode) { request in
      for twist in twists.filter({ $0 == .wide }) + twists.filter({ $0 != .wide }) { try twist.apply(to: &request) }
    }
    let simulator = Simulator(experiment, instructions: .scalar)
    return (simulator, try simulator.render())
  }

  /// All pixels of the detector in raster order.
  private func pixels(of experiment: Experiment) -> [PixelIndex] {
    (0..<experiment.detector.slowPixels).flatMap { slow in
      (0..<experiment.detector.fastPixels).map { PixelIndex(slow: slow, fast: $0) }
    }
  }

  /// A quantity that a pixel does not evaluate keeps its value from the pixels before, however one asks for it.
  @Test("The values of one pixel are those of the pixel among all") func onePixelIsAsAmongAll() {
    let twists = Generator<Twist>.element(of: Twist.allCases.filter { $0 != .wide }).array(0...4)
    let coverage = [
      Coverage.atLeast(4, "limit"), .atLeast(4, "interpolated"), .atLeast(3, "region"), .atLeast(3, "masked"),
    ]
    forAll(
      "the values of one pixel are those of the pixel among all", .scene(), bothModes, twists, require: coverage,
      cost: .dear
    ) { check, scene, mode, twists in
      for twist in twists { check.label("\(twist)") }
      let (simulator, rendering) = try rendering(scene, mode, twists)
      var all: [PixelIndex: String] = [:]
      var order: [PixelIndex] = []
      simulator.forEachPixel(only: nil, of: rendering) { values in
        all[values.pixel] = "\(values)"
        order.append(values.pixel)
      }
      let wanted = pixels(of: simulator.experiment).filter { all[$0] != nil }
      try check.that(order == wanted, "raster order")
      for slow in 0..<simulator.experiment.detector.slowPixels {
        for fast in 0..<simulator.experiment.detector.fastPixels {
          let pixel = PixelIndex(slow: slow, fast: fast)
          var one: String?
          simulator.forEachPixel(only: pixel, of: rendering) { one = "\($0)" }
          try check.that(one == all[pixel], "pixel \(slow), \(fast): \(one ?? "none") for \(all[pixel] ?? "none")")
        }
      }
    }
  }

  @Test("The values of a pixel are those of its last traced step") func valuesAreThoseOfTheTrace() {
    let twists = Generator<Twist>.element(of: [.thick, .sources, .table, .water, .limit, .polarEach]).array(0...3)
    forAll(
      "the values of a pixel are those of its last traced step", .scene(), bothModes, twists,
      require: [.atLeast(50, "step")], cost: .dear
    ) { check, scene, mode, twists in
      let (simulator, rendering) = try rendering(scene, mode, twists)
      let tracer = PixelTracer(simulator.experiment)
      let sampling = simulator.experiment.sampling
      let steps = sampling.steps
      try simulator.forEachPixel(only: nil, of: rendering) { values in
        let lines = try tracer.pixelLines(values.pixel)
        func number(_ name: TraceName) -> Double? {
          lines.lazy.compactMap { $0.section == .pixel ? $0.real(name) : nil }.last
        }
        try check.that(values.sum == number(.sum), "sum")
        try check.that(Double(values.photons) == number(.storedPhotons), "photons")
        try check.that(values.polarization == number(.polarization), "polarization")
        try check.that(values.solidAngle == number(.solidAngle), "solid angle")
        try check.that(values.captureFraction == number(.captureFraction), "capture fraction")
        let traced = lines.filter { $0.section == .step }
        guard traced.count == steps, steps <= PixelTracer.lineLimit, let last = traced.last else { return }
        check.label("step")
        let indices = [last.real(.stepH), last.real(.stepK), last.real(.stepL)]
        try check.that(values.fractional.components.map(Optional.some) == indices, "indices")
        try check.that(
          values.rounded.components == values.fractional.components.map { ($0 - 0.5).rounded(.up) }, "rounded")
        try check.that(values.latticeFactor == last.real(.latticeFactor), "lattice factor")
        try check.that(values.amplitude == last.real(.structureFactor), "structure factor")
        guard steps == 1 else { return }
        func vector(_ name: TraceName) -> [Double] {
          lines.flatMap(\.fields).first { $0.name == name.rawValue }?.values.compactMap(\.number) ?? []
        }
        check.label("one step")
        try check.that(values.position.components == vector(.position), "position")
        try check.that(values.stol == number(.stol), "half the scattering vector")
        try check.that((1e10 * values.cell.a).components == vector(.rotatedA), "a")
        try check.that((1e10 * values.cell.b).components == vector(.rotatedB), "b")
        try check.that((1e10 * values.cell.c).components == vector(.rotatedC), "c")
      }
    }
  }

  /// A rendering knows where interpolation ends; without one the pixels before are looked at.
  @Test("Traces do not need a rendering") func tracesNeedNoRendering() {
    forAll(
      "traces do not need a rendering", .scene(), bothModes, Generator<Twist>.element(of: [.limit, .masked, .region]),
      require: [.atLeast(15, "cutoff")], cost: .dear
    ) { check, scene, mode, twist in
      let (simulator, rendering) = try rendering(scene, mode, [.interpolated, twist])
      check.label("cutoff", rendering.interpolationCutoff != nil)
      let tracer = PixelTracer(simulator.experiment)
      for pixel in pixels(of: simulator.experiment) {
        guard let lines = try? tracer.pixelLines(pixel, rendering: rendering) else {
          #expect(throws: ExperimentError.self) { try tracer.pixelLines(pixel) }
          continue
        }
        try check.that(try tracer.pixelLines(pixel) == lines, "\(pixel)")
        // Beyond the pixel that switches interpolation off nothing is interpolated.
        let before = pixel.slow * simulator.experiment.detector.fastPixels + pixel.fast
        let cutoff = tracer.interpolationCutoff(before: pixel)
        let wanted = rendering.interpolationCutoff.flatMap { $0 < before ? $0 : nil }
        try check.that(cutoff == wanted, "cutoff \(cutoff ?? -1) for \(wanted ?? -1)")
      }
    }
  }

  /// Before its first evaluation a quantity is zero, and the cell is the cell at rest.
  @Test func nothingIsEvaluatedBeyondTheResolution() throws {
    let experiment = try Experiment(
      words: "-cell 50 60 70 80 90 100 -misset 10 20 30 -default_F 7 -N 3 -detpixels 4 -pixel 1 -distance 50 -dmin 1e6"
        .words)
    let simulator = Simulator(experiment, instructions: .scalar)
    let rendering = try simulator.render()
    var pixels = 0
    simulator.forEachPixel(only: nil, of: rendering) { values in
      pixels += 1
      #expect("\(values.cell)" == "\(experiment.crystal.lattice.direct)")
      #expect(values.fractional == .zero && values.rounded == .zero)
      #expect(values.latticeFactor == 0 && values.amplitude == 0 && values.sum == 0 && values.photons == 0)
      #expect(values.position != .zero && values.stol > 0)
    }
    #expect(pixels == 16)
  }
}
