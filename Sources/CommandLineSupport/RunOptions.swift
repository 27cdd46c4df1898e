#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

extension CommandLineRequest {
  /// The number of threads to render with: as asked for, else `OMP_NUM_THREADS`, else one per core.
  public var threadCount: Int {
    if let threads { return max(threads, 1) }
    if let text = getenv("OMP_NUM_THREADS"), let number = Int(String(cString: text)), number > 0 { return number }
    return max(sysconf(Int32(_SC_NPROCESSORS_ONLN)), 1)
  }
}
