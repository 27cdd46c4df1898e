import Arithmetics
import CommandLineSupport
import Foundation
import GoldenStore
import Physics
import TestSupport
import Testing
import TraceIO

/// Reports of the golden cases, each computed once and shared by the tests.
actor GoldenReports {
  static let shared = GoldenReports()
  static let corpus = GoldenCorpus.ofPackage()
  /// The cases that `NB_GOLDEN_CASES` names, with commas between them, or all. A name that no case bears is a failure, so
  /// that a slip of the pen does not pass as a success without cases.
  static let chosen: [String] = {
    guard let names = ProcessInfo.processInfo.environment["NB_GOLDEN_CASES"] else { return corpus.ids }
    return names.split(separator: ",").map(String.init)
  }()
  private var running: [String: Task<GoldenReport, any Error>] = [:]

  func report(_ id: String) async throws -> GoldenReport {
    if let task = running[id] { return try await task.value }
    let task = Task {
      let golden = try Self.corpus.load(id)
      return try Self.corpus.check(golden, threads: golden.isLarge ? ProcessInfo.processInfo.activeProcessorCount : 1)
    }
    running[id] = task
    return try await task.value
  }
}

/// Every golden case: each traced number and each stored pixel against the recorded one.
@Suite(.tags(.verification), .generousTime) struct GoldenTraceTests {
  @Test(arguments: GoldenReports.chosen)
  func matchesTheCProgram(id: String) async throws {
    let report = try await GoldenReports.shared.report(id)
    let rendersNothing = report.golden.image?.sum == 0 && report.golden.tags.contains("roi")
    #expect(!report.traces.isEmpty || rendersNothing, "a case without a traced pixel checks too little")
    #expect(report.image.pixels > 0 || report.golden.image == nil)
    for problem in report.problems { Issue.record("\(id): \(problem)") }
    if let printed = report.printed { #expect(printed.identical == printed.count, "printed lines") }
    if RecordingLibrary.isPresent {
      #expect(report.identicalNumbers.count == report.identicalNumbers.of, "with the library of the recording")
      // See `numbersAreIdentical` for the floats that may be rounded the other way.
      #expect(Double(report.image.pixels - report.image.identical) <= 1 + 1e-5 * Double(report.image.pixels))
    }
  }

  /// All cases again by the scalar formulas, and with the vector code of every instruction set that this processor has: by
  /// day each case with one of them, in a night with all; and other numbers of threads. (That images do not depend on threads
  /// is tested for each set elsewhere.)
  @Test(arguments: zip(InstructionSet.allCases, [2, 1, 2, 7]).filter { $0.0.isAvailable })
  func matchesWithAllInstructionSets(set: InstructionSet, threads: Int) throws {
    let corpus = GoldenReports.corpus
    let isNight = ProcessInfo.processInfo.environment["NB_PROFILE"] == "nightly"
    let vectors = InstructionSet.allCases.filter { $0.isAvailable && $0 != .scalar }
    for (number, id) in corpus.ids.enumerated()
    where isNight || set == .scalar || vectors[number % vectors.count] == set {
      let golden = try corpus.load(id)
      // The two full-size detectors take the scalar formulas too long.
      if golden.isLarge && set == .scalar { continue }
      let report = try corpus.check(golden, threads: threads, instructions: set)
      for problem in report.problems { Issue.record("\(set), \(threads) threads, \(id): \(problem)") }
      if set == .scalar && RecordingLibrary.isPresent {
        #expect(report.image.identical == report.image.pixels, "\(id): the scalar formulas give every float")
      }
    }
  }

  @Test func corpusIsThere() throws {
    let ids = GoldenReports.corpus.ids
    #expect(ids.count >= 290)
    for id in ids { #expect(try GoldenReports.corpus.load(id).id == id, "the folder bears the name of its case") }
  }

  /// A case counts only after somebody has looked at it.
  @Test func nothingWaitsForReview() {
    let waiting = GoldenReports.corpus.pending.ids
    #expect(waiting.isEmpty, "added and not reviewed: \(waiting.joined(separator: ", ")); run nbverify golden review")
  }

  @Test func corpusIsSound() throws {
    for problem in GoldenReports.corpus.problems() { Issue.record("\(problem)") }
  }

  /// With the library of the recording all traced numbers are identical. Another library may round its functions otherwise in
  /// the last bit, which changes what follows from them: of a hundred numbers and of a thousand floats fewer than one.
  @Test func numbersAreIdentical() async throws {
    var (same, all, pixelsSame, pixels, hashes, traces) = (0, 0, 0, 0, 0, 0)
    var (linesSame, lines) = (0, 0)
    var (worst, worstAt) = (0.0, "nowhere")
    let ids = GoldenReports.corpus.ids
    for id in ids {
      let report = try await GoldenReports.shared.report(id)
      same += report.identicalNumbers.count
      all += report.identicalNumbers.of
      traces += report.traces.count
      pixelsSame += report.image.identical
      pixels += report.image.pixels
      hashes += report.image.hasRecordedHash ? 1 : 0
      linesSame += report.printed?.identical ?? 0
      lines += report.printed?.count ?? 0
      if report.image.worst > worst {
        worst = report.image.worst
        worstAt = "\(id) slow \(report.image.worstAt.slow) fast \(report.image.worstAt.fast)"
      }
    }
    print(
      """
      golden corpus: \(ids.count) cases, \(traces) traced pixels
        traced numbers identical: \(same) of \(all)
        stored pixels identical:  \(pixelsSame) of \(pixels), worst relative deviation \(worst) (\(worstAt))
        whole images identical:   \(hashes) of \(ids.count) by SHA-256
        printed lines identical:  \(linesSame) of \(lines)
      """)
    #expect(all > 100_000)
    #expect(linesSame == lines && lines >= 18_290)
    // Images are rendered in blocks, whose numbers agree with the scalar formulas to some 1e-13: with a chance of 1e-13/6e-8 a
    // float is rounded the other way.
    let (leastSame, leastPixels) = RecordingLibrary.isPresent ? (1.0, 1 - 1e-5) : (0.99, 0.999)
    #expect(Double(same) >= leastSame * Double(all))
    #expect(Double(pixelsSame) >= leastPixels * Double(pixels))
  }

  /// A comparison that cannot fail proves nothing: one changed last-but-few digit must be found and named.
  @Test(arguments: ["phi-zero-start", "thick-layers", "interp-auto", "shape-gauss", "shape-round"])
  func plantedChangesAreFound(id: String) throws {
    let corpus = GoldenReports.corpus
    let golden = try corpus.load(id)
    let reference = try corpus.trace(golden.traces[0], of: golden)
    let rule = try corpus.tolerance(of: golden.traces[0], reference, in: golden)
    for index in reference.lines.indices {
      for field in reference.lines[index].fields.indices {
        var candidate = reference
        let original = candidate.lines[index].fields[field]
        guard case .real(let number)? = original.values.last, number != 0, original.name != "floatimage_accumulated"
        else { continue }
        candidate.lines[index].fields[field].values[original.values.count - 1] = .real(number * 1.00001)
        let comparison = TraceComparison(reference: reference, candidate: candidate, rule: rule)
        let first = comparison.firstDivergence
        #expect(first?.place.name == original.name, "\(id) line \(index + 1) \(original.name)")
        #expect(comparison.divergences.count == 1)
      }
    }
  }

  /// A number that is forgotten where a request is lifted into another arithmetic would have its default there.
  @Test func liftedRequestsSimulateTheSameNumbers() throws {
    let corpus = GoldenReports.corpus
    for id in corpus.ids {
      let golden = try corpus.load(id)
      guard !golden.isLarge, let traced = golden.traces.first else { continue }
      let request = try CommandLineParser(corpus.arguments(of: golden), compatibility: .cParity).parse()
      let pixel = try PixelEvaluation(
        try request.loaded(clockSeed: 1).request, request.compatibility,
        pixel: PixelIndex(slow: traced.slow, fast: traced.fast))
      let (own, lifted) = (try pixel.doubles(), try pixel.lines { $1 })
      let areSame = zip(own, lifted).allSatisfy { $0 == $1 || $0.hasNaN }
      #expect(own.count == lifted.count && areSame, "\(id)")
    }
  }
}

extension TraceLine {
  fileprivate var hasNaN: Bool { fields.flatMap(\.values).contains { $0.number?.isNaN ?? false } }
}
