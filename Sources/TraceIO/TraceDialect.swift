import Physics

/// How a program's log differs from the reference's where that is no mistake: names, units, order, what it does not trace, and
/// differences that are known.
public struct TraceDialect: Sendable, Hashable {
  /// One quantity of the log.
  public struct Entry: Sendable, Hashable {
    /// The name in the catalogue.
    public let name: String
    /// The number by which the values are multiplied to have the unit of the catalogue.
    public let factor: Double
    /// Where each component stands in the log, counted from 0; empty for the order of the catalogue.
    public let order: [Int]
    /// Why.
    public let because: String

    /// An entry.
    public init(name: String, factor: Double = 1, order: [Int] = [], because: String) {
      (self.name, self.factor, self.order, self.because) = (name, factor, order, because)
    }
  }

  /// A difference that is known, of limited size and for a limited time.
  public struct Known: Sendable, Hashable {
    /// The quantity.
    public let name: String
    /// The largest relative deviation that is known.
    public let relative: Double
    /// Why it is there.
    public let because: String
    /// The last day on which it counts as known, as `yyyy-mm-dd`.
    public let until: String

    /// A known difference.
    public init(name: String, relative: Double, because: String, until: String) {
      (self.name, self.relative, self.because, self.until) = (name, relative, because, until)
    }
  }

  /// Quantities by the names that the log has.
  public let quantities: [String: Entry]
  /// Names of the log that are not compared, and why.
  public let leftOut: [String: String]
  /// Known differences by the names of the catalogue.
  public let known: [String: Known]

  /// A dialect; the empty one changes nothing.
  public init(quantities: [String: Entry] = [:], leftOut: [String: String] = [:], known: [String: Known] = [:]) {
    (self.quantities, self.leftOut, self.known) = (quantities, leftOut, known)
  }

  /// The same trace in the names, units and order of the catalogue, without what is left out.
  public func applied(to trace: Trace) -> Trace {
    var trace = trace
    var dropped: Set<Int> = []
    for line in trace.lines.indices {
      trace.lines[line].fields = trace.lines[line].fields.compactMap { field in
        leftOut[field.name] == nil ? translated(field) : nil
      }
      if trace.lines[line].fields.isEmpty { dropped.insert(line) }
    }
    return dropped.isEmpty ? trace : trace.leavingOut(dropped)
  }

  private func translated(_ field: TraceField) -> TraceField {
    guard let entry = quantities[field.name] else { return field }
    var field = field
    field.name = entry.name
    if entry.order.count == field.values.count { field.values = entry.order.map { field.values[$0] } }
    if entry.factor != 1 {
      field.values = field.values.map { value in value.number.map { .real($0 * entry.factor) } ?? value }
    }
    return field
  }

  /// The names of a trace that are neither in the catalogue nor explained, in the order of the log.
  public func unknownNames(of trace: Trace) -> [String] {
    return trace.lines.flatMap(\.fields).map(\.name).unique.filter {
      !TraceQuantity.isKnown($0) && $0 != ForeignTraceName.sumBeforePolarization && quantities[$0] == nil
        && leftOut[$0] == nil
    }
  }
}
