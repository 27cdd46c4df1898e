/// The text of a failure: the simplest case and the largest deviation, the claim, what matters, and how to repeat and keep
/// the case.
enum FailureReport {
  static func text<Value>(_ finding: FailureFinding<Value>, of run: PropertyRun<Value>) -> String {
    let (failure, property, settings) = (finding.failure, run.property, run.settings)
    var lines = [
      "Property \"\(property.id)\" failed at \(finding.origin)"
        + (finding.index == nil ? "" : " of \(run.cases)")
        + " (seed \(settings.seed), profile \(settings.profile.rawValue))"
    ]
    if let flaky = finding.flaky {
      lines.append(
        "FLAKY: the same case failed \(flaky.failed) times of \(flaky.tried), so that it depends on more than its value: "
          + "time, threads, memory that is not set, a random number without a seed. It is not shrunk.")
    }
    lines += self.case(failure)
    if let original = finding.original?.value {
      lines.append(
        "Shrunk from \(SwiftSource.text(original)) in \(finding.shrinkSteps) steps, \(finding.shrinkCalls) calls.")
    }
    lines += largest(finding)
    lines += finding.explanation?.lines ?? []
    if let value = failure.value { lines.append("As an explicit example:  examples: [\(SwiftSource.text(value))]") }
    if let token = failure.token {
      lines.append("As a kept case:  regressions: [\"\(token)\"]   (or run again with NB_KEEP=1)")
    }
    if let index = finding.index {
      lines.append("Replay this case:  NB_SEED=\(settings.seed) NB_FIRST=\(index) NB_CASES=1 swift test --filter …")
    }
    return lines.joined(separator: "\n")
  }

  private static func `case`<Value>(_ failure: Property<Value>.Failure) -> [String] {
    var lines: [String] = []
    if let value = failure.value { lines.append("  value: \(SwiftSource.text(value))") }
    lines.append("  \(failure.claim)")
    lines += failure.check.notes.map { "  note: \($0)" }
    if !failure.check.labels.isEmpty {
      lines.append("  labels: \(failure.check.labels.sorted().joined(separator: ", "))")
    }
    return lines
  }

  /// How wrong it gets: the simplest case is often barely above the tolerance.
  private static func largest<Value>(_ finding: FailureFinding<Value>) -> [String] {
    guard let size = finding.largestSize else { return [] }
    let unit = finding.failure.falsification?.deviation?.allowed == 0 ? "" : " times the tolerance"
    func text(_ size: Double?) -> String { size.map { SwiftSource.brief($0) } ?? "holds" }
    guard let largest = finding.largest else {
      return ["The largest deviation that was found is \(text(size))\(unit)."]
    }
    let steps = finding.growth.map { "with \($0.change) \(text($0.size))" }
    return [
      "The largest deviation that was found is \(text(size))\(unit); the simplest case within a factor two of it:"
    ]
      + self.case(largest)
      + (steps.isEmpty
        ? [] : ["  the simplest case has \(text(finding.failure.size)), \(steps.joined(separator: ", then "))"])
  }
}
