import Foundation
import Physics
import PropertyTesting
import TestSupport
import Testing

/// What counts, ranges, steps and sizes resolve to, given or not, zero, negative, and whole multiples of one another but for
/// rounding, as digests of our own numbers. Golden cases judge the rules; they have few of the combinations.
@Suite(.tags(.sampling), .generousTime, .enabled(if: RecordingLibrary.isPresent)) struct ResolvingPinTests {
  private static let file = PackageFolder.fixtures.appendingPathComponent("check-values/resolving.json")

  /// Options that belong together, with values of which one is drawn for each; an empty value leaves the option out.
  private static let families: [String: [(option: String, values: [String])]] = [
    "phi": [
      ("-phi", ["", "0", "7.3", "-0.1"]), ("-osc", ["", "0", "-1", "0.9", "2.1", "0.3"]),
      ("-phistep", ["", "0", "0.1", "0.3", "0.7", "-0.3"]), ("-phisteps", ["", "0", "1", "3", "7", "-2"]),
    ],
    "dispersion": [
      ("-dispersion", ["", "0", "0.3", "2.1", "-1"]), ("-dispsteps", ["", "0", "1", "2", "3", "7", "-2"]),
      ("-lambda", ["1", "0.9", "1.1"]),
    ],
    "divergence": [
      ("-hdivrange", ["", "0", "0.3", "2.1", "-1"]), ("-hdivstep", ["", "0", "0.1", "0.3", "0.7", "-0.3"]),
      ("-hdivsteps", ["", "0", "1", "2", "3", "-2"]), ("-vdivrange", ["", "0", "0.9", "-1"]),
      ("-vdivstep", ["", "0", "0.3", "-0.3"]), ("-vdivsteps", ["", "0", "1", "3"]),
      ("-divergence", ["", "", "", "0.3", "0"]), ("-divsteps", ["", "", "2", "0"]),
    ],
    "sensor": [
      ("-detector_thick", ["", "0", "-100", "300", "0.7", "500"]), ("-detector_abs", ["", "0", "200", "-3", "inf"]),
      ("-detector_thicksteps", ["", "0", "1", "2", "3", "7", "11", "-2"]),
    ],
    "mosaic": [
      ("-mosaic", ["", "0", "0.7", "-1"]), ("-mosaic_domains", ["", "0", "1", "3", "-2"]),
      ("-mosaic_seed", ["", "0", "5", "-7"]), ("-seed", ["", "0", "3", "-9"]),
      ("-misset", ["", "random", "1 2 3", "0 0 0"]), ("-misset_seed", ["", "0", "4", "-4"]),
    ],
    "detector": [
      ("-detsize_f", ["", "1.03", "0.7", "2.1", "0", "0.05"]), ("-detsize_s", ["", "0.9", "0.35", "-1"]),
      ("-detpixels_f", ["", "", "9", "0", "-3"]), ("-detpixels_s", ["", "7", "1"]),
      ("-pixel", ["0.1", "0.07", "0.3", "0.172"]), ("-distance", ["", "100", "0", "-70", "1"]),
      ("-close_distance", ["", "", "93.1", "0", "-1"]), ("-Xbeam", ["", "0", "0.33"]), ("-Ybeam", ["", "0.21"]),
      ("-twotheta", ["", "", "7"]), ("-roi", ["", "", "1 3 0 2", "3 1 2 0", "0 9999 0 9999", "-1 2 -1 2"]),
    ],
    "convention": [
      ("-xds", ["", "+"]), ("-denzo", ["", "", "+"]), ("-mosflm", ["", "", "+"]), ("-adxv", ["", "", "+"]),
      ("-Xbeam", ["", "0.33", "-0.1"]), ("-Ybeam", ["", "0.21"]), ("-Xclose", ["", "", "0.17"]),
      ("-Yclose", ["", "", "0.27"]), ("-ORGX", ["", "", "4.1"]), ("-ORGY", ["", "", "3.3"]),
      ("-pixel", ["0.1", "0.172"]), ("-detector_rotx", ["", "3.1"]), ("-twotheta", ["", "11"]),
    ],
    "crystal": [
      ("-Na", ["", "0", "1", "2", "3", "1e15", "2e15", "-3"]), ("-Nb", ["", "2", "3"]), ("-Nc", ["", "2", "3", "1"]),
      ("-sample_x", ["", "0", "0.00007", "0.001", "-0.001"]), ("-sample_y", ["", "0.00009"]),
      ("-sample_z", ["", "0.00011", "0"]), ("-beamsize", ["", "0.00005", "0", "-1", "0.7"]),
      ("-oversample", ["", "1", "2", "-1"]), ("-fluence", ["", "1e12", "0", "-1e12"]), ("-flux", ["", "1e9", "0"]),
      ("-exposure", ["", "0.7", "-1"]), ("-water", ["", "0", "7.7", "-2"]), ("-fudge", ["", "0", "1.3", "-1"]),
    ],
    "cell": [
      (
        "-cell",
        ["", "50", "50 60", "50 60 70", "50 60 70 80", "50 60 70 80 90", "50 60 70 80 91 102", "50 0 70", "-3"]
      ),
      ("-mat", ["", "", "MAT"]), ("-misset", ["", "1 2 3", "0 0 0"]), ("-lambda", ["", "1.3"]), ("-N", ["1", "3"]),
    ],
  ]

  private func digest(_ family: String, _ mode: Compatibility, count: Int) throws -> BitDigest {
    let options = try #require(Self.families[family])
    let matrix = PackageFolder.fixtures.appendingPathComponent("check-values/a.mat").path
    var random = SplitMix64(state: 20_261_129)
    var digest = BitDigest()
    var resolved = 0
    for _ in 0..<count {
      var words = ["-default_F", "10", "-N", "2"]
      if !options.contains(where: { $0.option == "-oversample" }) { words += ["-oversample", "1"] }
      if family != "cell" { words += ["-cell", "50", "60", "70", "80", "91", "102"] }
      if family != "detector" { words += ["-detpixels", "4"] }
      for (option, values) in options {
        let value = values.randomElement(using: &random)!
        guard !value.isEmpty else { continue }
        words += [option] + (value == "+" ? [] : value.words.map { $0 == "MAT" ? matrix : $0 })
      }
      do {
        let experiment = try Experiment(words: words, mode)
        resolved += 1
        for line in PixelTracer(experiment).setupLines() { digest.add("\(line)") }
        let (sampling, detector) = (experiment.sampling, experiment.detector)
        digest.add("\(sampling) \(detector.sensor) \(detector.pose) \(experiment.remarks) \(experiment.notes)")
        digest.add("\(detector.fastPixels) \(detector.slowPixels) \(experiment.region) \(experiment.noiseStream)")
        digest.add("\(experiment.beam) \(experiment.crystal.form) \(experiment.crystal.background)")
      } catch {
        digest.add("\(error)".replacingOccurrences(of: PackageFolder.root.path, with: "."))
      }
    }
    #expect(resolved > count / 16, "\(family): \(resolved)")
    return digest
  }

  @Test(arguments: families.keys.sorted(), Compatibility.examined)
  func numbersAreThoseRecorded(family: String, mode: Compatibility) throws {
    let recorded = try JSONDecoder().decode([String: String].self, from: Data(contentsOf: Self.file))
    let count = RecordingLibrary.comparesAll ? 400 : 60
    let name = "\(family), \(count), \(mode.name)"
    let digest = try digest(family, mode, count: count)
    #expect(recorded[name] == digest.text, "\(name): other numbers; record \(digest.text) if that is meant")
  }
}
