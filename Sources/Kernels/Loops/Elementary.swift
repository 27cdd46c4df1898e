// Elementary functions without branches, so that loops over them become vector code. `Tests/PropertyTests/Kernels/KernelFunctionTests.swift`
// states and tests their errors. `coefficients.py` computes the polynomials, to the last bit; `coefficients.md` tells how far
// they are from the functions.

/// a·b + c; rounded once where the instruction set can.
@inline(__always)
func fused(_ a: Double, _ b: Double, _ c: Double) -> Double {
  #if FUSED
    return c.addingProduct(a, b)
  #else
    return a * b + c
  #endif
}

/// The nearest whole number, ties to even, of a number below 2⁵¹.
@inline(__always)
func nearest(_ x: Double) -> Double { (x + 0x1.8p52) - 0x1.8p52 }

/// The bits of a whole number below 2³¹ in magnitude.
@inline(__always)
func bits(_ whole: Double) -> Int64 { Int64(bitPattern: (whole + 0x1.8p52).bitPattern) }

/// The logarithm of e to base 2.
let log2e = 1.4426950408889634

/// One of two numbers, both of which are computed: a conditional expression would become a branch, and the loop would not
/// become vector code.
@inline(__always)
func select(_ condition: Bool, _ a: Double, _ b: Double) -> Double {
  let mask: UInt64 = condition ? .max : 0
  return Double(bitPattern: a.bitPattern & mask | b.bitPattern & ~mask)
}

/// sin(πx)/π for |x| ≤ ½: x + x³ q(x²), q of degree 6 by Remez' exchange (1934) with the relative error as its measure. The
/// first coefficient is near −π²/6, that of the series.
@inline(__always)
func sinePi(_ x: Double) -> Double {
  let u = x * x
  var q = -6.7260892220532275e-06
  q = fused(q, u, 0.0001483275984614823)
  q = fused(q, u, -0.0023460596727262937)
  q = fused(q, u, 0.02614784532831594)
  q = fused(q, u, -0.19075182396620136)
  q = fused(q, u, 0.811742425278698)
  q = fused(q, u, -1.644934066848179)
  return fused(x * u, q, x)
}

/// cos(πx) for |x| ≤ ½: 1 + x² q(x²), q of degree 7, absolute error as the measure. The first coefficient is near −π²/2.
@inline(__always)
func cosinePi(_ x: Double) -> Double {
  let u = x * x
  var q = 4.150749549701468e-06
  q = fused(q, u, -0.00010456780674079163)
  q = fused(q, u, 0.001929556817648621)
  q = fused(q, u, -0.025806888862629232)
  q = fused(q, u, 0.23533063014598135)
  q = fused(q, u, -1.335262768844664)
  q = fused(q, u, 4.058712126416545)
  q = fused(q, u, -4.934802200544677)
  return fused(q, u, 1)
}

/// 2⁻ˣ for x ≥ 0; zero from 1022 on. A polynomial of degree 10 in the distance to the nearest whole number, by Remez'
/// exchange: 1 + t q(t) for |t| ≤ ½, relative error as the measure. The coefficient of t is near −ln 2.
@inline(__always)
func halving(_ x: Double) -> Double {
  let y = x < 1022 ? x : 1022
  let n = nearest(y)
  let t = y - n
  var q = 7.038177582944034e-09
  q = fused(q, t, -1.0208322699563505e-07)
  q = fused(q, t, 1.321565362039448e-06)
  q = fused(q, t, -1.5252659429514336e-05)
  q = fused(q, t, 0.00015403529994153145)
  q = fused(q, t, -0.001333355822579635)
  q = fused(q, t, 0.009618129107983263)
  q = fused(q, t, -0.055504108664481855)
  q = fused(q, t, 0.240226506959091)
  q = fused(q, t, -0.6931471805599492)
  let value = fused(q, t, 1)
  let scaled = Double(bitPattern: UInt64(bitPattern: Int64(bitPattern: value.bitPattern) &- (bits(n) << 52)))
  return select(x < 1022, scaled, 0)
}

/// The amplitude of a uniform sphere, 3 (sin x − x cos x)/x³ with x = πr, r > 0 and below 2⁵¹, but for its sign, which the
/// reduction of the phase to the nearest multiple of π changes in both terms (Rayleigh, 1910). Not for small r, where the
/// terms cancel. The constant is 3/π²: 3 (sin x − x cos x)/x³ = 3/π² (sin x/π − r cos x)/r³.
@inline(__always)
func distantSphere(_ r: Double) -> Double {
  let g = r - nearest(r)
  return 0.30396355092701331433 * (sinePi(g) - r * cosinePi(g)) / (r * r * r)
}

/// The same for all r ≥ 0: a polynomial of degree 7 in r² below ½, of Remez' exchange with the relative error as its measure.
/// Its constant is free, and 1 when rounded; the coefficient of r² is near −π²/10.
@inline(__always)
func sphere(_ r: Double) -> Double {
  let v = r * r
  var q = -1.1913808587309225e-06
  q = fused(q, v, 2.9669586959846053e-05)
  q = fused(q, v, -0.0005413998677018777)
  q = fused(q, v, 0.007131230814490486)
  q = fused(q, v, -0.06358394134766875)
  q = fused(q, v, 0.34788961083488473)
  q = fused(q, v, -0.9869604401089257)
  q = fused(q, v, 1.0)
  return select(r < 0.5, q, distantSphere(r))
}
