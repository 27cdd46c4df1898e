import Physics

extension Report {
  /// Orientation, cell and size of the crystal.
  static func crystal(_ experiment: Experiment, isRandom: Bool) -> [String] {
    let (lattice, counts) = (experiment.crystal.lattice, experiment.crystal.form.cells)
    var lines: [String] = []
    if let angles = experiment.crystal.cell?.reciprocalAngles, angles.areOdd {
      // The reference program prints the last cosine with this misprint.
      lines += odd(angles, ["alpha_star", "beta_star", "gamma_star"], cosines: ["cos(", "cos(", "cos9"], end: ")")
    }
    if isRandom, let misset = experiment.crystal.misset {
      let angles = NumberText.row("%f", Constants.degreesPerRadian * misset)
      lines.append("random orientation misset angles: \(angles) deg")
    }
    if lattice.angles.areOdd {
      lines += odd(
        lattice.angles, ["alpha", "beta", "gamma"], sine: "sin_", cosines: ["cos_", "cos_", "cos_"], end: "")
    }
    if lattice.reciprocalAngles.areOdd {
      lines += odd(
        lattice.reciprocalAngles, ["alpha_star", "beta_star", "gamma_star"], cosines: ["cos(", "cos(", "cos("], end: ")"
      )
    }
    let (a, b, c) = (lattice.angstroms.a, lattice.angstroms.b, lattice.angstroms.c)
    let star = lattice.reciprocal
    lines += [
      "Unit Cell: \(parameters(a, b, c, lattice.angles))",
      "Recp Cell: \(parameters(star.a, star.b, star.c, lattice.reciprocalAngles))",
      "volume = \(g(lattice.volume)) A^3",
      "real-space cell vectors (Angstrom):",
    ]
    lines += table("     a           b           c         ", a, b, c)
    lines.append("reciprocal-space cell vectors (Angstrom^-1):")
    lines += table("     a_star      b_star      c_star    ", star.a, star.b, star.c)
    let size = Vector3(
      lattice.direct.a.length * counts.x, lattice.direct.b.length * counts.y, lattice.direct.c.length * counts.z)
    let weight =
      size.x * size.y * size.z * Constants.proteinDensity * Constants.avogadro / (counts.x * counts.y * counts.z)
    lines += [
      "crystal is \(g(size.x * 1e6)) x \(g(size.y * 1e6)) x \(g(size.z * 1e6)) microns",
      "approximate MW = \(g(weight))",
    ]
    return lines
  }

  /// The lines about sines and cosines that are beyond ±1.
  private static func odd(
    _ angles: CellAngles, _ names: [String], sine: String = "sin(", cosines: [String], end: String
  ) -> [String] {
    // The names of sines and cosines are padded to the width of the longest.
    let width = names.map(\.count).max() ?? 0
    return zip(names.indices, zip(angles.sines.components, angles.cosines.components)).flatMap { index, values in
      let name = names[index] + end
      let blanks = String(repeating: " ", count: width + end.count - name.count)
      return [
        "\(sine)\(name)\(blanks) = \(NumberText.text("%.25g", values.0))",
        "\(cosines[index])\(name)\(blanks) = \(NumberText.text("%.25g", values.1))",
      ]
    }
  }

  /// The lengths of three vectors and the angles between them, in degrees, as text.
  private static func parameters(_ a: Vector3, _ b: Vector3, _ c: Vector3, _ angles: CellAngles) -> String {
    let degrees = angles.radians.components.map { $0 * Constants.degreesPerRadian }
    return NumberText.row("%g", [a.length, b.length, c.length] + degrees)
  }

  /// The lines of a table of three vectors, one per column.
  static func table(_ heading: String, _ a: Vector3, _ b: Vector3, _ c: Vector3) -> [String] {
    func row(_ name: String, _ component: (Vector3) -> Double) -> String {
      "\(name): " + NumberText.row("%11.8f", Vector3(component(a), component(b), component(c)))
    }
    return [heading, row("X") { $0.x }, row("Y") { $0.y }, row("Z") { $0.z }]
  }
}
