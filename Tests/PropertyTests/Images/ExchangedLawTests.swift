import Physics
import PropertyTesting
import TestSupport
import Testing

private let forAll = PropertyFamily("exchanged-laws")

/// A law of the reference evaluator exchanged for another.
@Suite(.tags(.detectorResponse, .property), .generousTime) struct ExchangedLawTests {
  /// The solid angle without the obliquity.
  private struct NoObliquity: DiffractionLaws {
    func solidAngle(of detector: Detector, radius: Double, depth: Double) -> Double {
      detector.pixelSize * detector.pixelSize / radius / radius
    }
  }

  @Test("With its own laws the evaluator gives the image of the scalar formulas")
  func ownLaws() {
    forAll("own laws", .scene(), bothModes, cost: .dear) { check, scene, mode in
      let experiment = try scene.experiment(mode)
      let scalar = try Simulator(experiment, instructions: .scalar).render().image
      try check.equal(ReferenceImage(experiment, StandardLaws()).image(), scalar)
    }
  }

  @Test("A solid angle without obliquity shows in the image and in the trace")
  func solidAngle() throws {
    let experiment = try experiment("\(base16) -detector_roty 30 -oversample 1")
    let (exchanged, own) = (
      ReferenceImage(experiment, NoObliquity()), ReferenceImage(experiment, StandardLaws())
    )
    let pixel = PixelIndex(slow: 3, fast: 12)
    let ratio = Double(exchanged.image()[slow: 3, fast: 12]) / Double(own.image()[slow: 3, fast: 12])
    func number(_ image: ReferenceImage, _ name: TraceName) throws -> Double {
      let line = try image.trace(pixel).last { $0.fields[0].name == name.rawValue }
      return try #require(line?.fields[0].values[0].number)
    }
    let obliquity = try number(own, .obliquity)
    #expect(obliquity < 0.9)
    expectClose(ratio * obliquity, 1, within: singlePrecision, because: "two floats")
    let traced = try number(exchanged, .solidAngle) / number(own, .solidAngle)
    expectClose(traced * obliquity, 1, within: 4 * .ulpOfOne, because: "one division")
  }
}
