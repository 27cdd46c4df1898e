internal import CGSL

/// A value of an oracle with a bound of its error.
public struct OracleValue: Sendable, Hashable {
  /// The value.
  public let value: Double
  /// A bound of the absolute error: the library's own estimate, or the law that the oracle's page states.
  public let error: Double

  /// A value with a bound of its error.
  public init(value: Double, error: Double) {
    self.value = value
    self.error = error
  }
}

/// A failure that the GNU Scientific Library reports.
public struct GSLFailure: Error, Sendable, Hashable, CustomStringConvertible {
  /// The status code of the library.
  public let code: Int
  /// The name of the function that reported the failure.
  public let function: String
  /// The library's own explanation.
  public let reason: String
  /// The value and error estimate that the library gave in spite of the failure; nil if it gave none.
  public let value: OracleValue?

  /// Function, code and reason.
  public var description: String { "\(function): \(reason) (GSL status \(code))" }
}

/// The library, configured to return errors as status codes instead of ending the process.
enum GSL {
  private static let isPrepared: Bool = {
    _ = gsl_set_error_handler_off()
    return true
  }()

  /// Switches the library's error handler off; has to precede every call that can fail.
  static func prepare() { precondition(isPrepared) }

  /// Turns a status into an error.
  /// - Parameter accepted: Status codes that are not errors here.
  static func check(
    _ status: Int32, _ function: String, accepting accepted: Set<Int32> = [], value: OracleValue? = nil
  ) throws(GSLFailure) {
    guard status != 0, !accepted.contains(status) else { return }
    throw GSLFailure(code: Int(status), function: function, reason: String(cString: gsl_strerror(status)), value: value)
  }

  /// Refuses arguments that the library does not check.
  static func require(_ condition: Bool, _ function: String, _ reason: String) throws(GSLFailure) {
    guard !condition else { return }
    throw GSLFailure(code: Int(GSL_EDOM), function: function, reason: reason, value: nil)
  }

  /// Calls a special function whose name ends with `_e`.
  /// - Throws: `GSLFailure` if the library reports a failure.
  static func evaluate(
    _ function: String, _ call: (UnsafeMutablePointer<gsl_sf_result>) -> Int32
  ) throws(GSLFailure) -> OracleValue {
    prepare()
    var result = gsl_sf_result()
    try check(call(&result), function)
    return OracleValue(value: result.val, error: result.err)
  }

  /// The version of the library at run time.
  static var version: String { String(cString: cgsl_version()) }
}

/// The library behind the oracles.
public enum OracleLibrary {
  /// The version of the library, such as `2.7.1`.
  public static var version: String { GSL.version }
}

/// Passes Swift closures to the library, and their errors back to the caller.
final class FunctionBox {
  private let function: (Double) throws -> Double
  private var error: (any Error)?

  private init(_ function: @escaping (Double) throws -> Double) {
    self.function = function
  }

  /// Calls `body` with a C function that evaluates `function`. If `function` throws, the C function returns
  /// not-a-number, and the error is thrown again at the end.
  static func with<Result>(
    _ function: (Double) throws -> Double, _ body: (UnsafeMutablePointer<gsl_function>) throws -> Result
  ) throws -> Result {
    GSL.prepare()
    return try withoutActuallyEscaping(function) { function in
      let box = FunctionBox(function)
      var cFunction = gsl_function(
        function: { x, parameters in
          parameters.map { Unmanaged<FunctionBox>.fromOpaque($0).takeUnretainedValue().evaluate(x) } ?? .nan
        }, params: Unmanaged.passUnretained(box).toOpaque())
      let result = Swift.Result { try body(&cFunction) }
      if let error = box.error { throw error }
      return try result.get()
    }
  }

  private func evaluate(_ x: Double) -> Double {
    guard error == nil else { return .nan }
    do {
      return try function(x)
    } catch {
      self.error = error
      return .nan
    }
  }
}
