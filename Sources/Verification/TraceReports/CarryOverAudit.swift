import Physics
import TraceIO

/// The rotated cell that each phi step of a pixel used, found by comparing its index k with those of fresh rotations.
///
/// A rotation that was carried over shows as the index of another phi step; the rule of the carry-over is not used.
public struct CarryOverAudit: Sendable {
  /// The origin of the cell vectors of a phi step.
  public enum Origin: Sendable, Hashable, CustomStringConvertible {
    /// The rotation of this phi step.
    case own
    /// The rotation of another phi step.
    case step(Int)
    /// The cell before any rotation.
    case rest
    /// None of these cells.
    case unknown

    /// The origin in words.
    public var description: String {
      switch self {
      case .own: "its own"
      case .step(let tic): "phi step \(tic)"
      case .rest: "at rest"
      case .unknown: "none of them"
      }
    }
  }

  /// A phi step of a pixel.
  public struct Row: Sendable {
    /// The slow pixel index.
    public let slow: Int
    /// The fast pixel index.
    public let fast: Int
    /// The phi step.
    public let step: Int
    /// The spindle angle of the step in degrees.
    public let degrees: Double
    /// The index k and its origin with the carry-over.
    public let parity: (k: Double, origin: Origin)
    /// The index k and its origin without the carry-over.
    public let spec: (k: Double, origin: Origin)
    /// The index k and its origin in the log; nil without a log of this pixel.
    public let log: (k: Double, origin: Origin)?
  }

  /// One row per pixel and phi step.
  public let rows: [Row]
  /// The pixel of the log; nil without a log, or if the log does not determine its pixel.
  public let logPixel: PixelLocation?

  /// The largest difference of two indices of one rotation, relative to the largest of 1 and the two indices.
  private static let sameIndex = 1e-9

  /// Audits a pixel and its neighbours along the fast axis.
  /// - Parameters:
  ///   - parity: The experiment with the carry-over.
  ///   - fresh: The experiment without the carry-over.
  ///   - slow: The slow pixel index.
  ///   - fast: The fast pixel index.
  ///   - log: A trace of one of these pixels by another program.
  /// - Throws: `ExperimentError` if the pixel is not in the image.
  public init(
    parity: Experiment, fresh: Experiment, slow: Int, fast: Int, log: Trace?
  ) throws(ExperimentError) {
    logPixel = log.flatMap { PixelLocation($0) }
    let tracers = (PixelTracer(parity), PixelTracer(fresh))
    try tracers.0.check(PixelIndex(slow: slow, fast: fast))
    var rows: [Row] = []
    for column in fast - 1...fast + 1 {
      // A neighbour that is not in the image is left out.
      guard column == fast || (try? tracers.0.check(PixelIndex(slow: slow, fast: column))) != nil else { continue }
      let carried = Trace(lines: try tracers.0.trace(PixelIndex(slow: slow, fast: column)))
      let own = Trace(lines: try tracers.1.trace(PixelIndex(slow: slow, fast: column)))
      let isOfLog = logPixel.map { $0.slow == slow && $0.fast == column } ?? (log != nil && column == fast)
      rows += Self.rows(
        carried, own, log: isOfLog ? log : nil, rest: Self.indexAtRest(own), slow: slow, fast: column)
    }
    self.rows = rows
  }

  private static func rows(
    _ carried: Trace, _ fresh: Trace, log: Trace?, rest: Double?, slow: Int, fast: Int
  ) -> [Row] {
    let own = indices(fresh)
    let steps = (parity: indices(carried), log: log.map(Self.loggedIndices))
    let foreign = steps.log.map { Shift($0.mapValues(\.k), own.mapValues(\.k)) }
    return own.keys.sorted().compactMap { tic in
      guard let entry = own[tic], let other = steps.parity[tic] else { return nil }
      func origin(_ k: Double, within tolerance: Double) -> Origin {
        func isSame(_ second: Double) -> Bool { abs(k - second) <= tolerance * max(1, abs(k), abs(second)) }
        if isSame(entry.k) { return .own }
        if let match = own.keys.sorted().first(where: { isSame(own[$0]!.k) }) { return .step(match) }
        return rest.map(isSame) ?? false ? .rest : .unknown
      }
      let logged = steps.log?[tic].map { step in
        (step.k, origin(step.k - (foreign?.amount ?? 0), within: max(sameIndex, foreign?.tolerance ?? 0)))
      }
      return Row(
        slow: slow, fast: fast, step: tic, degrees: entry.degrees,
        parity: (other.k, origin(other.k, within: sameIndex)), spec: (entry.k, .own), log: logged)
    }
  }

  /// The common offset of another program's indices, because of rounding or another cell.
  private struct Shift {
    /// The median offset over the steps; 0 for fewer than three steps.
    let amount: Double
    /// A fiftieth of the least distance between the indices of neighbouring steps.
    let tolerance: Double

    init(_ log: [Int: Double], _ own: [Int: Double]) {
      let offsets = own.compactMap { tic, k in log[tic].map { $0 - k } }.sorted()
      // One or two steps cannot distinguish a common offset from that of one step.
      amount = offsets.count < 3 ? 0 : offsets[offsets.count / 2]
      let ordered = own.keys.sorted().compactMap { own[$0] }
      let distances = zip(ordered, ordered.dropFirst()).map { abs($0 - $1) }.filter { $0 > 0 }
      tolerance = (distances.min() ?? 0) / 50
    }
  }

  /// Index k and angle of the phi steps of the first layer and sub-pixel.
  private static func indices(_ trace: Trace) -> [Int: (k: Double, degrees: Double)] {
    var found: [Int: (k: Double, degrees: Double)] = [:]
    for line in trace.lines where line.section == .phi {
      guard let tic = line.integer(.phiIndex), let k = line.real(.indexK), found[tic] == nil else { continue }
      found[tic] = (k, line.real(.phiDegrees) ?? .nan)
    }
    return found
  }

  /// Index k and angle of the phi steps of a log: from its phi lines, else its step lines, else the index of its first
  /// step.
  private static func loggedIndices(_ trace: Trace) -> [Int: (k: Double, degrees: Double)] {
    let found = indices(trace)
    guard found.isEmpty else { return found }
    var steps: [Int: (k: Double, degrees: Double)] = [:]
    for line in trace.lines where line.section == .step {
      let isFirst = (TraceName.block + [.source, .domain]).allSatisfy { line.integer($0) ?? 0 == 0 }
      guard isFirst, let tic = line.integer(.phiIndex), let k = line.real(.stepK), steps[tic] == nil else { continue }
      steps[tic] = (k, line.real(.phiDegrees) ?? .nan)
    }
    guard steps.isEmpty else { return steps }
    return trace.vector(.indices).map { [0: ($0.components[1], .nan)] } ?? [:]
  }

  /// Whether a log has an index k of any phi step.
  public static func tellsSteps(_ trace: Trace) -> Bool { !loggedIndices(trace).isEmpty }

  /// The index k of the cell before any rotation.
  private static func indexAtRest(_ trace: Trace) -> Double? {
    guard let axis = trace.vector(.cellB, in: .setup), let q = trace.vector(.scatteringVector) else {
      return nil
    }
    return 1e-10 * axis.dot(q)
  }

  /// The rows as a table.
  public var table: TextTable {
    var table = TextTable(
      "Pixel", "Phi step", "Phi (deg)", "c-parity k", "vectors of", "spec k", "vectors of", "log k", "vectors of")
    for row in rows {
      table.add(
        "(\(row.slow),\(row.fast))", "\(row.step)", "\(row.degrees)", "\(row.parity.k)", row.parity.origin.description,
        "\(row.spec.k)", row.spec.origin.description, row.log.map { "\($0.k)" } ?? "-",
        row.log.map { $0.origin.description } ?? "-")
    }
    return table
  }

  /// The conclusions from the rows, one sentence each.
  public var verdicts: [String] {
    var lines = [
      rows.contains { $0.parity.origin != .own }
        ? "c-parity carries the rotated cell over: \(Self.example(rows) { $0.parity })"
        : "no phi step is at zero: the carry-over has no effect here"
    ]
    let logged = rows.compactMap { row in row.log.map { (row, $0.origin) } }
    guard !logged.isEmpty else { return lines }
    if logged.allSatisfy({ $0.1 == $0.0.parity.origin }) { lines.append("the log agrees with c-parity") }
    if logged.allSatisfy({ $0.1 == .own }) { lines.append("the log agrees with spec: every step rotates afresh") }
    if let (row, origin) = logged.first(where: { $0.1 != .own && $0.1 != $0.0.parity.origin }) {
      lines.append("the log agrees with neither: phi step \(row.step) uses \(origin)")
    }
    return lines
  }

  private static func example(_ rows: [Row], _ side: (Row) -> (k: Double, origin: Origin)) -> String {
    guard let row = rows.first(where: { side($0).origin != .own }) else { return "" }
    return "at phi step \(row.step) pixel (\(row.slow),\(row.fast)) uses the vectors of \(side(row).origin)"
  }
}
