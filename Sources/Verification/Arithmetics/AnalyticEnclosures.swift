import Physics

/// The analytic references in exact arithmetic: what an oracle of the GNU Scientific Library estimates, enclosed at the
/// precision of the context. The formulas are those of the oracles' sources, and share no code with the simulator's.
package enum AnalyticEnclosures {
  /// sin(πx)/π.
  package static func sinePi(_ x: Double) -> Enclosure { .sine(.pi * Enclosure(x)) / .pi }

  /// cos(πx).
  package static func cosinePi(_ x: Double) -> Enclosure { .cosine(.pi * Enclosure(x)) }

  /// The grating amplitude sin(N x)/sin(x) as the sum of its phases, Σ cos((2j − N + 1) x), j = 0 … N − 1 (Dirichlet,
  /// 1829): no quotient, so that every x has an enclosure.
  package static func grating(_ x: Double, count: Int) -> Enclosure {
    (0..<count).reduce(Enclosure(0.0)) { $0 + .cosine(Enclosure(2 * $1 - count + 1) * Enclosure(x)) }
  }

  /// The amplitude of a uniform sphere, 3 (sin x − x cos x)/x³ (Rayleigh, 1910); 1 at zero.
  package static func sphere(_ x: Double) -> Enclosure {
    guard x != 0 else { return 1 }
    let x = Enclosure(x)
    return 3 * (.sine(x) - x * .cosine(x)) / (x * x * x)
  }

  /// The solid angle of a rectangle at a distance, by its four corners (Khadjavi, 1968).
  package static func rectangle(
    _ x: ClosedRange<Double>, _ y: ClosedRange<Double>, distance: Double
  ) -> Enclosure {
    let d = Enclosure(distance)
    func corner(_ x: Double, _ y: Double) -> Enclosure {
      let (x, y) = (Enclosure(x), Enclosure(y))
      return .arcTangent(y: x * y, x: d * (x * x + y * y + d * d).squareRoot())
    }
    return corner(x.upperBound, y.upperBound) - corner(x.upperBound, y.lowerBound)
      - corner(x.lowerBound, y.upperBound) + corner(x.lowerBound, y.lowerBound)
  }

  /// The fraction that a slab captures: the difference of two exponentials (Beer and Lambert).
  package static func capture(_ depths: ClosedRange<Double>, attenuation: Double, cosine: Double) -> Enclosure {
    let rate = Enclosure(attenuation) / Enclosure(cosine)
    return .exponential(-(rate * Enclosure(depths.lowerBound))) - .exponential(-(rate * Enclosure(depths.upperBound)))
  }

  /// The polarization factor by the projections of the electric vectors on the diffracted ray, all by scalar products:
  /// with a across the beam, (d·E)² = (d·a − (a·k)(d·k))²/(a·a − (a·k)²) for unit k and d, and the rest of 1 − (d·k)² is
  /// (d·B)² (Kahn et al., 1982).
  package static func polarization(
    kahnFactor: Double, incident: SIMD3<Double>, diffracted: SIMD3<Double>, axis: SIMD3<Double>
  ) -> Enclosure {
    func dot(_ u: SIMD3<Double>, _ v: SIMD3<Double>) -> Enclosure {
      Enclosure(u.x) * Enclosure(v.x) + Enclosure(u.y) * Enclosure(v.y) + Enclosure(u.z) * Enclosure(v.z)
    }
    let (kk, dd, aa) = (dot(incident, incident), dot(diffracted, diffracted), dot(axis, axis))
    let (ak, dk, da) = (dot(axis, incident), dot(diffracted, incident), dot(diffracted, axis))
    let across = da - ak * dk / kk
    let alongE = across * across / ((aa - ak * ak / kk) * dd)
    let alongB = 1 - dk * dk / (kk * dd) - alongE
    let k = Enclosure(kahnFactor)
    return (1 + k) / 2 * (1 - alongE) + (1 - k) / 2 * (1 - alongB)
  }

  /// The length of the scattering vector, √(2 − 2 cos 2θ)/λ (Bragg, 1913).
  package static func scatteringVectorLength(
    incident: SIMD3<Double>, diffracted: SIMD3<Double>, wavelength: Double
  ) -> Enclosure {
    func unit(_ v: SIMD3<Double>) -> [Enclosure] {
      let parts = [Enclosure(v.x), Enclosure(v.y), Enclosure(v.z)]
      let length = (parts[0] * parts[0] + parts[1] * parts[1] + parts[2] * parts[2]).squareRoot()
      return parts.map { $0 / length }
    }
    let differences = zip(unit(diffracted), unit(incident)).map { $0 - $1 }
    let square = differences.reduce(Enclosure(0.0)) { $0 + $1 * $1 }
    return square.squareRoot() / Enclosure(wavelength)
  }

  /// The Lorentz factor 1/sin 2θ.
  package static func lorentzFactor(twoTheta: Double) -> Enclosure { 1 / Enclosure.sine(Enclosure(twoTheta)) }
}
