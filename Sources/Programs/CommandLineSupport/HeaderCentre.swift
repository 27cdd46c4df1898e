import FrameIO
import Physics

/// The beam centre of an image in terms that depend on no convention. It is compared with the beam centre that follows
/// from the header's values in terms of the run's convention.
struct HeaderCentre: Sendable {
  /// The coordinates of the beam centre from the corner of the first pixel, in mm.
  private let fast: Double
  private let slow: Double
  private let given: Given

  /// The values that place the beam and that a later option may change.
  private struct Given: Equatable {
    let centre: DetectorPlacement.Centre
    let pixelSize: Length?

    init(_ request: SimulationRequest) {
      (centre, pixelSize) = (request.placement.position.centre, request.pixelSize)
    }
  }

  /// - Returns: Nil if the header lacks the beam centre in the terms of DENZO, which headers of the reference program
  ///   have.
  init?(_ header: SMVHeader, _ request: SimulationRequest) {
    guard let fast = header.number("DENZO_Y_BEAM"), let slow = header.number("DENZO_X_BEAM") else { return nil }
    (self.fast, self.slow, given) = (fast, slow, Given(request))
  }

  /// A note for the user if the beam centre of the experiment is not that of the header; nil if the two agree, or if
  /// options have placed the beam.
  func note(_ experiment: Experiment, _ request: SimulationRequest) -> String? {
    guard Given(request) == given else { return nil }
    let centre = experiment.detector.pose.beamCentre
    let (fast, slow) = (1000 * centre.fast, 1000 * centre.slow)
    // Numbers in headers have six digits, with rounding errors up to 5e-6. Both numbers of the comparison have this
    // error, and so have the quoted ones, which may count from another edge and be larger.
    let quoted = experiment.detector.quotedCentre
    let largest = max(abs(fast), abs(slow), abs(1000 * quoted.fast), abs(1000 * quoted.slow))
    guard max(abs(fast - self.fast), abs(slow - self.slow)) > 1e-4 + 1e-5 * largest else { return nil }
    func text(_ fast: Double, _ slow: Double) -> String {
      "\(NumberText.text("%g", fast)) \(NumberText.text("%g", slow))"
    }
    return "the beam is at \(text(fast, slow)) mm (fast, slow), that of the image at \(text(self.fast, self.slow)): "
      + "BEAM_CENTER is read in terms of the convention in force; name the one of the image, or use --compat spec"
  }
}
