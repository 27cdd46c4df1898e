import Physics

/// Lists in their plainest form, a line of h k l F for each reflection and nothing else, read in pieces straight into the
/// grid. Anything unusual is left to `ReflectionFile`.
package enum PlainReflections {
  /// Reads a list.
  ///
  /// The span of the indices is taken from samples of the file, which nearly always cover all reflections. If they do
  /// not, the first reading of the whole file finds the full span, and a second reading stores the reflections.
  /// - Returns: The grid; nil if the file is no plain list, or is a pipe or device, which cannot be read twice.
  /// - Throws: `RequestError` if the file cannot be read.
  package static func table(
    _ file: borrowing InputFile, _ path: String, defaultAmplitude: Double
  ) throws(RequestError) -> StructureFactors? {
    // Some file systems do not tell the size of their files.
    guard file.isRegular, file.size > 0, var span = try sampledSpan(file) else { return nil }
    for _ in 0..<2 {
      // A span that is too large may be that of a part of the list: the other reader tells that of all.
      let made = try? StructureFactors(
        h: span.range(0), k: span.range(1), l: span.range(2), count: 0, defaultAmplitude: defaultAmplitude, source: path
      )
      guard var table = made else { return nil }
      guard let missed = try store(file, span, in: &table) else { return nil }
      if missed.isEmpty { return table }
      span.add(missed)
    }
    return nil
  }

  /// Stores the reflections that a span covers.
  /// - Returns: The span of the reflections outside; nil if the file is no plain list.
  private static func store(
    _ file: borrowing InputFile, _ span: Span, in table: inout StructureFactors
  ) throws(RequestError) -> Span? {
    var (missed, count) = (Span(), 0)
    let (low, size) = (span.low, span.size)
    let reader = PlainLines()
    var isPlain: Bool
    var place = 0
    repeat {
      guard let piece = try reader.piece(of: file, at: place) else { return nil }
      place = piece.end
      isPlain = table.withGrid { grid, strideH, strideK in
        let grid = grid.baseAddress!
        return reader.forEach(piece) { h, k, l, amplitude in
          count += 1
          let (i, j, m) = (h &- low.x, k &- low.y, l &- low.z)
          guard UInt32(bitPattern: i) < size.x, UInt32(bitPattern: j) < size.y, UInt32(bitPattern: m) < size.z else {
            missed.add(SIMD3(h, k, l))
            return
          }
          grid[Int(i) &* strideH &+ Int(j) &* strideK &+ Int(m)] = amplitude
        }
      }
    } while isPlain && place < file.size
    table.count = count
    return isPlain ? missed : nil
  }

  /// The span of the indices in nine pieces of a file; nil if one of their lines is not plain.
  private static func sampledSpan(_ file: borrowing InputFile) throws(RequestError) -> Span? {
    var span = Span()
    let reader = PlainLines()
    let pieces = 8
    for index in 0...pieces {
      // The last piece reaches the end of the file, or nearly.
      let start = (file.size - PlainLines.size / 4) / pieces * index
      guard let piece = try reader.piece(of: file, at: start, startsAnywhere: start > 0, size: PlainLines.size / 4),
        reader.forEach(piece, { h, k, l, _ in span.add(SIMD3(h, k, l)) })
      else { return nil }
      if piece.end >= file.size { break }
    }
    return span.isEmpty ? nil : span
  }

  /// The lowest and the highest indices.
  private struct Span {
    var low = SIMD3<Int32>(repeating: .max)
    var high = SIMD3<Int32>(repeating: .min)

    var isEmpty: Bool { low.x > high.x }

    var size: SIMD3<UInt32> { SIMD3(truncatingIfNeeded: high &- low &+ 1) }

    func range(_ axis: Int) -> ClosedRange<Int> { Int(low[axis])...Int(high[axis]) }

    mutating func add(_ index: SIMD3<Int32>) {
      low = pointwiseMin(low, index)
      high = pointwiseMax(high, index)
    }

    mutating func add(_ other: Span) {
      low = pointwiseMin(low, other.low)
      high = pointwiseMax(high, other.high)
    }
  }
}
