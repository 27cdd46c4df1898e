import CommandLineSupport
import Foundation
import Physics
import PropertyTesting
import TestSupport
import Testing

/// What depends on the way through the image: rows of several blocks, masks, pixels that change what comes after them.
@Suite(.tags(.sampling), .generousTime) struct SweepTests {
  private static let list = PackageFolder.fixtures.appendingPathComponent("check-values/a.hkl").path
  private let crystal = "-cell 50 60 70 80 90 100 -misset 10 20 30 -N 2 -lambda 1 -oversample 1 -distance 50"

  private func experiment(_ line: String, mask: [Bool]? = nil, fast: Int, slow: Int) throws -> Experiment {
    let words = "\(line) -detpixels_f \(fast) -detpixels_s \(slow)".words.map { $0 == "HKL" ? Self.list : $0 }
    var memory = MemoryInputs()
    if let mask { memory.mask = (PixelMask(isComputed: mask), fast: fast, slow: slow) }
    return try CommandLineParser(words).parse().adding(memory).experiment(clockSeed: 1)
  }

  /// Two renderings of one experiment; sums in another order may round to the next number of single precision.
  private func isClose(_ first: FloatImage, _ second: FloatImage) -> Bool {
    zip(first.pixels, second.pixels).allSatisfy { abs($0 - $1) <= 2 * Float.ulpOfOne * max(abs($0), abs($1)) }
  }

  /// The pixel that switches the interpolation off may be anywhere in a block, in a row or in the image, and may be
  /// masked. Whatever the order of the rows and the number of threads, the pixels up to it are interpolated and the others
  /// are not: the scalar formulas, one pixel after another, say which.
  @Test(arguments: [0, 1, 2, 3]) func interpolationEndsAtOnePixel(part: Int) throws {
    var random = SplitMix64(state: 91 + UInt64(part))
    var cutoffs: Set<Int> = []
    for _ in 0..<60 {
      let fast = [9, 70, 261, 300].randomElement(using: &random)!
      let slow = fast > 100 ? 3 : 7
      let pixel = 6 / Double(fast) * Double.random(in: 0.4...1.6, using: &random)
      // Some millimetres from the beam the indices leave the table.
      let centre = (Double.random(in: 0.5...3, using: &random), Double.random(in: 0.5...3, using: &random))
      let line = "\(crystal) -hkl HKL -interpolate -pixel \(pixel) -Xbeam \(centre.0) -Ybeam \(centre.1)"
      let mask =
        Bool.random(using: &random)
        ? (0..<fast * slow).map { _ in Int.random(in: 0..<5, using: &random) > 0 } : nil
      let experiment = try experiment(line, mask: mask, fast: fast, slow: slow)
      let wanted = try Simulator(experiment, instructions: .scalar).render()
      cutoffs.insert(wanted.interpolationCutoff ?? -1)
      let simulator = Simulator(experiment, instructions: .baseline)
      #expect(simulator.plan != nil)
      for (threads, isTurned) in [(1, false), (1, true), (3, false), (3, true)] {
        let found = try simulator.render(threads: threads, startingAtLastRow: isTurned)
        #expect(found.interpolationCutoff == wanted.interpolationCutoff, "\(line)")
        #expect(isClose(found.image, wanted.image), "\(line)")
        #expect(
          abs(found.statistics.solidAngle - wanted.statistics.solidAngle) <= 1e-12 * wanted.statistics.solidAngle)
      }
      let first = PixelTracer(simulator).interpolationCutoff(before: PixelIndex(slow: slow - 1, fast: fast - 1))
      #expect(first == wanted.interpolationCutoff || wanted.interpolationCutoff == fast * slow - 1)
    }
    #expect(cutoffs.count > 8, "\(cutoffs)")
  }

  /// The first sweep of a run, at its first pixel that is not masked, has a cell of its own where a phi step is zero.
  @Test func theFirstSweepIsThatOfTheFirstPixel() throws {
    for (first, fast) in [(0, 9), (4, 9), (259, 300), (270, 300), (301, 300)] {
      let mask = (0..<fast * 3).map { $0 >= first && $0 % 7 != (first + 1) % 7 }
      let line = "\(crystal) -default_F 100 -phi 0 -osc 3 -phisteps 3 -pixel \(20 / Double(fast))"
      let experiment = try experiment(line, mask: mask, fast: fast, slow: 3)
      let wanted = try Simulator(experiment, instructions: .scalar).render().image
      for threads in [1, 2] {
        #expect(isClose(try Simulator(experiment, instructions: .baseline).render(threads: threads).image, wanted))
      }
    }
  }

  /// Memory that was used before is not what an image shows where nothing is rendered.
  @Test func pixelsOutsideTheRegionAreZero() throws {
    for (fast, slow) in [(30, 20), (11, 90), (64, 64)] {
      let experiment = try experiment("\(crystal) -default_F 100 -pixel 0.3 -roi 3 8 4 9", fast: fast, slow: slow)
      let simulator = Simulator(experiment)
      for _ in 0..<20 {
        let used = (0..<8).map { _ in [Float](repeating: 7, count: fast * slow) }
        #expect(used.count == 8)
        let image = try simulator.render().image
        for pixel in 0..<fast * slow where !(3...8).contains(pixel % fast) || !(4...9).contains(pixel / fast) {
          #expect(image.pixels[pixel] == 0)
        }
      }
    }
  }

  /// Parts are handed out whole, and those that a cutoff changes once more, whatever their size.
  @Test(arguments: [1, 9, 10, 40, 100_000]) func receivedPartsMakeUpTheImage(size: Int) throws {
    for (x, y) in [(20.0, 20.0), (1, 1), (2, 1.5), (1.5, 2)] {
      let line = "\(crystal) -hkl HKL -interpolate -pixel 0.5 -Xbeam \(x) -Ybeam \(y)"
      let experiment = try experiment(line, fast: 9, slow: 11)
      let received = ReceivedPixels(count: 99)
      let rendering = try Simulator(experiment).render(
        threads: 1, startingAtLastRow: true,
        receiver: { first, pixels in received.take(first, pixels) }, partSize: size)
      #expect(received.pixels == rendering.image.pixels)
      let rows = max(1, size / 9)
      #expect(received.counts.allSatisfy { $0 <= rows * 9 && $0 % 9 == 0 })
    }
  }

  /// Arrays of some megabytes are written whole, by one thread or several.
  @Test(arguments: [1, 3]) func largeArraysAreWhole(threads: Int) {
    for count in [1, 1000, (1 << 18) - 1, 1 << 18, (1 << 20) + 1, 3_000_000] {
      let array = [UInt32](large: count, threads: threads) { buffer in
        for index in buffer.indices { buffer[index] = UInt32(truncatingIfNeeded: index) }
      }
      #expect(array.count == count && array.first == 0 && array.last == UInt32(count - 1))
    }
  }
}

/// Pixels as they are handed out.
final class ReceivedPixels: @unchecked Sendable {
  private let lock = NSLock()
  private(set) var pixels: [Float]
  private(set) var counts: [Int] = []
  private(set) var firsts: [Int] = []

  init(count: Int) { pixels = [Float](repeating: -1, count: count) }

  func take(_ first: Int, _ part: UnsafeBufferPointer<Float>) {
    lock.withLock {
      for (index, pixel) in part.enumerated() { pixels[first + index] = pixel }
      counts.append(part.count)
      firsts.append(first)
    }
  }
}
