import Foundation

/// Appends every examined case to the file that `NB_OBSERVE` names, in the observability schema of Hypothesis and Tyche
/// (Goldstein et al., 2024): one JSON object per line.
struct Observations: Sendable {
  private let path: String?
  private let property: String
  private let start = Date().timeIntervalSince1970

  init(_ settings: Settings, property: String) {
    (path, self.property) = (settings.observations, property)
  }

  var areWanted: Bool { path != nil }

  /// One case.
  private struct Line: Encodable {
    var type = "test_case"
    var runStart: Double
    var property: String
    var status: String
    var statusReason: String
    var representation: String
    var arguments: [String: String]
    var howGenerated: String
    var features: [String: Feature]
    var coverage: [String: String]?
    var timing: [String: Double]
    var metadata: [String: String]

    enum CodingKeys: String, CodingKey {
      case runStart = "run_start"
      case statusReason = "status_reason"
      case howGenerated = "how_generated"
      case type, property, status, representation, arguments, features, coverage, timing, metadata
    }
  }

  /// A number, or whether a label applies.
  private enum Feature: Encodable {
    case number(Double)
    case flag(Bool)

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .number(let number): try container.encode(number)
      case .flag(let flag): try container.encode(flag)
      }
    }
  }

  func add<Value>(_ examined: Property<Value>.Examined, _ origin: String, seconds: Double) {
    guard let path else { return }
    let (status, reason, check): (String, String, Check?) =
      switch examined.verdict {
      case .passed(let check): ("passed", "", check)
      case .discarded: ("gave_up", "the property does not apply", nil)
      case .failed(let failure): ("failed", failure.claim, failure.check)
      }
    var features: [String: Feature] = [:]
    for label in check?.knownLabels ?? [] { features[label] = .flag(check?.labels.contains(label) ?? false) }
    if let ratio = check?.worst?.ratio { features["deviation / tolerance"] = .number(ratio) }
    let text = examined.value.map { SwiftSource.text($0) } ?? ""
    let line = Line(
      runStart: start, property: property, status: status, statusReason: reason, representation: text,
      arguments: ["value": text], howGenerated: origin, features: features, coverage: nil,
      timing: ["execute": seconds], metadata: ["token": examined.token.description])
    Ledger.append(line, to: path)
  }
}
