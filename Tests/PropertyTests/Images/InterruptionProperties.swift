import Physics
import PropertyTesting
import TestSupport
import Testing

private let forAll = PropertyFamily("PropertyTests/InterruptionProperties.swift")

/// Interruptions of renderings and traces, by whatever loops: one that nobody wishes changes no bit, one that is wished leaves no
/// image.
@Suite(.tags(.property)) struct InterruptionProperties {
  @Test("An interruption changes nothing until it is wished") func interruptions() {
    forAll("an interruption changes nothing until it is wished", .scene(), .bool, cost: .dear) { check, scene, isSpec in
      let experiment = try scene.experiment(isSpec ? .spec : .cParity)
      for instructions in [InstructionSet.scalar, .best] {
        let simulator = Simulator(experiment, instructions: instructions)
        let interruption = Interruption()
        let alone = try simulator.render()
        try check.that(
          try simulator.render(interruption: interruption).image == alone.image,
          "the image by \(instructions) is another")
        let pixel = PixelIndex(slow: 0, fast: 0)
        try check.that(
          try PixelTracer(simulator, interruption: interruption).trace(pixel) == PixelTracer(simulator).trace(pixel),
          "the trace is another")
        interruption.end()
        try check.that((try? simulator.render(interruption: interruption)) == nil, "an image that was to end is there")
      }
    }
  }
}
