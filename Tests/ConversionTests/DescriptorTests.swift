import Foundation
import FrameIO
import Glibc
import Synchronization
import TestSupport
import Testing

/// A reading that waits in a thread of its own. Semaphores may be used by any thread.
private final class Reading: @unchecked Sendable {
  private let thread = Mutex<pthread_t?>(nil)
  private let bytes = Mutex<[UInt8]?>(nil)
  private let isBegun = DispatchSemaphore(value: 0)
  private let isDone = DispatchSemaphore(value: 0)
  private let mayEnd = DispatchSemaphore(value: 0)

  /// Begins to read a file.
  func begin(_ path: String) -> pthread_t? {
    let worker = Thread {
      self.thread.withLock { $0 = pthread_self() }
      self.isBegun.signal()
      let found = try? FileBytes.read(path, for: "-hkl")
      self.bytes.withLock { $0 = found }
      self.isDone.signal()
      // The thread stays, so that it can be sent a signal even if the reading has ended early.
      self.mayEnd.wait()
    }
    worker.start()
    isBegun.wait()
    return thread.withLock { $0 }
  }

  /// What was read; nil if the file could not be read.
  func end() -> [UInt8]? {
    isDone.wait()
    mayEnd.signal()
    return bytes.withLock { $0 }
  }
}

/// Reading and writing that takes several calls of the system, and calls that fail.
@Suite(.tags(.files), .generousTime) struct DescriptorTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A pipe of which a reading gets one piece at a time, and that nobody writes to any more.
  private func packets(_ pieces: [[UInt8]]) throws -> Pipe {
    let pipe = Pipe()
    let writer: Int32 = pipe.fileHandleForWriting.fileDescriptor
    // O_DIRECT, whose number depends on the processor.
    #if arch(arm64)
      let direct: Int32 = 0o200000
    #else
      let direct: Int32 = 0o40000
    #endif
    let isSet: Bool = fcntl(writer, F_SETFL, O_WRONLY | direct) == 0
    try #require(isSet)
    for piece in pieces {
      let count: Int = piece.withUnsafeBytes { Glibc.write(writer, $0.baseAddress, $0.count) }
      try #require(count == piece.count)
    }
    try pipe.fileHandleForWriting.close()
    return pipe
  }

  /// The pieces of a pipe follow each other, up to as many bytes as are wanted.
  @Test(arguments: [1, 9, 10, 11, 15, 20, 25, 30, 40]) func piecesOfAPipeFollowEachOther(wanted: Int) throws {
    let whole: [UInt8] = Array(1...30)
    let pipe = try packets([Array(whole[0..<10]), Array(whole[10..<20]), Array(whole[20..<30])])
    let path = "/dev/fd/\(pipe.fileHandleForReading.fileDescriptor)"
    let found: [UInt8] = try withExtendedLifetime(pipe) { try FileBytes.read(path, for: "-img", upTo: wanted) }
    #expect(found == Array(whole.prefix(wanted)))
  }

  /// A pipe whose pieces are as long as they can be is read to its end.
  @Test func allPiecesOfAPipeAreRead() throws {
    let pieces: [[UInt8]] = (UInt8(1)...8).map { [UInt8](repeating: $0, count: 4096) }
    let pipe = try packets(pieces)
    let path = "/dev/fd/\(pipe.fileHandleForReading.fileDescriptor)"
    let found: [UInt8] = try withExtendedLifetime(pipe) { try FileBytes.read(path, for: "-img") }
    let isSame: Bool = found == Array(pieces.joined())
    #expect(isSame)
  }

  /// A reading that the system refuses is told with the reason, and not begun anew.
  @Test func aReadingThatFailsIsTold() {
    // Nothing lies at the start of the memory of a process.
    let error = #expect(throws: RequestError.self) { try FileBytes.read("/proc/self/mem", for: "-hkl") }
    let wanted = RequestError(
      "-hkl", value: "/proc/self/mem", "the file cannot be read: Input/output error",
      remedy: "check the name and the permissions")
    #expect(error == wanted)
  }

  /// An error of an earlier call is none of a reading that succeeds.
  @Test(arguments: [EINTR, EIO, EAGAIN]) func earlierErrorsDoNotCount(number: Int32) throws {
    let file = try folder.file("a.bin", "abc")
    let first: [UInt8] = try FileBytes.read(file, for: "-img")
    errno = number
    let again: [UInt8] = try FileBytes.read(file, for: "-img")
    #expect(first == Array("abc".utf8) && again == Array("abc".utf8))
  }

  /// A signal ends a call that waits; the reading goes on.
  @Test func aSignalDoesNotEndAReading() throws {
    var action = sigaction()
    var earlier = sigaction()
    action.__sigaction_handler.sa_handler = { _ in }
    sigaction(SIGUSR2, &action, &earlier)
    defer { sigaction(SIGUSR2, &earlier, nil) }
    let pipe = Pipe()
    let reading = Reading()
    let thread = try #require(reading.begin("/dev/fd/\(pipe.fileHandleForReading.fileDescriptor)"))
    for _ in 0..<20 {
      pthread_kill(thread, SIGUSR2)
      usleep(500)
    }
    try pipe.fileHandleForWriting.write(contentsOf: Data("abc".utf8))
    try pipe.fileHandleForWriting.close()
    let found: [UInt8]? = reading.end()
    withExtendedLifetime(pipe) { #expect(found == Array("abc".utf8)) }
  }

  /// The system takes a piece up to the largest size of a file; the rest belongs behind that, where it takes nothing.
  @Test func theRestOfAPieceIsWrittenBehindItsStart() throws {
    let handler = signal(SIGXFSZ, SIG_IGN)
    defer { signal(SIGXFSZ, handler) }
    let kind = __rlimit_resource_t(RLIMIT_FSIZE.rawValue)
    var usual = rlimit()
    let isKnown: Bool = getrlimit(kind, &usual) == 0
    try #require(isKnown)
    // So far behind all other files that no test beside this one meets the limit; the file has a hole in front.
    var limited = usual
    limited.rlim_cur = min(usual.rlim_cur, 1 << 40)
    let isLimited: Bool = setrlimit(kind, &limited) == 0
    try #require(isLimited)
    defer { setrlimit(kind, &usual) }
    let path = folder.url.appendingPathComponent("f.bin").path
    let file = try #require(try NamelessFile(for: path, flag: "-floatfile"))
    let bytes: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8]
    let start = Int(limited.rlim_cur) - 6
    bytes.withUnsafeBytes { file.write($0, at: start) }
    let pending = file.finish()
    let isWhole: Bool = pending != nil
    pending?.discard()
    #expect(!isWhole)
    #expect(try folder.names.isEmpty)
  }

  /// A folder is no file, and does not stay open.
  @Test func foldersAreRefusedAndClosed() {
    let path = folder.url.path
    let error = #expect(throws: RequestError.self) { try FileBytes.read(path, for: "-hkl") }
    #expect(error == RequestError("-hkl", value: path, "it is a folder", remedy: "name a file"))
    #expect(!folder.hasOpenFile)
  }
}
