import HeapModule
import Physics

/// A local maximum of an image.
public struct Peak: Sendable, Hashable {
  /// The slow pixel index.
  public let slow: Int
  /// The fast pixel index.
  public let fast: Int
  /// The value, in the unit of the image.
  public let value: Float

  /// The distance to another peak, in pixels.
  public func distance(to other: Peak) -> Double {
    let (rows, columns) = (Double(slow - other.slow), Double(fast - other.fast))
    return (rows * rows + columns * columns).squareRoot()
  }
}

/// Finds and matches peaks.
public enum Peaks {
  /// A peak that is ordered by its value, and by its pixel for equal values, so that the order is total.
  private struct Ranked: Comparable {
    let peak: Peak

    static func < (left: Ranked, right: Ranked) -> Bool {
      let (a, b) = (left.peak, right.peak)
      return (a.value, -a.slow, -a.fast) < (b.value, -b.slow, -b.fast)
    }
  }

  /// The highest local maxima: pixels above 0 that none of their eight neighbours exceeds. Of neighbours with the same
  /// value only the first in raster order counts.
  /// - Parameters:
  ///   - image: The image.
  ///   - count: The largest number of peaks.
  /// - Returns: The peaks, the highest first.
  public static func highest(_ count: Int, in image: FloatImage) -> [Peak] {
    guard count > 0 else { return [] }
    var heap = Heap<Ranked>()
    for slow in 0..<image.slowPixels {
      for fast in 0..<image.fastPixels where isPeak(image, slow, fast) {
        let ranked = Ranked(peak: Peak(slow: slow, fast: fast, value: image[slow: slow, fast: fast]))
        if heap.count < count {
          heap.insert(ranked)
        } else if let lowest = heap.min, lowest < ranked {
          heap.replaceMin(with: ranked)
        }
      }
    }
    return heap.unordered.sorted(by: >).map(\.peak)
  }

  private static func isPeak(_ image: FloatImage, _ slow: Int, _ fast: Int) -> Bool {
    let value = image[slow: slow, fast: fast]
    guard value > 0, value.isFinite else { return false }
    for row in max(slow - 1, 0)...min(slow + 1, image.slowPixels - 1) {
      for column in max(fast - 1, 0)...min(fast + 1, image.fastPixels - 1) where (row, column) != (slow, fast) {
        let other = image[slow: row, fast: column]
        let isBefore = (row, column) < (slow, fast)
        if other > value || (isBefore && other == value) { return false }
      }
    }
    return true
  }

  /// Pairs of peaks of two images: each peak of the reference, in the given order, takes the nearest free peak of the
  /// candidate.
  /// - Parameter limit: The largest distance in pixels.
  public static func match(
    _ reference: [Peak], _ candidate: [Peak], within limit: Double
  ) -> [(reference: Peak, candidate: Peak, distance: Double)] {
    var free = candidate
    var pairs: [(reference: Peak, candidate: Peak, distance: Double)] = []
    for peak in reference {
      guard let index = free.indices.min(by: { peak.distance(to: free[$0]) < peak.distance(to: free[$1]) }) else {
        break
      }
      let distance = peak.distance(to: free[index])
      if distance <= limit { pairs.append((peak, free.remove(at: index), distance)) }
    }
    return pairs
  }
}
