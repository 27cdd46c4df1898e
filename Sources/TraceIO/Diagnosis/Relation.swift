import Physics

/// A formula by which a quantity of a trace follows from earlier quantities. A trace can be checked against its own
/// values.
struct Relation: Sendable {
  /// The quantity.
  let name: TraceName
  /// The formula as text, for messages.
  let formula: String
  /// The value by the formula; nil if the trace lacks an input.
  let value: @Sendable (Trace) -> [Double]?

  /// The deviation of a trace from the formula, relative to the length of the value; nil if the trace lacks an input or
  /// the value.
  func deviation(_ trace: Trace) -> Double? {
    guard let expected = value(trace), let found = trace.values(name)?.compactMap(\.number),
      found.count == expected.count
    else { return nil }
    let scale = Numbers.length(expected)
    let distance = Numbers.length(zip(found, expected).map { $0 - $1 })
    return scale == 0 ? (distance == 0 ? 0 : .infinity) : distance / scale
  }

  static let all: [Relation] = [
    Relation(name: .radius, formula: "|pixel_pos_meters|") { trace in
      trace.vector(.position).map { [$0.length] }
    },
    Relation(name: .diffracted, formula: "pixel_pos_meters / R_distance_meters") { trace in
      guard let place = trace.vector(.position), let distance = trace.number(.radius) else {
        return nil
      }
      return place.components.map { $0 / distance }
    },
    Relation(name: .obliquity, formula: "close_distance_meters / R_distance_meters") { trace in
      guard let closest = trace.number(.closeDistance), let distance = trace.number(.radius) else {
        return nil
      }
      return [closest / distance]
    },
    Relation(name: .wavelengthAngstroms, formula: "1e10 lambda_meters") { trace in
      trace.number(.wavelength).map { [1e10 * $0] }
    },
    Relation(name: .scatteringVector, formula: "(diffracted_vec - incident_vec) / lambda_meters") { trace in
      guard let out = trace.vector(.diffracted), let into = trace.vector(.incident),
        let wavelength = trace.number(.wavelength)
      else { return nil }
      return (out - into).components.map { $0 / wavelength }
    },
    Relation(name: .stol, formula: "|scattering_vec_A_inv| / 2") { trace in
      trace.vector(.scatteringVector).map { [$0.length / 2] }
    },
    Relation(name: .indices, formula: "rot_a, rot_b, rot_c . scattering_vec_A_inv") { trace in
      let axes = TraceName.rotatedCell.compactMap { trace.vector($0) }
      guard axes.count == 3, let q = trace.vector(.scatteringVector) else { return nil }
      return axes.map { 1e-10 * $0.dot(q) }
    },
    Relation(name: .roundedIndices, formula: "ceil(hkl_frac - 0.5)") { trace in
      trace.vector(.indices).map { $0.components.map { ($0 - 0.5).rounded(.up) } }
    },
    Relation(name: .latticeFactor, formula: "F_latt_a F_latt_b F_latt_c") { trace in
      let factors = TraceName.latticeFactorAxes.compactMap { trace.number($0) }
      // All three factors are 1 for shapes other than `square`.
      guard factors.count == 3, factors != [1, 1, 1] else { return nil }
      return [factors[0] * factors[1] * factors[2]]
    },
    Relation(name: .sum, formula: "I after the last step") { trace in
      let steps = trace.lines.filter { $0.section == .step }
      guard steps.count < PixelTracer.lineLimit, let sum = steps.last?.real(.runningSum) else { return nil }
      return [sum]
    },
    Relation(name: .photons, formula: "r_e_sqr fluence I_before_scaling / steps x factors") { trace in
      scaled(trace).map { [$0] }
    },
  ]

  private static func scaled(_ trace: Trace) -> Double? {
    let names: [TraceName] = [.thomson, .fluence, .sum, .steps]
    let numbers = names.compactMap { trace.number($0) }
    guard numbers.count == 4, numbers[3] != 0 else { return nil }
    var value = numbers[0] * numbers[1] * numbers[2] / numbers[3]
    let factors: [(TraceName, TraceName)] = [
      (.oversamplesThick, .captureFraction), (.oversamplesPolar, .polarization), (.oversamplesOmega, .solidAngle),
    ]
    for (flag, factor) in factors {
      guard let number = trace.number(factor) else { return nil }
      if trace.number(flag) ?? 0 == 0 { value *= number }
    }
    return value
  }
}

extension Diagnosis {
  /// Compares the first divergent quantity with the formula of the candidate's own inputs.
  static func relationRule(_ evidence: Evidence) -> [Finding] {
    guard evidence.first.place.section == .pixel, evidence.first.place.block == 0,
      let relation = Relation.all.first(where: { $0.name == evidence.first.place.traceName }),
      let ofReference = relation.deviation(evidence.reference),
      let ofCandidate = relation.deviation(evidence.candidate),
      ofReference < 1e-7
    else { return [] }
    if ofCandidate < 1e-6 {
      return [
        Finding(
          .inherited, .possible,
          "\(relation.name.rawValue) = \(relation.formula) holds in the candidate, too: the deviation comes from before; "
            + smallDifferences(evidence))
      ]
    }
    return [
      Finding(
        .ownFormula, .possible,
        "\(relation.name.rawValue) = \(relation.formula) holds in the reference and not in the candidate (off by "
          + "\(Numbers.text(ofCandidate))): the mistake is made here, not before")
    ]
  }

  /// A list of the quantities before the first divergence that differ within the tolerance, with the deviations of the
  /// first four.
  private static func smallDifferences(_ evidence: Evidence) -> String {
    let small = evidence.items.filter { item in
      // Logs with fifteen digits have rounding errors of 1e-15.
      item.place < evidence.first.place && item.agrees && (item.relativeDeviation ?? 0) > 1e-13
    }
    guard !small.isEmpty else { return "no quantity before it differs, so that it depends on something not traced" }
    let list = small.prefix(4).map { "\($0.place) by \(Numbers.text($0.relativeDeviation ?? 0))" }
    return "within the tolerance differ \(list.joined(separator: ", "))" + (small.count > 4 ? ", …" : "")
  }
}
