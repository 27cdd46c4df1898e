#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

extension Array where Element: BitwiseCopyable {
  /// An array whose elements are written once by `fill`, in large pages of memory where the system has them: the first
  /// touch of each small page costs as much as the rendering of hundreds of pixels.
  /// - Parameters:
  ///   - count: The number of elements.
  ///   - fill: Writes every element.
  package init(large count: Int, _ fill: (UnsafeMutableBufferPointer<Element>) -> Void) {
    let page = 1 << 21
    let size = count * MemoryLayout<Element>.stride
    // Room to the end of the last large page; what is never touched takes no memory.
    let slack = size < page ? 0 : page / MemoryLayout<Element>.stride
    self.init(unsafeUninitializedCapacity: count + slack) { buffer, filled in
      if slack > 0 { Self.useLargePages(UnsafeMutableRawBufferPointer(buffer), page) }
      fill(UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
      filled = count
    }
  }

  private static func useLargePages(_ memory: UnsafeMutableRawBufferPointer, _ page: Int) {
    #if os(Linux)
      let start = (Int(bitPattern: memory.baseAddress) + page - 1) & ~(page - 1)
      let end = (Int(bitPattern: memory.baseAddress) + memory.count) & ~(page - 1)
      // A system without them says no, which does no harm.
      if end > start { _ = madvise(UnsafeMutableRawPointer(bitPattern: start), end - start, MADV_HUGEPAGE) }
    #endif
  }
}
