import Physics

/// The differences between a program's log and the catalogue that are not mistakes: names, units, order of components,
/// names that are not compared, and known differences.
public struct TraceDialect: Sendable, Hashable {
  /// The translation of one quantity of the log.
  public struct Entry: Sendable, Hashable {
    /// The name in the catalogue.
    public let name: String
    /// The number by which the values are multiplied to have the unit of the catalogue.
    public let factor: Double
    /// The index of each component in the log, counted from 0; empty for the order of the catalogue.
    public let order: [Int]
    /// The reason for the translation.
    public let because: String

    /// A translation into the name, unit and order of the catalogue.
    public init(name: String, factor: Double = 1, order: [Int] = [], because: String) {
      (self.name, self.factor, self.order, self.because) = (name, factor, order, because)
    }
  }

  /// A known difference, of limited size and for a limited time.
  public struct Known: Sendable, Hashable {
    /// The quantity.
    public let name: String
    /// The largest relative deviation that is accepted as known.
    public let relative: Double
    /// The reason for the difference.
    public let because: String
    /// The last day on which the difference is accepted as known, as `yyyy-mm-dd`.
    public let until: String

    /// A known difference.
    public init(name: String, relative: Double, because: String, until: String) {
      (self.name, self.relative, self.because, self.until) = (name, relative, because, until)
    }
  }

  /// Translations, by the names in the log.
  public let quantities: [String: Entry]
  /// Names in the log that are not compared, with the reasons.
  public let leftOut: [String: String]
  /// Known differences by the names of the catalogue.
  public let known: [String: Known]

  /// A dialect. Without entries the dialect changes nothing.
  public init(quantities: [String: Entry] = [:], leftOut: [String: String] = [:], known: [String: Known] = [:]) {
    (self.quantities, self.leftOut, self.known) = (quantities, leftOut, known)
  }

  /// A copy of the trace in the names, units and order of the catalogue, without the names in `leftOut`.
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

  /// The names of a trace that neither the catalogue nor the dialect has, in the order of the log.
  public func unknownNames(of trace: Trace) -> [String] {
    return trace.lines.flatMap(\.fields).map(\.name).unique.filter {
      !TraceQuantity.isKnown($0) && $0 != ForeignTraceName.sumBeforePolarization && quantities[$0] == nil
        && leftOut[$0] == nil
    }
  }
}
