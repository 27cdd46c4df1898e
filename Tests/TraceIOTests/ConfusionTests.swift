import Foundation
import GoldenStore
import Physics
import PropertyTesting
import TestSupport
import Testing
import TraceIO

/// Faults planted one at a time in a thousand scenes, against the causes that the diagnosis names.
@Suite(.tags(.verification), .generousTime) struct ConfusionTests {
  /// Makes a reference and a candidate with a fault from a scene.
  private typealias Plant = @Sendable (inout RandomScene, inout SplitMix64) throws -> (Trace, Trace)

  /// A fault: what it is, and the kinds that name it rightly.
  private struct Fault: Sendable {
    let name: String
    let right: Set<Finding.Kind>
    var tolerance = ToleranceTable.usual
    let plant: Plant
  }

  /// A random crystal before a random detector; nothing is 0, 1 or equal by accident.
  private struct RandomScene {
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

  private static let faults: [Fault] = geometry + units + crystal + scaling

  private static let geometry: [Fault] = [
    Fault(name: "another pixel", right: [.differentPixels, .rowsAndColumns]) { scene, random in
      let reference = try scene.trace()
      scene.fast += Bool.random(using: &random) ? 1 : -2
      return (reference, try scene.trace())
    },
    Fault(name: "distance", right: [.geometryOrigin], plant: options { "-distance \(text(80...250, &$0))" }),
    Fault(name: "beam centre", right: [.geometryOrigin], plant: options { "-Xbeam \(text(2...5, &$0))" }),
    Fault(name: "rows and columns", right: [.rowsAndColumns, .permutedAxes]) { scene, _ in
      let trace = try scene.trace()
      let (fast, slow) = (trace.vector("fdet_vec")!.components, trace.vector("sdet_vec")!.components)
      return (trace, trace.changing("fdet_vec") { _ in slow }.changing("sdet_vec") { _ in fast })
    },
    Fault(name: "wavelength", right: [.wavelength], plant: options { "-lambda \(text(0.7...2.5, &$0))" }),
    Fault(
      name: "wavelength by a percent", right: [.wavelength],
      plant: options { "-lambda \(["1", "0.99", "0.9768", "1.01"].randomElement(using: &$0)!)" }),
    Fault(name: "not normalised", right: [.normalization], plant: edit("fdet_vec") { $0.map { $0 * 1.000_02 } }),
  ]

  private static let units: [Fault] =
    [
      ("lambda_meters", 1e10), ("scattering_vec_A_inv", 1e-10), ("scattering_vec_A_inv", 2 * Double.pi),
      ("pixel_pos_meters", 1000), ("rot_a_angstroms", 1e-10), ("rot_a_star_A_inv", 1e10),
    ].map { name, factor in
      Fault(
        name: "unit of \(name)", right: name == "lambda_meters" ? [.units, .wavelength] : [.units],
        plant: edit(name) { $0.map { factor * $0 } })
    }
    + ["scattering_vec_A_inv", "rot_b_angstroms", "incident_vec", "F_latt"].map { name in
      Fault(name: "sign of \(name)", right: [.signFlip], plant: edit(name) { $0.map { -$0 } })
    }
    + ["scattering_vec_A_inv", "diffracted_vec", "rot_c_angstroms"].map { name in
      Fault(name: "order of \(name)", right: [.permutedAxes], plant: edit(name) { [$0[2], $0[0], $0[1]] })
    }

  private static let crystal: [Fault] = [
    Fault(name: "phi carry-over", right: [.phiCarryOver]) { scene, _ in
      let reference = try scene.trace()
      scene.compatibility = Compatibility.cParity.setting(.phiCarryOver, false)
      return (reference, try scene.trace())
    },
    Fault(name: "scale of F", right: [.structureFactorScale], plant: options { "-default_F \(text(300...900, &$0))" }),
    Fault(name: "phi steps", right: [.steps], plant: options { "-phisteps \(Int.random(in: 6...9, using: &$0))" }),
    Fault(name: "rotated reciprocal vectors", right: [.reciprocalAtRest]) { scene, _ in
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
    Fault(name: "stored as floats", right: [.singlePrecision], tolerance: 1e-9) { scene, _ in
      let trace = try scene.trace()
      return (trace, trace.inSinglePrecision)
    },
    Fault(name: "calculated in floats", right: [.singlePrecision], tolerance: 1e-9) { scene, _ in
      let trace = try scene.trace()
      return (trace, trace.calculatedInFloats)
    },
    Fault(name: "one value a float", right: [.singlePrecision], tolerance: 1e-9) { scene, random in
      let trace = try scene.trace()
      let names = ["polar", "omega_pixel", "hkl_frac", "I_before_scaling", "cos_2theta", "rot_b_angstroms", "F_latt"]
      return (trace, trace.changing(names.randomElement(using: &random)!) { $0.map { Double(Float($0)) } })
    },
    Fault(name: "printed with six digits", right: [.fewDigits], tolerance: 1e-9) { scene, random in
      let trace = try scene.trace()
      let names = [
        "polar", "omega_pixel", "hkl_frac", "I_before_scaling", "pixel_pos_meters", "rot_b_angstroms", "F_latt",
      ]
      return (
        trace, trace.changing(names.randomElement(using: &random)!) { $0.map { Double(NumberText.text("%.6g", $0))! } }
      )
    },
    Fault(name: "only the sum is wrong", right: [.ownFormula], tolerance: 1e-3) { scene, random in
      let trace = try scene.trace()
      let factor = Double.random(in: 1.02...1.9, using: &random)
      return (trace, trace.calculatedInFloats.changing("I_before_scaling") { [factor * $0[0]] })
    },
  ]

  private static let scaling: [Fault] = [
    Fault(name: "no polarization", right: [.polarization], plant: options { _ in "-nopolar" }),
    Fault(name: "polarization for each step", right: [.polarization], plant: options { _ in "-oversample_polar" }),
    Fault(name: "solid angle for each step", right: [.solidAngle], plant: options { _ in "-oversample_omega" }),
    Fault(name: "absorption for each step", right: [.absorption], plant: options { _ in "-oversample_thick" }),
    Fault(name: "no absorption", right: [.absorption], plant: edit("capture_fraction") { _ in [1] }),
    Fault(name: "no solid angle", right: [.solidAngle], plant: edit("omega_pixel") { _ in [1] }),
    Fault(name: "fluence", right: [.fluence, .units], plant: options { "-fluence \(text(1e13...9e13, &$0))" }),
    Fault(name: "sum not divided", right: [.steps]) { scene, _ in
      let trace = try scene.trace()
      let steps = trace.number("steps") ?? 1
      return (trace, trace.changing("I_pixel_final") { [$0[0] * steps] })
    },
    Fault(name: "polarization lacking", right: [.polarization]) { scene, _ in
      let trace = try scene.trace()
      return (trace, trace.changing("I_pixel_final") { [$0[0] / trace.number("polar")!] })
    },
  ]

  @Test func plantedFaultsAreNamed() throws {
    var random = SplitMix64(state: 20_261_128)
    var matrix = Confusion()
    for fault in Self.faults {
      for _ in 0..<Self.scenesOfAFault {
        var scene = RandomScene(&random)
        let (reference, candidate) = try fault.plant(&scene, &random)
        let report = compare(reference, candidate, relative: fault.tolerance)
        matrix.count(fault.name, fault.right, fault.right, report)
      }
    }
    print(matrix.text)
    #expect(matrix.all >= 1000)
    #expect(matrix.wrong.isEmpty, "\(matrix.examples)")
    #expect(Double(matrix.right) >= 0.95 * Double(matrix.all))
  }

  private static let scenesOfAFault = 40

  /// Of two faults the one whose quantity is computed first is named, and nothing certain is wrong.
  @Test func ofTwoFaultsTheEarlierIsNamed() throws {
    var random = SplitMix64(state: 20_261_129)
    var matrix = Confusion()
    let pairs = Self.faults.filter { $0.tolerance == ToleranceTable.usual && !$0.right.contains(.differentPixels) }
    for _ in 0..<1000 {
      let faults = [pairs.randomElement(using: &random)!, pairs.randomElement(using: &random)!]
      let scene = RandomScene(&random)
      let saved = random
      let single = try faults.map { fault in
        var (own, dice) = (scene, saved)
        let (reference, candidate) = try fault.plant(&own, &dice)
        return (reference, candidate, compare(reference, candidate))
      }
      // The second fault is what differs in its own candidate, put into that of the first.
      guard single[0].0.lines == single[1].0.lines, single[0].0.lines.count == single[1].1.lines.count,
        single[0].0.lines.count == single[0].1.lines.count, let places = Self.places(single.map(\.2)),
        places.0 != places.1
      else { continue }
      var both = single[0].1
      let changed = single.map { pair in pair.0.lines.indices.filter { pair.0.lines[$0] != pair.1.lines[$0] } }
      guard Set(changed[0]).isDisjoint(with: changed[1]) else { continue }
      for line in changed[1] { both.lines[line] = single[1].1.lines[line] }
      let earlier = places.0 < places.1 ? 0 : 1
      let report = compare(single[0].0, both)
      matrix.count(
        faults[earlier].name, faults[earlier].right, faults[0].right.union(faults[1].right), report)
    }
    print(matrix.text)
    #expect(matrix.all >= 400)
    #expect(matrix.wrong.isEmpty, "\(matrix.examples)")
    #expect(Double(matrix.right) >= 0.95 * Double(matrix.all))
  }

  private static func places(_ reports: [TraceReport]) -> (TracePlace, TracePlace)? {
    guard let first = reports[0].firstDivergence, let second = reports[1].firstDivergence else { return nil }
    return (first.place, second.place)
  }
}

/// Which causes are named for which faults.
private struct Confusion {
  private(set) var right = 0
  private(set) var all = 0
  /// What was called certain and is not so.
  private(set) var wrong: [String] = []
  private var names: [String] = []
  private var cells: [String: [String: Int]] = [:]

  mutating func count(
    _ name: String, _ right: Set<Finding.Kind>, _ planted: Set<Finding.Kind>, _ report: TraceReport
  ) {
    if cells[name] == nil { names.append(name) }
    guard report.first != nil else {
      cells[name, default: [:]]["(no divergence)", default: 0] += 1
      return
    }
    all += 1
    let named = report.findings.first
    if let named, right.contains(named.kind) { self.right += 1 }
    cells[name, default: [:]][
      "\(named.map { "\($0.confidence.name) \($0.kind.rawValue)" } ?? "none (\(report.first!))")", default: 0] += 1
    for finding in report.findings + report.furtherFindings
    where finding.confidence == .certain && !planted.contains(finding.kind) {
      wrong.append("\(name): \(finding.kind.rawValue): \(finding.text)")
    }
  }

  /// A row for each fault.
  var text: String {
    let rows = names.map { name in
      let seen = (cells[name] ?? [:]).sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      return name.padding(toLength: 30, withPad: " ", startingAt: 0) + " "
        + seen.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
    }
    return "planted fault                  first cause named\n" + rows.joined(separator: "\n")
      + "\nright cause first: \(right) of \(all); wrong and certain: \(wrong.count)"
  }

  /// Some of the wrong ones.
  var examples: String { Set(wrong.map { $0.prefix(200) }).sorted().prefix(12).joined(separator: "\n") }
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
