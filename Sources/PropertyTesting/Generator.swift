/// Makes values from choices.
///
/// A generator is a pure function of its choices. Choices of zero should give the simplest value, because shrinking
/// lowers them; every combinator shrinks without further help.
public struct Generator<Value>: Sendable {
  private let run: @Sendable (inout Choices) throws -> Value

  /// A generator that reads choices itself.
  public init(_ run: @escaping @Sendable (inout Choices) throws -> Value) {
    self.run = run
  }

  /// Makes a value.
  /// - Throws: `GenerationStop` if these choices give no value, or any error of a mapped function.
  public func generate(_ choices: inout Choices) throws -> Value {
    try choices.part(run)
  }

  /// Applies a function to every value.
  public func map<Other>(_ transform: @escaping @Sendable (Value) throws -> Other) -> Generator<Other> {
    Generator<Other> { try transform(try run(&$0)) }
  }

  /// Generates a value, and then another with the generator that a function makes of the first.
  public func flatMap<Other>(_ next: @escaping @Sendable (Value) throws -> Generator<Other>) -> Generator<Other> {
    Generator<Other> { choices in try next(try generate(&choices)).generate(&choices) }
  }

  /// Keeps the values that satisfy a condition; after eight attempts the case is discarded.
  ///
  /// Meant for conditions that nearly always hold. Values that satisfy rarer conditions should be constructed.
  public func filter(_ keep: @escaping @Sendable (Value) -> Bool) -> Generator {
    Generator { choices in
      for _ in 0..<8 {
        let value = try run(&choices)
        if keep(value) { return value }
      }
      throw GenerationStop.discard
    }
  }

  /// Arrays of values.
  ///
  /// Each optional element is preceded by a choice whether to go on, so that shrinking can remove single elements.
  /// - Parameter count: The range of the number of elements; lengths are spread about its middle.
  public func array(_ count: ClosedRange<Int>) -> Generator<[Value]> {
    Generator<[Value]> { choices in
      var values: [Value] = []
      let average = Double(count.upperBound - count.lowerBound) / 2
      let stop = UInt64(256 / (average + 1))
      while values.count < count.upperBound {
        if values.count >= count.lowerBound, try choices.draw(upTo: 255, strata: []) < stop { break }
        values.append(try generate(&choices))
      }
      return values
    }
  }

  /// Replaces about one value in `every` by a value of a list; shrinks to the first of the list.
  public func mixing(_ special: [Value], every: Int = 4) -> Generator where Value: Sendable {
    Generator { choices in
      if try choices.draw(upTo: UInt64(every - 1), strata: every > 1 ? [1] : nil) == 0 {
        return special[Int(try choices.draw(upTo: UInt64(special.count - 1)))]
      }
      return try run(&choices)
    }
  }

  /// One of several generators, each with a probability proportional to its weight; shrinks to the first.
  public static func weighted(_ alternatives: (weight: Int, generator: Generator)...) -> Generator {
    let ends = alternatives.indices.map { alternatives[...$0].reduce(0) { $0 + UInt64($1.weight) } }
    return Generator { [alternatives] choices in
      var rest = Int(try choices.draw(upTo: ends[ends.count - 1] - 1, strata: ends.dropLast()))
      for alternative in alternatives {
        if rest < alternative.weight { return try alternative.generator.generate(&choices) }
        rest -= alternative.weight
      }
      throw GenerationStop.discard
    }
  }

  /// One of several generators, all equally likely; shrinks to the first.
  public static func oneOf(_ alternatives: Generator...) -> Generator {
    Generator { [alternatives] choices in
      try alternatives[Int(try choices.draw(upTo: UInt64(alternatives.count - 1)))].generate(&choices)
    }
  }

  /// One of the given values, all equally likely; shrinks to the first.
  public static func element(of values: [Value]) -> Generator where Value: Sendable {
    Generator { values[Int(try $0.draw(upTo: UInt64(values.count - 1)))] }
  }

  /// A constant value, for which no choice is drawn.
  public static func constant(_ value: Value) -> Generator where Value: Sendable {
    Generator { _ in value }
  }

  /// The value, or nil about one time in `every`; shrinks to nil.
  public func optional(nilEvery every: Int = 2) -> Generator<Value?> {
    Generator<Value?> { choices in
      try choices.draw(upTo: UInt64(every - 1), strata: every > 1 ? [1] : nil) == 0 ? nil : try run(&choices)
    }
  }
}

/// A tuple of values, generated from left to right.
public func zip<each Value>(_ generators: repeat Generator<each Value>) -> Generator<(repeat each Value)> {
  Generator<(repeat each Value)> { choices in
    (repeat try (each generators).generate(&choices))
  }
}
