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

/// A list of reflections as read, with the index ranges that the list spans and the number of reflections counted.
public struct ReflectionList: Sendable, Hashable {
  /// Lowest and highest index h.
  public var h: ClosedRange<Int>
  /// Lowest and highest index k.
  public var k: ClosedRange<Int>
  /// Lowest and highest index l.
  public var l: ClosedRange<Int>
  /// The number of reflections counted, duplicates included.
  public var count: Int
  /// The reflections to be stored; later ones overwrite earlier ones.
  public var reflections: [Reflection]

  /// A list with the given value of every property.
  public init(
    h: ClosedRange<Int>, k: ClosedRange<Int>, l: ClosedRange<Int>, count: Int, reflections: [Reflection]
  ) {
    self.h = h
    self.k = k
    self.l = l
    self.count = count
    self.reflections = reflections
  }

  /// A list that spans and stores all given reflections; nil for an empty array.
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

/// Limits of the grid of structure factors.
enum StructureFactorGrid {
  /// The largest number of grid points that is accepted.
  static let limit = Machine.limit(1 << 31) / MemoryLayout<Double>.size
}

extension Formulas {
  /// Structure factors on a grid of Miller indices, and the rules for looking them up (docs/reference/30-crystal.md §8
  /// and §11).
  public struct StructureFactors: Sendable, Hashable {
    /// The indices h that the grid covers; 0...0 if `count` is zero.
    public let h: ClosedRange<Int>
    /// The indices k that the grid covers; 0...0 if `count` is zero.
    public let k: ClosedRange<Int>
    /// The indices l that the grid covers; 0...0 if `count` is zero.
    public let l: ClosedRange<Int>
    /// The number of reflections counted (C name `hkls`); zero if only the default amplitude is known.
    public package(set) var count: Int
    /// The structure factor where no reflection is known, in electrons (C name `default_F`).
    public let defaultAmplitude: Number
    /// The structure factors on the grid, in electrons (C name `Fhkl`): l fastest, then k, then h, with one element more
    /// than the index range in each direction.
    public var grid: ArraySlice<Double> { storage.dropLast() }
    /// The array that the inner loops look amplitudes up in: the grid, followed by the default amplitude for indices
    /// outside the grid.
    private(set) var storage: [Double]
    let strideK: Int
    let strideH: Int

    /// The largest number of grid points that is accepted. The grid then fills 2 GiB, or half of the machine's memory or
    /// of the shell's memory limit if that is less.
    public static var gridLimit: Int { StructureFactorGrid.limit }

    /// Structure factors equal to `defaultAmplitude`, in electrons, at all indices.
    public init(defaultAmplitude: Number) {
      (h, k, l) = (0...0, 0...0, 0...0)
      count = 0
      self.defaultAmplitude = defaultAmplitude
      storage = []
      (strideK, strideH) = (0, 0)
    }

    /// The structure factors of the simulator in another arithmetic.
    init(_ table: Physics.StructureFactors) {
      (h, k, l, count) = (table.h, table.k, table.l, table.count)
      defaultAmplitude = Number(table.defaultAmplitude)
      (storage, strideK, strideH) = (table.storage, table.strideK, table.strideH)
    }

    /// Structure factors from a grid that is written in place.
    /// - Parameter fill: Writes the grid, which has one element more than the range in each direction.
    package init<Failure: Error>(
      h: ClosedRange<Int>, k: ClosedRange<Int>, l: ClosedRange<Int>, defaultAmplitude: Number,
      _ fill: (UnsafeMutableBufferPointer<Double>) throws(Failure) -> Void
    ) throws(Failure) {
      (self.h, self.k, self.l) = (h, k, l)
      (strideK, strideH) = (l.count + 1, (k.count + 1) * (l.count + 1))
      count = h.count * k.count * l.count
      self.defaultAmplitude = defaultAmplitude
      let size = (h.count + 1) * strideH
      storage = try [Double](large: size + 1) { (buffer) throws(Failure) in
        try fill(UnsafeMutableBufferPointer(rebasing: buffer[..<size]))
        buffer[size] = defaultAmplitude.approximation
      }
    }

    /// Structure factors of a list, with the default amplitude at all other nodes of the grid. `source` names the file in
    /// error messages.
    /// - Throws: `ExperimentError` if the grid would have more than `gridLimit` points.
    public init(_ list: ReflectionList, defaultAmplitude: Number, source: String) throws(ExperimentError) {
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

    /// Structure factors equal to the default amplitude at all nodes of a grid.
    /// - Parameters:
    ///   - h: The indices h that the grid covers.
    ///   - k: The indices k that the grid covers.
    ///   - l: The indices l that the grid covers.
    ///   - count: The number of reflections counted.
    ///   - defaultAmplitude: The structure factor where no reflection is known, in electrons.
    ///   - source: The file, for the error message.
    /// - Throws: `ExperimentError` if the grid would have more than `gridLimit` points.
    public init(
      h: ClosedRange<Int>, k: ClosedRange<Int>, l: ClosedRange<Int>, count: Int, defaultAmplitude: Number,
      source: String
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
      let amplitude = defaultAmplitude.approximation
      storage[storage.count - 1] = amplitude
      guard defaultAmplitude != 0 else { return }
      for i in 0..<nh {
        for j in 0..<nk {
          for m in 0..<nl { storage[i * strideH + j * strideK + m] = amplitude }
        }
      }
    }

    /// Calls `body` with the writable grid and the distances, in elements, between neighbours in h and in k.
    package mutating func withGrid<Result>(
      _ body: (_ grid: UnsafeMutableBufferPointer<Double>, _ strideH: Int, _ strideK: Int) -> Result
    ) -> Result {
      let (strideH, strideK) = (strideH, strideK)
      return storage.withUnsafeMutableBufferPointer { body($0, strideH, strideK) }
    }

    private static func mebibytes(_ points: Double) -> Int { Int((points / 0x1p17).rounded()) }

    /// The reflections of the grid. Nodes with the default amplitude are left out, because the grid does not show whether
    /// such a reflection was measured.
    public var reflections: [Reflection] {
      guard count > 0 else { return [] }
      var list: [Reflection] = []
      for (i, h) in h.enumerated() {
        for (j, k) in k.enumerated() {
          for (m, l) in l.enumerated() {
            let amplitude = grid[i * strideH + j * strideK + m]
            if amplitude != defaultAmplitude.approximation {
              list.append(Reflection(h: h, k: k, l: l, amplitude: amplitude))
            }
          }
        }
      }
      return list
    }

    /// The structure factor at whole indices, in electrons (C name `F_cell`); `defaultAmplitude` outside the grid.
    /// - Parameter rounded: Whole numbers h0, k0, l0; a not-a-number is outside the grid.
    @inline(__always)
    public func nearest(_ rounded: Vector3) -> Number {
      let node = rounded.approximation
      guard count > 0, Self.contains(h, node.x), Self.contains(k, node.y), Self.contains(l, node.z) else {
        return defaultAmplitude
      }
      return Number(
        storage[
          (Int(node.x) - h.lowerBound) * strideH + (Int(node.y) - k.lowerBound) * strideK
            + (Int(node.z) - l.lowerBound)])
    }

    private static func contains(_ range: ClosedRange<Int>, _ index: Double) -> Bool {
      index >= Double(range.lowerBound) && index <= Double(range.upperBound)
    }
  }
}
