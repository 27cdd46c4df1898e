import KernelTypes

/// The arrays of one thread's block.
package final class BlockScratch {
  /// The numbers that each array has room for.
  let size: Int
  private let memory: UnsafeMutableBufferPointer<Double>
  /// 0, 1, 2 …
  let ramp: BlockInput
  /// Where the pixels lie along the fast axis.
  let fast: BlockOutput
  /// The unit vectors from the sample to the pixels.
  let directions: BlockVectors
  let radius: BlockOutput
  let scatteringVectors: BlockVectors
  let indices: BlockIndices
  let terms: BlockOutput
  package let solidAngle: BlockOutput, capture: BlockOutput, parallax: BlockOutput
  package let polarization: BlockOutput
  /// The polarization factors of a source, of which those pixels take theirs that have none yet.
  let candidatePolarization: BlockOutput
  /// The polarization factors of all sources with their weights.
  let meanPolarization: BlockOutput
  package let total: BlockOutput, background: BlockOutput
  /// The sums of all layers, sub-pixels and sources with their factors.
  package let photonSums: BlockOutput
  /// All 1.
  let ones: BlockOutput
  /// The pixels of a block of which not all are wanted.
  let photons: UnsafeMutableBufferPointer<Float>
  /// The sums before a step.
  package private(set) var sums: BlockOutput
  /// The sums after a step, until `finishStep`.
  private(set) var nextSums: BlockOutput
  /// One row per source.
  private let polarizations: BlockOutput
  let tableIndices: TableIndices
  package let states: UnsafeMutableBufferPointer<InterpolationState>
  let isActive: UnsafeMutableBufferPointer<Bool>
  let isPolarized: UnsafeMutableBufferPointer<Bool>
  /// How many pixels have their polarization factor; for `somePixels`, `isPolarized` tells which.
  var polarized = Extent.noPixel

  /// How many pixels of a block something is true of.
  enum Extent { case noPixel, somePixels, allPixels }

  /// Arrays for blocks of at most `size` pixels and a number of sources.
  init(size: Int, sources: Int) {
    self.size = size
    let memory = Self.filled(with: 0.0, count: (25 + max(sources, 1)) * size)
    self.memory = memory
    var count = 0
    func array(_ rows: Int = 1) -> BlockOutput {
      defer { count += rows * size }
      return BlockOutput(rebasing: memory[count..<count + rows * size])
    }
    let ramp = array()
    for index in 0..<size { ramp[index] = Double(index) }
    self.ramp = BlockInput(ramp)
    fast = array()
    directions = BlockVectors(x: array(), y: array(), z: array())
    radius = array()
    scatteringVectors = BlockVectors(x: array(), y: array(), z: array())
    indices = BlockIndices(h: array(), k: array(), l: array())
    terms = array()
    (solidAngle, capture, parallax) = (array(), array(), array())
    (polarization, candidatePolarization, meanPolarization) = (array(), array(), array())
    (total, background) = (array(), array())
    (sums, nextSums, polarizations) = (array(), array(), array(max(sources, 1)))
    (ones, photonSums) = (array(), array())
    ones.update(repeating: 1)
    precondition(count == memory.count, "the memory is for the arrays above, no more and no less")
    photons = Self.filled(with: 0, count: size)
    tableIndices = Self.filled(with: 0, count: size)
    states = Self.filled(with: InterpolationState(), count: size)
    isActive = Self.filled(with: true, count: size)
    isPolarized = Self.filled(with: false, count: size)
  }

  /// The arrays start on a line of the cache: a vector that lies across two lines is loaded in two steps.
  private static func filled<Element>(with value: Element, count: Int) -> UnsafeMutableBufferPointer<Element> {
    let bytes = UnsafeMutableRawPointer.allocate(
      byteCount: max(count, 1) * MemoryLayout<Element>.stride, alignment: 64)
    let memory = UnsafeMutableBufferPointer(
      start: bytes.bindMemory(to: Element.self, capacity: count), count: count)
    memory.initialize(repeating: value)
    return memory
  }

  deinit {
    memory.deallocate()
    photons.deallocate()
    tableIndices.deallocate()
    states.deallocate()
    isActive.deallocate()
    isPolarized.deallocate()
  }

  /// The direction of a pixel.
  func direction(_ pixel: Int) -> Vector3 {
    Vector3(directions.x[pixel], directions.y[pixel], directions.z[pixel])
  }

  /// The polarization factors of a source, for renderers that keep those of all.
  func polarizations(of source: Int) -> BlockOutput {
    BlockOutput(rebasing: polarizations[source * size..<(source + 1) * size])
  }

  /// The sums that a step reads and writes; `finishStep` ends the step.
  var runningSums: RunningSums { RunningSums(before: BlockInput(sums), after: nextSums) }

  /// Makes the sums after a step those before the next one.
  func finishStep() { swap(&sums, &nextSums) }
}
