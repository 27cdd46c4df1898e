import Arithmetics
import Foundation
import Physics
import PropertyTesting
import TestSupport
import Testing

private let forAll = PropertyFamily("PropertyTests/ImageBoundProperties.swift")

extension Pose {
  /// The pixels in raster order.
  fileprivate var places: [PixelIndex] {
    (0..<slowPixels).flatMap { slow in (0..<fastPixels).map { PixelIndex(slow: slow, fast: $0) } }
  }
}

/// What rounding can do to the pixels of images, by running error analysis (docs/numbers.md).
@Suite(.tags(.verification, .property), .generousTime) struct ImageBoundProperties {
  /// The stored photons of all pixels in an arithmetic.
  private static func image<Number: RealNumber>(
    _ scene: Scene, _ compatibility: Compatibility, _ lift: (Double) -> Number
  ) throws -> [Number] {
    let tracer = PixelTracer(try Experiment(resolving: scene.request, compatibility: compatibility))
    let lifted = Formulas<Number>.SimulationRequest(scene.request) { _, value in lift(value) }
    let experiment = try Formulas<Number>.Experiment(resolving: lifted, compatibility: compatibility)
    var pixels: [Number] = []
    tracer.photons(of: scene.pose.places[...], of: experiment) { pixels.append($0 ?? 0) }
    return pixels
  }

  private static func floats(_ pixels: [Float], _ pose: Pose) -> FloatImage {
    FloatImage(fastPixels: pose.fastPixels, slowPixels: pose.slowPixels, pixels: pixels)
  }

  @Test("The exact pixels lie within the bounds in double precision", .tags(.oracle)) func exactPixels() {
    forAll(
      "exact pixels lie within the bounds", Generator.scene(), .bool,
      require: [.atLeast(60, "bounded"), .atLeast(40, "narrow")], cost: .dear
    ) { check, scene, isSpec in
      let scene = scene.withFewSteps
      let mode: Compatibility = isSpec ? .spec : .cParity
      let errors = try ImageBounds(scene.request, mode).errors(of: scene.pose.places, in: .double)
      let doubles = try Self.image(scene, mode) { $0 }
      let distances = try ArithmeticContext().run {
        try zip(Self.image(scene, mode) { Enclosure($0) }, doubles).map { $0.distance(from: $1) }
      }
      for (index, error) in errors.enumerated() where error.isFinite {
        try check.that(
          distances[index] <= error, "pixel \(index): \(distances[index]) from the exact number, bound \(error)")
      }
      let brightest = doubles.max() ?? 0
      check.label("bounded", errors.allSatisfy(\.isFinite))
      check.label("narrow", zip(errors, doubles).allSatisfy { $0 <= 1e-6 * max(abs($1), 1e-3 * brightest) })
    }
  }

  @Test("Another library, and single precision, stay within twice the bounds") func otherEvaluations() {
    forAll(
      "other evaluations stay within twice the bounds", Generator.scene(), .integer(in: 0...1_000_000), cost: .dear
    ) {
      check, scene, seed in
      let scene = scene.withFewSteps
      let bounds = try ImageBounds(scene.request, .spec)
      let doubles = Self.floats(try Self.image(scene, .spec) { $0 }.map(Float.init), scene.pose)
      let other = try ArithmeticContext(seed: UInt64(seed), perturbation: .everything).run {
        try Self.image(scene, .spec) { Perturbed($0) }.map { Float($0.approximation) }
      }
      let single = try Self.image(scene, .spec) { Single($0) }.map(\.value)
      for (candidate, kinds) in [(other, [RoundingKind.double]), (single, [.double, .single])] {
        try check.assume(candidate.allSatisfy(\.isFinite) && doubles.pixels.allSatisfy(\.isFinite))
        let proven = try ProvenPixels(
          bounds, (doubles, Self.floats(candidate, scene.pose)), origin: PixelIndex(slow: 0, fast: 0), accepting: kinds)
        try check.that((proven.counts[RoundingKind.none.rawValue] ?? 0) == 0, proven.text)
      }
    }
  }

  @Test("A pixel that is off by ten times what rounding explains is named") func faultsAreNamed() {
    forAll("faulty pixels are named", Generator.scene(), .integer(in: 0...1_000_000), cost: .dear) {
      check, scene, choice in
      let scene = scene.withFewSteps
      let bounds = try ImageBounds(scene.request, .cParity)
      let pixels = try Self.image(scene, .cParity) { $0 }.map(Float.init)
      let index = choice % pixels.count
      let errors = try bounds.errors(of: [scene.pose.places[index]], in: .double)
      try check.assume(errors[0].isFinite && errors[0] > 0 && pixels[index].isFinite)
      var faulty = pixels
      faulty[index] = Float(Double(pixels[index]) + 20 * errors[0])
      let proven = try ProvenPixels(
        bounds, (Self.floats(pixels, scene.pose), Self.floats(faulty, scene.pose)),
        origin: PixelIndex(slow: 0, fast: 0),
        accepting: [.double])
      try check.equal(proven.counts, [RoundingKind.none.rawValue: 1], "the kinds")
      try check.equal(proven.first?.slow, index / scene.pose.fastPixels, "slow")
      try check.equal(proven.first?.fast, index % scene.pose.fastPixels, "fast")
    }
  }

  @Test("The marked pixels are those that deviate most, and there are some only where the correlation is missed")
  func marksAreNeeded() {
    forAll("marked pixels deviate most", Generator.scene(), .double(in: 0.99...1), cost: .dear) {
      check, scene, threshold in
      let prediction = try SinglePrediction(scene.withFewSteps.request, .spec, threshold: threshold)
      let pixels = prediction.pixels.filter { $0.single.isFinite && $0.double.isFinite }
      try check.assume(pixels.count == prediction.pixels.count && pixels.count > 4)
      try check.assume(!prediction.correlation.isNaN)
      // Nil where no removal helps.
      guard let marked = prediction.marked else {
        return try check.that(prediction.correlation < threshold, "no marks")
      }
      check.label("marks pixels", !marked.isEmpty)
      try check.equal(marked.isEmpty, !(prediction.correlation < threshold), "marks against the correlation")
      let left = prediction.pixels.indices.filter { !marked.contains($0) }.map { prediction.pixels[$0] }
      // The marked ones are those that deviate most.
      func deviation(_ pixel: SinglePrediction.Pixel) -> Double { abs(pixel.single - pixel.double) }
      let least = marked.map { deviation(prediction.pixels[$0]) }.min() ?? .infinity
      try check.that(left.allSatisfy { deviation($0) <= least }, "a pixel that deviates more is not marked")
    }
  }
}
