import Glibc
import Physics

/// The C library with which the golden corpus was recorded.
public enum RecordingLibrary {
  /// Whether sin, cos, exp and pow are those of the recording: its release, on a processor with fused multiply-add, for
  /// which that library has functions of its own.
  public static let isPresent: Bool = {
    var text = [CChar](repeating: 0, count: 64)
    let size = confstr(Int32(_CS_GNU_LIBC_VERSION), &text, text.count)
    let name = String(decoding: text.prefix(max(size, 1) - 1).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return name == "glibc 2.36" && InstructionSet.v3.isAvailable
  }()

  /// Whether tests compare all words and numbers that are recorded, as in a night and where mutants are tried; else a part.
  public static let comparesAll = isNight || variable("NB_PINS") == "all"
}

/// Whether the tests run in a night, which takes the time for more.
public let isNight = variable("NB_PROFILE") == "nightly"

private func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
