import Synchronization

/// Takes pixels that are done: the number of the first, and the pixels. Called from any thread.
public typealias PixelReceiver = @Sendable (_ first: Int, _ pixels: UnsafeBufferPointer<Float>) -> Void

/// Hands out an image in parts of some rows while it is rendered.
final class FinishedParts: Sendable {
  private let receiver: PixelReceiver
  private nonisolated(unsafe) let pixels: UnsafePointer<Float>
  private let detector: Detector
  private let rows: Int
  /// How many rows of each part are not rendered yet.
  private let missing: Mutex<[Int]>

  /// Hands out the parts without rendered pixels at once.
  /// - Parameters:
  ///   - pixels: The pixels of the whole image.
  ///   - rendered: The rows that are going to be rendered.
  ///   - size: About how many pixels a part has.
  init(
    of pixels: UnsafePointer<Float>, _ detector: Detector, rendered: Range<Int>, size: Int,
    _ receiver: @escaping PixelReceiver
  ) {
    (self.pixels, self.detector, self.receiver) = (pixels, detector, receiver)
    let rows = max(1, size / detector.fastPixels)
    self.rows = rows
    let count = (detector.slowPixels + rows - 1) / rows
    let missing = (0..<count).map { rendered.clamped(to: $0 * rows..<($0 + 1) * rows).count }
    self.missing = Mutex(missing)
    for part in missing.indices where missing[part] == 0 { handOut(part) }
  }

  /// Notes that a row is rendered; hands out its part if it was the last one.
  func finish(row: Int) {
    let left = missing.withLock { missing in
      missing[row / rows] -= 1
      return missing[row / rows]
    }
    if left == 0 { handOut(row / rows) }
  }

  /// Hands out the parts from a row on once more.
  func repeatParts(from row: Int) {
    for part in row / rows..<missing.withLock({ $0.count }) { handOut(part) }
  }

  private func handOut(_ part: Int) {
    let range = part * rows..<min((part + 1) * rows, detector.slowPixels)
    let first = range.lowerBound * detector.fastPixels
    receiver(first, UnsafeBufferPointer(start: pixels + first, count: range.count * detector.fastPixels))
  }
}
