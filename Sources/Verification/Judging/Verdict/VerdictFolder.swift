import CommandLineSupport
import Foundation
import FrameIO
import GoldenStore
import ImageAnalysis
import Physics
import Provenance
import TraceIO
import TraceReports

/// Writes the folders of findings: images, traces, commands, and a pending golden case.
package struct FindingFolders: Sendable {
  private let root: URL
  private let description: CandidateDescription?
  private let tool: String

  /// - Parameter root: The folder of the verdict.
  package init(_ root: URL, _ description: CandidateDescription?, tool: String) {
    (self.root, self.description, self.tool) = (root, description, tool)
  }

  /// The name of a finding's folder, relative to the verdict.
  package static func name(_ finding: FindingRecord) -> String { "findings/\(String(format: "%02d", finding.number))" }

  /// Writes one folder.
  /// - Throws: The error of the system if it cannot be written.
  package func write(_ finding: FindingRecord, _ result: Investigation.Result) throws {
    let folder = root.appendingPathComponent(Self.name(finding))
    var bundle = ProvenanceBundle()
    bundle.add("finding.json", try JSONText.data(Summary(finding)))
    bundle.add("commands.txt", commands(finding.line))
    for (name, data) in finding.line.usedFiles { bundle.add(name, data) }
    if let expected = result.expected { add(expected, "reference", result.found, &bundle) }
    if let found = result.found { add(found, "candidate", result.expected, &bundle) }
    if let expected = result.expected, let found = result.found,
      expected.fastPixels == found.fastPixels, expected.slowPixels == found.slowPixels,
      let picture = try? ImagePictures.difference(reference: expected, candidate: found)
    {
      bundle.add("difference.png", picture)
    }
    let trace = result.referenceTrace ?? ownTrace(finding)
    if let trace { bundle.add("reference.log", TraceWriter.text(trace.lines, author: "SWIFT")) }
    if let candidate = result.candidateTrace {
      bundle.add("candidate.log", TraceWriter.text(candidate.lines, author: candidate.author))
    }
    bundle.add("env.json", try JSONText.data(Surroundings.current))
    try bundle.write(to: folder)
    if trace != nil { try? addGoldenCase(finding, folder) }
  }

  private struct Summary: Encodable, Sendable {
    let symptom: Symptom
    let causes: [Cause]
    let words: [String]
    let firstDivergence: String?

    init(_ finding: FindingRecord) {
      var symptom = finding.symptom
      if let ratio = symptom.ratio, !ratio.isFinite { symptom.ratio = nil }
      (self.symptom, causes, words, firstDivergence) = (
        symptom, finding.causes, finding.line.words, finding.divergence
      )
    }
  }

  private func add(_ image: FloatImage, _ name: String, _ other: FloatImage?, _ bundle: inout ProvenanceBundle) {
    bundle.add("\(name).bin", image.pixels.withUnsafeBytes { Data($0) })
    let white = ([image, other].compactMap { $0 }.flatMap(\.pixels).filter(\.isFinite).max()).map(Double.init) ?? 1
    if let picture = try? ImagePictures.preview(image, white: max(white, .leastNormalMagnitude)) {
      bundle.add("\(name).png", picture)
    }
  }

  /// The commands for either program, to paste in a copy of the folder.
  private func commands(_ line: JudgedLine) -> String {
    let own = ["nanobragg", "-floatfile", "reference-again.bin"] + line.words
    var text = "# run these in a copy of this folder\n# the reference:\n\(PlainText.shellLine(own))\n"
    if let description {
      let words =
        description.worker == true
        ? description.arguments(line)
        : description.command.flatMap { word in
          word == "{arguments}"
            ? description.arguments(line) : [word.replacingOccurrences(of: "{image}", with: "candidate-again.bin")]
        }
      text += "# the candidate:\n\(PlainText.shellLine(words))\n"
    }
    return text
  }

  private func ownTrace(_ finding: FindingRecord) -> Trace? {
    guard let pixel = finding.symptom.pixel ?? (finding.symptom.kind == .image ? PixelIndex(slow: 0, fast: 0) : nil)
    else {
      return nil
    }
    return OwnRun.run(finding.line, .scalar, .cParity, tracing: pixel).outcome.trace
  }

  /// Adds a pending golden case to the corpus `golden` in the folder of the verdict: the reference's image and trace.
  private func addGoldenCase(_ finding: FindingRecord, _ folder: URL) throws {
    let corpus = GoldenCorpus(root: root.appendingPathComponent("golden"))
    var draft = GoldenDraft(name: "judge-\(String(format: "%02d", finding.number))")
    draft.summary = finding.cause.text
    draft.tags = ["judge"]
    draft.logs = [folder.appendingPathComponent("reference.log").path]
    if let pixel = finding.symptom.pixel { draft.pixels = [pixel] }
    draft.image = folder.appendingPathComponent("reference.bin").path
    var words = finding.line.words
    for index in FlagTable.inputPositions(in: words) where finding.line.files[words[index]] != nil {
      words[index] = folder.appendingPathComponent(words[index]).path
    }
    draft.arguments = words
    draft.reference = .init(
      program: "nanobragg (Swift), c-parity", compiler: "swiftc", threads: 1, libm: "system",
      note: "found by nbverify judge: record it anew with the C program before it counts")
    draft.tool = tool
    _ = try corpus.add(draft)
  }
}
