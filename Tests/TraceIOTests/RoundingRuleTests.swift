import Physics
import TestSupport
import Testing
import TraceIO

/// Rules about rounding, at the limits of what they explain.
@Suite(.tags(.verification), .generousTime) struct RoundingRuleTests {
  /// Floats account for a deviation at the limit, which is lower up to the indices than after them.
  @Test func floatsAccountForADeviationAtTheLimit() throws {
    let rows: [(name: String, reference: String, candidate: String, told: String?)] = [
      ("F_latt", "100", "101", "0.01 here; that of F_latt is 0.01"), ("F_latt", "100", "101.5", nil),
      ("hkl_frac", "100000 0 0", "100001 0 0", "1e-05 here; that of hkl_frac is 1e-05"),
      ("hkl_frac", "100000 0 0", "100002 0 0", nil),
    ]
    let text =
      "nine of ten numbers of the candidate, or more, are single-precision floats: it calculates in 32 bits, which "
      + "accounts for deviations up to "
    for (name, reference, candidate, told) in rows {
      let doubles: [String] = Array(repeating: "stol 1.1", count: 5) + ["\(name) \(reference)"]
      let floats: [String] = Array(repeating: "stol 1.100000023841858", count: 5) + ["\(name) \(candidate)"]
      let found: [Finding] = try causes(.singlePrecision, logOf(doubles), logOf(floats))
      let expected: [String] = told.map { [text + $0] } ?? []
      #expect(found.map(\.text) == expected, "\(name) \(candidate)")
      #expect(found.allSatisfy { $0.confidence == .certain }, "\(name) \(candidate)")
    }
  }

  /// The median is between 1e-9 and 3e-6, both included, and all deviations are below 1e-5. Zeros have no relative
  /// deviation.
  @Test func noiseHasAMedianAndALargestDeviation() throws {
    let rows: [(usual: Int, others: Int, reference: String, candidate: String, isNoise: Bool)] = [
      (4, 1, "100000", "100001", false), (4, 1, "100000", "100000.9", true), (4, 1, "100000", "99999", false),
      (4, 1, "100000", "99999.1", true), (5, 1, "0", "1e-31", true), (5, 1, "0", "0", true),
      (4, 1, "0", "1e-31", false), (0, 5, "1000000000", "1000000001", true), (0, 5, "1000000", "1000003", true),
    ]
    for (usual, others, reference, candidate, isNoise) in rows {
      func log(_ number: String, _ other: String, _ last: String) -> String {
        let start: [String] = Array(repeating: "stol \(number)", count: usual)
        let end: [String] = Array(repeating: "stol \(other)", count: others)
        return logOf(start + end + ["F_latt \(last)"])
      }
      let found: [Finding] = try causes(
        .singlePrecision, log("2", reference, "100"), log("2.0000006", candidate, "100.5"), relative: 1e-4)
      let expected: [Finding.Confidence] = isNoise ? [.likely] : []
      #expect(found.map(\.confidence) == expected, "\(reference) \(candidate)")
    }
  }

  /// A structure factor is an input unless it is interpolated. Factors of the scaling are as exact as indices.
  @Test func whatNoiseExplainsDependsOnTheStage() throws {
    let small = "1e-05 here; that of "
    let rows: [(setUp: String, name: String, candidate: String, told: String?)] = [
      ("", "F_cell", "100.0005", small + "F_cell is 5e-06"), ("", "F_cell", "100.5", nil),
      ("0", "F_cell", "100.0005", small + "F_cell is 5e-06"), ("0", "F_cell", "100.5", nil),
      ("1", "F_cell", "100.5", "0.01 here; that of F_cell is 0.005"), ("1", "F_cell", "102", nil),
      ("", "cos_2theta", "100.0005", small + "cos_2theta is 5e-06"), ("", "cos_2theta", "100.5", nil),
      ("", "I_before_scaling", "100.5", "0.01 here; that of I_before_scaling is 0.005"),
      ("", "I_pixel_final", "100.5", "0.01 here; that of I_pixel_final is 0.005"),
    ]
    let text =
      "the deviations before the sum have a median of 3e-07 and none exceeds 1e-05: rounding of single precision, or "
      + "inputs given with few digits, which accounts for deviations up to "
    for (setUp, name, candidate, told) in rows {
      let start: String = setUp.isEmpty ? "" : "TRACE_C_SETUP: interpolate \(setUp)\n"
      let exact: [String] = Array(repeating: "stol 2", count: 5) + ["\(name) 100"]
      let noisy: [String] = Array(repeating: "stol 2.0000006", count: 5) + ["\(name) \(candidate)"]
      let found: [Finding] = try causes(.singlePrecision, start + logOf(exact), start + logOf(noisy))
      let expected: [String] = told.map { [text + $0] } ?? []
      #expect(found.map(\.text) == expected, "\(setUp) \(name) \(candidate)")
      #expect(found.allSatisfy { $0.confidence == .likely }, "\(setUp) \(name) \(candidate)")
    }
  }

  /// Six to twelve digits. Whole numbers below 10000 may be meant, and a deviation of a hundredth of the last digit is
  /// no rounding to this digit.
  @Test func sixToTwelveDigitsAreFew() throws {
    func text(_ digits: Int, _ size: String) -> String {
      "F_latt is that of the reference with \(digits) digits: it is printed, or passed on, with so few (a deviation of "
        + "\(size))"
    }
    let long = "1.23123123123123"
    let rows: [(reference: String, candidate: String, digits: Int?)] = [
      (long, "1.2312", nil), (long, "1.23123", 6), (long, "1.231231", 7), (long, "1.2312312", 8),
      (long, "1.23123123", 9), (long, "1.231231231", 10), (long, "1.2312312312", 11), (long, "1.23123123123", 12),
      (long, "1.231231231231", nil), ("-" + long, "-1.23123", 6), (long, "1.23124", nil),
      ("-12345.04", "-12345", 6), ("-10000.04", "-10000", 6), ("-9999.004", "-9999", nil),
      ("1.23123002", "1.23123", 6), ("1.231230005", "1.23123", 7),
    ]
    for (reference, candidate, digits) in rows {
      let found: [Finding] = try causes(
        .fewDigits, logOf(["F_latt \(reference)"]), logOf(["F_latt \(candidate)"]), relative: 1e-14)
      let number: Double = try #require(Double(reference))
      let rounded: Double = try #require(Double(candidate))
      let size: String = NumberText.text("%.6g", abs(rounded - number) / abs(number))
      let expected: [String] = digits.map { [text($0, size)] } ?? []
      #expect(found.map(\.text) == expected, "\(reference) \(candidate)")
      #expect(found.allSatisfy { $0.confidence == .certain }, "\(reference) \(candidate)")
    }
    // The first vector is 100000000 long, to the last bit: a deviation by 1 is a hundredth of a millionth.
    for (component, isFound) in [("99992379.0052886", false), ("99992379.005288", true)] {
      let found: [Finding] = try causes(
        .fewDigits, logOf(["hkl_frac \(component) 1234561 0"]), logOf(["hkl_frac \(component) 1234560 0"]),
        relative: 1e-9)
      #expect(found.count == (isFound ? 1 : 0), "\(component)")
    }
  }

  /// Whether the one number of the candidate is said to be a float.
  private func isFloat(_ reference: String, _ candidate: String, _ size: String) throws -> Bool {
    let found: [Finding] = try causes(
      .singlePrecision, logOf(["F_latt \(reference)"]), logOf(["F_latt \(candidate)"]), relative: 1e-9)
    let text =
      "F_latt is that of the reference, rounded to a single-precision float: a deviation of \(size), at most 6e-8"
    #expect(found.allSatisfy { $0.text == text && $0.confidence == .certain }, "\(found)")
    return found.count == 1
  }

  /// Beside the float 0.899999976158142 other numbers lie 3e-15 and 7e-15 away, relative to it.
  @Test func aFloatIsPrintedWithFifteenDigits() throws {
    let rows: [(candidate: String, isFound: Bool)] = [
      ("0.899999976158142", true), ("0.8999999761581421", true), ("0.8999999761581449", true),
      ("0.8999999761581394", true), ("0.8999999761581485", false), ("0.8999999761581358", false),
      ("0.899999976", false),
    ]
    for (candidate, isFound) in rows {
      for sign in ["", "-"] {
        let found: Bool = try isFloat(sign + "0.9", sign + candidate, "2.6491e-08")
        #expect(found == isFound, "\(sign)\(candidate)")
      }
    }
  }

  /// Numbers just above a power of ten lose half a unit of the fifteenth digit, 5e-15 of them, when they are printed.
  @Test func aFloatAboveAPowerOfTenIsRecognised() throws {
    let rows: [(reference: String, candidate: String, size: String)] = [
      ("1.003", "1.00300002098083", "2.09181e-08"), ("1.021", "1.02100002765656", "2.70877e-08"),
      ("1.128", "1.12800002098083", "1.86e-08"),
    ]
    for (reference, candidate, size) in rows {
      for sign in ["", "-"] {
        let found: Bool = try isFloat(sign + reference, sign + candidate, size)
        #expect(found, "\(sign)\(candidate)")
      }
    }
  }
}

/// Rules about factors and formulas, at the limits of what they name.
@Suite(.tags(.verification), .generousTime) struct FactorRuleTests {
  /// The sums and results, to which factors are applied.
  private static let sums: [String] = ["I", "I_before_scaling", "I_pixel_final", "floatimage_accumulated"]

  /// A log that ends with one of them, or with another quantity.
  private func log(_ rows: [String], _ name: String, _ number: String) -> String {
    name == "I" ? logOf(rows) + "TRACE_C_STEP phi_tic=0 I=\(number)\n" : logOf(rows + ["\(name) \(number)"])
  }

  /// A factor is told from 1 by five times the tolerance of the ratio, which is first 1e-6 and then 2e-3.
  @Test func aFactorIsAppliedOnceMoreOrLess() throws {
    let factors: [(name: String, kind: Finding.Kind, words: String)] = [
      ("polar", .polarization, "the polarization factor"), ("omega_pixel", .solidAngle, "the solid angle"),
      ("capture_fraction", .absorption, "the capture fraction"),
    ]
    let rows: [(factor: String, sum: String, carries: Bool, confidence: Finding.Confidence?)] = [
      ("1.0000055", "1000005.5", true, .certain), ("1.0000055", "999994.50003", false, .certain),
      ("0.9999945", "999994.5", true, .certain), ("0.9999945", "1000005.50003", false, .certain),
      ("1.0000045", "1000004.5", true, nil), ("0.9999955", "999995.5", true, nil),
      ("1.011", "1012011", true, .likely), ("0.989", "989989", true, .likely),
      ("1.009", "1010009", true, nil), ("0.991", "991991", true, nil),
      ("0.5", "500000.4", true, .certain), ("0.5", "500000.6", true, .likely), ("0.5", "500900", true, .likely),
      ("0.5", "502000", true, nil), ("0.5", "2000001", false, .certain), ("0.5", "2003000", false, .likely),
      ("0.5", "2009000", false, nil), ("0.5", "-500000", true, nil), ("-0.5", "-500000", true, nil),
      ("-0.5", "500000", true, nil), ("0", "500000", true, nil),
    ]
    for name in Self.sums {
      for (factor, kind, words) in factors {
        for (value, sum, carries, confidence) in rows {
          let start: [String] = ["\(factor) \(value)"]
          let found: [Finding] = try causes(kind, log(start, name, "1000000"), log(start, name, sum))
          let more = "\(name) of the candidate carries \(words) once more than the reference"
          let less = "\(name) of the candidate lacks \(words), which the reference applies"
          let expected: [String] = confidence == nil ? [] : [carries ? more : less]
          #expect(found.map(\.text) == expected, "\(name) \(factor) \(value) \(sum)")
          #expect(found.first?.confidence == confidence, "\(name) \(factor) \(value) \(sum)")
        }
      }
    }
  }

  @Test func aSumMayDifferByTheObliquity() throws {
    let rows: [(obliquity: String, sum: String, isFound: Bool)] = [
      ("0.8", "1250000", true), ("0.8", "800000", true), ("0.8", "801000", true), ("0.8", "803000", false),
      ("0.8", "1252000", true), ("0.8", "1254000", false), ("0.8", "-1250000", false), ("0.8", "-800000", false),
      ("0.8", "1600000", false), ("0.9999945", "999994.5", true), ("0.9999945", "1000005.50003", true),
      ("0.9999955", "999995.5", false), ("0.9999955", "1000004.50002", false), ("0.989", "989989", true),
      ("0.991", "991991", false),
    ]
    for name in Self.sums + ["F_latt"] {
      for (obliquity, sum, isFound) in rows {
        let start: [String] = ["obliquity_factor \(obliquity)"]
        let found: [Finding] = try causes(.solidAngle, log(start, name, "1000000"), log(start, name, sum))
        // Six digits are told.
        let told: String = ["0.9999945": "0.999995"][obliquity] ?? obliquity
        let text = "\(name) differs by the obliquity of the pixel, \(told)"
        let expected: [String] = isFound && name != "F_latt" ? [text] : []
        #expect(found.map(\.text) == expected, "\(name) \(obliquity) \(sum)")
        #expect(found.allSatisfy { $0.confidence == .likely }, "\(name) \(obliquity) \(sum)")
      }
    }
  }

  @Test func aSolidAngleLacksTheObliquityOrCarriesItTwice() throws {
    let lacks = "the candidate's solid angle lacks the obliquity factor Dc/R"
    let twice = "the candidate's solid angle carries the obliquity factor Dc/R twice"
    for name in ["omega_pixel_sr", "omega_pixel"] {
      let rows: [(obliquity: String, candidate: String, text: String?)] = [
        ("0.5", "2e-6", lacks), ("0.5", "0.5e-6", twice), ("0.5", "1.5e-6", nil), ("0.5", "-2e-6", nil),
        ("0.9999985", "1.0000015e-6", lacks), ("0.9999985", "0.9999985e-6", twice),
        ("0.9999995", "1.0000005e-6", nil), ("0.9999995", "0.9999995e-6", nil),
        ("0.5", "1", "\(name) is 1 in the candidate: the solid angle is not applied there"),
      ]
      for (obliquity, candidate, text) in rows {
        let start: [String] = ["obliquity_factor \(obliquity)"]
        let found: [Finding] = try causes(
          .solidAngle, log(start, name, "1e-6"), log(start, name, candidate), relative: 1e-9)
        let expected: [String] = text.map { [$0] } ?? []
        #expect(found.map(\.text) == expected, "\(name) \(obliquity) \(candidate)")
        #expect(found.allSatisfy { $0.confidence == .certain }, "\(name) \(obliquity) \(candidate)")
      }
    }
  }

  @Test func aSumIsDividedByTheStepsOnce() throws {
    for name in Self.sums {
      let rows: [(steps: Int, sum: String, text: String?)] = [
        (2, "200", "\(name) is 2 times too large, the number of steps: not divided by it"),
        (2, "50", "\(name) is divided by the number of steps, 2, once too often"), (2, "400", nil), (2, "25", nil),
        (3, "300", "\(name) is 3 times too large, the number of steps: not divided by it"), (2, "-200", nil),
        (1, "100.00005", nil), (1, "99.99995", nil),
      ]
      for (steps, sum, text) in rows {
        let start: [String] = ["steps \(steps)"]
        let found: [Finding] = try causes(.steps, log(start, name, "100"), log(start, name, sum), relative: 1e-9)
        let expected: [String] = text.map { [$0] } ?? []
        #expect(found.map(\.text) == expected, "\(name) \(steps) \(sum)")
        #expect(found.allSatisfy { $0.confidence == .certain }, "\(name) \(steps) \(sum)")
      }
    }
  }

  /// Structure factors of either sign are close within a millionth of the larger one.
  @Test func aNearestStructureFactorAtTheLimitIsThatOfTheOtherTrace() throws {
    let interpolates = "the candidate interpolates F_cell, the reference takes the nearest reflection"
    let either =
      "F_cell differs at the same indices: one interpolates and the other takes the nearest reflection, or the "
      + "reflection lists differ"
    let rows: [(nearest: Int, partner: Int, isClose: Bool)] = [
      (999_999, 1_000_000, true), (1_000_000, 999_999, true), (999_998, 1_000_000, false),
      (1_000_000, 999_998, false),
    ]
    for (nearest, partner, isClose) in rows {
      for sign in [1, -1] {
        let candidate: [String] = ["F_cell \(sign * 900_000)", "F_cell_nearest \(sign * nearest)"]
        let found: [Finding] = try causes(.interpolation, logOf(["F_cell \(sign * partner)"]), logOf(candidate))
        #expect(found.map(\.text) == [isClose ? interpolates : either], "\(sign) \(nearest) \(partner)")
        let confidence: Finding.Confidence = isClose ? .certain : .possible
        #expect(found.map(\.confidence) == [confidence], "\(sign) \(nearest) \(partner)")
      }
    }
  }
}
