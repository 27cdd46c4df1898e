import Foundation
import KernelTypes
import Physics
import TraceIO

/// The tolerance of each number of a golden trace, with its derivation.
///
/// On the platform on which the corpus was recorded, the simulator's numbers are equal doubles. The tolerances allow
/// for
/// another mathematical library, whose sin, cos and exp may differ in the last bit:
///
/// - Geometry: 10⁻¹² of the length of the vector.
/// - Indices: δh = 16 ε (|h| + 2 |a|/λ), the rounding of a·q where q is the difference of two unit vectors over λ.
/// - Grating factor: the slope of sin(πNh)/sin(πh) is at most πN/|h − h0|, so δg = πN (δh + ε|h|)/|h − h0| + 4εN.
///   F_latt is the product of three.
/// - Round crystal: δF = 0.7236 Na Nb Nc (δx/2 + 6ε/x²) with δx = π √(3·fudge) N δh, the second term for the
///   cancellation in sin x/x − cos x; Gaussian crystal: δF = F (δu + ε(u + 8)) with u = −ln(F/(Na Nb Nc)).
/// - Logs with fifteen digits: half a unit of the fifteenth, 5·10⁻¹⁵, in addition. Without step lines the errors of the
///   terms are unknown; 10⁻⁹ of the sum allows for terms a thousand times worse conditioned than the geometry.
/// - Sums: δ(F²L²) = F_cell² (2|L| + δL) δL + 2 |F_cell| δF_cell L², added up along the running sum.
public struct GoldenTolerance: ToleranceRule {
  private static let epsilon = Double.ulpOfOne

  /// The allowed absolute errors of one step line: index, F_latt and running sum.
  private struct StepError {
    var index: Double
    var lattice: Double
    var sum: Double
  }

  private let form: CrystalForm
  private let axis: Double
  private let wavelength: Double
  private let amplitudeError: Double
  private let steps: [[Int]: StepError]
  private let finalSumError: Double
  private let finalSum: Double
  private let firstIndices: Vector3
  private let phiIndices: [[Int]: Double]
  private let planeReach: Double
  private let printing: Double

  /// The rule for one recorded trace.
  /// - Parameters:
  ///   - reference: The recorded trace.
  ///   - experiment: The traced experiment.
  public init(_ reference: Trace, of experiment: Experiment) {
    form = experiment.crystal.form
    printing = reference.hasFewDigits ? 5e-15 : 0
    let cell = experiment.crystal.lattice.direct
    wavelength = experiment.beam.sources.map(\.wavelength).min() ?? experiment.beam.wavelength
    axis = max(cell.a.length, cell.b.length, cell.c.length) / wavelength
    let largest = experiment.structureFactors.grid.reduce(0) { max($0, abs($1)) }
    amplitudeError = experiment.interpolates ? 1e-12 * largest : 0
    firstIndices = reference.vector(.indices) ?? .zero
    phiIndices = Self.phiIndices(reference)
    finalSum = reference.number(.sum) ?? 0
    let pose = experiment.detector.pose
    planeReach = abs(pose.distance) + pose.origin.length
    let errors = Self.stepErrors(reference, form: form, axis: axis, amplitudeError: amplitudeError)
    steps = errors.steps
    finalSumError = errors.steps.isEmpty ? 1e-9 * abs(finalSum) : errors.final
  }

  /// The tolerance of a quantity, and the number that its relative part refers to; nil refers to the quantity itself.
  public func tolerance(
    for place: TracePlace, reference: [TraceValue]
  ) -> (tolerance: Tolerance, scale: Double?) {
    var (tolerance, scale) = calculated(for: place, reference: reference)
    tolerance.absolute += printing * reference.vectorLength
    return (tolerance, scale)
  }

  /// The tolerance for numbers that were written with seventeen digits.
  private func calculated(
    for place: TracePlace, reference: [TraceValue]
  ) -> (tolerance: Tolerance, scale: Double?) {
    let step = steps[
      [place.block] + (place.step.isEmpty ? [0, 0, 0] : [place.step[0], place.step[1], max(place.step[2], 0)])]
    guard let quantity = place.quantity else {
      return (Tolerance.exact(because: "an unknown quantity: it has no law of its own"), nil)
    }
    switch quantity.toleranceLaw {
    case .exact: return (Tolerance.exact(because: "a word or a whole number"), nil)
    case .geometry, .planeReach:
      return (
        Tolerance(relative: 1e-12, because: "geometry: relative to the length of the vector"),
        quantity.toleranceLaw == .planeReach ? planeReach : reference.vectorLength
      )
    case .scattering:
      return (
        Tolerance(relative: 1e-12, absolute: 1e-15 / wavelength, because: "difference of unit vectors over λ"),
        reference.vectorLength
      )
    case .firstIndices:
      let error = firstIndices.components.map { Self.indexError($0, axis) }.max() ?? 0
      return (Tolerance(absolute: error, because: "rounding of a·q"), nil)
    case .stepIndices:
      let error = step?.index ?? Self.indexError(reference.vectorLength, axis)
      return (Tolerance(absolute: error, because: "rounding of a·q"), nil)
    case .grating:
      return (Tolerance(absolute: gratingError(place), because: "slope of the grating factor"), nil)
    case .lattice:
      let error = step?.lattice ?? 1e-12 * form.cellCount
      return (Tolerance(absolute: error, because: "product of the grating errors"), nil)
    case .structureFactor:
      return (Tolerance(absolute: amplitudeError, because: "nearest: exact; interpolated: slope of the cubic"), nil)
    case .runningSum:
      return (Tolerance(absolute: step?.sum ?? 0, because: "errors of the terms added up"), nil)
    case .sum: return (Tolerance(absolute: finalSumError, because: "errors of the terms added up"), nil)
    case .photons: return (Tolerance(relative: finalRelativeError, because: "error of the sum"), nil)
    case .storedPhotons:
      return (Tolerance(relative: finalRelativeError + 0x1p-23, because: "error of the sum, rounded to single"), nil)
    }
  }

  private var finalRelativeError: Double { 1e-12 + (finalSum == 0 ? 0 : finalSumError / abs(finalSum)) }

  private func gratingError(_ place: TracePlace) -> Double {
    guard form.shape.law.formula == .gratings else { return 0 }
    let axisIndex = place.quantity.flatMap { TraceName.latticeFactorAxes.firstIndex(of: $0.id) } ?? 0
    // A phi line has F_latt_b of its own phi step.
    let phiIndex = place.section == .phi ? phiIndices[[place.block, place.step[1]]] : nil
    let h = phiIndex ?? firstIndices.components[axisIndex]
    return Self.gratingError(h, form.cells.components[axisIndex], Self.indexError(h, axis))
  }

  /// The index k of each phi line, by block and phi step.
  private static func phiIndices(_ trace: Trace) -> [[Int]: Double] {
    var blocks: [Int: Int] = [:]
    var indices: [[Int]: Double] = [:]
    for line in trace.lines where line.section == .phi {
      let tic = line.integer(.phiIndex) ?? 0
      indices[[blocks[tic, default: 0], tic]] = line.real(.indexK)
      blocks[tic, default: 0] += 1
    }
    return indices
  }

  private static func indexError(_ h: Double, _ axisOverWavelength: Double) -> Double {
    16 * epsilon * (abs(h) + 2 * axisOverWavelength)
  }

  /// δg of one axis: the error of the grating factor at a fractional index.
  private static func gratingError(_ h: Double, _ count: Double, _ indexError: Double) -> Double {
    guard count > 1 else { return 0 }
    let distance = abs(h - h.rounded())
    if distance == 0 && h == 0 { return 4 * epsilon * count }
    return .pi * count * (indexError + epsilon * abs(h)) / max(distance, 1e-4 * epsilon) + 4 * epsilon * count
  }

  /// δF_latt at fractional indices.
  static func latticeError(_ hkl: Vector3, value: Double, form: CrystalForm, axis: Double) -> Double {
    let (errorH, errorK, errorL) = (indexError(hkl.x, axis), indexError(hkl.y, axis), indexError(hkl.z, axis))
    let count = form.cellCount
    let widest = max(form.cells.x, form.cells.y, form.cells.z)
    let largest = max(errorH, errorK, errorL)
    switch form.shape.law.formula {
    case .gratings:
      let g = zip(hkl.components, form.cells.components).map { h, n in
        // Not the function that is judged: |sin πNδ| is at most 1 and |sin πδ| at least 2|δ|.
        min(n, 0.5 / abs(h - h.rounded()))
      }
      let d = zip(zip(hkl.components, form.cells.components), [errorH, errorK, errorL]).map {
        gratingError($0.0.0, $0.0.1, $0.1)
      }
      return (g[0] + d[0]) * (g[1] + d[1]) * (g[2] + d[2]) - g[0] * g[1] * g[2] + 4 * epsilon * abs(value)
    case .sphere:
      let x = Double.pi * (form.fudge * squaredDistance(hkl, form)).squareRoot()
      let change = Double.pi * (3 * form.fudge).squareRoot() * widest * largest
      let cancellation = min(6 * epsilon / max(x * x, Double.leastNormalMagnitude), 2)
      return Constants.sphereAmplitude * count * (change / 2 + cancellation)
    case .exponential:
      guard value != 0 else { return 0 }
      let u = -log(value / count)
      let radius = (max(u, 0) * Constants.gaussianWidth / form.fudge).squareRoot()
      let star = max(form.reciprocal.a.length, form.reciprocal.b.length, form.reciprocal.c.length)
      let change = 2 * radius * 3 * star * largest * count * form.fudge / Constants.gaussianWidth
      return abs(value) * (change + epsilon * (abs(u) + 8))
    case .threshold:
      return 0
    }
  }

  private static func squaredDistance(_ hkl: Vector3, _ form: CrystalForm) -> Double {
    zip(hkl.components, form.cells.components).reduce(0) { sum, pair in
      let offset = (pair.0 - pair.0.rounded()) * pair.1
      return sum + offset * offset
    }
  }

  /// The errors of each step line, and of the final sum.
  private static func stepErrors(
    _ trace: Trace, form: CrystalForm, axis: Double, amplitudeError: Double
  ) -> (steps: [[Int]: StepError], final: Double) {
    let lines = trace.lines.filter { $0.section == .step }
    let blocks = Set(lines.map(block)).sorted { $0.lexicographicallyPrecedes($1) }
    let numbers = Dictionary(uniqueKeysWithValues: blocks.enumerated().map { ($1, $0) })
    var errors: [[Int]: StepError] = [:]
    var (error, previous) = (0.0, trace.number(.background, in: .setup) ?? 0)
    for line in lines {
      let hkl = Vector3(line.real(.stepH) ?? 0, line.real(.stepK) ?? 0, line.real(.stepL) ?? 0)
      let (lattice, amplitude) = (line.real(.latticeFactor) ?? 0, line.real(.structureFactor) ?? 0)
      let sum = line.real(.runningSum) ?? 0
      let latticeError = latticeError(hkl, value: lattice, form: form, axis: axis)
      let termError =
        amplitude * amplitude * (2 * abs(lattice) + latticeError) * latticeError
        + (2 * abs(amplitude) + amplitudeError) * amplitudeError * lattice * lattice
      // The oversampling flags scale the running sum; its error is scaled with it.
      let unscaled = previous + amplitude * amplitude * lattice * lattice
      let scaling = unscaled == 0 ? 1 : abs(sum / unscaled)
      error = (error + termError + 4 * epsilon * abs(unscaled)) * scaling + 4 * epsilon * abs(sum)
      let index = hkl.components.map { indexError($0, axis) }.max() ?? 0
      let step = TraceName.step.map { line.integer($0) ?? 0 }
      errors[[numbers[block(line)] ?? 0] + step] = StepError(index: index, lattice: latticeError, sum: error)
      previous = sum
    }
    // A trace stops after 2000 step lines; the error of the untraced steps is assumed to grow in proportion.
    let steps = trace.number(.steps) ?? 0
    let isCut = lines.count >= PixelTracer.lineLimit
    return (errors, isCut ? error * max(steps / Double(lines.count), 1) : error)
  }

  private static func block(_ line: TraceLine) -> [Int] {
    TraceName.block.map { line.integer($0) ?? 0 }
  }
}

extension Trace {
  /// Whether the log gives fifteen significant digits or fewer, as the older grammar does.
  var hasFewDigits: Bool {
    guard !origins.isEmpty else { return false }
    return origins.allSatisfy { origin in
      origin.text.split { $0 == " " || $0 == "=" || $0 == "\t" }.allSatisfy { word in
        let mantissa = word.prefix { $0 != "e" && $0 != "E" }
        return NumberText.number(String(word)) == nil
          || mantissa.drop { "-+0.".contains($0) }.count(where: \.isNumber) <= 15
      }
    }
  }
}
