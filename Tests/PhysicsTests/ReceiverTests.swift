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
}
