/// The text of a failure: the case, the claim, and how to repeat and keep it.
enum FailureReport {
  static func text<Value>(_ finding: PropertyRun<Value>.Finding, of run: PropertyRun<Value>) -> String {
    let (failure, property, settings) = (finding.failure, run.property, run.settings)
    var lines = [
      "Property \"\(property.id)\" failed at \(finding.origin)"
        + (finding.index == nil ? "" : " of \(run.cases)")
        + " (seed \(settings.seed), profile \(settings.profile.rawValue))"
    ]
    if let value = failure.value { lines.append("  value: \(SwiftSource.text(value))") }
    lines.append("  \(failure.claim)")
    lines += failure.check.notes.map { "  note: \($0)" }
    if !failure.check.labels.isEmpty {
      lines.append("  labels: \(failure.check.labels.sorted().joined(separator: ", "))")
    }
    if let original = finding.original?.value {
      lines.append(
        "Shrunk from \(SwiftSource.text(original)) in \(finding.shrinkSteps) steps, \(finding.shrinkCalls) calls.")
    }
    if let value = failure.value { lines.append("As an explicit example:  examples: [\(SwiftSource.text(value))]") }
    if let token = failure.token {
      lines.append("As a kept case:  regressions: [\"\(token)\"]   (or run again with NB_KEEP=1)")
    }
    if let index = finding.index {
      lines.append("Replay this case:  NB_SEED=\(settings.seed) NB_FIRST=\(index) NB_CASES=1 swift test --filter …")
    }
    return lines.joined(separator: "\n")
  }
}
