import TestSupport
import Testing

import PropertyTesting

private let forAll = PropertyFamily("PropertyTestingTests/EngineTests.swift")

/// Coverage, discards, tolerances, reports and the bridge to Swift Testing.
@Suite(.tags(.property), .generousTime) struct EngineTests {
  @Test func demandsOfCoverageFailWhenUnmet() {
    func found(_ percent: Double) -> [String] {
      outcome(.integer(in: 0...9), Settings(cases: 1000), require: [.atLeast(percent, "seven")]) { check, value in
        check.label("seven", value == 7)
      }.complaints
    }
    #expect(found(5).isEmpty)
    #expect(found(20).count == 1 && found(20)[0].contains("of 1000 cases are \"seven\", at least 20.0 %"))
    let single = outcome(.bool, Settings(cases: 1), require: [.atLeast(50, "never said")]) { _, _ in }
    #expect(single.complaints.isEmpty, "a replayed case is not judged by shares")
    let unknown = outcome(.bool, require: [.atLeast(1, "never said")]) { _, _ in }
    #expect(unknown.complaints.count == 1, "a label that is never given counts as never met")
  }

  @Test func discardsAreBounded() {
    let most = outcome(.integer(in: 0...9), Settings(cases: 300)) { check, value in try check.assume(value < 3) }
    #expect(most.complaints.count == 1 && most.complaints[0].contains("construct valid values"))
    #expect(outcome(.integer(in: 0...9)) { check, _ in try check.assume(false) }.complaints.count == 1)
    let few = outcome(.integer(in: 0...9), Settings(cases: 300)) { check, value in try check.assume(value < 7) }
    #expect(few.complaints.isEmpty && few.statistics.cases == 300, "discarded cases are replaced")
    #expect(outcome(Generator.integer(in: 0...9).filter { _ in false }) { _, _ in }.complaints.count == 1)
  }

  @Test func notANumberIsCloseToNothing() throws {
    for (actual, expected) in [(Double.nan, 1.0), (1, .nan), (.nan, .nan), (.infinity, 1)] {
      let found = outcome(.constant(0)) { check, _ in
        try check.close(actual, expected, within: 1e300, because: "anything goes")
      }
      #expect(found.failure != nil)
    }
    let infinite = outcome(.constant(0)) { check, _ in
      try check.close(.infinity, .infinity, within: 0, because: "the same")
    }
    #expect(infinite.failure == nil)
    let nan = outcome(.constant(0)) { check, _ in try check.close(1, 2, within: .nan, because: "no tolerance") }
    #expect(nan.failure != nil)
  }

  @Test func theWorstDeviationIsRemembered() throws {
    let found = outcome(.integer(in: 0...100), Settings(cases: 500)) { check, value in
      try check.close(Double(value), 0, within: 200, because: "half the tolerance at most")
    }
    #expect(found.statistics.worst == Deviation(difference: 100, allowed: 200, reason: "half the tolerance at most"))
    #expect(found.statistics.worst?.ratio == 0.5)
  }

  @Test func otherClaims() throws {
    struct Trouble: Error {}
    func claim(_ body: @escaping (Check) throws -> Void) -> String? {
      outcome(.constant(0)) { check, _ in try body(check) }.failure?.failure.claim
    }
    #expect(claim { try $0.equal([1], [2], "lists") } == "lists: [1] is not [2]")
    #expect(claim { try $0.identical(.nan, .nan) } == nil && claim { try $0.identical(0, -0.0) } == nil)
    #expect(claim { try $0.identical(1, 1.0.nextUp) } != nil)
    #expect(claim { try $0.fails(with: Trouble.self) { throw Trouble() } } == nil)
    #expect(claim { try $0.fails(with: Trouble.self, "it") {} } == "it throws no Trouble")
  }

  @Test func failuresAreReportedAtTheCallersLine() {
    let line = #line + 3
    withKnownIssue {
      Settings.$override.withValue(Settings(cases: 200, seed: 3)) {
        forAll("n stays below 4", .integer(in: 0...20), .constant("x")) { check, n, _ in
          check.label("positive", n > 0)
          check.note("n² is \(n * n)")
          try check.that(n < 4, "\(n) is too large")
        }
      }
    } matching: { issue in
      let text = issue.comments.map(\.rawValue).joined()
      let expected = [
        "Property \"PropertyTestingTests/EngineTests.swift n stays below 4\" failed at case ",
        "(seed 3, profile local)",
        "value: (4, \"x\")", "4 is too large", "note: n² is 16", "labels: positive", "examples: [(4, \"x\")]",
        "regressions: [\"4\"]", "NB_SEED=3 NB_FIRST=",
      ]
      return issue.sourceLocation?.line == line && expected.allSatisfy { text.contains($0) }
    }
  }

  @Test(arguments: [1, 2, 3])
  func propertiesWorkInParameterisedTests(factor: Int) {
    forAll("multiples of \(factor)", .integer(in: -50...50)) { check, value in
      try check.that((value * factor) % factor == 0, "\(value)")
    }
  }

  @Test func valuesAreWrittenAsSwiftSource() {
    struct Point {
      var x: Double
      var name: String?
      var kind: Kind
    }
    enum Kind { case plain, sized(Int), named(first: Int, second: Double) }
    #expect(
      SwiftSource.text([Point(x: .nan, name: nil, kind: .plain), Point(x: 1e-300, name: "a\"b", kind: .sized(3))])
        == "[Point(x: .nan, name: nil, kind: .plain), Point(x: 1e-300, name: \"a\\\"b\", kind: .sized(3))]")
    #expect(SwiftSource.text(Kind.named(first: 1, second: -0.0)) == ".named(first: 1, second: -0.0)")
    #expect(
      SwiftSource.text((1, -Double.infinity, 0.1 + 0.2, [true])) == "(1, -.infinity, 0.30000000000000004, [true])")
    #expect(SwiftSource.text(["k": 1...3]) == "[\"k\": 1...3]")
  }
}
