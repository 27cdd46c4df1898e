import Physics

import Glibc

extension Report {
  /// The lines about the image: solid angle, maximum and statistics.
  /// - Parameters:
  ///   - rendering: The image and its statistics.
  ///   - name: The name of the float image.
  public static func image(_ rendering: Simulator.Rendering, named name: String) -> String {
    let statistics = rendering.statistics
    return text([
      "solid angle subtended by detector = \(g(statistics.solidAngle)) steradian ( \(g(statistics.solidAngleShare))% sphere)",
      "writing \(name) as \(rendering.image.pixels.count) 4-byte floats",
      "max_I = \(g(statistics.maximum))  at \(g(statistics.maximumFast)) \(g(statistics.maximumSlow))",
      "mean= \(g(statistics.mean)) rms= \(g(statistics.rms)) rmsd= \(g(statistics.rmsd))",
    ])
  }

  /// The lines about a pixel that `-printout` prints.
  /// - Parameters:
  ///   - values: The values of the pixel.
  ///   - wavelength: The nominal wavelength, in m.
  ///   - steps: The number of steps, by which the sum of the pixel is divided.
  public static func pixel(_ values: PixelValues, wavelength: Double, steps: Int) -> String {
    let place = values.position
    let angle = atan2((place.y * place.y + place.z * place.z).squareRoot(), place.x)
    let stol = sin(angle / 2.0) / (wavelength * 1e10)
    let whole = values.rounded.components.map { "\(Int32(cut: $0))" }.joined(separator: " ")
    let cell = values.cell
    return text(
      [
        "\(wide(values.pixel.fast)) \(wide(values.pixel.slow)) : stol = \(g(values.stol)) or \(g(stol))",
        "at \(row(place))",
        "hkl= \(NumberText.row("%f", values.fractional))  hkl0= \(whole)",
        " F_cell=\(g(values.amplitude))  F_latt=\(g(values.latticeFactor))   I = \(g(values.sum))",
        "I/steps \(ten(values.sum / Double(steps)))",
        "polar   \(ten(values.polarization))",
        "omega   \(ten(values.solidAngle))",
        "capfrac \(ten(values.captureFraction))",
        "pixel   \(ten(Double(values.photons)))",
        "real-space cell vectors (Angstrom):",
      ] + table("     a           b           c         ", 1e10 * cell.a, 1e10 * cell.b, 1e10 * cell.c))
  }

  private static func ten(_ number: Double) -> String { NumberText.text("%15.10g", number) }

  private static func wide(_ number: Int) -> String {
    let text = "\(number)"
    return String(repeating: " ", count: max(0, 4 - text.count)) + text
  }
}
