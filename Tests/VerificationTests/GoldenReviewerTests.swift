import Foundation
import GoldenStore
import Physics
import TestSupport
import Testing

/// What a reviewer of a golden case is told of numbers that change and of pixels without the carried-over cell.
@Suite(.tags(.verification), .generousTime) struct GoldenReviewerTests: GoldenMaking {
  let folder: TemporaryFolder
  let corpus: GoldenCorpus

  /// Each number of a traced pixel that changes counts once; another pixel of the row or column has no old numbers.
  @Test func changedNumbersAreCounted() throws {
    let same = "REPLACES the case of this name: 1 traced numbers differ, the same image"
    let none = "REPLACES the case of this name: 0 traced numbers differ, the same image"
    let others = ", and the arguments are others"
    let rows: [(id: String, more: String, pixel: PixelIndex, words: String)] = [
      ("same", "", PixelIndex(slow: 1, fast: 2), same),
      ("words", " -seed 5", PixelIndex(slow: 1, fast: 2), same + others),
      ("row", "", PixelIndex(slow: 1, fast: 3), none), ("column", "", PixelIndex(slow: 2, fast: 2), none),
    ]
    for (id, more, pixel, words) in rows {
      let old = "TRACE_C: sdet_vec 0 -1 0\nTRACE_C: F_cell 100\n"
      let new = "TRACE_C: sdet_vec 0 -1 0.5\nTRACE_C: F_cell 100\n"
      _ = try makeCase(id, Self.scene + more, pixel: pixel, files: ["a.log": bytes(old)])
      _ = try makeCase(
        id, Self.scene, pixel: PixelIndex(slow: 1, fast: 2), files: ["a.log": bytes(new), "sha256.txt": []],
        on: "pending")
      let review = try corpus.review(id, threads: 1)
      #expect(review.announcement == words)
      let isOld: Bool = words.contains(" 1 traced")
      let changes: Int = isOld ? 1 : 0
      #expect(review.changes == changes, "\(id)")
      try #require(review.rows.count == 1, "\(id): \(review.rows)")
      let row = review.rows[0]
      #expect(row.quantity == "sdet_vec" && row.log == "a.log" && !row.agrees, "\(id): \(row)")
      #expect((row.old != nil) == isOld, "\(id): \(row)")
    }
  }

  /// The pixels of a pending case, with and without the carried-over cell.
  private func pixels(_ command: String, fast: Int, slow: Int) throws -> (carried: [Float], fresh: [Float]) {
    let plain = try makeCase("plain", command, image: described(fast: fast, slow: slow), on: "pending")
    let carried: [Float] = try #require(try corpus.pending.rendered(plain, threads: 1)).pixels
    let without = Compatibility.cParity.setting(.phiCarryOver, false)
    let experiment = try corpus.pending.experiment(of: plain, compatibility: without)
    return (carried, try Simulator(experiment).render(threads: 1).image.pixels)
  }

  /// The remarks on threads about an image whose recorded maximum is zero.
  private func remarks(_ command: String, fast: Int, slow: Int, _ stored: [Float]) throws -> [String] {
    let golden = try makeCase(
      "threads", command, image: described(fast: fast, slow: slow), files: ["image.f32": bytes(stored)],
      on: "pending")
    return corpus.remarks(on: try corpus.pending.check(golden)).filter { $0.contains("OMP_NUM_THREADS") }
  }

  private static let end = "threads; record the image again with OMP_NUM_THREADS=1"

  /// Up to 256 pixels without the carried-over cell are said to be of threads; four of them are named.
  @Test func pixelsOfThreadsAreCounted() throws {
    let command = Self.turned.replacing("-detpixels_x 6 -detpixels_y 4", with: "-detpixels 20")
    let (carried, fresh) = try pixels(command, fast: 20, slow: 20)
    let changed: [Int] = carried.indices.filter { abs(fresh[$0] - carried[$0]) > 1e-4 * carried[$0] }
    try #require(changed.count >= 257, "\(changed.count)")
    let named: String = changed.prefix(4).map { "(\($0 / 20),\($0 % 20))" }.joined(separator: " ")
    for count in [4, 5, 256, 257] {
      var stored = carried
      for place in changed.prefix(count) { stored[place] = fresh[place] }
      let dots: String = count > 4 ? " ..." : ""
      let start = "\(count) pixels of the image, \(named)\(dots), lack the carried-over cell"
      let words = "\(start): the C program ran with \(count + 1) \(Self.end)"
      let expected: [String] = count > 256 ? [] : [words]
      #expect(try remarks(command, fast: 20, slow: 20, stored) == expected)
    }
  }

  /// Pixels that are zero with and without the carried-over cell are the same, also where the recorded maximum is zero.
  @Test func pixelsThatAreZeroAreTheSame() throws {
    let command = Self.turned + " -roi 0 2 0 3"
    let (carried, fresh) = try pixels(command, fast: 6, slow: 4)
    let place = try #require(carried.indices.first { abs(fresh[$0] - carried[$0]) > 1e-4 * carried[$0] })
    try #require(carried[5] == 0 && fresh[5] == 0)
    var stored = carried
    stored[place] = fresh[place]
    let start = "1 pixel of the image, (\(place / 6),\(place % 6)), lacks the carried-over cell"
    let expected = "\(start): the C program ran with 2 \(Self.end)"
    #expect(try remarks(command, fast: 6, slow: 4, stored) == [expected])
  }

  /// A pixel differs by a millionth of the stored one. Ten units of the last place are more than that of the stored
  /// pixel and less than that of the rendered one, which no thread changes.
  @Test func aDifferenceIsRelativeToTheStoredPixel() throws {
    let first = try pixels(Self.turned + " -fluence 1e24", fast: 6, slow: 4)
    let fixed = try #require(
      first.carried.indices.first { first.carried[$0] > 0 && first.carried[$0] == first.fresh[$0] })
    let difference: Double = 10 * 0x1p-23
    let target: Double = difference / 1e-6 + difference / 2
    let fluence: Double = 1e24 * target / Double(first.carried[fixed])
    let command = Self.turned + " -fluence \(fluence)"
    let (carried, fresh) = try pixels(command, fast: 6, slow: 4)
    let place = try #require(
      carried.indices.first { $0 != fixed && abs(fresh[$0] - carried[$0]) > 1e-4 * carried[$0] })
    var stored = carried
    stored[place] = fresh[place]
    try #require(carried[fixed] == fresh[fixed])
    #expect(try remarks(command, fast: 6, slow: 4, stored).count == 1)
    stored[fixed] -= Float(difference)
    let (low, high): (Double, Double) = (Double(stored[fixed]), Double(carried[fixed]))
    try #require(1e-6 * low < high - low && high - low < 1e-6 * high, "\(low) \(high)")
    #expect(try remarks(command, fast: 6, slow: 4, stored) == [])
  }
}
