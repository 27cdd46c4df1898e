import CommandLineSupport
import Foundation
import FrameIO
import Physics
import Provenance
import Subprocesses

/// A simulator, ours or the reference, that is run as a program.
public struct SimulatorProgram: Sendable {
  /// A path with a slash, or a name that is looked up in `PATH`.
  public let path: String
  /// How long a run may take unless it is told, in seconds.
  public let limit: Double

  /// A program.
  /// - Parameters:
  ///   - path: A path, also relative to the current folder, or a name that is looked up in `PATH`.
  ///   - limit: How long a run may take, in seconds.
  public init(_ path: String, limit: Double = Self.usualLimit) {
    self.limit = limit
    self.path = path.contains("/") ? URL(fileURLWithPath: path).path : path
  }

  /// Runs the program, by default in one thread: with more, the C program starts each with the cell at rest.
  /// - Parameters:
  ///   - arguments: Its arguments; files may be relative to the current folder.
  ///   - scratch: The folder that it runs in.
  ///   - instructions: The instruction set of our inner loops; the best one if nil.
  ///   - threads: The number of threads.
  ///   - limit: How long it may take, in seconds.
  /// - Throws: `CorpusError` if it cannot be run, takes too long or fails, with the end of what it says.
  public func run(
    _ arguments: [String], in scratch: ScratchFolder, instructions: InstructionSet? = nil, threads: Int = 1,
    limit: Double? = nil
  ) async throws -> ProgramRun {
    var words = arguments
    for index in FlagTable.inputPositions(in: words) { words[index] = URL(fileURLWithPath: words[index]).path }
    var environment = ["OMP_NUM_THREADS": "\(threads)"]
    if let instructions { environment[InstructionSet.variable] = instructions.rawValue }
    let run: ProgramRun
    do {
      run = try await ProgramRun.run(
        path, words, in: scratch.url.path, environment: environment, limit: limit ?? self.limit)
    } catch {
      throw CorpusError("\(path) cannot be run: \(error)")
    }
    guard run.isSuccess else {
      throw CorpusError("\(path) failed (\(run.ending)): \(String(decoding: run.error.suffix(2000), as: UTF8.self))")
    }
    return run
  }

  /// Runs the program for its float image, without other images.
  /// - Throws: `CorpusError` if it fails, or leaves no image of these dimensions.
  public func image(
    _ arguments: [String], fast: Int, slow: Int, limit: Double? = nil
  ) async throws -> (image: FloatImage, seconds: Double) {
    let scratch = try ScratchFolder()
    defer { scratch.remove() }
    let run = try await run(Self.forFloatImage(arguments), in: scratch, limit: limit)
    do {
      return (
        try FloatImageFile.read(scratch.path(Self.floatFile), fastPixels: fast, slowPixels: slow), run.seconds
      )
    } catch {
      throw CorpusError("\(path) left no image of \(fast) x \(slow) pixels: \(error)")
    }
  }

  /// How long a program may take unless told otherwise, in seconds: the C program needs some minutes for the largest case.
  public static let usualLimit = 1200.0

  /// The name of that image.
  public static let floatFile = "float.bin"

  /// A command line for the float image and nothing else. What is asked for stands behind it and keeps its order: the last
  /// argument may make a difference.
  public static func forFloatImage(_ arguments: [String]) -> [String] {
    floatImageOnly + FlagTable.calculation(of: arguments)
  }

  private static let floatImageOnly = ["-noprogress", "-nopgm", "-nonoise", "-floatfile", floatFile]
}
