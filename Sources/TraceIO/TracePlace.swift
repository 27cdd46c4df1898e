import Physics

/// The quantity and step of the calculation to which a value of a trace belongs.
///
/// Places are ordered by the computation, not by the lines of a log: set-up; for each layer and sub-pixel its geometry
/// and first step, then its phi and step lines; at last the scaling of the pixel.
public struct TracePlace: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The kind of line.
  public let section: TraceSection
  /// The name of the quantity.
  public let name: String
  /// The number of the layer and sub-pixel, counted in the order of computation.
  public let block: Int
  /// Source, phi step and domain of a phi or step line.
  public let step: [Int]
  /// The number of earlier values of this quantity and step in the log; 0 except in damaged logs.
  public fileprivate(set) var repetition = 0
  /// The position of the value in its log, which orders quantities that are not in the catalogue.
  fileprivate(set) var ordinal = 0
  private let stage: Int
  private let rank: Double

  /// Whether the place belongs to the scaling of the pixel, which follows all blocks. The set-up has the first block and
  /// stage.
  private var isScaling: Bool { stage == 3 }

  /// The quantity; nil for a name that the table of quantities does not have.
  public var quantity: TraceQuantity? { TraceQuantity.named(name, in: section) }

  /// The name as a case; nil for a name that no quantity has.
  var traceName: TraceName? { TraceName(rawValue: name) }

  /// The stage of the calculation; nil for a name that the table of quantities does not have.
  public var calculationStage: TraceStage? { quantity?.stage }

  /// Whether the place belongs to one of these quantities.
  package func isOne(of names: Set<TraceName>) -> Bool { traceName.map(names.contains) ?? false }

  /// Orders what belongs to the scaling behind the rest, then by block, stage, step and rank in the catalogue.
  public static func < (left: TracePlace, right: TracePlace) -> Bool {
    if left.isScaling != right.isScaling { return right.isScaling }
    if left.block != right.block { return left.block < right.block }
    if left.stage != right.stage { return left.stage < right.stage }
    if left.step != right.step { return left.step.lexicographicallyPrecedes(right.step) }
    if left.rank != right.rank { return left.rank < right.rank }
    return (left.ordinal, left.name, left.repetition) < (right.ordinal, right.name, right.repetition)
  }

  /// Whether section, name, block, step and repetition are equal. The positions in the logs are not compared.
  public static func == (left: TracePlace, right: TracePlace) -> Bool {
    left.section == right.section && left.name == right.name && left.block == right.block && left.step == right.step
      && left.repetition == right.repetition
  }

  /// Hashes the properties that `==` compares.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(section)
    hasher.combine(name)
    hasher.combine(block)
    hasher.combine(step)
    hasher.combine(repetition)
  }

  /// The name, with the block and step of a phi or step line and the block of a repeated pixel line.
  public var description: String {
    switch section {
    case .setup: "setup \(name)"
    case .pixel: block == 0 ? name : "\(name) (block \(block))"
    case .phi: "PHI \(name) (block \(block), phi_tic \(step[1]))"
    case .step: "STEP \(name) (block \(block), source \(step[0]), phi_tic \(step[1]), mos_tic \(step[2]))"
    }
  }

  /// The place of the last value of a scaling factor.
  static func scaling(_ name: String) -> TracePlace { TracePlace(section: .pixel, name: name, stage: 3, rank: 0) }

  /// All values of a trace with their places.
  static func places(of trace: Trace) -> [(place: TracePlace, values: [TraceValue])] {
    placesByLine(of: trace).flatMap { $0 }
  }

  /// The values of each line of a trace with their places.
  package static func placesByLine(of trace: Trace) -> [[(place: TracePlace, values: [TraceValue])]] {
    var indexer = TraceIndexer(trace)
    var seen: [TracePlace: Int] = [:]
    var ordinal = 0
    return trace.lines.map { line in
      indexer.places(of: line).map { entry in
        var place = entry.place
        place.ordinal = ordinal
        ordinal += 1
        place.repetition = seen[entry.place, default: 0]
        seen[entry.place] = place.repetition + 1
        return (place, entry.values)
      }
    }
  }

  fileprivate init(
    section: TraceSection, name: String, stage: Int, block: Int = 0, step: [Int] = [], rank: Double
  ) {
    self.section = section
    self.name = name
    self.stage = stage
    self.block = block
    self.step = step
    self.rank = rank
  }
}

/// Finds the place of every line of a trace.
private struct TraceIndexer {
  private var occurrences: [String: Int] = [:]
  private var phiOccurrences: [Int: Int] = [:]
  private let blocks: [[Int]: Int]
  private var lastSetupRank = -1.0
  private var lastRank = -1.0
  private var lastIsScaling = false

  private static let setupRank = ranks(TraceQuantity.setup)
  private static let firstStepRank = ranks(TraceQuantity.firstStep)
  private static let scalingRank = ranks(TraceQuantity.scaling)
  private static let phiRank = ranks(TraceQuantity.phi)
  private static let stepRank = ranks(TraceQuantity.step)

  private static func ranks(_ quantities: [TraceQuantity]) -> [String: Double] {
    Dictionary(quantities.enumerated().map { ($1.name, Double($0)) }, uniquingKeysWith: { first, _ in first })
  }

  init(_ trace: Trace) {
    let coordinates = Set(trace.lines.filter { $0.section == .step }.map(Self.block))
    let ordered = coordinates.sorted { $0.lexicographicallyPrecedes($1) }
    blocks = Dictionary(uniqueKeysWithValues: ordered.enumerated().map { ($1, $0) })
  }

  private static func block(_ line: TraceLine) -> [Int] {
    TraceName.block.map { line.integer($0) ?? 0 }
  }

  mutating func places(of line: TraceLine) -> [(place: TracePlace, values: [TraceValue])] {
    switch line.section {
    case .setup:
      return line.fields.map { field in
        let rank = Self.setupRank[field.name] ?? lastSetupRank + 0.5
        lastSetupRank = rank.rounded(.down)
        return (TracePlace(section: .setup, name: field.name, stage: 0, rank: rank), field.values)
      }
    case .pixel:
      return line.fields.map { (pixelPlace($0.name), $0.values) }
    case .phi:
      let tic = line.integer(.phiIndex) ?? 0
      let block = phiOccurrences[tic, default: 0]
      phiOccurrences[tic] = block + 1
      return line.fields.map { field in
        // A phi line is written before the step lines of its phi step, so that its domain is set to -1.
        let rank = Self.phiRank[field.name] ?? 100
        return (
          TracePlace(section: .phi, name: field.name, stage: 2, block: block, step: [0, tic, -1], rank: rank),
          field.values
        )
      }
    case .step:
      let block = blocks[Self.block(line)] ?? 0
      let step = TraceName.step.map { line.integer($0) ?? 0 }
      return line.fields.map { field in
        let rank = Self.stepRank[field.name] ?? 100
        return (
          TracePlace(section: .step, name: field.name, stage: 2, block: block, step: step, rank: rank), field.values
        )
      }
    }
  }

  /// The place of a pixel quantity. A quantity that is not in the catalogue follows the quantity before it in the log.
  private mutating func pixelPlace(_ name: String) -> TracePlace {
    let block = occurrences[name, default: 0]
    occurrences[name] = block + 1
    if let rank = Self.firstStepRank[name] {
      (lastRank, lastIsScaling) = (rank, false)
    } else if let rank = Self.scalingRank[name] {
      (lastRank, lastIsScaling) = (rank, true)
    } else {
      return TracePlace(
        section: .pixel, name: name, stage: lastIsScaling ? 3 : 1, block: block, rank: lastRank + 0.5)
    }
    return TracePlace(section: .pixel, name: name, stage: lastIsScaling ? 3 : 1, block: block, rank: lastRank)
  }
}
