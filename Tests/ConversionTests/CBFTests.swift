import Foundation
import FrameExchange
import FrameIO
import Physics
import PropertyTesting
import TestSupport
import Testing

private let forAll = PropertyFamily("ConversionTests/CBFTests.swift")

/// Byte-offset compression and the CBF around it.
@Suite(.tags(.files, .property), .generousTime) struct CBFTests {
  /// Counts as they are, and steps of every size between neighbours.
  private let counts: Generator<[Int32]> = {
    let small = Generator<Int>.integer(in: -200...200)
    let large = Generator<Int>.integer(in: Int(Int32.min)...Int(Int32.max))
    let edges = Generator<Int>.element(of: [
      0, -1, 127, 128, -127, -128, -129, 32767, 32768, -32768, -32769, Int(Int32.max), Int(Int32.min),
    ])
    return Generator<Int>.weighted((4, small), (1, large), (1, edges)).map { Int32($0) }.array(1...60)
  }()

  private func camera(_ fast: Int, _ slow: Int) throws -> Experiment {
    let words =
      "-cell 100 -default_F 1 -oversample 1 -detpixels_f \(fast) -detpixels_s \(slow) -pixel 0.2 -xds "
      + "-distance 150 -lambda 1.1 -ORGX 7.5 -ORGY 3.5 -phi 10 -osc 0.5"
    return try Experiment(command: words)
  }

  private func file(_ pixels: [Int32], fast: Int) throws -> [UInt8] {
    CBFWriter.bytes(
      pixels, of: try camera(fast, pixels.count / fast), name: "a b/1", date: Date(timeIntervalSince1970: 0))
  }

  @Test("Counts compressed and restored are the same") func compressionIsUndone() {
    forAll("counts compressed and restored are the same", counts) { check, counts in
      let bytes = ByteOffset.compress(counts)
      try check.equal(try ByteOffset.restore(bytes[...], count: counts.count).get(), counts)
      try check.that(bytes.count >= counts.count && bytes.count <= 15 * counts.count, "\(bytes.count) bytes")
    }
  }

  @Test("Every compressed byte is needed") func everyCompressedByteIsNeeded() {
    forAll("every compressed byte is needed", counts) { check, counts in
      let bytes = ByteOffset.compress(counts)
      let damage = ByteOffset.restore(bytes.dropLast(), count: counts.count)
      try check.equal(damage, .failure(ByteOffset.Damage(pixel: counts.count - 1)))
    }
  }

  /// The bytes that the format's definition gives for steps of 1, 2, 4 and 8 bytes.
  @Test func sizesOfSteps() {
    #expect(ByteOffset.compress([1, 0, 127]) == [1, 0xFF, 127])
    #expect(ByteOffset.compress([-128]) == [0x80, 0x80, 0xFF])
    #expect(ByteOffset.compress([40000]) == [0x80, 0x00, 0x80, 0x40, 0x9C, 0, 0])
    #expect(
      ByteOffset.compress([.max, .min]) == [0x80, 0, 0x80, 0xFF, 0xFF, 0xFF, 0x7F]
        + [0x80, 0, 0x80, 0, 0, 0, 0x80, 1, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF])
  }

  @Test func headerAsDectrisWritesIt() throws {
    let text = String(decoding: try file([Int32](repeating: 3, count: 15 * 8), fast: 15), as: UTF8.self)
    for line in [
      "data_a_b_1", "_array_data.header_convention \"PILATUS_1.2\"", "# 1970-01-01T00:00:00.000",
      "# Pixel_size 0.0002 m x 0.0002 m", "# Wavelength 1.1 A", "# Detector_distance 0.15 m",
      "# Beam_xy (7.0000, 3.0000) pixels",
      "# Start_angle 10.000000 deg.", "# Angle_increment 0.500000 deg.", "X-Binary-Size: 120",
      "X-Binary-Number-of-Elements: 120", "X-Binary-Size-Fastest-Dimension: 15", "X-Binary-Size-Second-Dimension: 8",
      "     conversions=\"x-CBF_BYTE_OFFSET\"",
    ] { #expect(text.contains("\(line)\r\n"), "\(line)") }
    #expect(!text.contains("Silicon"), "there is no sensor")
  }

  @Test func whatWasWrittenIsRead() throws {
    let pixels = (0..<60).map { Int32($0 * $0 * 7919 % 100_003) - 5 }
    let image = try CBFReader(try file(pixels, fast: 12), path: "a.cbf")
    #expect(image.frame == Frame(fastPixels: 12, slowPixels: 5, .integers(pixels)))
    var request = SimulationRequest()
    image.header.apply(to: &request)
    (request.cell, request.defaultAmplitude, request.oversample) = ([100], 1, 1)
    let (found, expected) = (try Experiment(resolving: request, compatibility: .spec), try camera(12, 5))
    expectClose(
      (found.detector.pose.origin - expected.detector.pose.origin).length, 0, within: 1e-12,
      because: "metres that were written with the digits of a header")
    expectClose(
      found.beam.wavelength / expected.beam.wavelength, 1, within: 1e-8, because: "the header has nine digits")
    #expect(
      found.detector.pixelSize == expected.detector.pixelSize && found.sampling.phi[0] == expected.sampling.phi[0])
  }

  /// What is damaged is named: text in the header replaced.
  @Test(arguments: [
    ("###CBF", "##CBF#", "does not start with ###CBF"), ("x-CBF_BYTE_OFFSET", "x-CBF_PACKED", "compression"),
    ("signed 32-bit", "signed 16-bit", "not 32-bit integers"),
    ("X-Binary-Size: 60", "X-Binary-Size: 99999", "the file has"),
    ("Second-Dimension: 5", "Second-Dimension: 6", "do not fit"),
    ("Fastest-Dimension: 12", "Fastest-Dimension: 1e9", "not a number from 1"),
    ("Fastest-Dimension: 12", "Fastest-Dimension: 1000000000", "do not fit"),
    ("Content-MD5: ", "Content-MD5: x", "digest"),
  ])
  func damageIsNamed(text: String, replacement: String, expected: String) throws {
    let whole = try file([Int32](repeating: 1, count: 60), fast: 12)
    let latin = try #require(String(data: Data(whole), encoding: .isoLatin1))
    let damaged = try #require(latin.replacingOccurrences(of: text, with: replacement).data(using: .isoLatin1))
    let error = #expect(throws: RequestError.self) { try CBFReader(Array(damaged), path: "a.cbf") }
    #expect(
      error?.description.contains(expected) == true && error?.description.hasPrefix("a.cbf") == true,
      "\(error?.description ?? "")")
  }
}
