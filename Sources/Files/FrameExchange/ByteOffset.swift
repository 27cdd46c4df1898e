/// The byte-offset compression of CBF: differences between neighbours, in as few bytes as they need
/// (Bernstein & Hammersley, International Tables for Crystallography G, 2005, chapter 2.3).
///
/// A difference takes 1 byte if it fits. The least value of 1, 2 or 4 bytes announces a difference of twice that size.
public enum ByteOffset {
  /// Compresses pixels, in their order; the first one is stored as its difference from 0.
  public static func compress(_ pixels: [Int32]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(pixels.count + pixels.count / 8)
    func append<Number: FixedWidthInteger>(_ number: Number) {
      withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }
    var last: Int64 = 0
    for pixel in pixels {
      let difference = Int64(pixel) - last
      last = Int64(pixel)
      if let short = Int8(exactly: difference), short != .min {
        append(short)
        continue
      }
      append(Int8.min)
      if let short = Int16(exactly: difference), short != .min {
        append(short)
        continue
      }
      append(Int16.min)
      if let short = Int32(exactly: difference), short != .min {
        append(short)
        continue
      }
      append(Int32.min)
      append(difference)
    }
    return bytes
  }

  /// Restores pixels.
  /// - Parameters:
  ///   - bytes: The compressed pixels; further bytes may follow them.
  ///   - count: The number of pixels.
  ///   - isUnsigned: Whether counts go up to 2³² - 1. The two highest mark pixels without a measurement and become -1
  ///     and -2; other counts above 2³¹ - 1 become 2³¹ - 1.
  /// - Returns: The pixels, or `Damage` if the bytes end early or a pixel does not fit 32 bits.
  public static func restore(_ bytes: ArraySlice<UInt8>, count: Int, isUnsigned: Bool = false) -> Result<
    [Int32], Damage
  > {
    // Each pixel takes at least one byte.
    guard count <= bytes.count else { return .failure(Damage(pixel: bytes.count)) }
    var pixels: [Int32] = []
    pixels.reserveCapacity(count)
    return bytes.withUnsafeBytes { buffer in
      var (position, last) = (0, Int64(0))
      func next<Number: FixedWidthInteger>(_: Number.Type) -> Number? {
        let size = MemoryLayout<Number>.size
        guard position + size <= buffer.count else { return nil }
        defer { position += size }
        return Number(littleEndian: buffer.loadUnaligned(fromByteOffset: position, as: Number.self))
      }
      func difference() -> Int64? {
        guard let one = next(Int8.self) else { return nil }
        if one != .min { return Int64(one) }
        guard let two = next(Int16.self) else { return nil }
        if two != .min { return Int64(two) }
        guard let four = next(Int32.self) else { return nil }
        return four != .min ? Int64(four) : next(Int64.self)
      }
      while pixels.count < count {
        guard let step = difference() else { return .failure(Damage(pixel: pixels.count)) }
        let (sum, overflow) = last.addingReportingOverflow(step)
        func unsigned() -> Int32? {
          guard isUnsigned, let count = UInt32(exactly: sum) else { return nil }
          return count >= .max - 1 ? Int32(bitPattern: count) : .max
        }
        guard !overflow, let pixel = Int32(exactly: sum) ?? unsigned() else {
          return .failure(Damage(pixel: pixels.count))
        }
        pixels.append(pixel)
        last = sum
      }
      return .success(pixels)
    }
  }

  /// Damage to compressed pixels.
  public struct Damage: Error, Sendable, Hashable {
    /// The index of the first pixel that cannot be restored; the number of bytes if there are fewer bytes than pixels.
    public let pixel: Int

    /// Damage at the pixel with this index.
    public init(pixel: Int) { self.pixel = pixel }
  }
}
