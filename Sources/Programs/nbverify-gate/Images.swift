import Arithmetics
import ArgumentParser
import CommandLineSupport
import Foundation
import FrameIO
import GoldenStore
import ImageAnalysis
import Physics
import Provenance
import ToolSupport
import VisibleText

/// Compares two images, or the images that two simulators make with the same arguments.
struct Images: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compare two images, or what two simulators make of the same arguments.",
    discussion: """
      Two files are compared (floats without a header, SMV, CBF, .npy), or the same arguments are given to a reference
      program (--c-bin, or NB_C_BIN) and to ours. A float image has no header: --size tells its dimensions unless it is
      square. Programs with arguments of their own are named by a template, in which {arguments} stands for what follows
      -- and {image} for the file that the program writes.

      --expect says how alike they have to be: identical, rounding, single, correlated. --tolerance proven computes what
      rounding explains for the arguments after --, pixel by pixel. Where the arguments are those of the simulator,
      proven is the default, else --expect rounding.

      Exit status: 0 ok, 1 usage, 2 a program failed, 3 not ok, 4 different dimensions, 5 unreadable.

      Examples:
        nbverify images --reference c.bin --candidate ours.bin --size 64 56
        nbverify images --reference c.bin --candidate port.npy --expect single --roi 10 40 10 40
        nbverify images --reference c.bin --candidate port.npy --tolerance proven --rounding double single -- -lambda 1
        nbverify images --candidate-command "python port.py {arguments} --save {image}" --size 64 64 -- -lambda 1
        nbverify images --c-bin ./nanoBragg -- -cell 100 100 100 90 90 90 -default_F 100 -N 5 -detpixels 64
      """)

  @Option(help: "The reference image.") var reference: String?
  @Option(help: "The candidate image.") var candidate: String?
  @Option(name: .customLong("c-bin"), help: "The reference program (default: the environment variable NB_C_BIN).")
  var referenceProgram: String?
  @Option(name: .customLong("candidate-bin"), help: "The candidate program (default: the nanobragg beside this tool).")
  var candidateProgram: String?
  @Option(help: "A command that makes the reference image: words, {arguments}, {image}.") var referenceCommand: String?
  @Option(help: "A command that makes the candidate image: words, {arguments}, {image}.") var candidateCommand: String?
  @Option(help: "How long a program may take, in seconds.") var timeLimit = SimulatorProgram.usualLimit
  @Option(help: "How alike the images have to be: identical, rounding, single, correlated.")
  var expect: ImageExpectation?
  @Option(help: "proven: what rounding explains for the arguments after --, in place of --expect.")
  var tolerance: String?
  @Option(parsing: .upToNextOption, help: "The kinds of rounding that proven accepts: double, single.")
  var rounding: [String] = []
  @Option(parsing: .upToNextOption, help: "The dimensions of the images: fast, then slow number of pixels.")
  var size: [Int] = []
  @Option(parsing: .upToNextOption, help: "The dimensions of the candidate, if they are others.")
  var candidateSize: [Int] = []
  @Option(parsing: .upToNextOption, help: "The part to compare: fast minimum, maximum, slow minimum, maximum.")
  var roi: [Int] = []
  @Option(help: "The least correlation that passes (default: that of --expect).") var threshold: Double?
  @Option(help: "How many peaks of each image are looked at.") var peaks = 50
  @Option(help: "How far apart peaks that belong together may be, in pixels.") var peakDistance = 5.0
  @ArgumentParser.Flag(help: "Bring the candidate to the dimensions of the reference, keeping its sum.")
  var resample = false
  @OptionGroup var bundleFolder: BundleFolder
  @Argument(parsing: .postTerminator, help: "The arguments of the simulators.") var arguments: [String] = []

  func validate() throws {
    let files = [reference, candidate].compactMap { $0 }.count
    guard files == 2 && !hasCommand || files == 0 && (!arguments.isEmpty || hasCommand) else {
      throw ValidationError("give --reference and --candidate, or the arguments of the simulators after --")
    }
    guard referenceCommand == nil || referenceProgram == nil, candidateCommand == nil || candidateProgram == nil else {
      throw ValidationError("a program is named by its path or by a command, not by both")
    }
    if let tolerance, tolerance != "proven" {
      throw ValidationError("--tolerance \(tolerance): the only word is proven; --expect names fixed tolerances")
    }
    guard tolerance == nil || expect == nil else {
      throw ValidationError("--tolerance proven and --expect exclude each other")
    }
    guard tolerance == nil || !arguments.isEmpty else {
      throw ValidationError("--tolerance proven: give the arguments of the programs after --")
    }
    guard files == 0 || arguments.isEmpty || isProven else {
      throw ValidationError("the arguments after -- are for --tolerance proven; leave out --expect, or the arguments")
    }
    guard !isProven || !resample else { throw ValidationError("--resample leaves nothing that can be proven") }
    guard isProven || rounding.isEmpty else { throw ValidationError("--rounding is for --tolerance proven") }
    if let stranger = rounding.first(where: { !["double", "single"].contains($0) }) {
      throw ValidationError("--rounding \(stranger): the kinds are double and single")
    }
    guard timeLimit > 0, timeLimit.isFinite else {
      throw ValidationError("--time-limit is a number of seconds above 0")
    }
    for (name, list, count) in [("size", size, 2), ("candidate-size", candidateSize, 2), ("roi", roi, 4)] {
      guard list.isEmpty || list.count == count, list.allSatisfy({ $0 >= 0 }) else {
        throw ValidationError("--\(name) takes \(count) numbers of at least 0")
      }
    }
    guard !size.contains(0), !candidateSize.contains(0) else {
      throw ValidationError("an image has at least one pixel")
    }
    guard threshold ?? 0 <= 1 else { throw ValidationError("--threshold: a correlation is at most 1") }
    guard peaks >= 0, peakDistance >= 0 else { throw ValidationError("--peaks and --peak-distance are at least 0") }
  }

  private var hasCommand: Bool { referenceCommand != nil || candidateCommand != nil }
  /// Whether the tolerances are computed: on request, or because the arguments are known. Those of a template are passed on
  /// unread.
  private var isProven: Bool {
    tolerance != nil || (expect == nil && threshold == nil && !arguments.isEmpty && !resample && !hasCommand)
  }

  func run() async throws {
    let date = Date()
    let target = try bundleFolder.free(at: date)
    do {
      try await compare(target, date)
    } catch let failure as Failure where failure.status != 1 {
      let bundle = try ImageReport.failure(
        command: CommandLine.arguments, revision: await Revision.current(), date: date, tool: Tool.title,
        status: Int(failure.status), problem: VisibleText.terminal(failure.message))
      let folder = try target.write(bundle)
      throw Failure(failure.status, "\(failure.message)\n  the attempt is recorded in \(folder.path)")
    }
  }

  private func compare(_ target: BundleTarget, _ date: Date) async throws {
    var (expected, found) = reference != nil ? try read() : try await simulate()
    if (expected.image.fastPixels, expected.image.slowPixels) != (found.image.fastPixels, found.image.slowPixels) {
      let dimensions =
        "\(expected.image.fastPixels) x \(expected.image.slowPixels) and \(found.image.fastPixels) x "
        + "\(found.image.slowPixels) pixels"
      guard resample else {
        throw Failure(4, "the images have \(dimensions); give --resample to compare them all the same")
      }
      found.image = found.image.resampled(fast: expected.image.fastPixels, slow: expected.image.slowPixels)
    }
    let images = (reference: try part(expected.image), candidate: try part(found.image))
    let report = ImageReport(
      images, origins: (expected.origin, found.origin), region: PixelBounds(numbers: roi),
      expectation: expect ?? .rounding, proven: isProven ? try proven(images, expected.image) : nil,
      threshold: threshold, peakCount: peaks, distance: peakDistance)
    let bundle = try report.bundle(
      command: CommandLine.arguments, revision: await Revision.current(), date: date,
      tool: Tool.title)
    let folder = try target.write(bundle)
    Terminal.show(report.text + "bundle: \(folder.path)\n")
    if !report.passes { throw ExitCode(3) }
  }

  /// What rounding explains of the differences.
  private func proven(_ images: (reference: FloatImage, candidate: FloatImage), _ whole: FloatImage) throws
    -> ProvenPixels
  {
    let request = try CommandLineParser(arguments).parse()
    let bounds = try ImageBounds(try request.loaded(clockSeed: 1).request, request.compatibility)
    guard (bounds.fastPixels, bounds.slowPixels) == (whole.fastPixels, whole.slowPixels) else {
      throw Failure(
        4,
        "the arguments after -- make \(bounds.fastPixels) x \(bounds.slowPixels) pixels, and the images have "
          + "\(whole.fastPixels) x \(whole.slowPixels); give the arguments that made the images")
    }
    let kinds: [RoundingKind] = rounding.contains("single") ? [.double, .single] : [.double]
    return try ProvenPixels(
      bounds, images, origin: PixelBounds(numbers: roi)?.first ?? PixelIndex(slow: 0, fast: 0), accepting: kinds)
  }

  private typealias Side = (image: FloatImage, origin: ImageReport.Origin)

  private func part(_ image: FloatImage) throws -> FloatImage {
    guard let bounds = PixelBounds(numbers: roi) else { return image }
    guard bounds.isInside(fastPixels: image.fastPixels, slowPixels: image.slowPixels) else {
      throw Failure(
        1, "--roi \(roi): fast 0 to \(image.fastPixels - 1) and slow 0 to \(image.slowPixels - 1) are in the image")
    }
    return image.part(bounds)
  }

  /// Reads two files.
  private func read() throws -> (Side, Side) {
    let sides = [(reference ?? "", size), (candidate ?? "", candidateSize.isEmpty ? size : candidateSize)]
    let images = try sides.map { path, size -> Side in
      let image = try ImageSource.read(path, size)
      return (image, ImageReport.Origin(name: path, image: image, seconds: nil))
    }
    return (images[0], images[1])
  }

  /// Runs two simulators.
  private func simulate() async throws -> (Side, Side) {
    let (expectedSize, foundSize) = (size, candidateSize.isEmpty ? size : candidateSize)
    let expected: Side
    if let referenceCommand {
      expected = try await run(referenceCommand, expectedSize)
    } else {
      let program = try ReferenceProgram.required(referenceProgram, flag: "--c-bin", status: 1)
      expected = try await Self.simulate(program, arguments, try dimensions(expectedSize), timeLimit)
    }
    if let candidateCommand { return (expected, try await run(candidateCommand, foundSize)) }
    let ours = candidateProgram ?? Tool.besideThis("nanobragg")
    return (expected, try await Self.simulate(ours, arguments, try dimensions(foundSize), timeLimit))
  }

  /// The dimensions of an image, fast and slow: as given, else from the simulator's arguments.
  private func dimensions(_ given: [Int]) throws -> [Int] {
    guard given.isEmpty else { return given }
    let detector = try CommandLineParser(arguments).parse().experiment(clockSeed: 1).detector
    return [detector.fastPixels, detector.slowPixels]
  }

  private func run(_ template: String, _ size: [Int]) async throws -> Side {
    let (image, words, seconds) = try await ImageSource.run(template, arguments, size, limit: timeLimit)
    return (image, ImageReport.Origin(name: PlainText.shellLine(words), image: image, seconds: seconds))
  }

  private static func simulate(
    _ program: String, _ arguments: [String], _ size: [Int], _ limit: Double
  ) async throws -> Side {
    do {
      let (image, seconds) = try await SimulatorProgram(program).image(
        arguments, fast: size[0], slow: size[1], limit: limit)
      return (
        image, ImageReport.Origin(name: PlainText.shellLine([program] + arguments), image: image, seconds: seconds)
      )
    } catch {
      throw Failure(2, "\(error)")
    }
  }
}

extension ImageExpectation: ExpressibleByArgument {}
