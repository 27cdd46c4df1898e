import Glibc

/// What bounds the memory that a file or an image may ask for.
package enum Machine {
  /// A limit in bytes, or half of what there is if that is less: of the machine's memory, and of what the shell allows.
  package static func limit(_ bytes: Int) -> Int {
    let memory = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
    var allowed = rlimit()
    let isKnown = getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &allowed) == 0
    let half = isKnown ? Int(clamping: allowed.rlim_cur / 2) : bytes
    return min(bytes, memory > 0 ? memory / 2 : bytes, half)
  }

  /// Whether there is so much memory, in bytes: an array that cannot be had ends the process.
  package static func hasMemory(_ bytes: Int) -> Bool {
    let memory = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let memory, memory != MAP_FAILED else { return false }
    munmap(memory, bytes)
    return true
  }
}
