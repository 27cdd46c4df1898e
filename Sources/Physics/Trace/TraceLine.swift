extension Formulas {
  /// One value of a trace.
  public enum TraceValue: Sendable, Hashable {
    /// A real number, which may be infinite or not a number.
    case real(Number)
    /// A whole number.
    case integer(Int)
    /// A word, such as the name of a convention.
    case word(String)

    /// The value as a number; nil for a word.
    public var number: Number? {
      switch self {
      case .real(let value): value
      case .integer(let value): Number(value)
      case .word: nil
      }
    }
  }
}

/// The four kinds of trace line (docs/reference/90-trace-points.md §6).
public enum TraceSection: String, Sendable, CaseIterable, Codable {
  /// Once, after set-up and before the pixel loop.
  case setup
  /// Once per traced pixel.
  case pixel
  /// Once per layer, sub-pixel and phi step, for the first source and domain.
  case phi
  /// Once per step that adds to the sum.
  case step
}

extension Formulas {
  /// A named value or vector of a trace.
  public struct TraceField: Sendable, Hashable {
    /// The name of the quantity.
    public var name: String
    /// The values, one or more.
    public var values: [TraceValue]

    /// A field of any values.
    public init(_ name: String, _ values: [TraceValue]) {
      self.name = name
      self.values = values
    }

    /// A field of any values.
    init(_ name: TraceName, _ values: [TraceValue]) { self.init(name.rawValue, values) }

    /// A field with one real number.
    init(_ name: TraceName, _ value: Number) { self.init(name.rawValue, value) }

    /// A field with one whole number.
    init(_ name: TraceName, _ value: Int) { self.init(name.rawValue, value) }

    /// A field with the three components of a vector.
    init(_ name: TraceName, _ vector: Vector3) { self.init(name.rawValue, vector) }

    /// A field with one real number.
    public init(_ name: String, _ value: Number) {
      self.init(name, [.real(value)])
    }

    /// A field with one whole number.
    public init(_ name: String, _ value: Int) {
      self.init(name, [.integer(value)])
    }

    /// A field with the three components of a vector.
    public init(_ name: String, _ vector: Vector3) {
      self.init(name, vector.components.map(TraceValue.real))
    }
  }

  /// One line of a trace: a single field in the sections `setup` and `pixel`, several in `phi` and `step`.
  public struct TraceLine: Sendable, Hashable {
    /// The kind of line.
    public var section: TraceSection
    /// The quantities of the line, with their values.
    public var fields: [TraceField]

    /// A line of several fields.
    public init(_ section: TraceSection, _ fields: [TraceField]) {
      self.section = section
      self.fields = fields
    }

    /// The first value of the field `name`, as a whole number; nil if there is no such field or its value is not whole.
    public func integer(_ name: String) -> Int? {
      guard let value = fields.first(where: { $0.name == name })?.values.first else { return nil }
      switch value {
      case .integer(let number): return number
      case .real(let number): return Int(exactly: number.approximation)
      case .word: return nil
      }
    }

    /// The first value of the quantity `name`, as a whole number; nil if there is no such field or its value is not
    /// whole.
    public func integer(_ name: TraceName) -> Int? { integer(name.rawValue) }

    /// The first value of the quantity `name`, as a real number; nil if there is no such field or its value is a word.
    public func real(_ name: TraceName) -> Number? { real(name.rawValue) }

    /// The first value of the field `name`, as a real number; nil if there is no such field or its value is a word.
    public func real(_ name: String) -> Number? {
      fields.first { $0.name == name }?.values.first?.number
    }
  }
}
