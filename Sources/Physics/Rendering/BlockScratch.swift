import KernelTypes

/// The arrays of one thread's block.
final class BlockScratch {
  /// The numbers that each array has room for.
  let size: Int
  private let memory: UnsafeMutablePointer<Double>
  private let capacity: Int
  /// 0, 1, 2 …
  let ramp: BlockInput
  /// Where the pixels lie along the fast axis.
  let fast: BlockOutput
  let x: BlockOutput, y: BlockOutput, z: BlockOutput
  let radius: BlockOutput
  let qx: BlockOutput, qy: BlockOutput, qz: BlockOutput
  let h: BlockOutput, k: BlockOutput, l: BlockOutput
  let terms: BlockOutput
  let solidAngle: BlockOutput, capture: BlockOutput, parallax: BlockOutput
  let polarization: BlockOutput, candidate: BlockOutput
  let total: BlockOutput, background: BlockOutput
  /// The sums of all layers, sub-pixels and sources with their factors.
  let photonSums: BlockOutput
  /// All 1.
  let ones: BlockOutput
  /// The pixels of a block of which not all are wanted.
  let photons: UnsafeMutablePointer<Float>
  /// The sums, before and after a step; exchanged after each.
  var sums: BlockOutput, next: BlockOutput
  /// One row per source.
  let polarizations: BlockOutput
  let places: UnsafeMutablePointer<Int32>
  let states: UnsafeMutablePointer<UInt8>
  let isActive: UnsafeMutablePointer<Bool>
  let isPolarized: UnsafeMutablePointer<Bool>
  /// How many pixels have their polarization factor; for `some`, `isPolarized` tells which.
  var polarized = Known.none

  /// How many pixels of a block know something.
  enum Known { case none, some, all }

  /// Arrays for blocks of at most `size` pixels and a number of sources.
  init(size: Int, sources: Int) {
    self.size = size
    capacity = (24 + max(sources, 1)) * size
    let start = UnsafeMutablePointer<Double>.allocate(capacity: capacity)
    start.initialize(repeating: 0, count: capacity)
    memory = start
    var count = 0
    func array(_ rows: Int = 1) -> BlockOutput {
      defer { count += rows * size }
      return start + count
    }
    let ramp = array()
    for index in 0..<size { ramp[index] = Double(index) }
    self.ramp = UnsafePointer(ramp)
    fast = array()
    (x, y, z, radius) = (array(), array(), array(), array())
    (qx, qy, qz) = (array(), array(), array())
    (h, k, l, terms) = (array(), array(), array(), array())
    (solidAngle, capture, parallax) = (array(), array(), array())
    (polarization, candidate, total, background) = (array(), array(), array(), array())
    (sums, next, polarizations) = (array(), array(), array(max(sources, 1)))
    (ones, photonSums) = (array(), array())
    for index in 0..<size { ones[index] = 1 }
    precondition(count == capacity, "the memory is for the arrays above, no more and no less")
    photons = .allocate(capacity: size)
    photons.initialize(repeating: 0, count: size)
    places = .allocate(capacity: size)
    places.initialize(repeating: 0, count: size)
    states = .allocate(capacity: size)
    states.initialize(repeating: 0, count: size)
    isActive = .allocate(capacity: size)
    isActive.initialize(repeating: true, count: size)
    isPolarized = .allocate(capacity: size)
    isPolarized.initialize(repeating: false, count: size)
  }

  deinit {
    memory.deallocate()
    photons.deallocate()
    places.deallocate()
    states.deallocate()
    isActive.deallocate()
    isPolarized.deallocate()
  }
}
