/// Numbers of a block that are read. A build without optimisation checks every index.
public typealias BlockInput = UnsafeBufferPointer<Double>
/// Numbers of a block that are written. A build without optimisation checks every index.
public typealias BlockOutput = UnsafeMutableBufferPointer<Double>
/// Where the reflections next to the pixels of a block are in the table.
package typealias TableIndices = UnsafeMutableBufferPointer<Int32>

/// One vector per pixel of a block: one loop writes the vectors, others read them.
package struct BlockVectors {
  /// The components along x.
  package var x: BlockOutput
  /// The components along y.
  package var y: BlockOutput
  /// The components along z.
  package var z: BlockOutput

  /// Vectors of three arrays.
  package init(x: BlockOutput, y: BlockOutput, z: BlockOutput) { (self.x, self.y, self.z) = (x, y, z) }
}

/// Three fractional indices per pixel of a block: one loop writes the indices, another reads them.
package struct BlockIndices {
  /// The indices along a.
  package var h: BlockOutput
  /// The indices along b.
  package var k: BlockOutput
  /// The indices along c.
  package var l: BlockOutput

  /// Indices of three arrays.
  package init(h: BlockOutput, k: BlockOutput, l: BlockOutput) { (self.h, self.k, self.l) = (h, k, l) }
}

/// The sums of a block before and after a step. The type is public, as only then other modules make one without a call.
@frozen
public struct RunningSums {
  /// The sums that the step finds.
  public var before: BlockInput
  /// The sums that the step leaves; another array than `before`.
  public var after: BlockOutput

  /// The sums of two arrays.
  @inlinable
  public init(before: BlockInput, after: BlockOutput) { (self.before, self.after) = (before, after) }
}

/// The factors that turn the sums of a block into photons.
package struct PhotonFactors {
  /// The factor that all pixels share.
  package var common: Double
  /// The fractions of the rays that are captured.
  package var capture: BlockInput
  /// The polarization factors.
  package var polarization: BlockInput
  /// The solid angles, in sr.
  package var solidAngle: BlockInput

  /// Factors that are applied once, at the end of a pixel.
  package init(common: Double, capture: BlockInput, polarization: BlockInput, solidAngle: BlockInput) {
    (self.common, self.capture, self.polarization, self.solidAngle) = (common, capture, polarization, solidAngle)
  }
}
