import Physics
import TestSupport
import Testing
import TraceIO

/// Rules about axes, origins, directions and units, at the limits of what they find.
@Suite(.tags(.verification), .generousTime) struct OriginRuleTests {
  /// Each axis is a permutation of each other one. A component below a billionth of the length makes a vector an axis.
  @Test func onlyAxesArePermutedByChance() throws {
    let vectors: [(x: String, y: String, isAxis: Bool)] = [
      ("1", "2", false), ("1", "1.5e-9", false), ("1", "1e-9", false), ("1", "9e-10", true), ("1", "-9e-10", true),
      ("1", "-1e-9", false), ("1000", "1.1e-6", false), ("1000", "0.9e-6", true), ("0.001", "1.1e-12", false),
      ("0.001", "0.9e-12", true),
    ]
    let text = "the components of incident_vec are those of the reference in the order y, x, z"
    for (x, y, isAxis) in vectors {
      let found: [Finding] = try causes(
        .permutedAxes, logOf(["incident_vec \(x) \(y) 0"]), logOf(["incident_vec \(y) \(x) 0"]))
      #expect(found.map(\.text) == [text], "\(x) \(y)")
      let confidence: Finding.Confidence = isAxis ? .possible : .certain
      #expect(found.map(\.confidence) == [confidence], "\(x) \(y)")
    }
  }

  /// A small component that is 0 in the candidate has no sign, and the others keep theirs.
  @Test func theSignsOfTheOtherComponentsAreTold() throws {
    let rows: [(reference: String, candidate: String, text: String)] = [
      ("TRACE_C: incident_vec 1 1e-8 0", "TRACE_C: incident_vec -1 0 0", "incident_vec has the opposite sign in x"),
      ("TRACE_C: incident_vec 1 2 3", "TRACE_C: incident_vec 1 -2 -3", "incident_vec has the opposite sign in y and z"),
      ("TRACE_C: incident_vec 1 2 0", "TRACE_C: incident_vec -1 -2 0", "incident_vec has the opposite sign"),
      ("TRACE_C_SETUP: roi 0 9 20 39", "TRACE_C_SETUP: roi 0 -9 20 39", "roi has the opposite sign in component 2"),
    ]
    for (reference, candidate, text) in rows {
      let found: [Finding] = try causes(.signFlip, "\(reference)\n", "\(candidate)\n")
      #expect(found.map(\.text) == [text], "\(candidate)")
      #expect(found.map(\.confidence) == [.certain], "\(candidate)")
    }
  }

  private static let axes = ["fdet_vec 0 0 1", "sdet_vec 0 -1 0"]

  /// A shift is told along each axis, as long as its length is a finite number.
  @Test func finiteShiftsAreToldInMillimetres() throws {
    let name = "pix0_vector_meters"
    let start = "the detector's origin is shifted by "
    let origins: [(reference: String, candidate: String, text: String, confidence: Finding.Confidence)] = [
      (
        "0.1 0.02 -0.03", "0.101 0.018 -0.027",
        start + "3 mm along fast, 2 mm along slow, 1 mm along the normal", .certain
      ),
      ("1e154 0 0", "1.05e154 0 0", start + "0 mm along fast, 0 mm along slow, 5e+155 mm along the normal", .certain),
      ("1e154 0 0", "-1e154 0 0", "\(name) differs: the detector is placed elsewhere", .likely),
    ]
    for (reference, candidate, text, confidence) in origins {
      let found: [Finding] = try causes(
        .geometryOrigin, logOf(["\(name) \(reference)"] + Self.axes), logOf(["\(name) \(candidate)"] + Self.axes))
      #expect(found.map(\.text) == [text], "\(candidate)")
      #expect(found.map(\.confidence) == [confidence], "\(candidate)")
    }
  }

  /// A shift is certain only if both traces tell the axes.
  @Test func axesThatAreNotTracedMayBeOthers() throws {
    let reference: String = logOf(["pix0_vector_meters 0.1 0.02 -0.03"] + Self.axes)
    let candidates: [(axes: [String], confidence: Finding.Confidence)] = [
      (Self.axes, .certain), ([Self.axes[0]], .likely), ([Self.axes[1]], .likely), ([], .likely),
    ]
    for (axes, confidence) in candidates {
      let candidate: String = logOf(["pix0_vector_meters 0.1 0.02 -0.02"] + axes)
      let found: [Finding] = try causes(.geometryOrigin, reference, candidate)
      #expect(found.map(\.confidence) == [confidence], "\(axes)")
    }
  }

  /// The causes of another length of the fast axis, with a lattice factor that differs and some numbers that are floats
  /// in the candidate.
  private func lengths(_ reference: String, _ candidate: String, floats: Int, _ factor: String) throws -> [Finding] {
    func log(_ axis: String, _ number: String, _ latticeFactor: String) -> String {
      logOf(["fdet_vec \(axis) 0 0"] + Array(repeating: "stol \(number)", count: floats) + ["F_latt \(latticeFactor)"])
    }
    return try causes(
      .normalization, log(reference, "1.1", "1"), log(candidate, "1.100000023841858", factor))
  }

  /// The direction of the reference has length 1 within 1e-13, from either side.
  @Test func theDirectionOfTheReferenceIsNormalised() throws {
    let axes: [(reference: String, isFound: Bool)] = [
      ("1", true), ("1.00000000000009", true), ("1.00000000000015", false), ("0.99999999999991", true),
      ("0.99999999999985", false), ("0.9999999", false), ("1.00000005", false),
    ]
    for (reference, isFound) in axes {
      let found: [Finding] = try lengths(reference, "1.0000001", floats: 0, "1.0001")
      #expect(found.count == (isFound ? 1 : 0), "\(reference)")
    }
  }

  /// Floats have lengths that are off by less than a millionth: more is told of them, too.
  @Test func floatsAreNormalisedWithinAMillionth() throws {
    let axes: [(candidate: String, floats: Int, told: String?)] = [
      ("1.0000005", 0, "+5e-07"), ("0.9999995", 0, "-5e-07"), ("1.0000005", 10, nil), ("0.9999995", 10, nil),
      ("1.0000009", 10, nil), ("0.9999991", 10, nil), ("1.0000015", 10, "+1.5e-06"), ("0.9999985", 10, "-1.5e-06"),
      ("0.99999", 10, "-1e-05"), ("1.00001", 10, "+1e-05"),
    ]
    for (candidate, floats, told) in axes {
      let found: [Finding] = try lengths("1", candidate, floats: floats, "1.001")
      let texts: [String] = [told].compactMap { $0 }.map { (deviation: String) -> String in
        "fdet_vec of the candidate has length 1 \(deviation), that of the reference 1: a vector given with few digits "
          + "is used without being normalised"
      }
      #expect(found.map(\.text) == texts, "\(candidate) \(floats)")
      #expect(found.allSatisfy { $0.confidence == .possible }, "\(candidate) \(floats)")
    }
  }

  /// Of directions that are equally far from length 1 the first is named.
  @Test func theFirstOfEqualDirectionsIsNamed() throws {
    let found: [Finding] = try causes(
      .normalization, logOf(["fdet_vec 1 0 0", "sdet_vec 0 1 0", "F_latt 1"]),
      logOf(["fdet_vec 1.0000001 0 0", "sdet_vec 0 1.0000001 0", "F_latt 1.0001"]))
    let text =
      "fdet_vec of the candidate has length 1 +1e-07, that of the reference 1: a vector given with few digits is used "
      + "without being normalised"
    #expect(found.map(\.text) == [text])
  }

  /// Units are up to thirty powers of ten apart, each recognised within a millionth. Up to two may be other inputs.
  @Test func unitsAreAtMostThirtyPowersOfTenApart() throws {
    let factors: [(factor: Double, told: String?, isCertain: Bool)] = [
      (1e30, "1e30", true), (1e31, nil, false), (1e-30, "1e-30", true), (1e-31, nil, false),
      (0.009999995, "1e-2", false), (0.01000003, nil, false), (0.0099999, nil, false), (100.00005, "1e2", false),
      (99.99995, "1e2", false), (100.001, nil, false), (0.0009999995, "1e-3", true), (1000.0005, "1e3", true),
    ]
    let name = "pixel_pos_meters"
    let trace: Trace = try TraceParser.parse(logOf(["\(name) 1 2 3"]), file: "a.log")
    for (factor, told, isCertain) in factors {
      let scaled: Trace = trace.changing(name) { numbers in numbers.map { factor * $0 } }
      let found: [Finding] = compare(trace, scaled).findings.filter { $0.kind == .units }
      let texts: [String] = [told].compactMap { $0 }.map { (unit: String) -> String in
        "\(name) is that of the reference times \(unit): another unit"
      }
      #expect(found.map(\.text) == texts, "\(factor)")
      let confidence: Finding.Confidence = isCertain ? .certain : .likely
      #expect(found.allSatisfy { $0.confidence == confidence }, "\(factor)")
    }
  }

  /// Components that are nearly equal, or that are rounding, are in their own order.
  @Test func aSignIsNoPermutation() throws {
    let vectors: [(reference: String, candidate: String)] = [
      ("6e-17 1e-17 1", "6e-17 1e-17 -1"), ("1 1.0000001 2", "-1 1.0000001 2"),
    ]
    for (reference, candidate) in vectors {
      let logs: [String] = [reference, candidate].map { logOf(["incident_vec \($0)"]) }
      #expect(try causes(.permutedAxes, logs[0], logs[1]).isEmpty, "\(candidate)")
      #expect(try causes(.signFlip, logs[0], logs[1]).map(\.confidence) == [.certain], "\(candidate)")
    }
  }
}
