import CHDF5
import Foundation
import FrameExchange
import FrameIO
import Gzip
import NexusImages
import Physics
import TestSupport
import Testing

/// Packed files of several members, whole and cut off.
@Suite(.tags(.files)) struct GunzipTests {
  /// A member that holds the byte 0x61.
  private static let member: [UInt8] = [
    0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 1, 1, 0, 0xFE, 0xFF, 0x61, 0x43, 0xBE, 0xB7, 0xE8, 1, 0, 0, 0,
  ]

  /// The bytes in a file, or why it cannot be unpacked.
  private func unpacked(_ bytes: [UInt8]) -> String {
    do throws(GzipError) {
      let found: [UInt8] = try Gunzip.unpacked(bytes, limit: 10)
      return "\(found)"
    } catch {
      return error.description
    }
  }

  /// A file is whole if its last member is; nothing behind the end of the file is read.
  @Test func membersBehindOthers() {
    let one: [UInt8] = Self.member
    let cut = "the compressed file is cut off"
    for count in 0..<one.count {
      let part: [UInt8] = Array(one.prefix(count))
      #expect(unpacked(part) == cut, "\(count)")
      guard count > 0 else { continue }
      #expect(unpacked(one + part) == cut, "\(count)")
      #expect(unpacked(one + [0, 0, 0] + part) == cut, "\(count)")
      #expect(unpacked(one + one + part) == cut, "\(count)")
    }
    let zeros = [UInt8](repeating: 0, count: 700)
    let ten: [UInt8] = (0..<10).flatMap { _ in one }
    let rows: [(bytes: [UInt8], wanted: String)] = [
      (one, "[97]"), (one + one, "[97, 97]"), (one + zeros, "[97]"), (one + zeros + one, "[97, 97]"),
      (one + one + zeros, "[97, 97]"), (one + [0x62, 0x62], "the compressed data are damaged"),
      (ten, "\([UInt8](repeating: 97, count: 10))"),
      (ten + one, "the compressed file unpacks to more than 10 bytes"),
    ]
    for (number, row) in rows.enumerated() { #expect(unpacked(row.bytes) == row.wanted, "\(number)") }
  }

  /// A member that comes byte by byte is one member.
  @Test func aFileComesByteByByte() throws {
    let reader = Gunzip()
    var found: [UInt8] = []
    let file: [UInt8] = Self.member + [0, 0] + Self.member + [0]
    for byte in file {
      try reader.unpack([byte]) { piece in found += piece }
    }
    try reader.finish()
    #expect(found == [0x61, 0x61])
  }
}

/// The axes of NXmx at the limits of what is along the beam, and images that HDF5 does not store.
@Suite(.tags(.files, .geometry)) struct NXmxStorageTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func experiment(_ more: String) throws -> Experiment {
    let crystal = "-cell 60 70 80 90 90 90 -default_F 50 -N 3 -lambda 1.1 -oversample 1"
    let camera = "-xds -close_distance 150 -detpixels_f 3 -detpixels_s 2 -pixel 0.2"
    return try Experiment(command: "\(camera) \(crystal) \(more)", .spec)
  }

  private func direction(_ path: String, _ name: String) throws -> [Double] {
    let set = "/entry/instrument/detector/module/\(name)_pixel_direction"
    var numbers = [Double](repeating: 0, count: 3)
    let count = hdf5Lock.withLock { chdf5_read(path, set, "vector", &numbers, 3) }
    try #require(count == 3, "\(set)")
    return numbers
  }

  /// The axis x is along the spindle if that is more than a millionth aside of the beam, else along the fast axis, else
  /// along the slow one. Beside the beam, the third spindle is a millionth as a unit vector, to the last bit.
  @Test func theFirstAxisThatIsNotAlongTheBeam() throws {
    let frame = Frame(fastPixels: 3, slowPixels: 2, .integers([1, 2, 3, 4, 5, 6]))
    let rows: [(words: String, fast: [Double], slow: [Double])] = [
      ("-spindle_axis 0 0 -1", [1, 0, 0], [0, 1, 0]), ("-spindle_axis 0 1e-6 1", [1, 0, 0], [0, 1, 0]),
      ("-spindle_axis 0 1.0000000000005e-06 1", [1, 0, 0], [0, 1, 0]),
      ("-spindle_axis 0 1.0000005e-06 1", [0, -1, 0], [1, 0, 0]),
      ("-spindle_axis 0 1e-3 1", [0, -1, 0], [1, 0, 0]),
      ("-spindle_axis 0 0 1 -detector_roty 90", [0, 0, -1], [1, 0, 0]),
    ]
    for row in rows {
      let made = try experiment(row.words)
      let bytes = try NXmxWriter.bytes(frame, of: made, date: Date(timeIntervalSince1970: 0))
      let file = try folder.file("a.nxs", bytes)
      let found: [Double] = try direction(file, "fast") + direction(file, "slow")
      let wanted: [Double] = row.fast + row.slow
      for (component, expected) in try pairs(found, wanted) {
        expectClose(component, expected, within: 1e-12, because: "rounding of a turned frame", "\(row.words): \(found)")
      }
    }
  }

  /// HDF5 does not store an image without rows in pieces: the file is refused.
  @Test func anImageWithoutRowsIsRefused() throws {
    let made = try experiment("")
    for (fast, slow) in [(3, 0), (0, 3), (0, 0)] {
      let frame = Frame(fastPixels: fast, slowPixels: slow, .integers([]))
      let error = #expect(throws: RequestError.self) {
        try NXmxWriter.bytes(frame, of: made, date: Date(timeIntervalSince1970: 0))
      }
      #expect(error?.subject == "NeXus file" && error?.problem == "the image has no pixel")
      #expect(error?.value == nil && error?.remedy == "give an image with pixels")
    }
  }
}
