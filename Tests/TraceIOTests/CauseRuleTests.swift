import Physics
import TestSupport
import Testing
import TraceIO

/// Rules of the diagnosis, between what they find and what they do not.
@Suite(.tags(.verification), .generousTime) struct CauseRuleTests {
  /// Each axis of the cell is at rest within a billionth of its length; only one of the traces has it at rest.
  @Test func eachAxisMayBeAtRest() throws {
    let rows: [(reference: String, candidate: String, rests: String?)] = [
      ("100 0 0", "60 80 0", "reference"), ("100 0.00000009 0", "60 80 0", "reference"),
      ("100 0.00000015 0", "60 80 0", nil), ("60 80 0", "100 0 0", "candidate"),
      ("60 80 0", "100 0.00000009 0", "candidate"), ("60 80 0", "100 0.00000015 0", nil),
      ("60 80 0", "80 60 0", nil),
    ]
    for letter in ["a", "b", "c"] {
      let start = "TRACE_C_SETUP: \(letter)_angstroms 100 0 0\n"
      let name = "rot_\(letter)_angstroms"
      for (reference, candidate, rests) in rows {
        let found: [Finding] = try causes(
          .phiCarryOver, start + logOf(["\(name) \(reference)"]), start + logOf(["\(name) \(candidate)"]))
        let rotated: String = rests == "reference" ? "candidate" : "reference"
        let expected: [String] = [rests].compactMap { $0 }.map { (trace: String) -> String in
          "\(name) of the first step is the cell at rest in the \(trace) and rotated in the \(rotated): phi "
            + "carry-over, or another start of phi"
        }
        #expect(found.map(\.text) == expected, "\(letter) \(reference) \(candidate)")
        #expect(found.allSatisfy { $0.confidence == .possible }, "\(letter) \(reference) \(candidate)")
      }
    }
  }

  @Test func theTraceWhoseFlagIsOnInterpolates() throws {
    let rows: [(reference: Int, candidate: Int, text: String)] = [
      (0, 1, "the candidate interpolates structure factors, the reference takes the nearest reflection"),
      (1, 0, "the reference interpolates structure factors, the candidate takes the nearest reflection"),
    ]
    for (reference, candidate, text) in rows {
      let found: [Finding] = try causes(
        .interpolation, "TRACE_C_SETUP: interpolate \(reference)\n", "TRACE_C_SETUP: interpolate \(candidate)\n")
      #expect(found.map(\.text) == [text])
      #expect(found.map(\.confidence) == [.certain])
    }
  }

  /// Each of the three reciprocal vectors may be tilted towards each of the two other axes.
  @Test func eachReciprocalVectorIsAtRightAnglesToTwoAxes() throws {
    func log(_ stars: [[Double]]) -> String {
      let cell: [String] = ["rot_a_angstroms 1 0 0", "rot_b_angstroms 0 1 0", "rot_c_angstroms 0 0 1"]
      let rows: [String] = zip(["a", "b", "c"], stars).map { (letter: String, star: [Double]) -> String in
        let numbers: [String] = star.map { "\($0)" }
        return "rot_\(letter)_star_A_inv " + numbers.joined(separator: " ")
      }
      return logOf(cell + rows)
    }
    let own: [[Double]] = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    let tilts: [(tilt: Double, isFound: Bool)] = [(0.9e-5, false), (1.1e-5, true), (0.0009, true), (0.0011, false)]
    for place in 0..<3 {
      for other in 0..<3 where other != place {
        for (tilt, isFound) in tilts {
          var stars: [[Double]] = own
          stars[place][other] = tilt
          let found: [Finding] = try causes(.reciprocalAtRest, log(own), log(stars))
          #expect(found.count == (isFound ? 1 : 0), "\(place) \(other) \(tilt)")
        }
      }
    }
  }

  /// Steps of different reflections do not tell whether a trace interpolates.
  @Test func oneStepOfEachReflectionTellsNothing() throws {
    func log(_ h: [String], _ amplitudes: [Int]) -> String {
      let lines: [String] = zip(h, amplitudes).enumerated().map { number, step in
        "TRACE_C_STEP phi_tic=\(number) h=\(step.0) k=0 l=0 F_cell=\(step.1)\n"
      }
      return logOf(["F_cell \(amplitudes[0])"]) + lines.joined()
    }
    let apart: String = log(["0.1", "1.1"], [100, 50])
    let together: String = log(["0.1", "0.2"], [90, 91])
    let constant: String = log(["0.1", "0.2"], [80, 80])
    let rows: [(reference: String, candidate: String, confidence: Finding.Confidence)] = [
      (apart, together, .possible), (together, apart, .possible), (constant, together, .certain),
      (together, constant, .certain),
    ]
    for (reference, candidate, confidence) in rows {
      let found: [Finding] = try causes(.interpolation, reference, candidate)
      #expect(found.map(\.confidence) == [confidence], "\(reference) \(candidate)")
    }
  }

  /// A beam centre under the names of older logs stands among the quantities of the pixel.
  @Test func anOlderBeamCentreMayBeExchanged() throws {
    let rows: [(names: [String], values: [String])] = [
      (["Fbeam_m", "Sbeam_m"], ["0.05", "0.03"]), (["fdet_vec", "sdet_vec"], ["0 0 1", "0 -1 0"]),
    ]
    for (names, values) in rows {
      let reference: String = logOf(["\(names[0]) \(values[0])", "\(names[1]) \(values[1])"])
      let candidate: String = logOf(["\(names[0]) \(values[1])", "\(names[1]) \(values[0])"])
      let found: [Finding] = try causes(.rowsAndColumns, reference, candidate)
      let text =
        "\(names[0]) and \(names[1]) are exchanged: rows and columns (slow and fast, Y and X of the beam centre) are "
        + "mixed up"
      #expect(found.map(\.text) == [text])
      #expect(found.map(\.confidence) == [.certain])
    }
  }

  /// The angle between a and c is off by a cosine of a thousandth, to the last bit, or by more.
  @Test func anAngleAtTheLimitIsARightOne() throws {
    let rows: [(tilt: Double, confidence: Finding.Confidence)] = [
      (0.0012500009765636444, .likely), (0.001250002, .certain), (-0.001250002, .certain), (0.00125, .likely),
    ]
    for (tilt, confidence) in rows {
      let cell: [[Double]] = [[0.6, 0.8, 0], [-0.8, 0.6, 0], [0, tilt, 1]]
      let columns: [[Double]] = (0..<3).map { place in cell.map { $0[place] } }
      func log(_ rows: [[Double]]) -> String {
        logOf(
          zip(["a", "b", "c"], rows).map { (letter: String, row: [Double]) -> String in
            let numbers: [String] = row.map { "\($0)" }
            return "rot_\(letter)_angstroms " + numbers.joined(separator: " ")
          })
      }
      let found: [Finding] = try causes(.permutedAxes, log(cell), log(columns))
      #expect(found.map(\.confidence) == [confidence], "\(tilt)")
    }
  }

  /// A half and a whole pixel of 0.1 mm are recognised within a thousandth, in either direction.
  @Test func halfAndWholePixelsAreRecognised() throws {
    func log(_ z: String) -> String {
      logOf([
        "pix0_vector_meters 0.1 0.0005 \(z)", "fdet_vec 0 0 1", "sdet_vec 0 -1 0", "pixel_pos_meters 0.1 0 0",
        "omega_pixel_sr 1e-6",
      ])
    }
    let half = ": half a pixel, as the MOSFLM convention adds it to the beam centre"
    let whole = ": a whole pixel, as between counting from 0 and from 1"
    let rows: [(micrometres: String, told: String, remark: String)] = [
      ("50.04", "0.05004 mm (0.5004 pixels)", half), ("50.075", "0.050075 mm (0.50075 pixels)", ""),
      ("49.96", "0.04996 mm (0.4996 pixels)", half), ("49.925", "0.049925 mm (0.49925 pixels)", ""),
      ("100.09", "0.10009 mm (1.0009 pixels)", whole), ("100.15", "0.10015 mm (1.0015 pixels)", ""),
      ("99.91", "0.09991 mm (0.9991 pixels)", whole), ("99.85", "0.09985 mm (0.9985 pixels)", ""),
    ]
    for (micrometres, told, remark) in rows {
      for sign in ["", "-"] {
        let found: [Finding] = try causes(.geometryOrigin, log("0"), log("\(sign)\(micrometres)e-6"))
        let signed: String = told.split(separator: "(").map { sign + $0 }.joined(separator: "(")
        #expect(found.count == 1, "\(sign)\(micrometres)")
        let text: String = found.first?.text ?? ""
        let start = "the detector's origin is shifted by \(signed) along fast, "
        #expect(text.hasPrefix(start) && text.hasSuffix("mm along the normal\(remark)"), "\(text)")
      }
    }
  }

  /// A direction of the candidate is off if its length differs from 1 by more than 1e-11.
  @Test func aDirectionIsOffBeyondRounding() throws {
    let rows: [(length: String, told: String?)] = [
      ("1.000000000009", nil), ("1.000000000015", "+1.5e-11"), ("0.999999999991", nil), ("0.999999999985", "-1.5e-11"),
    ]
    for (length, told) in rows {
      let found: [Finding] = try causes(
        .normalization, logOf(["fdet_vec 1 0 0", "F_latt 1"]), logOf(["fdet_vec \(length) 0 0", "F_latt 1.0000001"]),
        relative: 1e-9)
      let expected: [String] = [told].compactMap { $0 }.map { (deviation: String) -> String in
        "fdet_vec of the candidate has length 1 \(deviation), that of the reference 1: a vector given with few digits "
          + "is used without being normalised"
      }
      #expect(found.map(\.text) == expected, "\(length)")
    }
  }

  /// The wavelength is a unit of quantities of reciprocal space only, unless it is 1 Å.
  @Test func theWavelengthIsAUnitOfReciprocalSpace() throws {
    let rows: [(wavelength: String, reference: String, candidate: String, told: String?)] = [
      ("2", "stol 1", "stol 2", "lambda"), ("2", "stol 2", "stol 1", "1/lambda"),
      ("1.25", "stol 1", "stol 1.25", "lambda"),
      ("1.25", "stol 1.25", "stol 1", "1/lambda"),
      ("2", "scattering_vec_A_inv 1 2 2", "scattering_vec_A_inv 2 4 4", "lambda"),
      ("2", "rot_a_star_A_inv 1 2 2", "rot_a_star_A_inv 2 4 4", "lambda"),
      ("2", "R_distance_meters 1", "R_distance_meters 2", nil), ("2", "stol 1", "stol 3", nil),
      ("1", "stol 1", "stol 10", "1e1"), ("1.0000009", "stol 1", "stol 10.000015", nil),
    ]
    for (wavelength, reference, candidate, told) in rows {
      let start = "lambda_angstroms \(wavelength)"
      let found: [Finding] = try causes(.units, logOf([start, reference]), logOf([start, candidate]))
      let name: String = String(reference.prefix { $0 != " " })
      let expected: [String] = [told].compactMap { $0 }.map { (unit: String) -> String in
        "\(name) is that of the reference times \(unit): another unit"
      }
      #expect(found.map(\.text) == expected, "\(wavelength) \(candidate)")
    }
  }

  /// Noise is that of quantities up to the indices, these included.
  @Test func theIndicesAreAmongTheNoise() throws {
    let rows: [(reference: String, candidate: String, isNoise: Bool)] = [
      ("stol 2", "stol 2.0000006", true), ("hkl_frac 2 0 0", "hkl_frac 2.0000006 0 0", true),
      ("F_latt_a 2", "F_latt_a 2.0000006", false),
    ]
    for (reference, candidate, isNoise) in rows {
      let exact: [String] = Array(repeating: "stol 2", count: 4) + [reference, "F_latt 100"]
      let noisy: [String] = Array(repeating: "stol 2.0000006", count: 4) + [candidate, "F_latt 100.5"]
      let found: [Finding] = try causes(.singlePrecision, logOf(exact), logOf(noisy), relative: 1e-4)
      let expected: [Finding.Confidence] = isNoise ? [.likely] : []
      #expect(found.map(\.confidence) == expected, "\(candidate)")
    }
  }

  /// A component that is 0 in one trace does not tell whether the other one calculates in floats.
  @Test func zerosTellNothingOfFloats() throws {
    let float = "1.00000001168610e-07"
    let rows: [(count: Int, reference: String, candidate: String, confidence: Finding.Confidence)] = [
      (4, "0", float, .likely), (5, "0", float, .certain), (5, float, "0", .certain),
    ]
    func log(_ count: Int, _ number: String, _ component: String, _ last: String) -> String {
      let axes: [String] = ["fdet_vec", "diffracted_vec", "incident_vec"].map { "\($0) \(component) 0 1" }
      return logOf(Array(repeating: "stol \(number)", count: count) + axes + ["F_latt \(last)"])
    }
    for (count, reference, candidate, confidence) in rows {
      let found: [Finding] = try causes(
        .singlePrecision, log(count, "1.1", reference, "100"), log(count, "1.100000023841858", candidate, "100.5"),
        relative: 1e-4)
      #expect(found.map(\.confidence) == [confidence], "\(count) \(reference) \(candidate)")
    }
  }
}
