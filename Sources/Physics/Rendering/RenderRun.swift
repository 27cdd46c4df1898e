import Synchronization

/// The shared state of one rendering.
final class RenderRun: Sendable {
  let rows: Range<Int>
  private let startsAtLastRow: Bool
  let cutoff = Atomic<Int>(Int.max)
  private let stopped = Atomic<Bool>(false)
  private let finished = Atomic<Int>(0)
  private let progress: (@Sendable (Int, Int) -> Bool)?
  let interruption: Interruption?

  init(
    rows: Range<Int>, startsAtLastRow: Bool, interruption: Interruption? = nil,
    progress: (@Sendable (Int, Int) -> Bool)?
  ) {
    self.rows = rows
    self.startsAtLastRow = startsAtLastRow
    self.interruption = interruption
    self.progress = progress
  }

  var isCancelled: Bool { stopped.load(ordering: .relaxed) || interruption?.isWished == true }

  /// The first out-of-range pixel; final once all rows are done.
  var cutoffPixel: Int? {
    let value = cutoff.load(ordering: .relaxed)
    return value == Int.max ? nil : value
  }

  func lowerCutoff(to index: Int) {
    cutoff.min(index, ordering: .relaxed)
  }

  /// Runs a worker once per row, rows handed to threads as they become free; each thread makes a worker of its own.
  /// - Parameter parts: What is told of every finished row.
  /// - Returns: What the workers returned, in the order of the rows; 0 for rows that were left out.
  func forEachRow(
    threads: Int, _ parts: FinishedParts?, _ makeWorker: @Sendable () -> (Int) -> Double
  ) -> [Double] {
    var results = [Double](repeating: 0, count: rows.count)
    results.withUnsafeMutableBufferPointer { results in
      nonisolated(unsafe) let results = results
      Parallel.forEach(rows.count, threads: threads, isStopped: { isCancelled }) {
        let body = makeWorker()
        return { [self] turn in
          let index = startsAtLastRow ? rows.count - 1 - turn : turn
          results[index] = body(rows.lowerBound + index)
          parts?.finish(row: rows.lowerBound + index)
          report()
        }
      }
    }
    return results
  }

  private func report() {
    guard let progress else { return }
    let done = finished.wrappingAdd(1, ordering: .relaxed).newValue
    if done <= rows.count && !progress(done, rows.count) { stopped.store(true, ordering: .relaxed) }
  }
}
