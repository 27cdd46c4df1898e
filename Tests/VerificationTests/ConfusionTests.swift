import CommandLineSupport
import Foundation
import GoldenStore
import Physics
import PropertyTesting
import Testing
import TraceIO

/// Faults planted one at a time in a thousand scenes, against the causes that the diagnosis names.
@Suite struct ConfusionTests {
  /// Makes a reference and a candidate with a fault from a scene.
  private typealias Plant = @Sendable (inout RandomScene, inout SplitMix64) throws -> (Trace, Trace)

  /// A fault: what it is, and the kinds that name it rightly.
  private struct Fault: Sendable {
    let name: String
    let right: Set<Finding.Kind>
    let plant: Plant
  }

  /// A random crystal before a random detector; nothing is 0, 1 or equal by accident.
  private struct RandomScene {
    var words: [String]
    var slow: Int
    var fast: Int
    var compatibility = Compatibility.cParity

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
      slow = Int.random(in: 3...52, using: &random)
      fast = Int.random(in: 3...60, using: &random)
    }

    func trace(_ more: String = "") throws -> Trace {
      let arguments = words + more.split(separator: " ").map(String.init)
      let experiment = try CommandLineParser(arguments, compatibility: compatibility).parse().experiment(clockSeed: 1)
      return Trace(author: "C", lines: try PixelTracer(experiment).trace(slow: slow, fast: fast))
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
    Fault(name: "only the vectors at rest", right: [.ownFormula, .inherited, .units]) { scene, _ in
      let trace = try scene.trace()
      // The reciprocal vectors follow the rotation in the candidate (Q-55); the cell is the same.
      return (trace, trace.changing("rot_a_star_A_inv") { [$0[0] * 0.99 + 0.001, $0[1], $0[2]] })
    },
    Fault(name: "single precision", right: [.singlePrecision]) { scene, _ in
      let trace = try scene.trace()
      var rounded = trace
      for line in rounded.lines.indices {
        for field in rounded.lines[line].fields.indices {
          rounded.lines[line].fields[field].values = rounded.lines[line].fields[field].values.map { value in
            if case .real(let number) = value { .real(Double(Float(number))) } else { value }
          }
        }
      }
      return (trace, rounded)
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
    let scenes = 36
    var (right, all, wrong) = (0, 0, [String]())
    var table: [String] = []
    for fault in Self.faults {
      var (first, levels): (Int, [String: Int]) = (0, [:])
      for _ in 0..<scenes {
        var scene = RandomScene(&random)
        let (reference, candidate) = try fault.plant(&scene, &random)
        let report = compare(reference, candidate)
        guard report.first != nil else { continue }
        all += 1
        let named = report.findings.first
        if let named, fault.right.contains(named.kind) { first += 1 }
        levels["\(named.map { "\($0.confidence.name) \($0.kind.rawValue)" } ?? "nothing")", default: 0] += 1
        for finding in report.findings + report.furtherFindings
        where finding.confidence == .certain && !fault.right.contains(finding.kind) {
          wrong.append("\(fault.name): \(finding.kind.rawValue): \(finding.text)")
        }
      }
      right += first
      let seen = levels.sorted { $0.value > $1.value }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
      table.append("\(fault.name.padding(toLength: 30, withPad: " ", startingAt: 0)) \(seen)")
    }
    print("planted fault                  first cause named\n" + table.joined(separator: "\n"))
    print("right cause first: \(right) of \(all); wrong and certain: \(wrong.count)")
    #expect(all >= 1000)
    #expect(wrong.isEmpty, "\(Set(wrong.map { $0.prefix(160) }).sorted().prefix(12).joined(separator: "\n"))")
    #expect(Double(right) >= 0.95 * Double(all))
  }
}
