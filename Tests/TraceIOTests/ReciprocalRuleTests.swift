import Physics
import TestSupport
import Testing
import TraceIO

/// The rule about reciprocal vectors, at the limits of what it takes for those at rest.
@Suite(.tags(.verification), .generousTime) struct ReciprocalRuleTests {
  private static let unit: [[Double]] = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
  private static let turned: [[Double]] = [[0.8, 0.6, 0], [-0.6, 0.8, 0], [0, 0, 1]]

  /// Whether the reference is said to follow the rotation, and the candidate not.
  private func isFound(_ cell: [[Double]], _ own: [[Double]], _ other: [[Double]]) throws -> Bool {
    let found: [Finding] = try causes(.reciprocalAtRest, logOf(cell: cell, own), logOf(cell: cell, other))
    let text =
      "the reciprocal vectors of the reference follow the rotation of the cell, those of the candidate are the ones at "
      + "rest (Q-55); the rotated cell itself agrees"
    #expect(found.allSatisfy { $0.text == text && $0.confidence == .certain }, "\(found)")
    return found.count == 1
  }

  /// Each of the three angles, in a cell of any size.
  @Test func theAnglesOfAReciprocalCellDifferByLessThanAThousandth() throws {
    let tilts: [(tilt: Double, isMet: Bool)] = [
      (0.9e-5, false), (1.1e-5, true), (0.0009, true), (0.0011, false), (0.1, false),
    ]
    for length: Double in [1, 100] {
      let cell: [[Double]] = Self.unit.map { row in row.map { length * $0 } }
      let own: [[Double]] = Self.unit.map { row in row.map { $0 / length } }
      for place in 0..<3 {
        for (tilt, isMet) in tilts {
          var stars: [[Double]] = own
          stars[place][(place + 1) % 3] = tilt / length
          let found: Bool = try isFound(cell, own, stars)
          #expect(found == isMet, "\(length) \(place) \(tilt)")
        }
      }
    }
  }

  /// Each of the three lengths, of vectors that follow the rotation and of others.
  @Test func theLengthsOfAReciprocalCellDifferByLessThanATwentieth() throws {
    let factors: [(factor: Double, isMet: Bool)] = [(0.949, false), (0.951, true), (1.049, true), (1.051, false)]
    for (factor, isMet) in factors {
      for place in 0..<3 {
        var rest: [[Double]] = Self.turned
        rest[place] = rest[place].map { factor * $0 }
        let ofRest: Bool = try isFound(Self.unit, Self.unit, rest)
        #expect(ofRest == isMet, "\(factor) \(place)")
        var own: [[Double]] = Self.unit
        own[place][place] = factor
        let ofOwn: Bool = try isFound(Self.unit, own, Self.turned)
        #expect(ofOwn == isMet, "\(factor) \(place)")
      }
    }
  }

  @Test func aLeftHandedCellHasLeftHandedReciprocalVectors() throws {
    let left: [[Double]] = [[1, 0, 0], [0, 1, 0], [0, 0, -1]]
    let turned: [[Double]] = [[0.8, 0.6, 0], [-0.6, 0.8, 0], [0, 0, -1]]
    #expect(try isFound(left, left, turned))
    #expect(try !isFound(left, left, Self.turned))
  }

  /// Three vectors of one length about the diagonal.
  private func about(_ own: Double, _ others: Double) -> [[Double]] {
    (0..<3).map { place in (0..<3).map { $0 == place ? own : others } }
  }

  /// In a skew cell the angles of the direct vectors change more than those of the reciprocal ones, which count.
  @Test func theAnglesThatCountAreThoseOfTheReciprocalVectors() throws {
    let (cell, own): ([[Double]], [[Double]]) = (about(1.2, 0.4), about(1, -0.25))
    #expect(try isFound(cell, own, about(1, -0.2495)))
    #expect(try !isFound(cell, own, about(1, -0.2489)))
  }
}

/// Rules about axes, wavelength and units, at the limits of what they name.
@Suite(.tags(.verification), .generousTime) struct AxisRuleTests {
  /// A log with a rotated cell.
  private func log(_ rows: [[Double]]) -> String {
    logOf(
      zip(["a", "b", "c"], rows).map { (letter: String, row: [Double]) -> String in
        let numbers: [String] = row.map { "\($0)" }
        return "rot_\(letter)_angstroms " + numbers.joined(separator: " ")
      })
  }

  /// A cell is cubic if its angles and lengths are so within a thousandth.
  @Test func theTransposedMatrixOfACubicCellMayBeTheInverse() throws {
    let cube: [[Double]] = [[98, 17, 0], [-17, 98, 0], [0, 0, 99.463561]]
    let changes: [(row: Int, column: Int, number: Double, isCubic: Bool)] = [
      (2, 0, 0.1, true), (2, 0, 0.11, false), (2, 1, 0.1, true), (2, 1, 0.11, false), (1, 0, -16.9, true),
      (1, 0, -16.89, false), (2, 2, 99.38, true), (2, 2, 99.35, false), (2, 2, 99.55, true), (2, 2, 99.57, false),
    ]
    let text =
      "rot_a_angstroms, rot_b_angstroms, rot_c_angstroms are the columns of the reference's matrix: it is transposed"
    for (row, column, number, isCubic) in changes {
      var rows: [[Double]] = cube
      rows[row][column] = number
      let columns: [[Double]] = (0..<3).map { place in rows.map { $0[place] } }
      let found: [Finding] = try causes(.permutedAxes, log(rows), log(columns))
      let expected: String = isCubic ? text + ", or its rotation has the opposite sense" : text
      let confidence: Finding.Confidence = isCubic ? .likely : .certain
      #expect(found.map(\.text) == [expected], "\(row) \(column) \(number)")
      #expect(found.map(\.confidence) == [confidence], "\(row) \(column) \(number)")
    }
  }

  /// Whatever the unit of the log, the wavelength is told in Å.
  @Test func theWavelengthIsToldInAngstroms() throws {
    let wavelengths: [(name: String, reference: String, candidate: String, told: String, isCertain: Bool)] = [
      ("lambda_angstroms", "1", "1.1", "1.1", true), ("lambda_meters", "1e-10", "1.1e-10", "1.1", true),
      ("lambda_angstroms", "1", "10", "10", false), ("lambda_meters", "1e-10", "1", "1e+10", false),
    ]
    for (name, reference, candidate, told, isCertain) in wavelengths {
      let found: [Finding] = try causes(
        .wavelength, logOf(["\(name) \(reference)"]), logOf(["\(name) \(candidate)"]))
      #expect(found.map(\.text) == ["the wavelength is \(told) A, that of the reference 1 A"], "\(name) \(candidate)")
      let confidence: Finding.Confidence = isCertain ? .certain : .likely
      #expect(found.map(\.confidence) == [confidence], "\(name) \(candidate)")
    }
  }

  /// A scattering vector of another length tells another wavelength if it is off by more than ten millionths.
  @Test func theWavelengthIsToldByTheLengthOfTheScatteringVector() throws {
    let vectors: [(vector: String, told: [String])] = [
      ("1.0000095 2.000019 2.000019", []), ("1.0000105 2.000021 2.000021", ["1.00001", "0.99999"]),
      ("0.9999905 1.999981 1.999981", []), ("0.9999893 1.9999786 1.9999786", ["0.999989", "1.00001"]),
      ("1.25 2.5 2.5", ["1.25", "0.8"]), ("-1.25 -2.5 -2.5", []),
    ]
    func texts(_ told: [String]) -> [String] {
      told.isEmpty
        ? []
        : [
          "the scattering vector has the right direction and \(told[0]) times the length: the wavelength is \(told[1]) "
            + "times that of the reference"
        ]
    }
    for (vector, told) in vectors {
      let found: [Finding] = try causes(
        .wavelength, logOf(["scattering_vec_A_inv 1 2 2"]), logOf(["scattering_vec_A_inv \(vector)"]))
      #expect(found.map(\.text) == texts(told), "\(vector)")
      #expect(found.allSatisfy { $0.confidence == .likely }, "\(vector)")
    }
    let halves: [Finding] = try causes(.wavelength, logOf(["stol 1.5"]), logOf(["stol 1.875"]))
    #expect(halves.map(\.text) == texts(["1.25", "0.8"]))
  }

  /// The units named if a vector is multiplied.
  private func units(_ rows: [String], _ name: String, _ factor: Double) throws -> [Finding] {
    let trace: Trace = try TraceParser.parse(logOf(rows), file: "a.log")
    let scaled: Trace = trace.changing(name) { numbers in numbers.map { factor * $0 } }
    return compare(trace, scaled).findings.filter { $0.kind == .units }
  }

  /// Another distance may be ten or a hundred times as long; a thousand times is another unit, whatever the sign.
  @Test func powersOfTenUpToAHundredMayBeOtherInputs() throws {
    let factors: [(factor: Double, told: String, isCertain: Bool)] = [
      (0.001, "1e-3: another unit", true), (0.01, "1e-2: another unit", false), (0.1, "1e-1: another unit", false),
      (10, "1e1: another unit", false), (100, "1e2: another unit", false), (1000, "1e3: another unit", true),
      (-10, "-1e1: another unit and the opposite sign", false),
      (-1000, "-1e3: another unit and the opposite sign", true),
    ]
    for (factor, told, isCertain) in factors {
      let found: [Finding] = try units(["pixel_pos_meters 1 2 3"], "pixel_pos_meters", factor)
      #expect(found.map(\.text) == ["pixel_pos_meters is that of the reference times \(told)"], "\(factor)")
      let confidence: Finding.Confidence = isCertain ? .certain : .likely
      #expect(found.map(\.confidence) == [confidence], "\(factor)")
    }
  }

  /// A wavelength within a tenth of 1 Å is a factor that another input may cause, too.
  @Test func factorsWithinATenthOfOneMayBeOtherInputs() throws {
    let wavelengths: [(wavelength: Double, isInverse: Bool, isCertain: Bool)] = [
      (1.09, false, false), (1.11, false, true), (0.91, false, false), (0.89, false, true), (1.1, true, false),
      (1.12, true, true),
    ]
    let name = "scattering_vec_A_inv"
    for (wavelength, isInverse, isCertain) in wavelengths {
      let factor: Double = isInverse ? 1 / wavelength : wavelength
      let found: [Finding] = try units(["lambda_angstroms \(wavelength)", "\(name) 1 2 2"], name, factor)
      let told: String = isInverse ? "1/lambda" : "lambda"
      #expect(found.map(\.text) == ["\(name) is that of the reference times \(told): another unit"], "\(wavelength)")
      let confidence: Finding.Confidence = isCertain ? .certain : .likely
      #expect(found.map(\.confidence) == [confidence], "\(wavelength)")
    }
  }

  /// A component of the opposite sign has the size of that of the reference within a thousandth of the larger one.
  @Test func aTurnedComponentIsAsLargeAsItWas() throws {
    let components: [(reference: String, candidate: String, isFound: Bool)] = [
      ("1000", "-999.0005", true), ("999.0005", "-1000", true), ("1000", "-998.9", false), ("998.9", "-1000", false),
    ]
    for (reference, candidate, isFound) in components {
      let found: [Finding] = try causes(
        .signFlip, logOf(["incident_vec 2000000 \(reference) 0"]), logOf(["incident_vec 2000000 \(candidate) 0"]))
      let expected: [String] = isFound ? ["incident_vec has the opposite sign in y"] : []
      #expect(found.map(\.text) == expected, "\(reference) \(candidate)")
    }
  }
}
