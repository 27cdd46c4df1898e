import Physics
import VisibleText

import Glibc

/// Rules about axes, origins, wavelength and units.
extension Diagnosis {
  /// Finds that fast and slow are exchanged in axes, beam centre, near point or region.
  static func rowsAndColumnsRule(_ evidence: Evidence) -> [Finding] {
    let pairs: [(TraceName, TraceName, TraceSection)] = [
      (.fastAxis, .slowAxis, .pixel), (.beamFast, .beamSlow, .setup), (.nearFast, .nearSlow, .setup),
    ]
    let older =
      Array(zip(TraceQuantity.olderNames(of: .beamFast), TraceQuantity.olderNames(of: .beamSlow)))
      + Array(zip(TraceQuantity.olderNames(of: .nearFast), TraceQuantity.olderNames(of: .nearSlow)))
    let named = pairs.map { ($0.rawValue, $1.rawValue, $2) } + older.map { ($0, $1, TraceSection.pixel) }
    for (fast, slow, section) in named where [fast, slow].contains(evidence.first.place.name) {
      guard let first = evidence.item(fast, section), let second = evidence.item(slow, section),
        !Numbers.areClose(first.referenceNumbers, second.referenceNumbers),
        Numbers.areClose(first.candidateNumbers, second.referenceNumbers),
        Numbers.areClose(second.candidateNumbers, first.referenceNumbers)
      else { continue }
      return [
        Finding(
          .rowsAndColumns, .certain,
          "\(fast) and \(slow) are exchanged: rows and columns (slow and fast, Y and X of the beam centre) are mixed up"
        )
      ]
    }
    guard evidence.firstIs([.region]), evidence.first.referenceNumbers.count == 4 else { return [] }
    let reference = evidence.first.referenceNumbers
    guard evidence.first.candidateNumbers == [reference[2], reference[3], reference[0], reference[1]] else { return [] }
    return [Finding(.rowsAndColumns, .certain, "the ranges of roi are exchanged: rows and columns are mixed up")]
  }

  /// Finds components in another order, cell axes in another order, or a transposed matrix.
  static func permutationRule(_ evidence: Evidence) -> [Finding] {
    let (reference, candidate) = (evidence.first.referenceNumbers, evidence.first.candidateNumbers)
    let name = evidence.first.place.name
    if reference.count == 3, candidate.count == 3 {
      for order in [[0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let moved = order.map { reference[$0] }
        guard Numbers.areClose(candidate, moved), !Numbers.areClose(moved, reference) else { continue }
        let letters = order.map { ["x", "y", "z"][$0] }.joined(separator: ", ")
        // Every axis is a permutation of every other one.
        let zeros = reference.count { abs($0) < 1e-9 * Numbers.length(reference) }
        return [
          Finding(
            .permutedAxes, zeros < 2 ? .certain : .possible,
            "the components of \(name) are those of the reference in the order \(letters)")
        ]
      }
      for order in [[0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let moved = order.map { abs(reference[$0]) }
        guard Numbers.areClose(candidate.map(abs), moved), !Numbers.areClose(moved, reference.map(abs)),
          Set(moved).count == 3
        else { continue }
        let letters = order.map { ["x", "y", "z"][$0] }.joined(separator: ", ")
        return [
          Finding(
            .permutedAxes, .likely,
            "apart from signs, the components of \(name) are those of the reference in the order \(letters): "
              + "another laboratory frame")
        ]
      }
    }
    return cellPermutation(evidence)
  }

  private static func cellPermutation(_ evidence: Evidence) -> [Finding] {
    let families: [(names: [TraceName], section: TraceSection)] = [
      (TraceName.cell, .setup), (TraceName.reciprocalCell, .setup), (TraceName.rotatedCell, .pixel),
      (TraceName.restReciprocalCell, .pixel), (TraceName.rotatedReciprocalCell, .pixel),
    ]
    for family in families where evidence.firstIs(Set(family.names)) {
      let names = family.names.map(\.rawValue)
      let items = names.compactMap { evidence.item($0, family.section) }
      let vectors = family.names.compactMap { evidence.reference.vector($0, in: family.section) }
      guard items.count == 3, vectors.count == 3 else { continue }
      let rows = vectors.map(\.components)
      let candidate = items.flatMap(\.candidateNumbers)
      let transposed = (0..<3).flatMap { column in rows.map { $0[column] } }
      if Numbers.areClose(candidate, transposed), !Numbers.areClose(transposed, rows.flatMap { $0 }) {
        let list = names.joined(separator: ", ")
        // The transposed matrix of a cubic cell is that of the inverse rotation.
        let isCubic = areCubic(vectors)
        let confidence: Finding.Confidence = isCubic ? .likely : .certain
        let text = "\(list) are the columns of the reference's matrix: it is transposed"
        return [
          Finding(.permutedAxes, confidence, text + (isCubic ? ", or its rotation has the opposite sense" : "")),
          Finding(.rowsAndColumns, confidence, "rows and columns of the orientation matrix are exchanged"),
        ]
      }
      for order in [[0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        guard Numbers.areClose(candidate, order.flatMap { rows[$0] }) else { continue }
        let letters = order.map { ["a", "b", "c"][$0] }.joined(separator: ", ")
        return [Finding(.permutedAxes, .certain, "the cell axes are those of the reference in the order \(letters)")]
      }
    }
    return []
  }

  /// Whether three vectors are at right angles and equally long.
  private static func areCubic(_ vectors: [Vector3]) -> Bool {
    (0..<3).allSatisfy { place in
      let (first, second) = (vectors[place], vectors[(place + 1) % 3])
      let size = first.length * second.length
      return abs(first.dot(second)) <= 1e-3 * size && Numbers.areClose(first.length, second.length, 1e-3)
    }
  }

  /// Finds the opposite sign of all or some components.
  static func signRule(_ evidence: Evidence) -> [Finding] {
    let (reference, candidate) = (evidence.first.referenceNumbers, evidence.first.candidateNumbers)
    guard reference.count == candidate.count, !reference.isEmpty,
      Numbers.areClose(reference.map(abs), candidate.map(abs))
    else { return [] }
    let floor = 1e-12 * Numbers.length(reference)
    let flipped = reference.indices.filter { abs(reference[$0]) > floor && reference[$0] * candidate[$0] < 0 }
    // A component much smaller than the vector may have any sign by rounding.
    guard !flipped.isEmpty, flipped.allSatisfy({ Numbers.areClose(abs(reference[$0]), abs(candidate[$0]), 1e-3) })
    else {
      return []
    }
    let name = evidence.first.place.name
    guard flipped.count < reference.indices.count(where: { abs(reference[$0]) > floor }) else {
      return [Finding(.signFlip, .certain, "\(name) has the opposite sign")]
    }
    let letters = flipped.map { reference.count == 3 ? ["x", "y", "z"][$0] : "component \($0 + 1)" }
    return [Finding(.signFlip, .certain, "\(name) has the opposite sign in \(letters.joined(separator: " and "))")]
  }

  /// Finds another wavelength, either traced or inferred from the length of the scattering vector.
  static func wavelengthRule(_ evidence: Evidence) -> [Finding] {
    if evidence.firstIs([.wavelength, .wavelengthAngstroms]), let expected = evidence.first.referenceNumbers.first,
      let found = evidence.first.candidateNumbers.first
    {
      // The same wavelength in the other unit: the conversion is wrong.
      let isMetres = evidence.first.place.traceName == .wavelength
      guard evidence.item(isMetres ? .wavelengthAngstroms : .wavelength)?.agrees != true else { return [] }
      let scale = isMetres ? 1e10 : 1
      let text =
        "the wavelength is \(Numbers.text(found * scale)) A, that of the reference \(Numbers.text(expected * scale)) A"
      let factor = evidence.first.ratio.flatMap { UnitFactor.name($0) }
      return [Finding(.wavelength, factor == nil ? .certain : .likely, text)]
    }
    let isLength = evidence.firstIs([.stol]) && evidence.item(.scatteringVector) == nil
    guard evidence.firstIs([.scatteringVector]) || isLength, let ratio = evidence.first.ratio, ratio > 0,
      UnitFactor.name(ratio, wavelength: evidence.wavelengthOfReciprocals) == nil,
      evidence.item(.wavelength) == nil, evidence.item(.wavelengthAngstroms) == nil,
      abs(ratio - 1) > 10 * Numbers.recognition
    else { return [] }
    return [
      Finding(
        .wavelength, .likely,
        "the scattering vector has the right direction and \(Numbers.text(ratio)) times the length: the wavelength is "
          + "\(Numbers.text(1 / ratio)) times that of the reference")
    ]
  }

  /// Finds a ratio of the values that is a factor between units.
  static func unitRule(_ evidence: Evidence) -> [Finding] {
    let hasUnit =
      evidence.stageIs { $0 <= .scatteringVector || $0 == .orientation }
      || evidence.firstIs([.electronRadius, .thomson, .fluence, .solidAngle])
    guard hasUnit, evidence.first.place.quantity?.isInteger != true, let ratio = evidence.first.ratio,
      let name = UnitFactor.name(ratio, wavelength: evidence.wavelengthOfReciprocals)
    else { return [] }
    let isCertain = evidence.stageIs { $0 < .sum } && !UnitFactor.isOrdinary(ratio)
    return [
      Finding(
        .units, isCertain ? .certain : .likely,
        "\(evidence.first.place.name) is that of the reference times \(ratio < 0 ? "-" : "")\(name): another unit"
          + (ratio < 0 ? " and the opposite sign" : ""))
    ]
  }

  /// Finds another origin of the detector, with its shift.
  static func originRule(_ evidence: Evidence) -> [Finding] {
    let names: [TraceName] = [
      .distance, .closeDistance, .beamFast, .beamSlow, .nearFast, .nearSlow, .origin, .pivot, .convention,
    ]
    let isPlacement =
      evidence.firstIs(Set(names)) || ForeignTraceName.placement.contains(evidence.first.place.name)
      || names.flatMap(TraceQuantity.olderNames).contains(evidence.first.place.name)
    guard isPlacement else { return [] }
    if evidence.item(.origin)?.agrees == true {
      let text = "\(evidence.first.place.name) differs, the detector's origin is the same"
      return [Finding(.geometryOrigin, .possible, text)]
    }
    guard let expected = evidence.reference.vectorByAnyName(.origin),
      let found = evidence.candidate.vectorByAnyName(.origin),
      let fast = evidence.reference.vectorByAnyName(.fastAxis),
      let slow = evidence.reference.vectorByAnyName(.slowAxis),
      (found - expected).length.isFinite
    else {
      return [
        Finding(.geometryOrigin, .likely, "\(evidence.first.place.name) differs: the detector is placed elsewhere")
      ]
    }
    let shift = found - expected
    let normal = fast.cross(slow).normalized
    let size = evidence.pixels.reference?.pixelSize
    let (alongFast, alongSlow, along) = (shift.dot(fast), shift.dot(slow), shift.dot(normal))
    func text(_ length: Double) -> String {
      Numbers.text(1e3 * length) + " mm" + (size.map { " (\(Numbers.text(length / $0)) pixels)" } ?? "")
    }
    var message =
      "the detector's origin is shifted by \(text(alongFast)) along fast, \(text(alongSlow)) along slow, "
      + "\(Numbers.text(1e3 * along)) mm along the normal"
    if let size {
      let halves = [alongFast, alongSlow].filter { Numbers.areClose(abs($0) / size, 0.5, 1e-3) }.count
      let wholes = [alongFast, alongSlow].filter { Numbers.areClose(abs($0) / size, 1, 1e-3) }.count
      if halves > 0 { message += ": half a pixel, as the MOSFLM convention adds it to the beam centre" }
      if wholes > 0 { message += ": a whole pixel, as between counting from 0 and from 1" }
    }
    // The shift is that of one frame if the axes are the same, and the cause if nothing simpler is.
    let isOther = !(unitRule(evidence) + signRule(evidence) + permutationRule(evidence)).isEmpty
    let isOneFrame = [TraceName.fastAxis, .slowAxis].allSatisfy { evidence.item($0)?.agrees == true }
    return [Finding(.geometryOrigin, isOther ? .possible : isOneFrame ? .certain : .likely, message)]
  }

  /// Finds a direction of the candidate that was not normalised to length 1.
  static func normalizationRule(_ evidence: Evidence) -> [Finding] {
    let names: [TraceName] = [.fastAxis, .slowAxis, .normal, .incident, .diffracted]
    // Fifteen digits have rounding errors of 1e-15. The first divergence may be a quantity computed from the direction.
    let off = names.compactMap { evidence.item($0) }.filter { item in
      item.place <= evidence.first.place && abs(Numbers.length(item.referenceNumbers) - 1) < 1e-13
        && abs(Numbers.length(item.candidateNumbers) - 1) > 1e-11
    }
    // The deviation is about the error of the length, or larger if directions are subtracted or indices multiplied. The
    // rounding of floats is another cause.
    guard let worst = off.max(by: { abs(length($0) - 1) < abs(length($1) - 1) }),
      evidence.first.vectorDeviation ?? .infinity < 1e4 * abs(length(worst) - 1),
      abs(length(worst) - 1) > 1e-6 || !evidence.calculatesInFloats
    else { return [] }
    return [
      Finding(
        .normalization, .possible,
        "\(worst.place.name) of the candidate has length 1 \(NumberText.text("%+.2g", length(worst) - 1)), that of the "
          + "reference 1: a vector given with few digits is used without being normalised")
    ]
  }

  private static func length(_ item: TraceComparison.Item) -> Double { Numbers.length(item.candidateNumbers) }
}

extension Evidence {
  /// The wavelength in Å, if the first divergence is a vector of reciprocal space, which some programs give in units of
  /// 1/λ; else nil.
  var wavelengthOfReciprocals: Double? {
    let name = first.place.name
    guard first.place.traceName == .stol || name.hasPrefix("scattering_vec") || name.containsText("_star") else {
      return nil
    }
    return agreed(.wavelengthAngstroms) ?? agreed(.wavelength).map { 1e10 * $0 }
  }
}

/// Factors between units.
enum UnitFactor {
  /// Whether another input may cause a factor as well as another unit: a power of ten in 0.01...100, or another factor in
  /// 0.9...1.1.
  static func isOrdinary(_ ratio: Double) -> Bool {
    let size = abs(ratio)
    let power = log10(size).rounded()
    return Numbers.areClose(size, pow(10, power)) ? abs(power) <= 2 : (0.9...1.1).contains(size)
  }

  /// The text of a factor between units; nil for another factor.
  /// - Parameters:
  ///   - ratio: The factor.
  ///   - wavelength: The wavelength in Å, for units of 1/λ; nil if it is unknown.
  static func name(_ ratio: Double, wavelength: Double? = nil) -> String? {
    let size = abs(ratio)
    guard !Numbers.areClose(size, 1) else { return nil }
    var bases: [(String, Double)] = [("", 1), ("2 pi", 2 * .pi), ("1/(2 pi)", 0.5 / .pi)]
    if let wavelength, !Numbers.areClose(wavelength, 1) {
      bases += [("lambda", wavelength), ("1/lambda", 1 / wavelength)]
    }
    bases += [("180/pi", 180 / .pi), ("pi/180", .pi / 180), ("4 pi", 4 * .pi), ("1/(4 pi)", 0.25 / .pi)]
    for (name, base) in bases {
      let power = log10(size / base)
      let whole = power.rounded()
      guard Numbers.areClose(size, base * pow(10, whole)), abs(whole) <= 30 else { continue }
      let ten = whole == 0 ? "" : "1e\(Int(whole))"
      return name.isEmpty ? ten : ten.isEmpty ? name : "\(name) * \(ten)"
    }
    return nil
  }
}
