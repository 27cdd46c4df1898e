import CommandLineSupport
import Foundation
import Judging
import Physics
import Synchronization

/// A fault that a real simulator had, re-created in ours: another command line, another compatibility, other laws,
/// or other files.
public struct Fault: Sendable {
  /// The number in the catalogue.
  public let number: Int
  /// The fault in a few words.
  public let name: String
  /// The command line that is simulated in place of the given one.
  let line: @Sendable (JudgedLine, Experiment) -> JudgedLine
  /// The compatibility that is simulated.
  let compatibility: @Sendable (JudgedLine, Experiment) -> Compatibility
  /// The laws of the simulation.
  let laws: @Sendable (Experiment) -> any DiffractionLaws<Double>
  /// Changes the image.
  let image: @Sendable (inout [Float], FaultyRun) -> Void
  /// Whether the run ends with a signal before an image is written.
  let crashes: @Sendable (JudgedLine) -> Bool
  /// The offset of the counts from those of our program, before they are rounded.
  let countOffset: Double

  init(
    _ number: Int, _ name: String,
    line: @escaping @Sendable (JudgedLine, Experiment) -> JudgedLine = { line, _ in line },
    compatibility: @escaping @Sendable (JudgedLine, Experiment) -> Compatibility = { _, _ in .cParity },
    laws: @escaping @Sendable (Experiment) -> any DiffractionLaws<Double> = { _ in StandardLaws() },
    image: @escaping @Sendable (inout [Float], FaultyRun) -> Void = { _, _ in },
    crashes: @escaping @Sendable (JudgedLine) -> Bool = { _ in false }, countOffset: Double = 0
  ) {
    (self.number, self.name, self.line, self.compatibility, self.laws) = (number, name, line, compatibility, laws)
    (self.image, self.crashes, self.countOffset) = (image, crashes, countOffset)
  }

  static func text(_ number: Double) -> String { NumberText.text("%.17g", number) }
}

/// What a fault in the image is made from.
struct FaultyRun {
  /// The line that was simulated, and its experiment.
  let line: JudgedLine
  let experiment: Experiment
  /// Simulates a line without the fault.
  let other: (JudgedLine) -> [Float]
}

/// Numbers that differ from call to call, as those of a race do.
final class Dice: Sendable {
  private let state = Mutex(UInt64(0x9E37_79B9))

  /// True about once in `count` calls.
  func isOne(of count: UInt64) -> Bool {
    state.withLock { state in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (state >> 33) % count == 0
    }
  }
}
