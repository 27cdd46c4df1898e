/// The elementary functions of the inner loops, for tests.
package enum ElementaryFunction: Sendable, CaseIterable {
  /// sin(πx)/π for |x| ≤ ½.
  case sinePi
  /// cos(πx) for |x| ≤ ½.
  case cosinePi
  /// 2⁻ˣ for x ≥ 0.
  case halving
  /// 3 (sin x − x cos x)/x³ with x = πr, but for its sign, for r ≥ 0.
  case sphere
}

/// What tests see of the elementary functions that the loops are made of.
package protocol ElementaryKernels: AnyObject, Sendable {
  /// The values of an elementary function at any number of arguments.
  func evaluate(_ function: ElementaryFunction, at arguments: BlockInput, into values: BlockOutput)
}
