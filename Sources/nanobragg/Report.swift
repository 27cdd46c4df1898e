import Physics

/// The lines on standard output, in the wording of the reference program where scripts look for it (spec/70 §8).
enum Report {
  /// What was set up.
  static func setUp(_ experiment: Experiment) -> String {
    let (detector, sampling) = (experiment.detector, experiment.sampling)
    var lines = [
      "  \(detector.fastPixels)x\(detector.slowPixels) pixels, \(experiment.beam.sources.count) sources",
      "  \(experiment.crystal.domains.count) mosaic domains, \(sampling.phi.count) phi steps",
      "  \(sampling.oversample)x\(sampling.oversample) pixel oversample steps",
    ]
    if let misset = experiment.crystal.misset {
      let degrees = misset.components.map { NumberText.text("%f", $0 * Constants.degreesPerRadian) }
      lines.insert("crystal orientation: misset \(degrees.joined(separator: " ")) deg", at: 0)
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// What came out.
  static func image(_ rendering: Simulator.Rendering, named name: String) -> String {
    let statistics = rendering.statistics
    return """
      solid angle subtended by detector = \(g(statistics.solidAngle)) steradian
      writing \(name) as \(rendering.image.pixels.count) 4-byte floats
      max_I = \(g(statistics.maximum))  at \(g(statistics.maximumFast)) \(g(statistics.maximumSlow))
      mean= \(g(statistics.mean)) rms= \(g(statistics.rms)) rmsd= \(g(statistics.rmsd))

      """
  }

  private static func g(_ number: Double) -> String { NumberText.text("%g", number) }
}
