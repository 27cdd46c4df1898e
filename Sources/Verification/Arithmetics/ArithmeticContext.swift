import Glibc

/// What a calculation in another arithmetic needs beside its numbers: precision, random errors, and the decisions that the
/// numbers do not settle.
///
/// One context is in force per thread, within `run`.
package final class ArithmeticContext {
  /// A decision that enclosures do not settle, or settle against the double run.
  package struct Undecided: Sendable, Hashable {
    /// The doubles that were compared.
    package let left: Double
    /// The second of the doubles.
    package let right: Double
    /// The way that the double run goes.
    package let double: Bool
    /// The way that was taken.
    package let taken: Bool
  }

  /// The operations that errors are added to.
  package enum Perturbation: Sendable {
    /// Every operation and every function of the library, by up to one unit of the last place.
    case everything
    /// Functions of the library only, by up to one unit of the last place.
    case library
  }

  /// The largest number of undecided decisions whose ways are all tried: 2⁴ ways.
  package static let forkLimit = 4

  /// The precision of enclosures, in bits.
  package let precision: Int
  /// The seed of random errors.
  package let seed: UInt64
  /// Where random errors are added.
  package let perturbation: Perturbation
  /// The ways to go at undecided decisions, in their order; the double run is followed after the last one.
  package let choices: [Bool]
  /// The undecided decisions so far.
  package private(set) var undecided: [Undecided] = []
  /// Whether nothing can be proven: a decision has more than two ways, or the operations are too many to be kept.
  package var isLost: Bool { hasLostDecision || tape.isFull }
  private var hasLostDecision = false
  /// The operations of `Bounded` numbers.
  let tape: Tape

  /// A context.
  /// - Parameters:
  ///   - precision: The precision of enclosures, in bits.
  ///   - rounding: The rounding of the arithmetic whose errors are bounded.
  ///   - seed: The seed of random errors.
  ///   - perturbation: Where random errors are added.
  ///   - choices: The ways to go at undecided decisions.
  package init(
    precision: Int = 200, rounding: Rounding = .double, seed: UInt64 = 0, perturbation: Perturbation = .everything,
    choices: [Bool] = []
  ) {
    (self.precision, self.seed, self.perturbation, self.choices) = (precision, seed, perturbation, choices)
    tape = Tape(rounding)
  }

  /// Runs a calculation with the context in force.
  package func run<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
    let before = pthread_getspecific(Self.key)
    pthread_setspecific(Self.key, Unmanaged.passUnretained(self).toOpaque())
    defer { pthread_setspecific(Self.key, before) }
    return try body()
  }

  /// The context in force on this thread.
  @inline(__always)
  static var current: ArithmeticContext {
    guard let pointer = pthread_getspecific(key) else { preconditionFailure("no arithmetic context is in force") }
    return Unmanaged<ArithmeticContext>.fromOpaque(pointer).takeUnretainedValue()
  }

  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    pthread_key_create(&key, nil)
    return key
  }()

  /// Takes a decision that the numbers do not settle.
  func decide(_ left: Double, _ right: Double, double: Bool) -> Bool {
    let number = undecided.count
    let taken = number < choices.count ? choices[number] : double
    undecided.append(Undecided(left: left, right: right, double: double, taken: taken))
    return taken
  }

  /// Records a decision that exact numbers settle against the double run.
  func overrule(_ left: Double, _ right: Double, settled: Bool) {
    undecided.append(Undecided(left: left, right: right, double: !settled, taken: settled))
  }

  /// Forgets the undecided decisions: the calculation goes on with another pixel.
  func forget() { undecided.removeAll(keepingCapacity: true) }

  /// Records that a decision has more ways than are tried.
  func lose() { hasLostDecision = true }
}

/// The rounding errors of an arithmetic: of one operation, and of one function of its library.
package struct Rounding: Sendable, Hashable {
  /// The largest relative error of an operation.
  package let operation: Double
  /// The smallest positive number, by which a result that underflows can be wrong.
  package let smallest: Double
  /// The smallest normal number: scaling by a power of two is exact down to it.
  let smallestNormal: Double
  /// The largest finite number.
  private let largest: Double
  /// The unit of the last place in units of that of a double.
  private let unit: Double

  /// Double precision, 53 bits.
  package static let double = Rounding(
    operation: 0x1p-53, smallest: 0x1p-1074, smallestNormal: .leastNormalMagnitude,
    largest: .greatestFiniteMagnitude, unit: 1)
  /// Single precision, 24 bits.
  package static let single = Rounding(
    operation: 0x1p-24, smallest: 0x1p-149, smallestNormal: Double(Float.leastNormalMagnitude),
    largest: Double(Float.greatestFiniteMagnitude), unit: 0x1p29)

  /// What results are rounded by.
  enum Kind: Double {
    /// Nothing: the operation is exact.
    case exact = 0
    /// Sums, products and quotients: half a unit of the last place.
    case operation = 0.5
    /// sin, cos, exp, atan2 and the square root: two units of the last place. The GNU C library states less than one for
    /// each of them, and another library may be off by one more.
    case function = 2
  }

  /// The largest error of a result that is not larger than `magnitude`.
  func error(_ kind: Kind, _ magnitude: Double) -> Double {
    guard kind != .exact else { return 0 }
    // A result that may overflow has no bound; not-a-number is not below the largest number.
    guard magnitude <= largest else { return .infinity }
    return max(magnitude.ulp * unit, smallest) * kind.rawValue
  }

  /// The largest relative error of a result.
  func relative(_ kind: Kind) -> Double { 2 * operation * kind.rawValue }
}
