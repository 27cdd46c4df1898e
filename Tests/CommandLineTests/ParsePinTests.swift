import CommandLineSupport
import FrameIO
import Foundation
import Physics
import PropertyTesting
import TestSupport
import Testing

/// What every option does with usual, odd and wrong values, as digests. Other tests judge options by what they are for; the
/// digests tell that an option, a message or a line of the report is no longer what it was.
@Suite(.tags(.commandLine), .generousTime, .enabled(if: RecordingLibrary.isPresent)) struct ParsePinTests {
  private static let file = PackageFolder.fixtures.appendingPathComponent("check-values/options.json")

  private func expect(
    _ name: String, _ digest: BitDigest, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let recorded = try JSONDecoder().decode([String: String].self, from: Data(contentsOf: Self.file))
    #expect(
      recorded[name] == digest.text, "\(name): not as recorded; record \(digest.text) if that is meant",
      sourceLocation: sourceLocation)
  }

  /// Files are named and not read.
  private func request(_ words: [String], _ mode: Compatibility) -> String {
    do { return SwiftSource.text(try CommandLineParser(words, compatibility: mode).parse()) } catch {
      return "\(error)"
    }
  }

  private static let values = ["5", "-3.7", "0", "1e3", "2.5x", "", "beam", "spec", "99999999999"]

  @Test(arguments: FlagTable.parts.map(\.section))
  func optionsDoAsRecorded(section: Flag.Section) throws {
    var digest = BitDigest()
    for flag in FlagTable.parts.filter({ $0.section == section }).flatMap(\.flags) {
      for name in flag.names {
        for mode in [Compatibility.cParity, .spec] {
          for value in Self.values {
            digest.add(request([name] + flag.values.map { _ in value }, mode))
            digest.add(request(["-mosflm", name] + flag.values.map { _ in value } + ["-lambda", "2"], mode))
          }
          for count in 0..<flag.values.count { digest.add(request([name] + ["1", "2", "3"].prefix(count), mode)) }
        }
      }
    }
    try expect(section.rawValue, digest)
  }

  /// Words that are no option, and which option is proposed for them.
  @Test func misspellingsAreMetAsRecorded() throws {
    var digest = BitDigest()
    let names = FlagTable.flags.flatMap(\.names)
    for name in names {
      for word in [name + "s", String(name.dropLast()), "-" + name, name.uppercased(), name + "_x", "x" + name] {
        digest.add(request([word, "3"], .cParity))
        digest.add(request([word, "3"], .spec))
      }
      digest.add("\(names.map { FlagTable.editDistance(name, $0) })")
      digest.add("\(FlagTable.axis(of: name).map(String.init) ?? "") \(FlagTable.role(of: name).map { "\($0)" } ?? "")")
    }
    let lines = ["-hkl a -dump b -floatfile c -noprogress -lambda 1 -mat d", "-dump b -img e -trace_pixel 1 2 -N 3"]
    for line in lines {
      digest.add("\(FlagTable.inputPositions(in: line.words)) \(FlagTable.calculation(of: line.words))")
    }
    try expect("misspellings", digest)
  }

  /// The report of a set-up, of an image and of a pixel.
  @Test func reportsAreAsRecorded() throws {
    var digest = BitDigest()
    for line in [
      "-cell 50 60 70 80 90 100 -misset 10 20 30 -N 3 -default_F 10 -detpixels 8 -pixel 1 -distance 50",
      "-cell 50 50 70 90 90 120 -misset_seed 7 -misset random -Na 2 -Nb 3 -Nc 4 -round_xtal -default_F 10 -detpixels_x 9 "
        + "-detpixels_y 7 -pixel 1 -distance 50 -twotheta 10 -mosaic 1 -mosaic_domains 3 -phi 3 -osc 2 -phisteps 3",
      "-cell 50 60 70 90 90 90 -N 2 -default_F 10 -detpixels 8 -pixel 1 -distance 50 -xds -hdivrange 2 -hdivsteps 2 "
        + "-dispersion 3 -dispsteps 2 -water 20 -oversample 2 -detector_thick 300 -detector_abs 200 -thicksteps 2",
      "-cell 50 60 70 90 90 90 -N 2 -gauss_xtal -default_F 10 -detpixels 8 -pixel 1 -distance 50 -point_pixel -nopolar "
        + "-curved_det -flux 1e12 -exposure 0.3 -beamsize 0.2",
    ] {
      for mode in [Compatibility.cParity, .spec] {
        let request = try CommandLineParser(line.words, compatibility: mode).parse()
        let experiment = try request.experiment(clockSeed: 7)
        digest.add(Report.setUp(experiment, request, cache: nil))
        digest.add(Report.setUp(experiment, request, cache: "c"))
        let rendering = try Simulator(experiment, instructions: .scalar).render()
        digest.add(Report.image(rendering, named: "image"))
        digest.add("\(experiment.notes)")
      }
    }
    try expect("reports", digest)
  }
}
