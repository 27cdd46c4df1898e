import Physics
import Synchronization
import TestSupport
import Testing

/// What a rendering tells on its way, and what it says about an image.
@Suite(.tags(.sampling), .generousTime) struct RenderingTests {
  private static let crystal = "-cell 50 60 70 80 90 100 -default_F 7 -N 3 -pixel 1 -distance 50 -lambda 1 "

  private func experiment(_ options: String) throws -> Experiment { try Experiment(command: Self.crystal + options) }

  /// Every row is told once, whoever renders it, and who says no ends the rendering.
  @Test(arguments: [1, 3]) func progressCountsRows(threads: Int) throws {
    let simulator = Simulator(try experiment("-detpixels_f 3 -detpixels_s 17 -oversample 1"))
    let told = Mutex<[Int]>([])
    _ = try simulator.render(
      threads: threads,
      progress: { done, total in
        told.withLock { $0.append(done) }
        return total == 17
      })
    #expect(told.withLock { $0.sorted() } == Array(1...17))
    #expect(throws: Simulator.Cancelled.self) {
      try simulator.render(threads: threads, progress: { done, _ in done != 5 })
    }
  }

  /// Phi lines and step lines end at the limit, each kind by itself.
  @Test(arguments: [3, PixelTracer.lineLimit - 1, PixelTracer.lineLimit, PixelTracer.lineLimit + 1])
  func tracesHaveALimit(steps: Int) throws {
    for options in ["-phi 0 -osc 1 -phisteps \(steps)", "-mosaic 1 -mosaic_domains \(steps)"] {
      let tracer = PixelTracer(try experiment("-detpixels 3 -oversample 1 " + options))
      let lines = try tracer.pixelLines(PixelIndex(slow: 1, fast: 2))
      let expected = min(steps, PixelTracer.lineLimit)
      #expect(lines.filter { $0.section == .step }.count == expected)
      #expect(lines.filter { $0.section == .phi }.count == (options.hasPrefix("-phi") ? expected : 1))
      #expect(lines.contains { $0.section == .pixel })
    }
  }

  /// The statistics by their definitions, in raster order (docs/reference/50-pixel-loop.md §7).
  @Test(
    arguments: [
      [3], [-3], [0, 0], [1, 5], [5, 1, 5], [0.1, 0.2, 0.3, 0.7, 1.3, 0.9], [-1, -2, 3e-9, 7e8, 0.25],
    ] as [[Float]])
  func statisticsAreThoseOfTheirDefinition(pixels: [Float]) throws {
    let experiment = try experiment("-detpixels_f \(pixels.count) -detpixels_s 1 -oversample 2")
    let image = FloatImage(fastPixels: pixels.count, slowPixels: 1, pixels: pixels)
    let statistics = ImageStatistics(image, of: experiment)
    let degrees = Double(max(pixels.count - 1, 1))
    let mean = pixels.reduce(0) { $0 + Double($1) } / Double(pixels.count)
    let squares = pixels.reduce(0) { $0 + Double($1 * $1) }
    let deviations = pixels.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
    #expect(statistics.mean == mean)
    #expect(statistics.rms == (squares / degrees).squareRoot())
    #expect(statistics.rmsd == (deviations / degrees).squareRoot())
    #expect(statistics.solidAngle == 0 && statistics.solidAngleShare == 0)
    let largest = max(pixels.max()!, 0)
    #expect(statistics.maximum == Double(largest))
    guard largest > 0 else {
      #expect(statistics.maximumAt == nil && statistics.maximumFast == 0 && statistics.maximumSlow == 0)
      return
    }
    let place = pixels.firstIndex(of: largest)!
    #expect(statistics.maximumAt == PixelIndex(slow: 0, fast: place))
    // The middle of the last of two sub-pixels of half a millimetre.
    let half = experiment.detector.pixelSize / 2
    #expect(statistics.maximumFast == half * Double(2 * place + 1) + half / 2)
    #expect(statistics.maximumSlow == half * 1 + half / 2)
  }

  /// Beyond the largest pixel index, or with the whole image masked, there is nothing to say.
  @Test func nothingRenderedHasNoStatistics() throws {
    let experiment = try experiment("-detpixels 4 -roi 9 9 9 9")
    let rendering = try Simulator(experiment).render()
    let statistics = rendering.statistics
    #expect(statistics.maximum == 0 && statistics.mean == 0 && statistics.rms == 0 && statistics.maximumAt == nil)
  }

  /// An image does not depend on how many threads render it unless told, and a rendering is handed out in parts of any size.
  @Test(arguments: [1, 5, 1 << 18]) func partsOfAnySizeMakeUpTheImage(size: Int) throws {
    let simulator = Simulator(try experiment("-detpixels_f 7 -detpixels_s 9 -oversample 1"))
    let plain = try simulator.render()
    let received = Mutex([Float](repeating: .nan, count: 63))
    let calls = Mutex(0)
    let other = try simulator.render(
      threads: 1, startingAtLastRow: true,
      receiver: { first, pixels in
        received.withLock { $0.replaceSubrange(first..<first + pixels.count, with: pixels) }
        calls.withLock { $0 += 1 }
      }, partSize: size)
    #expect(other.image.pixels == plain.image.pixels && received.withLock { $0 } == plain.image.pixels)
    // A part is at least one row.
    let rows = max(1, size / 7)
    #expect(calls.withLock { $0 } == (9 + rows - 1) / rows)
  }
}
