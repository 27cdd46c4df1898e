import CommandLineSupport
import Foundation
import FrameIO
import Physics
import Provenance
import TraceIO

/// One folder of the corpus: a command line, and the outputs of the reference program for it.
public struct GoldenCase: Sendable, Codable {
  /// The name, equal to that of the folder.
  public internal(set) var id: String
  /// What the case exercises, one sentence.
  public let summary: String
  /// Keywords by which cases are selected.
  public let tags: [String]
  /// The arguments, without output and trace flags; files are relative to the case's folder or to the corpus.
  public let args: [String]
  /// How the reference was built and run.
  public let reference: Reference
  /// The recorded image; nil for a case that has traces only.
  public let image: Image?
  /// The traced pixels.
  public let traces: [TracedPixel]
  /// Further files that have to be reproduced byte for byte, with their SHA-256.
  public let outputs: [String: String]
  /// The SHA-256 of each file that the arguments name, by its name in the arguments.
  public var inputs: [String: String]?
  /// The origin of the files, for a case that was added with the tool.
  public var provenance: Provenance?

  /// The optional file of a case with the lines that the reference program prints: the lines with names and numbers, in
  /// order, without blank lines and remarks.
  public static let printedFile = "printed.txt"

  /// Whether the image has more than a million pixels.
  public var isLarge: Bool { image.map { $0.fast * $0.slow > 1_000_000 } ?? false }

  /// The origin of the files of a case.
  public struct Provenance: Sendable, Codable {
    /// When the case was added, with zone.
    public let added: String
    /// The tool and its version.
    public let tool: String
    /// The SHA-256 of the files when the case was added, by their names in the case.
    public let sources: [String: String]
    /// The program that made each file, by its name in the case, for a case that was recorded by running one.
    public var made: [String: Maker]?
    /// The decision by which the case became part of the corpus; nil for a pending case.
    public var accepted: Acceptance?
  }

  /// A program that made a file of a case.
  public struct Maker: Sendable, Codable, Hashable {
    /// The path of the program.
    public let program: String
    /// The SHA-256 of the program; nil if only a description of the program is known.
    public let sha256: String?
    /// The first line that the program prints, else a description of it.
    public let version: String
    /// The compiler; nil if it is unknown.
    public let compiler: String?
    /// The number of threads.
    public let threads: Int
  }

  /// A decision by which a case became part of the corpus.
  public struct Acceptance: Sendable, Codable, Hashable {
    /// The person who decided.
    public let who: String
    /// The time of the decision, with zone.
    public let when: String
    /// The reason for accepting a case that the simulator does not reproduce; nil for a case that it reproduces.
    public let because: String?
    /// The objections at the time of the decision, one line each.
    public let problems: [String]
  }

  /// How the reference program was built and run.
  public struct Reference: Sendable, Codable {
    /// The program and its version.
    public let program: String
    /// Compiler and options.
    public let compiler: String
    /// The number of threads.
    public let threads: Int
    /// The mathematical library.
    public let libm: String
    /// Remarks.
    public let note: String

    /// A description of a reference.
    public init(program: String, compiler: String, threads: Int, libm: String, note: String) {
      self.program = program
      self.compiler = compiler
      self.threads = threads
      self.libm = libm
      self.note = note
    }
  }

  /// The recorded image.
  public struct Image: Sendable, Codable {
    /// The file with the pixels, little-endian 32-bit floats.
    public let file: String
    /// The number of pixels along the fast axis of the full image.
    public let fast: Int
    /// The number of pixels along the slow axis of the full image.
    public let slow: Int
    /// The part that is stored; nil for the whole image.
    public let crop: PixelBounds?
    /// SHA-256 of the stored part; nil if the whole image is stored.
    public let cropSHA256: String?
    /// SHA-256 of the full image.
    public let sha256: String
    /// The correctly rounded sum of the full image.
    public let sum: Double
    /// The largest pixel of the full image.
    public let max: Double
    /// The largest pixel.
    public let maxAt: PixelIndex
    /// The mean of the rendered pixels, six digits.
    public let mean: Double
    /// The root mean square of the rendered pixels, six digits.
    public let rms: Double
    /// The root mean square deviation, six digits.
    public let rmsd: Double
    /// The statistics as the reference program printed them, by their printed names; empty for an image added from a
    /// file.
    public let printed: [String: String]

    enum CodingKeys: String, CodingKey {
      case file, fast, slow, crop, sha256, sum, max, mean, rms, rmsd, printed
      case cropSHA256 = "crop_sha256"
      case maxAt = "max_at"
    }
  }

  /// A traced pixel.
  public struct TracedPixel: Sendable, Codable {
    /// The name of the log.
    public let file: String
    /// The slow pixel index.
    public let slow: Int
    /// The fast pixel index.
    public let fast: Int
    /// Why the pixel was chosen.
    public let why: String
  }
}

/// A corpus that cannot be read.
public struct CorpusError: Error, Sendable, CustomStringConvertible {
  /// The problem, its place and its remedy.
  public let description: String

  /// An error with its description.
  public init(_ description: String) {
    self.description = description
  }

  /// The error of an image whose statistics are no numbers.
  static func notFinite(_ place: String, _ file: String) -> CorpusError {
    CorpusError("\(place): \(file) has pixels that are no finite numbers; a case keeps none. Record its traces alone.")
  }
}

/// The folder of golden cases: `inputs/` and `cases/<id>/`.
public struct GoldenCorpus: Sendable {
  /// The folder.
  public let root: URL
  /// The subfolder that holds the cases: `cases` or `pending`.
  let shelf: String

  /// A corpus in a folder.
  public init(root: URL) {
    self.init(root: root, shelf: "cases")
  }

  private init(root: URL, shelf: String) {
    self.root = root
    self.shelf = shelf
  }

  /// The corpus of the cases that were added and not yet reviewed, in the folder `pending` under the same root.
  public var pending: GoldenCorpus { GoldenCorpus(root: root, shelf: "pending") }

  /// The corpus of this package: `fixtures/golden`, found from a source file of the package.
  /// - Parameter file: A source file in the package.
  public static func ofPackage(_ file: String = #filePath) -> GoldenCorpus {
    GoldenCorpus(root: packageFolder(file).appendingPathComponent("fixtures/golden"))
  }

  /// The folder of the package that a source file belongs to.
  public static func packageFolder(_ file: String = #filePath) -> URL {
    var folder = URL(fileURLWithPath: file).deletingLastPathComponent()
    while folder.path != "/",
      !FileManager.default.fileExists(atPath: folder.appendingPathComponent("Package.swift").path)
    {
      folder.deleteLastPathComponent()
    }
    return folder
  }

  /// The names of all cases, sorted: the visible subfolders, without regard to their content.
  public var ids: [String] {
    let cases = root.appendingPathComponent(shelf)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: cases.path)) ?? []
    return names.filter { name in
      var isFolder: ObjCBool = false
      return !name.hasPrefix(".")
        && FileManager.default.fileExists(atPath: folder(of: name).path, isDirectory: &isFolder) && isFolder.boolValue
    }.sorted()
  }

  /// The folder of a case, whether or not it exists.
  public func folder(of id: String) -> URL {
    root.appendingPathComponent(shelf).appendingPathComponent(id)
  }

  /// Reads a case.
  /// - Throws: `CorpusError` if no case has this name, or if its description cannot be read, is inconsistent or names
  ///   files outside the corpus.
  public func load(_ id: String) throws -> GoldenCase {
    let file = folder(of: id).appendingPathComponent("case.json")
    guard ids.contains(id) else {
      let near = ids.min { FlagTable.editDistance($0, id) < FlagTable.editDistance($1, id) }
        .flatMap { FlagTable.editDistance($0, id) <= max(2, id.count / 3) ? $0 : nil }
      throw CorpusError(
        "\(id): there is no such case in \(root.appendingPathComponent(shelf).path)"
          + (near.map { "; did you mean \($0)?" } ?? "; nbverify golden list shows them"))
    }
    let golden: GoldenCase
    do {
      golden = try JSONDecoder().decode(
        GoldenCase.self, from: Data(try FileBytes.readRegular(file.path, for: "case.json", upTo: 1 << 24)))
    } catch {
      throw CorpusError(
        "\(id): case.json cannot be read (\(JSONText.reason(error))); restore the file or record the case again")
    }
    try checkSoundness(golden, of: id)
    return golden
  }

  /// The command line of a case with absolute paths: a file in the folder of the case takes precedence over one in the
  /// corpus.
  public func arguments(of golden: GoldenCase) -> [String] {
    var arguments = golden.args
    for index in FlagTable.inputPositions(in: arguments) {
      let own = folder(of: golden.id).appendingPathComponent(arguments[index]).path
      arguments[index] =
        FileManager.default.fileExists(atPath: own) ? own : root.appendingPathComponent(arguments[index]).path
    }
    return arguments
  }

  /// The experiment of a case.
  /// - Throws: `RequestError` if the command line is refused.
  public func experiment(of golden: GoldenCase, compatibility: Compatibility = .cParity) throws -> Experiment {
    try request(of: golden, compatibility: compatibility).experiment(clockSeed: 1)
  }

  /// The parsed command line of a case.
  /// - Throws: `RequestError` if the command line is refused.
  func request(of golden: GoldenCase, compatibility: Compatibility = .cParity) throws -> CommandLineRequest {
    try CommandLineParser(arguments(of: golden), compatibility: compatibility).parse()
  }

  /// The recorded trace of a pixel.
  /// - Throws: `TraceError` if the log cannot be read or is malformed.
  public func trace(_ pixel: GoldenCase.TracedPixel, of golden: GoldenCase) throws -> Trace {
    let file = folder(of: golden.id).appendingPathComponent(pixel.file)
    return try TraceFile.read(file.path)
  }

  /// A recorded image, or the part of it that is stored, row by row.
  /// - Throws: `RequestError` if the file cannot be read or has another size than the case states.
  public func stored(_ image: GoldenCase.Image, of id: String) throws -> FloatImage {
    let crop = image.crop ?? PixelBounds(fastPixels: image.fast, slowPixels: image.slow)
    return try FloatImageFile.read(
      folder(of: id).appendingPathComponent(image.file).path,
      fastPixels: crop.fastCount, slowPixels: crop.slowCount)
  }
}
