import Arithmetics
import Physics

/// How wide the bounds of rounding errors are: the ratio of the bound to the error of the double, by quantity.
public struct BoundRatios: Sendable {
  private struct Quantity {
    var ratios: [Double] = []
    var exact = 0
    var unbounded = 0
  }

  private var quantities: [String: Quantity] = [:]

  /// No numbers yet.
  public init() {}

  /// Adds the traced numbers of a case.
  /// - Throws: errors of reading or simulating the case.
  public mutating func add(_ golden: GoldenCase, of corpus: GoldenCorpus) throws {
    let (request, compatibility) = try corpus.loaded(golden)
    for pixel in golden.traces {
      let evaluation = try PixelEvaluation(
        request, compatibility, pixel: PixelIndex(slow: pixel.slow, fast: pixel.fast))
      for number in try RoundingAnalysis(evaluation, precision: .double, reading: .doubles).numbers {
        var quantity = quantities[number.place.name] ?? Quantity()
        if let bound = number.bound {
          // The error is known to the radius of the exact number only.
          if !number.isExact {
            quantity.ratios.append(bound / number.error)
          } else {
            quantity.exact += 1
          }
        } else {
          quantity.unbounded += 1
        }
        quantities[number.place.name] = quantity
      }
    }
  }

  /// The table in Markdown, the quantities with the widest median first.
  public var markdown: String {
    func quantile(_ sorted: [Double], _ part: Double) -> String {
      guard !sorted.isEmpty else { return "-" }
      return NumberText.text("%.3g", sorted[min(Int(part * Double(sorted.count)), sorted.count - 1)])
    }
    let rows = quantities.map { name, quantity in (name, quantity.ratios.sorted(), quantity) }.sorted {
      let medians = ($0.1.isEmpty ? 0 : $0.1[$0.1.count / 2], $1.1.isEmpty ? 0 : $1.1[$1.1.count / 2])
      return medians.0 != medians.1 ? medians.0 > medians.1 : $0.0 < $1.0
    }
    var text = """
      | quantity | with an error | without | no bound | median bound/error | 99 % | largest |
      | --- | ---: | ---: | ---: | ---: | ---: | ---: |

      """
    for (name, ratios, quantity) in rows {
      text += "| \(name) | \(ratios.count) | \(quantity.exact) | \(quantity.unbounded) | \(quantile(ratios, 0.5)) | "
      text += "\(quantile(ratios, 0.99)) | \(quantile(ratios, 1)) |\n"
    }
    return text
  }
}
