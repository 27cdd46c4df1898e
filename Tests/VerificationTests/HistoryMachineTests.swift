import Foundation
import NightlyGate
import PropertyTesting
import Provenance
import Subprocesses
import TestSupport
import Testing

private let forAll = PropertyFamily("VerificationTests/HistoryMachineTests.swift")

/// The history of the nights under any sequence of nights, parts, merges and acceptances, with the process killed at any
/// operation on the files of the database: a step happens whole or not at all, and nothing is lost.
///
/// What a step does is judged by `HistoryStateTests` against a model; here a history of a killed process is compared, row by
/// row, with one that was left in peace.
@Suite(.tags(.gate, .property), .generousTime) struct HistoryMachineTests {
  private static let environment = ProcessInfo.processInfo.environment
  private static let numbers = Generator<[Int]> { [Int(try $0.draw(upTo: 2)), Int(try $0.draw(upTo: 2))] }
  private static let commands: [MachineCommand<Int>] =
    ["night", "parts", "killed", "resumed"].map { name in
      MachineCommand(name, weight: 2, numbers: numbers) { steps, _ in steps += 1 }
    } + [MachineCommand("accept", numbers: numbers, if: { steps, _ in steps > 0 }) { _, _ in }]
  private static let sequences = Generator<[MachineStep]>.steps(of: commands, from: 0, atMost: 5)
  /// A file system in memory, if there is one.
  private static let memory = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : NSTemporaryDirectory()

  private let night: NightRecord

  init() throws {
    if let file = Self.environment["NB_HISTORY_NIGHT"] {
      night = try NightBundle.decoded(Data(contentsOf: URL(fileURLWithPath: file)))
      return
    }
    let folder = try TemporaryFolder()
    var record = try NightTests.recorded(in: folder, stages: "golden")
    record.properties = (0..<4).map { .init(name: "A.swift holds \($0)", cases: 100, worst: 0.25) }
    let benchmark =
      "{\"name\":\"W3\",\"seconds\":[1,2],\"ratios\":[2,2.1],\"referenceRatios\":[11],\"machine\":\"M\",\"judgements\":[],"
      + "\"instructions\":1e8,\"counter\":\"callgrind, v3\",\"baseline\":2}"
    record.benchmarks = [try JSONDecoder().decode(NightRecord.BenchmarkRecord.self, from: Data(benchmark.utf8))]
    night = record
  }

  /// Takes a step; what the history refuses changes nothing.
  private func take(_ step: MachineStep, _ number: Int, _ path: String) throws {
    let history = try History(path: path)
    var record = night
    let (first, second) = (step.numbers[0], step.numbers[1])
    record.identity = "\(step.name) \(first)".replacing(" ", with: "-")
    record.properties[0].worst = Double(number)
    do {
      switch step.name {
      case "accept":
        _ = try history.accept(.workloads([]), night: nil, reason: "step \(number)", anyway: true)
        return
      case "parts":
        // Night `first` in two parts, of which both, the first or the second are there.
        record.parts = try [1, 2].map { index in
          let state = second == 0 || second == index ? "finished\",\"identity\":\"\(first)/\(index)" : "missing"
          return try JSONDecoder().decode(
            NightRecord.PartRecord.self,
            from: Data("{\"index\":\(index),\"seconds\":1,\"done\":1,\"count\":1,\"state\":\"\(state)\"}".utf8))
        }
      case "killed", "resumed":
        record.identity = "killed-\(first)"
        record.stopped = step.name == "killed" ? "ended by signal 15" : nil
      default: record.identity = "night-\(number)"
      }
      _ = try history.add(record, bundle: "out \(number)")
    } catch is BundleError {}
  }

  @Test func stepsAreWholeInMemory() {
    forAll(
      "a night is in the history whole or not at all", Self.sequences, .integer(in: 0...15), .integer(in: 0...40),
      .bool, require: [.atLeast(20, "killed"), .atLeast(3, "killed late")], cost: .dear
    ) { check, steps, victim, operation, isTorn in
      let folder = "\(Self.memory)/nanobragg-\(UUID().uuidString)"
      defer { try? FileManager.default.removeItem(atPath: folder) }
      let (peaceful, killed) = ("\(folder)/a", "\(folder)/b")
      for (number, step) in steps.enumerated() {
        let before = number == 0 ? nil : try rows(ofDatabase: peaceful)
        try take(step, number, peaceful)
        let after = try rows(ofDatabase: peaceful)
        guard number == victim % steps.count else {
          try take(step, number, killed)
          continue
        }
        let crash = DatabaseCrash(after: operation, isTorn: isTorn)
        do { try crash.during { try take(step, number, killed) } } catch  where crash.isDead {}
        check.label("killed", crash.isDead)
        _ = try History(path: killed)
        let found = try rows(ofDatabase: killed)
        // The last operation removes the journal of the transaction: a step that is killed before it is never done.
        check.label("killed late", crash.isDead && operation > 15)
        // A file that is made anew has its tables, at least, once it is opened again.
        let isEmpty = before == nil && !found.contains { $0.hasPrefix("night:") }
        try check.that(
          crash.isDead ? found == before || isEmpty : found == after, "\(step) is half done: \(found)")
        if crash.isDead { try take(step, number, killed) }
      }
      try check.that(
        steps.isEmpty || rows(ofDatabase: killed) == rows(ofDatabase: peaceful), "what follows is as it would have been"
      )
    }
  }

  /// On the disk, by processes that kill themselves with SIGKILL.
  @Test func stepsAreWholeOnDisk() async throws {
    let program = try #require(CommandLine.arguments.first)
    var killed = 0
    let shared = try TemporaryFolder()
    let record = try shared.file("night.json", Array(NightBundle.encoded(night)))
    for number in 0..<(Self.environment["NB_PROFILE"] == "nightly" ? 1000 : 12) {
      let folder = try TemporaryFolder()
      var choices = Choices(seed: UInt64(5_000_000 + number))
      let steps = try Self.sequences.generate(&choices)
      guard !steps.isEmpty else { continue }
      let victim = number % steps.count
      let (peaceful, other) = (folder.url.appendingPathComponent("a").path, folder.url.appendingPathComponent("b").path)
      for (place, step) in steps[..<victim].enumerated() { try take(step, place, peaceful) }
      _ = try History(path: peaceful)
      if victim > 0 { try FileManager.default.copyItem(atPath: peaceful, toPath: other) }
      let before = try rows(ofDatabase: peaceful)
      try take(steps[victim], victim, peaceful)
      let run = try await ProgramRun.run(
        program, ["--testing-library", "swift-testing", "--filter", "HistoryMachineTests/theVictim"],
        environment: [
          "NB_HISTORY_VICTIM": "\(choices.token)", "NB_HISTORY_FILE": other, "NB_HISTORY_STEP": "\(victim)",
          "NB_HISTORY_OPERATION": "\(number * 5 % 31)", "NB_HISTORY_NIGHT": record,
        ], limit: 60)
      killed += run.isSuccess ? 0 : 1
      _ = try History(path: other)
      let found = try rows(ofDatabase: other)
      let after = try rows(ofDatabase: peaceful)
      #expect(
        found == after || (!run.isSuccess && found == before),
        "sequence \(number), step \(victim) of \(steps): \(found)")
      #expect(run.isSuccess || run.ending == .signalled(9), "\(run.ending)")
    }
    #expect(killed > 2)
  }

  /// What the processes of the test above run.
  @Test(.enabled(if: environment["NB_HISTORY_VICTIM"] != nil, "only in a process that is to be killed"))
  func theVictim() throws {
    let environment = Self.environment
    let token = try #require(ReplayToken(text: environment["NB_HISTORY_VICTIM"] ?? ""))
    let victim = try #require(Int(environment["NB_HISTORY_STEP"] ?? ""))
    let operation = try #require(Int(environment["NB_HISTORY_OPERATION"] ?? ""))
    let path = try #require(environment["NB_HISTORY_FILE"])
    var choices = Choices(replaying: token)
    let step = try Self.sequences.generate(&choices)[victim]
    try DatabaseCrash(after: operation, isTorn: operation % 2 == 1, kills: true).during {
      try take(step, victim, path)
    }
  }
}
