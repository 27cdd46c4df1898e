import Foundation
import GoldenStore
import Physics
import TestSupport
import Testing
import TraceIO

/// Limits and places that are easily confused, where golden cases are read, checked and reviewed.
@Suite(.tags(.verification), .generousTime) struct GoldenBorderTests: GoldenMaking {
  let folder: TemporaryFolder
  let corpus: GoldenCorpus

  // MARK: Reading

  /// The last row and column have pixels that can be traced; behind them there are none.
  @Test func aTracedPixelIsInTheImage() throws {
    let files: [String: [UInt8]] = [
      "image.f32": bytes([Float](repeating: 0, count: 24)), "a.log": bytes("TRACE_C: F_cell 100\n"),
    ]
    let pixels: [(name: String, slow: Int, fast: Int)] = [
      ("last", 3, 5), ("slow", 4, 5), ("fast", 3, 6), ("above", -1, 0), ("left", 0, -1),
    ]
    for (name, slow, fast) in pixels {
      _ = try makeCase(
        name, Self.scene, image: described(fast: 6, slow: 4), pixel: PixelIndex(slow: slow, fast: fast), files: files)
      let found = refusal(name)
      if name == "last" {
        #expect(found == "")
      } else {
        #expect(found.contains("pixel slow \(slow) fast \(fast) is not in the image"), "\(name): \(found)")
      }
    }
  }

  /// An image may be one pixel wide or high, and not less.
  @Test func anImageOfOneRowOrColumnIsAnImage() throws {
    let sizes: [(name: String, fast: Int, slow: Int)] = [
      ("column", 1, 3), ("row", 3, 1), ("no-column", 0, 3), ("no-row", 3, 0),
    ]
    for (name, fast, slow) in sizes {
      let pixels = [Float](repeating: 0, count: fast * slow)
      _ = try makeCase(name, Self.scene, image: described(fast: fast, slow: slow), files: ["image.f32": bytes(pixels)])
      let found = refusal(name)
      if fast * slow > 0 {
        #expect(found == "")
      } else {
        #expect(found.contains("an image of \(fast) x \(slow) pixels"), "\(name): \(found)")
      }
    }
  }

  /// The seed that stands for the clock is 1; a noise stream begins with the negated seed.
  @Test func aCaseWithoutSeedHasTheSeedOne() throws {
    let plain = try makeCase("plain", Self.scene)
    let seeded = try makeCase("seeded", Self.scene + " -seed 5")
    for compatibility in [Compatibility.cParity, .spec] {
      #expect(try corpus.experiment(of: plain, compatibility: compatibility).noiseStream == -1)
      #expect(try corpus.experiment(of: seeded, compatibility: compatibility).noiseStream == -5)
    }
  }

  // MARK: Checking

  /// The deviation of a pixel that is recorded as zero is relative to a millionth of the maximum.
  @Test func aDeviationFromZeroIsRelativeToTheMaximum() throws {
    let plain = try makeCase("plain", Self.scene)
    let image = try Simulator(corpus.experiment(of: plain)).render(threads: 1).image
    let place = try #require(image.pixels.indices.max { image.pixels[$0] < image.pixels[$1] })
    let largest = Double(image.pixels[place])
    try #require(largest > 2, "a maximum of 1 would prove nothing")
    var pixels = image.pixels
    pixels[place] = 0
    let golden = try makeCase(
      "dark", Self.scene, image: described(fast: 6, slow: 4, max: largest), files: ["image.f32": bytes(pixels)])
    let report = try corpus.check(golden).image
    #expect(report.worstAt == PixelIndex(slow: place / 6, fast: place % 6))
    #expect(abs(report.worst - 1e6) < 1e-3, "\(report.worst)")
  }

  /// Each statistic that is not that of the image is named.
  @Test func wrongStatisticsAreProblems() throws {
    let plain = try makeCase("plain", Self.scene)
    let image = try Simulator(corpus.experiment(of: plain)).render(threads: 1).image
    let known = ImageStatistics(image, of: try corpus.experiment(of: plain))
    let sum = image.pixels.reduce(0.0) { $0 + Double($1) }
    let place = try #require(known.maximumAt)
    func problems(_ id: String, factor: Double, at place: PixelIndex) throws -> [String] {
      let text = described(
        fast: 6, slow: 4, sum: factor * sum, max: factor * known.maximum, at: place, mean: factor * known.mean,
        rms: factor * known.rms, rmsd: factor * known.rmsd)
      let golden = try makeCase(id, Self.scene, image: text, files: ["image.f32": bytes(image.pixels)])
      // The digest of the image is not recorded.
      let found = try corpus.check(golden).image.problems.filter { !$0.contains("has not the recorded hash") }
      return found.map { String($0.prefix { $0 != ":" }) }
    }
    #expect(try problems("right", factor: 1, at: place) == [])
    let other = PixelIndex(slow: 3 - place.slow, fast: 5 - place.fast)
    #expect(try problems("wrong", factor: 1.1, at: other) == ["mean", "rms", "rmsd", "max", "sum", "maximum"])
  }

  /// Of a header line the first 120 bytes are shown.
  @Test func aLongHeaderLineIsCut() {
    let line = "NOTE=" + String(repeating: "x", count: 200)
    let reference = bytes("{\n\(line);\n}") + [1, 0]
    var other = reference
    other[2] = UInt8(ascii: "M")
    let rest = "OTE=" + String(repeating: "x", count: 115)
    let found = FileDifference.first(reference: reference, candidate: other, fastPixels: 1, slowPixels: 1)
    #expect(
      found == "header line \"N\(rest)\", ours \"M\(rest)\"; 1 of \(reference.count) bytes differ", "\(found ?? "")")
  }

  /// Both programs get the arguments of the case, a seed in front, and are not kept from writing the noise image.
  @Test func programsGetTheArgumentsOfTheCase() async throws {
    _ = try makeCase(
      "echo", "-cell 60 70 80 90 90 90 -nonoise -default_F 10", output: "image.pgm", files: ["image.pgm": [1]])
    let echo = try program("echo", "printf '%s\\n' \"$*\" > intimage.img")
    let arguments = "-noprogress -seed 1 -cell 60 70 80 90 90 90 -default_F 10"
    let known = try program("known", "printf '%s\\n' '\(arguments)' > intimage.img; printf 1 > image.pgm")
    let found = try await corpus.files(
      of: "echo", reference: SimulatorProgram(echo), candidate: SimulatorProgram(known))
    #expect(found.kinds == ["intimage.img": true, "image.pgm": false], "\(found.kinds)")
  }

  // MARK: Reviewing

  /// The remark on threads about an image of which one pixel lacks the carried-over cell, and how it should begin.
  /// - Parameter alsoChanging: Whether the brightest other pixel is larger by 1.5 millionths.
  private func threadRemark(
    _ id: String, _ command: String, alsoChanging: Bool = false
  ) throws -> (found: [String], expected: String) {
    let plain = try makeCase("\(id)-plain", command, image: described(fast: 6, slow: 4), on: "pending")
    let carried = try #require(try corpus.pending.rendered(plain, threads: 1)).pixels
    let without = Compatibility.cParity.setting(.phiCarryOver, false)
    let experiment = try corpus.pending.experiment(of: plain, compatibility: without)
    let fresh = try Simulator(experiment).render(threads: 1).image.pixels
    func change(_ index: Int) -> Float { abs(fresh[index] - carried[index]) / carried[index] }
    let place = try #require(carried.indices.max { change($0) < change($1) })
    try #require(change(place) > 1e-5, "the carried-over cell makes a difference")
    var stored = carried
    stored[place] = fresh[place]
    if alsoChanging {
      let others = carried.indices.filter { $0 != place }
      let brightest = try #require(others.max { carried[$0] < carried[$1] })
      stored[brightest] = Float(Double(carried[brightest]) * (1 + 1.5e-6))
    }
    let golden = try makeCase(
      id, command, image: described(fast: 6, slow: 4, max: Double(carried.max() ?? 0)),
      files: ["image.f32": bytes(stored)], on: "pending")
    let report = try corpus.pending.check(golden)
    let expected = "1 pixel of the image, (\(place / 6),\(place % 6)), "
    return (corpus.remarks(on: report).filter { $0.contains("OMP_NUM_THREADS") }, expected)
  }

  /// A faint image is judged by its own maximum.
  @Test func threadsAreRecognisedInAFaintImage() throws {
    for (id, more) in [("usual", ""), ("faint", " -fluence 100000")] {
      let (found, expected) = try threadRemark(id, Self.turned + more)
      #expect(found.count == 1 && found.allSatisfy { $0.hasPrefix(expected) }, "\(id): \(found)")
      #expect(found.allSatisfy { $0.contains("the C program ran with 2 threads") }, "\(id): \(found)")
    }
  }

  /// A pixel that is off by more than a millionth and that no thread explains rules threads out.
  @Test func anotherPixelThatDiffersRulesThreadsOut() throws {
    #expect(try threadRemark("both", Self.turned, alsoChanging: true).found == [])
  }

  // MARK: Faults that were there

  /// A recorded file whose first bytes are damaged: the width of a pixel is that of our own file.
  @Test func damagedFirstBytesAreAHeaderLine() {
    let own = Array("P5\n6 4\n255\n".utf8) + [UInt8](repeating: 0, count: 24)
    for (place, byte) in [(0, UInt8(ascii: "Q")), (1, UInt8(ascii: "6")), (0, 0)] {
      var recorded = own
      recorded[place] = byte
      let found = FileDifference.first(reference: recorded, candidate: own, fastPixels: 6, slowPixels: 4)
      #expect(found?.hasPrefix("header line") == true, "\(found ?? "")")
    }
  }

  /// An image that is recorded as zeros: finite pixels are not said to be none.
  @Test func pixelsOfADarkImageAreFinite() throws {
    let golden = try makeCase(
      "dark", Self.scene, image: described(fast: 6, slow: 4),
      files: ["image.f32": bytes([Float](repeating: 0, count: 24))])
    let report = try corpus.check(golden)
    #expect(!report.image.problems.contains { $0.contains("not finite") }, "\(report.image.problems)")
    #expect(report.image.identical < report.image.pixels)
    let other = try makeCase(
      "nan", Self.scene, image: described(fast: 6, slow: 4),
      files: ["image.f32": bytes([Float](repeating: .nan, count: 24))])
    #expect(try corpus.check(other).image.problems.contains { $0.contains("not finite") })
  }
}
