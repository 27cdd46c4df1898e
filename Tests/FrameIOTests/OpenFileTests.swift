import Foundation
import FrameIO
import Glibc
import Physics
import TestSupport
import Testing

/// Open files, leftovers and lists of others at the limits of what is taken.
@Suite(.tags(.files), .generousTime) struct OpenFileTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func path(_ name: String) -> String { folder.url.appendingPathComponent(name).path }

  /// A stream that can only be read is refused for that reason, whatever has failed before.
  @Test func aStreamThatIsOnlyReadIsRefused() {
    let stream = Pipe()
    let name = "/dev/fd/\(stream.fileHandleForReading.fileDescriptor)"
    let wanted = RequestError(
      "-floatfile", value: name, "the file cannot be written: Bad file descriptor",
      remedy: "check that the folder exists, the file may be written to and there is room")
    for number in [EPERM, ENOSPC] {
      let error = #expect(throws: RequestError.self) {
        errno = number
        try FileBytes.checkWritable(name, for: "-floatfile")
      }
      #expect(error == wanted)
    }
    withExtendedLifetime(stream) {}
  }

  /// A file that is written in pieces is closed to programs that are started, also when it is whole.
  @Test func filesAreClosedToOtherPrograms() throws {
    let file = try #require(try NamelessFile(for: path("f"), flag: "-floatfile"))
    let pending = try #require(file.finish())
    let flags: [Int32] = withExtendedLifetime(file) { folder.openFiles.map { fcntl($0, F_GETFD) } }
    #expect(flags == [FD_CLOEXEC, FD_CLOEXEC])
    pending.discard()
  }

  /// A process looks for leftovers when it replaces its first file, and not again.
  @Test func leftoversAreLookedForOnce() throws {
    try folder.file("f", "old")
    try FileBytes.write(Array("new".utf8), to: path("f"), for: "-floatfile")
    try folder.file(".nanobragg.left.new", "x")
    try FileBytes.write(Array("newer".utf8), to: path("f"), for: "-floatfile")
    #expect(try folder.text("f") == "newer")
    #expect(try folder.names == [".nanobragg.left.new", "f"])
  }

  /// The number of reflections, or why the list is refused.
  private func reading(_ bytes: [UInt8], _ mode: Compatibility = .spec) -> String {
    do throws(RequestError) {
      return "\(try ReflectionFile.parse(bytes, path: "f", mode).list.count)"
    } catch {
      return error.problem
    }
  }

  /// Text in UTF-16 is told by its mark of either byte order.
  @Test func listsInUTF16() {
    let little: [UInt8] = [0xFF, 0xFE, 0x31, 0, 0x0A, 0]
    let big: [UInt8] = [0xFE, 0xFF, 0, 0x31, 0, 0x0A]
    for mode in [Compatibility.cParity, .spec] {
      for bytes in [little, big, Array(little.prefix(2)), Array(big.prefix(2))] {
        #expect(reading(bytes, mode) == "it is text in UTF-16", "\(bytes) in \(mode.name)")
      }
    }
    #expect(reading([0xFF, 0xFF]) == "line 1 does not start with four numbers")
  }

  /// A carriage return is no part of the last column of SHELX. Blanks and tabs may stand behind one; words may not.
  @Test func carriageReturnsInLists() {
    let shelx = "it is a SHELX file (HKLF 4), which holds intensities without their symmetry"
    let between = "line 1 has a carriage return between its words"
    // 28 bytes each, the carriage return included.
    let fixed = "   1   2   3   12.50    1.2\r\n"
    let rows: [(text: String, wanted: String)] = [
      (fixed + fixed, shelx), (fixed, "1"), ("1 2 3 4\r\t\n", "1"), ("1 2 3 4\t\r \t\r\n", "1"), ("1 2 3 4\r\r\n", "1"),
      ("1 2 3 4\r5\n", between), ("1 2 3 4\r\t5\n", between), ("1 2 3 4\r,\n", between), ("1 2 3\r4\n", between),
    ]
    for row in rows { #expect(reading(Array(row.text.utf8)) == row.wanted, "\(row.text.debugDescription)") }
  }
}

/// Headers of images at the limits of what is read, and what is assumed beside them.
@Suite(.tags(.files)) struct ImageHeaderTests {
  private static let modes: [Compatibility] = [.cParity, .spec]

  private func filled(_ text: String, to count: Int) -> [UInt8] {
    let bytes = Array(text.utf8)
    return bytes + [UInt8](repeating: 32, count: count - bytes.count)
  }

  /// A corner of the detector, or the pose of a header, tells where the detector is.
  @Test func aDetectorThatIsPlacedIsNotAssumed() {
    let start = ["a wavelength of 1 A"]
    let all = start + ["a distance of 100 mm", "pixels of 0.1 mm", "a beam through the middle"]
    let placed = start + ["pixels of 0.1 mm"]
    var corner = SimulationRequest()
    #expect(corner.assumptions == all)
    corner.placeByHeader(.corner(Vector3(1, 2, 3)))
    #expect(corner.assumptions == placed)
    var posed = SimulationRequest()
    posed.headerPose = HeaderPose(vectors: GivenVectors(), origin: Vector3(1, 2, 3), in: posed)
    #expect(posed.assumptions == placed)
    posed.placeByHeader(.corner(Vector3(1, 2, 3)))
    #expect(posed.assumptions == placed)
  }

  /// Leaves digits in memory that is free.
  private func leaveDigits() -> Int {
    let arrays: [[UInt8]] = (0..<64).map { [UInt8](repeating: 57, count: 1 + $0 % 16) }
    return arrays.reduce(0) { $0 + $1.count }
  }

  /// A number that ends with the header has the digits of the header alone, whatever memory holds behind them.
  @Test func aNumberMayEndTheHeader() throws {
    let entry = "PHI=123.25"
    let start = filled("{\nHEADER_BYTES=512;\n", to: 512 - entry.utf8.count)
    for mode in Self.modes {
      let header = try SMVHeader(start + Array(entry.utf8), path: "f", flag: "-img", mode)
      #expect(header.byteCount == 512)
      for round in 0..<20 {
        #expect(leaveDigits() == 544)
        let found: Double? = header.number("PHI")
        #expect(found == 123.25, "round \(round) in \(mode.name)")
      }
    }
  }

  /// A header of as many bytes as have been read is not read again; one of a byte more is. The name does not exist.
  @Test func headersOfAsManyBytesAsAreRead() throws {
    let size = SMVImage.startSize
    #expect(size == 65_536)
    for mode in Self.modes {
      let whole = filled("{\nHEADER_BYTES=65536;\n}", to: size)
      let image = try SMVImage(start: (bytes: whole, isAll: false), path: "/no/such/image", flag: "-mask", mode)
      #expect(image.header.byteCount == 65_536)
      let longer = filled("{\nHEADER_BYTES=65537;\n}", to: size)
      let error = #expect(throws: RequestError.self) {
        try SMVImage(start: (bytes: longer, isAll: false), path: "/no/such/image", flag: "-mask", mode)
      }
      #expect(error?.problem == "the file cannot be read: No such file or directory")
    }
  }

  /// A refusal has the option first, then the file.
  @Test func theOptionStandsInFrontOfTheFile() {
    let bytes = filled("{\nHEADER_BYTES=512;\n}", to: 511)
    let wanted = RequestError(
      "-mask", value: "f", "the file has 511 bytes; an SMV header alone has 512", remedy: "give a whole SMV image")
    for mode in Self.modes {
      let error = #expect(throws: RequestError.self) { try SMVImage(bytes, path: "f", flag: "-mask", mode) }
      #expect(error == wanted)
      let start = #expect(throws: RequestError.self) {
        try SMVImage(start: (bytes: bytes, isAll: true), path: "f", flag: "-mask", mode)
      }
      #expect(start == wanted)
    }
  }
}
