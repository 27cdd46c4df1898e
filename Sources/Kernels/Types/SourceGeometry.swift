/// A source as pixels see it.
package struct SourceGeometry: Sendable {
  /// The direction of the incident ray.
  package var direction = (x: 0.0, y: 0.0, z: 0.0)
  /// One over the wavelength, in 1/m.
  package var waveNumber = 0.0
  /// The direction across the beam, along the electric vector.
  package var along = (x: 0.0, y: 0.0, z: 0.0)
  /// The direction across the beam and across the electric vector.
  package var across = (x: 0.0, y: 0.0, z: 0.0)
  /// Kahn's factor.
  package var kahnFactor = 0.0

  /// A source to be filled in.
  package init() {}
}
