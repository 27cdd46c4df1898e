/// The loops over the pixels of a block for what the pixels see: directions, factors, photons.
package protocol PixelKernels: AnyObject, Sendable {
  /// The unit vectors from the sample to a row of sub-pixels, and their distances, in m. `fast` says where the sub-pixels
  /// lie along the fast axis, in m.
  func directions(
    of row: borrowing SubPixelRow, at fast: BlockInput, into directions: BlockVectors, distances: BlockOutput)
  /// The scattering vectors of a source, in 1/m.
  func scatteringVectors(
    of directions: BlockVectors, count: Int, source: borrowing SourceGeometry, into vectors: BlockVectors)
  /// The polarization factors of a source.
  func polarizations(
    of directions: BlockVectors, count: Int, source: borrowing SourceGeometry, into factors: BlockOutput)
  /// The fraction of each ray that a layer captures. `parallax` is the cosine to the normal, positive; `depths` are those of
  /// the layer's faces in attenuation lengths, at least 0.
  func captures(
    parallax: BlockInput, count: Int, depths: (front: Double, back: Double), into fractions: BlockOutput)
  /// The solid angles of pixels of a flat detector, in sr: area times distance of the plane over the cube of the distance.
  func solidAngles(distances: BlockInput, count: Int, areaTimesDistance: Double, into solidAngles: BlockOutput)
  /// Photons from sums, one of each pixel that there is room for. A negative zero becomes a positive one. Any count.
  func photons(from sums: BlockInput, factors: PhotonFactors, into photons: UnsafeMutableBufferPointer<Float>)
}
