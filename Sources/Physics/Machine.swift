#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What bounds the memory that a file may ask for.
package enum Machine {
  /// A limit in bytes, or half of the machine's memory if that is less.
  package static func limit(_ bytes: Int) -> Int {
    let memory = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
    return memory > 0 ? min(bytes, memory / 2) : bytes
  }
}
