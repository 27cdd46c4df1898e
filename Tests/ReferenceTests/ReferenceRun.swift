import Foundation
import TestSupport

/// A program that was run on a command line: what it printed, and the files it wrote.
///
/// The sign of a not-a-number is left out: it depends on the order in which a compiler puts the operands of an instruction.
struct ReferenceRun {
  /// The exit status, or the signal that ended it.
  let status: Int32
  /// What it said on standard error.
  let errors: String
  /// The lines with names and numbers on standard output; trace lines apart.
  let printed: [String]
  /// The lines of the trace.
  let trace: [String]
  /// The files it wrote.
  let files: [String: Data]

  private static let names = [
    "-noprogress", "-floatfile", "float.bin", "-intfile", "intimage.img", "-pgmfile", "image.pgm", "-noisefile",
    "noiseimage.img",
  ]

  /// Runs a program in a folder of its own.
  init(_ program: BuiltProgram, _ line: CommandLineCase) throws {
    let folder = try TemporaryFolder()
    for (name, text) in line.files { try folder.file(name, text) }
    let before = Set(try folder.names)
    let outcome = try program.run(
      Self.names + ["-trace_pixel", "\(line.pixel[0])", "\(line.pixel[1])"] + line.arguments, in: folder,
      environment: ["OMP_NUM_THREADS": "1", "NB_SIMD": "scalar"])
    status = outcome.status
    errors = outcome.errors
    files = try Dictionary(
      uniqueKeysWithValues: folder.names.filter { !before.contains($0) }.map { name in
        let data = try folder.data(name)
        return (name, name == "float.bin" ? Self.withoutSigns(data) : data)
      })
    // Two remarks of the reference program end without a newline.
    let text = outcome.output
      .replacingOccurrences(of: "WARNING: further warnings will not be printed! ", with: "")
      .replacingOccurrences(of: "ERROR: no hkl file and no dump file to read.", with: "")
      .replacingOccurrences(of: "TRACE_SWIFT", with: "TRACE_C").replacingOccurrences(
        of: #" *-?\bnan\b"#, with: " nan", options: .regularExpression)
    let lines = text.split(separator: "\n").map(String.init)
    trace = lines.filter { $0.hasPrefix("TRACE_C") }
    printed = lines.filter { line in !line.hasPrefix("TRACE_C") && !Self.remarks.contains { line.hasPrefix($0) } }
  }

  /// Floats with one bit pattern for all not-a-numbers.
  private static func withoutSigns(_ floats: Data) -> Data {
    var floats = floats
    floats.withUnsafeMutableBytes { bytes in
      let pixels = bytes.bindMemory(to: Float.self)
      for index in pixels.indices where pixels[index].isNaN { pixels[index] = .nan }
    }
    return floats
  }

  /// How lines begin that say something in words, or what is read from where.
  private static let remarks = [
    "WARNING", "ERROR", "nanoBragg nanocrystal", "auto-selected", "reading ", "re-reading ", "counting entries",
    "initializing to",
    "done initializing", "mmap(", "  skipping zero-flagged", "         but reciprocal", "         intensity may vary",
    "         recommend -oversample",
  ]
}
