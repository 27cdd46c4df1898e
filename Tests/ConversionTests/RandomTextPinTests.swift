import Foundation
import FrameExchange
import FrameIO
import Physics
import PropertyTesting
import TestSupport
import Testing
import VisibleText

/// What readers make of small files that are put together at random, as digests. Other tests judge readers by files of
/// others and by hand-made ones; the digests tell that a file is taken, refused or remarked upon otherwise than before.
@Suite(.tags(.files), .generousTime, .enabled(if: RecordingLibrary.isPresent)) struct RandomTextPinTests {
  private static let file = PackageFolder.fixtures.appendingPathComponent("check-values/random-files.json")

  private static func text(_ read: () throws -> String) -> String {
    do { return try read() } catch { return "\(error)" }
  }

  private static func list(_ random: inout RandomText) -> String {
    let bytes = random.list()
    return [Compatibility.cParity, .spec].map { mode in
      text {
        let (list, notes) = try ReflectionFile.parse(bytes, path: "f", mode)
        return "\(list) \(notes)"
      }
    }.joined(separator: "\n")
  }

  /// Plain lists take a way of their own, which needs a file.
  private static func table(_ random: inout RandomText, in folder: TemporaryFolder) -> String {
    let bytes = random.list()
    // A table that spans thousands of indices takes gigabytes.
    guard !String(decoding: bytes, as: UTF8.self).contains(#/[0-9]{3}|1e3/#) else { return "" }
    let path = folder.url.appendingPathComponent("f").path
    return text {
      try bytes.withUnsafeBytes { try Data($0).write(to: URL(fileURLWithPath: path)) }
      let (table, notes) = try ReflectionFile.table(path, defaultAmplitude: 3, .cParity)
      return "\(table.h) \(table.k) \(table.l) \(table.count) \(table.grid.prefix(500)) \(notes)"
    }.replacingOccurrences(of: folder.url.path, with: ".")
  }

  private static func columns(_ random: inout RandomText) -> String {
    let bytes = random.columns()
    return text { "\(try MatrixFile.parse(bytes, path: "f"))" }
      + text { "\(try SourceFile.parse(bytes, path: "f", .cParity))" }
      + text { "\(try SourceFile.parse(bytes, path: "f", .spec))" }
  }

  private static func smv(_ random: inout RandomText) -> String {
    let bytes = random.smv()
    return [Compatibility.cParity, .spec].map { mode in
      text {
        let image = try SMVImage(bytes, path: "f", flag: "-mask", mode)
        var request = SimulationRequest()
        request.apply(image.header, isMask: mode == .spec, mode)
        let head = image.header
        let pixels = (0..<min(head.fastPixels * head.slowPixels, 40)).map { image.pixel($0) }
        let frame = text {
          let frame = try SMVFrame.read(bytes, head, path: "f")
          return "\(frame.floatImage.pixels.prefix(40))"
        }
        let trek = head.dtrek.map { "\($0)" } ?? ""
        return "\(head.byteCount) \(head.isBigEndian) \(pixels) \(frame) \(trek) \(SwiftSource.text(request)) "
          + "\(request.assumptions) \(SMVWriter.header(copying: head, fastPixels: 3, slowPixels: 2))"
      }
    }.joined(separator: "\n")
  }

  private static func cbf(_ random: inout RandomText) -> String {
    let bytes = random.cbf { ByteOffset.compress($0) }
    return text {
      var request = SimulationRequest()
      let header = try CBFHeader(file: bytes, path: "f", flag: "-img")
      header.apply(to: &request)
      return
        "\(header.fields.sorted { $0.key < $1.key }) \(header.isSwung) \(SwiftSource.text(request)) \(request.assumptions)"
    } + text { "\(try CBFReader(bytes, path: "f").frame.pixels)" }
  }

  private static func array(_ random: inout RandomText) -> String {
    let bytes = random.array()
    return text {
      let image = try NPYReader.read(bytes, path: "f")
      return "\(image.fastPixels) \(image.slowPixels) \(image.pixels)"
    }
  }

  private static func xds(_ random: inout RandomText) -> String {
    let bytes = random.xds()
    return text {
      let merged = try XDSReflections.read(bytes, path: "f", expands: false)
      return "\(merged.reflections) \(merged.cell ?? []) \(merged.spaceGroup ?? "") \(merged.notes)"
    }
  }

  private static func words(_ random: inout RandomText) -> String {
    let words = random.words()
    return
      "\(VisibleText.terminal(words)) \(VisibleText.terminal(words, keepsColours: true)) \(VisibleText.line(words)) "
      + VisibleText.markdown(words)
  }

  /// Compares the digest of so many files; by day of the first tenth.
  private func expect(_ kind: String, _ all: Int, _ read: (inout RandomText) -> String) throws {
    let recorded = try JSONDecoder().decode([String: String].self, from: Data(contentsOf: Self.file))
    let count = RecordingLibrary.comparesAll ? all : all / 10
    var digest = BitDigest()
    for number in 0..<count {
      var random = RandomText(number)
      digest.add(read(&random))
    }
    let name = "\(kind), \(count)"
    #expect(recorded[name] == digest.text, "\(name): other texts; record \(digest.text) if that is meant")
  }

  // One test for each kind, so that a change of a reader need not wait for all.
  @Test func lists() throws { try expect("lists", 6000, Self.list) }
  @Test func tables() throws {
    let folder = try TemporaryFolder()
    try expect("tables", 2000) { Self.table(&$0, in: folder) }
  }
  @Test func sourcesAndMatrices() throws { try expect("columns", 4000, Self.columns) }
  @Test func imagesOfSMV() throws { try expect("SMV", 6000, Self.smv) }
  @Test func imagesOfCBF() throws { try expect("CBF", 4000, Self.cbf) }
  @Test func arraysOfNumPy() throws { try expect("arrays", 4000, Self.array) }
  @Test func listsOfXDS() throws { try expect("XDS", 2000, Self.xds) }
  @Test func words() throws { try expect("words", 6000, Self.words) }
}
