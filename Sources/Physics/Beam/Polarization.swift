import Glibc

extension Formulas {
  /// The polarization factor of a scattered ray (Kahn et al., 1982; C name `polarization_factor`;
  /// docs/reference/40-beam-and-sampling.md §7).
  public struct Polarization: Sendable, Hashable {
    /// The polarization factor P, dimensionless (C name `polar`); in 0...1 for |K| ≤ 1.
    public let factor: Number
    /// The unit vector of the incident ray, normalised once more because the reference program normalises its argument in
    /// place.
    public let incident: Vector3
    /// The unit vector of the diffracted ray, normalised once more like `incident`.
    public let diffracted: Vector3

    /// Evaluates P = ½ (1 + c² − K cos 2ψ (1 − c²)), where c is the cosine of the scattering angle 2θ and ψ is the
    /// azimuth of the diffracted ray about the beam, counted from the electric vector.
    /// - Parameters:
    ///   - kahnFactor: K in −1...1, the fraction polarised along the axis minus the fraction across (C name
    ///     `polarization`).
    ///   - incident: Unit vector of the incident ray.
    ///   - diffracted: Unit vector of the diffracted ray.
    ///   - axis: The nominal direction of the electric vector, of any length. If the axis is parallel to the beam, ψ is
    ///     zero.
    @inline(__always)
    public init(kahnFactor: Number, incident: Vector3, diffracted: Vector3, axis: Vector3) {
      let i = incident.normalized
      let d = diffracted.normalized
      let c = i.dot(d)
      let c2 = c * c
      let s2 = 1.0 - c2
      var psi: Number = 0
      if kahnFactor != 0 {
        let b = axis.normalized.cross(i).normalized
        let e = i.cross(b).normalized
        psi = -atan2(d.dot(b), d.dot(e))
      }
      self.factor = 0.5 * (1.0 + c2 - kahnFactor * cos(2 * psi) * s2)
      self.incident = i
      self.diffracted = d
    }

    /// A factor of another law than that of this simulator.
    package init(factor: Number, incident: Vector3, diffracted: Vector3) {
      (self.factor, self.incident, self.diffracted) = (factor, incident, diffracted)
    }
  }
}
