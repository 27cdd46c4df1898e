import Physics

/// The lines on standard output (docs/reference/70-files.md §8). Names, numbers, blanks and order are those of the
/// reference program, because scripts read these lines. Warnings and remarks go to standard error, in the wording of
/// this program.
public enum Report {
  /// The lines about the set-up.
  /// - Parameters:
  ///   - experiment: The experiment.
  ///   - request: The request of the command line.
  ///   - cache: The name of the reflection cache that was written; nil if none was written.
  public static func setUp(_ experiment: Experiment, _ request: CommandLineRequest, cache: String?) -> String {
    var lines = pose(experiment.detector, experiment.beam)
    lines += crystal(experiment, isRandom: request.simulation.misset == .random)
    if let cache { lines.append("writing dump file for next time: \(cache)") }
    lines += samples(experiment) + sources(experiment.beam)
    lines.append("  created a total of \(experiment.crystal.domains.count) mosaic domains")
    lines += conditions(experiment) + detector(experiment) + sampling(experiment)
    if request.outputs.writesNoise {
      lines += [
        "  noise image paramters:", "  seed: \(experiment.noiseStream)",
        "  water droplet size: \(g(experiment.crystal.waterThickness)) m",
      ]
    }
    return text(lines)
  }

  /// The lines about convention, pivot and beam.
  private static func pose(_ detector: Detector, _ beam: Beam) -> [String] {
    let pivot =
      switch detector.pivot {
      case .sample: "sample"
      case .beam: "direct beam spot"
      }
    let (pose, b) = (detector.pose, beam.direction)
    return [
      "\(detector.convention.rawValue.lowercased()) convention selected.", "pivoting detector around \(pivot)",
      "XDS incident beam: \(row(Vector3(b.dot(pose.fast), b.dot(pose.slow), b.dot(pose.normal))))",
    ]
  }

  /// The lines about sensor layers and spindle angles.
  private static func samples(_ experiment: Experiment) -> [String] {
    let sensor = experiment.detector.sensor
    let layers = (0..<sensor.layerCount).map { "thick\($0) = \(g(sensor.layerThickness * Double($0) * 1e6)) um" }
    return layers
      + experiment.sampling.phi.enumerated().map { "phi\($0.0) = \(g($0.1 * Constants.degreesPerRadian))" }
  }

  /// The lines about the source points.
  private static func sources(_ beam: Beam) -> [String] {
    var lines: [String] = []
    if let deviations = beam.grid.deviations {
      lines += deviations.map { "divergence deviation: \(g($0.horizontal)) \(g($0.vertical))" }
      lines += beam.grid.wavelengths(beam.wavelength).enumerated().map {
        "lambda\($0.0) = \(NumberText.text("%.15g", $0.1))"
      }
    }
    lines.append("  created a total of \(beam.sources.count) sources:")
    return lines + beam.sources.map { "\(row($0.position))   \(g($0.weight)) \(g($0.wavelength))" }
  }

  /// The lines about structure factors, crystal shape, beam and corrections.
  private static func conditions(_ experiment: Experiment) -> [String] {
    let (form, beam) = (experiment.crystal.form, experiment.beam)
    let dispersion = beam.grid.dispersion
    var lines = [
      "  \(experiment.structureFactors.count) initialized hkls (all others "
        + "=\(g(experiment.structureFactors.defaultAmplitude)))",
      "  \(form.shape.law.printedName) xtal: \(NumberText.row("%.0f", form.cells, separator: "x")) cells",
      "  wave=\(g(beam.wavelength)) meters +/- \(g(dispersion.range * 100))% in \(dispersion.count) steps",
      beam.isPolarized
        ? "  Kahn polarization factor: \(NumberText.text("%f", beam.kahnFactor))" : "  polarization effect disabled",
    ]
    if experiment.detector.isCurved { lines.append("  curved detector: all pixels same distance from origin") }
    if experiment.detector.hasPointPixels { lines.append("  pixel obliquity effect disabled") }
    lines.append("  incident fluence: \(g(beam.fluence)) photons/m^2")
    return lines
  }

  /// The lines about the pose of the detector.
  private static func detector(_ experiment: Experiment) -> [String] {
    let (detector, beam) = (experiment.detector, experiment.beam)
    let (pose, sensor) = (detector.pose, detector.sensor)
    func pair(_ fast: String, _ slow: String, _ point: PlanePoint) -> String {
      "  \(fast)=\(g(point.fast)) \(slow)=\(g(point.slow))"
    }
    return [
      "  distance=\(g(pose.distance)) detsize=\(g(detector.fastSize))x\(g(detector.slowSize))  "
        + "pixel=\(g(detector.pixelSize)) meters (\(detector.fastPixels)x\(detector.slowPixels) pixels)",
      "  sensor is \(g(sensor.thickness)) m thick in \(sensor.layerCount) layers with mu= \(g(sensor.attenuation))",
      pair("Xbeam", "Ybeam", detector.quotedCentre),
      pair("Fbeam", "Sbeam", pose.beamCentre),
      pair("Xclose", "Yclose", detector.quotedNearPoint),
      pair("Fclose", "Sclose", pose.nearPoint),
      "  DIRECTION_OF_DETECTOR_X-AXIS= \(row(pose.fast))",
      "  DIRECTION_OF_DETECTOR_Y-AXIS= \(row(pose.slow))",
      "  DIRECTION_OF_DETECTOR_Z-AXIS= \(row(pose.normal))",
      "  INCIDENT_BEAM_DIRECTION= \(row(beam.direction))",
      "  spindle ROTATION_AXIS= \(row(experiment.crystal.spindle))",
      "  POLARIZATION_PLANE_NORMAL= \(row(beam.direction.cross(beam.polarizationAxis)))",
      "  dials origin= \(row(pose.dialsOrigin))",
    ]
  }

  /// The lines about ranges and numbers of steps.
  private static func sampling(_ experiment: Experiment) -> [String] {
    let (sampling, beam, bounds) = (experiment.sampling, experiment.beam, experiment.region.bounds)
    func range(_ name: String, _ table: SamplingTable) -> String {
      "  \(name)range=\(g(table.range)) \(name)step=\(g(table.step))  radians"
    }
    func degrees(_ angle: Double) -> String { g(angle * Constants.degreesPerRadian) }
    let start = sampling.phiStart
    let flags = [(sampling.thick, " +thick"), (sampling.polar, " +polar"), (sampling.omega, " +omega")]
    return [
      "  roi: \(bounds.fastMinimum) < x < \(bounds.fastMaximum) && \(bounds.slowMinimum) < y < \(bounds.slowMaximum)",
      range("hdiv", beam.grid.horizontal), range("vdiv", beam.grid.vertical),
      // The reference program only counts the points of its own grid; with a source file it prints -1.
      "  \(beam.grid.deviations?.count ?? -1) divergence steps",
      "  \(beam.sources.count) sources",
      "  \(experiment.crystal.domains.count) mosaic domains over mosaic spread of "
        + "\(degrees(experiment.crystal.mosaicSpread)) degrees",
      "  \(sampling.phi.count) phi steps from \(degrees(start)) to \(degrees(start + sampling.phiTable.range)) degrees",
      "  \(sampling.oversample)x\(sampling.oversample) pixel oversample steps"
        + flags.filter(\.0).map(\.1).joined(),
    ]
  }

  static func text(_ lines: [String]) -> String {
    var text = ""
    text.reserveCapacity(lines.reduce(0) { $0 + $1.utf8.count + 1 })
    for line in lines {
      text += line
      text += "\n"
    }
    return text
  }

  static func row(_ vector: Vector3) -> String { NumberText.row("%g", vector) }

  static func g(_ number: Double) -> String { NumberText.text("%g", number) }
}
