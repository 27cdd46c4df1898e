/// The explanation of a deviation by rounding.
package enum RoundingKind: String, Sendable, CaseIterable {
  /// Another order of operations, another compiler or another library in double precision explains the deviation.
  case double = "rounding in double"
  /// The deviation needs single precision.
  case single = "rounding in single"
  /// The deviation needs numbers that were printed with few digits, such as those of a matrix file.
  case printed = "rounding of the inputs as printed"
  /// Nothing is proven of the number: rounding may explain the deviation, or not.
  case unbounded = "no bound"
  /// Rounding does not explain the deviation.
  case none = "not rounding"
}
