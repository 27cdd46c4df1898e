import Physics

/// Lists of reflections as text.
public enum ReflectionLists {
  /// Lines of h k l F, the amplitude with as many digits as it needs.
  public static func text(_ reflections: [Reflection]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(24 * reflections.count)
    for reflection in reflections {
      bytes += "\(reflection.h) \(reflection.k) \(reflection.l) \(reflection.amplitude)\n".utf8
    }
    return bytes
  }
}
