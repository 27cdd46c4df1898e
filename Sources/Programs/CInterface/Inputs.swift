import CNanoBragg
import CommandLineSupport
import FrameIO
import Physics

import Glibc

/// The bounds of a simulation.
struct Bounds {
  let memory: Int
  let clockSeed: Int

  init(_ limits: UnsafePointer<nb_limits>?) throws {
    let usual = Machine.limit(.max)
    guard let limits else {
      (memory, clockSeed) = (usual, Int(time(nil)))
      return
    }
    try checkSize(limits, "limits")
    // Times fit for a long time; a product of the generator must fit into 64 bits.
    guard abs(Double(limits.pointee.clock_seed)) < 0x1p48 else {
      throw Refusal.misuse("limits", "a clock seed of \(limits.pointee.clock_seed) is not below 2^48")
    }
    memory = limits.pointee.memory == 0 ? usual : Int(clamping: limits.pointee.memory)
    clockSeed = Int(limits.pointee.clock_seed)
  }

  /// Refuses what would take more memory than is allowed: Swift ends the process where an array cannot be had.
  func check(_ bytes: Int, for subject: String, _ what: String) throws {
    guard bytes <= memory, bytes < 16 << 20 || Machine.hasMemory(bytes) else {
      throw Refusal(
        NB_MEMORY, subject,
        "\(subject): \(what) would take \(Self.shown(bytes)); \(Self.shown(memory)) are allowed, as far as the machine has them"
      )
    }
  }

  private static func shown(_ bytes: Int) -> String { bytes < 10 << 20 ? "\(bytes) bytes" : "\(bytes >> 20) MiB" }

  /// The memory of rotations, angles and sources, which are made before anything is known of the image; as far as the request
  /// tells their numbers.
  func check(_ request: SimulationRequest) throws {
    let sources = [request.horizontal.count, request.vertical.count, request.dispersionSteps].reduce(1.0) {
      $0 * Double(max($1 ?? 1, 1))
    }
    try check(
      domains: Double(request.mosaicDomains ?? 0), phi: Double(request.phiSteps ?? 0),
      sources: max(sources, Double(request.sources?.count ?? 0)))
  }

  private func check(domains: Double, phi: Double, sources: Double) throws {
    // A rotation is nine numbers, held twice; an angle comes with its two cells; a source with its direction and factors.
    let size = 150 * max(domains, 0) + 320 * max(phi, 0) + 400 * max(sources, 0)
    try check(
      Int(min(size, 1e18)), for: "-mosaic_domains, -phisteps, -hdivsteps, -vdivsteps, -dispsteps", "what they ask for")
  }

  /// The memory of a simulation and one image: per pixel the image and, where pixels depend on those before, a number; the
  /// table of structure factors.
  func check(_ experiment: Experiment) throws {
    let detector = experiment.detector
    try check(
      domains: Double(experiment.crystal.domains.count), phi: Double(experiment.sampling.phi.count),
      sources: Double(experiment.beam.sources.count))
    let size = experiment.pixelCount * 12 + detector.slowPixels * 8 + experiment.structureFactors.grid.count * 8
    try check(size, for: "-detpixels", "an image of \(detector.slowPixels) x \(detector.fastPixels) pixels")
  }
}

/// Numbers in memory with a stride in bytes, which may be negative, and addresses that need not be aligned.
private struct Column<Element> {
  let start: UnsafeRawPointer
  let stride: Int

  init(_ start: UnsafePointer<Element>?, stride: Int, count: Int, _ name: String) throws {
    guard let start else { throw Refusal.misuse(name, "it is NULL, and its count is \(count)") }
    let (reach, overflows) = stride.multipliedReportingOverflow(by: count)
    guard !overflows, reach != .min else { throw Refusal.misuse(name, "a stride of \(stride) is too large") }
    (self.start, self.stride) = (UnsafeRawPointer(start), stride)
  }

  subscript(index: Int) -> Element where Element: BitwiseCopyable { value(index * stride) }
  func value(_ offset: Int) -> Element where Element: BitwiseCopyable {
    start.loadUnaligned(fromByteOffset: offset, as: Element.self)
  }
}

extension MemoryInputs {
  init(_ given: UnsafePointer<nb_inputs>?, _ bounds: Bounds) throws {
    self.init()
    guard let given else { return }
    try checkSize(given, "inputs")
    self = try Self.read(given.pointee, bounds)
  }

  private static func read(_ given: nb_inputs, _ bounds: Bounds) throws -> MemoryInputs {
    var memory = MemoryInputs()
    for (count, name) in [
      (given.reflection_count, "reflection_count"), (given.source_count, "source_count"),
      (given.mask_slow, "mask_slow"), (given.mask_fast, "mask_fast"),
    ] where !(0...1 << 31).contains(count) {
      throw Refusal.misuse(name, "\(count) is no count that is accepted")
    }
    if given.reflection_count > 0 { memory.reflections = try reflections(given, bounds) }
    if given.matrix != nil { memory.matrix = try matrix(given) }
    if given.source_count > 0 { memory.sources = try sources(given, bounds) }
    if given.mask_slow > 0 || given.mask_fast > 0 { memory.mask = try mask(given, bounds) }
    return memory
  }

  private static func reflections(_ given: nb_inputs, _ bounds: Bounds) throws -> ReflectionList {
    let count = given.reflection_count
    try bounds.check(2 * count * MemoryLayout<Reflection>.stride, for: "reflections", "\(count) reflections")
    let indices = try [(given.h, "h"), (given.k, "k"), (given.l, "l")].map {
      try Column($0.0, stride: given.index_stride, count: count, $0.1)
    }
    let amplitudes = try Column(given.amplitudes, stride: given.amplitude_stride, count: count, "amplitudes")
    var list: [Reflection] = []
    list.reserveCapacity(count)
    for index in 0..<count {
      let hkl = indices.map { Int($0[index]) }
      let amplitude = amplitudes[index]
      guard hkl.allSatisfy({ abs($0) < 1_000_000_000 }), amplitude.isFinite else {
        throw Refusal(
          NB_REFUSED, "reflections",
          "reflections: number \(index) is (\(hkl[0]), \(hkl[1]), \(hkl[2])) with \(amplitude); give indices between -1e9 and "
            + "1e9, and finite amplitudes")
      }
      list.append(Reflection(h: hkl[0], k: hkl[1], l: hkl[2], amplitude: amplitude))
    }
    let reflections = ReflectionList(list)!
    let size = [reflections.h, reflections.k, reflections.l].reduce(8.0) { $0 * Double($1.count + 1) }
    guard size <= Double(bounds.memory) else {
      throw Refusal(
        NB_MEMORY, "reflections",
        "reflections: the indices span \(reflections.h) x \(reflections.k) x \(reflections.l), which takes "
          + "\(NumberText.text("%.0f", size / 0x1p20)) MiB; look for a stray index")
    }
    return reflections
  }

  private static func matrix(_ given: nb_inputs) throws -> OrientationMatrix {
    var offsets: [Int] = []
    for row in 0..<3 {
      for column in 0..<3 {
        let (first, overflowsA) = given.matrix_row_stride.multipliedReportingOverflow(by: row)
        let (second, overflowsB) = given.matrix_column_stride.multipliedReportingOverflow(by: column)
        let (offset, overflowsC) = first.addingReportingOverflow(second)
        guard !overflowsA, !overflowsB, !overflowsC else { throw Refusal.misuse("matrix", "its strides are too large") }
        offsets.append(offset)
      }
    }
    let values = offsets.map { UnsafeRawPointer(given.matrix!).loadUnaligned(fromByteOffset: $0, as: Double.self) }
    guard values.allSatisfy(\.isFinite) else {
      throw Refusal(NB_REFUSED, "matrix", "matrix: all nine numbers must be finite; they are \(values)")
    }
    do {
      return try OrientationMatrix(values, source: "in memory")
    } catch {
      throw Refusal(NB_REFUSED, "matrix", "matrix: \(error)")
    }
  }

  private static func sources(_ given: nb_inputs, _ bounds: Bounds) throws -> [SourceLine] {
    let count = given.source_count
    try bounds.check(count * 400, for: "sources", "\(count) sources")
    let rows = try Column(given.sources, stride: given.source_row_stride, count: count, "sources")
    let columns = try Column(given.sources, stride: given.source_column_stride, count: 5, "sources")
    return (0..<count).map { row in
      func value(_ column: Int) -> Double? {
        let value = rows.value(row * rows.stride &+ column * columns.stride)
        return value.isNaN ? nil : value
      }
      return SourceLine(x: value(0), y: value(1), z: value(2), weight: value(3), wavelength: value(4))
    }
  }

  private static func mask(_ given: nb_inputs, _ bounds: Bounds) throws -> (pixels: PixelMask, fast: Int, slow: Int) {
    let (slow, fast) = (given.mask_slow, given.mask_fast)
    guard slow > 0, fast > 0, slow <= 1 << 30 / fast else {
      throw Refusal.misuse("mask", "\(slow) x \(fast) are no dimensions of a mask")
    }
    try bounds.check(slow * fast, for: "mask", "a mask of \(slow) x \(fast) pixels")
    let rows = try Column(given.mask, stride: given.mask_row_stride, count: slow, "mask")
    let columns = try Column(given.mask, stride: given.mask_column_stride, count: fast, "mask")
    var isComputed: [Bool] = []
    isComputed.reserveCapacity(slow * fast)
    for row in 0..<slow {
      for column in 0..<fast { isComputed.append(rows.value(row * rows.stride &+ column * columns.stride) != 0) }
    }
    return (PixelMask(isComputed: isComputed), fast, slow)
  }
}
