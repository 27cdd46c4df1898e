import CommandLineSupport
import Foundation
import GoldenStore
import Physics
import TestSupport
import Testing

/// What is said of a golden case that the simulator does not reproduce, at the limits of what is allowed.
@Suite(.tags(.verification), .generousTime) struct GoldenReportBorderTests: GoldenMaking {
  let folder: TemporaryFolder
  let corpus: GoldenCorpus

  /// The description of an image has no digest.
  private static let otherHash = "image.f32: the stored image has not the recorded hash; restore the fixture"

  private func rendering(_ command: String) throws -> Simulator.Rendering {
    try Simulator(Experiment(command: command), instructions: .requested).render(threads: 1)
  }

  // MARK: Printed lines

  /// The first line that differs is shown, also where one text ends before the other.
  @Test func printedLinesAreCompared() throws {
    let names = "-floatfile float.bin -intfile intimage.img -pgmfile image.pgm -noisefile noiseimage.img".words
    let named = try CommandLineParser(names + Self.scene.words, compatibility: .cParity).parse()
    let experiment = try named.experiment(clockSeed: 1)
    let rendering = try Simulator(experiment, instructions: .requested).render(threads: 1)
    var text = Report.setUp(experiment, named, cache: nil)
    text += Report.image(rendering, named: "float.bin")
    OutputImages(named.outputs, of: experiment, rendering).forEach { text += $0.remark }
    let whole: [String] = text.split(separator: "\n").map(String.init)
    try #require(whole.count > 20)
    let rows: [(recorded: [String], identical: Int, words: String?)] = [
      ([], 0, "printed line 1: recorded nothing, ours \"\(whole[0])\""),
      ([whole[0]], 1, "printed line 2: recorded nothing, ours \"\(whole[1])\""),
      ([whole[0], "else"], 1, "printed line 2: recorded \"else\", ours \"\(whole[1])\""),
      (whole, whole.count, nil),
      (whole + ["more"], whole.count, "printed line \(whole.count + 1): recorded \"more\", ours nothing"),
    ]
    for (recorded, identical, words) in rows {
      let lines: String = recorded.map { $0 + "\n" }.joined()
      let report = try corpus.check(try makeCase("printed", Self.scene, files: ["printed.txt": bytes(lines)]))
      let expected: [String] = words.map { [$0] } ?? []
      #expect(report.problems == expected)
      #expect(report.printed?.count == recorded.count && report.printed?.identical == identical)
    }
  }

  // MARK: Files

  /// The noise has the seed 1 where the case gives none. No byte of a file may differ, and no file may be missing.
  @Test func filesAreCompared() throws {
    let command = Self.scene.replacing(" -nonoise", with: "")
    let request = try CommandLineParser(command.words, compatibility: .cParity).parse()
    func noise(_ seed: Int) throws -> [UInt8] {
      let experiment = try request.experiment(clockSeed: seed)
      let rendering = try Simulator(experiment, instructions: .requested).render(threads: 1)
      return OutputImages(request.outputs, of: experiment, rendering).file(.noise).bytes
    }
    let own: [UInt8] = try noise(1)
    try #require(own.count > 48)
    #expect(try own != noise(2), "another seed is another image")
    let name = "noiseimage.img"
    let same = try corpus.check(try makeCase("same", command, output: name, files: [name: own]))
    #expect(same.problems == [] && same.files.count == 1 && same.identicalFiles == 1)
    var other = own
    other[own.count - 2] ^= 1
    let value = Int(own[own.count - 2]) | Int(own[own.count - 1]) << 8
    let differs = try corpus.check(try makeCase("other", command, output: name, files: [name: other]))
    let pixel = "slow 3 fast 5: recorded \(value ^ 1), ours \(value); 1 of \(own.count) bytes differ"
    #expect(differs.problems == ["\(name): \(pixel); no byte may differ"] && differs.identicalFiles == 0)
    let unknown = try corpus.check(try makeCase("unknown", command, output: "x.img", files: ["x.img": own]))
    #expect(unknown.problems == ["x.img: the simulator does not write it; no byte may differ"])
  }

  // MARK: Images

  /// An image of another size is not compared.
  @Test func anotherSizeIsAProblem() throws {
    for (fast, slow) in [(4, 6), (5, 4), (6, 5)] {
      let report = try corpus.check(try makeCase("size", Self.scene, image: described(fast: fast, slow: slow)))
      #expect(report.problems == ["image: 6 x 4 pixels, recorded \(fast) x \(slow)"])
      #expect(report.image.pixels == 0)
    }
  }

  /// Zeros of either sign are the same. Of pixels that deviate alike the first is named, and an image without a
  /// deviation asks for no proof.
  @Test func pixelsAreCompared() throws {
    let command = Self.scene + " -roi 0 2 0 3"
    let own = try rendering(command).image.pixels
    // Columns 3 to 5 are not rendered.
    let places = [3, 10, 17]
    try #require(own.count == 24 && places.allSatisfy { own[$0].bitPattern == 0 })
    let text = described(fast: 6, slow: 4, max: 5)
    let same = try corpus.check(try makeCase("same", command, image: text, files: ["image.f32": bytes(own)])).image
    #expect(same.pixels == 24 && same.identical == 24 && same.worst == 0)
    let needsNoProof: Bool = same.proven == nil
    #expect(needsNoProof && same.isExplained)
    var stored = own
    (stored[3], stored[10], stored[17]) = (-0.0, 5, 5)
    let other = try corpus.check(try makeCase("other", command, image: text, files: ["image.f32": bytes(stored)])).image
    #expect(other.pixels == 24 && other.identical == 22)
    #expect(other.worst == 1 && other.worstAt == PixelIndex(slow: 1, fast: 4))
    let hasProof: Bool = other.proven != nil
    #expect(hasProof)
  }

  /// Means were printed with six digits, the maximum is a float, and the sum was summed otherwise.
  @Test func statisticsHaveTheirTolerances() throws {
    let known = try rendering(Self.scene)
    let (statistics, pixels) = (known.statistics, known.image.pixels)
    let sum: Double = pixels.reduce(0.0) { $0 + Double($1) }
    let place = try #require(statistics.maximumAt)
    let names = ["mean", "rms", "rmsd", "max", "sum"]
    let own: [Double] = [statistics.mean, statistics.rms, statistics.rmsd, statistics.maximum, sum]
    let six = "relative 5.1e-06 (recorded with six significant digits)"
    let summing: Double = 24 * Double.ulpOfOne + 1e-6
    let allowed: [String] = [
      six, six, six, "relative \(0x1p-22) (2 ulp of a float)", "relative \(summing) (plain sum of n floats)",
    ]
    let inside: [Double] = [5e-6, 5e-6, 5e-6, 0.9 * 0x1p-22, 0.9e-6]
    let outside: [Double] = [7e-6, 7e-6, 7e-6, 1.5 * 0x1p-22, 1.5e-6]
    for index in names.indices {
      let changes: [(share: Double, isAllowed: Bool)] = [
        (0, true), (inside[index], true), (-inside[index], true), (outside[index], false), (-outside[index], false),
      ]
      for (share, isAllowed) in changes {
        var recorded = own
        recorded[index] *= 1 + share
        let text = described(
          fast: 6, slow: 4, sum: recorded[4], max: recorded[3], at: place, mean: recorded[0], rms: recorded[1],
          rmsd: recorded[2])
        let golden = try makeCase("statistics", Self.scene, image: text, files: ["image.f32": bytes(pixels)])
        let problem = "\(names[index]): recorded \(recorded[index]), ours \(own[index]), allowed \(allowed[index])"
        let expected: [String] = isAllowed ? [Self.otherHash] : [Self.otherHash, problem]
        #expect(try corpus.check(golden).problems == expected, "\(names[index]) \(share)")
      }
    }
  }

  // MARK: Traces

  /// The recorded trace is the reference: the simulator has half the steps that were recorded.
  @Test func theRecordedTraceIsTheReference() throws {
    let golden = try makeCase(
      "steps", Self.scene, pixel: PixelIndex(slow: 1, fast: 2), files: ["a.log": bytes("TRACE_C: steps 2\n")])
    let report = try corpus.check(golden)
    let values = "reference 2, candidate 1"
    let allowed = "allowed exact (a word or a whole number)"
    #expect(report.problems == ["trace of (1,2): first divergence steps, \(values), \(allowed)"])
    #expect(report.firstDivergentQuantity == "steps: \(values)")
    let causes: [String] = report.diagnosis.filter { $0.hasPrefix("certain: steps: ") }
    #expect(causes == ["certain: steps: steps is 0.5 times that of the reference: the loops differ"])
  }

  /// A rendered pixel is the float of its trace or a neighbour of it.
  @Test func aRenderedPixelAgreesWithItsTrace() throws {
    let golden = try makeCase(
      "pixel", Self.scene, pixel: PixelIndex(slow: 1, fast: 2), files: ["a.log": bytes("TRACE_C: F_cell 100\n")])
    var report = try corpus.check(golden)
    try #require(report.traces.count == 1)
    let traced: Double = try #require(report.traces[0].candidate.number(.storedPhotons))
    let float = Float(traced)
    let rows: [(rendered: Float, isSame: Bool)] = [
      (float, true), (float.nextUp, true), (float.nextDown, true), (float.nextUp.nextUp, false),
      (float.nextDown.nextDown, false), (-float, false), (0, false), (.nan, false), (.infinity, false),
    ]
    for (rendered, isSame) in rows {
      report.traces[0].rendered = rendered
      let expected: [String] = isSame ? [] : ["pixel (1,2): renderer \(rendered), tracer \(traced)"]
      #expect(report.problems == expected)
    }
  }
}
