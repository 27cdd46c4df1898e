import FrameIO
import Foundation
import Physics
import TestSupport
import Testing

/// No file is lost: outputs over inputs, two outputs of one name, streams, readers that go away, runs side by side.
@Suite(.tags(.commandLine, .files), .generousTime) struct FileLossTests {
  private let folder: TemporaryFolder
  private let program = BuiltProgram(named: "nanobragg")
  private static let base = "-cell 50 50 50 90 90 90 -default_F 10 -N 3 -lambda 1 -detpixels 32 -oversample 1 -nonoise"
  private static let list = "1 0 0 5\n0 1 0 7\n"

  init() throws { folder = try TemporaryFolder() }

  private func arguments(_ text: String) -> [String] { (Self.base + " " + text).words }

  /// Runs a command in a shell; `nb` is the simulator with usual arguments.
  private func shell(_ command: String) throws -> BuiltProgram.Outcome {
    let function = "nb() { '\(program.url.path)' \(Self.base) \"$@\"; }; "
    return try BuiltProgram.shell.run(["-c", function + command], in: folder)
  }

  private func inputs() throws {
    try folder.file("x.hkl", Self.list)
    try folder.file("A.mat", "0.02 0 0\n0 0.02 0\n0 0 0.02\n")
    try folder.file("s.txt", "-10 0 0 1 1e-10\n")
    try folder.file("curve.stol", "0 1\n")
    var mask = Array("{\nHEADER_BYTES=512;\nSIZE1=32;\nSIZE2=32;\n}\u{0C}".utf8)
    mask += [UInt8](repeating: 32, count: 512 - mask.count) + [UInt8](repeating: 1, count: 2048)
    try folder.file("m.img", mask)
    for (name, target) in [("link", "x.hkl"), ("loose", "nothing.bin")] {
      try FileManager.default.createSymbolicLink(
        atPath: folder.url.appendingPathComponent(name).path, withDestinationPath: target)
    }
    try FileManager.default.linkItem(
      at: folder.url.appendingPathComponent("x.hkl"), to: folder.url.appendingPathComponent("hard"))
    try FileManager.default.createDirectory(
      at: folder.url.appendingPathComponent("sub"), withIntermediateDirectories: true)
  }

  private static let outputs = ["-floatfile", "-intfile", "-pgmfile", "-noisefile"]
  private static let reads = [
    ("-hkl", "x.hkl"), ("-mat", "A.mat"), ("-sourcefile", "s.txt"), ("-img", "m.img"), ("-mask", "m.img"),
    ("-stol", "curve.stol"),
  ]

  /// Every output option with every input option and every spelling of the input's name.
  @Test(arguments: outputs + ["-dump"], reads) func anOutputIsNoInput(
    output: String, input: (flag: String, file: String)
  )
    throws
  {
    // Without a list there is no cache to write.
    guard output != "-dump" || input.flag == "-hkl" else { return }
    try inputs()
    var names = [input.file, "./" + input.file, "sub/../" + input.file, folder.url.path + "/" + input.file]
    if input.flag == "-hkl" { names += ["link", "hard"] }
    let before = try folder.data(input.file)
    for name in names {
      let outcome = try program.run(arguments("\(input.flag) \(input.file) \(output) \(name)"), in: folder)
      #expect(outcome.status == 2 && outcome.errors.contains("would be lost"), "\(name): \(outcome)")
      #expect(try folder.data(input.file) == before)
    }
  }

  @Test(arguments: [
    "-floatfile same -intfile ./same", "-pgmfile same -noisefile sub/../same", "-hkl x.hkl -dump same -floatfile same",
    "-floatfile image.pgm", "-intfile loose -floatfile nothing.bin", "-hkl x.hkl -floatfile Fdump.bin",
  ])
  func twoOutputsAreTwoFiles(text: String) throws {
    try inputs()
    let names = try folder.names
    let outcome = try program.run(arguments(text), in: folder)
    #expect(outcome.status == 2 && outcome.errors.contains("one of the two would be lost"), "\(outcome)")
    #expect(try folder.names == names)
  }

  @Test func nothingIsLostInNothing() throws {
    let outcome = try program.run(
      arguments("-floatfile /dev/null -intfile /dev/null -pgmfile /dev/null"), in: folder)
    #expect(outcome.status == 0, "\(outcome)")
  }

  /// The bytes of the file alone, behind what was there; text goes to standard error.
  @Test(arguments: ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", "out"])
  func standardOutputIsAStream(name: String) throws {
    try FileManager.default.createSymbolicLink(
      atPath: folder.url.appendingPathComponent("out").path, withDestinationPath: "/dev/stdout")
    let outcome = try shell("nb -floatfile f.bin > /dev/null && echo before > log && nb -floatfile \(name) >> log")
    #expect(outcome.status == 0 && outcome.errors.contains("max_I"), "\(outcome)")
    #expect(try folder.data("log") == Data("before\n".utf8) + folder.data("f.bin"))
    #expect(try shell("nb -floatfile \(name) | cmp - f.bin").status == 0)
    let twice = try shell("nb -floatfile \(name) -intfile /dev/stdout > o")
    #expect(twice.status == 2 && twice.errors.contains("one of the two"), "\(twice)")
    // A file without a name has none afterwards.
    #expect(try shell("exec 3> gone; rm gone; nb -floatfile /dev/fd/3 > /dev/null").status == 0)
    #expect(try !folder.names.contains { $0.contains("deleted") || $0 == "gone" })
  }

  @Test func standardOutputIsNoOtherFile() throws {
    let outcome = try shell("nb -floatfile o > o")
    #expect(outcome.status == 2 && outcome.errors.contains("where standard output goes"), "\(outcome)")
    let messages = try shell("nb -floatfile e 2> e; echo $?; cat e")
    #expect(messages.output.hasPrefix("2\n") && messages.output.contains("where standard error goes"), "\(messages)")
  }

  @Test func aReaderThatIsGoneCostsTheTextOnly() throws {
    let outcome = try shell("{ nb; echo $? > status; } | true")
    #expect(outcome.errors.isEmpty, "\(outcome.errors)")
    #expect(try folder.text("status") == "0\n")
    #expect(folder.has("floatimage.bin") && folder.has("intimage.img") && folder.has("image.pgm"))
  }

  /// Runs of one process number in one folder, as containers on a shared disk have them.
  @Test func runsSideBySideKeepTheirPixels() throws {
    let alone = try shell("nb -detpixels 300 -floatfile a >/dev/null && nb -detpixels 300 -N 5 -floatfile b >/dev/null")
    #expect(alone.status == 0)
    let (a, b) = (try folder.data("a"), try folder.data("b"))
    #expect(a != b)
    let contained = try shell("unshare --pid --fork true 2>/dev/null").status == 0
    let nb = (contained ? "unshare --pid --fork " : "") + "'\(program.url.path)' \(Self.base) -detpixels 300"
    for _ in 0..<10 {
      _ = try shell(
        "\(nb) -floatfile a -intfile ai -pgmfile ap >/dev/null & \(nb) -N 5 -floatfile b -intfile bi -pgmfile bp >/dev/null; wait"
      )
      #expect(try folder.data("a") == a && folder.data("b") == b)
    }
    #expect(try !folder.names.contains { $0.hasPrefix(".") })
  }

  /// Killed at any moment, all files are whole. A run may end while it renames a file; the next one removes what that left.
  @Test func aKilledRunLeavesNothing() async throws {
    let whole = try shell("nb -detpixels 300 -floatfile f.bin -intfile i.img -pgmfile g.pgm > /dev/null")
    #expect(whole.status == 0)
    let names = try folder.names
    let sizes = try names.map { try folder.data($0).count }
    try await program.kill(30, in: folder) { _ in
      arguments("-detpixels 300 -floatfile f.bin -intfile i.img -pgmfile g.pgm")
    } afterwards: { _ in
      let there = try names.map { try folder.data($0).count }
      #expect(there == sizes)
    }
    try folder.file(".nanobragg.17.0.new", "what an earlier version left")
    _ = try shell("nb -detpixels 300 -floatfile f.bin -intfile i.img -pgmfile g.pgm > /dev/null")
    #expect(try folder.names == names)
  }

  /// Under every limit of memory: done, or an error in plain words before anything is written.
  @Test(arguments: [60_000, 100_000, 150_000, 200_000, 250_000, 300_000, 400_000, 500_000])
  func withoutMemoryNothingBegins(kilobytes: Int) throws {
    let outcome = try shell("ulimit -v \(kilobytes); nb -detpixels 4000 -roi 0 9 0 9 > /dev/null")
    if outcome.status == 2 {
      #expect(outcome.errors.contains("there is no memory for it"), "\(outcome)")
      #expect(try folder.names.isEmpty)
    } else {
      #expect(outcome.status == 0, "\(outcome)")
    }
  }
}
