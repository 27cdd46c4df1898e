import Physics

/// Writes lists of reflections as text.
public enum ReflectionLists {
  /// Lines of h k l F; the amplitude has the fewest digits that read back to the same double.
  public static func text(_ reflections: [Reflection]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(24 * reflections.count)
    for reflection in reflections {
      for index in [reflection.h, reflection.k, reflection.l] {
        append(index, to: &bytes)
        bytes.append(32)
      }
      bytes += reflection.amplitude.description.utf8
      bytes.append(10)
    }
    return bytes
  }

  private static func append(_ number: Int, to bytes: inout [UInt8]) {
    if number < 0 { bytes.append(UInt8(ascii: "-")) }
    var rest = number.magnitude
    let start = bytes.count
    repeat {
      bytes.append(48 + UInt8(rest % 10))
      rest /= 10
    } while rest > 0
    bytes[start...].reverse()
  }
}
