import Physics

/// The lines on standard output, in the wording of the reference program where scripts look for it (spec/70 §8).
enum Report {
  /// What was set up.
  static func setUp(_ experiment: Experiment) {
    let (detector, sampling) = (experiment.detector, experiment.sampling)
    if let misset = experiment.crystal.misset {
      let degrees = misset.components.map { NumberText.text("%f", $0 * Constants.degreesPerRadian) }
      print("crystal orientation: misset \(degrees.joined(separator: " ")) deg")
    }
    print("  \(detector.fastPixels)x\(detector.slowPixels) pixels, \(experiment.beam.sources.count) sources")
    print("  \(experiment.crystal.domains.count) mosaic domains, \(sampling.phi.count) phi steps")
    print("  \(sampling.oversample)x\(sampling.oversample) pixel oversample steps")
  }

  /// What came out.
  static func image(_ rendering: Simulator.Rendering, named name: String) {
    let statistics = rendering.statistics
    print("solid angle subtended by detector = \(g(statistics.solidAngle)) steradian")
    print("writing \(name) as \(rendering.image.pixels.count) 4-byte floats")
    print(
      "max_I = \(g(statistics.maximum))  at \(g(statistics.maximumFast)) \(g(statistics.maximumSlow))")
    print("mean= \(g(statistics.mean)) rms= \(g(statistics.rms)) rmsd= \(g(statistics.rmsd))")
  }

  private static func g(_ number: Double) -> String { NumberText.text("%g", number) }
}
