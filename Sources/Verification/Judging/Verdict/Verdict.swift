import Foundation
import Physics
import Provenance

/// The verdict on a candidate (docs/judge.md, "The verdict").
package struct Verdict: Sendable, Codable {
  /// The version of the format.
  package var version = 1
  package var candidate: Party
  package var reference: Party
  package var started: String
  package var seconds = 0.0
  package var machine: String
  package var revision: String
  package var seed: UInt64
  package var shard: String
  package var budget: String
  package var precision: Precision
  package var compatibility: String
  package var dryRun: [Probe] = []
  package var corpus = CorpusCounts()
  package var lines = LineCounts()
  package var coverage = Coverage()
  package var relations: [RelationResult] = []
  package var quirks: [QuirkResult] = []
  package var findings: [FindingRecord] = []
  package var options: [OptionVerdict] = []
  package var stages: [StageTime] = []

  /// Whether nothing was found.
  package var agrees: Bool { findings.isEmpty }

  /// A simulator of the comparison.
  package struct Party: Sendable, Codable, Hashable {
    package var name: String
    package var command: [String]
    /// The SHA-256 of the program; nil if it is no single file.
    package var digest: String?
    package var lacks: [String]

    package init(name: String, command: [String], digest: String? = nil, lacks: [String]) {
      (self.name, self.command, self.digest, self.lacks) = (name, command, digest, lacks)
    }
  }

  /// A step of the dry run.
  package struct Probe: Sendable, Codable, Hashable {
    package var name: String
    package var works: Bool
    package var text: String
  }

  package struct CorpusCounts: Sendable, Codable, Hashable {
    package var agree = 0
    package var differ = 0
    /// Cases with an option that the candidate lacks, or that it refuses.
    package var cannot = 0
    /// Cases for which the reference program's behaviour is not defined.
    package var undefined = 0
    /// Cases for which there was no time.
    package var notRun = 0
    package var traces = 0
    package var tracedNumbers = 0
    package var differing: [String] = []
  }

  package struct LineCounts: Sendable, Codable, Hashable {
    package var judged = 0
    package var agree = 0
    package var differ = 0
    /// Lines that our own program refuses, too.
    package var refused = 0
    package var tooLong = 0
    package var undefined = 0
    package var cannot = 0
    /// The next number; lines from 0 to this were drawn.
    package var next = 0
    package var seconds = 0.0
    package var tracedNumbers = 0
    /// The largest deviation over the allowed one of a line that agrees.
    package var worstRatio = 0.0

    package var perSecond: Double { seconds > 0 ? Double(judged) / seconds : 0 }
    /// Lines left out by the rule of docs/judge.md, as a part of those that were drawn and can be judged.
    package var undefinedShare: Double { judged + undefined > 0 ? Double(undefined) / Double(judged + undefined) : 0 }
  }

  package struct Coverage: Sendable, Codable, Hashable {
    package var optionKinds = 0
    package var pairs = 0
    package var pairsCovered = 0
    /// Pairs for which no line could be drawn that our own program accepts.
    package var pairsImpossible: [String] = []
    package var pairsImpossibleCount = 0
    /// Pairs whose every line was undefined or refused by the candidate, or for which there was no time.
    package var pairsLeft: [String] = []
    package var triples = 0
    package var triplesCovered = 0
  }

  package struct RelationResult: Sendable, Codable, Hashable {
    package var id: String
    package var statement: String
    package var derivation: String
    package var tried = 0
    package var held = 0
    package var failed = 0
    package var notTried = 0
    package var worstRatio = 0.0
    package var remark = ""
  }

  package struct OptionVerdict: Sendable, Codable, Hashable {
    package var subject: String
    package var option: String
    package var lines = 0
    package var differing = 0
    /// `agrees`, `findings`, `lacks` or `not tried`.
    package var verdict = "not tried"
    package var findings: [Int] = []
  }

  package struct StageTime: Sendable, Codable, Hashable {
    package var stage: String
    package var seconds: Double
  }
}

/// A finding: what differs, why, and the shortest command line that shows it.
package struct FindingRecord: Sendable, Codable {
  /// The number, from 1; the name of its folder.
  package var number: Int
  package var symptom: Symptom
  /// The causes that fit, the best first.
  package var causes: [Cause]
  /// The shortest line.
  package var line: JudgedLine
  /// Further lines with the same cause.
  package var others: [JudgedLine] = []
  /// How many judged lines are attributed to the finding.
  package var lines = 1
  /// The first quantity that differs in the traces; nil without traces.
  package var firstQuantity: String?
  package var divergence: String?
  /// The relative change of the sum of the image; nil without images.
  package var effect: Double?
  /// The correlation of the images; nil without images.
  package var correlation: Double?
  /// Where the finding came from: `lines`, `corpus`, `relations`.
  package var stage: String

  /// The cause by which the finding is known.
  package var cause: Cause {
    causes.first ?? Cause(code: symptom.kind.rawValue, text: symptom.text, certainty: .possible)
  }

  /// The words of the shortest line beyond crystal and factors.
  package var wordsBeyondScene: Int {
    let scene: Set<String> = ["-cell", "-mat", "-default_F", "-hkl", "-N", "-Na", "-Nb", "-Nc"]
    return line.uses.filter { !scene.contains(JudgedLine.canonical($0.name)) }.reduce(0) { $0 + $1.words.count }
  }
}
