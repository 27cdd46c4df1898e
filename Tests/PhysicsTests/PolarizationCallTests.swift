import CommandLineSupport
import Physics
import TestSupport
import Testing

/// What pixels leave to those after them: the polarization axis, which each factor normalises once more, and the cell of the
/// last phi step.
@Suite(.tags(.sampling)) struct PolarizationCallTests {
  /// Factors are counted source by source, but for sources beyond the limit of the resolution; a factor that is known is not
  /// computed again. The axis takes two values in turn, and nearly every factor tells one from the other.
  @Test(arguments: [
    "-oversample 1", "-oversample 2", "-oversample 2 -oversample_polar",
    "-oversample 1 -oversample_polar -vdivrange 300 -vdivsteps 2 -dmin 0.7",
  ])
  func factorsAreCounted(options: String) throws {
    let experiment = try Experiment(
      command:
        "-cell 50 60 70 80 90 100 -misset 10 20 30 -N 2 -default_F 100 -lambda 1 -distance 10 -pixel 1 -detpixels_f 12"
        + " -detpixels_s 9 -twotheta 80 -polar 1 -polar_vector 0.68 -0.19 -0.3 \(options)")
    let axis = Formulas<Double>.PolarizationAxis(experiment.beam.polarizationAxis)
    #expect(!axis.isSteady)
    let (n, simulator) = (experiment.sampling.oversample, Simulator(experiment, instructions: .scalar))
    let size = experiment.detector.pixelSize / Double(n)
    var count = 0
    simulator.forEachPixel(only: nil, of: try simulator.render()) { values in
      var factor = 0.0
      for i in 0..<n * n {
        let fast = size * Double(values.pixel.fast * n + i % n) + size / 2
        let slow = size * Double(values.pixel.slow * n + i / n) + size / 2
        var ray = experiment.detector.position(fast: fast, slow: slow, depth: 0).normalized
        for source in experiment.beam.sources {
          let q = (ray - source.direction).length / source.wavelength
          if experiment.sampling.resolutionLimit * q > 1 { continue }
          guard experiment.sampling.polar || factor == 0 else { continue }
          let polarization = Formulas<Double>.Polarization(
            kahnFactor: experiment.beam.kahnFactor, incident: source.direction, diffracted: ray, axis: axis[count])
          (factor, ray, count) = (polarization.factor, polarization.diffracted, count + 1)
        }
      }
      #expect(values.polarization == factor, "\(values.pixel)")
    }
  }

  /// The first pixel has the cell at rest where a phi step is zero, the others that of the last step: also where only one of
  /// its vectors, and only one component of that, is another.
  @Test(arguments: [
    ([1, 2, 3, 2, -1, 1, 3, 6, -2], 2), ([2, 3, 1, -1, 1, 2, 6, -2, 3], 1), ([3, 1, 2, 1, 2, -1, -2, 3, 6], 0),
  ])
  func carriedCells(matrix: [Double], vector: Int) throws {
    let line =
      "-N 2 -default_F 100 -lambda 1 -distance 100 -pixel 1 -detpixels 4 -oversample 1 -spindle_axis 1 0 0 -phi 0 -osc 2e-18"
      + " -phisteps 2"
    var memory = MemoryInputs()
    memory.matrix = try Physics.OrientationMatrix(matrix.map { $0 / 64 }, source: "test")
    let experiment = try CommandLineParser(line.words).parse().adding(memory).experiment(clockSeed: 1)
    let direct = experiment.crystal.lattice.direct
    let rest = [direct.a, direct.b, direct.c].map { [1e10 * $0.x, 1e10 * $0.y, 1e10 * $0.z] }
    for fast in 0...1 {
      let fields = try PixelTracer(experiment).pixelLines(PixelIndex(slow: 0, fast: fast)).flatMap(\.fields)
      let found = [TraceName.rotatedA, .rotatedB, .rotatedC].map { name in
        fields.first { $0.name == name.rawValue }?.values.compactMap(\.number) ?? []
      }
      let differing = (0..<3).filter { found[$0] != rest[$0] }
      #expect(differing == (fast == 0 ? [] : [vector]), "\(found) for \(rest)")
    }
  }

  /// A limit of the resolution that is the spacing of a pixel to the last bit keeps the pixel.
  @Test func theLimitItselfIsKept() throws {
    let line =
      "-cell 50 60 70 80 90 100 -N 2 -default_F 100 -lambda 1 -distance 100 -pixel 5 -detpixels 4 -oversample 1"
    func trace(_ options: String) throws -> [TraceLine] {
      try PixelTracer(Experiment(command: line + options)).pixelLines(PixelIndex(slow: 1, fast: 2))
    }
    func steps(_ limit: Double) throws -> Int { try trace(" -dmin \(limit)").count { $0.section == .step } }
    let fields = try trace("").flatMap(\.fields)
    let q = try #require(fields.first { $0.name == TraceName.scatteringVector.rawValue }).values.compactMap(\.number)
    let spacing = 0.5 / (0.5 * Vector3(q[0], q[1], q[2]).length)
    let unit = (spacing * 1e10).ulp
    let same = try #require((-8...8).map { spacing * 1e10 + Double($0) * unit }.first { $0 * 1e-10 == spacing })
    #expect(try steps(same) == 1 && steps(same * (1 + 3e-7)) == 0 && steps(same * (1 - 3e-7)) == 1)
    // sin θ/λ below one per metre is beyond a limit, too.
    #expect(try trace(" -lambda 2e10 -dmin 1e12").allSatisfy { $0.section != .step })
  }

  @Test func anExperimentHasSources() throws {
    var request = SimulationRequest()
    (request.cell, request.defaultAmplitude, request.oversample, request.sources) = ([50, 60, 70], 1, 1, [])
    for mode in [Compatibility.cParity, .spec] {
      #expect(throws: ExperimentError.self) { try Experiment(resolving: request, compatibility: mode) }
    }
  }
}
