/// The loops over finished pixels, any number of them. The numbers are the same for all instruction sets.
package protocol ImageKernels: AnyObject, Sendable {
  /// The sum of numbers.
  func sum(of numbers: BlockInput) -> Double
  /// Pixels as counts: scaled, offset, clipped to 0 … 65535, and rounded by adding one half in single precision. What is
  /// not a number becomes 0.
  func counts(
    of pixels: UnsafeBufferPointer<Float>, scale: Double, offset: Double,
    into counts: UnsafeMutableBufferPointer<UInt16>)
  /// Pixels as grey values: scaled, the fraction cut off, above 255 as 255; what is below zero or not a number as the
  /// low bits of the number cut to 32 bits.
  func greys(of pixels: UnsafeBufferPointer<Float>, scale: Double, into greys: UnsafeMutableBufferPointer<UInt8>)
}
