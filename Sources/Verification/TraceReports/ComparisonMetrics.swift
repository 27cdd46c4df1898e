import Digests
import Provenance
import TraceIO

/// `metrics.json`: the keys are the names of the properties with underscores.
struct ComparisonMetrics: Encodable {
  let toleranceRel: Double
  @Nullable var firstDivergence: String?
  @Nullable var firstDivergentFactor: String?
  let numDivergent: Int
  let factors: [String: Factor]
  let outcome: String
  let exitStatus: Int
  @Nullable var firstDivergentQuantity: Quantity?
  let numDivergentQuantities: Int
  let numQuantities: Int
  let referencePixel: Pixel?
  let candidatePixel: Pixel?
  let diagnosis: [Entry]
  let laterFindings: [Entry]
  let agreeingBefore: [String]

  struct Factor: Encodable {
    let description: String
    @Nullable var cValue: Double?
    @Nullable var pyValue: Double?
    @Nullable var absDelta: Double?
    @Nullable var relDelta: Double?
    /// The values as text if JSON has no number for them: infinities and not-a-numbers. Nil otherwise.
    let cText: String?
    let pyText: String?
    let status: String
  }

  struct Quantity: Encodable {
    let name: String
    let place: String
    @Nullable var reference: String?
    @Nullable var candidate: String?
  }

  struct Pixel: Encodable {
    let slow: Int
    let fast: Int
    let slowCoordinate: Double
    let fastCoordinate: Double
    let pixelSizeMeters: Double

    init?(_ location: PixelLocation?) {
      guard let location else { return nil }
      (slow, fast) = (location.slow, location.fast)
      (slowCoordinate, fastCoordinate) = (location.slowCoordinate, location.fastCoordinate)
      pixelSizeMeters = location.pixelSize
    }
  }

  struct Entry: Encodable {
    let kind: String
    let confidence: String
    let text: String

    init(_ finding: Finding) {
      (kind, confidence, text) = (finding.kind.rawValue, finding.confidence.name, finding.text)
    }
  }

  private static func text(_ number: Double?) -> String? {
    number.flatMap { $0.isFinite ? nil : TraceReport.text([.real($0)]) }
  }

  init(_ report: TraceReport, tolerance: Double) {
    toleranceRel = tolerance
    let first = ComparisonText(report, tolerance: tolerance).firstLine
    firstDivergence = first == "none" ? nil : first
    firstDivergentFactor = report.firstDivergentFactor?.factor.name
    numDivergent = report.factors.count(where: \.status.isFailing)
    factors = Dictionary(
      uniqueKeysWithValues: report.factors.map { factor in
        (
          factor.factor.name,
          Factor(
            description: factor.factor.description, cValue: factor.reference, pyValue: factor.candidate,
            absDelta: factor.absolute, relDelta: factor.relative,
            cText: Self.text(factor.reference), pyText: Self.text(factor.candidate), status: factor.status.rawValue)
        )
      })
    outcome = "\(report.outcome)"
    exitStatus = report.outcome.rawValue
    firstDivergentQuantity = report.firstDivergence.map { item in
      Quantity(
        name: item.place.name, place: item.place.description, reference: item.reference.map(TraceReport.text),
        candidate: item.candidate.map(TraceReport.text))
    }
    numDivergentQuantities = report.divergences.count
    numQuantities = report.items.count - report.unshared.count
    referencePixel = Pixel(report.pixels.reference)
    candidatePixel = Pixel(report.pixels.candidate)
    diagnosis = report.findings.map(Entry.init)
    laterFindings = report.furtherFindings.map(Entry.init)
    agreeingBefore = report.agreeingBefore
  }
}

/// `run_metadata.json`.
struct RunMetadata: Encodable {
  let timestamp: String
  let git: Revision
  let tool: String
  let command: [String]
  let inputs: [Input]
  let toleranceRel: Double
  let tolerances: [String: String]
  let bundle = BundleKind.comparison

  struct Input: Encodable {
    let role: String
    let path: String
    let sha256: String
    let bytes: Int
    let author: String
    let lines: Int
  }

  init(_ report: TraceReport, tolerances table: ToleranceTable, _ attempt: ComparisonBundle.Attempt) throws {
    timestamp = TimeStamp.full(attempt.date)
    git = attempt.revision
    tool = "nbverify \(attempt.toolVersion)"
    command = attempt.command
    toleranceRel = table.standard.relative
    tolerances = Dictionary(
      uniqueKeysWithValues: [("default", table.standard.description)]
        + table.names.map { ($0, table.tolerance(of: $0).description) })
    inputs = try zip(attempt.inputs, [("reference", report.reference), ("candidate", report.candidate)]).map {
      path, entry in
      let (digest, size) = try Digest.sha256(ofFile: path)
      return Input(
        role: entry.0, path: path, sha256: digest, bytes: size, author: entry.1.author, lines: entry.1.lines.count)
    }
  }
}
