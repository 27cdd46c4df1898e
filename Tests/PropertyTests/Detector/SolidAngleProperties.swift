import Foundation
import Oracles
import Physics
import PropertyTesting
import TestSupport
import Testing

private let forAll = PropertyFamily("PropertyTests/SolidAngleProperties.swift")

/// What a pixel subtends, and what its sensor absorbs.
@Suite(.tags(.detectorResponse, .oracle, .property), .generousTime) struct SolidAngleProperties {
  /// Small pixels seen under up to 55°: where the law of the midpoint error holds.
  private let pixel = zip(
    Generator<Double>.logUniform(in: 1e-4...0.1), Generator<Double>.double(in: 0...0.95),
    Generator<Double>.logUniform(in: 0.01...10))

  /// A flat detector at a distance whose first pixel's middle lies at a place in the plane.
  private func detector(distance: Double, side: Double, middle: Double, pixels: Int = 1, point: Bool = false) throws
    -> Detector
  {
    var request = SimulationRequest.minimal
    request.pixelSize = .metres(side)
    (request.pixelsFast, request.pixelsSlow) = (pixels, pixels)
    let (fast, slow) = (Length.metres(side / 2 - middle), Length.metres(side / 2))
    request.place(
      .convention(.xds), .distance(.metres(distance)), .xBeam(fast), .yBeam(.fromOrigin(slow)), .xClose(fast),
      .yClose(slow))
    request.pointPixels = point
    return try Experiment(resolving: request, compatibility: .spec).detector
  }

  @Test("The solid angle of a pixel is right to its error law (oracle)") func solidAngleOfAPixel() {
    forAll("oracle: solid angle of a pixel, to its error law", pixel) { check, pixel in
      let (ratio, angle, distance) = pixel
      let radius = distance / cos(angle)
      let (side, middle) = (ratio * radius, distance * tan(angle))
      let detector = try detector(distance: distance, side: side, middle: middle)
      let ours = detector.solidAngle(
        radius: detector.position(fast: side / 2, slow: side / 2, depth: 0).length, depth: 0)
      let exact = try SolidAngleOracles.pixel(
        middle - side / 2...middle + side / 2, -side / 2...side / 2, distance: distance)
      let law = SolidAngleOracles.midpointError(ratio: ratio, angle: angle)
      try check.close(
        exact.value / ours - 1, law.value,
        within: law.error + exact.error / exact.value + 4 * eps * (8 + sin(angle) / ratio),
        because: "the midpoint rule's error to (p/R)⁴; edges of small pixels are rounded like their middle")
    }
  }

  @Test("A point pixel has p²/R², whatever its angle") func pointPixels() {
    forAll("a point pixel has p²/R², whatever its angle", pixel) { check, pixel in
      let (ratio, angle, distance) = pixel
      let radius = distance / cos(angle)
      let detector = try detector(distance: distance, side: ratio * radius, middle: distance * tan(angle), point: true)
      try check.close(
        detector.solidAngle(radius: radius, depth: 0), ratio * ratio, within: 8 * eps * ratio * ratio,
        because: "three divisions")
    }
  }

  private let panel = zip(
    Generator<Double>.double(in: 0.5...2), Generator<Int>.integer(in: 8...12), .double(in: -1...1),
    .double(in: -1...1))

  @Test("Solid angles sum to that of the detector, with an error of second order (oracle)")
  func solidAngleOfTheDetector() {
    forAll("oracle: solid angles sum to that of the detector, with an error of second order", panel, cost: .dear) {
      check, panel in
      let (width, pixels, x, y) = panel
      // A panel of `width` at distance 1, its corner off the foot of the normal.
      let (left, low) = (x - width / 2, y - width / 2)
      let exact = try SolidAngleOracles.rectangle(left...left + width, low...low + width, distance: 1)
      func error(_ count: Int) throws -> Double {
        var request = SimulationRequest.minimal
        request.place(.convention(.xds), .distance(.metres(1)))
        request.pixelSize = .metres(width / Double(count))
        (request.pixelsFast, request.pixelsSlow, request.oversample) = (count, count, 1)
        request.place(.xBeam(.metres(-left)), .yBeam(.fromOrigin(.metres(-low))))
        request.defaultAmplitude = 1e-3
        let simulator = Simulator(try Experiment(resolving: request, compatibility: .spec))
        return abs(try simulator.render().statistics.solidAngle / exact.value - 1)
      }
      let counts = [pixels, 2 * pixels, 4 * pixels]
      let errors = try counts.map(error)
      // The error is c q² + e q⁴ with |e| up to 0.3; where c nearly cancels over the panel there is no order to be seen.
      let q = width / Double(pixels)
      let fourth = 0.3 * q * q / (errors[2] * 16 / (q * q))
      try check.assume(fourth < 0.5)
      let order = try ConvergenceOracles.order(steps: counts.map { 1 / Double($0) }, errors: errors)
      try check.close(order.value, 2, within: 0.01 + fourth, because: "the fourth-order term over that of second order")
      try check.that(
        errors[2] < 0.4 * pow(width / Double(counts[2]), 2), "the leading coefficient is at most 9/24 · (p/d)²")
    }
  }

  @Test("The sum of solid angles does not depend on the sub-pixels but for its error") func solidAnglesOfSubPixels() {
    forAll("the sum of solid angles does not depend on the sub-pixels but for its error", panel, cost: .dear) {
      check, panel in
      let (width, pixels, _, _) = panel
      func sum(_ count: Int, _ oversample: Int) throws -> Double {
        var request = SimulationRequest.minimal
        request.place(.convention(.xds), .distance(.metres(1)))
        request.pixelSize = .metres(width / Double(count))
        (request.pixelsFast, request.pixelsSlow, request.oversample) = (count, count, oversample)
        request.defaultAmplitude = 1e-3
        return try Simulator(try Experiment(resolving: request, compatibility: .spec)).render().statistics.solidAngle
      }
      let (fine, sampled) = (try sum(2 * pixels, 1), try sum(pixels, 2))
      try check.close(sampled, fine, within: 1e-12 * fine, because: "the same points, summed in another order")
    }
  }

  private let sensor = zip(
    Generator<Double>.logUniform(in: 1...1000), Generator<Double>.logUniform(in: 60...5000),
    Generator<Int>.integer(in: 1...12),
    Generator<Double>.double(in: 0.2...1))

  private func sensor(_ thickness: Double, _ depth: Double, _ layers: Int, _ mode: Compatibility) throws -> Sensor {
    var request = SimulationRequest.minimal
    (request.sensor, request.sensorLayers) = ([.thickness(thickness), .attenuationDepth(depth)], layers)
    return try Experiment(resolving: request, compatibility: mode).detector.sensor
  }

  @Test("A layer captures the fraction of Beer and Lambert (oracle)") func capturedFraction() {
    forAll("oracle: fraction captured by a layer", sensor, .integer(in: 0...11)) { check, given, index in
      let (thickness, depth, layers, cosine) = given
      let sensor = try sensor(thickness, depth, layers, .spec)
      let layer = index % layers
      let (front, step) = (Double(layer) * thickness * 1e-6 / Double(layers), thickness * 1e-6 / Double(layers))
      let oracle = try SensorOracles.capture(front...front + step, attenuation: 1e6 / depth, cosine: cosine)
      try check.close(
        sensor.captureFraction(layer: layer, parallax: cosine), oracle.value, within: oracle.error + 4 * eps,
        because: "the difference of two exponentials below 1")
      let closed = try SensorOracles.captureClosedForm(front...front + step, attenuation: 1e6 / depth, cosine: cosine)
      try check.close(closed.value, oracle.value, within: closed.error + oracle.error, because: "two oracles agree")
    }
  }

  @Test("In spec the layers together capture 1 − exp(−µT/c)") func layersTogether() {
    forAll("in spec the layers together capture 1 − exp(−µT/c)", sensor) { check, given in
      let (thickness, depth, layers, cosine) = given
      let sensor = try sensor(thickness, depth, layers, .spec)
      let sum = (0..<sensor.layerCount).reduce(0) { $0 + sensor.captureFraction(layer: $1, parallax: cosine) }
      let whole = try SensorOracles.captureClosedForm(0...thickness * 1e-6, attenuation: 1e6 / depth, cosine: cosine)
      try check.equal(sensor.layerCount, layers)
      try check.close(sum, whole.value, within: whole.error + Double(4 * layers) * eps, because: "the sum telescopes")
    }
  }

  @Test("In c-parity n layers are T/(n − 1) thick") func parityLayers() {
    forAll("in c-parity n layers are T/(n − 1) thick", sensor) { check, given in
      let (thickness, depth, layers, cosine) = given
      let sensor = try sensor(thickness, depth, layers, .cParity)
      let count = max(layers, 2)
      let sum = (0..<sensor.layerCount).reduce(0) { $0 + sensor.captureFraction(layer: $1, parallax: cosine) }
      let reach = thickness * 1e-6 * Double(count) / Double(count - 1)
      let whole = try SensorOracles.captureClosedForm(0...reach, attenuation: 1e6 / depth, cosine: cosine)
      try check.close(
        sum, whole.value, within: whole.error + Double(4 * count) * eps, because: "the sum telescopes (Q-23)")
    }
  }

  @Test("Deeper layers capture less, slanted rays are captured earlier") func deeperLayersCaptureLess() {
    forAll("deeper layers capture less, slanted rays are captured earlier", sensor) { check, given in
      let (thickness, depth, layers, cosine) = given
      let sensor = try sensor(thickness, depth, layers, .spec)
      let fractions = (0..<layers).map { sensor.captureFraction(layer: $0, parallax: cosine) }
      try check.that(zip(fractions, fractions.dropFirst()).allSatisfy { $0 >= $1 }, "\(fractions)")
      try check.that(fractions.allSatisfy { $0 >= 0 && $0 <= 1 }, "fractions lie in 0...1")
      try check.that(
        sensor.captureFraction(layer: 0, parallax: cosine * 0.9) >= fractions[0], "a longer way captures more")
    }
  }

  @Test("Layers lie evenly: in the middle in spec, at the front face in c-parity") func depthsOfLayers() {
    forAll("layers lie evenly: in the middle in spec, at the front face in c-parity", sensor, .bool) {
      check, given, parity in
      let sensor = try sensor(given.0, given.1, given.2, parity ? .cParity : .spec)
      for layer in 0..<sensor.layerCount {
        let expected = (Double(layer) + (parity ? 0 : 0.5)) * sensor.layerThickness
        try check.close(sensor.depth(ofLayer: layer), expected, within: 2 * eps * expected, because: "one product")
      }
    }
  }
}
