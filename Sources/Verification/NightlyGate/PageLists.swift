import Foundation

/// The long lists of a night's report: tests, golden cases, images; failed items come first.
enum PageLists {
  static func context(_ record: NightRecord) -> [String: Any] {
    let failedTests = record.tests.count { $0.failure != nil }
    let suites = Dictionary(grouping: record.tests, by: \.suite)
    let failedGolden = record.golden.count { !$0.problems.isEmpty }
    let failedImages = record.images.count { $0.problem != nil }
    func failing(_ count: Int) -> String { count == 0 ? "" : ", \(count) failed" }
    return [
      "hasTests": !record.tests.isEmpty,
      "testsHeadline": "\(record.tests.count) tests in \(suites.count) suites\(failing(failedTests))",
      "suites": suites.keys.sorted { fails(suites[$0]) == fails(suites[$1]) ? $0 < $1 : fails(suites[$0]) }
        .map { suite($0, suites[$0] ?? []) }, "hasGolden": !record.golden.isEmpty,
      "goldenHeadline": "\(record.golden.count) cases\(failing(failedGolden))",
      "golden": (record.golden.filter { !$0.problems.isEmpty } + record.golden.filter(\.problems.isEmpty)).map(golden),
      "hasImages": !record.images.isEmpty, "imagesHeadline": "\(record.images.count) images\(failing(failedImages))",
      "images": (record.images.filter { $0.problem != nil } + record.images.filter { $0.problem == nil }).map(image),
    ]
  }

  private static func fails(_ tests: [NightRecord.TestRecord]?) -> Bool {
    (tests ?? []).contains { $0.failure != nil }
  }

  private static func suite(_ name: String, _ tests: [NightRecord.TestRecord]) -> [String: Any] {
    let failed = tests.count { $0.failure != nil }
    return [
      "suite": name, "suiteCount": "\(tests.count)", "suiteFails": failed > 0, "suiteFailed": "\(failed)",
      "suiteSeconds": seconds(tests.reduce(0) { $0 + $1.seconds }) + " s",
      "isOpen": failed > 0,
      "tests": tests.map { test -> [String: Any] in
        [
          "test": test.name, "testState": test.failure == nil ? "passed" : "failed",
          "testClass": test.failure == nil ? "passed" : "failed", "testSeconds": seconds(test.seconds) + " s",
          "isBad": test.failure != nil, "failureHeadline": test.failure.map(headline) ?? "",
          "failure": test.failure ?? "",
        ]
      },
    ]
  }

  private static func golden(_ record: NightRecord.GoldenRecord) -> [String: Any] {
    let failed = !record.problems.isEmpty
    return [
      "case": record.id, "caseState": failed ? "failed" : "passed", "caseClass": failed ? "failed" : "passed",
      "isBad": failed, "numbers": "\(record.identicalNumbers) of \(record.numbers)",
      "pixels": "\(record.identicalPixels) of \(record.pixels)", "worstPixel": Chart.short(record.worstPixel),
      "caseSeconds": seconds(record.seconds), "problem": record.problems.joined(separator: "\n"),
    ]
  }

  private static func image(_ record: NightRecord.ImageRecord) -> [String: Any] {
    let failed = record.problem != nil
    return [
      "image": record.id, "imageState": failed ? "failed" : "passed", "imageClass": failed ? "failed" : "passed",
      "isBad": failed, "correlation": record.correlation.map { String(format: "%.9f", min($0, 1)) } ?? "-",
      "rootMeanSquare": Chart.short(record.rootMeanSquare), "largest": Chart.short(record.largest),
      "imageSeconds": seconds(record.seconds), "problem": record.problem ?? "",
    ]
  }

  /// The first line of a text, cut after two hundred characters.
  static func headline(_ text: String) -> String {
    let line = text.split(separator: "\n").first.map(String.init) ?? ""
    return line.count > 200 ? line.prefix(200) + "..." : line
  }

  /// A time in seconds: two decimals below ten seconds, none above.
  static func seconds(_ value: Double) -> String { String(format: value < 10 ? "%.2f" : "%.0f", value) }

  /// A whole number in groups of three digits.
  static func grouped(_ number: Double) -> String {
    guard number.isFinite, abs(number) < 1e15 else { return "\(number)" }
    let digits = String(Int(number.rounded()))
    return digits.enumerated().map { index, digit in
      let rest = digits.count - index
      return (index > 0 && rest % 3 == 0 && digits[digits.startIndex] != "-" ? " " : "") + String(digit)
    }.joined()
  }
}
