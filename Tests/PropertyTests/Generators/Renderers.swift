import Physics
import PropertyTesting

/// An implementation that renders images. Every property of images holds for each; a scene names the one that renders it.
enum Renderer: String, Sendable, CaseIterable {
  /// The fastest loops that the processor can run, as a user gets them.
  case best
  /// Every pixel by the scalar formulas.
  case scalar
  /// The formulas as values behind a protocol, one step at a time (docs/physics.md).
  case laws
  case baseline
  case v3
  case v4

  /// The ones that can run here. Scenes name all, so that a token stands for the same scene on every machine; what cannot run
  /// is rendered by the best.
  static let present = allCases.filter { $0.instructions?.isAvailable ?? true }

  private var instructions: InstructionSet? { self == .best ? .best : InstructionSet(rawValue: rawValue) }

  /// - Throws: `ExperimentError` if the experiment cannot be rendered.
  func image(_ experiment: Experiment) throws -> FloatImage {
    guard let instructions else { return ReferenceImage(experiment, StandardLaws()).image() }
    let set = instructions.isAvailable ? instructions : .best
    return try Simulator(experiment, instructions: set).render().image
  }
}
