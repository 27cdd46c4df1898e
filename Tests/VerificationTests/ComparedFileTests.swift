import Foundation
import Provenance
import TestSupport
import Testing
import TraceIO
import TraceReports

/// What a bundle tells of the files that were compared.
@Suite(.tags(.verification), .generousTime) struct ComparedFileTests {
  private struct Metadata: Decodable {
    struct Input: Decodable, Equatable {
      var role: String
      var path: String
      var sha256: String
      var bytes: Int
    }

    var inputs: [Input]
  }

  /// The digests are those of the examples of FIPS 180-2: three letters, and a million.
  @Test func inputsAreToldByDigestAndSize() throws {
    let folder = try TemporaryFolder()
    let reference = try TraceFile.read(folder.file("c.log", DisagreeingLogs.reference))
    let candidate = try TraceFile.read(folder.file("py.log", DisagreeingLogs.candidate))
    let table = ToleranceTable(relative: 1e-6)
    let report = TraceReport(reference: reference, candidate: candidate, tolerances: table)
    let short = try folder.file("short", "abc")
    let long = try folder.file("long", [UInt8](repeating: 97, count: 1_000_000))
    let revision = try JSONDecoder().decode(Revision.self, from: Data("{}".utf8))
    let attempt = ComparisonBundle.Attempt(
      command: ["nbverify"], inputs: [short, long], date: Date(timeIntervalSince1970: 0), toolVersion: "1",
      folder: folder.url.path, revision: revision)
    let bundle = try ComparisonBundle.bundle(report, tolerances: table, attempt: attempt, output: "")
    try bundle.write(to: folder.url.appendingPathComponent("b"))
    let metadata = try JSONDecoder().decode(Metadata.self, from: folder.data("b/run_metadata.json"))
    let wanted: [Metadata.Input] = [
      Metadata.Input(
        role: "reference", path: short,
        sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", bytes: 3),
      Metadata.Input(
        role: "candidate", path: long,
        sha256: "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0", bytes: 1_000_000),
    ]
    #expect(metadata.inputs == wanted)
  }
}
