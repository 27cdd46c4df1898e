import Dispatch
import Synchronization

/// Work in several threads, handed out piece by piece as threads become free.
package enum Parallel {
  /// What a function gives for 0, 1, 2 …, in this order.
  /// - Parameters:
  ///   - count: The number of pieces.
  ///   - threads: The number of threads, at least 1.
  ///   - body: The function; called from any thread.
  package static func map<Result: Sendable>(
    _ count: Int, threads: Int, _ body: @escaping @Sendable (Int) -> Result
  ) -> [Result] {
    map(count, threads: threads, worker: { body }).compactMap { $0 }
  }

  /// The same with a function of its own for each thread, and a way to stop early.
  /// - Parameters:
  ///   - worker: Makes a thread's function.
  ///   - isStopped: Asked before each piece; the pieces left out give nil.
  package static func map<Result: Sendable>(
    _ count: Int, threads: Int, worker: @Sendable () -> (Int) -> Result, isStopped: @Sendable () -> Bool = { false }
  ) -> [Result?] {
    var results = [Result?](repeating: nil, count: count)
    let next = Atomic<Int>(0)
    results.withUnsafeMutableBufferPointer { buffer in
      nonisolated(unsafe) let target = buffer
      DispatchQueue.concurrentPerform(iterations: max(1, min(threads, count))) { _ in
        let body = worker()
        while !isStopped() {
          let turn = next.wrappingAdd(1, ordering: .relaxed).oldValue
          guard turn < count else { return }
          target[turn] = body(turn)
        }
      }
    }
    return results
  }
}
