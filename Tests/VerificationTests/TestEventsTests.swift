import Foundation
import NightlyGate
import TestSupport
import Testing

/// What Swift Testing reports, read whole and cut off.
@Suite(.tags(.gate), .generousTime) struct TestEventsTests {
  private static let lines = [
    #"{"kind":"test","payload":{"id":"M.S","kind":"suite","name":"S"},"version":0}"#,
    #"{"kind":"test","payload":{"id":"M.S\/a()\/F.swift:1:4","kind":"function","name":"a()"},"version":0}"#,
    #"{"kind":"test","payload":{"id":"M.S\/b()\/F.swift:2:4","kind":"function","name":"b()"},"version":0}"#,
    #"{"kind":"event","payload":{"instant":{"absolute":10.0},"kind":"testStarted","messages":[],"testID":"M.S"}}"#,
    #"{"kind":"event","payload":{"instant":{"absolute":10.5},"kind":"testStarted","messages":[],"testID":"M.S\/a()\/F.swift:1:4"}}"#,
    #"{"kind":"event","payload":{"instant":{"absolute":11},"issue":{"isKnown":true},"kind":"issueRecorded","messages":[{"text":"known"}],"testID":"M.S\/a()\/F.swift:1:4"}}"#,
    #"{"kind":"event","payload":{"instant":{"absolute":12.0},"kind":"testEnded","messages":[],"testID":"M.S\/a()\/F.swift:1:4"}}"#,
    #"{"kind":"event","payload":{"instant":{"absolute":12.0},"kind":"testStarted","messages":[],"testID":"M.S\/b()\/F.swift:2:4"}}"#,
    #"{"kind":"event","payload":{"instant":{"absolute":12.1},"issue":{"isKnown":false},"kind":"issueRecorded","messages":[{"text":"Issue recorded"},{"text":"1 < 2"},{"text":"more"}],"testID":"M.S\/b()\/F.swift:2:4"}}"#,
    #"{"kind":"event","payload":{"instant":{"absolute":13.0},"kind":"testEnded","messages":[],"testID":"M.S\/b()\/F.swift:2:4"}}"#,
    #"{"kind":"event","payload":{"instant":{"absolute":13.0},"kind":"testEnded","messages":[],"testID":"M.S"}}"#,
    #"{"kind":"event","payload":{"instant":{"absolute":13.0},"kind":"runEnded","messages":[]}}"#,
  ]

  private func events(_ count: Int, cut: Int = 0) -> TestEvents {
    TestEvents(Data(Self.lines.prefix(count).joined(separator: "\n").utf8).dropLast(cut))
  }

  @Test func aWholeRun() {
    let events = events(12)
    #expect(events.isWhole && events.running.isEmpty)
    #expect(events.tests.map(\.name) == ["a()", "b()"] && events.tests.map(\.suite) == ["M.S", "M.S"])
    #expect(events.tests.map(\.seconds) == [1.5, 1.0], "a test's own time, not that of its suite")
    #expect(events.tests.map(\.failure) == [nil, "1 < 2\nmore"], "known issues are no failures")
  }

  @Test func whatIsSwitchedOffSaysSo() {
    let skipped =
      #"{"kind":"event","payload":{"kind":"testSkipped","messages":[{"text":"Suite S skipped:"},{"text":"no binary"}],"testID":"M.S"}}"#
    let events = TestEvents(Data([Self.lines[0], skipped, Self.lines[11]].joined(separator: "\n").utf8))
    #expect(events.skipped == ["Suite S skipped: no binary"] && events.tests.isEmpty && events.isWhole)
  }

  @Test func aRunThatWasCutOffNamesTheTestThatWasRunning() {
    for (count, running) in [(5, ["M.S/a()"]), (7, []), (8, ["M.S/b()"])] {
      #expect(events(count).running == running && !events(count).isWhole)
      #expect(events(count + 1, cut: 20).running == running, "half a line says nothing")
    }
  }
}
