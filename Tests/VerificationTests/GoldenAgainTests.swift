import Foundation
import GoldenStore
import Physics
import TestSupport
import Testing
import TraceIO

/// What is said of golden cases that are checked, recorded again and reviewed.
@Suite(.tags(.verification), .generousTime) struct GoldenAgainTests: GoldenMaking {
  let folder: TemporaryFolder
  let corpus: GoldenCorpus

  /// A quantity that the simulator does not trace is a divergence from a log of the present grammar, which has set-up
  /// lines, and none from an older log.
  @Test func aLogWithSetUpLinesIsComplete() throws {
    let logs: [(id: String, setUp: String, divergence: String?)] = [
      ("old", "", nil), ("new", "TRACE_C_SETUP: N_cells 5 5 5\n", "mine"),
    ]
    for (id, setUp, divergence) in logs {
      let golden = try makeCase(
        id, Self.scene, pixel: PixelIndex(slow: 1, fast: 2),
        files: ["a.log": bytes(setUp + "TRACE_C: F_cell 100\nTRACE_C: mine 1\n")])
      let report = try corpus.check(golden)
      #expect(report.traces.count == 1)
      let first = report.traces.first?.comparison.firstDivergence
      #expect(first?.place.name == divergence, "\(id): \(report.problems)")
    }
  }

  /// One pixel changes from 1 to 6, of a maximum of 4; another was recorded as no number.
  @Test func changesOfPixelsAreThoseOfTheFiniteOnes() async throws {
    _ = try makeCase(
      "mixed", "-cell 60 60 60 90 90 90 -default_F 1 -N 1 -detpixels_x 3 -detpixels_y 2 -nonoise",
      image: described(fast: 3, slow: 2, max: 4), files: ["image.f32": bytes([4, 1, .nan, 0, 0, 0] as [Float])])
    let made = try folder.file("made.bin", bytes([4, 6, 2, 0, 0, 0] as [Float]))
    let other = try program("other", "echo hello; cp '\(made)' float.bin")
    let again = try await corpus.regenerate("mixed", with: other, tool: "test")
    let expected =
      "image.f32: 2 of 6 pixels, by up to 1.25 of the maximum, and 1 that are not finite in one image"
    #expect(again.differences == [expected], "\(again.differences)")
  }

  /// The log of a program that traces less than the stored one is not taken, and what it lacks is no difference; that
  /// of a program that traces more is taken.
  @Test func aLogThatTracesLessIsNotTaken() async throws {
    let (less, more) = ("TRACE_C: F_cell 100\n", "TRACE_C: F_cell 100\nTRACE_C: mine 3\n")
    let note = "a.log: the program traces 1 quantities fewer; the stored trace is kept"
    let logs: [(id: String, stored: String, printed: String, notes: [String])] = [
      ("fewer", more, less, [note]), ("further", less, more, []),
    ]
    for (id, stored, printed, notes) in logs {
      let again = try await regenerated(id, stored: stored, printed: printed)
      #expect(again.notes == notes, "\(id): \(again.notes)")
      // The digest of the other file is not recorded.
      #expect(again.differences == ["image.pgm: other bytes"], "\(id): \(again.differences)")
      try again.bundle.write(to: folder.url.appendingPathComponent("again-\(id)"))
      #expect(try folder.text("again-\(id)/a.log") == more, "\(id)")
    }
  }

  /// A pixel below a millionth of the recorded maximum differs if it is off by more than 1e-12 of the maximum. One
  /// pixel lacks the carried-over cell, by 1.5e-12 and by 0.75e-12 of the maximum.
  @Test func faintPixelsAreJudgedByAMillionthOfTheMaximum() throws {
    let plain = try makeCase("plain", Self.turned, image: described(fast: 6, slow: 4), on: "pending")
    let carried: [Float] = try #require(try corpus.pending.rendered(plain, threads: 1)).pixels
    let without = Compatibility.cParity.setting(.phiCarryOver, false)
    let experiment = try corpus.pending.experiment(of: plain, compatibility: without)
    let fresh: [Float] = try Simulator(experiment).render(threads: 1).image.pixels
    func change(_ index: Int) -> Float { abs(fresh[index] - carried[index]) / carried[index] }
    let place = try #require(carried.indices.max { change($0) < change($1) })
    try #require(change(place) > 1e-5, "the carried-over cell makes a difference")
    let difference: Double = abs(Double(fresh[place]) - Double(carried[place]))
    var stored = carried
    stored[place] = fresh[place]
    let shares: [(id: String, share: Double, isFound: Bool)] = [("more", 1.5e-12, true), ("less", 0.75e-12, false)]
    for (id, share, isFound) in shares {
      let golden = try makeCase(
        id, Self.turned, image: described(fast: 6, slow: 4, max: difference / share),
        files: ["image.f32": bytes(stored)], on: "pending")
      let report = try corpus.pending.check(golden)
      let remarks = corpus.remarks(on: report).filter { $0.contains("OMP_NUM_THREADS") }
      let count: Int = isFound ? 1 : 0
      #expect(remarks.count == count, "\(id): \(remarks)")
      let start = "1 pixel of the image, (\(place / 6),\(place % 6)), lacks the carried-over cell"
      #expect(remarks.allSatisfy { $0.hasPrefix(start) }, "\(id): \(remarks)")
    }
  }

  /// A step of a quantity that a program traces at other steps is a difference.
  @Test func aMissingStepIsADifference() async throws {
    let first = "TRACE_C: F_cell 100\nTRACE_C_PHI phi_tic=0 k_frac=1\n"
    let again = try await regenerated("steps", stored: first + "TRACE_C_PHI phi_tic=1 k_frac=2\n", printed: first)
    #expect(again.notes == [])
    let missing = again.differences.filter { $0.hasPrefix("a.log: ") }
    #expect(missing.count == 1 && missing.allSatisfy { $0.contains("the first is") }, "\(again.differences)")
  }

  /// A recorded input that is gone is named, also one that a case may do without.
  @Test func aRecordedInputThatIsGoneIsNamed() throws {
    var golden = try makeCase("cache", Self.scene + " -dump inputs/none.cache")
    golden.inputs = ["inputs/none.cache": "00"]
    let wanted = "inputs/none.cache is missing; restore it, or record the case again"
    #expect(try corpus.check(golden).inputs == [wanted])
  }
}
