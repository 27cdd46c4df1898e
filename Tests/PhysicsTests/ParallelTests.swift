import Synchronization
import TestSupport
import Testing

import Physics

@Suite(.tags(.sampling), .generousTime) struct ParallelTests {
  @Test(arguments: [1, 2, 7, 100]) func everyPieceIsDoneOnce(threads: Int) {
    let calls = Mutex([Int](repeating: 0, count: 50))
    Parallel.forEach(50, threads: threads) { index in calls.withLock { $0[index] += 1 } }
    #expect(calls.withLock { $0 } == [Int](repeating: 1, count: 50))
    Parallel.forEach(0, threads: threads) { _ in Issue.record("there is nothing to do") }
  }

  @Test func threadsWorkAtTheSameTime() {
    // Each of two pieces waits until the other has begun. One thread alone gives the first piece up after a minute, and the
    // second piece begins too late.
    let begun = Atomic<Int>(0)
    let met = Atomic<Int>(0)
    let start = ContinuousClock.now
    Parallel.forEach(2, threads: 2) { _ in
      begun.add(1, ordering: .sequentiallyConsistent)
      while begun.load(ordering: .sequentiallyConsistent) < 2, ContinuousClock.now - start < .seconds(60) {}
      let isInTime = ContinuousClock.now - start < .seconds(60)
      if isInTime { met.add(1, ordering: .relaxed) }
    }
    #expect(met.load(ordering: .relaxed) == 2, "no second thread within a minute")
  }

  @Test func eachThreadHasAWorkerOfItsOwnAndStops() {
    let workers = Atomic<Int>(0)
    let done = Atomic<Int>(0)
    Parallel.forEach(1000, threads: 3, isStopped: { done.load(ordering: .relaxed) >= 10 }) {
      workers.add(1, ordering: .relaxed)
      return { _ in done.add(1, ordering: .relaxed) }
    }
    #expect((1...3).contains(workers.load(ordering: .relaxed)))
    // Threads that had asked before the tenth piece was done finish theirs.
    #expect((10...12).contains(done.load(ordering: .relaxed)))
  }
}
