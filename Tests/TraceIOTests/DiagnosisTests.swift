import Physics
import PropertyTesting
import TestSupport
import Testing
import TraceIO

/// Each kind of mistake, planted in a simulated trace, is named.
@Suite(.tags(.verification), .generousTime) struct DiagnosisTests {
  private func expect(
    _ kind: Finding.Kind, _ confidence: Finding.Confidence, _ reference: Trace, _ candidate: Trace,
    first: String? = nil, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let report = compare(reference, candidate)
    let found = report.findings.first { $0.kind == kind }
    #expect(
      found != nil && found!.confidence >= confidence, "\(kind): \(report.findings)", sourceLocation: sourceLocation)
    if let first { #expect(report.firstDivergence?.place.description == first, sourceLocation: sourceLocation) }
  }

  private func expect(
    _ kind: Finding.Kind, _ reference: Trace, _ candidate: Trace, first: String? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    expect(kind, .certain, reference, candidate, first: first, sourceLocation: sourceLocation)
  }

  @Test func equalTracesAreInParity() throws {
    let trace = try Scene.trace()
    let report = compare(trace, trace)
    #expect(report.outcome == .parity && report.findings.isEmpty && report.divergences.isEmpty)
    #expect(report.pixels.reference?.description == "(20,30)")
  }

  @Test(arguments: [(19, 30), (20, 31), (30, 20), (0, 0), (55, 63)])
  func differentPixels(slow: Int, fast: Int) throws {
    for more in ["", "-oversample 3", "-adxv -Xbeam 2 -Ybeam 3", "-twotheta 20 -detector_roty 5"] {
      let report = compare(try Scene.trace(more), try Scene.trace(more, slow: slow, fast: fast))
      #expect(report.outcome == .differentSubjects)
      let text = try #require(report.findings.first { $0.kind == .differentPixels }).text
      #expect(text.contains("reference traces pixel (20,30), candidate (\(slow),\(fast))"), "\(more)")
      #expect(report.findings.contains { $0.kind == .rowsAndColumns } == (slow == 30 && fast == 20))
    }
  }

  @Test(arguments: ["-point_pixel", "-curved_det"])
  func differentPixelsWithoutPixelSize(more: String) throws {
    let report = compare(try Scene.trace(more), try Scene.trace(more, slow: 21))
    #expect(report.outcome == .differentSubjects)
    #expect(report.findings.first?.kind == .differentPixels)
    #expect(compare(try Scene.trace(more), try Scene.trace(more)).outcome == .parity)
  }

  /// Another origin, pixel size or distance is a divergence of the simulator, not another pixel.
  @Test(arguments: ["-distance 101", "-Xbeam 2.8 -Ybeam 3.2", "-pixel 0.2", "-detector_rotz 30", "-twotheta 10"])
  func anotherGeometryIsNotAnotherPixel(more: String) throws {
    let report = compare(try Scene.trace(), try Scene.trace(more))
    #expect(report.outcome == .divergence, "\(report.findings)")
  }

  @Test func exchangedAxes() throws {
    let trace = try Scene.trace()
    let (fast, slow) = (try #require(trace.vector("fdet_vec")), try #require(trace.vector("sdet_vec")))
    let swapped = trace.changing("fdet_vec") { _ in slow.components }.changing("sdet_vec") { _ in fast.components }
    expect(.rowsAndColumns, trace, swapped, first: "fdet_vec")
  }

  @Test func origin() throws {
    let reference = try Scene.trace()
    expect(.geometryOrigin, reference, try Scene.trace("-distance 102"), first: "setup distance_meters")
    // The MOSFLM convention adds half a pixel to both: the candidate forgets it.
    let shifted = reference.without(.setup).changing("pix0_vector_meters") { [$0[0], $0[1] + 5e-5, $0[2] - 5e-5] }
    let report = compare(reference.without(.setup), shifted)
    let finding = try #require(report.findings.first { $0.kind == .geometryOrigin })
    #expect(finding.text.contains("half a pixel") && report.outcome == .divergence)
  }

  @Test func wavelength() throws {
    expect(.wavelength, try Scene.trace(), try Scene.trace("-lambda 1.3"), first: "lambda_meters")
    func stripped(_ more: String) throws -> Trace {
      var trace = try Scene.trace(more)
      trace.lines.removeAll { $0.fields[0].name.hasPrefix("lambda") }
      return trace
    }
    expect(.wavelength, .likely, try stripped(""), try stripped("-lambda 1.3"), first: "scattering_vec_A_inv")
  }

  @Test(arguments: [
    ("lambda_meters", 1e10, "1e10"), ("lambda_meters", 1e-3, "1e-3"), ("scattering_vec_A_inv", 1e-10, "1e-10"),
    ("scattering_vec_A_inv", 2 * Double.pi, "2 pi"), ("scattering_vec_A_inv", 2e-10 * Double.pi, "2 pi * 1e-10"),
    ("scattering_vec_A_inv", 1.2, "lambda"), ("scattering_vec_A_inv", 1 / 1.2, "1/lambda"),
    ("rot_a_star_A_inv", 1.2, "lambda"), ("pixel_pos_meters", 1000, "1e3"), ("rot_b_angstroms", 1e-10, "1e-10"),
    ("fluence_photons_per_m2", 1e-12, "1e-12"),
  ])
  func units(name: String, factor: Double, text: String) throws {
    let trace = try Scene.trace()
    let report = compare(trace, trace.changing(name) { $0.map { factor * $0 } })
    let finding = try #require(report.findings.first { $0.kind == .units }, "\(report.findings)")
    #expect(finding.text.hasPrefix("\(name) is that of the reference times \(text):"), "\(finding.text)")
    #expect(report.outcome == .divergence, "a wrong unit is not another pixel")
  }

  @Test func signs() throws {
    let trace = try Scene.trace()
    for name in ["scattering_vec_A_inv", "rot_a_angstroms", "F_latt_b", "incident_vec"] {
      expect(.signFlip, trace, trace.changing(name) { $0.map { -$0 } }, first: name)
    }
    let one = compare(trace, trace.changing("rot_c_angstroms") { [$0[0], -$0[1], $0[2]] })
    #expect(one.findings.first?.kind == .signFlip && one.findings.first!.text.contains("in y"))
  }

  /// Point pixels have no size, and pixels of a curved detector no place on a plane: nothing is made up for them.
  @Test func pixelsThatCannotBeTold() throws {
    let report = compare(try Scene.trace("-point_pixel"), try Scene.trace("-point_pixel -oversample 2"))
    #expect(report.outcome == .divergence && report.first == "setup oversample")
    for more in ["-curved_det", "-curved_det -detector_rotx 20", "-curved_det -xds", "-curved_det -twotheta 30"] {
      let trace = try Scene.trace(more + " -oversample 1", slow: 45, fast: 5)
      #expect(PixelLocation(trace) == nil, "\(more)")
      let other = try Scene.trace(more + " -oversample 1 -lambda 1.3", slow: 45, fast: 5)
      #expect(compare(trace, other).outcome == .divergence, "\(more)")
    }
  }

  /// A wavelength that was given as another one is no unit.
  @Test(arguments: ["-lambda 0.99", "-lambda 1.01", "-lambda 1", "-lambda 12", "-lambda 0.12"])
  func anotherWavelengthIsNoUnit(more: String) throws {
    for (reference, candidate) in [("-lambda 0.99", more), (more, "-lambda 0.99")] where more != "-lambda 0.99" {
      let report = compare(try Scene.trace(reference), try Scene.trace(candidate))
      let certain = (report.findings + report.furtherFindings).filter { $0.confidence == .certain }
      #expect(report.findings.first?.kind == .wavelength && certain.allSatisfy { $0.kind == .wavelength }, "\(certain)")
    }
  }

  /// Carry-over changes the rotated cell; where that agrees, only the meaning of the reciprocal vectors differs.
  @Test func reciprocalVectorsAtRest() throws {
    // Two right angles: no cell defect, which would be another difference.
    let words = "-phi 10 -cell 70 80 90 90 90 95"
    let (trace, spec) = (try Scene.trace(words).without(.setup), try Scene.trace(words, .spec))
    let rotated = ["a", "b", "c"].reduce(trace) { trace, axis in
      trace.changing("rot_\(axis)_star_A_inv") { _ in spec.vector("rotated_\(axis)_star_A_inv")!.components }
    }
    for (reference, candidate) in [(trace, rotated), (rotated, trace), (trace, rotated.without(.phi, .step))] {
      let report = compare(reference, candidate)
      #expect(report.findings.first?.kind == .reciprocalAtRest, "\(report.findings)")
      #expect(!(report.findings + report.furtherFindings).contains { $0.kind == .phiCarryOver })
    }
  }

  @Test func permutations() throws {
    let trace = try Scene.trace()
    expect(.permutedAxes, trace, trace.changing("scattering_vec_A_inv") { [$0[2], $0[0], $0[1]] })
    expect(.permutedAxes, .likely, trace, trace.changing("diffracted_vec") { [-$0[2], $0[0], $0[1]] })
    let rows = ["a", "b", "c"].compactMap { trace.vector("rot_\($0)_angstroms")?.components }
    var transposed = trace
    for (index, axis) in ["a", "b", "c"].enumerated() {
      transposed = transposed.changing("rot_\(axis)_angstroms") { _ in rows.map { $0[index] } }
    }
    expect(.permutedAxes, trace, transposed, first: "rot_a_angstroms")
    expect(.rowsAndColumns, trace, transposed)
    let cycled = zip(["a", "b", "c"], [rows[1], rows[2], rows[0]]).reduce(trace) { trace, pair in
      trace.changing("rot_\(pair.0)_angstroms") { _ in pair.1 }
    }
    expect(.permutedAxes, trace, cycled)
  }

  @Test func phiCarryOver() throws {
    let carried = try Scene.trace()
    let fresh = try Scene.trace("", Compatibility.cParity.setting(.phiCarryOver, false))
    expect(.phiCarryOver, carried, fresh, first: "rot_a_angstroms")
    expect(.phiCarryOver, fresh, carried, first: "rot_a_angstroms")
    // Logs of the old kind have no set-up and no step lines, and a candidate may lack the phi lines, too.
    expect(.phiCarryOver, carried.without(.setup, .step), fresh.without(.setup, .step))
    expect(.phiCarryOver, .likely, carried.without(.setup, .step), fresh.without(.setup, .step, .phi))
    expect(.phiCarryOver, .possible, carried.without(.step, .phi), fresh.without(.step, .phi))
    // Two traces that carry over, one of which has another spindle, are no case of it.
    let turned = compare(carried, try Scene.trace("-spindle_axis 0 1 0"))
    #expect(!turned.findings.contains { $0.kind == .phiCarryOver })
  }

  @Test func interpolation() throws {
    let smooth = try Scene.golden("interp-synthetic")
    let golden = try GoldenReportSource.experiment("interp-synthetic", "-nointerpolate")
    let pixel = try GoldenReportSource.pixel("interp-synthetic")
    let nearest = Trace(lines: try PixelTracer(golden).trace(PixelIndex(slow: pixel.slow, fast: pixel.fast)))
    expect(.interpolation, smooth, nearest, first: "setup interpolate")
    expect(.interpolation, .possible, smooth.without(.setup), nearest.without(.setup))
    let (phiSmooth, phiNearest) = try GoldenReportSource.interpolatedPair("interp-phi-mosaic")
    expect(.interpolation, phiSmooth.without(.setup), phiNearest.without(.setup), first: "F_cell")
    expect(.interpolation, phiNearest.without(.setup), phiSmooth.without(.setup), first: "F_cell")
  }

  @Test func polarization() throws {
    let trace = try Scene.trace()
    expect(.polarization, trace, try Scene.trace("-nopolar"), first: "polar_first")
    expect(.polarization, .possible, trace, try Scene.trace("-polar 0.2"))
    let factor = try #require(trace.number("polar"))
    expect(.polarization, trace, trace.changing("I_before_scaling") { [$0[0] * factor] }, first: "I_before_scaling")
    expect(.polarization, trace, trace.changing("I_pixel_final") { [$0[0] / factor] }, first: "I_pixel_final")
    expect(.polarization, .likely, trace, trace.changing("I_before_scaling") { [$0[0] * factor * 0.999] })
    expect(.polarization, trace, trace.changing("oversample_polar") { _ in [1] }, first: "oversample_polar")
  }

  @Test func solidAngleAndAbsorption() throws {
    let trace = try Scene.trace()
    expect(.solidAngle, trace, trace.changing("omega_pixel") { _ in [1] }, first: "omega_pixel")
    let obliquity = try #require(trace.number("obliquity_factor"))
    expect(.solidAngle, trace, trace.changing("omega_pixel_sr") { [$0[0] / obliquity] }, first: "omega_pixel_sr")
    let solidAngle = try #require(trace.number("omega_pixel"))
    expect(.solidAngle, trace, trace.changing("I_pixel_final") { [$0[0] / solidAngle] })
    expect(.absorption, trace, trace.changing("capture_fraction") { _ in [1] }, first: "capture_fraction")
    let capture = try #require(trace.number("capture_fraction"))
    expect(.absorption, trace, trace.changing("I_pixel_final") { [$0[0] / capture] })
  }

  @Test func scales() throws {
    let trace = try Scene.trace()
    expect(.steps, trace, try Scene.trace("-phisteps 10"), first: "setup phisteps")
    expect(.steps, trace, trace.changing("I_pixel_final") { [$0[0] * 5] }, first: "I_pixel_final")
    expect(.steps, trace, trace.changing("I_before_scaling") { [$0[0] / 5] }, first: "I_before_scaling")
    expect(.fluence, trace, try Scene.trace("-fluence 3e12"), first: "fluence_photons_per_m2")
    expect(.structureFactorScale, .possible, trace, try Scene.trace("-default_F 250"), first: "F_cell")
    let list = try Scene.golden("combo-dials-interp", 2)
    let scaled = list.changing("F_cell") { [2.5 * $0[0]] }.changing("F_cell", in: .step) { [2.5 * $0[0]] }
    expect(.structureFactorScale, list, scaled, first: "F_cell")
  }

  @Test func precision() throws {
    let trace = try Scene.trace()
    let report = compare(trace, trace.inSinglePrecision, relative: 1e-9)
    #expect(report.findings.contains { $0.kind == .singlePrecision && $0.confidence == .certain })
    // A single value that is a float, in a trace of doubles.
    let one = try [("0.0166666666666667", "0.0166666675359011"), ("0.0166666666666667", "0.016666667636")].map { pair in
      let logs = try [pair.0, pair.1].map {
        try TraceParser.parse("TRACE_C: rot_a_star_A_inv 0 \($0) 0\n", file: "log")
      }
      return compare(logs[0], logs[1], relative: 1e-9).findings.first
    }
    #expect(one[0]?.kind == .singlePrecision && one[0]?.confidence == .certain && one[1]?.kind != .singlePrecision)
    // A sum that is off by a half is not rounding, whatever the numbers before.
    let half = compare(trace, trace.inSinglePrecision.changing("I_before_scaling") { [1.52 * $0[0]] })
    #expect(half.first == "I_before_scaling" && !half.findings.contains { $0.kind == .singlePrecision })
    // Printed with few digits more than a float has, and calculated in single precision before.
    var random = SplitMix64(state: 7)
    let noisy = TraceQuantity.firstStep.filter { !$0.isInteger }.reduce(trace) { trace, quantity in
      trace.changing(quantity.name) { $0.map { $0 * (1 + 1e-7 * Double.random(in: -1...1, using: &random)) } }
    }
    let likely = compare(trace, noisy, relative: 1e-9)
    #expect(likely.findings.contains { $0.kind == .singlePrecision }, "\(likely.findings)")
  }

  @Test func ownFormulas() throws {
    let trace = try Scene.trace()
    expect(
      .ownFormula, .possible, trace, trace.changing("hkl_frac") { [$0[0] + 0.01, $0[1], $0[2]] }, first: "hkl_frac")
    expect(.ownFormula, .possible, trace, trace.changing("F_latt") { [$0[0] * 1.01] }, first: "F_latt")
    // Two small deviations before, each within the tolerance, add up to one that is not.
    let names = ["rot_a_angstroms", "rot_b_angstroms", "rot_c_angstroms", "scattering_vec_A_inv"]
    let small = names.reduce(trace) { trace, name in trace.changing(name) { $0.map { $0 * (1 + 9e-7) } } }
    let sum = small.changing("hkl_frac") { $0.map { $0 * (1 + 9e-7) * (1 + 9e-7) } }
    let report = compare(trace, sum)
    #expect(report.firstDivergence?.place.name == "hkl_frac")
    let finding = try #require(report.findings.first { $0.kind == .inherited })
    #expect(finding.text.contains("scattering_vec_A_inv by"))
    let axes = trace.changing("fdet_vec") { $0.map { $0 * (1 + 1e-8) } }.changing("F_latt") { [(1 + 1e-5) * $0[0]] }
    #expect(compare(trace, axes).findings.contains { $0.kind == .normalization })
    // A direction that is off by 1e-8 accounts for no tenth.
    let more = trace.changing("fdet_vec") { $0.map { $0 * (1 + 1e-8) } }.changing("F_latt") { [1.1 * $0[0]] }
    #expect(!compare(trace, more).findings.contains { $0.kind == .normalization })
  }

  /// A later mistake that has nothing to do with the first one is named, too.
  @Test func laterMistakes() throws {
    let trace = try Scene.trace()
    let two = trace.changing("scattering_vec_A_inv") { $0.map { -$0 } }.changing("capture_fraction") { _ in [1] }
    let report = compare(trace, two)
    #expect(report.findings.first?.kind == .signFlip)
    #expect(report.furtherFindings.contains { $0.kind == .absorption })
  }

  @Test func whatAgreesBefore() throws {
    let trace = try Scene.trace()
    let report = compare(trace, trace.changing("hkl_frac") { $0.map { $0 + 0.1 } })
    #expect(report.agreeingBefore.contains("scattering_vec_A_inv") && report.agreeingBefore.contains("rot_a_angstroms"))
    #expect(!report.agreeingBefore.contains("F_latt"))
    #expect(report.implication?.contains("h = a.q") == true)
  }

  @Test func missingSteps() throws {
    let trace = try Scene.trace()
    var short = trace
    short.lines.remove(at: try #require(short.lines.lastIndex { $0.section == .phi }))
    let report = compare(trace, short)
    #expect(report.outcome == .divergence && report.firstDivergence?.candidate == nil)
    #expect(report.firstDivergence?.place.section == .phi)
    // A log without any phi lines does not trace them, which is no divergence.
    #expect(compare(trace, trace.without(.phi)).outcome == .parity)
  }
}
