import Synchronization

import Glibc

/// Work in several threads, handed out piece by piece as threads become free.
///
/// The threads are the system's own: a program that renders a small image is done before a pool of them is set up.
package enum Parallel {
  /// Calls a function with 0, 1, 2 …, from any thread and in any order.
  /// - Parameters:
  ///   - count: The number of pieces.
  ///   - threads: The number of threads, at least 1.
  ///   - body: The function.
  package static func forEach(_ count: Int, threads: Int, _ body: @Sendable (Int) -> Void) {
    withoutActuallyEscaping(body) { body in forEach(count, threads: threads, worker: { body }) }
  }

  /// The same with a function of its own for each thread, and a way to stop early.
  /// - Parameters:
  ///   - isStopped: Asked before each piece; those that are left then are left out.
  ///   - worker: Makes a thread's function.
  package static func forEach(
    _ count: Int, threads: Int, isStopped: @Sendable () -> Bool = { false }, worker: @Sendable () -> (Int) -> Void
  ) {
    let next = Atomic<Int>(0)
    runInAll(max(1, min(threads, count))) {
      let body = worker()
      while !isStopped() {
        let turn = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard turn < count else { return }
        body(turn)
      }
    }
  }

  /// Runs the same work in several threads at a time, this one among them, and waits for all. Where the system gives fewer
  /// threads, fewer do it.
  private static func runInAll(_ threads: Int, _ work: @Sendable () -> Void) {
    guard threads > 1 else { return work() }
    withoutActuallyEscaping(work) { work in
      let crew = Crew(work)
      var helpers: [pthread_t] = []
      for _ in 1..<threads {
        guard let helper = crew.start() else { break }
        helpers.append(helper)
      }
      work()
      for helper in helpers { pthread_join(helper, nil) }
    }
  }

  /// What helping threads are told to do.
  private final class Crew: Sendable {
    private let work: @Sendable () -> Void

    init(_ work: @escaping @Sendable () -> Void) { self.work = work }

    /// Starts a thread; nil if there is none to be had.
    func start() -> pthread_t? {
      var thread = pthread_t()
      // The crew is there until all threads have been waited for.
      let context = Unmanaged.passUnretained(self).toOpaque()
      let status = pthread_create(&thread, nil, Self.main, context)
      return status == 0 ? thread : nil
    }

    private static let main: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { run($0!) }

    private static func run(_ context: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
      Unmanaged<Crew>.fromOpaque(context).takeUnretainedValue().work()
      return nil
    }
  }
}
