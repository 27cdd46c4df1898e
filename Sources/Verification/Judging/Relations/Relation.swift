import Foundation
import Physics
import PropertyTesting

/// A statement about the images of one simulator alone, which needs no reference (Chen, Cheung and Yiu, 1998:
/// metamorphic testing).
package struct Relation: Sendable {
  /// How closely the images have to be related.
  enum Agreement: Sendable {
    /// The same bytes: the two runs have the same operations on the same numbers.
    case sameBytes
    /// Rounding of the values and of the indices, as for a comparison with a reference, in both runs.
    case rounding
    /// The relative deviation that the derivation leaves, given by the lines, in addition to the rounding.
    case within(@Sendable (Scene) -> Double)
  }

  /// The scene from which the lines of a relation are made.
  struct Scene: Sendable {
    let random: SplitMix64
    /// The line that the others are compared with.
    let line: JudgedLine
    let experiment: Experiment
  }

  /// The name, for scripts.
  package let id: String
  /// The statement, in a sentence.
  let statement: String
  /// Why the statement holds.
  let derivation: String
  let agreement: Agreement
  /// The options that the lines have beside those of the plain scene.
  let options: [String]
  /// The lines; the image of the first is judged.
  let lines: @Sendable (Scene) throws -> [JudgedLine]
  /// What the images of all lines let expect of the first one: its pixels, in raster order.
  let expected: @Sendable (Scene, [FloatImage]) -> [Double]
  /// The words that the plain scene gets for this relation.
  let words: @Sendable (inout SplitMix64) -> String

  /// A relation.
  /// - Parameters:
  ///   - words: The words that the plain scene gets.
  ///   - lines: All lines.
  ///   - expected: What the images let expect of the first one; nil for the second image.
  init(
    _ id: String, _ statement: String, because derivation: String, _ agreement: Agreement = .rounding,
    options: [String] = [], scene words: @escaping @Sendable (inout SplitMix64) -> String = { _ in "" },
    lines: @escaping @Sendable (Scene) throws -> [JudgedLine],
    expected: (@Sendable (Scene, [FloatImage]) -> [Double])? = nil
  ) {
    (self.id, self.statement, self.derivation, self.agreement) = (id, statement, derivation, agreement)
    (self.options, self.words, self.lines) = (options, words, lines)
    self.expected = expected ?? { _, images in images[1].pixels.map(Double.init) }
  }

  /// A relation of the scene's own line with others.
  init(
    _ id: String, _ statement: String, because derivation: String, _ agreement: Agreement = .rounding,
    options: [String] = [], scene words: @escaping @Sendable (inout SplitMix64) -> String = { _ in "" },
    others: @escaping @Sendable (Scene) throws -> [JudgedLine],
    expected: (@Sendable (Scene, [FloatImage]) -> [Double])? = nil
  ) {
    self.init(
      id, statement, because: derivation, agreement, options: options, scene: words,
      lines: { [$0.line] + (try others($0)) }, expected: expected)
  }

  /// A small scene without options that a relation could meet: a crystal in any orientation, sharp and broad peaks.
  static func plain(_ random: inout SplitMix64) -> JudgedLine {
    func number(_ range: ClosedRange<Double>, _ digits: Int = 3) -> String {
      NumberText.text("%.\(digits)g", Double.random(in: range, using: &random))
    }
    let cell = (0..<3).map { _ in number(30...120) } + ["90", number(80...110), "90"]
    return JudgedLine(
      "-cell \(cell.joined(separator: " ")) -misset \(number(-90...90)) \(number(-90...90)) \(number(-90...90)) "
        + "-default_F \(number(5...200)) -N \(2 + random.next() % 6) -lambda \(number(0.7...2)) "
        + "-distance \(number(60...200)) -pixel \(number(0.1...0.8, 2)) -detpixels \(4 + 2 * (random.next() % 3)) "
        + "-oversample \(1 + random.next() % 2)")
  }
}

extension Relation {
  /// The result of a relation for one scene.
  package enum Outcome: Sendable {
    case holds(ratio: Double)
    case fails(Symptom, lines: [JudgedLine], expected: FloatImage?, found: FloatImage?)
    /// The scene does not suit, or the candidate cannot run a line.
    case notTried(String)
  }

  /// Tries the relation in a scene.
  /// - Parameter seed: The seed of the scene.
  package func tried(on candidate: any Candidate, seed: SplitMix64) async -> Outcome {
    var random = seed
    let line = Self.plain(&random).adding(words(&random))
    guard let experiment = try? line.simulated(candidate.features.compatibility)
    else {
      return .notTried("the scene is refused")
    }
    let scene = Scene(random: random, line: line, experiment: experiment)
    guard let all = try? lines(scene), !all.isEmpty else { return .notTried("the scene does not suit") }
    guard all.allSatisfy({ $0.options.isDisjoint(with: candidate.features.lacks) }) else {
      return .notTried("the candidate lacks an option of the scene")
    }
    var images: [FloatImage] = []
    var first: Experiment?
    for other in all {
      guard let own = try? other.simulated(candidate.features.compatibility)
      else {
        return .notTried("a line is refused: \(other.words.joined(separator: " "))")
      }
      first = first ?? own
      let outcome = await candidate.run(other, tracing: nil)
      guard let image = outcome.floatImage(fast: own.detector.fastPixels, slow: own.detector.slowPixels) else {
        let judgement = LineJudgement(
          outcome, reference: OwnRun.run(other, .scalar, candidate.features.compatibility).outcome, of: own, other,
          candidate.features)
        guard case .differs(let symptoms) = judgement.outcome, let symptom = symptoms.first else {
          return .notTried("the candidate cannot run a line")
        }
        return .fails(symptom, lines: [other], expected: nil, found: nil)
      }
      images.append(image)
    }
    return compare(scene, all, images, first ?? experiment, candidate.features.precision)
  }

  private func compare(
    _ scene: Scene, _ lines: [JudgedLine], _ images: [FloatImage], _ experiment: Experiment,
    _ precision: Precision
  ) -> Outcome {
    let found = images[0]
    let values = expected(scene, images)
    let allowed: [Double]
    switch agreement {
    case .sameBytes: allowed = [Double](repeating: 0, count: values.count)
    case .rounding, .within:
      let share: Double = if case .within(let share) = agreement { share(scene) } else { 0 }
      // The rounding of both runs; the further runs are of other experiments of the same size.
      let tolerance = PixelTolerance(found, of: experiment, precision == .identical ? .double : precision)
      allowed = tolerance.allowed.enumerated().map { 4 * $1 + share * abs(Double(found.pixels[$0])) }
    }
    guard values.count == found.pixels.count else { return .notTried("the sizes of the images do not suit") }
    var (worst, worstRatio) = (0, 0.0)
    for index in values.indices {
      let deviation = abs(values[index] - Double(found.pixels[index]))
      let ratio = deviation == 0 ? 0 : allowed[index] > 0 ? deviation / allowed[index] : .infinity
      if !(ratio <= worstRatio) { (worst, worstRatio) = (index, ratio.isNaN ? .infinity : ratio) }
    }
    guard worstRatio > 1 else { return .holds(ratio: worstRatio) }
    let width = found.fastPixels
    let symptom = Symptom(
      .relation,
      "\(statement): pixel slow \(worst / width) fast \(worst % width) is \(found.pixels[worst]), expected "
        + "\(NumberText.text("%.9g", values[worst]))",
      pixel: PixelIndex(slow: worst / width, fast: worst % width), ratio: worstRatio, subject: id)
    return .fails(
      symptom, lines: lines,
      expected: FloatImage(
        fastPixels: found.fastPixels, slowPixels: found.slowPixels, pixels: values.map { Float($0) }), found: found)
  }
}
