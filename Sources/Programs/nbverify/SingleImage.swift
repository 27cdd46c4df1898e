import Arithmetics
import CommandLineSupport
import Foundation
import Physics
import ToolSupport

/// The report of `digits --precision single --image`: where a simulator in single precision has to differ.
struct SingleImage {
  private let prediction: SinglePrediction
  private let threshold: Double

  init(_ arguments: [String], threshold: Double) throws {
    try Tool.checkFiles(read: arguments.map { ($0, "the arguments") }, written: [])
    let request = try CommandLineParser(arguments).parse().readingStrayCache()
    prediction = try SinglePrediction(
      try request.loaded(clockSeed: 1).request, request.compatibility, threshold: threshold)
    self.threshold = threshold
  }

  private var marked: [SinglePrediction.Pixel] { (prediction.marked ?? []).map { prediction.pixels[$0] } }

  var text: String {
    let worst = marked.max { abs($0.single - $0.double) < abs($1.single - $1.double) }
    let known = prediction.pixels.count { $0.bound.isFinite }
    var lines = [
      "pixels       \(prediction.pixels.count) rendered, \(known) with a bound in single precision",
      "correlation  \(NumberText.text("%.9f", prediction.correlation)) of a run in single precision with the run in double",
    ]
    if prediction.correlation >= threshold && marked.isEmpty {
      lines.append("a port in single precision reaches the correlation \(threshold)")
    } else if prediction.marked == nil {
      lines.append("no choice of pixels reaches the correlation \(threshold)")
    } else {
      lines.append("marked       \(marked.count) pixels, without which the correlation is at least \(threshold)")
    }
    if let worst {
      lines.append(
        "worst        slow \(worst.place.slow) fast \(worst.place.fast): \(NumberText.text("%.7g", worst.single)) against "
          + "\(NumberText.text("%.7g", worst.double)) (bound \(NumberText.text("%.2g", worst.bound)))")
    }
    return lines.map { $0 + "\n" }.joined()
  }

  /// One line for each rendered pixel.
  var csv: String {
    let marked = Set(prediction.marked ?? [])
    var text = "slow,fast,double,single,bound,marked\n"
    for (index, pixel) in prediction.pixels.enumerated() {
      text += "\(pixel.place.slow),\(pixel.place.fast),\(pixel.double),\(pixel.single),\(pixel.bound),"
      text += marked.contains(index) ? "1\n" : "0\n"
    }
    return text
  }

  private struct Report: Encodable {
    struct Pixel: Encodable {
      let slow: Int
      let fast: Int
      let double: Double
      let single: Double?
      let bound: Double?
    }

    let correlation: Double?
    let threshold: Double
    let reachable: Bool
    let marked: [Pixel]?
  }

  func json() throws -> String {
    func finite(_ number: Double) -> Double? { number.isFinite ? number : nil }
    let report = Report(
      correlation: finite(prediction.correlation), threshold: threshold,
      reachable: prediction.correlation >= threshold && marked.isEmpty,
      marked: prediction.marked.map { _ in
        marked.map {
          .init(
            slow: $0.place.slow, fast: $0.place.fast, double: $0.double, single: finite($0.single),
            bound: finite($0.bound))
        }
      })
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    return String(decoding: try encoder.encode(report), as: UTF8.self) + "\n"
  }
}
