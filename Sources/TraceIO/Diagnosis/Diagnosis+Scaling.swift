import Physics

/// Rules about scaling factors that one trace applies and the other does not, and about scales.
extension Diagnosis {
  /// The relative tolerance for recognising a factor although other quantities deviate a little, too.
  private static let roughly = 2e-3

  /// Finds that polarization, solid angle or absorption is applied in one trace and not in the other.
  static func appliedFactorRule(_ evidence: Evidence) -> [Finding] {
    let name = evidence.first.place.name
    let kinds: [(TraceName, Finding.Kind, String)] = [
      (.polarization, .polarization, "the polarization factor"), (.solidAngle, .solidAngle, "the solid angle"),
      (.captureFraction, .absorption, "the capture fraction"),
    ]
    if let finding = switchedOff(evidence) { return [finding] }
    if let finding = appliedAtEachStep(evidence) { return [finding] }
    guard evidence.firstIs([.sum, .runningSum, .photons, .storedPhotons]),
      let ratio = evidence.first.ratio, ratio > 0
    else { return [] }
    for limit in [Numbers.recognition, roughly] {
      for (factorName, kind, words) in kinds {
        guard let factor = evidence.reference.number(factorName), abs(factor - 1) > 5 * limit else { continue }
        let confidence: Finding.Confidence = limit == roughly ? .likely : .certain
        if Numbers.areClose(ratio, factor, limit) {
          return [Finding(kind, confidence, "\(name) of the candidate carries \(words) once more than the reference")]
        }
        if Numbers.areClose(ratio, 1 / factor, limit) {
          return [Finding(kind, confidence, "\(name) of the candidate lacks \(words), which the reference applies")]
        }
      }
      if let obliquity = evidence.reference.number(.obliquity), abs(obliquity - 1) > 5 * limit,
        Numbers.areClose(ratio, 1 / obliquity, limit) || Numbers.areClose(ratio, obliquity, limit)
      {
        return [
          Finding(.solidAngle, .likely, "\(name) differs by the obliquity of the pixel, \(Numbers.text(obliquity))")
        ]
      }
    }
    return []
  }

  /// Finds a factor that is 1 in one of the traces, or that lacks a part.
  private static func switchedOff(_ evidence: Evidence) -> Finding? {
    let name = evidence.first.place.name
    guard let expected = evidence.first.referenceNumbers.first, let found = evidence.first.candidateNumbers.first,
      expected.isFinite, found.isFinite
    else { return nil }
    let one = expected == 1 ? "reference" : found == 1 ? "candidate" : nil
    switch evidence.first.place.traceName {
    case .polarization, .firstPolarization:
      guard let one else {
        return Finding(
          .polarization, .possible,
          "\(name) is \(Numbers.text(found)), that of the reference \(Numbers.text(expected)): another Kahn factor, "
            + "polarization axis or step at which it is taken")
      }
      return Finding(
        .polarization, .certain, "\(name) is 1 in the \(one): the polarization factor is not applied there")
    case .captureFraction:
      guard let one else { return nil }
      return Finding(.absorption, .certain, "\(name) is 1 in the \(one): absorption in the sensor is not applied there")
    case .oversamplesPolar: return perStep(.polarization, "the polarization factor", expected)
    case .oversamplesOmega: return perStep(.solidAngle, "the solid angle", expected)
    case .oversamplesThick: return perStep(.absorption, "the capture fraction", expected)
    case .solidAngle, .firstSolidAngle:
      if let one {
        return Finding(.solidAngle, .certain, "\(name) is 1 in the \(one): the solid angle is not applied there")
      }
      guard let obliquity = evidence.reference.number(.obliquity), abs(obliquity - 1) > Numbers.recognition,
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

  /// Finds that the sum differs because one trace applies a factor at every step and the other at the end.
  private static func appliedAtEachStep(_ evidence: Evidence) -> Finding? {
    guard evidence.stage == .sum else { return nil }
    let options: [(TraceName, Finding.Kind, String)] = [
      (.oversamplesThick, .absorption, "the capture fraction"),
      (.oversamplesPolar, .polarization, "the polarization factor"),
      (.oversamplesOmega, .solidAngle, "the solid angle"),
    ]
    let differing = options.filter { evidence.item($0.0)?.agrees == false }
    guard differing.count == 1, let (name, kind, words) = differing.first,
      let expected = evidence.reference.number(name)
    else { return nil }
    return perStep(kind, words, expected)
  }

  private static func perStep(_ kind: Finding.Kind, _ words: String, _ expected: Double) -> Finding {
    let who = expected == 0 ? "candidate" : "reference"
    return Finding(kind, .certain, "the \(who) applies \(words) at every step, the other once at the end")
  }

  /// Finds a factor in the number of steps, the structure factors or the fluence.
  static func scaleRule(_ evidence: Evidence) -> [Finding] {
    guard let ratio = evidence.first.ratio else { return [] }
    let name = evidence.first.place.name
    let factor = Numbers.text(ratio)
    switch evidence.first.place.traceName {
    case .steps, .oversample, .sources, .phiSteps, .mosaicDomains:
      return [Finding(.steps, .certain, "\(name) is \(factor) times that of the reference: the loops differ")]
    case .fluence:
      return [
        Finding(
          .fluence, .certain,
          "the fluence is \(factor) times that of the reference: look at flux, exposure, beam size and their units")
      ]
    case .structureFactor:
      let confidence: Finding.Confidence = evidence.hasConstantAmplitudeRatio ? .certain : .possible
      let extent = confidence == .certain ? "all structure factors are" : "F_cell is"
      return [
        Finding(
          .structureFactorScale, confidence,
          "\(extent) \(factor) times that of the reference: a scale of the reflection list, or the default")
      ]
    case .runningSum, .sum, .photons, .storedPhotons:
      return stepScale(evidence, ratio, name)
    default: return []
    }
  }

  private static func stepScale(_ evidence: Evidence, _ ratio: Double, _ name: String) -> [Finding] {
    guard let steps = evidence.reference.number(.steps), steps > 1 else { return [] }
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
}
