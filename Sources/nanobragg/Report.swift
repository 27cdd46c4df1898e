import Physics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The lines on standard output, in the wording of the reference program where scripts look for it (spec/70 §8).
enum Report {
  /// What was set up.
  static func setUp(_ experiment: Experiment, hasRandomOrientation: Bool) -> String {
    let (detector, sampling, beam) = (experiment.detector, experiment.sampling, experiment.beam)
    var lines: [String] = []
    if hasRandomOrientation, let misset = experiment.crystal.misset {
      let angles = NumberText.row("%f", Constants.degreesPerRadian * misset)
      lines.append("random orientation misset angles: \(angles) deg")
    }
    lines += cell(experiment.crystal.lattice)
    for (index, phi) in sampling.phi.enumerated() {
      lines.append("phi\(index) = \(g(phi * Constants.degreesPerRadian))")
    }
    let wavelengths = beam.sources.prefix { $0.position == beam.sources[0].position }.map(\.wavelength)
    for (index, wavelength) in wavelengths.enumerated() {
      lines.append("lambda\(index) = \(NumberText.text("%.15g", wavelength))")
    }
    lines.append("  created a total of \(beam.sources.count) sources:")
    for source in beam.sources {
      lines.append("\(row(source.position))   \(g(source.weight)) \(g(source.wavelength))")
    }
    let pose = detector.pose
    let start = sampling.phiStart * Constants.degreesPerRadian
    let end = (sampling.phiStart + sampling.phiTable.range) * Constants.degreesPerRadian
    lines += [
      "  distance=\(g(pose.distance)) detsize=\(g(detector.fastSize))x\(g(detector.slowSize))  "
        + "pixel=\(g(detector.pixelSize)) meters (\(detector.fastPixels)x\(detector.slowPixels) pixels)",
      "  Fbeam=\(g(pose.beamCentre.fast)) Sbeam=\(g(pose.beamCentre.slow))",
      "  Fclose=\(g(pose.nearPoint.fast)) Sclose=\(g(pose.nearPoint.slow))",
      "  \(beam.sources.count) sources",
      "  \(experiment.crystal.domains.count) mosaic domains over mosaic spread of "
        + "\(g(experiment.crystal.mosaicSpread * Constants.degreesPerRadian)) degrees",
      "  \(sampling.phi.count) phi steps from \(g(start)) to \(g(end)) degrees",
      "  sensor is \(g(detector.sensor.thickness)) m thick in \(detector.sensor.layerCount) layers",
      "  \(sampling.oversample)x\(sampling.oversample) pixel oversample steps",
    ]
    return text(lines)
  }

  private static func text(_ lines: [String]) -> String {
    var text = ""
    text.reserveCapacity(lines.reduce(0) { $0 + $1.utf8.count + 1 })
    for line in lines {
      text += line
      text += "\n"
    }
    return text
  }

  /// Cell, reciprocal cell, volume and vectors.
  private static func cell(_ lattice: Lattice) -> [String] {
    let direct = lattice.direct
    let (a, b, c) = (1e10 * direct.a, 1e10 * direct.b, 1e10 * direct.c)
    let (x, y, z) = (lattice.reciprocal.a, lattice.reciprocal.b, lattice.reciprocal.c)
    func parameters(_ a: Vector3, _ b: Vector3, _ c: Vector3) -> String {
      let angles = [(b, c), (a, c), (a, b)].map {
        acos($0.dot($1) / $0.length / $1.length) * Constants.degreesPerRadian
      }
      return NumberText.row("%g", [a.length, b.length, c.length] + angles)
    }
    return [
      "Unit Cell: \(parameters(a, b, c))", "Recp Cell: \(parameters(x, y, z))", "volume = \(g(lattice.volume)) A^3",
      "real-space cell vectors (Angstrom):", "     a           b           c         ",
    ] + table(a, b, c) + [
      "reciprocal-space cell vectors (Angstrom^-1):", "     a_star      b_star      c_star    ",
    ] + table(x, y, z)
  }

  /// Three vectors, one per column.
  private static func table(_ a: Vector3, _ b: Vector3, _ c: Vector3) -> [String] {
    func row(_ name: String, _ component: (Vector3) -> Double) -> String {
      "\(name): " + NumberText.row("%11.8f", Vector3(component(a), component(b), component(c)))
    }
    return [row("X") { $0.x }, row("Y") { $0.y }, row("Z") { $0.z }]
  }

  /// What came out.
  static func image(_ rendering: Simulator.Rendering, named name: String) -> String {
    let statistics = rendering.statistics
    let share = 100 * statistics.solidAngle / 4 / Double.pi
    return """
      solid angle subtended by detector = \(g(statistics.solidAngle)) steradian ( \(g(share))% sphere)
      writing \(name) as \(rendering.image.pixels.count) 4-byte floats
      max_I = \(g(statistics.maximum))  at \(g(statistics.maximumFast)) \(g(statistics.maximumSlow))
      mean= \(g(statistics.mean)) rms= \(g(statistics.rms)) rmsd= \(g(statistics.rmsd))

      """
  }

  /// A pixel as `-printout` shows it.
  static func pixel(_ values: PixelValues, wavelength: Double, steps: Int) -> String {
    let place = values.position
    let angle = atan2((place.y * place.y + place.z * place.z).squareRoot(), place.x)
    let stol = sin(angle / 2) / (wavelength * 1e10)
    func ten(_ number: Double) -> String { NumberText.text("%15.10g", number) }
    let cell = values.cell
    let vectors = text(table(1e10 * cell.a, 1e10 * cell.b, 1e10 * cell.c))
    let whole = values.rounded.components.map { "\(Int32(cut: $0))" }.joined(separator: " ")
    return """
      \(wide(values.fast)) \(wide(values.slow)) : stol = \(g(values.stol)) or \(g(stol))
      at \(row(place))
      hkl= \(NumberText.row("%f", values.fractional))  hkl0= \(whole)
       F_cell=\(g(values.amplitude))  F_latt=\(g(values.latticeFactor))   I = \(g(values.sum))
      I/steps \(ten(values.sum / Double(steps)))
      polar   \(ten(values.polarization))
      omega   \(ten(values.solidAngle))
      capfrac \(ten(values.captureFraction))
      pixel   \(ten(Double(values.photons)))
      real-space cell vectors (Angstrom):
           a           b           c\("         ")
      \(vectors)
      """
  }

  private static func wide(_ number: Int) -> String {
    let text = "\(number)"
    return String(repeating: " ", count: max(0, 4 - text.count)) + text
  }

  private static func row(_ vector: Vector3) -> String { NumberText.row("%g", vector) }

  private static func g(_ number: Double) -> String { NumberText.text("%g", number) }
}
