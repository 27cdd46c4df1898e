import Physics
import TestSupport
import Testing
import TraceIO

/// Rules about phi steps, reciprocal vectors and structure factors, at the limits of what they find.
@Suite(.tags(.verification), .generousTime) struct CrystalRuleTests {
  /// A log with the index k of each phi step.
  private func phi(_ indices: [String]) -> String {
    indices.enumerated().map { "TRACE_C_PHI phi_tic=\($0.offset) k_frac=\($0.element)\n" }.joined()
  }

  /// The first index equals the last, and the last its neighbour, within a billionth of the last; later indices of the
  /// two logs agree within a thousandth. The sign of an index does not matter.
  @Test func largeIndicesAreComparedByTheirSize() throws {
    let logs: [(reference: [String], candidate: [String], isCarried: Bool)] = [
      (["0.5", "100", "0.5"], ["0.25", "100.09", "0.5"], true),
      (["0.5", "100", "0.5"], ["0.25", "100.11", "0.5"], false),
      (["0.5", "-100", "0.5"], ["0.25", "-100.09", "0.5"], true),
      (["0.5", "-100", "0.5"], ["0.25", "-99.89", "0.5"], false),
      (["100.00000009", "99", "100"], ["99.75", "99", "100"], true),
      (["100.00000011", "99", "100"], ["99.75", "99", "100"], false),
      (["-100.00000009", "-99", "-100"], ["-99.75", "-99", "-100"], true),
      (["-100.00000011", "-99", "-100"], ["-99.75", "-99", "-100"], false),
      (["-100", "-100.00000009", "-100"], ["-99.75", "-100.00000009", "-100"], false),
      (["-100", "-100.00000011", "-100"], ["-99.75", "-100.00000011", "-100"], true),
    ]
    for (reference, candidate, isCarried) in logs {
      let found: [Finding] = try causes(.phiCarryOver, phi(reference), phi(candidate))
      let expected: [Finding.Confidence] = isCarried ? [.certain] : []
      #expect(found.map(\.confidence) == expected, "\(reference) \(candidate)")
    }
  }

  /// The trace with phi steps tells whether it carries over; the other one has another cell.
  @Test func oneTraceMayLackPhiSteps() throws {
    let carried: String = logOf(["rot_a_angstroms 99 1 0"]) + phi(["0.5", "0.4", "0.5"])
    let turning: String = logOf(["rot_a_angstroms 99 1 0"]) + phi(["0.5", "0.4", "0.3"])
    let other: String = logOf(["rot_a_angstroms 97 6 0"])
    func text(_ carries: String, _ lacks: String) -> String {
      "the \(carries) uses at its first phi step the rotated cell of its last one, and the \(lacks) has another cell "
        + "there: phi carry-over"
    }
    let logs: [(reference: String, candidate: String, texts: [String])] = [
      (carried, other, [text("reference", "candidate")]), (other, carried, [text("candidate", "reference")]),
      (turning, other, []), (other, turning, []),
    ]
    for (reference, candidate, texts) in logs {
      let found: [Finding] = try causes(.phiCarryOver, reference, candidate)
      #expect(found.map(\.text) == texts, "\(reference)")
      #expect(found.allSatisfy { $0.confidence == .likely }, "\(reference)")
    }
  }

  /// A right-angled cell whose a* is tilted towards b, of any length. The first two limits are cosines of 1e-5 and 1e-3
  /// to the last bit.
  @Test func aTiltedReciprocalVectorIsOneAtRestBetweenTwoLimits() throws {
    func log(_ length: String, _ inverse: String, _ tilt: String) -> String {
      logOf([
        "rot_a_angstroms 1 0 0", "rot_b_angstroms 0 \(length) 0", "rot_c_angstroms 0 0 1",
        "rot_a_star_A_inv 1 \(tilt) 0", "rot_b_star_A_inv 0 \(inverse) 0", "rot_c_star_A_inv 0 0 1",
      ])
    }
    let tilts: [(tilt: String, isFound: Bool)] = [
      ("1.0000000000500001e-05", false), ("0.0010000005000003751", false), ("-0.9e-5", false), ("-1.1e-5", true),
      ("-0.0009", true), ("-0.0011", false), ("-0.1", false), ("0.9e-5", false), ("1.1e-5", true), ("0.0009", true),
      ("0.0011", false),
    ]
    for (length, inverse) in [("1", "1"), ("100", "0.01")] {
      for (tilt, isFound) in tilts {
        let found: [Finding] = try causes(
          .reciprocalAtRest, log(length, inverse, "0"), log(length, inverse, tilt))
        let expected: [Finding.Confidence] = isFound ? [.certain] : []
        #expect(found.map(\.confidence) == expected, "\(length) \(tilt)")
      }
    }
  }

  /// A log with the indices h and the structure factors of its steps.
  private func steps(_ h: [String], _ amplitudes: [Int]) -> String {
    let lines: [String] = zip(h, amplitudes).enumerated().map { number, step in
      "TRACE_C_STEP phi_tic=\(number) h=\(step.0) k=0 l=0 F_cell=\(step.1)\n"
    }
    return logOf(["F_cell \(amplitudes[0])"]) + lines.joined()
  }

  /// Two structure factors that are multiplied by one number tell a scale; a single one does not.
  @Test func twoStructureFactorsTellAScale() throws {
    let scale = "2.5 times that of the reference: a scale of the reflection list, or the default"
    let (all, one) = ("all structure factors are \(scale)", "F_cell is \(scale)")
    let lists: [(reference: [Int], candidate: [Int], isCertain: Bool)] = [
      ([100, 50], [250, 125], true), ([100, 100], [250, 250], false), ([100, 50], [250, 126], false),
      ([100, 50, 100, 20], [250, 125, 250, 50], true),
    ]
    let h: [String] = ["0.1", "1.1", "2.1", "3.1"]
    for (reference, candidate, isCertain) in lists {
      let found: [Finding] = try causes(.structureFactorScale, steps(h, reference), steps(h, candidate))
      #expect(found.map(\.text) == [isCertain ? all : one], "\(reference) \(candidate)")
      let confidence: Finding.Confidence = isCertain ? .certain : .possible
      #expect(found.map(\.confidence) == [confidence], "\(reference) \(candidate)")
    }
  }

  /// A step between two reflections has a structure factor of its own in both logs. It counts unless it is within 1e-4
  /// of the middle: then the reference has one structure factor for each reflection, and the candidate has not.
  @Test func stepsInTheMiddleOfTwoReflectionsDoNotCount() throws {
    let middles: [(below: Int, h: String, counts: Bool)] = [
      (0, "0.5", false), (0, "0.50005", false), (0, "0.49985", true), (1, "1.5", false), (1, "1.49995", false),
      (1, "1.50005", false), (1, "1.49985", true), (1, "1.50015", true), (-1, "-0.5", false), (-1, "-0.49995", false),
      (-1, "-0.50005", false), (-1, "-0.49985", true), (-1, "-0.50015", true), (-2, "-1.5", false),
    ]
    func certain(_ smooth: String, _ nearest: String) -> String {
      "F_cell of the \(smooth) varies between steps with the same nearest reflection, that of the \(nearest) does not: "
        + "the \(smooth) interpolates"
    }
    let possible =
      "F_cell differs at the same indices: one interpolates and the other takes the nearest reflection, or the "
      + "reflection lists differ"
    for (below, middle, counts) in middles {
      let around: [String] = [-0.2, 0.2, 0.8, 1.2].map { (offset: Double) -> String in "\(Double(below) + offset)" }
      let nearest: String = steps(around + [middle], [100, 100, 50, 50, 75])
      let smooth: String = steps(around + [middle], [90, 91, 92, 93, 94])
      let confidence: Finding.Confidence = counts ? .possible : .certain
      let found: [Finding] = try causes(.interpolation, nearest, smooth)
      #expect(found.map(\.text) == [counts ? possible : certain("candidate", "reference")], "\(middle)")
      #expect(found.map(\.confidence) == [confidence], "\(middle)")
      let turned: [Finding] = try causes(.interpolation, smooth, nearest)
      #expect(turned.map(\.text) == [counts ? possible : certain("reference", "candidate")], "\(middle)")
      #expect(turned.map(\.confidence) == [confidence], "\(middle)")
    }
  }

  /// Two crystals that are set otherwise, neither of which has turned.
  @Test func anotherSettingIsNoRotation() throws {
    let reference: String = "TRACE_C_SETUP: a_angstroms 100 0 0\n" + logOf(["rot_a_angstroms 100 0 0"])
    let candidate: String = "TRACE_C_SETUP: a_angstroms 60 80 0\n" + logOf(["rot_a_angstroms 60 80 0"])
    #expect(try causes(.phiCarryOver, reference, candidate).isEmpty)
  }
}
