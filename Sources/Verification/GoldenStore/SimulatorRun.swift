import CommandLineSupport
import Foundation
import FrameIO
import Physics
import Provenance
import Subprocesses

/// A simulator, the Swift or the C program, that is run as a child process.
public struct SimulatorProgram: Sendable {
  /// A path with a slash, or a name that is looked up in `PATH`.
  public let path: String
  /// The longest time of a run in seconds, unless `run` is given another.
  public let limit: Double

  /// A program.
  /// - Parameters:
  ///   - path: A path, also relative to the current folder, or a name that is looked up in `PATH`.
  ///   - limit: The longest time of a run, in seconds.
  public init(_ path: String, limit: Double = Self.usualLimit) {
    self.limit = limit
    self.path = path.contains("/") ? URL(fileURLWithPath: path).path : path
  }

  /// Runs the program, by default in one thread: each further thread of the C program starts with the unrotated cell
  ///
  /// - Parameters:
  ///   - arguments: Its arguments; files may be relative to the current folder.
  ///   - scratch: The folder that it runs in.
  ///   - instructions: The instruction set of the Swift program's inner loops; nil for the best one.
  ///   - threads: The number of threads.
  ///   - limit: The longest time in seconds; nil for that of this program.
  /// - Throws: `CorpusError` if the program cannot be run, takes too long or fails, with the end of its messages.
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
  /// - Throws: `CorpusError` if the program fails, or writes no image of these dimensions.
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

  /// The default longest time of a run, in seconds: the C program needs some minutes for the largest case.
  public static let usualLimit = 1200.0

  /// The name of the float image in the folder of a run.
  public static let floatFile = "float.bin"

  /// A command line that writes the float image and no other file. The options for it precede the given arguments,
  /// whose order is kept: the last argument has an effect of its own.
  public static func forFloatImage(_ arguments: [String]) -> [String] {
    floatImageOnly + FlagTable.calculation(of: arguments)
  }

  private static let floatImageOnly = ["-noprogress", "-nopgm", "-nonoise", "-floatfile", floatFile]
}
