import Physics

/// A number that a user gives, by which the numbers of a pixel are differentiated.
package struct Parameter: Sendable, Hashable {
  /// The option without the dash, and the component of an option with several numbers, as in `cell.alpha`.
  package let name: String
  /// The unit of the option.
  package let unit: String

  /// All parameters.
  package static let all: [Parameter] = [
    Parameter(name: "lambda", unit: "Å"), Parameter(name: "energy", unit: "eV"),
    Parameter(name: "distance", unit: "mm"), Parameter(name: "close_distance", unit: "mm"),
    Parameter(name: "Xbeam", unit: "mm"), Parameter(name: "Ybeam", unit: "mm"),
    Parameter(name: "Xclose", unit: "mm"), Parameter(name: "Yclose", unit: "mm"),
    Parameter(name: "ORGX", unit: "pixels"), Parameter(name: "ORGY", unit: "pixels"),
    Parameter(name: "detector_rotx", unit: "degrees"), Parameter(name: "detector_roty", unit: "degrees"),
    Parameter(name: "detector_rotz", unit: "degrees"), Parameter(name: "twotheta", unit: "degrees"),
    Parameter(name: "pixel", unit: "mm"), Parameter(name: "detector_thick", unit: "µm"),
    Parameter(name: "detector_abs", unit: "µm"),
    Parameter(name: "cell.a", unit: "Å"), Parameter(name: "cell.b", unit: "Å"), Parameter(name: "cell.c", unit: "Å"),
    Parameter(name: "cell.alpha", unit: "degrees"), Parameter(name: "cell.beta", unit: "degrees"),
    Parameter(name: "cell.gamma", unit: "degrees"),
    Parameter(name: "misset.x", unit: "degrees"), Parameter(name: "misset.y", unit: "degrees"),
    Parameter(name: "misset.z", unit: "degrees"),
    Parameter(name: "phi", unit: "degrees"), Parameter(name: "osc", unit: "degrees"),
    Parameter(name: "phistep", unit: "degrees"), Parameter(name: "mosaic", unit: "degrees"),
    Parameter(name: "fluence", unit: "photons/m²"), Parameter(name: "flux", unit: "photons/s"),
    Parameter(name: "exposure", unit: "s"), Parameter(name: "beamsize", unit: "mm"),
    Parameter(name: "polar", unit: "1"), Parameter(name: "dispersion", unit: "%"),
    Parameter(name: "hdivrange", unit: "mrad"), Parameter(name: "vdivrange", unit: "mrad"),
    Parameter(name: "water", unit: "µm"), Parameter(name: "fudge", unit: "1"),
    Parameter(name: "default_F", unit: "electrons"), Parameter(name: "Na", unit: "cells"),
    Parameter(name: "Nb", unit: "cells"), Parameter(name: "Nc", unit: "cells"),
  ]

  /// The parameter of a name; nil if there is none.
  package static func named(_ name: String) -> Parameter? { all.first { $0.name == name } }
}

/// A request cannot be differentiated.
package struct DerivativeError: Error, Sendable, CustomStringConvertible {
  /// The problem and the remedy.
  package let description: String

  /// An error with the problem and the remedy.
  package init(description: String) { self.description = description }
}

/// The derivatives of the numbers of a pixel by some parameters.
package struct Derivatives: Sendable {
  /// The request, with every parameter that has a default given explicitly.
  package private(set) var pixel: PixelEvaluation
  /// The parameters.
  package let parameters: [Parameter]
  /// Places at which the formulas are not smooth: there the derivatives are those of the side of the double run.
  package let kinks: [String]

  /// Prepares derivatives.
  /// - Parameters:
  ///   - pixel: The pixel.
  ///   - parameters: The parameters.
  /// - Throws: `DerivativeError` if the request does not have a parameter; `ExperimentError` if it is refused.
  package init(_ pixel: PixelEvaluation, by parameters: [Parameter]) throws {
    let names = Set(parameters.map(\.name))
    let request = pixel.request.statingDefaults(names)
    self.pixel = try PixelEvaluation(request, pixel.compatibility, pixel: pixel.pixel)
    self.parameters = parameters
    let given = request.numberNames
    if let missing = parameters.first(where: { !given.contains($0.name) }) {
      throw DerivativeError(
        description: "the arguments do not give \(missing.name), and it has no default of its own; give "
          + "-\(missing.name.prefix { $0 != "." }) or leave \(missing.name) out")
    }
    kinks = try Self.kinks(self.pixel, names)
  }

  /// All parameters that a request has, given or by default.
  package static func parameters(of request: SimulationRequest) -> [Parameter] {
    let given = request.statingDefaults(Set(Parameter.all.map(\.name))).numberNames
    return Parameter.all.filter { given.contains($0.name) }
  }

  /// The trace with the derivatives of all its numbers, over any arithmetic.
  /// - Parameter lift: Turns a number of the request into one of the arithmetic.
  package func lines<Base: RealNumber>(
    _ lift: (Double) -> Base
  ) throws(ExperimentError) -> [Formulas<Dual<Base>>.TraceLine] {
    try pixel.lines { name, value in
      guard let index = parameters.firstIndex(where: { $0.name == name }) else {
        return Dual(lift(value), partials: [])
      }
      return .parameter(lift(value), index, of: parameters.count)
    }
  }

  /// The trace of another pixel, with the derivatives of all its numbers.
  package func lines<Base: RealNumber>(
    at other: PixelIndex, _ lift: (Double) -> Base
  ) throws(ExperimentError) -> [Formulas<Dual<Base>>.TraceLine] {
    var copy = self
    copy.pixel = try PixelEvaluation(pixel, pixel: other)
    return try copy.lines(lift)
  }

  /// The trace with first and second derivatives of all its numbers.
  package func secondLines<Base: RealNumber>(
    _ lift: (Double) -> Base
  ) throws(ExperimentError) -> [Formulas<Dual<Dual<Base>>>.TraceLine] {
    try pixel.lines { name, value in
      guard let index = parameters.firstIndex(where: { $0.name == name }) else {
        return Dual(Dual(lift(value), partials: []), partials: [])
      }
      return .parameter(.parameter(lift(value), index, of: parameters.count), index, of: parameters.count)
    }
  }

  /// What is not smooth about a pixel.
  private static func kinks(_ pixel: PixelEvaluation, _ names: Set<String>) throws(ExperimentError) -> [String] {
    var kinks: [String] = []
    let experiment = try Experiment(resolving: pixel.request, compatibility: pixel.compatibility)
    let hasZero = experiment.sampling.phi.contains(0)
    if !names.isDisjoint(with: ["phi", "osc", "phistep"]), hasZero, pixel.compatibility.has(.phiCarryOver) {
      kinks.append(
        "phi = 0 takes the cell of the phi step before (the carry-over of c-parity): not differentiable by phi")
    }
    let counts = zip(["Na", "Nb", "Nc"], experiment.crystal.form.cells.components)
    for (name, count) in counts where names.contains(name) && count <= 1 {
      kinks.append("one cell along an axis has no fringes: not differentiable by \(name)")
    }
    let lines = try pixel.doubles()
    // The sine of half the scattering angle, which is rounding noise on the beam.
    let sines = PixelEvaluation.numbers(lines).filter { $0.place.name == TraceName.stol.rawValue }
      .map { $0.number * experiment.beam.wavelength }
    if sines.contains(where: { $0 < 1e-12 }) {
      kinks.append("the pixel lies on the beam, where the plane of scattering has no direction")
    }
    if experiment.interpolates, pixel.compatibility.has(.interpolationSwitchesOff) {
      kinks.append("interpolation ends for the rest of the image at the first index out of its range")
    }
    for decision in try RoundingBounds(pixel, .double, .doubles).undecided {
      kinks.append("\(decision.left) is compared with \(decision.right): the pixel lies on the edge between two cases")
    }
    return kinks
  }
}

extension SimulationRequest {
  /// The names of all its numbers.
  fileprivate var numberNames: Set<String> {
    var names: Set<String> = []
    _ = Formulas<Double>.SimulationRequest(self) { name, value in
      names.insert(name)
      return value
    }
    return names
  }

  /// The request with the defaults of some parameters given explicitly, which does not change the simulation.
  fileprivate func statingDefaults(_ names: Set<String>) -> SimulationRequest {
    var request = self
    let position = placement.position
    if names.contains("lambda"), wavelength == nil { request.wavelength = .angstroms(RequestDefaults.wavelength) }
    if names.contains("pixel"), pixelSize == nil { request.pixelSize = .millimetres(RequestDefaults.pixelSize) }
    if names.contains(where: { $0.hasPrefix("misset") }), misset == nil { request.misset = .angles(.zero) }
    if names.contains("phi"), phi == nil { request.phi = 0 }
    if names.contains("fluence"), photons.isEmpty { request.photons = [.fluence(Constants.defaultFluence)] }
    if names.contains("exposure"), exposure == nil { request.exposure = RequestDefaults.exposure }
    if names.contains("beamsize"), beamSize == nil { request.beamSize = RequestDefaults.beamSize }
    if names.contains("polar"), kahnFactor == nil { request.kahnFactor = 0 }
    if names.contains("fudge"), fudge == nil { request.fudge = RequestDefaults.fudge }
    if names.contains(where: { $0.hasPrefix("cell.") }), !cell.isEmpty {
      request.cell = cell + [cell[0], cell[0], cell[0], 90, 90, 90][cell.count...]
    }
    guard headerPose == nil else { return request }
    // Statements of a header have no effect on the pivot, unlike those of options.
    if names.contains("distance"), position.distance == nil, position.closeDistance == nil {
      request.placeByHeader(.distance(.millimetres(RequestDefaults.distance)))
    }
    if names.contains("detector_rotx"), position.rotations.x == 0 { request.placeByHeader(.rotationX(0)) }
    if names.contains("detector_roty"), position.rotations.y == 0 { request.placeByHeader(.rotationY(0)) }
    if names.contains("detector_rotz"), position.rotations.z == 0 { request.placeByHeader(.rotationZ(0)) }
    return request
  }
}
