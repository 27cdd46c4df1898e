import Physics

/// Rules about phi steps and structure factors.
extension Diagnosis {
  /// Finds that one trace uses, at a phi step of zero, the vectors of the last phi step.
  static func phiCarryOverRule(_ evidence: Evidence) -> [Finding] {
    let early: Set<TraceStage> = [.orientation, .indices, .latticeFactor, .structureFactor, .sum]
    // If the cells and indices of all steps agree, a carried-over cell explains nothing.
    guard evidence.stageIs(early.contains), evidence.haveDifferentCells else { return [] }
    let steps = (reference: PhiSteps(evidence.reference), candidate: PhiSteps(evidence.candidate))
    let finding = carryOverByIndices(steps) ?? carryOverWithoutSteps(steps, evidence) ?? carryOverByVectors(evidence)
    return finding.map { [$0] } ?? []
  }

  /// Compares the indices k of the phi steps of the first block: in one trace only, the first equals the last.
  private static func carryOverByIndices(_ steps: (reference: PhiSteps, candidate: PhiSteps)) -> Finding? {
    let (expected, found) = steps
    guard expected.indices.count >= 2, expected.indices.count == found.indices.count,
      expected.isCarriedOver != found.isCarriedOver
    else { return nil }
    let later = zip(expected.indices.dropFirst(), found.indices.dropFirst())
    // Logs print indices with as few as four digits. A phi step changes an index of a carried-over cell by more.
    guard later.allSatisfy({ abs($0 - $1) <= 1e-3 * max(1, abs($0)) }) else { return nil }
    let (carries, fresh) = expected.isCarriedOver ? ("reference", "candidate") : ("candidate", "reference")
    let (first, last) = (expected.numbers[0], expected.numbers[expected.numbers.count - 1])
    return Finding(
      .phiCarryOver, .certain,
      "the \(carries) uses at phi step \(first) the rotated cell of phi step \(last) (k \(Numbers.text(expected.indices[0])) "
        + "against \(Numbers.text(found.indices[0]))), the \(fresh) rotates afresh; all later steps agree: phi carry-over"
    )
  }

  /// Finds carry-over in one trace if the other trace has no lines about phi steps.
  private static func carryOverWithoutSteps(
    _ steps: (reference: PhiSteps, candidate: PhiSteps), _ evidence: Evidence
  ) -> Finding? {
    let (expected, found) = steps
    // Another cell at rest is another one in every step.
    guard evidence.first.place.section != .setup, expected.isCarriedOver != found.isCarriedOver,
      expected.indices.isEmpty || found.indices.isEmpty
    else {
      return nil
    }
    let (carries, other) = expected.isCarriedOver ? ("reference", "candidate") : ("candidate", "reference")
    return Finding(
      .phiCarryOver, .likely,
      "the \(carries) uses at its first phi step the rotated cell of its last one, and the \(other) has another cell there: "
        + "phi carry-over")
  }

  /// Finds that one trace has the cell at rest and the other a rotated cell.
  private static func carryOverByVectors(_ evidence: Evidence) -> Finding? {
    guard
      let axis = (0..<3).first(where: { evidence.item(TraceName.rotatedCell[$0])?.agrees == false }),
      let item = evidence.item(TraceName.rotatedCell[axis]), evidence.stage == .orientation,
      evidence.first.place.section != .setup,
      Numbers.areClose(Numbers.length(item.referenceNumbers), Numbers.length(item.candidateNumbers)),
      let rest = evidence.reference.vector(TraceName.cell[axis], in: .setup)
        ?? evidence.candidate.vector(TraceName.cell[axis], in: .setup)
    else { return nil }
    let referenceRests = Numbers.areClose(item.referenceNumbers, rest.components, 1e-9)
    let candidateRests = Numbers.areClose(item.candidateNumbers, rest.components, 1e-9)
    guard referenceRests != candidateRests else { return nil }
    let (rests, rotated) = referenceRests ? ("reference", "candidate") : ("candidate", "reference")
    return Finding(
      .phiCarryOver, .possible,
      "\(item.place.name) of the first step is the cell at rest in the \(rests) and rotated in the \(rotated): phi "
        + "carry-over, or another start of phi")
  }

  /// Finds that one trace interpolates structure factors and the other uses the nearest reflection.
  static func interpolationRule(_ evidence: Evidence) -> [Finding] {
    if evidence.firstIs([.interpolates]) {
      let isOn = evidence.first.candidateNumbers.first != 0
      return [
        Finding(
          .interpolation, .certain,
          "the \(isOn ? "candidate" : "reference") interpolates structure factors, the "
            + "\(isOn ? "reference" : "candidate") takes the nearest reflection")
      ]
    }
    guard evidence.firstIs([.structureFactor]), let expected = evidence.reference.number(.structureFactor) else {
      return []
    }
    for (trace, name, other) in [
      (evidence.candidate, "candidate", "reference"), (evidence.reference, "reference", "candidate"),
    ] {
      guard let nearest = trace.number(ForeignTraceName.nearestStructureFactor),
        let used = trace.number(.structureFactor),
        !Numbers.areClose(nearest, used)
      else { continue }
      let partner = name == "candidate" ? expected : evidence.candidate.number(.structureFactor) ?? .nan
      guard Numbers.areClose(nearest, partner) else { continue }
      return [
        Finding(.interpolation, .certain, "the \(name) interpolates F_cell, the \(other) takes the nearest reflection")
      ]
    }
    return interpolationByVariation(evidence)
  }

  /// Finds that F_cell is constant for each nearest reflection in one trace and varies in the other.
  private static func interpolationByVariation(_ evidence: Evidence) -> [Finding] {
    let expected = AmplitudeVariation(evidence.reference)
    let found = AmplitudeVariation(evidence.candidate)
    if let isFixed = expected.isFixedWithinReflections, let alsoFixed = found.isFixedWithinReflections,
      isFixed != alsoFixed
    {
      let (smooth, nearest) = isFixed ? ("candidate", "reference") : ("reference", "candidate")
      return [
        Finding(
          .interpolation, .certain,
          "F_cell of the \(smooth) varies between steps with the same nearest reflection, that of the \(nearest) does "
            + "not: the \(smooth) interpolates")
      ]
    }
    guard evidence.first.ratio != nil, !evidence.hasConstantAmplitudeRatio, !evidence.haveOneAmplitude else {
      return []
    }
    return [
      Finding(
        .interpolation, .possible,
        "F_cell differs at the same indices: one interpolates and the other takes the nearest reflection, or the "
          + "reflection lists differ")
    ]
  }
}

extension Diagnosis {
  /// Finds that one trace has the reciprocal vectors of the rotated cell and the other those of the cell at rest
  /// (Q-55).
  static func reciprocalRule(_ evidence: Evidence) -> [Finding] {
    guard evidence.firstIs(Set(TraceName.restReciprocalCell)),
      let ofReference = evidence.reference.isReciprocalRotated,
      let ofCandidate = evidence.candidate.isReciprocalRotated,
      ofReference != ofCandidate
    else { return [] }
    let (rotated, rests) = ofReference ? ("reference", "candidate") : ("candidate", "reference")
    return [
      Finding(
        .reciprocalAtRest, .certain,
        "the reciprocal vectors of the \(rotated) follow the rotation of the cell, those of the \(rests) are the ones at "
          + "rest (Q-55); the rotated cell itself agrees")
    ]
  }
}

extension Trace {
  /// Whether the traced reciprocal vectors belong to the rotated cell; false if they are those at rest, nil if the
  /// vectors do not determine this.
  fileprivate var isReciprocalRotated: Bool? {
    let cell = TraceName.rotatedCell.compactMap { vector($0) }
    let stars = TraceName.restReciprocalCell.compactMap { vector($0) }
    guard cell.count == 3, stars.count == 3 else { return nil }
    // A re-scaled cell keeps only its directions: b and c are at right angles to a*, whatever their lengths.
    let pairs = [(0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1)]
    let cosines = pairs.map { abs(stars[$0.0].dot(cell[$0.1])) / (stars[$0.0].length * cell[$0.1].length) }
    guard let largest = cosines.max(), largest.isFinite else { return nil }
    let lengths = cell.indices.map { stars[$0].dot(cell[$0]) }
    let isRotated = largest < 1e-6 && lengths.allSatisfy { abs($0 - 1) < 0.05 }
    return isRotated ? true : largest > 1e-5 && Self.isReciprocal(stars, ofTurned: cell) ? false : nil
  }

  /// Whether vectors are the reciprocal ones of a cell, apart from a rotation: lengths, angles and handedness.
  private static func isReciprocal(_ stars: [Vector3], ofTurned cell: [Vector3]) -> Bool {
    let volume = cell[0].dot(cell[1].cross(cell[2]))
    let own = (0..<3).map { (1 / volume) * cell[($0 + 1) % 3].cross(cell[($0 + 2) % 3]) }
    guard stars[0].dot(stars[1].cross(stars[2])) * volume > 0 else { return false }
    return (0..<3).allSatisfy { place in
      let next = (place + 1) % 3
      func cosine(_ vectors: [Vector3]) -> Double {
        vectors[place].dot(vectors[next]) / (vectors[place].length * vectors[next].length)
      }
      return abs(stars[place].length / own[place].length - 1) < 0.05 && abs(cosine(stars) - cosine(own)) < 1e-3
    }
  }
}

extension Evidence {
  /// Whether the rotated cells or the indices of the two traces differ, in the first step or in later ones.
  var haveDifferentCells: Bool {
    let names = Set(TraceName.rotatedCell + [.indices, .indexK] + TraceName.stepIndices)
    return items.contains { $0.place.isOne(of: names) && !$0.agrees }
  }

  /// Whether F_cell of all steps differs by the factor of the first divergence, with at least two different amplitudes.
  var hasConstantAmplitudeRatio: Bool {
    let steps = items.filter { $0.place.section == .step && $0.place.traceName == .structureFactor }
    let reference = steps.flatMap(\.referenceNumbers)
    guard Set(reference).count > 1, let ratio = first.ratio,
      let common = Numbers.ratio(reference, steps.flatMap(\.candidateNumbers))
    else { return false }
    return Numbers.areClose(common, ratio)
  }
}

extension Evidence {
  /// Whether each trace has one structure factor at the steps of several reflections, from the default or a constant
  /// list.
  var haveOneAmplitude: Bool {
    [reference, candidate].allSatisfy { trace in
      let steps = trace.lines.filter { $0.section == .step }
      let reflections = Set(
        steps.map { line in TraceName.stepIndices.compactMap { line.real($0) }.map { ($0 - 0.5).rounded(.up) } })
      return Set(steps.compactMap { $0.real(.structureFactor) }).count == 1
        && (reflections.count > 1 || item(.interpolates, .setup)?.agrees == true)
    }
  }
}

/// The index k of each phi step of the first block.
private struct PhiSteps {
  /// The numbers of the steps, in order, which programs count from 0 or from 1.
  let numbers: [Int]
  let indices: [Double]
  /// Whether phi differs between the steps, or is not traced.
  private let turns: Bool

  init(_ trace: Trace) {
    let phi = trace.lines.filter { $0.section == .phi }
    let steps = trace.lines.filter { line in
      line.section == .step
        && (TraceName.block + [.source, .domain]).allSatisfy { line.integer($0) ?? 0 == 0 }
    }
    let (lines, name) = phi.isEmpty ? (steps, TraceName.stepK) : (phi, TraceName.indexK)
    var found: [Int: Double] = [:]
    var angles: [Double] = []
    for line in lines {
      if let angle = line.real(.phiDegrees) { angles.append(angle) }
      if let tic = line.integer(.phiIndex), let k = line.real(name), found[tic] == nil { found[tic] = k }
    }
    turns = angles.isEmpty || Set(angles).count > 1
    numbers = found.keys.sorted()
    indices = numbers.compactMap { found[$0] }
  }

  /// Whether the first index equals the last, and the last differs from the index before it.
  var isCarriedOver: Bool {
    guard turns, let first = indices.first, let last = indices.last, indices.count >= 2 else { return false }
    let isSame = abs(first - last) <= 1e-9 * max(1, abs(last))
    return isSame && (indices.count == 2 || abs(last - indices[indices.count - 2]) > 1e-9 * max(1, abs(last)))
  }
}

/// Whether the structure factor depends on more than the nearest reflection.
private struct AmplitudeVariation {
  /// Whether all steps of each nearest reflection have one F_cell; nil if no reflection has steps with different
  /// indices.
  let isFixedWithinReflections: Bool?

  init(_ trace: Trace) {
    var amplitudes: [[Double]: Set<Double>] = [:]
    var steps: [[Double]: Set<[Double]>] = [:]
    for line in trace.lines where line.section == .step {
      let hkl = TraceName.stepIndices.compactMap { line.real($0) }
      // An index that is printed with four digits may be on the other side of a half.
      guard hkl.count == 3, hkl.allSatisfy({ abs($0 - $0.rounded(.down) - 0.5) > 1e-4 }),
        let amplitude = line.real(.structureFactor)
      else { continue }
      let nearest = hkl.map { $0.rounded() }
      amplitudes[nearest, default: []].insert(amplitude)
      steps[nearest, default: []].insert(hkl)
    }
    let repeated = steps.filter { $0.value.count > 1 }.keys
    isFixedWithinReflections =
      repeated.isEmpty ? nil : repeated.allSatisfy { amplitudes[$0, default: []].count == 1 }
  }
}
