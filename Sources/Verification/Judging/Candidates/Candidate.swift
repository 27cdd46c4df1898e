import Foundation
import Physics
import TraceIO

/// An implementation of the simulator that can be asked for command lines: ours at any instruction set, the reference
/// evaluator, the C program, a foreign program, a worker.
package protocol Candidate: Sendable {
  /// What the implementation has and how exact it is.
  var features: CandidateFeatures { get }
  /// Simulates a line in an empty folder of its own.
  /// - Parameters:
  ///   - line: The command line and its files.
  ///   - pixel: The pixel to trace; nil for none.
  func run(_ line: JudgedLine, tracing pixel: PixelIndex?) async -> RunOutcome
}

/// What a candidate has, and how exact it is.
package struct CandidateFeatures: Sendable, Hashable {
  /// The name shown in reports.
  package var name: String
  /// Options that the candidate does not have, in their first documented spelling.
  package var lacks: Set<String> = []
  /// The agreement that is asked for.
  package var precision = Precision.double
  /// The compatibility that the candidate follows.
  package var compatibility = Compatibility.cParity
  /// The files that are compared beside the float image, by their default names.
  package var files: Set<String> = []
  /// Whether the lines on standard output are compared.
  package var prints = false
  /// Whether the candidate can trace a pixel.
  package var traces = false
  /// Whether every run is traced and every traced number is compared.
  package var tracesAlways = false

  package init(name: String) { self.name = name }
}

/// The arithmetic of a candidate, which determines how far its numbers may be from the reference.
package enum Precision: String, Sendable, Codable, CaseIterable {
  /// The operations of the reference in its order: all bits are the same.
  case identical
  /// Double precision, in any order of operations, with any mathematical library.
  case double
  /// Single precision.
  case single
}

/// What a run of a simulator left.
package struct RunOutcome: Sendable {
  /// The way in which a run ended.
  package enum Ending: Sendable, Hashable {
    case completed
    /// The simulator ended by itself with a status, and said why.
    case refused(status: Int, message: String)
    case crashed(signal: Int)
    case timedOut(seconds: Double)
    /// The simulator could not be started, or answered nonsense.
    case broken(String)
  }

  package var ending: Ending
  /// The bytes of the float image, little-endian floats, fast index innermost; nil if there is none.
  package var image: Data?
  /// The other files, by their default names.
  package var files: [String: Data] = [:]
  /// Standard output.
  package var printed = ""
  package var trace: Trace?
  /// What is wrong with the trace, if one was asked for.
  package var traceProblem: String?

  package init(_ ending: Ending, image: Data? = nil) { (self.ending, self.image) = (ending, image) }

  /// The float image with these dimensions; nil if there is none or it has another size.
  package func floatImage(fast: Int, slow: Int) -> FloatImage? {
    guard let image, image.count == 4 * fast * slow else { return nil }
    return FloatImage(
      fastPixels: fast, slowPixels: slow,
      pixels: image.withUnsafeBytes { bytes in
        (0..<fast * slow).map { Float(bitPattern: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)) }
      })
  }
}

/// The default names of the files of the reference program.
package enum OutputName {
  package static let float = "floatimage.bin"
  package static let integer = "intimage.img"
  package static let greyMap = "image.pgm"
  package static let noise = "noiseimage.img"
  /// The files that are compared beside the float image.
  package static let others: Set<String> = [integer, greyMap, noise, "Fdump.bin", "other.bin"]
}
