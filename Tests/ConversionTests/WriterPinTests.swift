import Foundation
import FrameExchange
import FrameIO
import NexusImages
import Physics
import TestSupport
import Testing

/// The bytes of files that are written, as digests. Other tests read the files back, or have other programs read them; the
/// digests tell that a byte is written otherwise than before. Packed files have the bytes of the libraries at hand.
@Suite(.tags(.files), .enabled(if: RecordingLibrary.isPresent)) struct WriterPinTests {
  private static let file = PackageFolder.fixtures.appendingPathComponent("check-values/writers.json")

  private static let cameras = [
    "-mosflm -distance 150 -detector_rotx 3 -detector_roty -5 -twotheta 7 -phi 10 -osc 0.5 -Xbeam 1.1 -Ybeam 0.7",
    "-xds -distance 93.7 -detector_rotz 31 -detector_thick 320 -detector_abs 270 -polar 0.87 -ORGX 4.3 -ORGY 1.7 -phi -3",
    "-adxv -close_distance 71 -detector_roty 11 -nopolar -osc 2 -phisteps 4 -spindle_axis 0.3 1 0.2",
    "-denzo -distance 201.3 -twotheta -12 -polar -0.4 -energy 11000", "-dials -distance 88.8 -misset 1 2 3 -osc 0.1",
  ]

  private let date = Date(timeIntervalSince1970: 1_790_000_000)

  private func experiment(_ camera: String, _ mode: Compatibility) throws -> Experiment {
    let base =
      "-cell 60 70 80 90 90 90 -default_F 50 -N 3 -lambda 1.1 -detpixels_f 7 -detpixels_s 5 -pixel 0.2 -oversample 1"
    return try Experiment(words: "\(base) \(camera)".words, mode)
  }

  /// Files by name; each of all cameras, one after another.
  private func files() throws -> [String: [UInt8]] {
    var files: [String: [UInt8]] = [:]
    let floats = Frame(fastPixels: 7, slowPixels: 5, .floats((0..<35).map { Float($0) * 1.25 - 3 }))
    let counts = (0..<35).map { (number: Int) -> Int32 in
      let cube: Int = number * number * number * 97 % 70_001
      return Int32(number % 5 == 0 ? cube * 20_000 : cube) - 1
    }
    for mode in [Compatibility.cParity, .spec] {
      for camera in Self.cameras {
        let made = try experiment(camera, mode)
        files["SMV, \(mode.name)", default: []] += SMVWriter.header(made)
        files["SMV with noise, \(mode.name)", default: []] += SMVWriter.header(made, isNoisy: true)
        files["CBF, \(mode.name)", default: []] += CBFWriter.bytes(counts, of: made, name: "an image", date: date)
        files["CBF of a width, \(mode.name)", default: []] += CBFWriter.bytes(
          counts, of: made, name: "b", date: date, rotation: 0.25)
        files["NXmx, \(mode.name)", default: []] += try NXmxWriter.bytes(floats, of: made, date: date)
        files["NXmx of a width, \(mode.name)", default: []] += try NXmxWriter.bytes(
          Frame(fastPixels: 7, slowPixels: 5, .integers(counts)), of: made, date: date, rotation: 0.25)
      }
    }
    for law in Contrast.Law.allCases {
      var contrast = Contrast()
      contrast.law = law
      let pixels = (0..<600).map { Float($0 * $0 % 641) - 3 }
      let picture = Picture(FloatImage(fastPixels: 30, slowPixels: 20, pixels: pixels), contrast)
      for colours in [ColourMap.grey, .negative, .heat, .viridis] {
        files["PNG, \(law), \(colours)"] = try picture.png(colours)
        files["PGM, \(law), \(colours)"] = picture.pgm(colours)
      }
    }
    // Noise cannot be packed: the file is larger than the pixels.
    var word: UInt32 = 1
    let noise = (0..<120_000).map { _ -> UInt8 in
      word = word &* 1_664_525 &+ 1_013_904_223
      return UInt8(word >> 24)
    }
    files["PNG of noise"] = try PortableNetworkGraphics.grey(noise, width: 3, height: 40_000)
    return files
  }

  @Test func bytesAreThoseRecorded() throws {
    let recorded = try JSONDecoder().decode([String: String].self, from: Data(contentsOf: Self.file))
    let files = try files()
    #expect(recorded.count == files.count)
    for (name, bytes) in files.sorted(by: { $0.key < $1.key }) {
      var digest = BitDigest()
      for byte in bytes { digest.add(UInt64(byte)) }
      let text = "\(bytes.count) \(digest.text)"
      #expect(recorded[name] == text, "\(name): other bytes; record \(text) if that is meant")
    }
  }

  private static let part = 60

  /// Headers of random cameras, in both modes; a camera that is refused adds its refusal.
  private func headers(_ part: Int) throws -> BitDigest {
    var digest = BitDigest()
    var made = 0
    for number in part * Self.part..<(part + 1) * Self.part {
      for mode in [Compatibility.cParity, .spec] {
        let experiment: Experiment
        do { experiment = try Experiment(words: RandomCamera(number).words, mode) } catch {
          digest.add("\(error)")
          continue
        }
        made += 1
        let counts = [Int32](repeating: 7, count: experiment.detector.fastPixels * experiment.detector.slowPixels)
        let frame = Frame(
          fastPixels: experiment.detector.fastPixels, slowPixels: experiment.detector.slowPixels, .integers(counts))
        for bytes in [
          SMVWriter.header(experiment), SMVWriter.header(experiment, isNoisy: true),
          CBFWriter.bytes(counts, of: experiment, name: "n\(number)", date: date),
          try NXmxWriter.bytes(frame, of: experiment, date: date),
        ] {
          for byte in bytes { digest.add(UInt64(byte)) }
        }
      }
    }
    #expect(made > Self.part, "most cameras can be described: \(made)")
    return digest
  }

  @Test(arguments: 0..<(RecordingLibrary.comparesAll ? 8 : 1)) func headersOfRandomCameras(part: Int) throws {
    let file = PackageFolder.fixtures.appendingPathComponent("check-values/cameras.json")
    let recorded = try JSONDecoder().decode([String: String].self, from: Data(contentsOf: file))
    let text = try headers(part).text
    #expect(recorded["\(part)"] == text, "\(part): other bytes; record \(text) if that is meant")
  }
}
