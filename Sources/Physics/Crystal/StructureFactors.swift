import Glibc

/// One reflection of a list: integer Miller indices and a structure factor.
public struct Reflection: Sendable, Hashable {
  /// Index along a*.
  public let h: Int
  /// Index along b*.
  public let k: Int
  /// Index along c*.
  public let l: Int
  /// The structure factor, in electrons; of either sign.
  public let amplitude: Double

  /// A reflection.
  public init(h: Int, k: Int, l: Int, amplitude: Double) {
    self.h = h
    self.k = k
    self.l = l
    self.amplitude = amplitude
  }
}

/// A list of reflections as read: what it spans, how many lines it counts, and what is to be stored.
public struct ReflectionList: Sendable, Hashable {
  /// Lowest and highest h, k and l.
  public var h: ClosedRange<Int>
  /// See `h`.
  public var k: ClosedRange<Int>
  /// See `h`.
  public var l: ClosedRange<Int>
  /// The number of reflections counted, duplicates included.
  public var count: Int
  /// The reflections to be stored; later ones overwrite earlier ones.
  public var reflections: [Reflection]

  /// A list; see the properties.
  public init(
    h: ClosedRange<Int>, k: ClosedRange<Int>, l: ClosedRange<Int>, count: Int, reflections: [Reflection]
  ) {
    self.h = h
    self.k = k
    self.l = l
    self.count = count
    self.reflections = reflections
  }

  /// A list of reflections, all of them to be stored; nil if there is none.
  public init?(_ reflections: [Reflection]) {
    guard let first = reflections.first else { return nil }
    var (low, high) = ([first.h, first.k, first.l], [first.h, first.k, first.l])
    for reflection in reflections {
      for (axis, index) in [reflection.h, reflection.k, reflection.l].enumerated() {
        (low[axis], high[axis]) = (min(low[axis], index), max(high[axis], index))
      }
    }
    self.init(
      h: low[0]...high[0], k: low[1]...high[1], l: low[2]...high[2], count: reflections.count, reflections: reflections)
  }
}

/// Structure factors on a grid of Miller indices, and the rules for looking them up (docs/reference/30-crystal.md §8
/// and §11).
public struct StructureFactors: Sendable, Hashable {
  /// The indices covered; empty if there are no reflections.
  public let h: ClosedRange<Int>
  /// See `h`.
  public let k: ClosedRange<Int>
  /// See `h`.
  public let l: ClosedRange<Int>
  /// The number of reflections counted; zero if only the default is known.
  public package(set) var count: Int
  /// The structure factor where no reflection is known, in electrons.
  public let defaultAmplitude: Double
  /// The grid: one element more than the range in each direction, l fastest, then k, then h.
  public var grid: ArraySlice<Double> { storage.dropLast() }
  /// The grid, and after it the amplitude of everything that is not in it: what the inner loops look up.
  private(set) var storage: [Double]
  let strideK: Int
  let strideH: Int

  /// The largest number of grid points that is accepted: 2 GiB of memory, or half of what the machine has.
  public static let gridLimit = Machine.limit(1 << 31) / MemoryLayout<Double>.size

  /// Structure factors that are the same everywhere.
  public init(defaultAmplitude: Double) {
    (h, k, l) = (0...0, 0...0, 0...0)
    count = 0
    self.defaultAmplitude = defaultAmplitude
    storage = []
    (strideK, strideH) = (0, 0)
  }

  /// Structure factors from a grid as it is.
  /// - Precondition: The grid has one element more than the range in each direction.
  public init(
    h: ClosedRange<Int>, k: ClosedRange<Int>, l: ClosedRange<Int>, grid: [Double], defaultAmplitude: Double
  ) {
    (strideK, strideH) = (l.count + 1, (k.count + 1) * (l.count + 1))
    precondition(grid.count == (h.count + 1) * strideH, "the grid does not fit the index ranges")
    (self.h, self.k, self.l) = (h, k, l)
    count = h.count * k.count * l.count
    storage = grid + [defaultAmplitude]
    self.defaultAmplitude = defaultAmplitude
  }

  /// Structure factors from a grid that is written in place.
  /// - Parameter fill: Writes the grid, which has one element more than the range in each direction.
  package init<Failure: Error>(
    h: ClosedRange<Int>, k: ClosedRange<Int>, l: ClosedRange<Int>, defaultAmplitude: Double,
    _ fill: (UnsafeMutableBufferPointer<Double>) throws(Failure) -> Void
  ) throws(Failure) {
    (self.h, self.k, self.l) = (h, k, l)
    (strideK, strideH) = (l.count + 1, (k.count + 1) * (l.count + 1))
    count = h.count * k.count * l.count
    self.defaultAmplitude = defaultAmplitude
    let size = (h.count + 1) * strideH
    storage = try [Double](large: size + 1) { (buffer) throws(Failure) in
      try fill(UnsafeMutableBufferPointer(rebasing: buffer[..<size]))
      buffer[size] = defaultAmplitude
    }
  }

  /// Stores a list on a grid filled with the default amplitude.
  /// - Throws: `ExperimentError` if the grid would have more than `gridLimit` points.
  public init(_ list: ReflectionList, defaultAmplitude: Double, source: String) throws(ExperimentError) {
    try self.init(
      h: list.h, k: list.k, l: list.l, count: list.count, defaultAmplitude: defaultAmplitude, source: source)
    let (h, k, l) = (h.lowerBound, k.lowerBound, l.lowerBound)
    withGrid { grid, strideH, strideK in
      for reflection in list.reflections {
        let place = (reflection.h - h) * strideH + (reflection.k - k) * strideK + reflection.l - l
        grid[place] = reflection.amplitude
      }
    }
  }

  /// A grid filled with the default amplitude.
  /// - Parameters:
  ///   - h: The indices covered.
  ///   - k: See `h`.
  ///   - l: See `h`.
  ///   - count: The number of reflections counted.
  ///   - defaultAmplitude: The structure factor where no reflection is known, in electrons.
  ///   - source: The file, for the error message.
  /// - Throws: `ExperimentError` if the grid would have more than `gridLimit` points.
  public init(
    h: ClosedRange<Int>, k: ClosedRange<Int>, l: ClosedRange<Int>, count: Int, defaultAmplitude: Double, source: String
  ) throws(ExperimentError) {
    let (nh, nk, nl) = (h.count, k.count, l.count)
    let size = Double(nh + 1) * Double(nk + 1) * Double(nl + 1)
    guard size <= Double(Self.gridLimit) else {
      throw ExperimentError.tableTooLarge(
        h: nh, k: nk, l: nl, mebibytes: Self.mebibytes(size), limit: Self.mebibytes(Double(Self.gridLimit)),
        source: source)
    }
    (self.h, self.k, self.l) = (h, k, l)
    (self.count, self.defaultAmplitude) = (count, defaultAmplitude)
    (strideK, strideH) = (nl + 1, (nk + 1) * (nl + 1))
    storage = [Double](large: (nh + 1) * strideH + 1) { $0.initialize(repeating: 0) }
    storage[storage.count - 1] = defaultAmplitude
    guard defaultAmplitude != 0 else { return }
    for i in 0..<nh {
      for j in 0..<nk {
        for m in 0..<nl { storage[i * strideH + j * strideK + m] = defaultAmplitude }
      }
    }
  }

  /// Lets amplitudes be written: the grid, and the distances of neighbours in h and in k.
  package mutating func withGrid<Result>(
    _ body: (_ grid: UnsafeMutableBufferPointer<Double>, _ strideH: Int, _ strideK: Int) -> Result
  ) -> Result {
    let (strideH, strideK) = (strideH, strideK)
    return storage.withUnsafeMutableBufferPointer { body($0, strideH, strideK) }
  }

  private static func mebibytes(_ points: Double) -> Int { Int((points / 0x1p17).rounded()) }

  /// The reflections of the grid, those of the default amplitude left out: they cannot be told from those not measured.
  public var reflections: [Reflection] {
    var list: [Reflection] = []
    for (i, h) in h.enumerated() {
      for (j, k) in k.enumerated() {
        for (m, l) in l.enumerated() {
          let amplitude = grid[i * strideH + j * strideK + m]
          if amplitude != defaultAmplitude { list.append(Reflection(h: h, k: k, l: l, amplitude: amplitude)) }
        }
      }
    }
    return list
  }

  /// The structure factor of the nearest reflection, or the default outside the list.
  /// - Parameter rounded: Whole numbers h0, k0, l0; not-a-numbers count as outside.
  @inline(__always)
  public func nearest(_ rounded: Vector3) -> Double {
    guard count > 0, Self.contains(h, rounded.x), Self.contains(k, rounded.y), Self.contains(l, rounded.z) else {
      return defaultAmplitude
    }
    return storage[
      (Int(rounded.x) - h.lowerBound) * strideH + (Int(rounded.y) - k.lowerBound) * strideK
        + (Int(rounded.z) - l.lowerBound)]
  }

  private static func contains(_ range: ClosedRange<Int>, _ index: Double) -> Bool {
    index >= Double(range.lowerBound) && index <= Double(range.upperBound)
  }
}
