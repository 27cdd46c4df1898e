import CommandLineSupport
import Foundation
import Judging
import Physics
import TestSupport
import Testing

/// What random command lines resolve to, every number to the last bit, as digests of our own numbers. Golden cases and
/// properties judge the numbers; the digests tell that one changed that they let pass. The lines follow from the table of
/// options, so that a new option asks for new digests.
@Suite(.tags(.commandLine), .generousTime, .enabled(if: RecordingLibrary.isPresent)) struct ExperimentPinTests {
  private static let file = PackageFolder.fixtures.appendingPathComponent("check-values/experiments.json")
  private static let part = 60

  /// Lines with one option beside a plain scene, or with three and more.
  private static let parts = (0..<4).map { ("single", $0) } + (0..<8).map { ("triple", $0) }

  @Test(arguments: parts) func numbersAreThoseRecorded(kind: String, part: Int) throws {
    let recorded = try JSONDecoder().decode([String: String].self, from: Data(contentsOf: Self.file))
    let folder = try TemporaryFolder()
    let drawing = LineDrawing(seed: 20_261_129)
    var digest = BitDigest()
    var resolved = 0
    for number in part * Self.part..<(part + 1) * Self.part {
      let line = kind == "single" ? drawing.single(number).line : drawing.triple(number).line
      for (name, data) in line.files { _ = try folder.file(name, Array(data)) }
      for mode in [Compatibility.cParity, .spec] {
        let text: String
        do {
          text = "\(try line.request(mode, folder: folder.url).experiment(clockSeed: 1))"
          resolved += 1
        } catch { text = "\(error)" }
        digest.add(text.replacingOccurrences(of: folder.url.path, with: "."))
      }
    }
    #expect(resolved > Self.part, "most lines can be resolved")
    let name = "\(kind) \(part)"
    #expect(recorded[name] == digest.text, "\(name): other numbers; record \(digest.text) if that is meant")
  }
}
