internal import CGSL

/// Numerical integration of any function, with the library's error estimates.
public enum Quadrature {
  /// Adaptive quadrature on a finite interval (Gauss and Kronrod, 61 points; Piessens et al., 1983).
  ///
  /// GSL: `gsl_integration_qag`. If rounding errors prevent the requested accuracy, a relative error estimate of up to
  /// 100 times `relative`, or 1e-10 if that is larger, is accepted.
  /// - Parameters:
  ///   - range: The interval.
  ///   - relative: The requested relative error; 1e-12 is the least that works in practice.
  ///   - absolute: The requested absolute error, needed where the integral may vanish.
  ///   - function: The integrand.
  /// - Throws: `GSLFailure`, or any error of the integrand.
  public static func adaptive(
    _ range: ClosedRange<Double>, relative: Double = 1e-12, absolute: Double = 0,
    _ function: (Double) throws -> Double
  ) throws -> OracleValue {
    try withWorkspace(function, "gsl_integration_qag", relative: relative) { cFunction, workspace, value, error in
      gsl_integration_qag(
        cFunction, range.lowerBound, range.upperBound, absolute, relative, 4000, Int32(GSL_INTEG_GAUSS61), workspace,
        value, error)
    }
  }

  /// Adaptive quadrature of a function that jumps at known points.
  ///
  /// GSL: `gsl_integration_qagp`. Error: the library's estimate.
  /// - Parameter points: The ends of the interval and all break points between them, ascending.
  public static func adaptive(
    through points: [Double], relative: Double = 1e-12, absolute: Double = 0, _ function: (Double) throws -> Double
  ) throws -> OracleValue {
    var points = points
    return try withWorkspace(function, "gsl_integration_qagp", relative: relative) {
      cFunction, workspace, value, error in
      gsl_integration_qagp(cFunction, &points, points.count, absolute, relative, 4000, workspace, value, error)
    }
  }

  /// Adaptive quadrature from a number to infinity.
  ///
  /// GSL: `gsl_integration_qagiu`. Error: the library's estimate.
  /// - Throws: `GSLFailure`, or any error of the integrand.
  public static func adaptive(
    from start: Double, relative: Double = 1e-12, absolute: Double = 0, _ function: (Double) throws -> Double
  ) throws -> OracleValue {
    try withWorkspace(function, "gsl_integration_qagiu", relative: relative) { cFunction, workspace, value, error in
      gsl_integration_qagiu(cFunction, start, absolute, relative, 4000, workspace, value, error)
    }
  }

  private static func withWorkspace(
    _ function: (Double) throws -> Double, _ name: String, relative: Double,
    _ call: (
      UnsafeMutablePointer<gsl_function>, UnsafeMutablePointer<gsl_integration_workspace>,
      UnsafeMutablePointer<Double>, UnsafeMutablePointer<Double>
    ) -> Int32
  ) throws -> OracleValue {
    try FunctionBox.with(function) { cFunction in
      guard let workspace = gsl_integration_workspace_alloc(4000) else {
        throw GSLFailure(code: 8, function: "gsl_integration_workspace_alloc", reason: "no memory", value: nil)
      }
      defer { gsl_integration_workspace_free(workspace) }
      var (value, error) = (0.0, 0.0)
      let status = call(cFunction, workspace, &value, &error)
      // GSL_EROUND: rounding errors prevent a better estimate.
      let isGood = error <= max(100 * relative, 1e-10) * abs(value)
      let result = OracleValue(value: value, error: error)
      try GSL.check(status, name, accepting: isGood ? [Int32(GSL_EROUND)] : [], value: result)
      return result
    }
  }

  /// Quadrature with 21 to 87 points, for smooth functions.
  ///
  /// GSL: `gsl_integration_qng`. Error: the library's estimate.
  /// - Throws: `GSLFailure` if 87 points do not reach the requested relative error, or any error of the integrand.
  public static func smooth(
    _ range: ClosedRange<Double>, relative: Double = 1e-13, _ function: (Double) throws -> Double
  ) throws -> OracleValue {
    try FunctionBox.with(function) { cFunction in
      var (value, error, count) = (0.0, 0.0, 0)
      let status = gsl_integration_qng(
        cFunction, range.lowerBound, range.upperBound, 0, relative, &value, &error, &count)
      let result = OracleValue(value: value, error: error)
      try GSL.check(status, "gsl_integration_qng", value: result)
      return result
    }
  }

  /// Nodes and weights of the rule of Gauss and Legendre.
  ///
  /// GSL: `gsl_integration_glfixed_table_alloc`, `gsl_integration_glfixed_point`. Only the numbers of points that the
  /// library tabulates are accepted: others have errors of up to 1e-10.
  public struct GaussLegendre: Sendable {
    /// Nodes in −1...1.
    public let nodes: [Double]
    /// The weights of the nodes; their sum is 2.
    public let weights: [Double]

    private static let tabulated = Set(Array(2...20) + [32, 64, 96, 100, 128, 256, 512, 1024])

    /// A rule of `count` points.
    /// - Throws: `GSLFailure` for a number of points that the library does not tabulate.
    public init(_ count: Int) throws(GSLFailure) {
      GSL.prepare()
      try GSL.require(
        Self.tabulated.contains(count), "gsl_integration_glfixed_table_alloc",
        "\(count) points are not tabulated: 2 to 20, 32, 64, 96, 100, 128, 256, 512, 1024 are")
      guard let table = gsl_integration_glfixed_table_alloc(count) else {
        throw GSLFailure(code: 8, function: "gsl_integration_glfixed_table_alloc", reason: "no memory", value: nil)
      }
      defer { gsl_integration_glfixed_table_free(table) }
      var points: [(node: Double, weight: Double)] = []
      for index in 0..<count {
        var (node, weight) = (0.0, 0.0)
        try GSL.check(
          gsl_integration_glfixed_point(-1, 1, index, &node, &weight, table), "gsl_integration_glfixed_point")
        points.append((node, weight))
      }
      nodes = points.map(\.node)
      weights = points.map(\.weight)
    }

    /// The integral of a function over an interval.
    @inlinable
    public func integrate(_ from: Double, _ to: Double, _ function: (Double) throws -> Double) rethrows -> Double {
      let (middle, half) = ((from + to) / 2, (to - from) / 2)
      var sum = 0.0
      for index in nodes.indices { sum += weights[index] * (try function(middle + half * nodes[index])) }
      return half * sum
    }
  }

  /// The integral of exp(−b x²)·f(x) over all x by the rule of Gauss and Hermite.
  ///
  /// GSL: `gsl_integration_fixed_alloc` with `gsl_integration_fixed_hermite`. Exact for polynomials f of degree below
  /// 2·`count`; the error is the difference to the rule of two points fewer, at least 1e-14 relative.
  public static func hermite(
    _ count: Int, exponent b: Double, _ function: (Double) throws -> Double
  ) throws -> OracleValue {
    try FunctionBox.with(function) { cFunction in
      func rule(_ count: Int) throws(GSLFailure) -> Double {
        guard let workspace = gsl_integration_fixed_alloc(cgsl_hermite(), count, 0, b, 0, 0) else {
          throw GSLFailure(code: 8, function: "gsl_integration_fixed_alloc", reason: "no such rule", value: nil)
        }
        defer { gsl_integration_fixed_free(workspace) }
        var value = 0.0
        try GSL.check(gsl_integration_fixed(cFunction, &value, workspace), "gsl_integration_fixed")
        return value
      }
      let value = try rule(count)
      return OracleValue(value: value, error: max(1e-14 * abs(value), abs(value - (try rule(count - 2)))))
    }
  }
}
