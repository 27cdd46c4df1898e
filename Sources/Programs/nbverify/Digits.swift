import ArgumentParser
import Arithmetics
import CommandLineSupport
import FrameIO
import Foundation
import Physics
import ToolSupport
import TraceIO

/// The pixel of a command line whose numbers are examined.
struct PixelOptions: ParsableArguments {
  @Option(parsing: .upToNextOption, help: "The pixel: slow, then fast index.") var pixel: [Int] = []
  @ArgumentParser.Flag(help: "Take the numbers as the decimals that were typed, not as the nearest doubles.")
  var decimals = false
  @Argument(parsing: .postTerminator, help: "The arguments of the simulator.") var arguments: [String] = []

  func validate() throws {
    guard pixel.isEmpty || pixel.count == 2 else { throw ValidationError("--pixel takes two indices: slow, then fast") }
  }

  /// How the numbers of the arguments are read.
  var reading: InputReading { decimals ? .decimals : .doubles }

  /// The simulation of the pixel.
  func evaluation() throws -> PixelEvaluation {
    guard pixel.count == 2 else { throw ValidationError("give --pixel with two indices: slow, then fast") }
    return try PixelEvaluation(arguments, pixel: PixelIndex(slow: pixel[0], fast: pixel[1]))
  }
}

extension PixelEvaluation {
  /// The simulation of a pixel by the arguments of the simulator, whose notes are printed.
  /// - Throws: `RequestError` or `ExperimentError` if they are refused.
  init(_ arguments: [String], pixel: PixelIndex) throws {
    try Tool.checkFiles(read: arguments.map { ($0, "the arguments") }, written: [])
    let request = try CommandLineParser(arguments).parse().readingStrayCache()
    let loaded = try request.loaded(clockSeed: 1)
    for note in loaded.notes { Terminal.error("nbverify: note: \(note)\n") }
    try self.init(loaded.request, request.compatibility, pixel: pixel)
  }
}

/// Shows the significant digits of every number of a pixel.
struct Digits: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show how many digits of each number of a pixel rounding leaves, by exact arithmetic.",
    discussion: """
      Each number is computed in double precision, exactly (in intervals of 200 bits), and with a bound of what rounding can
      do to it in any evaluation in the same order. docs/numbers.md tells how to read the table.

      Exit status: 0; 2 usage, and for arguments that are refused.

      With --precision single --image the whole image is computed in both precisions, and the pixels are marked that keep a
      simulator in single precision below --correlation.

      Examples:
        nbverify digits --pixel 10 12 -- -default_F 100 -cell 100 100 100 90 90 90 -N 5 -detpixels 32
        nbverify digits --precision single --image --out pixels.csv -- -default_F 100 -cell 70 80 90 -N 50 -detpixels 64
      """)

  @OptionGroup var pixel: PixelOptions
  @Option(help: "The precision: double or single.") var precision = RoundingAnalysis.Precision.double
  @Option(help: "Estimate the digits by as many runs with random rounding, too: 3 to 11.") var runs: Int?
  @ArgumentParser.Flag(help: "Examine the whole image instead of a pixel, with --precision single.") var image = false
  @Option(help: "The correlation that a simulator in single precision has to reach (default: 0.9999).")
  var correlation: Double?
  @Option(help: "A CSV file with both values of each pixel, for --image.") var out: String?
  @ArgumentParser.Flag(help: "Print JSON instead of Markdown.") var json = false

  func validate() throws {
    guard runs.map((3...11).contains) ?? true else { throw ValidationError("--runs takes a number from 3 to 11") }
    guard runs == nil || precision == .double else {
      throw ValidationError("--runs are those of double precision; leave --precision out")
    }
    guard image || (correlation == nil && out == nil) else {
      throw ValidationError("--correlation and --out are for --image; give it, or leave them out")
    }
    guard !image || (precision == .single && pixel.pixel.isEmpty && !pixel.decimals) else {
      throw ValidationError("--image goes with --precision single, and without --pixel and --decimals")
    }
    guard (-1...1).contains(correlation ?? 0) else {
      throw ValidationError("--correlation: give a number from -1 to 1")
    }
  }

  func run() throws {
    if image {
      try Tool.checkFiles(read: [], written: out.map { [($0, "--out")] } ?? [])
      let report = try SingleImage(pixel.arguments, threshold: correlation ?? 0.9999)
      if let out { try Data(report.csv.utf8).write(to: URL(fileURLWithPath: out), options: .atomic) }
      return Terminal.show(json ? try report.json() : report.text)
    }
    let evaluation = try pixel.evaluation()
    let analysis = try RoundingAnalysis(evaluation, precision: precision, reading: pixel.reading)
    let report = DigitsReport(analysis, try runs.map { try RandomRounding(evaluation, runs: $0) })
    Terminal.show(json ? try report.json() : report.markdown(precision))
  }
}

extension RoundingAnalysis.Precision: ExpressibleByArgument {}

/// The table of the numbers of a pixel, and its JSON.
struct DigitsReport: Encodable {
  struct Quantity: Encodable {
    let name: String
    let component: Int
    let section: String
    let indices: [Int]
    let double: String
    let truth: String
    let radius: String
    let lostULP: Double?
    let digits: Double
    let randomDigits: Double?
    let bound: Double?
    let condition: Double?
    let conditionInput: String?

    enum CodingKeys: String, CodingKey {
      case name, component, section, indices, double, truth, radius, digits, bound, condition
      case lostULP = "lost_ulp"
      case conditionInput = "condition_input"
      case randomDigits = "random_digits"
    }
  }

  let quantities: [Quantity]
  let undecided: [String]

  private let hasRandom: Bool

  enum CodingKeys: CodingKey { case quantities, undecided }

  init(_ analysis: RoundingAnalysis, _ random: RandomRounding? = nil) {
    hasRandom = random != nil
    quantities = analysis.numbers.map { number in
      Quantity(
        name: number.place.name, component: number.place.component, section: number.place.section.rawValue,
        indices: number.place.indices, double: NumberText.text("%.17g", number.computed), truth: number.truth,
        radius: NumberText.text("%.2g", number.radius),
        lostULP: number.lostUnits.isFinite ? number.lostUnits : nil, digits: number.digits,
        randomDigits: random?[number.place], bound: number.bound,
        condition: number.condition.flatMap { $0.isFinite ? $0 : nil }, conditionInput: number.conditionInput)
    }
    undecided =
      analysis.wrong.map { "the double run compares \($0.left) with \($0.right) and goes the wrong way" }
      + analysis.undecided.map { "rounding can turn the comparison of \($0.left) with \($0.right)" }
  }

  func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
  }

  func markdown(_ precision: RoundingAnalysis.Precision) -> String {
    var text = """
      | quantity | \(precision.rawValue) | exact | lost, units of the last place | digits |\(hasRandom ? " by random rounding |" : "") bound | condition, by |
      | --- | ---: | ---: | ---: | ---: |\(hasRandom ? " ---: |" : "") ---: | --- |

      """
    for quantity in quantities {
      let indices = quantity.indices.isEmpty ? "" : " at \(quantity.indices.map(String.init).joined(separator: " "))"
      let component = quantity.component == 0 ? "" : "[\(quantity.component)]"
      func short(_ number: Double?, _ none: String) -> String { number.map { NumberText.text("%.2g", $0) } ?? none }
      let condition = short(quantity.condition, "-") + " " + (quantity.conditionInput ?? "")
      let random = hasRandom ? [quantity.randomDigits.map { NumberText.text("%.1f", $0) } ?? "-"] : []
      let first: [String] = [
        quantity.name + component + indices, quantity.double, quantity.truth, short(quantity.lostULP, "-"),
        NumberText.text("%.1f", quantity.digits),
      ]
      let cells = first + random + [short(quantity.bound, "none"), condition]
      text += "| " + cells.joined(separator: " | ") + " |\n"
    }
    return undecided.isEmpty ? text : text + "\n" + undecided.map { "- " + $0 + "\n" }.joined()
  }
}
