/// Where a choice between the source and its mutants stands.
struct Unit: Sendable {
  /// The form of the choice.
  enum Form: Sendable {
    /// A statement: `switch … { case 7: mutant default: source }`.
    case statement
    /// An expression that a function of one expression returns: a statement with `return` added.
    case implicitReturn
    /// An expression that may be a `switch`: an initial value, the value of a branch.
    case value
    /// A condition: a closure that returns `Bool`, called on the spot.
    case condition
    /// Another expression: a closure whose type is inferred, called on the spot.
    case closure
  }
  var range: Range<Int>
  var form: Form
  /// Whether the text tries something that may throw.
  var tries: Bool
  /// The `throws` clause of the function around it.
  var throwing: String
  /// The mutants whose innermost unit this is, as indices of the file's list.
  var mutants: [Int] = []
}

/// A function whose body exists twice in the instrumented source: as it is, and with choices. The second is taken if the
/// chosen mutant is in it, so that all others run at full speed.
struct Body: Sendable {
  /// Where the second body stands.
  enum Form: Sendable {
    /// In a function of its own, which is neither inlined nor specialised.
    case apart
    /// Within the function.
    case within
    /// Nowhere: the compiler took neither.
    case none
  }
  /// The statements between the braces.
  var range: Range<Int>
  var form: Form
  /// Whether the body is one expression, which is returned.
  var returnsImplicitly: Bool
  /// Whether the function returns nothing.
  var isVoid: Bool
  /// Parameters and result of the second body, and the call of it.
  var signature: String
  var arguments: String
  var effects: String
  /// Mutants that replace nothing but return at once, as indices of the file's list.
  var early: [Int] = []
}

/// A source file with its mutants and where the choices between them stand.
struct SourceFile: Sendable {
  var path: String
  var bytes: [UInt8]
  var mutants: [Mutant]
  var units: [Unit]
  var bodies: [Body]

  func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
}
