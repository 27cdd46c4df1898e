import Faults
import Foundation
import Judging
import TestSupport
import Testing

/// The key by which verdicts on the catalogue of faults are scored. The judge does not see it.
private struct Key {
  /// The codes of causes that name the fault from images alone, as beginnings of words.
  let fromImages: [String]
  /// The first quantities that a trace shows; empty where no trace shows the fault.
  let fromTraces: [String]

  static let all: [Int: Key] = [
    1: Key(
      fromImages: ["displaced"],
      fromTraces: ["Fbeam_meters", "Xbeam_meters", "beam_center", "Fbeam", "pix0_vector_meters"]),
    2: Key(fromImages: ["zero-image", "options:-"], fromTraces: ["distance_meters", "beam_vec"]),
    3: Key(
      fromImages: ["opposite-position", "ignores:-curved_det", "options:-curved_det"], fromTraces: ["pixel_pos_meters"]),
    4: Key(fromImages: ["distance"], fromTraces: ["distance_meters", "close_distance_meters"]),
    5: Key(
      fromImages: ["quirk:Q-11", "value:-Xbeam", "options:-Xbeam"],
      fromTraces: ["Fbeam_meters", "Fclose_meters", "pix0_vector_meters"]),
    6: Key(fromImages: ["solid-angle", "factor:distance"], fromTraces: ["omega_pixel_sr", "omega_pixel"]),
    7: Key(
      fromImages: ["solid-angle", "sub-pixels", "options:-oversample", "quirk:Q-06"],
      fromTraces: ["I_before_scaling", "omega_pixel", "oversample_omega"]),
    8: Key(fromImages: ["transposed-cell", "options:", "image"], fromTraces: ["a_angstroms", "a_star_A_inv"]),
    9: Key(fromImages: ["ignores:-misset"], fromTraces: ["a_angstroms", "a_star_A_inv", "misset"]),
    10: Key(
      fromImages: ["cell-lengths", "quirk:Q-16"],
      fromTraces: ["a_angstroms", "b_angstroms", "c_angstroms", "a_star_A_inv"]),
    11: Key(fromImages: ["quirk:Q-18", "spot-width"], fromTraces: ["F_latt"]),
    12: Key(fromImages: ["mosaic-domains", "options:-mosaic", "options:-mosaic,"], fromTraces: ["rot_a_angstroms"]),
    13: Key(fromImages: ["beyond-list"], fromTraces: ["F_cell"]),
    14: Key(fromImages: ["interpolation", "ignores:-interpolate"], fromTraces: ["interpolate", "F_cell"]),
    15: Key(fromImages: ["unstable", "crash"], fromTraces: []),
    16: Key(fromImages: ["zero-image"], fromTraces: ["polar_first", "polar", "I_pixel_final"]),
    17: Key(fromImages: ["polarization"], fromTraces: ["polar_first", "polar"]),
    18: Key(fromImages: ["polarization"], fromTraces: ["polar", "I_pixel_final"]),
    19: Key(
      fromImages: [
        "ignores:-divergence", "ignores:-hdiv", "ignores:-vdiv", "ignores:-divsteps", "options:-hdiv", "options:-vdiv",
        "options:-div",
      ], fromTraces: ["sources", "steps", "hdiv", "vdiv", "hdivrange", "vdivrange"]),
    20: Key(
      fromImages: ["ignores:-flux", "factor:fluence", "ignores:-exposure"],
      fromTraces: ["fluence_photons_per_m2", "fluence"]),
    21: Key(fromImages: ["factor:steps"], fromTraces: ["I_pixel_final"]),
    22: Key(fromImages: ["phi-middle"], fromTraces: ["rot_a_angstroms", "phi_deg"]),
    23: Key(fromImages: ["zero-image"], fromTraces: ["phisteps", "I_before_scaling", "I_pixel_final"]),
    24: Key(fromImages: ["quirk:Q-03"], fromTraces: ["rot_a_angstroms", "k_frac", "hkl_frac"]),
    25: Key(
      fromImages: ["layers", "quirk:Q-23", "quirk:Q-06"],
      fromTraces: ["thicksteps", "detector_thicksteps", "thick_layers"]),
    26: Key(
      fromImages: ["options:-water", "ignores:-water", "relation:background-adds"],
      fromTraces: ["I_pixel_final", "I_before_scaling"]),
    27: Key(fromImages: ["counts-cut-off"], fromTraces: []),
    28: Key(
      fromImages: ["single-precision"],
      fromTraces: ["scattering_vec_A_inv", "hkl_frac", "F_latt_a", "F_latt", "k_frac"]),
    29: Key(
      fromImages: ["single-precision-cell", "single-precision"],
      fromTraces: ["a_angstroms", "b_angstroms", "c_angstroms", "a_star_A_inv", "b_star_A_inv"]),
    30: Key(fromImages: ["unstable"], fromTraces: ["F_cell"]),
  ]
}

/// The catalogue of historic faults: how many are noticed, and how many named rightly.
@Suite(.tags(.verification), .generousTime, .serialized) struct FaultTests {
  private struct Score {
    var noticed = false
    var named = false
    var words = 0
    var seconds = 0.0
    var text = ""
    var stages = ""
  }

  /// `NB_JUDGE_SECONDS` gives every fault that long, as a night does; else a number of lines.
  private static let seconds = ProcessInfo.processInfo.environment["NB_JUDGE_SECONDS"].flatMap(Double.init)

  /// Whether all faults are tried: where time is given, and `NB_JUDGE_FAULTS` does not choose some by their numbers.
  private static let triesAll = seconds != nil && (ProcessInfo.processInfo.environment["NB_JUDGE_FAULTS"] ?? "").isEmpty

  private static func judged(_ fault: Fault, traces: Bool) async throws -> Score {
    var settings = JudgeSettings()
    settings.budget = seconds.map { .seconds($0) } ?? .cases(isNight ? 500 : 200)
    (settings.findingLimit, settings.explained) = seconds == nil ? (3, 10) : (60, 100)
    settings.seed = 7
    let candidate = FaultyCandidate(fault, traces: traces)
    let start = ContinuousClock.now
    let (verdict, _) = try await Judge(
      candidate, reference: nil, party: Verdict.Party(name: "candidate", command: [], lacks: []), settings
    ).judge()
    var score = Score(noticed: !verdict.findings.isEmpty)
    score.seconds = (ContinuousClock.now - start) / .seconds(1)
    let key = Key.all[fault.number]
    let findings = verdict.findings
    score.named = findings.contains { finding in
      if traces, let first = finding.firstQuantity, key?.fromTraces.contains(first) == true { return true }
      let codes = (traces ? Array(finding.causes) : Array(finding.causes.prefix(1))).map(\.code)
      return codes.contains { code in key?.fromImages.contains { code.hasPrefix($0) } == true }
    }
    score.words = findings.map(\.wordsBeyondScene).min() ?? 0
    score.stages = verdict.stages.map { "\($0.stage) \(String(format: "%.1f", $0.seconds))" }.joined(separator: ", ")
    if fault.number == 25, !score.named { score.stages += "\(findings.map { $0.causes.map(\.code) })" }
    score.text = findings.prefix(3).map {
      "\($0.cause.code) first \($0.firstQuantity ?? "-") [\($0.line.words.joined(separator: " "))]"
    }.joined(separator: "\n      ")
    return score
  }

  /// A few faults of several kinds, some from images and some with traces; all of them both ways where `NB_JUDGE_SECONDS` gives the time.
  private static let sample: [Bool: Set<Int>] = {
    let numbers = Set(
      (ProcessInfo.processInfo.environment["NB_JUDGE_FAULTS"] ?? "").split(separator: " ").compactMap { Int($0) })
    if !numbers.isEmpty { return [false: numbers, true: numbers] }
    return isNight ? [false: [1, 27], true: [9, 21]] : [false: [27], true: [9]]
  }()

  @Test("Faults are noticed and named", arguments: [false, true]) func faultsAreNoticed(traces: Bool) async throws {
    let faults = FaultCatalogue.all.filter { Self.triesAll || Self.sample[traces]?.contains($0.number) ?? false }
    var scores: [(Fault, Score)] = []
    for fault in faults { scores.append((fault, try await Self.judged(fault, traces: traces))) }
    for (fault, score) in scores {
      print(
        "  \(fault.number) \(fault.name): \(score.noticed ? "noticed" : "MISSED"), \(score.named ? "named" : "not named"), "
          + "\(score.words) words, \(String(format: "%.1f", score.seconds)) s (\(score.stages))\n      \(score.text)")
    }
    let words = scores.filter(\.1.noticed).map(\.1.words).sorted()
    let (noticed, named) = (scores.count(where: \.1.noticed), scores.count(where: \.1.named))
    print(
      "  \(traces ? "traces" : "images"): \(noticed) noticed, \(named) named, median \(words[words.count / 2]) words")
    if !Self.triesAll {
      #expect(noticed == faults.count && named == faults.count)
    } else {
      #expect(noticed >= 28)
      #expect(named >= (traces ? 25 : 18))
    }
    #expect(words[words.count / 2] <= 8)
  }

  @Test("Nothing is found in a simulator without a fault", arguments: [false, true])
  func nothingIsFound(traces: Bool) async throws {
    let score = try await Self.judged(FaultCatalogue.none, traces: traces)
    #expect(!score.noticed, "\(score.text)")
  }
}
