/// The operations of a calculation, in their order, with what is needed to bound how their rounding errors spread.
///
/// Let ε₁ … εₙ be the relative errors of the operations. A quantity F is a function of them: F(0) is the exact value, and
/// every evaluation in the same order, on any machine whose operations keep their limits, is F(ε) for some ε. By the
/// mean value theorem F(ε) − F(0) = Σ ∂F/∂εᵢ(ξ) εᵢ for a ξ between. The derivatives are computed backwards through the
/// operations (Linnainmaa, 1976) in intervals that hold for all ε, so that nothing is neglected.
final class Tape {
  /// One operation.
  struct Operation {
    /// The operands, by their number; −1 where there is none or it is exact.
    var first: Int32 = -1
    var second: Int32 = -1
    /// The derivatives by the operands, for all errors.
    var byFirst = Interval(0)
    var bySecond = Interval(0)
    /// The largest error of the operation itself.
    var error = 0.0
  }

  let rounding: Rounding
  private(set) var operations: [Operation] = []
  private var adjoints: [Interval] = []
  private var isMarked: [Bool] = []

  /// Whether operations were left out, so that nothing is proven.
  private(set) var isFull = false

  /// The largest number of operations that are kept; about a gigabyte.
  private static let limit = 20_000_000

  init(_ rounding: Rounding) { self.rounding = rounding }

  @inline(__always)
  func add(_ operation: Operation) -> Int32 {
    guard operations.count < Self.limit else {
      isFull = true
      return -1
    }
    operations.append(operation)
    return Int32(operations.count - 1)
  }

  /// The largest absolute error of a quantity, by the rounding of all operations that it depends on; infinite if there
  /// is no bound.
  func bound(of quantity: Int32) -> Double { contributions(to: quantity).reduce(0) { ($0 + $1.error).nextUp } }

  /// The errors that operations can contribute to a quantity.
  func contributions(to quantity: Int32) -> [(operation: Int32, error: Double)] {
    guard quantity >= 0 else { return [] }
    let ancestors = mark(quantity)
    adjoints[Int(quantity)] = Interval(1)
    var list: [(operation: Int32, error: Double)] = []
    for number in ancestors {
      let operation = operations[Int(number)]
      let adjoint = adjoints[Int(number)]
      adjoints[Int(number)] = Interval(0)
      isMarked[Int(number)] = false
      if operation.error > 0 {
        let error = (adjoint.magnitude * operation.error).nextUp
        list.append((number, error.isNaN ? .infinity : error))
      }
      pass(adjoint, operation.byFirst, to: operation.first)
      pass(adjoint, operation.bySecond, to: operation.second)
    }
    return list
  }

  @inline(__always)
  private func pass(_ adjoint: Interval, _ derivative: Interval, to operand: Int32) {
    guard operand >= 0 else { return }
    let before = adjoints[Int(operand)]
    adjoints[Int(operand)] = before == Interval(0) ? adjoint * derivative : before + adjoint * derivative
  }

  /// The operations that a quantity depends on, itself included, last first.
  private func mark(_ quantity: Int32) -> [Int32] {
    if adjoints.count < operations.count {
      let missing = operations.count - adjoints.count
      adjoints += repeatElement(Interval(0), count: missing)
      isMarked += repeatElement(false, count: missing)
    }
    var found = [quantity]
    isMarked[Int(quantity)] = true
    var next = 0
    while next < found.count {
      let operation = operations[Int(found[next])]
      next += 1
      for operand in [operation.first, operation.second] where operand >= 0 && !isMarked[Int(operand)] {
        isMarked[Int(operand)] = true
        found.append(operand)
      }
    }
    return found.sorted(by: >)
  }
}
