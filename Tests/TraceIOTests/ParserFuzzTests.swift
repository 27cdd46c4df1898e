import Foundation
import PropertyTesting
import TestSupport
import Testing
import TraceIO

/// Logs that have been damaged in every way: the parser answers with a trace or an error.
@Suite(.tags(.verification, .files), .generousTime) struct ParserFuzzTests {
  @Test func aHundredThousandDamagedLogs() throws {
    let seeds = [
      DisagreeingLogs.reference, DisagreeingLogs.candidate, "TRACE_C_PHI phi_tic=0 phi_deg=0 k_frac=1 F_latt=2\n",
    ]
    .map { Array($0.utf8) }
    var random = SplitMix64(state: 99)
    var (parsed, refused) = (0, 0)
    for _ in 0..<100_000 {
      var bytes = seeds.randomElement(using: &random)!
      for _ in 0..<Int.random(in: 1...8, using: &random) where !bytes.isEmpty {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<5, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.remove(at: place)
        case 2: bytes.insert("=: \n.eE-+[]0T_".utf8.randomElement(using: &random)!, at: place)
        case 3: bytes.removeLast(bytes.count - place)
        default: bytes += bytes[place...].prefix(200)
        }
      }
      do {
        let trace = try TraceParser.parse(bytes, file: "damaged")
        #expect(trace.origins.count == trace.lines.count)
        parsed += 1
      } catch {
        refused += 1
      }
    }
    #expect(parsed > 10_000 && refused > 10_000, "\(parsed) parsed, \(refused) refused")
  }
}
