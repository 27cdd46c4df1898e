/// A row of sub-pixels of a flat detector: where they are.
package struct PixelJob: Sendable {
  /// The number of pixels, a multiple of `StepJob.lanes`.
  package var count = 0
  /// The fast axis.
  package var axis = (x: 0.0, y: 0.0, z: 0.0)
  /// The slow coordinate times the slow axis, in m.
  package var slow = (x: 0.0, y: 0.0, z: 0.0)
  /// The depth times the normal, in m.
  package var depth = (x: 0.0, y: 0.0, z: 0.0)
  /// The corner of the detector, in m.
  package var origin = (x: 0.0, y: 0.0, z: 0.0)

  /// A job to be filled in.
  package init() {}
}

/// A source as pixels see it.
package struct SourceJob: Sendable {
  /// The direction of the incident ray.
  package var direction = (x: 0.0, y: 0.0, z: 0.0)
  /// One over the wavelength, in 1/m.
  package var waveNumber = 0.0
  /// The directions across the beam, along and across the electric vector.
  package var along = (x: 0.0, y: 0.0, z: 0.0)
  /// See `along`.
  package var across = (x: 0.0, y: 0.0, z: 0.0)
  /// Kahn's factor.
  package var kahnFactor = 0.0

  /// A source to be filled in.
  package init() {}
}
