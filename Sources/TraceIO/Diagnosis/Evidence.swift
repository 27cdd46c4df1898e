import Physics

/// The traces, quantities and first divergence that the rules of the diagnosis examine.
struct Evidence {
  let reference: Trace
  let candidate: Trace
  /// The quantities that both traces have, in the order of computation.
  let items: [TraceComparison.Item]
  /// The quantity that diverges first.
  let first: TraceComparison.Item
  let pixels: PixelPair
  /// The index in `items` of the first item of each name.
  private let index: [Key: Int]

  private struct Key: Hashable {
    let name: String
    let section: TraceSection
  }

  init(
    reference: Trace, candidate: Trace, items: [TraceComparison.Item], first: TraceComparison.Item, pixels: PixelPair
  ) {
    (self.reference, self.candidate, self.items, self.first, self.pixels) = (reference, candidate, items, first, pixels)
    let keys = items.enumerated().map { (Key(name: $1.place.name, section: $1.place.section), $0) }
    index = Dictionary(keys, uniquingKeysWith: { first, _ in first })
  }

  /// A copy of the evidence with another divergence in place of the first.
  init(_ evidence: Evidence, first: TraceComparison.Item) {
    (reference, candidate, items) = (evidence.reference, evidence.candidate, evidence.items)
    (self.first, pixels, index) = (first, evidence.pixels, evidence.index)
  }

  /// The first item of a name.
  func item(_ name: String, _ section: TraceSection = .pixel) -> TraceComparison.Item? {
    index[Key(name: name, section: section)].map { items[$0] }
  }

  /// The first item of a quantity.
  func item(_ name: TraceName, _ section: TraceSection = .pixel) -> TraceComparison.Item? {
    item(name.rawValue, section)
  }

  /// Whether the first divergence is of one of these quantities.
  func firstIs(_ names: Set<TraceName>) -> Bool { first.place.isOne(of: names) }

  /// The stage of the first divergence; nil for an unknown quantity.
  var stage: TraceStage? { first.place.calculationStage }

  /// Whether the first divergence is of a known quantity at a stage that fulfils a condition.
  func stageIs(_ condition: (TraceStage) -> Bool) -> Bool { stage.map(condition) ?? false }

  /// The number of a quantity on which both traces agree; else nil.
  func agreed(_ name: TraceName) -> Double? {
    guard let item = item(name), item.agrees else { return nil }
    return reference.number(name)
  }
}

extension TraceComparison.Item {
  /// The numbers of the reference.
  var referenceNumbers: [Double] { (reference ?? []).compactMap(\.number) }
  /// The numbers of the candidate.
  var candidateNumbers: [Double] { (candidate ?? []).compactMap(\.number) }

  /// The factor from the reference to the candidate, if all components have one common factor; else nil.
  var ratio: Double? { Numbers.ratio(referenceNumbers, candidateNumbers) }
}

/// Comparison of lists of numbers.
enum Numbers {
  /// The relative tolerance for recognising a number. Accidental agreement is a thousand times rarer than with 1e-3.
  static let recognition = 1e-6

  /// Whether two numbers are equal within a relative deviation.
  static func areClose(_ first: Double, _ second: Double, _ relative: Double = recognition) -> Bool {
    first.isFinite && second.isFinite && abs(first - second) <= relative * max(abs(first), abs(second))
  }

  /// Whether two vectors are equal within a deviation relative to the longer one.
  static func areClose(_ first: [Double], _ second: [Double], _ relative: Double = recognition) -> Bool {
    guard first.count == second.count, !first.isEmpty else { return false }
    let scale = max(length(first), length(second))
    guard scale.isFinite else { return false }
    return zip(first, second).allSatisfy { abs($0 - $1) <= relative * scale }
  }

  /// The Euclidean length.
  static func length(_ numbers: [Double]) -> Double { numbers.reduce(0) { $0 + $1 * $1 }.squareRoot() }

  /// The factor from the first to the second vector if they are parallel; nil otherwise.
  static func ratio(_ first: [Double], _ second: [Double]) -> Double? {
    let square = first.reduce(0) { $0 + $1 * $1 }
    guard first.count == second.count else { return nil }
    let factor = zip(first, second).reduce(0) { $0 + $1.0 * $1.1 } / square
    guard factor != 0, factor.isFinite, areClose(first.map { factor * $0 }, second) else { return nil }
    return factor
  }

  /// A number with six significant digits, for messages.
  static func text(_ number: Double) -> String { NumberText.text("%.6g", number) }

}
