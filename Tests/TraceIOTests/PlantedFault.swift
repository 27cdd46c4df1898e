import Foundation
import Physics
import PropertyTesting
import TestSupport
import TraceIO

/// A fault: what it is, and the kinds that name it rightly.
struct PlantedFault: Sendable {
  /// Makes a reference and a candidate with a fault from a scene.
  typealias Plant = @Sendable (inout RandomScene, inout SplitMix64) throws -> (Trace, Trace)

  let name: String
  let right: Set<Finding.Kind>
  var tolerance = ToleranceTable.usual
  let plant: Plant

  private static func edit(_ name: String, _ change: @escaping @Sendable ([Double]) -> [Double]) -> Plant {
    { scene, _ in
      let trace = try scene.trace()
      return (trace, trace.changing(name, change))
    }
  }

  private static func options(_ more: @escaping @Sendable (inout SplitMix64) -> String) -> Plant {
    { scene, random in try scene.pair(more(&random)) }
  }

  private static func text(_ range: ClosedRange<Double>, _ random: inout SplitMix64) -> String {
    NumberText.text("%.6g", Double.random(in: range, using: &random))
  }

  static let all: [PlantedFault] = geometry + units + crystal + scaling

  private static let geometry: [PlantedFault] = [
    PlantedFault(name: "another pixel", right: [.differentPixels, .rowsAndColumns]) { scene, random in
      let reference = try scene.trace()
      scene.fast += Bool.random(using: &random) ? 1 : -2
      return (reference, try scene.trace())
    },
    PlantedFault(name: "distance", right: [.geometryOrigin], plant: options { "-distance \(text(80...250, &$0))" }),
    PlantedFault(name: "beam centre", right: [.geometryOrigin], plant: options { "-Xbeam \(text(2...5, &$0))" }),
    PlantedFault(name: "rows and columns", right: [.rowsAndColumns, .permutedAxes]) { scene, _ in
      let trace = try scene.trace()
      let (fast, slow) = (trace.vector("fdet_vec")!.components, trace.vector("sdet_vec")!.components)
      return (trace, trace.changing("fdet_vec") { _ in slow }.changing("sdet_vec") { _ in fast })
    },
    PlantedFault(name: "wavelength", right: [.wavelength], plant: options { "-lambda \(text(0.7...2.5, &$0))" }),
    PlantedFault(
      name: "wavelength by a percent", right: [.wavelength],
      plant: options { "-lambda \(["1", "0.99", "0.9768", "1.01"].randomElement(using: &$0)!)" }),
    PlantedFault(name: "not normalised", right: [.normalization], plant: edit("fdet_vec") { $0.map { $0 * 1.000_02 } }),
  ]

  private static let units: [PlantedFault] =
    [
      ("lambda_meters", 1e10), ("scattering_vec_A_inv", 1e-10), ("scattering_vec_A_inv", 2 * Double.pi),
      ("pixel_pos_meters", 1000), ("rot_a_angstroms", 1e-10), ("rot_a_star_A_inv", 1e10),
    ].map { name, factor in
      PlantedFault(
        name: "unit of \(name)", right: name == "lambda_meters" ? [.units, .wavelength] : [.units],
        plant: edit(name) { $0.map { factor * $0 } })
    }
    + ["scattering_vec_A_inv", "rot_b_angstroms", "incident_vec", "F_latt"].map { name in
      PlantedFault(name: "sign of \(name)", right: [.signFlip], plant: edit(name) { $0.map { -$0 } })
    }
    + ["scattering_vec_A_inv", "diffracted_vec", "rot_c_angstroms"].map { name in
      PlantedFault(name: "order of \(name)", right: [.permutedAxes], plant: edit(name) { [$0[2], $0[0], $0[1]] })
    }

  private static let crystal: [PlantedFault] = [
    PlantedFault(name: "phi carry-over", right: [.phiCarryOver]) { scene, _ in
      let reference = try scene.trace()
      scene.compatibility = Compatibility.cParity.setting(.phiCarryOver, false)
      return (reference, try scene.trace())
    },
    PlantedFault(
      name: "scale of F", right: [.structureFactorScale], plant: options { "-default_F \(text(300...900, &$0))" }),
    PlantedFault(
      name: "phi steps", right: [.steps], plant: options { "-phisteps \(Int.random(in: 6...9, using: &$0))" }),
    PlantedFault(name: "rotated reciprocal vectors", right: [.reciprocalAtRest]) { scene, _ in
      scene.words += ["-phi", "10"]
      let trace = try scene.trace()
      let cell = ["a", "b", "c"].compactMap { trace.vector("rot_\($0)_angstroms") }
      let volume = cell[0].dot(cell[1].cross(cell[2]))
      return (
        trace,
        ["a", "b", "c"].enumerated().reduce(trace) { trace, axis in
          let star = (1 / volume) * cell[(axis.offset + 1) % 3].cross(cell[(axis.offset + 2) % 3])
          return trace.changing("rot_\(axis.element)_star_A_inv") { _ in star.components }
        }
      )
    },
    PlantedFault(name: "stored as floats", right: [.singlePrecision], tolerance: 1e-9) { scene, _ in
      let trace = try scene.trace()
      return (trace, trace.inSinglePrecision)
    },
    PlantedFault(name: "calculated in floats", right: [.singlePrecision], tolerance: 1e-9) { scene, _ in
      let trace = try scene.trace()
      return (trace, trace.calculatedInFloats)
    },
    PlantedFault(name: "one value a float", right: [.singlePrecision], tolerance: 1e-9) { scene, random in
      let trace = try scene.trace()
      let names = ["polar", "omega_pixel", "hkl_frac", "I_before_scaling", "cos_2theta", "rot_b_angstroms", "F_latt"]
      return (trace, trace.changing(names.randomElement(using: &random)!) { $0.map { Double(Float($0)) } })
    },
    PlantedFault(name: "printed with six digits", right: [.fewDigits], tolerance: 1e-9) { scene, random in
      let trace = try scene.trace()
      let names = [
        "polar", "omega_pixel", "hkl_frac", "I_before_scaling", "pixel_pos_meters", "rot_b_angstroms", "F_latt",
      ]
      return (
        trace, trace.changing(names.randomElement(using: &random)!) { $0.map { Double(NumberText.text("%.6g", $0))! } }
      )
    },
    PlantedFault(name: "only the sum is wrong", right: [.ownFormula], tolerance: 1e-3) { scene, random in
      let trace = try scene.trace()
      let factor = Double.random(in: 1.02...1.9, using: &random)
      return (trace, trace.calculatedInFloats.changing("I_before_scaling") { [factor * $0[0]] })
    },
  ]

  private static let scaling: [PlantedFault] = [
    PlantedFault(name: "no polarization", right: [.polarization], plant: options { _ in "-nopolar" }),
    PlantedFault(
      name: "polarization for each step", right: [.polarization], plant: options { _ in "-oversample_polar" }),
    PlantedFault(name: "solid angle for each step", right: [.solidAngle], plant: options { _ in "-oversample_omega" }),
    PlantedFault(name: "absorption for each step", right: [.absorption], plant: options { _ in "-oversample_thick" }),
    PlantedFault(name: "no absorption", right: [.absorption], plant: edit("capture_fraction") { _ in [1] }),
    PlantedFault(name: "no solid angle", right: [.solidAngle], plant: edit("omega_pixel") { _ in [1] }),
    PlantedFault(name: "fluence", right: [.fluence, .units], plant: options { "-fluence \(text(1e13...9e13, &$0))" }),
    PlantedFault(name: "sum not divided", right: [.steps]) { scene, _ in
      let trace = try scene.trace()
      let steps = trace.number("steps") ?? 1
      return (trace, trace.changing("I_pixel_final") { [$0[0] * steps] })
    },
    PlantedFault(name: "polarization lacking", right: [.polarization]) { scene, _ in
      let trace = try scene.trace()
      return (trace, trace.changing("I_pixel_final") { [$0[0] / trace.number("polar")!] })
    },
  ]
}

extension Trace {
  /// The trace of a program that calculates in floats: everything from the position of the pixel on is evaluated anew.
  fileprivate var calculatedInFloats: Trace {
    let floats = inSinglePrecision
    func vector(_ name: String) -> SIMD3<Float> {
      let numbers = floats.vector(name)!.components
      return SIMD3(Float(numbers[0]), Float(numbers[1]), Float(numbers[2]))
    }
    func dot(_ left: SIMD3<Float>, _ right: SIMD3<Float>) -> Float { (left * right).sum() }
    func doubles(_ vector: SIMD3<Float>) -> [Double] { (0..<3).map { Double(vector[$0]) } }
    let place = vector("pixel_pos_meters")
    let distance = dot(place, place).squareRoot()
    let direction = place / distance
    let q = (direction - vector("incident_vec")) / Float(floats.number("lambda_meters")!)
    let cell = ["a", "b", "c"].map { vector("rot_\($0)_angstroms") * 1e-10 }
    let hkl = SIMD3(dot(cell[0], q), dot(cell[1], q), dot(cell[2], q))
    return floats.changing("R_distance_meters") { _ in [Double(distance)] }
      .changing("diffracted_vec") { _ in doubles(direction) }
      .changing("scattering_vec_A_inv") { _ in doubles(q) }
      .changing("stol") { _ in [Double(dot(q, q).squareRoot() / 2)] }
      .changing("hkl_frac") { _ in doubles(hkl) }
  }
}
