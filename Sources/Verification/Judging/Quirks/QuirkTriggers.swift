import Foundation
import Physics

/// A command line on which a quirk acts: taking the quirk alone out of c-parity changes what is written, or whether the
/// line is refused (docs/reference/80-quirks.md).
package struct QuirkTrigger: Sendable {
  package let quirk: Quirk
  package let line: JudgedLine

  private init(_ quirk: Quirk, _ words: String, files: [String: Data] = [:]) {
    self.quirk = quirk
    line = JudgedLine(words, files: files)
  }

  /// The scene of the register, with 32 and with 16 pixels along each side.
  package static let base32 =
    "-cell 100 100 100 90 90 90 -default_F 100 -N 5 -lambda 1 -distance 100 -detpixels 32 -pixel 0.1"
  package static let base16 =
    "-cell 100 100 100 90 90 90 -default_F 100 -N 5 -lambda 1 -distance 100 -detpixels 16 -pixel 0.1"

  /// The triggers, at least one per quirk that shows in an image, a file or a printed line.
  package static let all: [QuirkTrigger] = images + files

  private static let images = [
    QuirkTrigger(.twoThetaAxisSetsAngle, "\(base32) -twotheta_axis 20 0 0"),
    QuirkTrigger(.phiCarryOver, "\(base32) -phi 0 -osc 1 -phisteps 3"),
    QuirkTrigger(.closeDistanceAlwaysWins, "\(base32) -close_distance 90 -distance 100"),
    QuirkTrigger(.runningSum, "\(base32) -detector_thick 450"),
    QuirkTrigger(.oversamplePolarDefeatsNoPolar, "\(base32) -nopolar -oversample_polar"),
    QuirkTrigger(.vectorOptionsReplaceConvention, "\(base32) -xds -spindle_axis 0 1 0 -phi 10"),
    QuirkTrigger(.conventionForcesPivot, "\(base32) -mosflm -detector_rotx 5 -Ybeam 1 -pivot sample"),
    QuirkTrigger(.foreignCentreIgnored, "\(base32) -xds -Xbeam 1 -Ybeam 1"),
    QuirkTrigger(.originIgnored, "\(base32) -pix0_vector 0.1 0.002 -0.0018"),
    QuirkTrigger(.twoThetaAxisNotNormalised, "\(base32) -twotheta_axis 5 0 0"),
    QuirkTrigger(.distanceIgnoresTwoTheta, "\(base32) -twotheta 30 -curved_det -nointerpolate"),
    QuirkTrigger(.cellVolumeRatio, "\(base32) -cell 60 60 60 70 75 80"),
    QuirkTrigger(.spotWidthFromProduct, "\(base32) -gauss_xtal"),
    QuirkTrigger(.curvedInLaboratoryFrame, "\(base32) -curved_det -xds"),
    QuirkTrigger(.pointPixelWithoutArea, "\(base32) -point_pixel"),
    QuirkTrigger(.divergenceCountSpansRadian, "\(base32) -hdivsteps 3"),
    QuirkTrigger(.layersExceedSensor, "\(base32) -detector_thick 450 -thicksteps 5"),
    QuirkTrigger(.thickWithoutThickness, "\(base32) -oversample_thick"),
    QuirkTrigger(.infiniteAttenuationOrder, "\(base32) -detector_abs inf -detector_thick 450"),
    QuirkTrigger(.zeroPhiSteps, "\(base32) -osc 0 -phistep 1"),
    QuirkTrigger(.stepReplacesCount, "\(base32) -phi 1 -phisteps 5 -phistep 0.1"),
    QuirkTrigger(.gridNotCentred, "\(base32) -hdivrange 1 -hdivstep 0.3"),
    QuirkTrigger(.curvedNeedsFollower, "\(base32) -xds -curved_det"),
    QuirkTrigger(.fluxOverridesFluence, "\(base32) -flux 1e12 -fluence 5e28"),
    QuirkTrigger(.layersAtFrontFace, "\(base32) -detector_thick 4500 -detector_abs 4500"),
    QuirkTrigger(.unreducedPhases, "\(base16) -oversample 1 -round_xtal -Xbeam 0.7000000001 -Ybeam 0.7000000001"),
    QuirkTrigger(
      .negativeSeeds, "\(base32) -mosaic 0.5 -mosaic_domains 3 -misset_seed 5 -misset random -mosaic_seed -5"),
    QuirkTrigger(.solidAngleDividedBySteps, "\(base16) -detector_thick 450"),
    QuirkTrigger(.negativeDistance, "\(base16) -close_distance -100 -oversample 1"),
    QuirkTrigger(.noiseNotClipped, "\(base16) -seed 1 -default_F 0.01 -adc -5"),
    QuirkTrigger(.roughPoisson, "\(base16) -seed 1 -default_F 30000"),
    QuirkTrigger(.headerUnpadded, "\(base16) \(longHeader)"),
    QuirkTrigger(.headerLosesRotations, "\(base16) -detector_rotx 5 -twotheta 12"),
    QuirkTrigger(.zeroOscillationTwice, "\(base16) -osc 0"),
    QuirkTrigger(.optionsAreSubstrings, "\(base16) --cell 50"),
  ]

  /// More than 512 bytes of keys.
  private static let longHeader =
    "-pixel 0.123456789 -lambda 0.97654321 -distance 123.456789 -phi 12.3456 -osc 0.123456 -twotheta 7.65432"
    + " -ORGX 3.21234 -ORGY 4.12345"

  private static let files = [
    QuirkTrigger(
      .headerKeysAreSubstrings, "\(base16) -img key.img", files: ["key.img": smv("COMMENT=PHI;\nFOO=33;\n")]),
    QuirkTrigger(.headerTwoThetaIgnored, "\(base16) -img turned.img", files: ["turned.img": smv("TWOTHETA=20;\n")]),
    QuirkTrigger(
      .maskFlipsBeamCentre, "\(base16) -mask centred.img", files: ["centred.img": smv("BEAM_CENTER_Y=0.6;\n")]),
    QuirkTrigger(
      .maskByteOrderIgnored, "\(base16) -mask odd.img", files: ["odd.img": smv("", headerBytes: 513)]),
    QuirkTrigger(.statisticsPopulations, "\(base16) -mask half.img", files: ["half.img": smv("")]),
    QuirkTrigger(
      .reflectionStream, "\(base16) -hkl stream.hkl",
      files: ["stream.hkl": Data("0 0 0 50\n1.0 0 0 60\n0 1 0 70\n".utf8)]),
    QuirkTrigger(
      .interpolationSwitchesOff,
      "-default_F 5 -cell 100 -N 2 -distance 100 -pixel 0.2 -detpixels 40 -oversample 1 -hkl four.hkl",
      files: ["four.hkl": reflections(-4...4)]),
    QuirkTrigger(
      .interpolationBeforeSize, "-cell 100 -xtalsize 0.0001 -detpixels 8 -pixel 0.5 -hkl two.hkl",
      files: ["two.hkl": reflections(-2...2)]),
    QuirkTrigger(
      .sourceWeightsIgnored, "\(base16) -oversample 1 -sourcefile weighted.txt",
      files: ["weighted.txt": Data("-10 0 0 1 1e-10\n-10 0.02 0 3 1e-10\n".utf8)]),
    QuirkTrigger(
      .sourceLineEndings, "\(base16) -sourcefile open.txt", files: ["open.txt": Data("-10 0 0".utf8)]),
    QuirkTrigger(
      .cellAndMatrixMix, "\(base16) -mat a.mat", files: ["a.mat": Data("0.02 0 0\n0 0.02 0\n0 0 0.02\n".utf8)]),
  ]

  /// Quirks that no command line shows twice in the same way: a seed from the clock, a cache that an earlier run left, and
  /// a traced quantity.
  package static let unseen: Set<Quirk> = [.missetSeedFromClock, .strayCacheUsed, .reciprocalTracedAtRest]

  /// An SMV image of 16 × 16 pixels, all 1 but for a block of zeros.
  private static func smv(_ keys: String, headerBytes: Int = 512) -> Data {
    let header =
      "{\nHEADER_BYTES=\(headerBytes);\nDIM=2;\nBYTE_ORDER=little_endian;\nTYPE=unsigned_short;\nSIZE1=16;\nSIZE2=16;\n"
      + "PIXEL_SIZE=0.1;\n\(keys)}\u{0C}"
    return Data((header + String(repeating: " ", count: headerBytes - header.utf8.count)).utf8)
      + Data((0..<256).flatMap { $0 < 100 ? [0, 0] : [1, 0] })
  }

  private static func reflections(_ range: ClosedRange<Int>) -> Data {
    var lines = ""
    for h in range {
      for k in range {
        for l in range { lines += "\(h) \(k) \(l) \(20 + (h * h + 2 * k * k + 3 * l * l) % 17)\n" }
      }
    }
    return Data(lines.utf8)
  }
}

/// Whether a candidate follows a quirk.
package struct QuirkResult: Sendable, Codable, Hashable {
  package enum Side: String, Sendable, Codable, Hashable {
    /// As the C program does.
    case cProgram = "C"
    /// As the documented physics without the quirk.
    case physics
    case neither
    /// The files that the candidate writes do not show the quirk.
    case unseen = "not seen"
    /// The candidate lacks an option of the trigger, or refuses it.
    case cannot = "cannot"
  }

  package let quirk: String
  package let name: String
  package let side: Side
  package let words: String

  /// Runs a trigger.
  /// - Returns: The result, and the symptom of a run that left no image.
  package static func of(
    _ trigger: QuirkTrigger, _ candidate: any Candidate
  ) async -> (result: QuirkResult, symptom: Symptom?) {
    let (side, symptom) = await judged(trigger, candidate)
    let result = QuirkResult(
      quirk: trigger.quirk.rawValue, name: "\(trigger.quirk)", side: side,
      words: trigger.line.words.joined(separator: " "))
    return (result, symptom)
  }

  private static func judged(_ trigger: QuirkTrigger, _ candidate: any Candidate) async -> (Side, Symptom?) {
    let features = candidate.features
    guard trigger.line.options.isDisjoint(with: features.lacks) else { return (.cannot, nil) }
    let with = OwnRun.run(trigger.line, .scalar, .cParity)
    let without = OwnRun.run(trigger.line, .scalar, Compatibility.cParity.setting(trigger.quirk, false))
    let run = await candidate.run(trigger.line, tracing: nil)
    var symptom: Symptom?
    func isLike(_ own: OwnRun) -> Bool {
      guard let experiment = own.experiment else {
        if case .refused = run.ending { return true }
        return false
      }
      let judgement = LineJudgement(
        run, reference: own.outcome, of: experiment, trigger.line, features, allowsNonFinite: true)
      if case .agrees = judgement.outcome { return true }
      if case .differs(let symptoms) = judgement.outcome {
        symptom = symptoms.first { [.crash, .hang, .noImage, .shortImage].contains($0.kind) }
      }
      return false
    }
    switch (isLike(with), isLike(without)) {
    case (true, true): return (.unseen, nil)
    case (true, false): return (.cProgram, nil)
    case (false, true): return (.physics, nil)
    case (false, false):
      if case .refused = run.ending { return (.cannot, nil) }
      return (.neither, symptom)
    }
  }
}
