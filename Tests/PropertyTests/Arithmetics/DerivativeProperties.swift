import Arithmetics
import CommandLineSupport
import Foundation
import Physics
import PropertyTesting
import TestSupport
import Testing

private let forAll = PropertyFamily("PropertyTests/DerivativeProperties.swift")

/// Exact derivatives against differences in 31 digits.
@Suite(.tags(.verification, .property), .generousTime) struct DerivativeProperties {
  /// The parameters with steps of the differences, in their units.
  private static let steps: [(name: String, step: Double)] = [
    ("lambda", 1e-6), ("distance", 1e-4), ("detector_rotx", 1e-5), ("detector_roty", 1e-5), ("detector_rotz", 1e-5),
    ("twotheta", 1e-5), ("pixel", 1e-6), ("cell.a", 1e-5), ("cell.b", 1e-5), ("cell.c", 1e-5), ("cell.alpha", 1e-6),
    ("cell.beta", 1e-6), ("cell.gamma", 1e-6), ("misset.x", 1e-6), ("misset.y", 1e-6), ("misset.z", 1e-6),
    ("phi", 1e-6), ("default_F", 1e-3), ("polar", 1e-4), ("Na", 1e-5),
  ]

  /// The photons of a pixel in two doubles, with one number of the request moved, and the reflections next to its steps.
  private func photons(
    _ pixel: PixelEvaluation, _ name: String, _ shift: DoubleDouble
  ) throws -> (number: DoubleDouble, reflections: [Double]) {
    let lines = try pixel.lines { given, value in
      given == name ? DoubleDouble(value) + shift : DoubleDouble(value)
    }
    let numbers = PixelEvaluation.numbers(lines)
    let indices = Set(TraceName.stepIndices.map(\.rawValue))
    let reflections = numbers.filter { indices.contains($0.place.name) }.map { $0.number.approximation.rounded() }
    return (numbers.last { $0.place.name == TraceName.photons.rawValue }?.number ?? 0, reflections)
  }

  /// The central difference with a step; nil if another reflection becomes the nearest in between: there is a jump.
  private func difference(_ pixel: PixelEvaluation, _ name: String, _ step: Double) throws -> DoubleDouble? {
    let h = DoubleDouble(step)
    let (above, below) = (try photons(pixel, name, h), try photons(pixel, name, -h))
    guard above.reflections == below.reflections, !above.reflections.isEmpty else { return nil }
    return (above.number - below.number) / (2 * h)
  }

  @Test("The derivative of a pixel is the limit of its differences, which converge by the square of the step")
  func derivativesAreLimits() {
    forAll(
      "the derivative of a pixel is the limit of its differences", Generator.scene(shapes: [.square, .gauss, .round]),
      .integer(in: 0...(Self.steps.count - 1)), Generator<Compatibility>.element(of: [.spec, .cParity]),
      require: [.atLeast(30, "order two")], cost: .dear
    ) { check, scene, choice, mode in
      let (name, step) = Self.steps[choice]
      let scene = scene.withFewSteps
      let (slow, fast) = (scene.pose.slowPixels / 2, scene.pose.fastPixels / 2)
      let given = try PixelEvaluation(scene.request, mode, pixel: PixelIndex(slow: slow, fast: fast))
      let derivatives = try Derivatives(given, by: [Parameter.named(name)].compactMap { $0 })
      try check.assume(derivatives.kinks.isEmpty)
      let lines = try derivatives.lines { DoubleDouble($0) }
      let number = PixelEvaluation.numbers(lines).last { $0.place.name == TraceName.photons.rawValue }?.number
      let exact = number?.partial(0) ?? 0
      // Far down the flank of a Gaussian the second of the two doubles underflows.
      let size = abs(number?.value.approximation ?? 0)
      try check.assume(size == 0 || size > 1e-250)
      // Next to the peak of a reflection the derivative of sin(πNh)/sin(πh) cancels: of its digits those of h² are lost.
      let indices = PixelEvaluation.numbers(lines).filter { ["h", "k", "l", "hkl_frac"].contains($0.place.name) }
      try check.assume(
        indices.allSatisfy { index in
          let h = index.number.value.approximation
          return h == h.rounded() || abs(h - h.rounded()) > 1e-9
        })
      let pixel = derivatives.pixel
      let differences = (try difference(pixel, name, step), try difference(pixel, name, step / 2))
      try check.assume(differences.0 != nil && differences.1 != nil)
      let (coarse, fine) = (differences.0 ?? 0, differences.1 ?? 0)
      let limit = (4 * fine - coarse) / 3
      // Where the derivative nearly vanishes, the scale is that of a change by one unit in a hundred.
      let scale = max(abs(exact.approximation), 1e-4 * abs(number?.value.approximation ?? 0))
      // The photons change by a factor of e over a length of 1/k.
      let photons = abs(number?.value.approximation ?? 0)
      let k = photons > 0 ? abs(exact.approximation) / photons : 0
      try check.close(
        (limit - exact).approximation, 0, within: (1e-10 + pow(k * step, 4)) * scale,
        because: "the error of Richardson's limit is below (k h)⁴, which matters far down the flank of a Gaussian", name
      )
      // The order shows where the first term of the error is far above the second, and above the digits.
      let errors = ((coarse - exact).approximation, (fine - exact).approximation)
      guard abs((limit - exact).approximation) < 1e-3 * abs(errors.1), abs(errors.1) > 1e-22 * scale else { return }
      let order = log2(abs(errors.0 / errors.1))
      check.label("order two", true)
      try check.close(order, 2, within: 0.02, because: "the next term is smaller by the square of the step", name)
    }
  }

  @Test("Second derivatives are the limits of the differences of the first") func secondDerivatives() {
    let names = Self.curved
    let parameters = names.compactMap(Parameter.named)
    forAll("second derivatives", Generator.scene(shapes: [.square]), .integer(in: 0...8), cost: .dearest) {
      check, scene, choice in
      let scene = scene.withFewSteps
      let (slow, fast) = (scene.pose.slowPixels / 2, scene.pose.fastPixels / 2)
      let given = try PixelEvaluation(scene.request, .spec, pixel: PixelIndex(slow: slow, fast: fast))
      let derivatives = try Derivatives(given, by: parameters)
      try check.assume(derivatives.kinks.isEmpty)
      let second = PixelEvaluation.numbers(try derivatives.secondLines { DoubleDouble($0) })
        .last { $0.place.name == TraceName.photons.rawValue }?.number
      let photons = try #require(second)
      let step = 1e-6
      func first(_ shift: Double) throws -> [DoubleDouble] {
        let lines = try derivatives.pixel.lines { name, value -> Dual<DoubleDouble> in
          let number = DoubleDouble(value) + (name == names[choice] ? DoubleDouble(shift) : 0)
          guard let index = names.firstIndex(of: name) else { return Dual(number, partials: []) }
          return .parameter(number, index, of: names.count)
        }
        let number = PixelEvaluation.numbers(lines).last { $0.place.name == TraceName.photons.rawValue }?.number
        return names.indices.map { number?.partial($0) ?? 0 }
      }
      let (up, down) = (try first(step), try first(-step))
      let (halfUp, halfDown) = (try first(step / 2), try first(-step / 2))
      for other in names.indices {
        let mixed = photons.partial(choice).partial(other)
        let scale = max(abs(mixed.approximation), abs(photons.value.value.approximation))
        let coarse = (up[other] - down[other]) / DoubleDouble(2 * step)
        let fine = (halfUp[other] - halfDown[other]) / DoubleDouble(step)
        let change = abs((coarse - fine).approximation)
        try check.close(
          ((4 * fine - coarse) / 3 - mixed).approximation, 0, within: 0.01 * change + 1e-12 * scale,
          because: "the limit leaves the fourth power of the step, below a hundredth of what the second power changes",
          names[other])
      }
    }
  }

  /// The parameters that second derivatives are meant for.
  private static let curved = [
    "cell.a", "cell.b", "cell.c", "cell.alpha", "cell.beta", "cell.gamma", "misset.x", "misset.y", "misset.z",
  ]

  @Test("Mixed second derivatives do not depend on the order, to 200 bits") func mixedDerivativesAreSymmetric() {
    forAll(
      "mixed second derivatives are symmetric", Generator.scene(shapes: [.square, .gauss]), .integer(in: 0...8),
      .integer(in: 0...8), cost: .dearest
    ) { check, scene, first, second in
      try check.assume(first != second)
      let scene = scene.withFewSteps
      let (slow, fast) = (scene.pose.slowPixels / 2, scene.pose.fastPixels / 2)
      let given = try PixelEvaluation(scene.request, .spec, pixel: PixelIndex(slow: slow, fast: fast))
      let derivatives = try Derivatives(given, by: [first, second].compactMap { Parameter.named(Self.curved[$0]) })
      try check.assume(derivatives.kinks.isEmpty)
      let (distance, radius, scale) = try ArithmeticContext().run {
        let photons = try #require(
          PixelEvaluation.numbers(try derivatives.secondLines { Enclosure($0) })
            .last { $0.place.name == TraceName.photons.rawValue }?.number)
        let (one, other) = (photons.partial(0).partial(1), photons.partial(1).partial(0))
        return (
          (one - other).distance(from: 0), one.radius + other.radius, abs(one.middle) + photons.value.value.middle
        )
      }
      try check.close(distance, 0, within: 2 * radius, because: "both enclosures contain the derivative")
      try check.that(radius <= 1e-12 * scale, "the enclosures are narrow: \(radius) of \(scale)")
    }
  }

  @Test("Every parameter is an option") func parametersAreOptions() {
    let words = Set(FlagTable.flags.flatMap(\.names))
    for parameter in Parameter.all {
      let option = "-" + parameter.name.prefix { $0 != "." }
      #expect(words.contains(option), "\(option)")
    }
  }
}
