import ArgumentParser
import Arithmetics
import CommandLineSupport
import Foundation
import FrameIO
import Physics
import ToolSupport

/// Shows the exact derivatives of a pixel.
struct DerivativesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "derivatives",
    abstract: "Show the derivatives of a pixel, or of any traced number of it, by what the arguments give.",
    discussion: """
      The formulas of the simulator are differentiated operation by operation, in intervals of 200 bits: the radius of each
      derivative is proven. Places where the formulas are not smooth are named. docs/numbers.md lists the parameters.

      Exit status: 0; with --check 1 if a derivative of the file disagrees; 2 usage, and for arguments that are refused.

      Examples:
        nbverify derivatives --by distance cell.a misset.x --pixel 10 12 -- -default_F 100 -cell 100 100 100 90 90 90 -N 5
        nbverify derivatives --of hkl_frac --by lambda --pixel 10 12 --json -- -default_F 100 -cell 70 80 90 -N 5
        nbverify derivatives --by cell.a --pixel 10 12 --check port.json -- -default_F 100 -cell 70 80 90 -N 5
      """)

  @Option(help: "The quantity: I for the photons of the pixel, or the name of a traced quantity.") var of = "I"
  @Option(parsing: .upToNextOption, help: "The parameters, such as distance, cell.a, misset.x; all for every one.")
  var by: [String] = ["all"]
  @Option(
    parsing: .upToNextOption, help: "A region in place of a pixel: fast minimum and maximum, slow minimum and maximum.")
  var region: [Int] = []
  @Option(help: "The CSV file for --region: slow, fast, the quantity, and its derivatives in double precision.")
  var out: String?
  @OptionGroup var pixel: PixelOptions
  @ArgumentParser.Flag(help: "Second derivatives, too.") var second = false
  @ArgumentParser.Flag(help: "Print JSON instead of Markdown.") var json = false
  @Option(help: "A JSON file with another program's derivatives.") var check: String?
  @Option(help: "The relative deviation that --check accepts.") var tolerance = 1e-9

  func validate() throws {
    if let stranger = by.first(where: { $0 != "all" && Parameter.named($0) == nil }) {
      throw ValidationError(
        "--by \(stranger): there is no such parameter; the parameters are "
          + Parameter.all.map(\.name).joined(separator: ", "))
    }
    guard region.isEmpty || PixelBounds(numbers: region) != nil else {
      throw ValidationError("--region takes four indices, as -roi: fast minimum and maximum, slow minimum and maximum")
    }
    guard region.isEmpty == (out == nil) else { throw ValidationError("--region and --out belong together") }
    guard region.isEmpty || (!second && check == nil) else {
      throw ValidationError("--region writes first derivatives; leave --second and --check out")
    }
    guard tolerance >= 0, tolerance.isFinite else { throw ValidationError("--tolerance: give a number of at least 0") }
  }

  func run() throws {
    do { try show() } catch let error as DerivativeError { throw Failure(2, error.description) }
  }

  private func show() throws {
    if let bounds = PixelBounds(numbers: region), let out { return try write(bounds, to: out) }
    let report = try DerivativeReport(
      try pixel.evaluation(), of: of == "I" ? TraceName.photons.rawValue : of, as: of, by: by, second: second)
    if let check {
      let differences = try report.differences(from: check, tolerance: tolerance)
      Terminal.show(
        differences.isEmpty ? "all derivatives of \(check) agree\n" : differences.joined(separator: "\n") + "\n")
      if !differences.isEmpty { throw ExitCode(1) }
      return
    }
    Terminal.show(json ? try report.json() : report.markdown)
  }
}

extension DerivativesCommand {
  /// Writes the derivatives of all pixels of a region.
  private func write(_ bounds: PixelBounds, to path: String) throws {
    let name = of == "I" ? TraceName.photons.rawValue : of
    var options = pixel
    if options.pixel.isEmpty { options.pixel = [bounds.slowMinimum, bounds.fastMinimum] }
    let derivatives = try DerivativeReport.derivatives(try options.evaluation(), by: by)
    for kink in derivatives.kinks { Terminal.error("nbverify: note: not smooth at the first pixel: \(kink)\n") }
    var text = (["slow", "fast", of] + derivatives.parameters.map { "by \($0.name) per \($0.unit)" }).joined(
      separator: ",")
    text += "\n"
    for slow in stride(from: bounds.slowMinimum, through: bounds.slowMaximum, by: 1) {
      for fast in stride(from: bounds.fastMinimum, through: bounds.fastMaximum, by: 1) {
        let numbers = DerivativeReport.values(
          try derivatives.lines(at: PixelIndex(slow: slow, fast: fast)) { $0 }, name)
        guard let number = numbers.first, numbers.count == 1 else {
          throw DerivativeError(description: "--of \(of): a region needs a quantity with one number for each pixel")
        }
        let cells = [number.value] + derivatives.parameters.indices.map { number.partial($0) }
        text += "\(slow),\(fast)," + cells.map { NumberText.text("%.17g", $0) }.joined(separator: ",") + "\n"
      }
    }
    try FileBytes.write(Array(text.utf8), to: path, for: "--out")
  }
}

/// The derivatives of one quantity.
struct DerivativeReport: Codable {
  struct Derivative: Codable {
    var of: String
    var by: String
    var value: Double
    var radius: Double?
    var unit: String?
  }

  var derivatives: [Derivative]
  var kinks: [String]?

  init(_ pixel: PixelEvaluation, of name: String, as shown: String, by names: [String], second: Bool) throws {
    let found = try Self.derivatives(pixel, by: names)
    let context = ArithmeticContext()
    derivatives = try context.run {
      second ? try Self.second(found, name, shown) : try Self.first(found, name, shown)
    }
    kinks = found.kinks
    if derivatives.isEmpty {
      throw DerivativeError(
        description:
          "--of \(shown): the trace of the pixel has no real number of this name; nbverify quantities lists them")
    }
  }

  /// The derivatives by parameters of these names; by all that the request has for `all`.
  static func derivatives(_ pixel: PixelEvaluation, by names: [String]) throws -> Derivatives {
    let all = Derivatives.parameters(of: pixel.request)
    return try Derivatives(pixel, by: names.contains("all") ? all : names.compactMap(Parameter.named))
  }

  private static func label(_ shown: String, _ component: Int, of count: Int) -> String {
    count == 1 ? shown : "\(shown)[\(component)]"
  }

  /// The numbers of the first quantity of a name.
  static func values<Number>(
    _ lines: [Formulas<Number>.TraceLine], _ name: String
  ) -> [Number] {
    let values = lines.flatMap(\.fields).first { $0.name == name }?.values ?? []
    return values.compactMap { value in if case .real(let number) = value { number } else { nil } }
  }

  private static func first(_ found: Derivatives, _ name: String, _ shown: String) throws -> [Derivative] {
    let numbers = values(try found.lines { Enclosure($0) }, name)
    return numbers.enumerated().flatMap { component, number in
      found.parameters.enumerated().map { index, parameter in
        let partial = number.partial(index)
        return Derivative(
          of: label(shown, component, of: numbers.count), by: parameter.name, value: partial.middle,
          radius: partial.radius, unit: "per \(parameter.unit)")
      }
    }
  }

  private static func second(_ found: Derivatives, _ name: String, _ shown: String) throws -> [Derivative] {
    let numbers = values(try found.secondLines { Enclosure($0) }, name)
    var list: [Derivative] = []
    for (component, number) in numbers.enumerated() {
      for (index, parameter) in found.parameters.enumerated() {
        let partial = number.partial(index)
        let label = label(shown, component, of: numbers.count)
        list.append(
          Derivative(
            of: label, by: parameter.name, value: partial.value.middle, radius: partial.value.radius,
            unit: "per \(parameter.unit)"))
        for (other, second) in found.parameters.enumerated() where other >= index {
          list.append(
            Derivative(
              of: label, by: "\(parameter.name) \(second.name)", value: partial.partial(other).middle,
              radius: partial.partial(other).radius, unit: "per \(parameter.unit) per \(second.unit)"))
        }
      }
    }
    return list
  }

  /// The derivatives of a file that disagree, one line each.
  func differences(from path: String, tolerance: Double) throws -> [String] {
    let data = Data(try FileBytes.readRegular(path, for: "--check", upTo: 1 << 26))
    let other: DerivativeReport
    do { other = try JSONDecoder().decode(DerivativeReport.self, from: data) } catch {
      throw DerivativeError(
        description:
          "--check \(path): no derivatives can be read; give {\"derivatives\": [{\"of\", \"by\", \"value\"}]}")
    }
    guard !other.derivatives.isEmpty else {
      throw DerivativeError(
        description: "--check \(path): the file has no derivatives, so that nothing would be checked")
    }
    return other.derivatives.compactMap { theirs in
      guard let ours = derivatives.first(where: { $0.of == theirs.of && $0.by == theirs.by }) else {
        return "\(theirs.of) by \(theirs.by): not among the derivatives that --of and --by ask for"
      }
      let allowed = tolerance * abs(ours.value) + (ours.radius ?? 0)
      return abs(theirs.value - ours.value) <= allowed
        ? nil : "\(theirs.of) by \(theirs.by): \(theirs.value), exact \(ours.value), allowed deviation \(allowed)"
    }
  }

  func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
  }

  var markdown: String {
    var text = "| of | by | derivative | radius | unit |\n| --- | --- | ---: | ---: | --- |\n"
    for entry in derivatives {
      let radius = NumberText.text("%.2g", entry.radius ?? .nan)
      text +=
        "| \(entry.of) | \(entry.by) | \(NumberText.text("%.17g", entry.value)) | \(radius) | \(entry.unit ?? "") |\n"
    }
    return text + (kinks ?? []).map { "- not smooth: \($0)\n" }.joined()
  }
}
