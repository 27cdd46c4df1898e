import FrameIO
import Digests
import Foundation
import Physics
import Provenance
import TraceIO

/// A pending case as a reviewer sees it: the case that it would replace, the new case, and the simulator's results.
public struct GoldenReview: Sendable {
  /// The comparison of the new case with the simulator.
  public let report: GoldenReport
  /// The case of the corpus that it would replace; nil for a new name.
  public let replaced: GoldenCase?
  /// Another case of the corpus with the same arguments, inputs and pixels; nil if no case has them.
  public let duplicate: String?
  /// The traced quantities whose values differ between the old case, the new case and the simulator.
  public let rows: [Row]
  /// The number of traced numbers in which the old and the new case differ.
  public let changes: Int
  /// Files of the new case that were changed or added since, one line each: such a case cannot be accepted.
  public let damages: [String]
  /// Files of the new case that do not belong together, one line each.
  public let mismatches: [String]
  /// The SHA-256 of the list of digests, which identifies the judged files.
  public let digest: String
  /// Explanations of objections other than the traces, and the tolerances, one line each.
  public let remarks: [String]

  /// The name of the case.
  public var id: String { report.golden.id }

  /// A quantity of a traced pixel in the old case, the new case and the simulator.
  public struct Row: Sendable {
    /// The name of the log.
    public let log: String
    /// The quantity with its place in the trace.
    public let quantity: String
    /// The values of the case that would be replaced; nil without such a case or quantity.
    public let old: String?
    /// The values of the new case; nil if its log lacks the quantity.
    public let new: String?
    /// The simulator's values; nil if it does not trace the quantity.
    public let ours: String?
    /// Whether the new case and the simulator agree within the golden tolerance.
    public let agrees: Bool
  }

  /// The objections for which accepting needs a reason, one line each: damaged files, disagreements, a duplicate.
  public var objections: [String] {
    damages + report.problems + mismatches.filter { !report.problems.contains($0) }
      + (duplicate.map { [Self.twinRemark($0)] } ?? [])
  }

  /// The remark on a case that is in the corpus under another name.
  static func twinRemark(_ other: String) -> String {
    "it is the same as \(other): the same command line, inputs and traced pixels"
  }

  /// The effect of accepting the case, in one line.
  public var announcement: String {
    guard let replaced else { return "new case" }
    let words = replaced.args == report.golden.args ? "" : ", and the arguments are others"
    let image = replaced.image?.sha256 == report.golden.image?.sha256 ? "the same image" : "another image"
    return "REPLACES the case of this name: \(changes) traced numbers differ, \(image)\(words)"
  }
}

extension GoldenCorpus {
  /// Remarks on an added case, one line each: a duplicate, and pixels that show that the C program ran in several
  /// threads.
  public func remarks(on report: GoldenReport) -> [String] {
    let twin = pending.duplicate(of: report.golden).map(GoldenReview.twinRemark)
    return [twin, threadRemark(report), toleranceRemark(report.golden)].compactMap { $0 }
  }

  /// A remark on the tolerances that the case will be stored with: whoever accepts the case accepts them.
  private func toleranceRemark(_ golden: GoldenCase) -> String? {
    guard let tolerances = try? pending.freshTolerances(of: golden) else { return nil }
    let bounded = tolerances.count.all - tolerances.count.unbounded
    let counts = "tolerances: \(bounded) of \(tolerances.count.all) recorded numbers have a bound of their rounding"
    guard let first = tolerances.unexplained.first else { return counts + ", which explains every one of them" }
    return counts + ", which does not explain \(tolerances.unexplained.count); the first is \(first)"
  }

  /// A remark on pixels that differ because the C program ran in several threads: each thread starts with the unrotated
  /// cell, where a single thread carries the cell of the last phi step over (Q-03), so that one pixel per thread
  /// differs.
  private func threadRemark(_ report: GoldenReport) -> String? {
    let golden = report.golden
    guard !report.image.isExplained, let recorded = golden.image,
      let stored = try? pending.stored(recorded, of: golden.id),
      let carried = try? pending.rendered(golden),
      let request = try? pending.experiment(
        of: golden, compatibility: Compatibility.cParity.setting(.phiCarryOver, false)),
      let whole = try? Simulator(request).render(threads: 1).image
    else { return nil }
    let fresh = recorded.crop.map { whole.part($0) } ?? whole
    // The tolerance of the corpus's images: 1e-6 of a pixel, or of 1e-6 of the maximum.
    let scale = 1e-6 * recorded.max
    func differs(_ first: Float, _ second: Float) -> Bool {
      abs(Double(first) - Double(second)) > 1e-6 * max(abs(Double(first)), scale)
    }
    let other = stored.pixels.indices.filter { differs(stored.pixels[$0], carried.pixels[$0]) }
    guard !other.isEmpty, other.count <= 256,
      other.allSatisfy({ !differs(stored.pixels[$0], fresh.pixels[$0]) })
    else { return nil }
    let places = other.prefix(4).map { "(\($0 / stored.fastPixels),\($0 % stored.fastPixels))" }.joined(separator: " ")
    return
      "\(other.count) pixel\(other.count == 1 ? "" : "s") of the image, \(places)\(other.count > 4 ? " ..." : ""), \(other.count == 1 ? "lacks" : "lack") "
      + "the carried-over cell: the C program ran with \(other.count + 1) threads; record the image again with "
      + "OMP_NUM_THREADS=1"
  }

  /// Compares a pending case with the simulator and with the case that it would replace.
  /// - Throws: `CorpusError`, `TraceError` or `RequestError` if the case cannot be read or simulated.
  public func review(_ id: String, threads: Int = ProcessInfo.processInfo.activeProcessorCount) throws -> GoldenReview {
    let golden = try pending.load(id)
    let report = try pending.check(golden, threads: threads)
    let counting = GoldenCorpus(root: root)
    let replaced = counting.ids.contains(id) ? try? counting.load(id) : nil
    var (rows, changes): ([GoldenReview.Row], Int) = ([], 0)
    for trace in report.traces {
      let old = replaced?.traces.first { $0.slow == trace.pixel.slow && $0.fast == trace.pixel.fast }
        .flatMap { pixel in replaced.flatMap { try? counting.trace(pixel, of: $0) } }
      let before = old.map { old in
        TraceComparison(reference: old, candidate: trace.reference, rule: ToleranceTable()).items
      }
      let known = Dictionary(before?.map { ("\($0.place)", $0) } ?? [], uniquingKeysWith: { first, _ in first })
      for item in trace.comparison.items {
        let earlier = known["\(item.place)"]
        let isSame = item.identical.count == item.identical.of
        let changed = earlier.map { $0.identical.of - $0.identical.count } ?? 0
        changes += changed
        guard !isSame || changed > 0 else { continue }
        rows.append(
          .init(
            log: trace.pixel.file, quantity: "\(item.place)", old: earlier?.reference.map(Self.text),
            new: item.reference.map(Self.text), ours: item.candidate.map(Self.text), agrees: item.agrees))
      }
    }
    return GoldenReview(
      report: report, replaced: replaced, duplicate: pending.duplicate(of: golden), rows: rows, changes: changes,
      damages: pending.damages(of: golden), mismatches: pending.mismatches(of: golden),
      digest: try pending.digest(of: id),
      remarks: [threadRemark(report), toleranceRemark(report.golden)].compactMap { $0 })
  }

  private static func text(_ values: [TraceValue]) -> String { values.map(TraceWriter.text).joined(separator: " ") }

  /// The SHA-256 of the list of digests of a case, which identifies its files.
  /// - Throws: `CorpusError` if the case has no digests.
  public func digest(of id: String) throws -> String {
    let file = folder(of: id).appendingPathComponent(ProvenanceBundle.digestFile)
    guard let data = FileManager.default.contents(atPath: file.path) else {
      throw CorpusError("\(id): there is no \(ProvenanceBundle.digestFile); add the case again")
    }
    return Digest.sha256(data)
  }

  /// The part of the image that a case stores, as the simulator renders it; nil for a case without image.
  /// - Throws: `CorpusError` or `RequestError` if the case cannot be simulated.
  public func rendered(
    _ golden: GoldenCase, threads: Int = ProcessInfo.processInfo.activeProcessorCount
  ) throws -> FloatImage? {
    guard let recorded = golden.image else { return nil }
    let image = try Simulator(experiment(of: golden)).render(threads: threads).image
    return recorded.crop.map { image.part($0) } ?? image
  }
}
