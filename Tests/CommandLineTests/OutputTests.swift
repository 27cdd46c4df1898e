import CommandLineSupport
import Foundation
import FrameIO
import Physics
import TestSupport
import Testing

/// The files of a run beside the float image, and what is printed about them.
@Suite(.tags(.commandLine, .files), .generousTime) struct OutputTests {
  private static let program = BuiltProgram(named: "nanobragg")
  private static let base =
    "-cell 60 70 80 80 85 95 -default_F 100 -N 5 -oversample 2 -detpixels 8 -pixel 0.2 -seed 1"

  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func run(_ arguments: String) throws -> BuiltProgram.Outcome {
    try Self.program.run((Self.base + " " + arguments).words, in: folder)
  }

  private func images(_ arguments: String, _ mode: Compatibility = .cParity) throws -> [String: [UInt8]] {
    let words = (Self.base + " " + arguments).words
    let request = try CommandLineParser(words, compatibility: mode).parse()
    let experiment = try request.experiment(clockSeed: 1)
    var files: [String: [UInt8]] = [:]
    OutputImages(request.outputs, of: experiment, try Simulator(experiment).render()).forEach {
      files[$0.usualName] = $0.bytes
    }
    return files
  }

  /// Which optional files are written (docs/reference/70-files.md §1): the last option wins.
  @Test(arguments: [
    ("-nonoise", ["f.bin", "image.pgm", "intimage.img"]), ("-nopgm -nonoise", ["f.bin", "intimage.img"]),
    ("-nonoise -nopgm -noisefile n.img", ["f.bin", "intimage.img", "n.img"]),
    ("-noisefile n.img -nonoise -pgmfile p.pgm", ["f.bin", "intimage.img", "p.pgm"]),
    ("-nonoise -nopgm -pgmscale 2 -intfile i.img", ["f.bin", "i.img", "image.pgm"]),
  ])
  func chosenFiles(arguments: String, names: [String]) throws {
    let outcome = try run("-floatfile f.bin \(arguments)")
    let written = try folder.names
    #expect(outcome.status == 0 && written == names, "\(outcome.errors)")
  }

  /// The lines of the C program for this command; seed 1 gives its number of photons.
  @Test func linesThatScriptsRead() throws {
    let text = try run("-mosaic 1 -mosaic_domains 3 -osc 1 -phisteps 2 -phi 3").output
    for line in [
      "phi0 = 3", "phi1 = 3.5", "lambda0 = 1e-10", "max_I = 252.647  at 0.00115 0.00115",
      "mean= 18.332 rms= 59.0713 rmsd= 56.1073", "intfile_scale = 217.695", "pgm_scale = 0.89115",
      "1162 photons on noise image (0 overloads)", "volume = 327840 A^3", "  2 phi steps from 3 to 4 degrees",
      "  sensor is 0 m thick in 1 layers with mu= -1",
    ] { #expect(text.contains("\(line)\n"), "\(line)") }
  }

  /// `-printout_pixel fast slow`: figures of the C program.
  @Test func aPixelIsPrinted() throws {
    let text = try run("-nopgm -nonoise -printout_pixel 3 4 -printout").output
    #expect(text.contains("   3    4 : stol = 1.27475e+07 or 0.00127475\nat 0.1 5e-05 -0.00025\n"))
    #expect(text.contains("\nI/steps     3932745.522\npolar      0.9999927501\nomega   3.999913002e-06\n"))
    #expect(text.components(separatedBy: "stol = ").count == 2, "one pixel only")
    #expect(try run("-nopgm -nonoise -printout_pixel -1 0").output.components(separatedBy: "stol = ").count == 65)
    let huge = try run("-nopgm -nonoise -cell 1e30 1e30 1e30 90 90 90 -detpixels 2 -printout_pixel 0 0 -oversample 1")
    #expect(huge.status == 0 && huge.output.contains("hkl0= -2147483648"), "as the C program prints what does not fit")
    let all = try run("-nopgm -nonoise -printout").output
    #expect(all.components(separatedBy: "stol = ").count == 65)
  }

  @Test func theCacheGivesTheSameImage() throws {
    let lines = (-3...3).flatMap { h in (-3...3).map { k in "\(h) \(k) 1 \(50 + 7 * h + k)" } }.joined(separator: "\n")
    let list = try folder.file("a.hkl", lines)
    for (mode, name) in [("c-parity", "Fdump.bin"), ("spec", "mine.bin")] {
      let command = "-nopgm -nonoise --compat \(mode) -nointerpolate"
      let written = try run("\(command) -hkl \(list) -dump \(name) -floatfile text.bin")
      #expect(written.output.contains("writing dump file for next time: \(name)\n"))
      let read = try run("\(command) -dump \(name) -floatfile cache.bin")
      #expect(read.status == 0, "\(read.errors)")
      #expect(try folder.data("text.bin") == folder.data("cache.bin"))
    }
  }

  /// A cache is a convenience: a run does not fail for want of it.
  @Test func aCacheThatCannotBeWrittenIsNoted() throws {
    let list = try folder.file("a.hkl", "0 0 1 5\n1 0 1 6\n")
    let outcome = try run("-nopgm -nonoise -hkl \(list) -dump no/such/folder/F.bin")
    #expect(outcome.status == 0 && outcome.errors.contains("-dump no/such/folder/F.bin"))
  }

  /// What cannot be written in the end is refused before anything is rendered.
  @Test(arguments: ["-floatfile", "-intfile", "-pgmfile", "-noisefile"])
  func unwritableFilesAreRefusedAtOnce(option: String) throws {
    for name in ["no/such/folder/x", "."] {
      let outcome = try run("\(option) \(name)")
      let written = try folder.names
      #expect(outcome.status == 2 && written.isEmpty && outcome.output.isEmpty)
      #expect(outcome.errors.contains("\(option) \(name)"))
    }
  }

  /// A file that the shell's limit cuts short is a full disk: no partial file, a status that is not 0.
  /// A large image is written while it is rendered.
  @Test(arguments: [100, 1100]) func aLimitOnFileSizesLeavesNoPartialFile(pixels: Int) throws {
    let script = "ulimit -f 8; exec \(Self.program.url.path) \(Self.base) -detpixels \(pixels) -oversample 1"
    let outcome = try BuiltProgram.shell.run(["-c", script], in: folder)
    let written = try folder.names
    #expect(outcome.status == 2 && outcome.errors.contains("File too large") && written.isEmpty, "\(outcome.errors)")
  }

  // MARK: Quirks of the files

  /// Q-39: the text is longer than 512 bytes.
  @Test func longHeaders() throws {
    let long =
      "-pixel 0.123456789 -lambda 0.97654321 -distance 123.456789 -detector_rotx 1.23456 -detector_roty 3"
      + " -phi 12.3456 -osc 0.123456 -twotheta 7.65432 -ORGX 3.21234 -ORGY 4.12345"
    let parity = try #require(try images(long)["intimage.img"])
    #expect(parity.count - 2 * 64 == 1 + (parity.firstIndex(of: 12) ?? 0), "pixels follow the form feed")
    #expect(
      parity.count > 512 + 128 && String(decoding: parity.prefix(20), as: UTF8.self).contains("HEADER_BYTES=512;"))
    let padded = try #require(
      try images(long, Compatibility.cParity.setting(.headerUnpadded, false))["intimage.img"])
    #expect(padded.count == 1024 + 128 && padded[..<1024].suffix(100).allSatisfy { $0 == 32 })
    #expect(Array(padded.suffix(128)) == Array(parity.suffix(128)))
  }

  /// Q-40: an offset below zero makes counts wrap around; a broken offset is cut off, not rounded.
  @Test func noiseIsNotClipped() throws {
    func counts(_ offset: String, _ mode: Compatibility) throws -> [UInt16] {
      let bytes = try #require(try images("-adc \(offset) -default_F 0.01", mode)["noiseimage.img"]).suffix(128)
      return bytes.withUnsafeBytes { Array($0.bindMemory(to: UInt16.self)) }
    }
    let mended = Compatibility.cParity.setting(.noiseNotClipped, false)
    #expect(try counts("-5", .cParity).max() == 65531 && counts("-5", mended).max() == 0)
    #expect(try counts("40.7", .cParity).min() == 40 && counts("40.7", mended).min() == 41)
  }

  /// Q-57: deviates of means above a million are not whole in the reference.
  @Test func poissonDeviates() throws {
    func photons(_ mode: Compatibility) throws -> Double {
      let experiment = try experiment("-default_F 30000", mode)
      return NoiseImage(try Simulator(experiment).render().image, of: experiment, offset: 40).photons
    }
    let (rough, whole) = (try photons(.cParity), try photons(Compatibility.cParity.setting(.roughPoisson, false)))
    #expect(rough.rounded() != rough && whole.rounded() == whole)
    expectClose(rough / whole, 1, within: 1e-3, because: "deviates of means above a million spread by less")
  }

  /// Q-63: `-img` of a header restores a tilted camera in spec, and leaves room for options; not in c-parity.
  @Test func headersAndRotations() throws {
    let pose = "-detector_rotx 5 -detector_roty -3 -twotheta 12 -xds -phi 10 -osc 1 -phisteps 2 -nonoise -nopgm"
    for mode in ["c-parity", "spec"] {
      #expect(try run("\(pose) --compat \(mode) -floatfile a.bin -intfile a.img").status == 0)
      #expect(try run("-phisteps 2 -nonoise -nopgm --compat \(mode) -img a.img -floatfile b.bin").status == 0)
      #expect(try (folder.data("a.bin") == folder.data("b.bin")) == (mode == "spec"))
    }
    let moved = try experiment("-img a.img -distance 150", .spec)
    expectClose(
      moved.detector.pose.distance, 0.15, within: 1e-12,
      because: "millimetres into metres through an orientation; an option wins over the vectors")
    try expectClose(
      experiment("-img a.img", .spec).detector.pose.distance, 0.104174, within: 1e-6,
      because: "the header has six digits")
  }

  private func experiment(_ arguments: String, _ mode: Compatibility) throws -> Experiment {
    let words = (Self.base + " " + arguments).replacingOccurrences(of: "a.img", with: folder.url.path + "/a.img")
    return try Experiment(command: words, mode)
  }

  /// Links lead to files, and files keep their permissions.
  @Test func linksAndPermissions() throws {
    let files = FileManager.default
    let real = try folder.file("real.bin", "")
    try files.setAttributes([.posixPermissions: 0o640], ofItemAtPath: real)
    for (link, target) in [("link.bin", "real.bin"), ("dangling.bin", "new.bin")] {
      try files.createSymbolicLink(atPath: folder.url.path + "/" + link, withDestinationPath: target)
      #expect(try run("-nopgm -nonoise -floatfile \(link)").status == 0)
      #expect(try files.destinationOfSymbolicLink(atPath: folder.url.path + "/" + link) == target)
      #expect(try folder.data(target).count == 256)
    }
    #expect(try files.attributesOfItem(atPath: real)[.posixPermissions] as? Int == 0o640)
  }

  @Test func namesThatAreTooLongAreRefusedAtOnce() throws {
    let outcome = try run("-floatfile \(String(repeating: "x", count: 300))")
    #expect(outcome.status == 2 && outcome.output.isEmpty && outcome.errors.contains("too long"))
    let long = String(repeating: "x", count: 255)
    #expect(try run("-nopgm -nonoise -floatfile \(long)").status == 0)
  }

  /// A file of holes: as much is read as its header justifies, and no more than fits.
  @Test func hugeFilesDoNotExhaustMemory() throws {
    #expect(try run("-nopgm -nonoise").status == 0)
    for name in ["intimage.img", "list.hkl"] {
      if name == "list.hkl" { _ = try folder.file(name, "1 2 3 4\n") }
      try lengthen("\(folder.url.path)/\(name)", to: 1 << 40)
    }
    let image = try run("-nopgm -nonoise -img intimage.img -intfile other.img")
    #expect(image.status == 0, "\(image.errors)")
    let list = try run("-nopgm -nonoise -hkl list.hkl")
    #expect(list.status == 2 && list.errors.contains("1099511627776 bytes"), "\(list.errors)")
  }
}
