#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

extension Array where Element: BitwiseCopyable {
  /// An array whose elements are all written by `fill`. The memory of a large one comes in large pages where the system has
  /// them, and at once where not: the first touch of a small page costs as much as hundreds of steps.
  /// - Parameters:
  ///   - count: The number of elements.
  ///   - fill: Writes every element.
  package init<Failure: Error>(
    large count: Int, _ fill: (UnsafeMutableBufferPointer<Element>) throws(Failure) -> Void
  ) throws(Failure) {
    self = try [Element](unsafeUninitializedCapacity: count) { (buffer, filled) throws(Failure) in
      let part = UnsafeMutableBufferPointer(rebasing: buffer[..<count])
      Self.prepare(UnsafeMutableRawBufferPointer(part))
      try fill(part)
      filled = count
    }
  }

  /// Advice about pages that lie in a piece of memory as a whole. A system that does not take it says no, which does no
  /// harm.
  private static func prepare(_ memory: UnsafeMutableRawBufferPointer) {
    #if os(Linux)
      guard memory.count >= 1 << 20 else { return }
      let populateWrite: Int32 = 23  // MADV_POPULATE_WRITE, Linux 5.14
      for (size, advice) in [(1 << 21, MADV_HUGEPAGE), (1 << 12, populateWrite)] {
        let start = (Int(bitPattern: memory.baseAddress) + size - 1) & ~(size - 1)
        let end = (Int(bitPattern: memory.baseAddress) + memory.count) & ~(size - 1)
        if end > start { _ = madvise(UnsafeMutableRawPointer(bitPattern: start), end - start, advice) }
      }
    #endif
  }
}
