import Foundation
import PropertyTesting
import Physics
import TestSupport
import Testing
import TraceIO
import TraceReports

/// What is said of planted faults, word for word, as recorded in a file that people read when it changes. Other tests judge
/// the causes; the record tells what they would have let pass: another number, another place, a lost remark.
@Suite(.tags(.verification), .generousTime, .enabled(if: RecordingLibrary.isPresent)) struct DiagnosisPinTests {
  private static let recorded = PackageFolder.fixtures.appendingPathComponent("check-values/diagnoses.txt")

  @Test func diagnosesAreThoseRecorded() throws {
    var random = SplitMix64(state: 20_261_129)
    var text = ""
    for fault in PlantedFault.all {
      var digest = BitDigest()
      for number in 0..<4 {
        var scene = RandomScene(&random)
        let (reference, candidate) = try fault.plant(&scene, &random)
        // Old logs have no set-up, and a candidate may lack what is told of each step.
        let isOld = number == 3
        let report = compare(
          isOld ? reference.without(.setup) : reference, isOld ? candidate.without(.setup, .step) : candidate,
          relative: fault.tolerance)
        let words = ComparisonText(report, tolerance: fault.tolerance).plain()
        if number == 0 { text += "== \(fault.name)\n\(words)\n" }
        digest.add(words)
        for item in report.items { digest.add("\(item)") }
        for finding in report.findings + report.furtherFindings { digest.add("\(finding)") }
        digest.add("\(report.pixels)")
      }
      text += "digest of this and three further reports: \(digest.text)\n\n"
    }
    let wanted = try String(contentsOf: Self.recorded, encoding: .utf8)
    guard text != wanted else { return }
    let copy = FileManager.default.temporaryDirectory.appendingPathComponent("diagnoses.txt")
    try text.write(to: copy, atomically: true, encoding: .utf8)
    let lines = zip(text.split(separator: "\n"), wanted.split(separator: "\n")).first { $0 != $1 }
    Issue.record(
      "\(copy.path) is not \(Self.recorded.path): '\(lines?.0 ?? "")' for '\(lines?.1 ?? "")'; if that is meant, copy the file"
    )
  }
}
