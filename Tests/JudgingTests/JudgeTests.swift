import CommandLineSupport
import Foundation
import NightlyGate
import Physics
import PropertyTesting
import Synchronization
import TestSupport
import Testing

import Judging

/// A simulator that multiplies its images by a number that depends on the words: no relation can hold.
private final class Erratic: Candidate {
  let features = CandidateFeatures(name: "erratic")
  private let noise: Mutex<SplitMix64>

  init(seed: Int) { noise = Mutex(SplitMix64(state: UInt64(seed))) }

  func run(_ line: JudgedLine, tracing pixel: PixelIndex?) async -> RunOutcome {
    let own = OwnRun.run(line)
    guard let image = own.image else { return own.outcome }
    let sum = line.words.joined().utf8.reduce(UInt64(7)) { $0 &* 31 &+ UInt64($1) }
    let noise = noise.withLock { Float(1 + $0.next() % 1000) }
    let pixels = image.pixels.map { ($0 + 1e-3) * (1 + Float(sum % 97) / 7) * noise }
    return RunOutcome(.completed, image: pixels.withUnsafeBytes { Data($0) })
  }
}

/// Relations, quirks, verdicts.
@Suite(.tags(.verification, .quirk), .generousTime) struct JudgeTests {
  @Test("At least 25 relations hold for our simulator", arguments: [InstructionSet.scalar, .best])
  func relationsHold(instructions: InstructionSet) async {
    #expect(RelationTable.all.count >= 25 && Set(RelationTable.all.map(\.id)).count == RelationTable.all.count)
    let candidate = OwnCandidate(instructions)
    for relation in RelationTable.all {
      for seed in 0..<3 {
        guard case .holds = await relation.tried(on: candidate, seed: SplitMix64(state: UInt64(seed))) else {
          Issue.record("\(relation.id), scene \(seed)")
          continue
        }
      }
    }
  }

  @Test("Every relation fails for a simulator that keeps none") func relationsFail() async {
    for relation in RelationTable.all {
      var failures = 0
      for seed in 0..<4 {
        if case .fails = await relation.tried(on: Erratic(seed: seed), seed: SplitMix64(state: UInt64(seed))) {
          failures += 1
        }
      }
      #expect(failures > 0, "\(relation.id)")
    }
  }

  @Test("Every quirk has a trigger, or no line shows it") func everyQuirkHasATrigger() {
    let shown = Set(QuirkTrigger.all.map(\.quirk))
    for quirk in Quirk.allCases { #expect(shown.contains(quirk) != QuirkTrigger.unseen.contains(quirk), "\(quirk)") }
  }

  @Test("A simulator with a quirk is told from one without it", arguments: QuirkTrigger.all.indices)
  func quirksAreTold(index: Int) async {
    let trigger = QuirkTrigger.all[index]
    let with = await QuirkResult.of(trigger, OwnCandidate(.scalar)).result.side
    let without = await QuirkResult.of(
      trigger, OwnCandidate(.scalar, compatibility: .cParity.setting(trigger.quirk, false))
    ).result.side
    // What a line on the terminal or the choice of a method alone shows is not seen.
    guard with != .unseen else {
      #expect(trigger.quirk == .interpolationBeforeSize, "\(trigger.quirk)")
      return
    }
    #expect(with == .cProgram && without != .cProgram, "\(trigger.quirk): \(with), \(without)")
  }

  private func verdict(_ candidate: any Candidate, cases: Int = 300) async throws -> Verdict {
    var settings = JudgeSettings()
    (settings.budget, settings.findingLimit) = (.cases(cases), 3)
    let judge = Judge(candidate, reference: nil, party: .init(name: "x", command: ["x"], lacks: []), settings)
    return try await judge.judge().verdict
  }

  @Test("Our vector code agrees with the reference evaluator, line by line") func vectorCodeAgrees() async throws {
    let cases = isNight ? 1500 : 100
    let verdict = try await verdict(OwnCandidate(.best), cases: cases)
    #expect(verdict.agrees, "\(VerdictText(verdict).plain)")
    #expect(verdict.lines.judged > cases * 2 / 3 && verdict.lines.undefinedShare < 0.02)
  }

  /// Found by the judge: directions in the vector code where a sub-pixel lies at the sample, or infinitely far away.
  @Test(
    "A sub-pixel at the sample, or infinitely far away, is as in the reference evaluator",
    arguments: [
      "-detpixels 1 -oversample 5 -twotheta_axis 1 0 0 -odet_vector 0 0 1",
      "-detpixels 8 -oversample 2 -fdet_vector 0 1 0 -twotheta_axis 1 0 0 -odet_vector 0 1 0 -sdet_vector 0 1 0",
      "-detpixels 8 -close_distance 1 -dials -sdet_vector 1 0 0 -beam_vector 0 0 1",
    ])
  func subPixelsWithoutDirection(words: String) async throws {
    let line = JudgedLine("-N 5 -default_F 100 -cell 50 60 70 90 100 90 \(words)")
    for instructions in InstructionSet.allCases where instructions.isAvailable {
      let judged = await LineRunner(OwnCandidate(instructions), reference: nil).judge(line)
      #expect(judged.symptoms.isEmpty, "\(instructions): \(judged.symptoms)")
    }
  }

  @Test("A verdict survives JSON, and two of them are compared") func verdictsAreCompared() async throws {
    let verdict = try await verdict(Erratic(seed: 1), cases: isNight ? 30 : 10)
    let pairs = VerdictText(verdict).tried.filter { $0.hasPrefix("pairs of options") }
    #expect(pairs == ["pairs of options: none were tried, as the budget ended with lines of single options"])
    let folder = try TemporaryFolder()
    let file = try folder.file("verdict.json", String(decoding: try VerdictText(verdict).json(), as: UTF8.self))
    let read = try Verdict(file: file)
    #expect(read.findings.map(\.cause.code) == verdict.findings.map(\.cause.code) && !read.agrees)
    var better = read
    let gone = better.findings.removeFirst()
    let change = VerdictChange(better, against: read)
    #expect(change.fixed == [gone.cause.code] || change.unchanged.contains(gone.cause.code))
    #expect(change.new.isEmpty && VerdictChange(read, against: better).fixed.isEmpty)
    let page = VerdictPage(verdict, change, in: folder.url).html()
    #expect(page.contains("findings") && !page.contains("<script"))
    let parser = XMLChecker(VerdictText(verdict).junit)
    #expect(parser.isBalanced)
  }

  @Test("Statuses of the command: agrees, findings, usage, could not be run") func statuses() throws {
    let folder = try TemporaryFolder()
    let tool = BuiltProgram(named: "nbverify")
    let own = BuiltProgram(named: "nanobragg").url.path
    let script = try folder.file("half.sh", "#!/bin/sh\nexec \(own) \"$@\" -nopolar\n")
    let (few, many) = isNight ? (60, 200) : (10, 30)
    func status(_ words: [String]) throws -> Int32 {
      try tool.run(["judge"] + words + ["--no-corpus"], in: folder).status
    }
    #expect(try status(["--program", own, "--budget", "\(many)-cases", "--out", "a"]) == 0)
    #expect(try status(["--program", "/bin/sh \(script)", "--budget", "\(few)-cases", "--out", "b"]) == 1)
    #expect(try status(["--program", own, "--candidate", "x.json"]) == 2)
    #expect(try status(["--program", own, "--budget", "soon"]) == 2)
    #expect(try status(["--candidate", "missing.json"]) == 2)
    #expect(try status(["--program", "/bin/false", "--out", "c"]) == 3)
    #expect(try status(["--program", "\(own) 'open"]) == 2)
    #expect(try status(["--program", own, "--reference", "/nowhere/c", "--out", "d"]) == 3)
    #expect(try status(["--program", own, "--reference", own, "--budget", "\(few)-cases", "--out", "e"]) == 0)
    // A judgement goes on where it was, with what it is of.
    #expect(
      try status(["--program", "/bin/sh \(script)", "--budget", "\(few + 10)-cases", "--out", "b", "--resume"]) == 1)
    #expect(try status(["--program", own, "--budget", "90-cases", "--seed", "2", "--out", "a", "--resume"]) == 2)
    for name in ["verdict.html", "verdict.md", "verdict.json", "verdict.xml", "findings/01/commands.txt"] {
      #expect(folder.has("b/\(name)"), "\(name)")
    }
    #expect(try tool.run(["golden", "pending", "--corpus", "b/golden"], in: folder).status != 64)
  }
}

/// Whether the tags of an XML text are balanced.
private struct XMLChecker {
  let isBalanced: Bool

  init(_ text: String) {
    var open: [Substring] = []
    var balanced = true
    for match in text.matches(of: /<(\/?)([a-z]+)[^>]*?(\/?)>/) where match.output.3.isEmpty {
      if match.output.1.isEmpty {
        open.append(match.output.2)
      } else {
        balanced = balanced && open.popLast() == match.output.2
      }
    }
    isBalanced = balanced && open.isEmpty
  }
}
