import Glibc

extension Formulas {
  /// A range of equidistant values, with omitted range, step or count filled in.
  public struct SamplingTable: Sendable, Hashable {
    /// The number of values.
    public var count: Int
    /// The nominal range, in the unit of the quantity.
    public var range: Number
    /// The distance between neighbouring values, in the unit of the quantity.
    public var step: Number

    /// A table with the given count, range and step.
    public init(count: Int, range: Number, step: Number) {
      self.count = count
      self.range = range
      self.step = step
    }

    /// A table with one value, zero.
    public static var single: SamplingTable { SamplingTable(count: 1, range: 0, step: 0) }
  }
}

/// The rules by which the reference program completes range, step and count (docs/reference/40-beam-and-sampling.md
/// §1).
extension Formulas.SamplingTable {
  /// The largest number of values of a table. A larger number is refused as a typing error.
  static var countLimit: Int { 10_000_000 }

  private static func count(_ ratio: Number, of quantity: ExperimentError.SampledQuantity) throws(ExperimentError)
    -> Int
  {
    let count = ratio.rounded(.up).approximation
    guard count.isFinite, count <= Double(countLimit) else {
      throw ExperimentError.tooManySteps(quantity, steps: ratio.approximation, limit: countLimit)
    }
    return Int(count)
  }

  /// Phi steps (docs/reference/40-beam-and-sampling.md §1.1). Angles in radians; a value that was not given is nil.
  static func phi(
    count: Int?, oscillation: Number?, step: Number?, _ compatibility: Compatibility
  ) throws(ExperimentError) -> Formulas.SamplingTable {
    let given = count.flatMap { $0 >= 0 ? max($0, 1) : nil }
    let range = oscillation.flatMap { $0 >= 0 ? $0 : nil }
    switch (given, range, step) {
    case (nil, nil, let step?) where step > 0:
      return Formulas.SamplingTable(count: 2, range: step, step: step)
    case (nil, nil, _):
      return .single
    case (nil, let range?, let step?) where step > 0:
      let count = try Self.count(range / step, of: .phi)
      let atLeast = compatibility.has(.zeroPhiSteps) ? 0 : 1
      return Formulas.SamplingTable(count: max(count, atLeast), range: range, step: step)
    case (nil, let range?, _):
      if range == 0 && !compatibility.has(.zeroOscillationTwice) { return .single }
      return Formulas.SamplingTable(count: 2, range: range, step: range / 2)
    case (let count?, nil, let step?) where step > 0:
      if compatibility.has(.stepReplacesCount) { return Formulas.SamplingTable(count: 2, range: step, step: step) }
      return Formulas.SamplingTable(count: count, range: step * Number(count), step: step)
    case (let count?, nil, _):
      let range = 1.0 / Formulas.Constants.degreesPerRadian
      return Formulas.SamplingTable(count: count, range: range, step: range / Number(count))
    case (let count?, let range?, let step):
      if let step, step >= 0 { return Formulas.SamplingTable(count: count, range: range, step: step) }
      return Formulas.SamplingTable(count: count, range: range, step: range / Number(count))
    }
  }

  /// Horizontal or vertical divergence (docs/reference/40-beam-and-sampling.md §1.2). Angles in radians.
  static func divergence(
    count: Int?, range: Number?, step: Number?, of quantity: ExperimentError.SampledQuantity,
    _ compatibility: Compatibility
  ) throws(ExperimentError) -> Formulas.SamplingTable {
    let given = count.flatMap { $0 > 0 ? $0 : nil }
    let range = range.flatMap { $0 >= 0 ? $0 : nil }
    let step = step.flatMap { $0 > 0 ? $0 : nil }
    if given != nil, range == nil, step == nil, !compatibility.has(.divergenceCountSpansRadian) { return .single }
    if let given, range == nil, let step, !compatibility.has(.stepReplacesCount) {
      return Formulas.SamplingTable(count: given, range: step * Number(max(given - 1, 1)), step: step)
    }
    return try spread(count: given, range: range, step: step, of: quantity)
  }

  /// Spectral dispersion (docs/reference/40-beam-and-sampling.md §1.3): the range is always given, the step never. The
  /// range is a fraction of the wavelength.
  static func dispersion(count: Int?, range: Number) throws(ExperimentError) -> Formulas.SamplingTable {
    try spread(
      count: count.flatMap { $0 > 0 ? $0 : nil }, range: range >= 0 ? range : nil, step: nil, of: .dispersion)
  }

  private static func spread(
    count: Int?, range: Number?, step: Number?, of quantity: ExperimentError.SampledQuantity
  ) throws(ExperimentError) -> Formulas.SamplingTable {
    let table: Formulas.SamplingTable
    switch (count, range, step) {
    case (nil, nil, nil): table = .single
    case (_, nil, let step?): table = Formulas.SamplingTable(count: 2, range: step, step: step)
    case (nil, let range?, nil): table = Formulas.SamplingTable(count: 2, range: range, step: range)
    case (nil, let range?, let step?):
      table = Formulas.SamplingTable(count: try Self.count(range / step, of: quantity), range: range, step: step)
    case (let count?, nil, nil): table = Formulas.SamplingTable(count: count, range: 1, step: 1 / Number(count))
    case (let count?, let range?, nil):
      let atLeastTwo = max(count, 2)
      table = Formulas.SamplingTable(count: atLeastTwo, range: range, step: range / Number(atLeastTwo - 1))
    case (let count?, let range?, let step?): table = Formulas.SamplingTable(count: count, range: range, step: step)
    }
    return table.range <= 0 || table.step <= 0 || table.count <= 0 ? .single : table
  }

  /// Sensor layers (docs/reference/40-beam-and-sampling.md §1.5). Thickness in metres; the step is the thickness of one
  /// layer.
  static func sensorLayers(
    count: Int?, thickness: Number, _ compatibility: Compatibility
  ) -> Formulas.SamplingTable {
    if let count, count > 0, thickness < 0, compatibility.has(.layersExceedSensor) {
      // The reference program replaces a negative thickness with a count by half a micrometre.
      return Formulas.SamplingTable(count: count, range: 0.5e-6, step: 0.5e-6 / Number(count))
    }
    guard thickness > 0 else { return .single }
    guard let count, count > 0 else { return Formulas.SamplingTable(count: 2, range: thickness, step: thickness / 2) }
    guard compatibility.has(.layersExceedSensor) else {
      return Formulas.SamplingTable(count: count, range: thickness, step: thickness / Number(count))
    }
    let atLeastTwo = max(count, 2)
    return Formulas.SamplingTable(count: atLeastTwo, range: thickness, step: thickness / Number(atLeastTwo - 1))
  }

  /// Mosaic domains (docs/reference/40-beam-and-sampling.md §1.6). The spread is in radians.
  static func mosaic(count: Int?, spread: Number?) -> (count: Int, spread: Number) {
    guard let spread, spread >= 0 else { return (1, 0) }
    // A spread of -0 keeps its sign, which is printed.
    guard spread > 0 else { return (1, spread) }
    guard let count, count > 0 else { return (10, spread) }
    return (count, spread)
  }
}
