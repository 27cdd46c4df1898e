import CNanoBragg
import CommandLineSupport
import FrameIO
import Physics
import Synchronization

import Glibc

/// What a handle of a rendering stands for.
final class Image: Sendable {
  let simulation: Simulation
  let rendering: Simulator.Rendering

  init(_ simulation: Simulation, _ rendering: Simulator.Rendering) {
    (self.simulation, self.rendering) = (simulation, rendering)
  }

  var pixelCount: Int { rendering.image.pixels.count }

  /// The file of a kind, made anew.
  func file(_ kind: nb_image) throws -> OutputImages.File {
    let images = OutputImages(simulation.request.outputs, of: simulation.experiment, rendering)
    switch kind {
    case NB_IMAGE_INTEGER: return images.file(.integer)
    case NB_IMAGE_NOISE: return images.file(.noise)
    case NB_IMAGE_GREY: return images.file(.greyMap)
    case NB_IMAGE_FLOAT: return images.file(.float)
    default: throw Refusal.misuse("kind", "there is no image \(kind.rawValue)")
    }
  }
}

/// A rendering on a thread of its own, while the caller's thread looks after progress. Both hold the job, so that a caller who
/// has lost interest need not wait.
private final class Job: Sendable {
  let simulation: Simulation
  let threads: Int
  let interruption = Interruption()
  let done = Atomic<Int>(0)
  let result = Mutex<Result<Simulator.Rendering, Simulator.Cancelled>?>(nil)
  nonisolated(unsafe) private let finished = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

  init(_ simulation: Simulation, threads: Int) {
    (self.simulation, self.threads) = (simulation, threads)
    sem_init(finished, 0, 0)
  }

  deinit {
    sem_destroy(finished)
    finished.deallocate()
  }

  func work() {
    let outcome = Result { () throws(Simulator.Cancelled) in
      try simulation.simulator.render(
        threads: threads,
        progress: { count, _ in
          self.done.store(count, ordering: .relaxed)
          return true
        }, interruption: interruption)
    }
    result.withLock { $0 = outcome }
    sem_post(finished)
  }

  /// Starts a thread that does the work; false if there is none to be had.
  func start() -> Bool {
    var thread = pthread_t()
    let context = Unmanaged.passRetained(self)
    let status = pthread_create(
      &thread, nil,
      { context in
        Unmanaged<Job>.fromOpaque(context!).takeRetainedValue().work()
        return nil
      }, context.toOpaque())
    if status == 0 { pthread_detach(thread) } else { context.release() }
    return status == 0
  }

  /// Waits for the end of the work, at most some time in s; returns whether it is done.
  func wait(_ seconds: Double) -> Bool {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    let nanoseconds = time.tv_nsec + Int(seconds * 1e9)
    time.tv_sec += nanoseconds / 1_000_000_000
    time.tv_nsec = nanoseconds % 1_000_000_000
    while true {
      if sem_timedwait(finished, &time) == 0 { return true }
      if errno != EINTR { return false }
    }
  }
}

@c @implementation
public func nb_simulation_render(
  _ simulation: OpaquePointer!, _ options: UnsafePointer<nb_render_options>!,
  _ rendering: UnsafeMutablePointer<OpaquePointer?>!, _ error: UnsafeMutablePointer<nb_error>!
) -> nb_status {
  answer(error) {
    guard let rendering else { throw Refusal.misuse("rendering", "it is NULL") }
    rendering.pointee = nil
    let simulation = try object(simulation, Simulation.self, "simulation")
    let options = options?.pointee
    if let options, options.size != MemoryLayout<nb_render_options>.size {
      throw Refusal.misuse("options", "its member size is \(options.size), not \(MemoryLayout<nb_render_options>.size)")
    }
    let wanted = options.map { Int($0.threads) } ?? 0
    let threads = min(wanted == 0 ? simulation.threads : wanted, 1024)
    try Bounds(nil).check(simulation.experiment)
    do {
      let image = try render(simulation, threads: threads, options)
      rendering.pointee = Handles.add(Image(simulation, image))
    } catch {
      throw Refusal(NB_CANCELLED, "", "the progress function asked for the end")
    }
  }
}

private func render(
  _ simulation: Simulation, threads: Int, _ options: nb_render_options?
) throws(Simulator.Cancelled) -> Simulator.Rendering {
  let experiment = simulation.experiment
  let work = experiment.pixelCount.multipliedReportingOverflow(by: max(experiment.sampling.steps, 1))
  // What takes a moment is done here and now, without a thread that would take as long.
  if !work.overflow, work.partialValue < 2_000_000 {
    return try simulation.simulator.render(threads: work.partialValue < 50_000 ? 1 : threads)
  }
  let job = Job(simulation, threads: threads)
  guard job.start() else { return try simulation.simulator.render(threads: threads) }
  let total = UInt64(experiment.region.slow.count)
  while !job.wait(0.05) {
    guard let progress = options?.progress else { continue }
    if progress(options?.context, min(UInt64(job.done.load(ordering: .relaxed)), total), total) != 0 {
      job.interruption.end()
      // The thread ends by itself; what it still holds is freed then.
      _ = job.wait(0.1)
      throw Simulator.Cancelled()
    }
  }
  return try job.result.withLock { $0! }.get()
}

@c @implementation
public func nb_rendering_free(_ rendering: OpaquePointer!) { Handles.free(rendering, Image.self) }

@c @implementation
public func nb_rendering_image(
  _ rendering: OpaquePointer!, _ pixels: UnsafeMutablePointer<UnsafePointer<Float>?>!,
  _ slow: UnsafeMutablePointer<Int>!, _ fast: UnsafeMutablePointer<Int>!, _ error: UnsafeMutablePointer<nb_error>!
) -> nb_status {
  answer(error) {
    let image = try object(rendering, Image.self, "rendering").rendering.image
    guard let pixels else { throw Refusal.misuse("pixels", "it is NULL") }
    // The array is never changed, and its elements stay where they are as long as the handle holds it.
    pixels.pointee = image.pixels.withUnsafeBufferPointer { $0.baseAddress }
    slow?.pointee = image.slowPixels
    fast?.pointee = image.fastPixels
  }
}

@c @implementation
public func nb_rendering_statistics(
  _ rendering: OpaquePointer!, _ statistics: UnsafeMutablePointer<nb_statistics>!,
  _ error: UnsafeMutablePointer<nb_error>!
) -> nb_status {
  answer(error) {
    let rendering = try object(rendering, Image.self, "rendering").rendering
    let known = rendering.statistics
    var value = nb_statistics()
    value.size = MemoryLayout<nb_statistics>.size
    (value.maximum, value.mean, value.rms, value.rmsd) = (known.maximum, known.mean, known.rms, known.rmsd)
    value.maximum_slow = known.maximumAt.map { Int64($0.slow) } ?? -1
    value.maximum_fast = known.maximumAt.map { Int64($0.fast) } ?? -1
    value.solid_angle = known.solidAngle
    value.not_finite = known.mean.isFinite ? 0 : UInt64(rendering.image.pixels.count { !$0.isFinite })
    try fill(statistics, \.size, "statistics", with: value)
  }
}

@c @implementation
public func nb_rendering_counts(
  _ rendering: OpaquePointer!, _ kind: nb_image, _ pixels: UnsafeMutableRawPointer!, _ slow: Int, _ fast: Int,
  _ rowStride: Int, _ numbers: UnsafeMutablePointer<Double>!, _ error: UnsafeMutablePointer<nb_error>!
) -> nb_status {
  answer(error) {
    let image = try object(rendering, Image.self, "rendering")
    let floats = image.rendering.image
    guard let pixels else { throw Refusal.misuse("pixels", "it is NULL") }
    guard slow == floats.slowPixels, fast == floats.fastPixels else {
      throw Refusal.misuse("slow, fast", "the image has \(floats.slowPixels) x \(floats.fastPixels) pixels")
    }
    let width = fast * (kind == NB_IMAGE_GREY ? 1 : 2)
    guard rowStride >= width else { throw Refusal.misuse("row_stride", "a row has \(width) bytes") }
    try Bounds(nil).check(4 * image.pixelCount, for: "kind", "the counts")
    guard kind != NB_IMAGE_FLOAT else { throw Refusal.misuse("kind", "the image of floats has no counts") }
    let counts = try image.file(kind)
    counts.pixels.withUnsafeBytes { bytes in
      for row in 0..<slow {
        pixels.advanced(by: row * rowStride).copyMemory(from: bytes.baseAddress! + row * width, byteCount: width)
      }
    }
    if let numbers { (numbers[0], numbers[1]) = counts.numbers }
  }
}

@c @implementation
public func nb_rendering_file(
  _ rendering: OpaquePointer!, _ kind: nb_image, _ buffer: UnsafeMutableRawPointer!, _ capacity: Int,
  _ length: UnsafeMutablePointer<Int>!, _ error: UnsafeMutablePointer<nb_error>!
) -> nb_status {
  answer(error) {
    let image = try object(rendering, Image.self, "rendering")
    try Bounds(nil).check(8 * image.pixelCount, for: "kind", "the file")
    let bytes = try image.file(kind).bytes
    length?.pointee = bytes.count
    guard let buffer else { return }
    guard capacity >= bytes.count else {
      throw Refusal.misuse("capacity", "the file has \(bytes.count) bytes, the buffer \(capacity)")
    }
    bytes.withUnsafeBytes { buffer.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
  }
}
