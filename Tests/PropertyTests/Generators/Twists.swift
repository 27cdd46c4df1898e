import Physics
import PropertyTesting
import TestSupport

/// What a scene may have besides a crystal, a beam and a detector.
enum Twist: String, CaseIterable, SwiftSourceConvertible {
  case limit, thick, thickEach, polarEach, omegaEach, unpolarized, sources, water, table, interpolated, curved, points
  case region, masked, wide, fromZero, along

  var swiftSource: String { ".\(rawValue)" }

  /// A lopsided box of indices, smaller than most scenes reach.
  private static let list: ReflectionList = {
    var reflections: [Reflection] = []
    for h in -7...6 {
      for k in -5...7 {
        for l in -7...4 {
          reflections.append(Reflection(h: h, k: k, l: l, amplitude: Double((h * 7 + k * 13 + l * 29) % 50)))
        }
      }
    }
    return ReflectionList(reflections)!
  }()

  func apply(to request: inout SimulationRequest) throws {
    switch self {
    case .limit: request.resolutionLimit = 3
    case .thick: (request.sensor, request.sensorLayers) = ([.thickness(400), .attenuationDepth(200)], 3)
    case .thickEach: request.oversampleThick = true
    case .polarEach: request.oversamplePolar = true
    case .omegaEach: request.oversampleOmega = true
    case .unpolarized: request.noPolarization = true
    case .sources: (request.dispersion, request.dispersionSteps) = (0.03, 3)
    case .water: request.water = 30
    case .table, .interpolated:
      request.structureFactors = .table(
        try StructureFactors(Self.list, defaultAmplitude: request.defaultAmplitude ?? 0, source: "test"))
      request.interpolate = self == .interpolated
    case .curved: request.curved = true
    case .points: request.pointPixels = true
    case .masked:
      let (fast, slow) = (request.pixelsFast ?? 1, request.pixelsSlow ?? 1)
      request.mask = PixelMask(isComputed: (0..<fast * slow).map { $0 * 7 % 11 > 3 })
    case .wide:
      (request.pixelsFast, request.pixelsSlow) = (300, 2)
      request.pixelSize = .millimetres((request.pixelSize?.millimetres ?? 0.1) / 40)
    case .fromZero: (request.phi, request.oscillation, request.phiSteps) = (0, 0.9, 3)
    case .along:
      let beam = Vector3(0, 0, 1)
      request.place(.convention(.custom), .vector(.beam, beam), .vector(.polarization, beam), .vector(.normal, beam))
      request.place(.vector(.fast, Vector3(1, 0, 0)), .vector(.slow, Vector3(0, -1, 0)))
    case .region:
      request.region = PixelBounds(
        fast: (1, max(1, (request.pixelsFast ?? 2) - 2)), slow: (0, max(0, (request.pixelsSlow ?? 2) - 2)))
    }
  }
}
