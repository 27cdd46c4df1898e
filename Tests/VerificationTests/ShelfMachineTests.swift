import CaseShelves
import Foundation
import PropertyTesting
import Subprocesses
import TestSupport
import Testing

private let forAll = PropertyFamily("VerificationTests/ShelfMachineTests.swift")

/// The golden store under any sequence of commands, with the process killed at any operation on files: a decision happens
/// whole or not at all, and nothing is lost.
@Suite(.tags(.gate, .property), .generousTime) struct ShelfMachineTests {
  private static let environment = ProcessInfo.processInfo.environment
  private static let sequences = Generator<[MachineStep]>.steps(of: ShelfModel.commands, from: ShelfModel(), atMost: 16)

  @discardableResult
  private static func apply(_ step: MachineStep, to model: inout ShelfModel) -> Bool {
    ShelfModel.commands.first { $0.name == step.name }?.apply(step.numbers, to: &model) ?? false
  }

  @Test func decisionsAreWholeInMemory() {
    forAll(
      "decisions are whole in memory", Self.sequences, .integer(in: 0...11), .integer(in: 0...15),
      require: [
        .atLeast(20, "killed"), .atLeast(10, "done all the same"), .atLeast(2, "replaced"), .atLeast(2, "undone"),
      ]
    ) { check, steps, operation, victim in
      var (model, files) = (ShelfModel(), MemoryFiles())
      for (number, step) in steps.enumerated() {
        let before = model
        // What a killed step would have led to may be missing.
        guard Self.apply(step, to: &model) else { continue }
        if number == victim % max(steps.count, 1) { files = MemoryFiles(files.files, killedAfter: operation) }
        do { try ShelfModel.take(step, model, files, root: "r") } catch is Killed {}
        if files.isDead {
          check.label("killed")
          // Another process finds what the first left, and is killed, too, before it completes the decision.
          let second = MemoryFiles(files.files, killedAfter: operation / 3)
          try? CaseShelves(second, root: "r").recover()
          files = MemoryFiles(second.files)
          try CaseShelves(files, root: "r").recover()
          let found = try check.some(ShelfModel(files, root: "r"), "a case that is whole, after \(step)")
          let isDone = found.isSame(as: model)
          check.label("done all the same", isDone)
          try check.that(isDone || found.isSame(as: before), "\(step) is half done: \(found)")
          if !isDone { model = before }
        }
        check.label("replaced", step.name == "accept" && before.cases[step.numbers[0]] != nil)
        check.label("undone", step.name == "undo")
        let found = try check.some(ShelfModel(files, root: "r"), "a case that is whole, after \(step)")
        try check.that(found.isSame(as: model), "after \(step) the shelves hold \(found), not \(model)")
        let hidden = files.files.keys.filter { $0.contains("/.") && !$0.contains("/.undo/") }
        try check.that(hidden.isEmpty || files.isDead, "left behind: \(hidden)")
      }
    }
  }

  /// A decision that was cut off is completed by the next one, whose steps would take the place of those that are left.
  @Test func theNextDecisionCompletesTheLast() {
    forAll(
      "the next decision completes the last", Self.sequences, .integer(in: 0...11),
      require: [.atLeast(20, "killed")]
    ) { check, steps, operation in
      try check.assume(!steps.isEmpty)
      var (before, model, files) = (ShelfModel(), ShelfModel(), MemoryFiles())
      for (number, step) in steps.enumerated() {
        before = model
        Self.apply(step, to: &model)
        if number == steps.count - 1 { files = MemoryFiles(files.files, killedAfter: operation) }
        do { try ShelfModel.take(step, model, files, root: "r") } catch is Killed {}
      }
      check.label("killed", files.isDead)
      files = MemoryFiles(files.files)
      let other = MachineStep("accept", [9])
      try files.writeFolder(ShelfModel.contents("another"), to: "r/pending/9")
      try ShelfModel.take(other, model, files, root: "r")
      var found = try check.some(ShelfModel(files, root: "r"), "a case that is whole")
      try check.that(found.cases.removeValue(forKey: 9) == "another accepted", "the next decision is taken")
      try check.that(found.isSame(as: model) || found.isSame(as: before), "\(steps) are half done: \(found)")
    }
  }

  /// On the disk, by processes that kill themselves with SIGKILL.
  @Test func decisionsAreWholeOnDisk() async throws {
    let program = try #require(CommandLine.arguments.first)
    let count = Self.environment["NB_PROFILE"] == "nightly" ? 1000 : 12
    for number in 0..<count {
      let folder = try TemporaryFolder()
      var choices = Choices(seed: UInt64(4_000_000 + number))
      let steps = try Self.sequences.generate(&choices)
      guard !steps.isEmpty else { continue }
      let victim = number % steps.count
      let run = try await ProgramRun.run(
        program, ["--testing-library", "swift-testing", "--filter", "ShelfMachineTests/theVictim"],
        environment: [
          "NB_SHELF_VICTIM": "\(choices.token)", "NB_SHELF_FOLDER": folder.url.path, "NB_SHELF_STEP": "\(victim)",
          "NB_SHELF_OPERATION": "\(number / 7 % 12)",
        ], limit: 60)
      var models = [ShelfModel()]
      for step in steps {
        var next = models[models.count - 1]
        Self.apply(step, to: &next)
        models.append(next)
      }
      try CaseShelves(DiskFiles(), root: folder.url.path).recover()
      let found = try #require(
        ShelfModel(DiskFiles(), root: folder.url.path), "sequence \(number): a case is not whole")
      // One that was not killed has taken all steps.
      let allowed = run.isSuccess ? [models[steps.count]] : [models[victim], models[victim + 1]]
      #expect(allowed.contains { $0.isSame(as: found) }, "sequence \(number): \(found), steps \(steps)")
      #expect(
        run.isSuccess || "\(run.ending)".contains("9") || "\(run.ending)".lowercased().contains("kill"), "\(run.ending)"
      )
    }
  }

  /// What the processes of the test above run.
  @Test(.enabled(if: environment["NB_SHELF_VICTIM"] != nil, "only in a process that is to be killed"))
  func theVictim() throws {
    let environment = Self.environment
    let token = try #require(ReplayToken(text: environment["NB_SHELF_VICTIM"] ?? ""))
    let root = try #require(environment["NB_SHELF_FOLDER"])
    let victim = Int(environment["NB_SHELF_STEP"] ?? "")
    let operation = try #require(Int(environment["NB_SHELF_OPERATION"] ?? ""))
    var (choices, model) = (Choices(replaying: token), ShelfModel())
    for (number, step) in try Self.sequences.generate(&choices).enumerated() {
      Self.apply(step, to: &model)
      let files: any StoreFiles = number == victim ? KillingFiles(after: operation) : DiskFiles()
      try ShelfModel.take(step, model, files, root: root)
    }
  }
}
