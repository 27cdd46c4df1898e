/// Processor time as a function of one quantity, with all other quantities fixed.
public struct Curve: Sendable, Codable {
  /// The quantity that varies.
  public let quantity: String
  /// The values of the quantity, ascending.
  public private(set) var amounts: [Double] = []
  /// Processor seconds, one sample per value.
  public private(set) var seconds: [Sample] = []

  /// A curve to measure: the values, and the command line for a value.
  private struct Points {
    let quantity: String
    let amounts: [Int]
    let arguments: @Sendable (Int) -> String
  }

  private static let base =
    "-cell 70 80 90 75 85 95 -default_F 100 -N 20 -lambda 1 -distance 100 -oversample 1 -nointerpolate -pixel 0.1"

  private static let all = [
    Points(quantity: "pixels", amounts: [512, 1024, 1448, 2048, 2896]) {
      base + " -detpixels \($0) -mosaic 0.5 -mosaic_dom 10"
    },
    Points(quantity: "phi steps", amounts: [10, 20, 40, 80, 160]) {
      base + " -detpixels 512 -phi 1 -osc 1 -phisteps \($0)"
    },
    Points(quantity: "mosaic domains", amounts: [10, 20, 40, 80, 160]) {
      base + " -detpixels 512 -mosaic 0.5 -mosaic_dom \($0)"
    },
    Points(quantity: "sources", amounts: [10, 20, 40, 80, 160]) {
      base + " -detpixels 512 -dispersion 1 -dispsteps \($0)"
    },
  ]

  private init(quantity: String) { self.quantity = quantity }

  /// Measures all curves; each repetition runs through all values of a curve.
  /// - Throws: `CorpusError` if the program fails.
  public static func measure(_ benchmark: Benchmark, repetitions: Int) async throws -> [Curve] {
    var curves: [Curve] = []
    for points in all {
      var curve = Curve(quantity: points.quantity)
      curve.amounts = points.amounts.map { points.quantity == "pixels" ? Double($0 * $0) : Double($0) }
      curve.seconds = points.amounts.map { _ in Sample() }
      for _ in 0..<repetitions {
        for (index, amount) in points.amounts.enumerated() {
          let words = points.arguments(amount).split(separator: " ").map(String.init)
          curve.seconds[index].add(try await benchmark.seconds(words))
        }
      }
      curves.append(curve)
    }
    return curves
  }

  /// The slope (seconds per unit) between neighbouring values, divided by the slope between the first and the last: 1
  /// for a straight line, independent of the constant time of starting the program.
  public var slopes: [Double] {
    let times = seconds.map(\.least)
    func slope(_ first: Int, _ last: Int) -> Double {
      (times[last] - times[first]) / (amounts[last] - amounts[first])
    }
    let whole = slope(0, amounts.count - 1)
    return (1..<amounts.count).map { slope($0 - 1, $0) / whole }
  }
}
