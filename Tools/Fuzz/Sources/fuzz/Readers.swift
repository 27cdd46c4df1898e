import CommandLineSupport
import Foundation
import FrameExchange
import FrameIO
import Physics
import TraceIO

/// A reader, and undamaged files for it.
struct Reader {
  let name: String
  let files: [[UInt8]]
  /// Reads a file; may throw any error.
  let read: ([UInt8]) throws -> Void

  /// The number of points above which grids are not built, because the simulator checks their memory beforehand.
  private static let gridLimit = 1e6

  /// All readers, with files of the fixtures.
  static func all(fixtures: URL) throws -> [Reader] {
    func file(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: fixtures.appendingPathComponent(name))) }
    let inputs = { (name: String) in try file("golden/inputs/\(name)") }
    let words = "-cell 100 -default_F 1 -detpixels 6 -oversample 1".split(separator: " ").map(String.init)
    let experiment = try CommandLineParser(words).parse().experiment(clockSeed: 1)
    let counts = (0..<36).map { Int32($0 * $0 * 997 % 70_001) }
    let cbf = CBFWriter.bytes(counts, of: experiment, name: "a", date: Date(timeIntervalSince1970: 0))
    let smv = SMVWriter.header(experiment) + (0..<72).map { UInt8($0) }
    let spec = try CommandLineParser(words, compatibility: .spec).parse().experiment(clockSeed: 1)
    let images = [
      smv, SMVWriter.header(spec) + (0..<72).map { UInt8($0) }, try inputs("mask_64x56.img"),
      try file("field/smv/rigaku-hypix-dtrek.img"), try file("field/smv/adsc-negative-osc.img"),
    ]
    let lists = [
      try inputs("cubic_small.hkl"), try file("field/hkl/cr-only.hkl"), try file("field/hkl/decimal-comma.hkl"),
      Array("# list\n1 2 3 4\n-1,0,0 7 8\n".utf8),
    ].map {
      Array($0.prefix(3000))
    }
    let merged = try [
      "reflections/synthetic.mtz", "reflections/synthetic.cif", "field/mtz/order-I-first.mtz",
      "field/mtz/anom-F-only.mtz",
      "field/mtz/two-datasets.mtz", "field/cif/anom-I.cif", "field/cif/fcf-shelx.cif",
    ].map(file)
    let cache = Array("0 1 -1 1 0 0\n\u{0C}".utf8) + [UInt8](repeating: 64, count: 8 * 3 * 4 * 2)
    let logs = try ["mask", "roi"].map { name in
      let folder = fixtures.appendingPathComponent("golden/cases/\(name)")
      let log =
        try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".log") }.min() ?? ""
      return Array(try Data(contentsOf: folder.appendingPathComponent(log)).prefix(6000))
    }
    return [
      both("matrix", [try inputs("triclinic_A.mat"), try inputs("hexagonal_A.mat")]) { bytes, _ in
        _ = try MatrixFile.parse(bytes, path: "a")
      },
      both("reflections", lists) { bytes, mode in
        let list = try ReflectionFile.parse(bytes, path: "a", mode).list
        if points(list.h, list.k, list.l) < gridLimit {
          _ = try StructureFactors(list, defaultAmplitude: 1, source: "a")
        }
      },
      both("sources", [try inputs("sources_5col.txt"), try inputs("sources_3col.txt")]) { bytes, mode in
        _ = try SourceFile.parse(bytes, path: "a", mode)
      },
      both("cache", [cache]) { bytes, _ in
        let table = try ReflectionCache.parse(bytes, path: "a", defaultAmplitude: 0)
        _ = table.reflections
      },
      both("header and mask", images) { bytes, mode in
        let image = try SMVImage(bytes, path: "a", flag: "-img", mode)
        var request = SimulationRequest()
        request.apply(image.header, isMask: true, mode)
        if image.header.fastPixels * image.header.slowPixels < 1 << 20 { _ = try image.mask() }
      },
      both("smv image", images) { bytes, mode in
        let header = try SMVHeader(bytes, path: "a", flag: "input", mode)
        _ = SMVWriter.header(copying: header, fastPixels: 1, slowPixels: 1)
        _ = try SMVFrame.read(bytes, header, path: "a")
      },
      both("cbf image", [cbf, try file("field/cbf/pilatus-normal.cbf"), try file("field/cbf/unsigned32-max.cbf")]) {
        bytes, _ in
        var request = SimulationRequest()
        try CBFReader(bytes, path: "a").header.apply(to: &request)
      },
      // Damaged pixels fail the check of their digest, so the decompression is tried directly.
      both("cbf pixels", [ByteOffset.compress(counts)]) { bytes, _ in
        _ = try ByteOffset.restore(bytes[...], count: 36).get()
        _ = try ByteOffset.restore(bytes[...], count: 36, isUnsigned: true).get()
      },
      both("cbf header", [cbf, try file("field/cbf/pilatus-no-beam.cbf")]) { bytes, _ in
        var request = SimulationRequest()
        CBFHeader(bytes).apply(to: &request)
        _ = request.assumptions
      },
      both("merged reflections", merged) { bytes, mode in
        _ = try MergedReflections(bytes, path: "a", column: nil, expands: mode == .spec)
      },
      both("xds reflections", [try file("field/hkl/xds-header.hkl")]) { bytes, mode in
        _ = try XDSReflections.read(bytes, path: "a", expands: mode == .spec)
      },
      both("gzip", [try file("field/hkl/plain.hkl.gz")]) { bytes, _ in
        _ = try FileBytes.unpacked(bytes, "a", for: "b", limit: 1 << 20)
      },
      both("trace log", logs) { bytes, _ in _ = try TraceParser.parse(bytes, file: "a") },
      both("kind of file", images + lists + [cache, cbf]) { bytes, _ in _ = FileKind(content: bytes, name: "a") },
    ]
  }

  private static func points(_ ranges: ClosedRange<Int>...) -> Double { ranges.reduce(1) { $0 * Double($1.count + 1) } }

  /// A reader that is called with both compatibilities in turn.
  private static func both(
    _ name: String, _ files: [[UInt8]], _ read: @escaping ([UInt8], Compatibility) throws -> Void
  ) -> Reader {
    var parity = false
    return Reader(name: name, files: files) { bytes in
      parity.toggle()
      try read(bytes, parity ? .cParity : .spec)
    }
  }
}
