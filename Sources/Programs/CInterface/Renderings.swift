// Names and documentation are those of the header, nanobragg.h.
// swift-format-ignore-file: AlwaysUseLowerCamelCase, AllPublicDeclarationsHaveDocumentation

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

  var total: UInt64 { UInt64(simulation.experiment.region.slow.count) }
  var finishedRows: UInt64 { min(UInt64(done.load(ordering: .relaxed)), total) }

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
    // Who sees the result may drop the job before the next line.
    withExtendedLifetime(self) { _ = sem_post(finished) }
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
      if sem_timedwait(finished, &time) == 0 {
        // For others that wait for the same job.
        return withExtendedLifetime(self) { sem_post(finished) == 0 }
      }
      if errno != EINTR { return result.withLock { $0 != nil } }
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
    if let options { try checkSize(options, "options") }
    let options = options?.pointee
    let job = try Job(simulation, options)
    while !job.isDone(within: 0.05) {
      guard let progress = options?.progress else { continue }
      if progress(options?.context, job.finishedRows, job.total) != 0 {
        job.interruption.end()
        // The thread ends by itself; what it still holds is freed then.
        _ = job.isDone(within: 0.1)
        throw Refusal(NB_CANCELLED, "", "the progress function asked for the end")
      }
    }
    rendering.pointee = try job.handle()
  }
}

extension Job {
  /// Starts a rendering. What takes a moment is done here and now, without a thread that would take as long.
  fileprivate convenience init(_ simulation: Simulation, _ options: nb_render_options?) throws {
    try simulation.bounds.check(simulation.experiment)
    let experiment = simulation.experiment
    let (steps, overflows) = experiment.pixelCount.multipliedReportingOverflow(by: max(experiment.sampling.steps, 1))
    let isSmall = !overflows && steps < 2_000_000
    let wanted = min(options.map { Int($0.threads) } ?? 0, 1024)
    let threads = wanted == 0 ? simulation.threads : wanted
    self.init(simulation, threads: isSmall && steps < 50_000 ? 1 : threads)
    if isSmall {
      work()
    } else if !start() {
      throw Refusal(
        NB_MEMORY, "threads", "threads: the system gives no thread; end some, or raise its limit (ulimit -u)")
    }
  }

  /// A handle of the image.
  fileprivate func handle() throws -> OpaquePointer {
    switch result.withLock({ $0 }) {
    case .success(let rendering): return Handles.add(Image(simulation, rendering))
    default: throw Refusal(NB_CANCELLED, "", "the rendering was ended")
    }
  }

  /// Waits for the end of the work, at most some time in s; returns whether it is done.
  fileprivate func isDone(within seconds: Double) -> Bool { result.withLock { $0 != nil } || wait(seconds) }
}

@c @implementation
public func nb_job_start(
  _ simulation: OpaquePointer!, _ options: UnsafePointer<nb_render_options>!,
  _ job: UnsafeMutablePointer<OpaquePointer?>!, _ error: UnsafeMutablePointer<nb_error>!
) -> nb_status {
  answer(error) {
    guard let job else { throw Refusal.misuse("job", "it is NULL") }
    job.pointee = nil
    let simulation = try object(simulation, Simulation.self, "simulation")
    if let options { try checkSize(options, "options") }
    job.pointee = Handles.add(try Job(simulation, options?.pointee))
  }
}

@c @implementation
public func nb_job_wait(
  _ job: OpaquePointer!, _ seconds: Double, _ done: UnsafeMutablePointer<UInt64>!,
  _ total: UnsafeMutablePointer<UInt64>!, _ rendering: UnsafeMutablePointer<OpaquePointer?>!,
  _ error: UnsafeMutablePointer<nb_error>!
) -> nb_status {
  answer(error) {
    guard let rendering else { throw Refusal.misuse("rendering", "it is NULL") }
    rendering.pointee = nil
    let job = try object(job, Job.self, "job")
    guard seconds >= 0 else { throw Refusal.misuse("seconds", "\(seconds) is no time to wait") }
    let isDone = job.isDone(within: min(seconds, 1e6))
    done?.pointee = job.finishedRows
    total?.pointee = job.total
    if isDone { rendering.pointee = try job.handle() }
  }
}

@c @implementation
public func nb_job_free(_ job: OpaquePointer!) {
  Handles.object(job, Job.self)?.interruption.end()
  Handles.free(job, Job.self)
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
    try fill(statistics, "statistics", with: value)
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
    guard rowStride >= width, !rowStride.multipliedReportingOverflow(by: slow).overflow else {
      throw Refusal.misuse("row_stride", "it is \(rowStride); a row has \(width) bytes")
    }
    try image.simulation.bounds.check(4 * image.pixelCount, for: "kind", "the counts")
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
    try image.simulation.bounds.check(8 * image.pixelCount, for: "kind", "the file")
    let bytes = try image.file(kind).bytes
    length?.pointee = bytes.count
    guard let buffer else { return }
    guard capacity >= bytes.count else {
      throw Refusal.misuse("capacity", "the file has \(bytes.count) bytes, the buffer \(capacity)")
    }
    bytes.withUnsafeBytes { buffer.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
  }
}
