import Foundation
import Physics
import TestSupport
import Testing
import TraceIO

/// What the first divergence of two logs is said to come from, at further limits.
@Suite(.tags(.verification), .generousTime) struct FirstDivergenceTests {
  /// Both cells are 100 Å long, and one of them is the cell at rest.
  @Test func theCellAtRestIsThatOfTheSetUp() throws {
    let setUp = "TRACE_C_SETUP: a_angstroms 100 0 0\n"
    let atRest: String = setUp + logOf(["rot_a_angstroms 100 0 0"])
    let turned: String = setUp + logOf(["rot_a_angstroms 60 80 0"])
    func text(_ rests: String, _ rotated: String) -> String {
      "rot_a_angstroms of the first step is the cell at rest in the \(rests) and rotated in the \(rotated): phi "
        + "carry-over, or another start of phi"
    }
    let ofReference = try causes(.phiCarryOver, atRest, turned)
    #expect(ofReference.map(\.text) == [text("reference", "candidate")])
    #expect(ofReference.map(\.confidence) == [.possible])
    let ofCandidate = try causes(.phiCarryOver, turned, atRest)
    #expect(ofCandidate.map(\.text) == [text("candidate", "reference")])
  }

  /// A log with one structure factor, and a step with it at each index h.
  private func steps(_ amplitude: Int, _ h: [String]) -> String {
    let lines: [String] = h.enumerated().map { number, index in
      "TRACE_C_STEP source=0 phi_tic=\(number) mos_tic=0 h=\(index) k=0 l=0 F_cell=\(amplitude)\n"
    }
    return logOf(["F_cell \(amplitude)"]) + lines.joined()
  }

  /// Half an index belongs to the reflection below, ⌈h − ½⌉; the next double belongs to the one above. One structure
  /// factor at several reflections is the default.
  @Test func anIndexOfOneHalfBelongsToTheReflectionBelow() throws {
    let below: [String] = ["0.4999999999999999", "0.5"]
    #expect(try causes(.interpolation, steps(100, below), steps(250, below)).map(\.confidence) == [.possible])
    let beyond: [String] = ["0.5", "0.5000000000000001"]
    #expect(try causes(.interpolation, steps(100, beyond), steps(250, beyond)).isEmpty)
    let around: [String] = ["-0.2", "0.2"]
    #expect(try causes(.interpolation, steps(100, around), steps(250, around)).map(\.confidence) == [.possible])
  }

  /// A log without layers, sub-pixels, sources and domains has one of each.
  @Test func stepLinesNeedNotNumberWhatThereIsOneOf() throws {
    func stepLog(_ indices: [String]) -> String {
      indices.enumerated().map { "TRACE_C_STEP phi_tic=\($0.offset) k=\($0.element)\n" }.joined()
    }
    let causes = try TraceIOTests.causes(
      .phiCarryOver, stepLog(["0.5", "0.4", "0.5"]), stepLog(["0.3", "0.4", "0.5"]))
    #expect(causes.map(\.confidence) == [.certain])
    let text = "the reference uses at phi step 0 the rotated cell of phi step 2 (k 0.5 against 0.3)"
    #expect(causes.first?.text.hasPrefix(text) == true, "\(causes)")
  }

  /// A log with the index k of each phi step.
  private func phi(_ indices: [String]) -> String {
    indices.enumerated().map { "TRACE_C_PHI phi_tic=\($0.offset) k_frac=\($0.element)\n" }.joined()
  }

  /// Indices are equal within a billionth of the last one, and of 1 if it is smaller.
  @Test func largeIndicesAreEqualWithinABillionthOfThem() throws {
    let turning: [(middle: String, isCarried: Bool)] = [("100.00000005", false), ("100.0000002", true)]
    for (middle, isCarried) in turning {
      let causes = try TraceIOTests.causes(.phiCarryOver, phi(["100", middle, "100"]), phi(["99.75", middle, "100"]))
      let expected: [Finding.Confidence] = isCarried ? [.certain] : []
      #expect(causes.map(\.confidence) == expected, "\(middle)")
    }
    let small: [(middle: String, isCarried: Bool)] = [("1e-9", false), ("1.5e-9", true)]
    for (middle, isCarried) in small {
      let causes = try TraceIOTests.causes(.phiCarryOver, phi(["0", middle, "0"]), phi(["0.25", middle, "0"]))
      let expected: [Finding.Confidence] = isCarried ? [.certain] : []
      #expect(causes.map(\.confidence) == expected, "\(middle)")
    }
    let atTheLimit = try causes(.phiCarryOver, phi(["1e-9", "0.5", "0"]), phi(["0.25", "0.5", "0"]))
    #expect(atTheLimit.map(\.confidence) == [.certain])
  }

  /// An origin that is half a pixel of 0.1 mm off along one axis alone.
  @Test func halfAPixelAlongOneAxisIsRemarkedOn() throws {
    func detector(_ z: String) -> String {
      logOf([
        "pix0_vector_meters 0.1 0.0005 \(z)", "fdet_vec 0 0 1", "sdet_vec 0 -1 0", "pixel_pos_meters 0.1 0 0",
        "omega_pixel_sr 1e-6",
      ])
    }
    let remark = "along the normal: half a pixel, as the MOSFLM convention adds it to the beam centre"
    for z in ["-0.00045", "-0.00055"] {
      let causes = try TraceIOTests.causes(.geometryOrigin, detector("-0.0005"), detector(z))
      #expect(causes.count == 1)
      #expect(causes.first?.text.hasSuffix(remark) == true, "\(causes)")
    }
  }

  /// A plane half a millimetre beside the sample, and positions in the plane that the sample is in: no side of it is
  /// behind the other. The smallest step away from the detector's plane is behind it.
  @Test func aPositionBesideTheSampleIsNotBehindThePlane() throws {
    let places: [(x: String, isFound: Bool)] = [("0", false), ("1e-6", true), ("-1e-6", false)]
    for (x, isFound) in places {
      let rows: [String] = [
        "pix0_vector_meters -0.0005 0 0", "fdet_vec 0 0 1", "sdet_vec 0 -1 0", "pixel_pos_meters \(x) 0.01 0.02",
      ]
      let trace: Trace = try TraceParser.parse(logOf(rows), file: "a.log")
      #expect((PixelLocation(trace, pixelSize: 1e-4) != nil) == isFound, "\(x)")
    }
  }

  /// A name that is translated, and nothing else: the number and the order stay as they are.
  @Test func aTranslationOfANameChangesNoNumber() throws {
    let entry = TraceDialect.Entry(name: "hkl_frac", because: "another name")
    #expect(entry.factor == 1 && entry.order.isEmpty)
    let dialect = TraceDialect(quantities: ["mine": entry])
    let trace: Trace = try TraceParser.parse(logOf(["mine 0.5 -1.5 2.5"]), file: "a.log")
    let translated = dialect.applied(to: trace)
    let numbers: [Double] = (translated.values("hkl_frac") ?? []).compactMap(\.number)
    #expect(numbers == [0.5, -1.5, 2.5])
  }

  /// Markers of more words are those of other programs.
  @Test func aMarkerHasOneKind() throws {
    for marker in ["TRACE_C_STEP_PHI", "TRACE_C_PHI_SETUP", "TRACE_C_STEP_SETUP", "TRACE_C_PHI_PHI"] {
      let log = logOf(["polar 0.5"]) + "\(marker) phi_tic=0 k_frac=0.5\n\(marker): polar 1\n"
      #expect(try TraceParser.parse(log, file: "a.log").lines.count == 1, "\(marker)")
    }
  }
}
