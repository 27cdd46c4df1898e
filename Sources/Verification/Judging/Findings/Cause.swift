import CommandLineSupport
import Foundation
import Physics
import TraceIO

/// The cause of a finding, as far as the judge can tell.
package struct Cause: Sendable, Hashable, Codable {
  package enum Certainty: String, Sendable, Hashable, Codable, Comparable {
    /// The kind of the cause fits.
    case possible
    /// A change that the judge made to the simulation gives every pixel of the candidate, or the change to the command
    /// line that takes the deviation away is known.
    case likely
    /// The traces show the first quantity that differs.
    case traced

    package static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }
    private var rank: Int { self == .possible ? 0 : self == .likely ? 1 : 2 }
  }

  /// A few words that stay the same from run to run, by which findings are grouped.
  package var code: String
  /// The cause in a sentence.
  package var text: String
  package var certainty: Certainty
}

/// Finds causes from images alone: by rendering what the candidate may compute instead, and by the ratio of the images.
struct ImageCauses {
  let line: JudgedLine
  let expected: FloatImage
  let found: FloatImage
  let experiment: Experiment
  let compatibility: Compatibility
  private let tolerance: PixelTolerance

  init(
    _ line: JudgedLine, expected: FloatImage, found: FloatImage, _ experiment: Experiment,
    _ features: CandidateFeatures
  ) {
    (self.line, self.expected, self.found, self.experiment) = (line, expected, found, experiment)
    compatibility = features.compatibility
    // A candidate that is not like the reference anyway need not have its last bits.
    tolerance = PixelTolerance(
      expected, of: experiment, features.precision == .identical ? .double : features.precision)
  }

  /// The causes that fit, the best first.
  func causes() -> [Cause] {
    // Where the reference is within twice the tolerance, every change that does nothing would seem to fit.
    guard !explains(expected) else { return ratios() }
    var causes: [Cause] = []
    if isZero(found), !isZero(expected) {
      causes.append(Cause(code: "zero-image", text: "every pixel is 0", certainty: .likely))
    }
    causes += withoutOptions() + withoutQuirks() + otherLines()
    if causes.isEmpty || causes.allSatisfy({ $0.code == "zero-image" }) { causes += otherLaws() }
    if causes.isEmpty { causes += transformations() }
    if causes.isEmpty { causes += ratios() }
    return causes
  }

  /// Whether a cause of this code fits, without a look at all others.
  func fits(_ code: String) -> Bool {
    guard !explains(expected) else { return true }
    if code == "zero-image" { return isZero(found) }
    if code.hasPrefix("quirk:"), let quirk = Quirk(rawValue: String(code.dropFirst(6))) {
      return explains(image(line, compatibility.setting(quirk, false)))
    }
    if code.hasPrefix("ignores:") { return explains(image(line.without(String(code.dropFirst(8))), compatibility)) }
    if ["factor", "single-precision"].contains(where: code.hasPrefix), ratios().contains(where: { $0.code == code }) {
      return true
    }
    if OtherLaw.all.contains(where: {
      $0.code == code && $0.applies(to: experiment) && explains($0.image(of: experiment))
    }) {
      return true
    }
    return ["transposed", "mirrored"].contains(code)
      ? transformations().contains { $0.code == code } : otherLines().contains { $0.code == code }
  }

  private func isZero(_ image: FloatImage) -> Bool { image.pixels.allSatisfy { $0 == 0 } }

  /// Whether an image is the candidate's, and not the reference's, within the tolerance.
  func explains(_ other: FloatImage?) -> Bool {
    guard let other, other.fastPixels == found.fastPixels, other.slowPixels == found.slowPixels else { return false }
    return zip(other.pixels, found.pixels).enumerated().allSatisfy { index, pair in
      let (a, b) = (Double(pair.0), Double(pair.1))
      guard a.isFinite, b.isFinite else { return a.isNaN && b.isNaN || a == b }
      // The tolerance of the reference's pixel, on the scale of this one.
      let (tolerated, reference) = (tolerance.allowed[index], abs(Double(expected.pixels[index])))
      let allowed = max(tolerated, reference > 0 ? abs(a) * min(tolerated / reference, 0.01) : abs(a) * 0x1p-21)
      return abs(a - b) <= allowed
    }
  }

  private func image(_ line: JudgedLine, _ compatibility: Compatibility) -> FloatImage? {
    // The vector code is within the tolerance, and tens of changes are rendered.
    guard let experiment = try? line.simulated(compatibility), experiment.stepCount <= LineCheck.pairLimit else {
      return nil
    }
    return try? Simulator(experiment).render().image
  }

  private func withoutOptions() -> [Cause] {
    line.options.sorted().compactMap { option in
      guard !["-cell", "-mat", "-default_F", "-hkl", "-detpixels"].contains(option) else { return nil }
      guard explains(image(line.without(option), compatibility)) else { return nil }
      return Cause(code: "ignores:\(option)", text: "\(option) has no effect", certainty: .likely)
    }
  }

  private func withoutQuirks() -> [Cause] {
    let quirks = Quirk.allCases.filter { compatibility.has($0) }
    var causes = quirks.compactMap { quirk -> Cause? in
      guard explains(image(line, compatibility.setting(quirk, false))) else { return nil }
      return Cause(
        code: "quirk:\(quirk.rawValue)", text: "the C program's quirk \(quirk.rawValue) (\(quirk)) is not followed",
        certainty: .likely)
    }
    if causes.isEmpty, compatibility == .cParity, explains(image(line, .spec)) {
      causes.append(
        Cause(code: "documented-physics", text: "the image is that of the documented physics", certainty: .likely))
    }
    return causes
  }

  /// Command lines that a program with a usual mistake simulates in place of the given one.
  private func otherLines() -> [Cause] {
    var others: [(code: String, text: String, line: JudgedLine)] = []
    if let distance = line.values("-distance")?.first ?? (line.has("-close_distance") ? nil : "100") {
      others.append(
        (
          "distance", "the distance is taken along the normal of the detector in place of along the beam",
          line.without("-distance").setting("-close_distance", distance)
        ))
    }
    if line.has("-interpolate") || experiment.interpolates {
      others.append(
        ("interpolation", "the nearest reflection is taken", line.without("-interpolate").adding("-nointerpolate")))
    } else {
      others.append(
        ("interpolation", "structure factors are interpolated", line.without("-nointerpolate").adding("-interpolate")))
    }
    if experiment.detector.sensor.thickness > 0 {
      let whole = compatibility.setting(.layersExceedSensor, false)
      if explains(image(line.setting("-thicksteps", "1"), whole)) {
        return [Cause(code: "layers", text: "the sensor is one layer", certainty: .likely)]
      }
      for count in [1, 2, 3] {
        others.append(("layers", "the sensor has other layers", line.setting("-thicksteps", "\(count)")))
      }
      others.append(
        (
          "absorption", "the absorption is left out",
          line.without("-detector_thick", "-detector_abs", "-detector_thicksteps")
        ))
    }
    for use in line.uses where use.values.count == 1 {
      guard let value = NumberText.number(use.values[0]), value != 0 else { continue }
      let option = JudgedLine.canonical(use.name)
      guard
        DrawnOptions.all.item(option)?.kinds.contains(where: { kind in
          kind.entries.contains { if case .real = $0 { true } else { false } }
        }) == true
      else { continue }
      for (what, factor) in [("negative", -1.0), ("half", 0.5), ("twice", 2.0), ("in radians", 57.29577951308232)] {
        others.append(
          (
            "value:\(option)", "\(option) is taken \(what)",
            line.setting(option, NumberText.text("%.17g", value * factor))
          ))
      }
    }
    return others.compactMap { other in
      explains(image(other.line, compatibility))
        ? Cause(code: other.code, text: other.text, certainty: .likely) : nil
    }
  }

  private func otherLaws() -> [Cause] {
    // Tens of renderings of a scene with many steps would use up the time of other findings.
    guard experiment.stepCount <= 300_000 else { return [] }
    return OtherLaw.all.compactMap { law in
      guard law.applies(to: experiment), explains(law.image(of: experiment)) else { return nil }
      return Cause(code: law.code, text: law.text, certainty: .likely)
    }
  }
}
