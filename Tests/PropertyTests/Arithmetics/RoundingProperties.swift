import Arithmetics
import Foundation
import Physics
import PropertyTesting
import TestSupport
import Testing
import TraceIO
import TraceReports

private let forAll = PropertyFamily("PropertyTests/RoundingProperties.swift")

/// What rounding can do to the numbers of a pixel: proven bounds hold, and tell rounding from faults.
@Suite(.tags(.verification, .property), .generousTime) struct RoundingProperties {
  private static let modes = Generator<Compatibility>.element(of: [.cParity, .spec])

  /// A night found it: the beam is on a pixel but for rounding, so that the amplitude of the sphere cancels to zero, and the
  /// bound of the sum left out what another library makes of it.
  private static let roundCrystalOnTheBeam = Scene(
    cell: Cell(a: 21.0, b: 21.0, c: 21.0, alpha: 90.0, beta: 90.0, gamma: 90.0), misset: Vector3(0.0, 0.0, 0.0),
    cells: [1, 1, 1], shape: .round, fudge: 0.3, amplitude: 1.0,
    pose: Pose(
      convention: .adxv, pivot: nil, pixel: 0.584, fastPixels: 2, slowPixels: 6, distance: 31.0, centre: nil,
      rotation: Vector3(0.0, 0.0, 0.0), twoTheta: 0.0), wavelength: 0.5, kahnFactor: -1.0, oversample: 1, phi: 1.0,
    phiSteps: 1, mosaicDomains: 1)

  private func evaluation(_ scene: Scene, _ compatibility: Compatibility) throws -> PixelEvaluation {
    let (slow, fast) = (scene.pose.slowPixels / 2, scene.pose.fastPixels / 2)
    return try PixelEvaluation(scene.withFewSteps.request, compatibility, pixel: PixelIndex(slow: slow, fast: fast))
  }

  @Test("Every number of a trace lies within its bound, in double and in single precision")
  func numbersLieWithinBounds() {
    forAll(
      "every number lies within its bound", Generator.scene(), Self.modes,
      Generator<RoundingAnalysis.Precision>.element(of: [.double, .single]),
      require: [.atLeast(60, "all bounded")], cost: .dear
    ) { check, scene, mode, precision in
      let analysis = try RoundingAnalysis(try evaluation(scene, mode), precision: precision)
      check.label("all bounded", analysis.numbers.allSatisfy { $0.bound != nil })
      for number in analysis.numbers where number.bound != nil {
        try check.close(
          number.error, 0, within: number.allowance, because: "proven", "\(number.place.name) \(number.computed)")
      }
    }
  }

  @Test("Another mathematical library stays within the bounds") func anotherLibraryStaysWithin() {
    forAll(
      "another library stays within the bounds", Generator.scene(), Self.modes, .integer(in: 1...1_000_000),
      examples: [(Self.roundCrystalOnTheBeam, .cParity, 1)], cost: .dear
    ) { check, scene, mode, seed in
      let pixel = try evaluation(scene, mode)
      let known = Dictionary(try RoundingAnalysis(pixel).numbers.map { ($0.place, $0) }) { first, _ in first }
      let lines = try ArithmeticContext(seed: UInt64(seed), perturbation: .library).run {
        try pixel.lines { _, value in Perturbed(value) }
      }
      for number in PixelEvaluation.numbers(lines) {
        guard let bound = known[number.place], bound.bound != nil else { continue }
        try check.close(
          number.number.value, bound.truthDouble, within: bound.allowance, because: "proven", number.place.name)
      }
    }
  }

  @Test("Ten times what rounding explains is no rounding") func faultsAreNoRounding() {
    forAll(
      "ten times what rounding explains is no rounding", Generator.scene(), Self.modes, .integer(in: 0...10_000),
      cost: .dear
    ) { check, scene, mode, choice in
      let pixel = try evaluation(scene, mode)
      let reference = Trace(lines: try pixel.doubles())
      let proven = try ProvenTolerance(pixel)
      let bounded = try RoundingAnalysis(pixel).numbers.filter {
        ($0.bound ?? 0) > 1e-300 && [.setup, .pixel].contains($0.place.section) && $0.place.occurrence == 0
      }
      try check.assume(!bounded.isEmpty)
      let victim = bounded[choice % bounded.count]
      var candidate = reference
      candidate.move(victim.place.name, victim.place.component, in: victim.place.section) { $0 + 10 * victim.allowance }
      let table = RoundingTable(reference, candidate, proven)
      try check.equal(table.rows.map(\.kind), [.none], victim.place.name)
    }
  }

  @Test("Sums and products in another order are rounding") func reorderingsAreRounding() {
    forAll(
      "another order is rounding", Generator.scene(), require: [.atLeast(90, "differs"), .atLeast(90, "bounded")],
      cost: .dear
    ) { check, scene in
      let pixel = try evaluation(scene, .cParity)
      let reference = Trace(lines: try pixel.doubles())
      let experiment = try Experiment(resolving: pixel.request, compatibility: .cParity)
      let other = Trace(lines: try ReferenceImage(experiment, OtherOrder()).trace(pixel.pixel))
      let table = RoundingTable(reference, other, try ProvenTolerance(pixel))
      for row in table.rows { try check.that(row.kind != .none, "\(row.place): \(row.share) of what rounding allows") }
      check.label("differs", !table.rows.isEmpty)
      check.label("bounded", table.count(.unbounded) == 0)
    }
  }

  @Test("A number without a bound is never called rounding, and diverges beyond the usual tolerance")
  func numbersWithoutBoundAreNoRounding() throws {
    // A round crystal on the beam: the lattice factor of the scalar law divides rounding noise by rounding noise.
    var request = SimulationRequest.minimal
    (request.cell, request.shape, request.phi) = ([21], .round, 1)
    (request.pixelSize, request.pixelsFast, request.pixelsSlow) = (.millimetres(0.52), 1, 1)
    request.place(
      .convention(.mosflm), .distance(.millimetres(31)), .xBeam(.millimetres(0)), .yBeam(.fromOrigin(.millimetres(0))))
    let pixel = try PixelEvaluation(request, .cParity, pixel: PixelIndex(slow: 0, fast: 0))
    let reference = Trace(lines: try pixel.doubles())
    let proven = try ProvenTolerance(pixel)
    for (fault, diverges) in [(1e-9, false), (1e-3, true)] {
      var candidate = reference
      candidate.move(TraceName.latticeFactor.rawValue, 0, in: .pixel) { $0 * (1 + fault) }
      let report = TraceReport(reference: reference, candidate: candidate, tolerances: ToleranceTable().using(proven))
      #expect(RoundingTable(report, proven).rows.map(\.kind) == [.unbounded])
      #expect(report.divergences.isEmpty != diverges)
    }
  }

  @Test("A fault of 1e-13 in the detector's geometry, and of 1e-12 in the cell, is no rounding in 19 of 20 scenes")
  func smallFaultsAreFound() throws {
    var (found, count) = ((detector: 0, cell: 0), 0)
    forAll("small faults of geometry and cell", Generator.scene(), Self.modes, cost: .dear) { _, scene, mode in
      let pixel = try evaluation(scene, mode)
      let reference = Trace(lines: try pixel.doubles())
      let proven = try ProvenTolerance(pixel)
      count += 1
      func isFound(_ name: TraceName, _ fault: Double) -> Bool {
        var candidate = reference
        for component in 0..<3 { candidate.move(name.rawValue, component, in: .pixel) { $0 * (1 + fault) } }
        return RoundingTable(reference, candidate, proven).rows.contains { $0.kind == .none }
      }
      if isFound(.position, 1e-13) { found.detector += 1 }
      if isFound(.rotatedA, 1e-12) { found.cell += 1 }
    }
    #expect(count >= 20)
    #expect(found.detector * 20 >= count * 19, "\(found.detector) of \(count)")
    #expect(found.cell * 20 >= count * 19, "\(found.cell) of \(count)")
  }
}

/// The laws with sums and products in another order.
private struct OtherOrder: DiffractionLaws {
  func scatteringVector(_ diffracted: Vector3, _ source: Source) -> Vector3 {
    let reciprocal = 1 / source.wavelength
    return reciprocal * (diffracted - source.direction)
  }

  func indices(of q: Vector3, in cell: DirectCell) -> MillerIndices {
    func reversed(_ vector: Vector3) -> Double { vector.z * q.z + vector.y * q.y + vector.x * q.x }
    // The indices are products with unit vectors along q, so that the nearest whole numbers are found as ever.
    let usual = MillerIndices(cell: cell, scatteringVector: q)
    return MillerIndices(
      fractional: Vector3(reversed(cell.a), reversed(cell.b), reversed(cell.c)), rounded: usual.rounded)
  }

  func position(on detector: Detector, fast: Double, slow: Double, depth: Double) -> Vector3 {
    guard !detector.isCurved else { return detector.position(fast: fast, slow: slow, depth: depth) }
    let pose = detector.pose
    return pose.origin + (depth * pose.normal + (slow * pose.slow + fast * pose.fast))
  }

  func solidAngle(of detector: Detector, radius: Double, depth: Double) -> Double {
    let closeDistance = detector.sensor.atFrontFace ? detector.pose.closeDistance : detector.pose.closeDistance + depth
    return closeDistance * (detector.pixelSize * detector.pixelSize) / (radius * radius * radius)
  }
}

extension Trace {
  /// Changes a component of the first quantity of a name.
  fileprivate mutating func move(
    _ name: String, _ component: Int, in section: TraceSection, _ change: (Double) -> Double
  ) {
    for line in lines.indices where lines[line].section == section {
      for field in lines[line].fields.indices where lines[line].fields[field].name == name {
        guard case .real(let number) = lines[line].fields[field].values[component] else { return }
        lines[line].fields[field].values[component] = .real(change(number))
        return
      }
    }
  }
}

extension RoundingTable {
  fileprivate init(_ reference: Trace, _ candidate: Trace, _ proven: ProvenTolerance) {
    self.init(
      TraceReport(reference: reference, candidate: candidate, tolerances: ToleranceTable().using(proven)), proven)
  }
}
