internal import CGSL

/// A value with a bound of its error, as an oracle gives it.
public struct OracleValue: Sendable, Hashable {
  /// The value.
  public let value: Double
  /// The estimated absolute error.
  public let error: Double
}

/// A failure that the GNU Scientific Library reports.
public struct GSLFailure: Error, Sendable, Hashable, CustomStringConvertible {
  /// The status code.
  public let code: Int
  /// The function that reported it.
  public let function: String
  /// The library's own explanation.
  public let reason: String

  /// Function, code and reason.
  public var description: String { "\(function): \(reason) (GSL status \(code))" }
}

/// The library, set up so that errors come back as status codes instead of ending the process.
enum GSL {
  private static let isPrepared: Bool = {
    _ = gsl_set_error_handler_off()
    return true
  }()

  /// Calls a special function of the `_e` kind.
  /// - Throws: `GSLFailure` if the library reports one.
  static func evaluate(
    _ function: String, _ call: (UnsafeMutablePointer<gsl_sf_result>) -> Int32
  ) throws(GSLFailure) -> OracleValue {
    precondition(isPrepared)
    var result = gsl_sf_result()
    let status = call(&result)
    guard status == 0 else {
      throw GSLFailure(code: Int(status), function: function, reason: String(cString: gsl_strerror(status)))
    }
    return OracleValue(value: result.val, error: result.err)
  }
}
