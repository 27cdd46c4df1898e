/// A command with its numbers, as a step of a sequence.
public struct MachineStep: Sendable, Equatable, SwiftSourceConvertible {
  /// The name of the command.
  public let name: String
  /// Its arguments.
  public let numbers: [Int]

  /// A step.
  public init(_ name: String, _ numbers: [Int] = []) { (self.name, self.numbers) = (name, numbers) }

  /// The step as source.
  public var swiftSource: String {
    "MachineStep(\"\(name)\"\(numbers.isEmpty ? "" : ", \(numbers)"))"
  }
}

/// A command of a state machine: when it is possible, and what it does to the model of the machine.
public struct MachineCommand<Model>: Sendable {
  /// The name.
  public let name: String
  let weight: Int
  let numbers: Generator<[Int]>
  let isPossible: @Sendable (Model, [Int]) -> Bool
  let apply: @Sendable (inout Model, [Int]) -> Void

  /// - Parameters:
  ///   - name: The name.
  ///   - weight: How often it is drawn, beside the others.
  ///   - numbers: Its arguments.
  ///   - isPossible: The precondition.
  ///   - apply: What it does to the model.
  public init(
    _ name: String, weight: Int = 1, numbers: Generator<[Int]> = .constant([]),
    if isPossible: @escaping @Sendable (Model, [Int]) -> Bool = { _, _ in true },
    apply: @escaping @Sendable (inout Model, [Int]) -> Void
  ) {
    (self.name, self.weight, self.numbers) = (name, weight, numbers)
    (self.isPossible, self.apply) = (isPossible, apply)
  }

  /// Applies the command to a model if it is possible.
  /// - Returns: Whether it is.
  public func apply(_ numbers: [Int], to model: inout Model) -> Bool {
    guard isPossible(model, numbers) else { return false }
    apply(&model, numbers)
    return true
  }
}

extension Generator where Value == [MachineStep] {
  /// Sequences of commands, each possible in the state that those before it lead to. Shrinking leaves out commands, and those
  /// that are no longer possible then.
  /// - Parameters:
  ///   - commands: The commands.
  ///   - model: The model at the start.
  ///   - most: The largest number of steps.
  public static func steps<Model: Sendable>(
    of commands: [MachineCommand<Model>], from model: Model, atMost most: Int
  ) -> Generator {
    let total = commands.reduce(0) { $0 + $1.weight }
    return Generator { choices in
      var (model, steps): (Model, [MachineStep]) = (model, [])
      for _ in 0..<most {
        // One sequence in twenty ends here.
        guard try choices.draw(upTo: 19, strata: []) > 0 else { break }
        var rest = Int(try choices.draw(upTo: UInt64(total - 1), strata: []))
        guard
          let command = commands.first(where: {
            rest -= $0.weight; return rest < 0
          })
        else { continue }
        let numbers = try command.numbers.generate(&choices)
        if command.apply(numbers, to: &model) { steps.append(MachineStep(command.name, numbers)) }
      }
      return steps
    }
  }
}
