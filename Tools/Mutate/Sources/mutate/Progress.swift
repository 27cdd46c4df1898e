import Foundation

/// Says now and then how far a run is.
final class Progress: @unchecked Sendable {
  private let lock = NSLock()
  private let count: Int
  private let log: @Sendable (String) -> Void
  private var position = 0
  private var tried = 0
  private var noticed = 0
  private var processor = 0.0
  private var last = Date()

  init(_ count: Int, log: @escaping @Sendable (String) -> Void) { (self.count, self.log) = (count, log) }

  /// Counts a mutant.
  /// - Parameter found: What was found now; nil if nothing was tried.
  func passed(_ found: (any Finding)?) {
    lock.withLock {
      position += 1
      if let found {
        tried += 1
        noticed += found.isNoticed ? 1 : 0
        processor += found.processor
      }
      guard Date().timeIntervalSince(last) > 10 || position == count else { return }
      last = Date()
      let cost = String(format: "%.2f", processor / Double(max(tried, 1)))
      log("\(position)/\(count): \(noticed) of \(tried) noticed, \(cost) core-seconds each")
    }
  }
}
