import CHDF5
import Foundation
import FrameExchange
import FrameIO
import Glibc
import NexusImages
import Physics
import TestSupport
import Testing

/// How much is read of a file, where its pieces are written, and what an error tells of it.
@Suite(.tags(.files), .generousTime) struct PieceBorderTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func path(_ name: String) -> String { folder.url.appendingPathComponent(name).path }

  /// Counts become floats of an image with the same sides.
  @Test func countsAsFloatsKeepTheirSides() {
    let image = Frame(fastPixels: 3, slowPixels: 2, .integers([1, 2, 3, 4, 5, -6])).floatImage
    #expect(image.fastPixels == 3 && image.slowPixels == 2)
    #expect(image.pixels == [1, 2, 3, 4, 5, -6])
  }

  /// Where only a part of a file is wanted, its size is not asked for: what is read must not pass the limit.
  @Test func aPartIsNotLargerThanTheLimit() throws {
    let file = try folder.file("a.bin", [UInt8](repeating: 7, count: 20))
    let part = try FileBytes.read(file, for: "-img", upTo: 10, limit: 10)
    #expect(part.count == 10)
    for wanted in [11, 15, 20, 30] {
      let error = #expect(throws: RequestError.self) {
        try FileBytes.read(file, for: "-img", upTo: wanted, limit: 10)
      }
      #expect(error?.problem.contains("at most 10 are read") == true, "\(wanted)")
    }
  }

  /// A stream that is open for reading alone is refused before any work; one that is open for writing is not.
  @Test func streamsThatCannotBeWrittenAreRefused() throws {
    let (reader, writer) = (open("/dev/null", O_RDONLY | O_CLOEXEC), open("/dev/null", O_WRONLY | O_CLOEXEC))
    defer {
      close(reader)
      close(writer)
    }
    try #require(reader >= 0 && writer >= 0)
    for streams in ["/dev/fd", "/proc/self/fd"] {
      let error = #expect(throws: RequestError.self) {
        try FileBytes.checkWritable("\(streams)/\(reader)", for: "-floatfile")
      }
      #expect(error?.problem == "the file cannot be written: Bad file descriptor", "\(streams)")
      try FileBytes.checkWritable("\(streams)/\(writer)", for: "-floatfile")
    }
  }

  /// A float image is written while it is rendered from 2²⁰ pixels on.
  @Test func smallImagesAreWrittenAtTheEnd() throws {
    #expect(try FloatImageFile.begin(path("f.bin"), pixels: (1 << 20) - 1) == nil)
    #expect(try FloatImageFile.begin(path("f.bin"), pixels: 1) == nil)
    #expect(try FloatImageFile.begin(path("f.bin"), pixels: 1 << 20) != nil)
  }

  /// Runs of pixels that arrive in any order stand at their places.
  @Test func runsOfPixelsStandAtTheirPlaces() throws {
    let file = try #require(try FloatImageFile.begin(path("f.bin"), pixels: 1 << 20))
    let receive = FloatImageFile.receiver(of: file)
    let (first, last): ([Float], [Float]) = ([1, 2, 3], [5, 6])
    last.withUnsafeBufferPointer { receive(3, $0) }
    first.withUnsafeBufferPointer { receive(0, $0) }
    try #require(file.finish()).commit()
    let image = try FloatImageFile.read(path("f.bin"), fastPixels: 5, slowPixels: 1)
    #expect(image.pixels == [1, 2, 3, 5, 6])
  }

  /// A file whose folder goes before it gets its name: the error names the option and the file.
  @Test func aFileWithoutAFolderIsNamed() throws {
    let inner = path("d")
    try FileManager.default.createDirectory(atPath: inner, withIntermediateDirectories: true)
    let file = try #require(try NamelessFile(for: "\(inner)/f.bin", flag: "-floatfile"))
    let pending = try #require(file.finish())
    try FileManager.default.removeItem(atPath: inner)
    let error = #expect(throws: RequestError.self) { try pending.commit() }
    #expect(error?.subject == "-floatfile" && error?.value == "\(inner)/f.bin", "\(error?.description ?? "")")
  }

  /// The reason of a failure is that of the write, whatever fails between it and the end.
  @Test func theReasonIsThatOfTheWrite() {
    let error = #expect(throws: RequestError.self) {
      try FileBytes.prepare(header: [], to: "/dev/full", for: "-intfile", parts: 1, threads: 1) { _, sink in
        withUnsafeBytes(of: UInt8(1)) { sink($0, 0) }
        errno = ENOENT
      }
    }
    #expect(error?.problem == "the file cannot be written: No space left on device", "\(error?.description ?? "")")
  }

  /// A file that is whole and then discarded is closed, so that nothing of it takes room.
  @Test func discardedFilesAreClosed() throws {
    let pending = try FileBytes.prepare(to: path("f.bin"), for: "-floatfile") { _ in true }
    #expect(folder.hasOpenFile)
    pending.discard()
    #expect(!folder.hasOpenFile)
    #expect(try folder.names.isEmpty)
  }

  /// A line of a plain list may be as long as a piece, 256 KiB, and begins the next piece then.
  @Test func aLineAsLongAsAPiece() throws {
    func line(_ words: String, _ length: Int) -> String {
      words + String(repeating: " ", count: length - words.utf8.count - 1) + "\n"
    }
    // Samples of 64 KiB begin at every multiple of 400,000 bytes; the long line lies between two of them.
    let short = line("1 2 3 4", 64)
    let (before, behind) = (7500, 39_428)
    var text = String(repeating: short, count: before)
    text += line("2 2 3 9", 1 << 18)
    text += String(repeating: short, count: behind)
    #expect(text.utf8.count == 8 * 400_000 + 65_536)
    let file = try folder.file("a.hkl", text)
    let found = try PlainReflections.table(InputFile(file, for: "-hkl"), file, defaultAmplitude: 7)
    let table = try #require(found)
    #expect(table.count == before + 1 + behind && table.h == 1...2)
    #expect(table.nearest(Vector3(1, 2, 3)) == 4)
    #expect(table.nearest(Vector3(2, 2, 3)) == 9)
  }
}

/// The axes of NXmx where the spindle gives none.
@Suite(.tags(.files, .geometry)) struct NXmxAxesTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func direction(_ path: String, _ set: String) throws -> [Double] {
    var numbers = [Double](repeating: 0, count: 3)
    let count = hdf5Lock.withLock { chdf5_read(path, set, "vector", &numbers, 3) }
    try #require(count == 3, "\(set)")
    return numbers
  }

  /// With the spindle along the beam, x is along the fast axis of the detector.
  @Test func aSpindleAlongTheBeam() throws {
    let made = try Experiment(
      command: "-xds -spindle_axis 0 0 1 -distance 150 -cell 60 70 80 90 90 90 -default_F 50 -N 3 -lambda 1.1 "
        + "-detpixels_f 3 -detpixels_s 2 -pixel 0.2 -oversample 1", .spec)
    let frame = Frame(fastPixels: 3, slowPixels: 2, .integers([1, 2, 3, 4, 5, 6]))
    let bytes = try NXmxWriter.bytes(frame, of: made, date: Date(timeIntervalSince1970: 0))
    let file = try folder.file("a.nxs", bytes)
    let module = "/entry/instrument/detector/module"
    let fast = try direction(file, "\(module)/fast_pixel_direction")
    let slow = try direction(file, "\(module)/slow_pixel_direction")
    let found: [Double] = fast + slow
    let expected: [Double] = [1, 0, 0, 0, 1, 0]
    for (component, wanted) in try pairs(found, expected) {
      expectClose(component, wanted, within: 1e-12, because: "rounding of a turned frame", "\(found)")
    }
  }
}
