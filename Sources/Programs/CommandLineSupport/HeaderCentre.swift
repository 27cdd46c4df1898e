import FrameIO
import Physics

/// The beam centre of an image in terms that depend on no convention, to be held against the one that its header gives in
/// terms of the convention in force.
struct HeaderCentre: Sendable {
  /// From the corner, in mm.
  private let fast: Double
  private let slow: Double
  private let given: Given

  /// What places the beam, as far as options may have changed it since.
  private struct Given: Equatable {
    let centre: DetectorPlacement.Centre
    let pixelSize: Length?

    init(_ request: SimulationRequest) {
      (centre, pixelSize) = (request.placement.position.centre, request.pixelSize)
    }
  }

  /// - Returns: Nil if the header does not tell it: the reference program's own have it in the terms of DENZO.
  init?(_ header: SMVHeader, _ request: SimulationRequest) {
    guard let fast = header.number("DENZO_Y_BEAM"), let slow = header.number("DENZO_X_BEAM") else { return nil }
    (self.fast, self.slow, given) = (fast, slow, Given(request))
  }

  /// What is to be said of a centre that is another one now; nil if it is not, or if options have placed it.
  func note(_ experiment: Experiment, _ request: SimulationRequest) -> String? {
    guard Given(request) == given else { return nil }
    let centre = experiment.detector.pose.beamCentre
    let (fast, slow) = (1000 * centre.fast, 1000 * centre.slow)
    // Headers have six digits: half a unit of the sixth is 5e-6 of a number, and two numbers are compared.
    guard abs(fast - self.fast) > 1e-4 + 1e-5 * abs(fast) || abs(slow - self.slow) > 1e-4 + 1e-5 * abs(slow) else {
      return nil
    }
    func text(_ fast: Double, _ slow: Double) -> String {
      "\(NumberText.text("%g", fast)) \(NumberText.text("%g", slow))"
    }
    return "the beam is at \(text(fast, slow)) mm (fast, slow), that of the image at \(text(self.fast, self.slow)): "
      + "BEAM_CENTER is read in terms of the convention in force; name the one of the image, or use --compat spec"
  }
}
