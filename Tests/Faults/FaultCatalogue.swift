import Foundation
import Judging
import Physics

/// Thirty faults that real simulators had, by their numbers.
public enum FaultCatalogue {
  /// Nothing: our simulator as it is, on which a judge must find nothing.
  public static let none = Fault(0, "no fault")

  /// All faults.
  public static let all: [Fault] = geometry + crystal + beam + sampling + rest

  private static let vectors: Set<String> = [
    "-fdet_vector", "-sdet_vector", "-odet_vector", "-polar_vector", "-spindle_axis", "-twotheta_axis", "-pix0_vector",
  ]

  private static func isTurned(_ line: JudgedLine) -> Bool {
    ["-detector_rotx", "-detector_roty", "-detector_rotz"].contains { (line.number($0) ?? 0) != 0 }
  }

  private static let geometry = [
    Fault(
      1, "half a pixel lost",
      line: { line, right in
        guard right.detector.convention == .mosflm else { return line }
        let (half, centre) = (right.detector.pixelSize / 2, right.detector.quotedCentre)
        return line.adding(
          "-Xbeam \(Fault.text((centre.fast - half) * 1000)) -Ybeam \(Fault.text((centre.slow - half) * 1000))")
      }),
    Fault(
      2, "a vector option starts from another frame",
      line: { line, _ in
        !line.options.isDisjoint(with: vectors) && !line.options.contains("-beam_vector")
          && line.options.isDisjoint(with: ["-xds", "-dials", "-adxv", "-denzo", "-mosflm"])
          ? line.adding("-beam_vector 0 0 1") : line
      }),
    Fault(
      3, "a curved detector lies behind the sample",
      laws: { $0.detector.isCurved ? Behind() as any DiffractionLaws<Double> : StandardLaws() }),
    Fault(
      4, "the nominal distance for the sample pivot",
      line: { line, right in
        guard right.detector.pivot == .sample, isTurned(line), !line.options.contains("-close_distance") else {
          return line
        }
        let distance = line.number("-distance") ?? 100
        return line.dropping("-distance").adding("-close_distance \(Fault.text(distance))")
      }),
    Fault(
      5, "XDS obeys the beam centre",
      line: { line, right in
        guard right.detector.convention == .xds else { return line }
        let pixel = right.detector.pixelSize * 1000
        var other = line
        if let x = line.number("-Xbeam") {
          other = other.dropping("-ORGX").adding("-ORGX \(Fault.text(x / pixel + 0.5))")
        }
        if let y = line.number("-Ybeam") {
          other = other.dropping("-ORGY").adding("-ORGY \(Fault.text(y / pixel + 0.5))")
        }
        return other
      }),
    Fault(6, "the solid angle takes the distance along the beam", laws: { ObliquityAlongBeam(pose: $0.detector.pose) }),
    Fault(
      7, "every sub-pixel has its own solid angle",
      line: { line, right in ownOmega(line, right) ? line.adding("-oversample_omega") : line },
      compatibility: { line, right in
        line.options.contains("-oversample_omega") && right.sampling.omega == false
          ? .cParity.setting(.runningSum, false) : .cParity
      }),
  ]

  private static func ownOmega(_ line: JudgedLine, _ right: Experiment) -> Bool {
    right.detector.sensor.thickness == 0 && right.crystal.waterThickness == 0
      && !right.sampling.omega && !right.sampling.polar && !right.sampling.thick
  }

  private static let crystal = [
    Fault(
      8, "the orientation matrix is read by rows",
      line: { line, _ in
        guard let file = line.values("-mat")?.first, let data = line.files[file] else { return line }
        let numbers = String(decoding: data, as: UTF8.self).split { $0 == " " || $0 == "\n" }
        guard numbers.count == 9 else { return line }
        var other = line
        other.files[file] = Data(
          (0..<3).map { row in (0..<3).map { String(numbers[3 * $0 + row]) }.joined(separator: " ") + "\n" }.joined()
            .utf8)
        return other
      }),
    Fault(
      9, "a misset with an angle of 0 is dropped",
      line: { line, _ in
        guard let words = line.values("-misset"), words.count == 3, words.contains(where: { Double($0) == 0 }) else {
          return line
        }
        return line.dropping("-misset")
      }),
    Fault(
      10, "the lengths of the cell are not imposed",
      line: { line, right in right.crystal.cell != nil ? line.withMatrix(right.crystal.lattice.reciprocal, right) : line
      }),
    Fault(
      11, "spot widths in units of the indices",
      compatibility: { _, _ in .cParity.setting(.spotWidthFromProduct, false) }),
    Fault(12, "no mosaic domain is at rest", laws: { NoneAtRest(spread: $0.crystal.mosaicSpread) }),
    Fault(13, "reflections beyond the list are 0", laws: { _ in ZeroBeyondList() }),
    Fault(
      14, "the nearest reflection in place of the interpolation",
      line: { line, right in right.interpolates ? line.adding("-nointerpolate") : line }),
    Fault(
      15, "limits of the indices are not set",
      crashes: { [dice = Dice()] line in !line.options.contains("-hkl") && dice.isOne(of: 2) }),
  ]

  private static let beam = [
    Fault(
      16, "without polarization correction, nothing",
      image: { pixels, run in
        if !run.experiment.beam.isPolarized && !run.experiment.sampling.polar { pixels = pixels.map { _ in 0 } }
      }),
    Fault(17, "one component of the incident vector three times", laws: { _ in OneComponent() }),
    Fault(18, "the polarization of the last source", image: LastPolarization.apply),
    Fault(
      19, "the divergence is lost",
      line: { line, _ in
        line.dropping(
          "-divergence", "-hdivrange", "-vdivrange", "-hdivstep", "-vdivstep", "-hdivsteps", "-vdivsteps", "-divsteps")
      }),
    Fault(20, "the flux is ignored", line: { line, _ in line.dropping("-flux", "-exposure") }),
  ]

  private static let sampling = [
    Fault(
      21, "divided by the steps twice",
      image: { pixels, run in pixels = pixels.map { Float(Double($0) / Double(run.experiment.sampling.steps)) } }),
    Fault(22, "the middle of the phi step", laws: { PhiMiddle(half: $0.sampling.phiTable.step / 2) }),
    Fault(
      23, "sixteen bits for the phi steps",
      image: { pixels, run in
        if run.experiment.sampling.phi.count > 32767 || run.experiment.crystal.domains.count > 32767 {
          pixels = pixels.map { _ in 0 }
        }
      }),
    Fault(24, "a phi of 0 is reset", compatibility: { _, _ in .cParity.setting(.phiCarryOver, false) }),
  ]

  private static let rest = [
    Fault(
      25, "one layer by default",
      line: { line, right in
        right.detector.sensor.thickness > 0 && !line.options.contains("-detector_thicksteps")
          ? line.adding("-thicksteps 1") : line
      },
      compatibility: { line, right in
        right.detector.sensor.thickness > 0 && line.uses.last?.name == "-thicksteps"
          ? .cParity.setting(.layersExceedSensor, false) : .cParity
      }),
    Fault(26, "water twice", image: WaterTwice.apply),
    Fault(27, "counts are cut off", countOffset: -0.5),
    Fault(28, "single precision from q to sinc", laws: { _ in FloatLattice() }),
    Fault(
      29, "the lattice in single precision",
      line: { line, right in
        let cell = right.crystal.lattice.angstroms
        func float(_ v: Vector3) -> Vector3 { Vector3(Double(Float(v.x)), Double(Float(v.y)), Double(Float(v.z))) }
        let (a, b, c) = (float(cell.a), float(cell.b), float(cell.c))
        let volume = a.dot(b.cross(c))
        let star = ReciprocalBasis(
          a: (1 / volume) * b.cross(c), b: (1 / volume) * c.cross(a), c: (1 / volume) * a.cross(b))
        return line.withMatrix(star, right)
      }),
    Fault(
      30, "threads share the scratch of the interpolation", laws: { [dice = Dice()] _ in SharedScratch(dice: dice) }),
  ]
}

extension JudgedLine {
  func number(_ option: String) -> Double? { values(option)?.first.flatMap(NumberText.number) }

  func dropping(_ options: String...) -> JudgedLine {
    var line = self
    line.uses.removeAll { options.contains($0.name) || options.contains(Self.canonical($0.name)) }
    return line
  }

  /// The line with its crystal as a matrix file.
  func withMatrix(_ star: ReciprocalBasis, _ experiment: Experiment) -> JudgedLine {
    let wavelength = experiment.beam.wavelength * 1e10
    let rows = [star.a, star.b, star.c]
    var line = dropping("-cell", "-misset", "-misset_seed", "-mat").adding("-mat spelled.mat")
    line.files["spelled.mat"] = Data(
      (0..<3).map { row in rows.map { Fault.text($0.components[row] * wavelength) }.joined(separator: " ") + "\n" }
        .joined().utf8)
    return line
  }
}
