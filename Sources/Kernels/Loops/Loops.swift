import KernelTypes

/// The inner loops of this module's instruction set. `Kernels` says what each does.
package final class Loops: Kernels {
  /// The loops; they hold nothing.
  package init() {}

  package func evaluate(_ function: ElementaryFunction, at arguments: BlockInput, into values: BlockOutput) {
    let (count, x, y) = (arguments.count, arguments, values)
    switch function {
    case .sinePi: for i in 0..<count { y[i] = sinePi(x[i]) }
    case .cosinePi: for i in 0..<count { y[i] = cosinePi(x[i]) }
    case .halving: for i in 0..<count { y[i] = halving(x[i]) }
    case .sphere: for i in 0..<count { y[i] = sphere(x[i]) }
    }
  }
}
