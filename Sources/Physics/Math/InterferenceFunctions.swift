import Glibc

/// The scalar special functions of the lattice factor, evaluated as the reference program does (spec/30 §12).
public enum InterferenceFunctions {
  /// The one-dimensional grating amplitude sin(N x)/sin(x) of N equal scatterers (C name `sincg`).
  ///
  /// Conditioning: a relative error ε of x becomes about ε·|x|·N/|tan(N x)| of the result; at a non-zero multiple
  /// of π both sines are rounding noise, and the quotient may exceed N by orders of magnitude.
  /// - Parameters:
  ///   - x: The phase π·h, in radians; finite.
  ///   - count: The number of scatterers N, at least 1.
  /// - Returns: The amplitude; exactly N if x is exactly zero.
  public static func grating(_ x: Double, count: Double) -> Double {
    x == 0 ? count : sin(x * count) / sin(x)
  }

  /// The amplitude of a uniform sphere, 3 (sin x/x − cos x)/x² (C name `sinc3`; Rayleigh, 1910).
  ///
  /// Conditioning: the absolute error grows as 3ε/x² below x = 1; the result is 1 only at x = 0 exactly.
  /// - Parameter x: π times the diameter in index units, not negative.
  public static func sphere(_ x: Double) -> Double {
    x == 0 ? 1 : 3.0 * (sin(x) / x - cos(x)) / (x * x)
  }

  /// The grating amplitude from the offset to the nearest whole index: (−1)^(h0 (N−1)) sin(π N δ)/sin(π δ).
  ///
  /// Well conditioned everywhere: the subtraction h − h0 is exact.
  /// - Parameters:
  ///   - offset: δ = h − h0, at most ½ in magnitude.
  ///   - node: The nearest whole index h0.
  ///   - count: The number of scatterers N, a whole number of at least 1.
  public static func grating(offset: Double, node: Double, count: Double) -> Double {
    let amplitude = grating(Double.pi * offset, count: count)
    let isOdd = node.truncatingRemainder(dividingBy: 2) != 0 && count.truncatingRemainder(dividingBy: 2) == 0
    return isOdd ? -amplitude : amplitude
  }

  /// The amplitude of a uniform sphere without cancellation: below x = 1 the series Σ (−x²/2)^k · 3/(k! (2k + 3)!!)
  /// (Abramowitz and Stegun, 1964, 10.1.2).
  ///
  /// Conditioning: a few ε absolute everywhere.
  /// - Parameter x: π times the diameter in index units, not negative.
  public static func sphereBySeries(_ x: Double) -> Double {
    guard x < 1 else { return sphere(x) }
    var (sum, term) = (1.0, 1.0)
    for k in 1...9 {
      term *= -x * x / Double(2 * k * (2 * k + 3))
      sum += term
    }
    return sum
  }

  /// The cubic through four equidistant nodes, in the form of Lagrange (1795).
  /// - Parameters:
  ///   - x: The abscissa.
  ///   - first: The abscissa of the first node; the others follow at distance 1.
  ///   - y0: The ordinate of the first node.
  ///   - y1: The ordinate of the second node.
  ///   - y2: The ordinate of the third node.
  ///   - y3: The ordinate of the fourth node.
  public static func cubic(
    _ x: Double, first: Double, _ y0: Double, _ y1: Double, _ y2: Double, _ y3: Double
  ) -> Double {
    let (x0, x1, x2, x3) = (first, first + 1, first + 2, first + 3)
    let term0 = (x - x1) * (x - x2) * (x - x3) * y0 / ((x0 - x1) * (x0 - x2) * (x0 - x3))
    let term1 = (x - x0) * (x - x2) * (x - x3) * y1 / ((x1 - x0) * (x1 - x2) * (x1 - x3))
    let term2 = (x - x0) * (x - x1) * (x - x3) * y2 / ((x2 - x0) * (x2 - x1) * (x2 - x3))
    let term3 = (x - x0) * (x - x1) * (x - x2) * y3 / ((x3 - x0) * (x3 - x1) * (x3 - x2))
    return term0 + term1 + term2 + term3
  }
}
