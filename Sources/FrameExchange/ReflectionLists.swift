import FrameIO
import Physics

/// Lists of reflections as text and as caches.
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

  /// The grid of a cache.
  /// - Throws: `RequestError` if there is no reflection, or the indices span more than fits in memory.
  public static func table(
    _ reflections: [Reflection], defaultAmplitude: Double, source: String
  ) throws(RequestError) -> StructureFactors {
    guard let first = reflections.first else {
      throw RequestError(source, "there is no reflection in it", remedy: "give a list of at least one")
    }
    var (h, k, l) = (first.h...first.h, first.k...first.k, first.l...first.l)
    func extend(_ range: inout ClosedRange<Int>, _ index: Int) {
      if index < range.lowerBound { range = index...range.upperBound }
      if index > range.upperBound { range = range.lowerBound...index }
    }
    for reflection in reflections {
      extend(&h, reflection.h)
      extend(&k, reflection.k)
      extend(&l, reflection.l)
    }
    let list = ReflectionList(h: h, k: k, l: l, count: reflections.count, reflections: reflections)
    return try StructureFactors(list, defaultAmplitude: defaultAmplitude, source: source)
  }

  /// The reflections of a cache, those of the default amplitude left out, which cannot be told from those not measured.
  /// - Throws: `RequestError` if an amplitude is not finite.
  public static func reflections(_ table: StructureFactors, source: String) throws(RequestError) -> [Reflection] {
    let (strideK, strideH) = (table.l.count + 1, (table.k.count + 1) * (table.l.count + 1))
    var list: [Reflection] = []
    for (i, h) in table.h.enumerated() {
      for (j, k) in table.k.enumerated() {
        for (m, l) in table.l.enumerated() {
          let amplitude = table.grid[i * strideH + j * strideK + m]
          guard amplitude != table.defaultAmplitude else { continue }
          guard amplitude.isFinite else {
            throw RequestError(
              source, "the amplitude of \(h) \(k) \(l) is not finite", remedy: "make the cache anew from its list")
          }
          list.append(Reflection(h: h, k: k, l: l, amplitude: amplitude))
        }
      }
    }
    return list
  }
}
