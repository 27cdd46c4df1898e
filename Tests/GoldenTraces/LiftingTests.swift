import CommandLineSupport
import GoldenStore
import Physics
import TestSupport
import Testing

/// Requests whose numbers are lifted into another arithmetic, which derivatives and digits are computed with.
@Suite(.tags(.verification), .generousTime) struct LiftingTests {
  /// Lifted into its own arithmetic a request stays as it is.
  @Test func nothingIsLostOrExchanged() throws {
    let corpus = GoldenReports.corpus
    for (number, id) in corpus.ids.enumerated() where number % 4 == 0 {
      let golden = try corpus.load(id)
      guard !golden.isLarge else { continue }
      var request = try CommandLineParser(corpus.arguments(of: golden), compatibility: .cParity).parse().loaded(
        clockSeed: 1
      ).request
      // Long lists of reflections are not lifted number by number.
      if case .list(let list, _) = request.structureFactors, list.count > 500 { request.structureFactors = nil }
      var names: Set<String> = []
      var lifted = Formulas<Double>.SimulationRequest(request) { name, value in
        names.insert(name)
        return value
      }
      let usual = RequestDefaults.cells
      let cells = [request.cellsA, request.cellsB, request.cellsC].map { Double($0 ?? usual) }
      #expect(lifted.continuousCells?.components == cells, "\(id)")
      lifted.continuousCells = nil
      #expect("\(lifted)" == "\(request)", "\(id)")
      for name in names {
        let option = name.split(separator: ".")[0]
        #expect(Self.options.contains("-\(option)"), "\(id): \(name) is named for no option")
      }
    }
  }

  private static let options = Set(FlagTable.flags.flatMap(\.names))

  /// Each number goes by the name of its option and component.
  @Test func numbersHaveTheNamesOfTheirOptions() throws {
    let line = """
      -Na 2 -Nb 3 -Nc 4 -cell 11 12 13 84 85 86 -misset 21 22 23 -sample_x 0.1 -sample_y 0.2 -sample_z 0.3 \
      -default_F 31 -mosaic 0.5 -fudge 1.5 -detsize_f 41 -detsize_s 42 -pixel 0.7 -detector_abs 51 -detector_thick 52 \
      -lambda 1.25 -flux 61 -exposure 62 -beamsize 0.63 -polar 0.64 -dispersion 0.65 -hdivrange 71 -hdivstep 7.1 \
      -vdivrange 72 -vdivstep 7.2 -water 73 -phi 81 -osc 8.2 -phistep 0.83 -dmin 8.4 -distance 91 -twotheta 9.2 \
      -detector_rotx 9.3 -detector_roty 9.4 -detector_rotz 9.5 -Xbeam 9.6 -Ybeam 9.7 -spindle_axis 1 2 3 \
      -fdet_vector 4 5 6 -close_distance 93 -Xclose 94 -Yclose 95 -ORGX 96 -ORGY 97
      """
    #expect(try names(of: line) == Self.expected)
    let other =
      "-energy 12000 -fluence 1e14 -pix0_vector 1 2 3 -odet_vector 4 5 6 -sdet_vector 7 8 9 -beam_vector 1 0 3"
      + " -polar_vector 0 1 2 -twotheta_axis 1 1 3 -cell 9"
    // As by the C program, -twotheta_axis is read as -twotheta, too.
    let found = try names(of: other).filter { !$0.contains("N") }
    #expect(
      found == [
        "beam_vector.x 1.0", "beam_vector.y 0.0", "beam_vector.z 3.0", "cell.a 9.0", "energy 12000.0",
        "fluence 100000000000000.0", "odet_vector.x 4.0", "odet_vector.y 5.0", "odet_vector.z 6.0",
        "pix0_vector.x 1.0", "pix0_vector.y 2.0", "pix0_vector.z 3.0", "polar_vector.x 0.0", "polar_vector.y 1.0",
        "polar_vector.z 2.0", "sdet_vector.x 7.0", "sdet_vector.y 8.0", "sdet_vector.z 9.0", "twotheta 1.0",
        "twotheta_axis.x 1.0",
        "twotheta_axis.y 1.0", "twotheta_axis.z 3.0",
      ], "\(found)")
  }

  /// Images of this program have the pose of the detector in their headers, which those of the C program have not.
  @Test func aPoseOfAHeaderIsLiftedWhole() throws {
    let lines = [
      "-distance 91 -twotheta 9.2 -detector_rotx 9.3 -detector_roty 9.4 -detector_rotz 9.5 -Xbeam 9.6 -Ybeam 9.7",
      "-close_distance 93 -Xclose 94 -Yclose 95 -ORGX 96 -ORGY 97 -pivot sample -fdet_vector 4 5 6",
      "-pix0_vector 1 2 3 -xds", "-detector_rotx 1", "-detector_rotz 1",
    ]
    for line in lines {
      var request = try CommandLineParser("-cell 50 -default_F 1 \(line)".words).parse().loaded(clockSeed: 1).request
      var vectors = GivenVectors()
      for (number, vector) in FrameVector.allCases.enumerated() {
        vectors[vector] = Vector3(Double(number), Double(number) + 0.25, Double(number) + 0.5)
      }
      request.headerPose = HeaderPose(vectors: vectors, origin: Vector3(0.1, 0.2, 0.3), in: request)
      var lifted = Formulas<Double>.SimulationRequest(request) { $1 }
      lifted.continuousCells = nil
      #expect("\(lifted)" == "\(request)", "\(line)")
    }
  }

  private func names(of line: String) throws -> [String] {
    let request = try CommandLineParser(line.words).parse().loaded(clockSeed: 1).request
    var found: [String] = []
    _ = Formulas<Double>.SimulationRequest(request) { name, value in
      found.append("\(name) \(value)")
      return value
    }
    return found.sorted()
  }

  private static let expected = [
    "Na 2.0", "Nb 3.0", "Nc 4.0", "ORGX 96.0", "ORGY 97.0", "Xbeam 9.6", "Xclose 94.0", "Ybeam 9.7", "Yclose 95.0",
    "beamsize 0.63", "cell.a 11.0", "cell.alpha 84.0", "cell.b 12.0", "cell.beta 85.0", "cell.c 13.0",
    "cell.gamma 86.0", "close_distance 93.0", "default_F 31.0", "detector_abs 51.0", "detector_rotx 9.3",
    "detector_roty 9.4", "detector_rotz 9.5", "detector_thick 52.0", "detsize.fast 41.0", "detsize.slow 42.0",
    "dispersion 0.65", "distance 91.0", "dmin 8.4", "exposure 62.0", "fdet_vector.x 4.0", "fdet_vector.y 5.0",
    "fdet_vector.z 6.0", "flux 61.0", "fudge 1.5", "hdivrange 71.0", "hdivstep 7.1", "lambda 1.25", "misset.x 21.0",
    "misset.y 22.0", "misset.z 23.0", "mosaic 0.5", "osc 8.2", "phi 81.0", "phistep 0.83", "pixel 0.7", "polar 0.64",
    "samplesize.x 0.1", "samplesize.y 0.2", "samplesize.z 0.3", "spindle_axis.x 1.0", "spindle_axis.y 2.0",
    "spindle_axis.z 3.0", "twotheta 9.2", "vdivrange 72.0", "vdivstep 7.2", "water 73.0",
  ]
}
