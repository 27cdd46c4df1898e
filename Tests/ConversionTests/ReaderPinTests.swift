import Foundation
import FrameExchange
import FrameIO
import Gzip
import NexusImages
import Physics
import PropertyTesting
import TestSupport
import Testing

/// What readers make of files of which one byte is changed, lacking or the last, as digests of results and messages. Other
/// tests judge readers by files of others; the digests tell that a reader takes, or refuses, one byte otherwise than before.
@Suite(.tags(.files), .generousTime, .enabled(if: RecordingLibrary.isPresent)) struct ReaderPinTests {
  private static let file = PackageFolder.fixtures.appendingPathComponent("check-values/readers.json")

  /// A small file and what is read of it, as text.
  struct Sample: Sendable, CustomTestStringConvertible {
    let name: String
    /// Below `fixtures`.
    var path = ""
    /// The file itself, where it is none of the fixtures.
    var made: [UInt8] = []
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

  private static let headers: [Sample] = [
    Sample(name: "header", path: "golden/inputs/header_dimensions.img") { try header($0, .cParity) },
    Sample(name: "header, spec", path: "golden/inputs/header_close_64x56.img") { try header($0, .spec) },
    Sample(name: "d*TREK header", path: "field/smv/rigaku-hypix-dtrek.img", limit: 600) { try header($0, .spec) },
    Sample(name: "matrix", path: "golden/inputs/triclinic_A.mat") { "\(try MatrixFile.parse($0, path: "f"))" },
    Sample(name: "sources", path: "golden/inputs/sources_mixed.txt") { try sources($0, .cParity) },
    Sample(name: "sources, spec", path: "golden/inputs/sources_5col.txt") { try sources($0, .spec) },
  ]

  private static let plainLists: [Sample] = [
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
  ]

  private static let foreign: [Sample] = [
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
  ]

  private static let firstKinds: [Sample] = [
    Sample(name: "kinds", path: "golden/inputs/one.hkl") { bytes in
      let names = ["a.hkl", "a.img", "a.cbf", "a.npy", "a"]
      return "\(names.map { FileKind(content: bytes, name: $0).map { "\($0)" } ?? "none" })"
    }
  ]

  private static func frame(_ bytes: [UInt8]) throws -> String {
    let header = try SMVHeader(bytes, path: "f", flag: "-img", .spec)
    let frame = try SMVFrame.read(bytes, header, path: "f")
    return "\(frame.fastPixels) \(frame.slowPixels) \(frame.floatImage.pixels.prefix(20))"
  }

  /// A small SMV image of a number format.
  private static func image(_ type: String, width: Int, order: String = "little_endian") -> [UInt8] {
    let keys = "HEADER_BYTES=  512;\nDIM=2;\nBYTE_ORDER=\(order);\nTYPE=\(type);\nSIZE1=3;\nSIZE2=2;\n"
    let head = Array("{\n\(keys)}\n\u{0C}".utf8)
    return head + [UInt8](repeating: 32, count: 512 - head.count) + (0..<6 * width).map { UInt8($0 * 41 % 256) }
  }

  private static func array(_ type: String, width: Int, order: String = "False", version: UInt8 = 1) -> [UInt8] {
    let header = "{'descr': '\(type)', 'fortran_order': \(order), 'shape': (2, 3), }\n"
    let length = header.utf8.count
    return [0x93] + Array("NUMPY".utf8) + [version, 0, UInt8(length), 0] + (version == 1 ? [] : [0, 0])
      + Array(header.utf8) + (0..<6 * width).map { UInt8(($0 * 37 + 63) % 128) }
  }

  private static let numberFormats: [(type: String, width: Int)] = [
    ("unsigned_short", 2), ("signed_short", 2), ("long_integer", 4), ("unsigned_long", 4), ("float", 4),
    ("unsigned_char", 1),
  ]
  private static let arrayFormats: [(type: String, width: Int, order: String, version: UInt8)] = [
    ("<f4", 4, "False", 1), (">f8", 8, "False", 1), ("<i2", 2, "True", 2), ("|u1", 1, "False", 3),
    ("<u4", 4, "True", 1),
  ]

  private static var frames: [Sample] {
    var samples: [Sample] = []
    for (type, width) in numberFormats {
      samples.append(Sample(name: "pixels, \(type)", made: image(type, width: width)) { try frame($0) })
    }
    let big = image("unsigned_short", width: 2, order: "big_endian")
    samples.append(Sample(name: "pixels, big", made: big) { try frame($0) })
    samples.append(
      Sample(name: "d*TREK pixels", path: "field/smv/rigaku-hypix-dtrek.img", limit: 600) { try frame($0) })
    samples.append(
      Sample(name: "CBF, unsigned", path: "field/cbf/unsigned32-max.cbf", limit: 900) {
        let frame = try CBFReader($0, path: "f").frame
        return "\(frame.fastPixels) \(frame.slowPixels) \(frame.floatImage.pixels.prefix(20))"
      })
    for (type, width, order, version) in arrayFormats {
      let bytes = array(type, width: width, order: order, version: version)
      samples.append(
        Sample(name: "array, \(type)", made: bytes) {
          let image = try NPYReader.read($0, path: "f")
          return "\(image.fastPixels) \(image.slowPixels) \(image.pixels)"
        })
    }
    return samples
  }

  private static func merged(_ bytes: [UInt8], _ column: String? = nil) throws -> String {
    let merged = try MergedReflections(bytes, path: "f", column: column, expands: false)
    return
      "\(merged.reflections.prefix(30)) \(merged.cell ?? []) \(merged.column) \(merged.isIntensity) \(merged.notes)"
  }

  private static let shelx = """
       1   2   3   12.50    1.25   1
      -1   0   4  112.50    2.25   1
       0   2  -3    0.25    0.05   1
       0   0   0    0.00    0.00   0

    """

  /// Lists of h k l F, and files of others that are given as such.
  private static var lists: [Sample] {
    var samples: [Sample] = []
    let files: [(name: String, path: String)] = [
      ("plain", "hkl/plain.hkl"), ("five columns", "hkl/five-integer-columns.hkl"), ("CIF", "cif/anom-F.cif"),
      ("byte order mark", "hkl/bom.hkl"), ("carriage returns", "hkl/cr-only.hkl"), ("commas", "hkl/decimal-comma.hkl"),
    ]
    for (name, path) in files {
      for mode in [Compatibility.cParity, .spec] {
        samples.append(
          Sample(name: "list, \(name), \(mode.name)", path: "field/\(path)", limit: 90) { try reflections($0, mode) })
      }
    }
    samples.append(Sample(name: "list, SHELX", made: Array(shelx.utf8)) { try reflections($0, .spec) })
    samples.append(
      Sample(name: "list, packed", path: "field/hkl/plain.hkl.gz", limit: 30) {
        String(decoding: try Gunzip.unpacked($0, limit: 4000).prefix(200), as: UTF8.self)
      })
    samples.append(Sample(name: "structure factors", path: "field/cif/anom-F.cif", limit: 120) { try merged($0) })
    samples.append(
      Sample(name: "SHELX structure factors", path: "field/cif/fcf-shelx.cif", limit: 120) { try merged($0) })
    samples.append(Sample(name: "MTZ", path: "field/mtz/order-I-first.mtz", limit: 40) { try merged($0) })
    return samples
  }

  /// The first bytes by which kinds are told.
  private static let kinds: [Sample] = [
    "{\nHEADER_BYTES=512;", "###CBF: VERSION", "MTZ abc", "P5\n12 3\n", "P5\n# a\n", "P5\n09",
    "!FORMAT=XDS_ASCII MERGE",
    "-1 2 -3 4 -5 6\n\u{0C}abcd", "1 2 3 4 5\n\u{0C}ab",
  ].map { text in
    Sample(name: "kind, \(text.prefix(6).filter { $0 != "\n" })\(text.count)", made: Array(text.utf8)) { bytes in
      let names = [
        "a.bin", "a.f32.gz", "a.RAW", "a.smv", "a.nxs", "a.h5", "a.pgm", "a.txt", "a.mtz", "a.ent", "a.fcf", "a",
      ]
      return "\(names.map { FileKind(content: bytes, name: $0).map { "\($0)" } ?? "none" })"
        + "\(names.map { FileKind(extensionOf: $0, reflections: true).map { "\($0)" } ?? "none" })"
    }
  }

  /// Every file with each of its bytes replaced, left out, or the last one.
  private static func digest(_ sample: Sample) throws -> String {
    let bytes =
      sample.path.isEmpty
      ? sample.made : Array(try Data(contentsOf: PackageFolder.fixtures.appendingPathComponent(sample.path)))
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

  // One test for each family, so that a change of a reader need not wait for all files.
  @Test(arguments: headers) func headersAreReadAsRecorded(sample: Sample) throws { try expect(sample) }
  @Test(arguments: plainLists) func listsAreReadAsRecorded(sample: Sample) throws { try expect(sample) }
  @Test(arguments: foreign) func filesOfOthersAreReadAsRecorded(sample: Sample) throws { try expect(sample) }
  @Test(arguments: frames) func pixelsAreReadAsRecorded(sample: Sample) throws { try expect(sample) }
  @Test(arguments: lists) func listsOfOthersAreReadAsRecorded(sample: Sample) throws { try expect(sample) }
  @Test(arguments: firstKinds + kinds) func kindsAreToldAsRecorded(sample: Sample) throws { try expect(sample) }

  private func expect(_ sample: Sample) throws {
    let recorded = try JSONDecoder().decode([String: String].self, from: Data(contentsOf: Self.file))
    let digest = try Self.digest(sample)
    #expect(recorded[sample.name] == digest, "read otherwise than recorded; record \(digest) if that is meant")
  }
}
