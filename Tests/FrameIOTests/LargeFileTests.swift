import Foundation
import FrameIO
import Glibc
import Physics
import TestSupport
import Testing

/// Files that are larger than anything, or are packed and read in part.
@Suite(.tags(.files), .generousTime) struct LargeFileTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// No file above 8 GiB is read unless the environment says so.
  @Test func noFileAbove8GibibytesIsRead() {
    guard getenv(FileBytes.limitVariable) == nil else { return }
    #expect(FileBytes.limit > 0 && FileBytes.limit <= 8_589_934_592)
  }

  private func tooLong(_ file: String, _ size: String, _ limit: Int) -> RequestError {
    RequestError(
      "-hkl", value: file, "the file has \(size) bytes; at most \(limit) are read",
      remedy: "check whether it is the right file, or set NB_FILE_LIMIT to more")
  }

  /// The start of a packed file is that of its content. The whole file is read for it, up to the limit.
  @Test func theStartOfAPackedFile() throws {
    let member: [UInt8] = [
      0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 1, 1, 0, 0xFE, 0xFF, 0x61, 0x43, 0xBE, 0xB7, 0xE8, 1, 0, 0, 0,
    ]
    let file = try folder.file("a.gz", member)
    for wanted in [2, 3, 23, 24, 25] {
      #expect(try FileBytes.read(file, for: "-hkl", upTo: wanted, limit: 24) == [0x61], "\(wanted)")
    }
    let error = #expect(throws: RequestError.self) { try FileBytes.read(file, for: "-hkl", upTo: 2, limit: 23) }
    #expect(error == tooLong(file, "24", 23))
  }

  /// A device without end is read up to 100 MiB, whatever the limit of files.
  @Test func devicesWithoutEndAreReadUpTo100Mebibytes() {
    guard getenv(FileBytes.limitVariable) == nil else { return }
    let error = #expect(throws: RequestError.self) {
      try FileBytes.read("/dev/zero", for: "-hkl", limit: 104_923_136)
    }
    #expect(error == tooLong("/dev/zero", "more than 104857600", 104_857_600))
  }

  /// A file of holes that is larger than any memory is refused, also without a limit.
  @Test func filesBeyondAllMemoryAreRefused() throws {
    let place = "/dev/shm/nanobragg-\(UUID().uuidString)"
    let descriptor = open(place, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    // Elsewhere files of such a size are rare.
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    unlink(place)
    guard ftruncate(descriptor, off_t(Int.max)) == 0 else { return }
    let name = "/proc/self/fd/\(descriptor)"
    func wanted(_ flag: String) -> RequestError {
      RequestError(
        "\(flag) \(name)", "there is no memory for it: 8796093022207 MiB are needed",
        remedy: "check whether it is the right file")
    }
    let any = #expect(throws: RequestError.self) { try FileBytes.read(name, for: "-hkl", limit: .max) }
    #expect(any == wanted("-hkl"))
    let ordinary = #expect(throws: RequestError.self) { try FileBytes.readRegular(name, for: "list", upTo: .max) }
    #expect(ordinary == wanted("list"))
  }

  /// A reflection that lies between two samples, and one index beyond those in the samples, is found all the same.
  @Test func reflectionsBetweenTheSamples() throws {
    let rows: [(h: Int, k: Int, l: Int)] = [(2, 2, 3), (0, 2, 3), (1, 3, 3), (1, 1, 3), (1, 2, 4), (1, 2, 2)]
    for row in rows {
      // Nine samples of 64 KiB begin at the multiples of 122,880 bytes.
      var bytes = [UInt8](repeating: 10, count: 1_048_576)
      let first = Array("1 2 3 4\n".utf8)
      let second = Array("\(row.h) \(row.k) \(row.l) 5\n".utf8)
      bytes.replaceSubrange(0..<first.count, with: first)
      bytes.replaceSubrange(90_000..<90_000 + second.count, with: second)
      let path = try folder.file("a.hkl", bytes)
      let found = try PlainReflections.table(InputFile(path, for: "-hkl"), path, defaultAmplitude: 7)
      let table = try #require(found)
      #expect(table.count == 2, "\(row)")
      #expect(table.h == min(1, row.h)...max(1, row.h), "\(row)")
      #expect(table.k == min(2, row.k)...max(2, row.k), "\(row)")
      #expect(table.l == min(3, row.l)...max(3, row.l), "\(row)")
      #expect(table.nearest(Vector3(1, 2, 3)) == 4, "\(row)")
      #expect(table.nearest(Vector3(Double(row.h), Double(row.k), Double(row.l))) == 5, "\(row)")
    }
  }

  /// A carriage return alone ends a line of a CIF, and is no word of a list. Of the first 4096 bytes of a longer list,
  /// the last line tells nothing about SHELX.
  @Test func linesThatTellTheFormat() {
    let columns = "   1   2   3   12.50    1.25"
    func line(_ length: Int) -> String { columns + String(repeating: " ", count: length - 29) + "\n" }
    let four = String(repeating: "1 2 3 4 \r\n", count: 9)
    let rows: [(text: String, wanted: String)] = [
      ("#c\rdata_a\rloop_\r", "it is a CIF"), (" \t\r\n\t#c\r\n \tdata_", "it is a CIF"),
      (line(2000) + line(2096) + "1 2 3 4\n", "1...1 2...2 3...3, 3 reflections"),
      (four + "0 0 0 0 0\r\n", "0...1 0...2 0...3, 10 reflections"),
    ]
    for row in rows { #expect(listSummary(row.text) == row.wanted, "\(row.text.prefix(30).debugDescription)") }
  }

  /// An image may have one pixel; a side that is not stated changes nothing, and gives no mask.
  @Test func imagesOfOnePixel() throws {
    let rows: [(keys: String, fast: Int?, slow: Int?)] = [
      ("SIZE1=1;\nSIZE2=1;\n", 1, 1), ("SIZE1=1;\n", 1, nil), ("", nil, nil),
    ]
    for row in rows {
      var bytes = Array("{\nHEADER_BYTES=512;\n\(row.keys)}".utf8)
      bytes += [UInt8](repeating: 32, count: 512 - bytes.count)
      for mode in [Compatibility.cParity, .spec] {
        let image = try SMVImage(bytes + [1, 0], path: "f", flag: "-mask", mode)
        var request = SimulationRequest()
        request.apply(image.header, isMask: true, mode)
        #expect(request.pixelsFast == row.fast && request.pixelsSlow == row.slow, "\(row) in \(mode.name)")
        if row.slow != nil {
          #expect(try image.mask().isComputed == [true])
        } else {
          let error = #expect(throws: RequestError.self) { try image.mask() }
          let wanted = RequestError(
            "-mask", value: "f", "the header has no SIZE1 and SIZE2, so that the mask has no pixel",
            remedy: "give a mask whose header states its size")
          #expect(error == wanted)
        }
      }
    }
  }
}
