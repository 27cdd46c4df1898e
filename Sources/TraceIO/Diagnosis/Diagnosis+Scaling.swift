import Physics

/// Rules about factors that are applied or not, scales and rounding.
extension Diagnosis {
  /// How near a ratio has to be to a factor that is recognised although other things deviate a little, too.
  private static let roughly = 2e-3

  /// Polarization, solid angle or absorption applied in one and not in the other.
  static func appliedFactorRule(_ evidence: Evidence) -> [Finding] {
    let name = evidence.first.place.name
    let kinds: [(String, Finding.Kind, String)] = [
      ("polar", .polarization, "the polarization factor"), ("omega_pixel", .solidAngle, "the solid angle"),
      ("capture_fraction", .absorption, "the capture fraction"),
    ]
    if let finding = switchedOff(evidence) { return [finding] }
    guard ["I_before_scaling", "I", "I_pixel_final", "floatimage_accumulated"].contains(name),
      let ratio = evidence.first.ratio, ratio > 0
    else { return [] }
    for limit in [Numbers.recognition, roughly] {
      for (factorName, kind, words) in kinds {
        guard let factor = evidence.reference.number(factorName), factor > 0, abs(factor - 1) > 5 * limit else {
          continue
        }
        let confidence: Finding.Confidence = limit == roughly ? .likely : .certain
        if Numbers.areClose(ratio, factor, limit) {
          return [Finding(kind, confidence, "\(name) of the candidate carries \(words) once more than the reference")]
        }
        if Numbers.areClose(ratio, 1 / factor, limit) {
          return [Finding(kind, confidence, "\(name) of the candidate lacks \(words), which the reference applies")]
        }
      }
      if let obliquity = evidence.reference.number("obliquity_factor"), abs(obliquity - 1) > 5 * limit,
        Numbers.areClose(ratio, 1 / obliquity, limit) || Numbers.areClose(ratio, obliquity, limit)
      {
        return [
          Finding(.solidAngle, .likely, "\(name) differs by the obliquity of the pixel, \(Numbers.text(obliquity))")
        ]
      }
    }
    return []
  }

  /// A factor that is 1 in one of the two, or lacks a part.
  private static func switchedOff(_ evidence: Evidence) -> Finding? {
    let name = evidence.first.place.name
    guard let expected = evidence.first.referenceNumbers.first, let found = evidence.first.candidateNumbers.first else {
      return nil
    }
    let one = expected == 1 ? "reference" : found == 1 ? "candidate" : nil
    switch name {
    case "polar", "polar_first":
      guard let one else {
        return Finding(
          .polarization, .possible,
          "\(name) is \(Numbers.text(found)), that of the reference \(Numbers.text(expected)): another Kahn factor, "
            + "polarization axis or step at which it is taken")
      }
      return Finding(
        .polarization, .certain, "\(name) is 1 in the \(one): the polarization factor is not applied there")
    case "capture_fraction":
      guard let one else { return nil }
      return Finding(.absorption, .certain, "\(name) is 1 in the \(one): absorption in the sensor is not applied there")
    case "oversample_polar": return perStep(.polarization, "the polarization factor", expected)
    case "oversample_omega": return perStep(.solidAngle, "the solid angle", expected)
    case "oversample_thick": return perStep(.absorption, "the capture fraction", expected)
    case "omega_pixel", "omega_pixel_sr":
      if let one {
        return Finding(.solidAngle, .certain, "\(name) is 1 in the \(one): the solid angle is not applied there")
      }
      guard let obliquity = evidence.reference.number("obliquity_factor"), abs(obliquity - 1) > Numbers.recognition,
        let ratio = evidence.first.ratio
      else { return nil }
      if Numbers.areClose(ratio, 1 / obliquity) {
        return Finding(.solidAngle, .certain, "the candidate's solid angle lacks the obliquity factor Dc/R")
      }
      if Numbers.areClose(ratio, obliquity) {
        return Finding(.solidAngle, .certain, "the candidate's solid angle carries the obliquity factor Dc/R twice")
      }
      return nil
    default: return nil
    }
  }

  private static func perStep(_ kind: Finding.Kind, _ words: String, _ expected: Double) -> Finding {
    let who = expected == 0 ? "candidate" : "reference"
    return Finding(kind, .certain, "the \(who) applies \(words) at every step, the other once at the end")
  }

  /// A scale of steps, structure factors or fluence.
  static func scaleRule(_ evidence: Evidence) -> [Finding] {
    guard let ratio = evidence.first.ratio else { return [] }
    let name = evidence.first.place.name
    let factor = Numbers.text(ratio)
    switch name {
    case "steps", "oversample", "sources", "phisteps", "mosaic_domains":
      return [Finding(.steps, .certain, "\(name) is \(factor) times that of the reference: the loops differ")]
    case "fluence_photons_per_m2":
      return [
        Finding(
          .fluence, .certain,
          "the fluence is \(factor) times that of the reference: look at flux, exposure, beam size and their units")
      ]
    case "F_cell":
      let confidence: Finding.Confidence = evidence.hasConstantAmplitudeRatio ? .certain : .possible
      let extent = confidence == .certain ? "all structure factors are" : "F_cell is"
      return [
        Finding(
          .structureFactorScale, confidence,
          "\(extent) \(factor) times that of the reference: a scale of the reflection list, or the default")
      ]
    case "I", "I_before_scaling", "I_pixel_final", "floatimage_accumulated":
      return stepScale(evidence, ratio, name)
    default: return []
    }
  }

  private static func stepScale(_ evidence: Evidence, _ ratio: Double, _ name: String) -> [Finding] {
    guard let steps = evidence.reference.number("steps"), steps > 1 else { return [] }
    if Numbers.areClose(ratio, steps) {
      return [
        Finding(
          .steps, .certain, "\(name) is \(Numbers.text(steps)) times too large, the number of steps: not divided by it")
      ]
    }
    if Numbers.areClose(ratio, 1 / steps) {
      return [
        Finding(.steps, .certain, "\(name) is divided by the number of steps, \(Numbers.text(steps)), once too often")
      ]
    }
    return []
  }

  /// Single precision: the candidate's numbers are floats, or all deviations have that size.
  static func precisionRule(_ evidence: Evidence) -> [Finding] {
    let items = evidence.items.filter { TraceStage($0.place) <= .indices && $0.place.section == .pixel }
    let all: [(Double, Double)] = items.flatMap { Array(zip($0.referenceNumbers, $0.candidateNumbers)) }
    let pairs = all.filter { $0.0 != 0 && $0.1 != 0 }
    let candidates = pairs.map(\.1).filter { $0 != $0.rounded() }
    guard candidates.count >= 5 else { return [] }
    let floats = candidates.count { isFloat($0) }
    let references = pairs.map(\.0).filter { $0 != $0.rounded() && isFloat($0) }.count
    if 10 * floats >= 9 * candidates.count, 2 * references < candidates.count {
      return [
        Finding(
          .singlePrecision, .certain,
          "\(floats) of \(candidates.count) numbers of the candidate are single-precision floats: it calculates in 32 bits"
        )
      ]
    }
    let deviations = items.flatMap(relativeDeviations).filter { $0 > 0 }
    guard deviations.count >= 5 else { return [] }
    let middle = deviations.sorted()[deviations.count / 2]
    guard (1e-9...3e-6).contains(middle), 2 * deviations.count >= items.count, deviations.allSatisfy({ $0 < 1e-4 })
    else { return [] }
    return [
      Finding(
        .singlePrecision, .likely,
        "the deviations before the sum have a median of \(Numbers.text(middle)) and none exceeds 1e-4: rounding of single "
          + "precision, or inputs given with few digits")
    ]
  }

  /// The deviations of the components, relative to the length of the vector.
  private static func relativeDeviations(_ item: TraceComparison.Item) -> [Double] {
    let length = Numbers.length(item.referenceNumbers)
    guard length > 0 else { return [] }
    return item.deltas.compactMap { delta in delta.map { abs($0) / length } }
  }

  /// Whether a number is a float printed with at least nine digits.
  private static func isFloat(_ number: Double) -> Bool {
    abs(Double(Float(number)) - number) <= 4e-15 * abs(number)
  }
}
