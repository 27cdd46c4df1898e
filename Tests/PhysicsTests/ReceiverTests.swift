import Physics
import Synchronization
import TestSupport
import Testing

/// Pixels that are handed out while an image is rendered.
@Suite(.tags(.sampling), .generousTime) struct ReceiverTests {
  private func simulator(_ arguments: String) throws -> Simulator {
    let base = "-default_F 100 -cell 100 100 100 90 90 90 -N 5 -oversample 1 -detpixels_x 20 -detpixels_y 33 "
    return Simulator(try Experiment(command: base + arguments))
  }

  /// Rows that are not rendered are handed out, too; every pixel once.
  @Test(arguments: [1, 2, 7], ["", "-roi 3 12 11 25"])
  func allPixelsAreHandedOutOnce(threads: Int, region: String) throws {
    let received = Mutex((pixels: [Float](repeating: .nan, count: 660), count: 0, calls: 0))
    let rendering = try simulator(region).render(
      threads: threads, startingAtLastRow: false,
      receiver: { first, pixels in
        received.withLock {
          $0.pixels.replaceSubrange(first..<first + pixels.count, with: pixels)
          $0.count += pixels.count
          $0.calls += 1
        }
      }, partSize: 80)
    received.withLock {
      let isComplete = $0.pixels == rendering.image.pixels
      #expect(isComplete, "every pixel")
      #expect($0.count == 660 && $0.calls == 9, "parts of four rows, the last of one")
    }
  }

  @Test func aCancelledImageIsNotFinished() throws {
    let count = Atomic<Int>(0)
    #expect(throws: Simulator.Cancelled.self) {
      try simulator("").render(
        threads: 2, startingAtLastRow: false, progress: { done, _ in done < 5 },
        receiver: { _, pixels in count.add(pixels.count, ordering: .relaxed) }, partSize: 20)
    }
    #expect(count.load(ordering: .relaxed) < 660)
  }

  /// Parts are whole rows of about the size that was asked for, and none is empty.
  @Test(arguments: [(1, 30), (64, 15), (65, 15), (96, 10), (10_000, 1)])
  func partsAreWholeRows(size: Int, count: Int) throws {
    let simulator = try simulator("-detpixels_f 32 -detpixels_s 30")
    let parts = Mutex<[(first: Int, count: Int)]>([])
    _ = try simulator.render(
      threads: 1, startingAtLastRow: false,
      receiver: { first, pixels in parts.withLock { $0.append((first, pixels.count)) } }, partSize: size)
    let found = parts.withLock { $0 }.sorted { $0.first < $1.first }
    #expect(found.count == count && found.allSatisfy { $0.count > 0 && $0.count % 32 == 0 })
    #expect(found.reduce(0) { $0 + $1.count } == 960)
    #expect(zip(found, found.dropFirst()).allSatisfy { $0.first + $0.count == $1.first })
  }

  /// Interpolation that ends at a pixel renders those after it again, and hands them out again; an interruption that nobody
  /// wishes for changes nothing.
  @Test(arguments: [InstructionSet.scalar, .baseline]) func partsAfterACutoffAreHandedOutAgain(set: InstructionSet)
    throws
  {
    let path = PackageFolder.fixtures.appendingPathComponent("check-values/a.hkl").path
    let line =
      "-cell 50 60 70 80 90 100 -misset 10 20 30 -N 3 -hkl \(path) -interpolate -default_F 3 -lambda 1 -distance 60"
      + " -detpixels 40 -pixel 1 -oversample 1"
    let experiment = try Experiment(command: line)
    let wanted = try Simulator(experiment, instructions: set).render()
    let cutoff = try #require(wanted.interpolationCutoff)
    for (startsAtLastRow, size) in [(false, 40), (true, 40), (true, 120), (true, 4000)] {
      let received = Mutex([Float](repeating: .nan, count: 1600))
      let rendering = try Simulator(experiment, instructions: set).render(
        threads: 1, startingAtLastRow: startsAtLastRow,
        receiver: { first, pixels in
          received.withLock { $0.replaceSubrange(first..<first + pixels.count, with: pixels) }
        }, partSize: size, interruption: Interruption())
      #expect(rendering.interpolationCutoff == cutoff && rendering.image.pixels == wanted.image.pixels)
      #expect(received.withLock { $0 == wanted.image.pixels }, "\(startsAtLastRow), \(size)")
    }
  }
}
