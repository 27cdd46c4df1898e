import Glibc

extension Array where Element: BitwiseCopyable {
  /// An array whose elements are all written by `fill`. The memory of a large one comes in large pages where the system has
  /// them, and at once where not: the first touch of a small page costs as much as hundreds of steps.
  /// - Parameters:
  ///   - count: The number of elements.
  ///   - threads: The number of threads that get the memory.
  ///   - fill: Writes every element.
  package init<Failure: Error>(
    large count: Int, threads: Int = 1, _ fill: (UnsafeMutableBufferPointer<Element>) throws(Failure) -> Void
  ) throws(Failure) {
    self = try [Element](unsafeUninitializedCapacity: count) { (buffer, filled) throws(Failure) in
      let part = UnsafeMutableBufferPointer(rebasing: buffer[..<count])
      Self.prepare(UnsafeMutableRawBufferPointer(part), threads: threads)
      try fill(part)
      filled = count
    }
  }

  private static func prepare(_ memory: UnsafeMutableRawBufferPointer, threads: Int) {
    guard memory.count >= 1 << 20 else { return }
    let populateWrite: Int32 = 23  // MADV_POPULATE_WRITE, Linux 5.14
    advise(memory, MADV_HUGEPAGE, page: 1 << 21)
    let part = 1 << 22
    let parts = (memory.count + part - 1) / part
    nonisolated(unsafe) let memory = memory
    Parallel.forEach(parts, threads: threads) { index in
      let range = index * part..<Swift.min((index + 1) * part, memory.count)
      advise(UnsafeMutableRawBufferPointer(rebasing: memory[range]), populateWrite, page: 1 << 12)
    }
  }

  /// Advice about pages that lie in a piece of memory as a whole. A system that does not take it says no, which does no
  /// harm.
  private static func advise(_ memory: UnsafeMutableRawBufferPointer, _ advice: Int32, page: Int) {
    let start = (Int(bitPattern: memory.baseAddress) + page - 1) & ~(page - 1)
    let end = (Int(bitPattern: memory.baseAddress) + memory.count) & ~(page - 1)
    if end > start { _ = madvise(UnsafeMutableRawPointer(bitPattern: start), end - start, advice) }
  }
}
