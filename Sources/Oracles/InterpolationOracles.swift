internal import CGSL

/// The polynomial through equidistant nodes. It is unique, so that all formulas for it must agree.
public enum InterpolationOracles {
  /// The cubic through four nodes at `first`, `first` + 1, …, by Newton's divided differences.
  ///
  /// GSL: `gsl_poly_dd_init`, `gsl_poly_dd_eval`. Accuracy between the outer nodes: 16 ε times the largest ordinate;
  /// the abscissae must be exact, so |first| below 2^50.
  public static func cubic(_ x: Double, first: Double, _ ordinates: [Double]) throws(GSLFailure) -> OracleValue {
    GSL.prepare()
    try GSL.require(ordinates.count == 4, "gsl_poly_dd_init", "four ordinates are needed")
    let nodes = (0..<4).map { first + Double($0) }
    var differences = [Double](repeating: 0, count: 4)
    try GSL.check(gsl_poly_dd_init(&differences, nodes, ordinates, 4), "gsl_poly_dd_init")
    let value = gsl_poly_dd_eval(differences, nodes, 4, x)
    return OracleValue(value: value, error: 16 * .ulpOfOne * (ordinates.map(abs).max() ?? 0))
  }

  /// The cubic through four nodes at `first`, `first` + 1, …, by the library's polynomial interpolation.
  ///
  /// GSL: `gsl_interp_init`, `gsl_interp_eval_e`. Accuracy between the outer nodes: 16 ε times the largest ordinate.
  public static func cubicByInterpolation(
    _ x: Double, first: Double, _ ordinates: [Double]
  ) throws(GSLFailure) -> OracleValue {
    GSL.prepare()
    try GSL.require(ordinates.count == 4, "gsl_poly_dd_init", "four ordinates are needed")
    let nodes = (0..<4).map { first + Double($0) }
    guard let interpolation = gsl_interp_alloc(cgsl_polynomial(), 4) else {
      throw GSLFailure(code: 8, function: "gsl_interp_alloc", reason: "no memory", value: nil)
    }
    defer { gsl_interp_free(interpolation) }
    try GSL.check(gsl_interp_init(interpolation, nodes, ordinates, 4), "gsl_interp_init")
    var value = 0.0
    try GSL.check(gsl_interp_eval_e(interpolation, nodes, ordinates, x, nil, &value), "gsl_interp_eval_e")
    return OracleValue(value: value, error: 16 * .ulpOfOne * (ordinates.map(abs).max() ?? 0))
  }

  /// The tricubic value inside a block of 4 × 4 × 4 nodes, by cubics along the third, the second, then the first index.
  ///
  /// Accuracy: 3 · 16 ε · (5/4)³ times the largest ordinate (the Lebesgue constant of four nodes, middle interval).
  /// - Parameters:
  ///   - point: The three coordinates, each in the middle interval of its nodes.
  ///   - first: The coordinates of the first node.
  ///   - node: The ordinate at the node (i, j, k), each 0 to 3.
  public static func tricubic(
    _ point: SIMD3<Double>, first: SIMD3<Double>, _ node: (Int, Int, Int) -> Double
  ) throws(GSLFailure) -> OracleValue {
    let offset = point - first
    try GSL.require(
      (0..<3).allSatisfy { (1...2).contains(offset[$0]) }, "tricubic", "the point must lie between the middle nodes")
    var largest = 0.0
    var alongFirst: [Double] = []
    for i in 0..<4 {
      var alongSecond: [Double] = []
      for j in 0..<4 {
        let ordinates = (0..<4).map { node(i, j, $0) }
        largest = max(largest, ordinates.map(abs).max() ?? 0)
        alongSecond.append(try cubic(point.z, first: first.z, ordinates).value)
      }
      alongFirst.append(try cubic(point.y, first: first.y, alongSecond).value)
    }
    let value = try cubic(point.x, first: first.x, alongFirst).value
    return OracleValue(value: value, error: 3 * 16 * .ulpOfOne * 1.953125 * largest)
  }
}
