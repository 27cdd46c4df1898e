import Physics
import TestSupport
import Testing
import TraceIO

/// Rules of the diagnosis, at the limits of what they find.
@Suite(.tags(.verification), .generousTime) struct NamedCauseTests {
  /// Three vectors of one length about the diagonal.
  private func about(_ own: Double, _ others: Double) -> [[Double]] {
    (0..<3).map { place in (0..<3).map { $0 == place ? own : others } }
  }

  /// The reciprocal vectors of a nearly flat cell are those of (1, -0.49, -0.49). Vectors that are flat, or of the
  /// other hand, belong to no cell like it, although their lengths and angles are close.
  @Test func flatVectorsAreNoReciprocalCell() throws {
    let cell: [[Double]] = about(25.5 / 1.49, 24.5 / 1.49)
    let rows: [(others: Double, isFound: Bool)] = [(-0.495, true), (-0.5, false), (-0.505, false)]
    for (others, isFound) in rows {
      let found: [Finding] = try causes(
        .reciprocalAtRest, logOf(cell: cell, about(1, -0.49)), logOf(cell: cell, about(1, others)))
      let expected: [Finding.Confidence] = isFound ? [.certain] : []
      #expect(found.map(\.confidence) == expected, "\(others)")
    }
  }

  /// Older names of the placement, and those of its steps in other programs, are of the placement, too.
  @Test func thePlacementHasManyNames() throws {
    let names: [String] = [
      "distance_m", "close_distance_m", "Fbeam_m", "Sbeam_m", "Fclose_m", "Sclose_m", "pix0_vector", "beam_center_m",
      "detector_convention", "pix0_before_rotation", "pix0_after_rotz", "pix0_after_twotheta", "term_fast",
      "term_slow", "term_beam",
    ]
    for name in names + ["of_my_own", "stol"] {
      let found: [Finding] = try causes(.geometryOrigin, logOf(["\(name) 1"]), logOf(["\(name) 3"]))
      let isPlacement: Bool = names.contains(name)
      #expect(found.map(\.text) == (isPlacement ? ["\(name) differs: the detector is placed elsewhere"] : []))
      #expect(found.allSatisfy { $0.confidence == .likely }, "\(name)")
    }
  }

  /// A candidate calculates in floats if nine of ten of its fractional numbers are floats.
  @Test func nineOfTenNumbersAreFloats() throws {
    let rows: [(floats: Int, others: Int, isCertain: Bool)] = [
      (5, 0, true), (5, 1, false), (8, 1, false), (9, 1, true), (17, 2, false), (18, 2, true),
    ]
    for (floats, others, isCertain) in rows {
      func log(_ number: String, _ last: String) -> String {
        let start: [String] = Array(repeating: "stol \(number)", count: floats)
        return logOf(start + Array(repeating: "stol 1.2", count: others) + ["F_latt \(last)"])
      }
      let found: [Finding] = try causes(.singlePrecision, log("1.1", "100"), log("1.100000023841858", "100.5"))
      let confidence: Finding.Confidence = isCertain ? .certain : .likely
      #expect(found.map(\.confidence) == [confidence], "\(floats) \(others)")
    }
  }

  /// Slow and fast index are exchanged if each is the other one of the reference.
  @Test func bothIndicesAreExchanged() throws {
    func log(_ slow: Int, _ fast: Int) -> String {
      let (along, across): (Double, Double) = (0.001 * (Double(fast) + 0.5), 0.001 * (Double(slow) + 0.5))
      let square: Double = 1 + along * along + across * across
      return logOf([
        "pix0_vector_meters 1 0 0", "fdet_vec 0 0 1", "sdet_vec 0 1 0", "pixel_pos_meters 1 \(across) \(along)",
        "omega_pixel \(1e-6 / square)",
      ])
    }
    let rows: [(slow: Int, fast: Int, isExchanged: Bool)] = [
      (30, 20, true), (20, 20, false), (30, 30, false), (21, 20, false), (30, 21, false), (19, 31, false),
    ]
    for (slow, fast, isExchanged) in rows {
      let hint = "; the indices are exchanged: one program takes slow, fast, the other fast, slow"
      let text: String =
        "reference traces pixel (20,30), candidate (\(slow),\(fast)) (slow,fast)\(isExchanged ? hint : ""); trace the "
        + "same pixel and compare again"
      let found: [Finding] = try causes(.differentPixels, log(20, 30), log(slow, fast))
      #expect(found.map(\.text) == [text])
      let exchanged: [Finding] = try causes(.rowsAndColumns, log(20, 30), log(slow, fast))
      let texts: [String] = isExchanged ? ["slow and fast index of the traced pixel are exchanged"] : []
      #expect(exchanged.map(\.text) == texts, "\(slow) \(fast)")
    }
  }

  /// Nothing is known of the unit of a quantity that is not in the catalogue.
  @Test func unknownQuantitiesHaveNoUnit() throws {
    for number in ["10", "0.001", "-1000"] {
      #expect(try causes(.units, logOf(["of_my_own 1"]), logOf(["of_my_own \(number)"])).isEmpty, "\(number)")
    }
  }

  /// Deviations of 1e-13 are rounding, and larger ones are named.
  @Test func roundingIsNotNamedAmongSmallDifferences() throws {
    let rows: [(distance: String, told: String)] = [
      ("10000000000001", ""), ("9999999999999", ""), ("10000000000002", "R_distance_meters by 2e-13, "),
      ("9999999999998", "R_distance_meters by 2e-13, "),
    ]
    let reference: String = logOf([
      "R_distance_meters 10000000000000", "lambda_meters 1.5e-10", "lambda_angstroms 1.5",
    ])
    for (distance, told) in rows {
      let candidate: String = logOf([
        "R_distance_meters \(distance)", "lambda_meters 1.50000105e-10", "lambda_angstroms 1.5000021",
      ])
      let text: String =
        "lambda_angstroms = 1e10 lambda_meters holds in the candidate, too: the deviation comes from before; within "
        + "the tolerance differ \(told)lambda_meters by 7e-07"
      #expect(try causes(.inherited, reference, candidate).map(\.text) == [text], "\(distance)")
    }
  }
}
