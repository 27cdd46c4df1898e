import Glibc

/// Poisson deviates as the reference program draws them, in a mixture of single and double precision (C name `poidev`;
/// docs/reference/60-random-numbers.md §5).
public enum PoissonDeviates {
  /// The logarithm of the gamma function (Lanczos, 1964; C name `gammln`), argument and result in single precision.
  /// - Parameter x: The argument, greater than zero.
  public static func logGamma(_ x: Float) -> Float {
    let coefficients = [
      76.18009172947146, -86.50532032941677, 24.01409824083091, -1.231739572450155, 0.1208650973866179e-2,
      -0.5395239384953e-5,
    ]
    let argument = Double(x)
    var shifted = argument + 5.5
    shifted -= (argument + 0.5) * log(shifted)
    var series = 1.000000000190015
    for (index, coefficient) in coefficients.enumerated() {
      series += coefficient / (argument + Double(index + 1))
    }
    return Float(-shifted + log(2.5066282746310005 * series / argument))
  }

  /// Draws one deviate.
  ///
  /// For means above 10⁶ the deviate is normal and not a whole number. For means from 12 to 10⁶ candidates from a
  /// Lorentzian are accepted or rejected. For smaller means uniform deviates are multiplied (Knuth, 1969).
  /// - Parameters:
  ///   - mean: The expected count, not negative; a not-a-number is returned after two uniform deviates.
  ///   - generator: The shared generator.
  ///   - stream: The state of the stream.
  ///   - precision: The precision of the elementary functions.
  public static func draw(
    mean: Float, from generator: inout UniformDeviates, stream: inout Int, _ precision: RandomPrecision = .mixed
  ) -> Float {
    if mean > 1_000_000 {
      return Float(
        Double(mean) + Double(mean).squareRoot() * Double(generator.nextGaussian(&stream, precision)))
    }
    if mean < 12 {
      let threshold = Float(exp(-Double(mean)))
      var count: Float = -1
      var product: Float = 1
      repeat {
        count += 1
        product *= generator.next(&stream)
      } while product > threshold
      return count
    }
    return rejection(mean: mean, from: &generator, stream: &stream, precision)
  }

  /// Draws one deviate by the methods of `draw`, in double precision throughout. A deviate of a finite mean is a whole
  /// number.
  /// - Parameters:
  ///   - mean: The expected count. A mean that is negative, infinite or not a number is returned unchanged.
  ///   - generator: The shared generator.
  ///   - stream: The state of the stream.
  public static func drawWhole(
    mean: Double, from generator: inout UniformDeviates, stream: inout Int
  ) -> Double {
    guard mean.isFinite, mean >= 0 else { return mean }
    if mean > 1_000_000 { return (mean + mean.squareRoot() * Double(generator.nextGaussian(&stream))).rounded() }
    if mean < 12 {
      let threshold = exp(-mean)
      var (count, product) = (-1.0, 1.0)
      repeat {
        count += 1
        product *= Double(generator.next(&stream))
      } while product > threshold
      return count
    }
    let (width, logMean) = ((2 * mean).squareRoot(), log(mean))
    let offset = mean * logMean - logFactorial(mean)
    while true {
      var y: Double
      var count: Double
      repeat {
        y = tan(Double.pi * Double(generator.next(&stream)))
        count = width * y + mean
      } while count < 0
      count = count.rounded(.down)
      let acceptance = 0.9 * (1 + y * y) * exp(count * logMean - logFactorial(count) - offset)
      if Double(generator.next(&stream)) <= acceptance { return count }
    }
  }

  private static func logFactorial(_ number: Double) -> Double {
    var sign: Int32 = 0
    return lgamma_r(number + 1, &sign)
  }

  private static func rejection(
    mean: Float, from generator: inout UniformDeviates, stream: inout Int, _ precision: RandomPrecision
  ) -> Float {
    let width = Float((2.0 * Double(mean)).squareRoot())
    let logMean = Float(precision.logarithm(mean))
    let offset = mean * logMean - logGamma(Float(Double(mean) + 1.0))
    while true {
      var y: Float
      var count: Float
      repeat {
        y = precision.tangent(Double.pi * Double(generator.next(&stream)))
        count = width * y + mean
      } while count < 0
      count = count.rounded(.down)
      let exponent = count * logMean - logGamma(Float(Double(count) + 1.0)) - offset
      let acceptance = Float(0.9 * (1.0 + Double(y * y)) * precision.exponential(exponent))
      if !(generator.next(&stream) > acceptance) { return count }
    }
  }
}
