import Physics
import TestSupport
import Testing

/// Phi tables, source grids and layers against the examples of docs/reference/40-beam-and-sampling.md.
@Suite(.tags(.sampling, .beam), .generousTime) struct SamplingTests {
  private func experiment(_ arguments: String, _ mode: Compatibility = .cParity) throws -> Experiment {
    try Experiment(command: "-cell 100 -default_F 100 -detpixels 4 \(arguments)", mode)
  }

  @Test(
    arguments: [
      ("-osc 1", [0, 0.5]), ("-phisteps 4", [0, 0.25, 0.5, 0.75]), ("-osc 1 -phisteps 3 -phistep 0", [0, 0, 0]),
      ("-phistep 0.3", [0, 0.3]), ("-osc 0.9 -phistep 0.3", [0, 0.3, 0.6, 0.9]),
      ("-phisteps 5 -phistep 0.1", [0, 0.1]),
      ("-phisteps 4 -phistep 0", [0, 0.25, 0.5, 0.75]), ("-phi 7", [7]), ("-osc 0", [0, 0]), ("-phisteps 0", [0]),
      ("-osc 0 -phistep 1", []),
    ] as [(String, [Double])])
  func phiSteps(arguments: String, degrees: [Double]) throws {
    try expectPhi(try experiment(arguments), degrees)
  }

  @Test(
    arguments: [
      ("-osc 0 -phistep 1", [0]), ("-osc 0", [0]), ("-phisteps 5 -phistep 0.1", [0, 0.1, 0.2, 0.3, 0.4]),
    ] as [(String, [Double])])
  func phiStepsOfSpec(arguments: String, degrees: [Double]) throws {
    try expectPhi(try experiment(arguments, .spec), degrees)
  }

  private func expectPhi(
    _ experiment: Experiment, _ degrees: [Double], sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    for (ours, expected) in try pairs(experiment.sampling.phi, degrees) {
      expectClose(
        ours * 180 / .pi, expected, within: 1e-14, because: "degrees into radians and back, 7° at most",
        sourceLocation: sourceLocation)
    }
  }

  @Test(arguments: [
    ("-divergence 1 -divsteps 5", 13), ("-divergence 1 -divsteps 4", 12), ("-divergence 1 -divsteps 3", 5),
    ("-divergence 1 -divsteps 2", 4), ("-divergence 1 -divsteps 3 -square_div", 9),
    ("-hdivrange 0.28 -hdivstep 0.02", 14),
    ("-dispersion 1", 2), ("-dispersion 0 -dispsteps 3", 1), ("-dispersion 1 -dispsteps 5", 5), ("-hdivsteps 1", 1),
    ("-hdivrange 0 -hdivstep 0.1 -hdivsteps 3", 1),
  ])
  func numberOfSources(arguments: String, count: Int) throws {
    #expect(try experiment(arguments).beam.sources.count == count)
  }

  @Test(
    arguments: [
      ("-hdivrange 1 -hdivstep 0.3", [-0.5, -0.2, 0.1, 0.4]), ("-hdivrange 1 -hdivsteps 3", [-0.5, 0, 0.5]),
      ("-hdivsteps 1", [-500]),
    ] as [(String, [Double])])
  func horizontalAngles(arguments: String, milliradians: [Double]) throws {
    // The beam is along x and the polarization axis along z: horizontal divergence turns about -y, towards z.
    let angles = try experiment(arguments).beam.sources.map { 1000 * atan2($0.direction.z, $0.direction.x) }
    for (ours, expected) in try pairs(angles, milliradians) {
      expectClose(abs(ours), abs(expected), within: 1e-10, because: "rotations of a unit vector, ε of 500 mrad at most")
    }
  }

  @Test(
    arguments: [
      ("-detector_thick 450", 2, 225), ("-detector_thick 450 -thicksteps 1", 2, 450),
      ("-detector_thick 450 -thicksteps 2", 2, 450), ("-detector_thick 450 -thicksteps 5", 5, 112.5),
      ("-thicksteps 5", 1, 0),
    ] as [(String, Int, Double)])
  func sensorLayers(arguments: String, count: Int, micrometres: Double) throws {
    let sensor = try experiment(arguments).detector.sensor
    #expect(sensor.layerCount == count)
    expectClose(
      sensor.layerThickness * 1e6, micrometres, within: 1e-12 * micrometres, because: "µm into metres and back")
  }

  @Test(arguments: [("1.04", 10), ("1.05", 11), ("1.06", 11)])
  func pixelCounts(millimetres: String, count: Int) throws {
    let experiment = try Experiment(command: "-cell 100 -default_F 1 -pixel 0.1 -detsize \(millimetres)")
    #expect(experiment.detector.fastPixels == count)
  }

  @Test func roundingOfCellCountsFollowsTheMetreVectors() throws {
    let experiment = try Experiment(
      command: "-default_F 1 -cell 60 60 60 90 90 90 -misset 5 -8 13 -xtalsize 0.00003 -detpixels 4")
    #expect(experiment.crystal.form.cells == Vector3(5, 6, 5))
  }
}

import Glibc
