import FrameExchange
import FrameIO
import Foundation
import NexusImages
import Physics
import PropertyTesting
import TestSupport
import Testing

/// What readers make of files of which one byte is changed, lacking or the last, as digests of results and messages. Other
/// tests judge readers by files of others; the digests tell that a reader takes, or refuses, one byte otherwise than before.
@Suite(.tags(.files), .generousTime) struct ReaderPinTests {
  private static let file = PackageFolder.fixtures.appendingPathComponent("check-values/readers.json")

  /// A small file and what is read of it, as text.
  struct Sample: Sendable, CustomTestStringConvertible {
    let name: String
    /// Below `fixtures`.
    let path: String
    /// The first bytes that are changed; the others only count.
    var limit = 700
    let read: @Sendable ([UInt8]) throws -> String

    var testDescription: String { name }
  }

  private static func header(_ bytes: [UInt8], _ mode: Compatibility) throws -> String {
    let header = try SMVHeader(bytes, path: "f", flag: "-img", mode)
    let keys = ["PIXEL_SIZE", "DISTANCE", "BEAM_CENTER_X", "TWOTHETA", "SIZE1", "SIZE2"].map {
      "\(header.number($0) ?? -1)"
    }
    var request = SimulationRequest()
    request.apply(header, isMask: false, mode)
    return "\(header.byteCount) \(header.fastPixels) \(header.slowPixels) \(header.isBigEndian) \(keys) "
      + SwiftSource.text(request)
  }

  private static func sources(_ bytes: [UInt8], _ mode: Compatibility) throws -> String {
    "\(try SourceFile.parse(bytes, path: "f", mode))"
  }

  private static func reflections(_ bytes: [UInt8], _ mode: Compatibility) throws -> String {
    let (list, notes) = try ReflectionFile.parse(bytes, path: "f", mode)
    return "\(list) \(notes)"
  }

  static let samples: [Sample] = [
    Sample(name: "header", path: "golden/inputs/header_dimensions.img") { try header($0, .cParity) },
    Sample(name: "header, spec", path: "golden/inputs/header_close_64x56.img") { try header($0, .spec) },
    Sample(name: "d*TREK header", path: "field/smv/rigaku-hypix-dtrek.img", limit: 600) { try header($0, .spec) },
    Sample(name: "matrix", path: "golden/inputs/triclinic_A.mat") { "\(try MatrixFile.parse($0, path: "f"))" },
    Sample(name: "sources", path: "golden/inputs/sources_mixed.txt") { try sources($0, .cParity) },
    Sample(name: "sources, spec", path: "golden/inputs/sources_5col.txt") { try sources($0, .spec) },
    Sample(name: "reflections", path: "golden/inputs/decimal_indices.hkl", limit: 120) {
      try reflections(Array($0.prefix(400)), .cParity)
    },
    Sample(name: "reflections, spec", path: "golden/inputs/cubic_small.hkl", limit: 120) {
      try reflections(Array($0.prefix(400)), .spec)
    },
    Sample(name: "cache", path: "golden/inputs/reflections.cache", limit: 60) {
      let factors = try ReflectionCache.parse($0, path: "f", defaultAmplitude: 3)
      return "\(factors.h) \(factors.k) \(factors.l) \(factors.grid.prefix(9)) \(factors.grid.count)"
    },
    Sample(name: "CBF", path: "field/cbf/pilatus-normal.cbf", limit: 700) { bytes in
      var request = SimulationRequest()
      try CBFHeader(file: bytes, path: "f", flag: "-img").apply(to: &request)
      let frame = try CBFReader(bytes, path: "f").frame
      return
        "\(frame.fastPixels) \(frame.slowPixels) \(frame.floatImage.pixels.prefix(20)) \(SwiftSource.text(request))"
    },
    Sample(name: "XDS reflections", path: "field/hkl/xds-header.hkl") {
      let merged = try XDSReflections.read($0, path: "f", expands: false)
      return "\(merged.reflections) \(merged.notes)"
    },
    Sample(name: "kinds", path: "golden/inputs/one.hkl") { bytes in
      let names = ["a.hkl", "a.img", "a.cbf", "a.npy", "a"]
      return "\(names.map { FileKind(content: bytes, name: $0).map { "\($0)" } ?? "none" })"
    },
  ]

  /// Every file with each of its bytes replaced, left out, or the last one.
  private static func digest(_ sample: Sample) throws -> String {
    let bytes = Array(
      try Data(contentsOf: PackageFolder.fixtures.appendingPathComponent(sample.path)))
    var digest = BitDigest()
    func add(_ bytes: [UInt8]) {
      do { digest.add(try sample.read(bytes)) } catch { digest.add("\(error)") }
    }
    let replacements = Array(" -0;9\n".utf8) + [0xFF]
    add(bytes)
    for place in 0..<min(bytes.count, sample.limit) {
      // Seven is prime: each byte meets several of the places that matter.
      var changed = bytes
      changed[place] = replacements[place % replacements.count]
      add(changed)
      var shorter = bytes
      shorter.remove(at: place)
      add(shorter)
      add(Array(bytes[..<place]))
    }
    return digest.text
  }

  @Test(.enabled(if: RecordingLibrary.isPresent), arguments: samples)
  func bytesAreReadAsRecorded(sample: Sample) throws {
    let recorded = try JSONDecoder().decode([String: String].self, from: Data(contentsOf: Self.file))
    let digest = try Self.digest(sample)
    #expect(recorded[sample.name] == digest, "read otherwise than recorded; record \(digest) if that is meant")
  }
}
