import Foundation
import FrameIO
import Physics
import TestSupport
import Testing

/// Files that gzip packed are read as what is in them, by every reader.
@Suite(.tags(.files), .generousTime) struct PackedFileTests {
  private let folder: TemporaryFolder
  private static let fixtures = PackageFolder.fixtures.appendingPathComponent("field")

  init() throws {
    folder = try TemporaryFolder()
    for name in [
      "hkl/plain.hkl", "mtz/two-datasets.mtz", "cif/anom-F.cif", "cbf/pilatus-normal.cbf", "smv/adsc-negative-osc.img",
      "log/c.log", "img/ref.bin",
    ] {
      let url = Self.fixtures.appendingPathComponent(name)
      try folder.file(url.lastPathComponent, Array(try Data(contentsOf: url)))
    }
    try folder.file("A.mat", "0.02 0 0\n0 0.02 0\n0 0 0.02\n")
    try folder.file("s.txt", "-10 0 0 1 1e-10\n-10 0.01 0 2 1.01e-10\n")
  }

  @discardableResult
  private func shell(_ command: String) throws -> BuiltProgram.Outcome {
    let programs = ["nanobragg", "nbverify"].map { "\($0)() { '\(BuiltProgram(named: $0).url.path)' \"$@\"; }; " }
    return try BuiltProgram.shell.run(["-c", programs.joined() + command], in: folder)
  }

  /// The same image from packed inputs of every kind, in both compatibilities.
  @Test(arguments: ["c-parity", "spec"]) func simulations(mode: String) throws {
    let camera = "--compat \(mode) -lambda 1 -N 3 -nonoise -nopgm"
    try shell("nanobragg \(camera) -mat A.mat -hkl plain.hkl -detpixels 8 -intfile m.img && gzip -k *")
    for (plain, packed) in [
      ("-mat A.mat -hkl plain.hkl -detpixels 8", "-mat A.mat.gz -hkl plain.hkl.gz -detpixels 8"),
      ("-mat A.mat -dump Fdump.bin -detpixels 8", "-mat A.mat -dump Fdump.bin.gz -detpixels 8"),
      (
        "-mat A.mat -hkl plain.hkl -img m.img -mask m.img -sourcefile s.txt",
        "-mat A.mat -hkl plain.hkl.gz -img m.img.gz -mask m.img.gz -sourcefile s.txt.gz"
      ),
    ] {
      let both = try shell(
        "nanobragg \(camera) \(plain) -floatfile a -intfile ai >/dev/null && nanobragg \(camera) \(packed) -floatfile b -intfile bi >/dev/null && cmp a b"
      )
      #expect(both.status == 0, "\(packed): \(both)")
    }
  }

  /// From a pipe, which has its bytes once: each kind of input, packed or not, gives the image that the file gives.
  @Test(arguments: [
    "-mat A.mat -hkl plain.hkl -detpixels 8", "-hkl plain.hkl -mat A.mat -detpixels 8",
    "-sourcefile s.txt -mat A.mat -hkl plain.hkl -detpixels 8", "-img m.img -mat A.mat -hkl plain.hkl",
    "-img pilatus-normal.cbf -mat A.mat -hkl plain.hkl", "-mask m.img -mat A.mat -hkl plain.hkl",
    "-dump Fdump.bin -mat A.mat -detpixels 8",
  ])
  func pipes(command: String) throws {
    let words = command.words
    let (option, file, rest) = (words[0], words[1], words.dropFirst(2).joined(separator: " "))
    let camera = "-lambda 1 -N 3 -nonoise -nopgm"
    try shell("nanobragg \(camera) -mat A.mat -hkl plain.hkl -detpixels 8 -intfile m.img && gzip -k *")
    let dump = option == "-dump" ? "" : "-dump cache"
    let outcome = try shell(
      "nanobragg \(camera) \(dump) \(command) -floatfile a -intfile ai >/dev/null && for f in \(file) \(file).gz; do cat $f | nanobragg \(camera) \(dump) \(option) /dev/stdin \(rest) -floatfile b -intfile bi >/dev/null && cmp a b || exit 7; done"
    )
    #expect(outcome.status == 0, "\(outcome)")
  }

  @Test(arguments: [
    ("plain.hkl", "o.hkl"), ("two-datasets.mtz", "o.hkl"), ("anom-F.cif", "o.hkl"), ("pilatus-normal.cbf", "o.img"),
    ("adsc-negative-osc.img", "o.png"),
  ])
  func conversions(name: String, output: String) throws {
    let outcome = try shell(
      "gzip -k \(name) && nanobragg convert \(name) a-\(output) && nanobragg convert \(name).gz b-\(output) && cmp a-\(output) b-\(output)"
    )
    #expect(outcome.status == 0, "\(outcome)")
  }

  @Test func logsAndImages() throws {
    let logs = try shell("gzip -k c.log && nbverify diff --c c.log --py c.log.gz")
    #expect(logs.status == 0, "\(logs)")
    let piped = try shell("nbverify diff --c c.log --py - < c.log.gz")
    #expect(piped.status == 0, "\(piped)")
    let images = try shell(
      "gzip -k ref.bin && nbverify images --reference ref.bin --candidate ref.bin.gz --size 16 20 --expect identical --out o"
    )
    #expect(images.status == 0, "\(images)")
  }

  /// Several members behind each other, and zeros behind them, as on a tape.
  @Test func membersAndPadding() throws {
    let outcome = try shell(
      "gzip -c plain.hkl > a.gz; (cat a.gz a.gz; head -c 700 /dev/zero) > two.hkl.gz; cat plain.hkl plain.hkl > two.hkl; nanobragg convert two.hkl x.hkl && nanobragg convert two.hkl.gz y.hkl && cmp x.hkl y.hkl"
    )
    #expect(outcome.status == 0, "\(outcome)")
  }

  /// Pipes are read once, whole: a mask and a header of more than the 64 KiB that show the format of a file.
  @Test(arguments: ["c-parity", "spec"]) func pipesAreReadOnce(mode: String) throws {
    let camera = "--compat \(mode) -cell 50 60 70 90 90 90 -default_F 9 -lambda 1 -N 3 -nonoise -nopgm -distance 100"
    let outcome = try shell(
      "nanobragg \(camera) -detpixels 200 -oversample 1 -intfile m.img > t && nanobragg \(camera) -mask m.img -img m.img -floatfile x.bin > t"
        + " && mkfifo a b c && (cat m.img > a & cat m.img > b & gzip -c m.img > c &"
        + " nanobragg \(camera) -mask a -img b -floatfile y.bin > t && nanobragg \(camera) -img c -mask m.img -floatfile z.bin > t)"
        + " && cmp x.bin y.bin && cmp x.bin z.bin")
    #expect(outcome.status == 0, "\(outcome)")
  }

  /// Cut off anywhere or damaged: an error that says so.
  @Test func damageIsSaid() throws {
    try shell("gzip -k plain.hkl")
    let bytes = Array(try folder.data("plain.hkl.gz"))
    for count in [3, 10, 11, 20, 200, bytes.count - 9, bytes.count - 8, bytes.count - 4, bytes.count - 1] {
      let error = #expect(throws: RequestError.self) {
        try FileBytes.unpacked(Array(bytes.prefix(count)), "a", for: "b")
      }
      #expect("\(error!)".contains("cut off"), "\(count): \(error!)")
    }
    for place in stride(from: 30, to: bytes.count, by: 37) {
      var damaged = bytes
      damaged[place] ^= 0x55
      #expect(throws: RequestError.self, "\(place)") { try FileBytes.unpacked(damaged, "a", for: "b") }
    }
  }

  @Test func limits() throws {
    try shell("head -c 3000000 /dev/zero | tr '\\0' ' ' | gzip > big.mat.gz")
    let outcome = try shell("nanobragg -mat big.mat.gz -default_F 1 -lambda 1 -detpixels 4")
    #expect(outcome.status == 2 && outcome.errors.contains("unpacks to more than 1048576 bytes"), "\(outcome)")
    let raised = try shell("NB_FILE_LIMIT=9000000 nanobragg -mat big.mat.gz -default_F 1 -lambda 1 -detpixels 4")
    #expect(raised.errors.contains("nine are needed"), "\(raised)")
    let wrong = try shell("NB_FILE_LIMIT=x nanobragg -mat A.mat -default_F 1")
    #expect(wrong.status == 2 && wrong.errors.contains("NB_FILE_LIMIT x: it is no number of bytes"), "\(wrong)")
    for option in ["-mat", "-mat A.mat -sourcefile", "-mat A.mat -hkl", "-mat A.mat -stol"] {
      let endless = try shell("nanobragg \(option) /dev/zero -default_F 1 -lambda 1 -detpixels 4 -nonoise")
      #expect(endless.status == 2 && endless.errors.contains("are read"), "\(endless)")
    }
  }
}
