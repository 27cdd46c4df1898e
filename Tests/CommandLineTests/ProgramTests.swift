import Foundation
import TestSupport
import Testing

/// The built program: what it prints, its exit status, the files it leaves.
@Suite(.tags(.commandLine), .generousTime) struct ProgramTests {
  struct Outcome {
    var status: Int32
    var output: String
    var errors: String
    var files: [String]
  }

  private static let program = BuiltProgram(named: "nanobragg")

  /// Runs the program in an empty folder.
  private func run(
    _ arguments: [String], files: [String: String] = [:], environment: [String: String] = [:]
  ) throws -> Outcome {
    let folder = try TemporaryFolder()
    for (name, text) in files { try folder.file(name, text) }
    let outcome = try Self.program.run(arguments, in: folder, environment: environment)
    return Outcome(
      status: outcome.status, output: outcome.output, errors: outcome.errors,
      files: try folder.names.filter { files[$0] == nil })
  }

  private static let cube = "-cell 100 100 100 90 90 90 -default_F 100 -N 5 -detpixels 16 -pixel 0.1".split(
    separator: " "
  )
  .map(String.init)

  @Test func aRunWritesImages() throws {
    let outcome = try run(Self.cube + ["-floatfile", "f.bin", "-oversample", "1"])
    #expect(outcome.status == 0 && outcome.files == ["f.bin", "image.pgm", "intimage.img", "noiseimage.img"])
    #expect(outcome.output.contains("max_I = 104.364  at 0.00085 0.00085\n"), "as the C program prints it")
    #expect(outcome.output.contains("mean= 3.03001 rms= 13.4352 rmsd= 13.0877\n"))
    #expect(outcome.errors.isEmpty)
  }

  @Test func helpAndVersion() throws {
    for flag in ["-help", "--help", "-h"] {
      let outcome = try run([flag])
      #expect(outcome.status == 0 && outcome.output.contains("-default_F") && outcome.files.isEmpty)
    }
    #expect(try run(["--version"]).output.hasPrefix("nanobragg "))
  }

  @Test func withoutCrystalTheUsageIsShown() throws {
    for arguments in [[], ["-default_F", "1"], ["-cell", "50"]] {
      let outcome = try run(arguments)
      #expect(outcome.status == 9 && outcome.errors.contains("usage: nanobragg") && outcome.files.isEmpty)
    }
  }

  @Test func badRequestsWriteNothing() throws {
    for extra in [
      ["-lamda", "1"], ["-cell", "0"], ["-mat", "short.mat"], ["-trace_pixel", "99", "0"], ["-distance"],
    ] {
      let outcome = try run(Self.cube + extra, files: ["short.mat": "1 0 0\n0 1"])
      #expect(outcome.status == 2 && outcome.files.isEmpty && outcome.errors.hasPrefix("nanobragg: error: "))
    }
  }

  @Test func unwritableImagesAreReported() throws {
    let outcome = try run(Self.cube + ["-floatfile", "no/such/folder/f.bin"])
    #expect(outcome.status == 2 && outcome.files.isEmpty && outcome.errors.contains("-floatfile no/such/folder/f.bin"))
    let full = try run(Self.cube + ["-floatfile", "/dev/full"])
    #expect(full.status == 2 && full.files.isEmpty && full.errors.contains("No space left"))
  }

  @Test func anInstructionSetCanBeForced() throws {
    let command = Self.cube + ["-floatfile", "f.bin", "-oversample", "1"]
    for name in ["scalar", "baseline"] {
      let outcome = try run(command, environment: ["NB_SIMD": name])
      #expect(outcome.status == 0 && outcome.output.contains("max_I = 104.364  at 0.00085 0.00085\n"))
    }
    let strange = try run(command, environment: ["NB_SIMD": "avx9"])
    #expect(strange.status == 2 && strange.files.isEmpty)
    #expect(strange.errors.contains("NB_SIMD avx9") && strange.errors.contains("scalar, baseline"))
  }

  /// A cache that happens to lie in the working directory is used in c-parity, and said so; not in spec (Q-34).
  @Test func aStrayCacheIsUsedInParityOnly() throws {
    let cache = "0 0 0 0 0 0\n\u{0C}" + String(repeating: "\0", count: 64)
    let command = Self.cube + ["-floatfile", "f.bin", "-oversample", "1"]
    let parity = try run(command, files: ["Fdump.bin": cache])
    #expect(parity.errors.contains("structure factors are read from Fdump.bin"))
    #expect(parity.status == 0)
    let plain = try run(command)
    #expect(parity.output != plain.output, "F is zero at 0 0 0")
    let spec = try run(command + ["--compat", "spec"], files: ["Fdump.bin": cache])
    let specPlain = try run(command + ["--compat", "spec"])
    #expect(spec.errors.isEmpty && spec.output == specPlain.output)
    let named = try run(command + ["--compat", "spec", "-dump", "Fdump.bin"], files: ["Fdump.bin": cache])
    #expect(named.errors.contains("structure factors are read from Fdump.bin"))
  }

  @Test func lossOfStandardOutputIsReported() throws {
    let folder = try TemporaryFolder()
    let errors = FileHandle(forWritingAtPath: try folder.file("errors", ""))
    let process = try Self.program.start(
      Self.cube + ["-floatfile", "/dev/null"], in: folder, output: FileHandle(forWritingAtPath: "/dev/full"),
      errors: errors)
    process.waitUntilExit()
    let text = try folder.text("errors")
    #expect(process.terminationStatus == 2 && text.contains("standard output"))
  }

  @Test func strangePixelsAreCounted() throws {
    let outcome = try run(Self.cube + ["-osc", "0", "-phistep", "1"])
    #expect(outcome.status == 0 && outcome.errors.contains("256 pixels are infinite or not a number"))
  }

  @Test func aTraceGoesToStandardOutput() throws {
    let outcome = try run(Self.cube + ["-trace_pixel", "3", "5", "-floatfile", "f.bin"])
    #expect(outcome.output.contains("\nTRACE_SWIFT: floatimage_accumulated "))
    #expect(outcome.output.contains("TRACE_SWIFT_SETUP: convention MOSFLM\n"))
    #expect(
      outcome.output.contains("\nTRACE_SWIFT_PHI phi_tic=0 ") && outcome.output.contains("\nTRACE_SWIFT_STEP layer=0 "))
  }

  /// A bar that is asked for is drawn however short the run is, up to its end.
  @Test func progressOnlyWhenAskedForOrOnATerminal() throws {
    #expect(try run(Self.cube).errors.isEmpty, "standard error is a file here")
    #expect(try run(Self.cube + ["-progress"]).errors.hasSuffix("\r[\(String(repeating: "#", count: 40))] 100 %\n"))
    #expect(try run(Self.cube + ["-progress", "-noprogress"]).errors.isEmpty)
  }

  @Test func theSimulatorLinksNoGSL() throws {
    let bytes = try Data(contentsOf: Self.program.url)
    #expect(bytes.count > 10_000)
    #expect(bytes.range(of: Data("libgsl".utf8)) == nil)
  }
}
