import Physics
import PropertyTesting
import TestSupport
import TraceIO

/// A random crystal before a random detector; nothing is 0, 1 or equal by accident.
struct RandomScene {
  var words: [String]
  var slow: Int
  var fast: Int
  var compatibility = Compatibility.cParity

  /// What differs between scenes beside numbers: sampling, shape, sources, conventions, detectors without a plane.
  private static let variants = [
    "", "", "", "-oversample 2", "-gauss_xtal", "-binary_spots", "-hdivrange 2 -hdivsteps 2", "-xds", "-adxv",
    "-denzo",
    "-mosaic_spread 0.5 -mosaic_domains 3", "-twotheta 7", "-curved_det -oversample 1", "-point_pixel", "-phi 10",
    "-dispersion 2 -dispsteps 2",
  ]

  init(_ random: inout SplitMix64) {
    func number(_ range: ClosedRange<Double>) -> String {
      NumberText.text("%.6g", Double.random(in: range, using: &random))
    }
    let wavelength = ["1", "0.99", "0.9768", number(0.7...2.5)].randomElement(using: &random)!
    words = [
      "-cell", number(30...90), number(30...90), number(30...90), number(75...105), number(75...105),
      number(75...105),
      "-misset", number(-180...180), number(-180...180), number(-180...180), "-default_F", number(20...200),
      "-Na", "\(Int.random(in: 2...9, using: &random))", "-Nb", "\(Int.random(in: 2...9, using: &random))",
      "-Nc", "\(Int.random(in: 2...9, using: &random))", "-lambda", wavelength, "-distance", number(80...250),
      "-Xbeam", number(2...5), "-Ybeam", number(2...5), "-detpixels_x", "64", "-detpixels_y", "56", "-pixel", "0.1",
      "-detector_rotx", number(-9...9), "-detector_roty", number(-9...9), "-detector_rotz", number(-9...9),
      "-oversample", "1", "-phi", "0", "-osc", number(1...3), "-phisteps", "5", "-polar", number(0.3...0.95),
      "-detector_thick", number(200...500), "-detector_abs", number(150...400), "-thicksteps", "1",
      "-fluence", number(1e11...9e12),
    ]
    words += Self.variants.randomElement(using: &random)!.words
    slow = Int.random(in: 3...52, using: &random)
    fast = Int.random(in: 3...60, using: &random)
  }

  func trace(_ more: String = "") throws -> Trace {
    let arguments = words + more.words
    let experiment = try Experiment(words: arguments, compatibility)
    return Trace(author: "C", lines: try PixelTracer(experiment).trace(PixelIndex(slow: slow, fast: fast)))
  }

  /// The reference, and what another command line gives.
  func pair(_ more: String) throws -> (Trace, Trace) { (try trace(), try trace(more)) }
}
