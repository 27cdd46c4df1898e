import Foundation
import FrameExchange
import FrameIO
import Physics
import TestSupport
import Testing

/// `nanobragg convert` as it was built.
@Suite(.tags(.files, .commandLine), .generousTime) struct ConvertProgramTests {
  private static let program = BuiltProgram(named: "nanobragg")
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static let fixtures = PackageFolder.fixtures

  private func nanobragg(_ arguments: String) throws -> BuiltProgram.Outcome {
    try Self.program.run(arguments.words, in: folder)
  }

  @discardableResult
  private func convert(_ arguments: String) throws -> BuiltProgram.Outcome {
    let outcome = try nanobragg("convert \(arguments)")
    #expect(outcome.status == 0, "\(arguments): \(outcome.errors)")
    return outcome
  }

  private static let camera =
    "-detpixels_x 30 -detpixels_y 20 -pixel 0.2 -distance 150 -lambda 1.1 -Xbeam 1.3 -Ybeam 4.1 -phi 10 -osc 0.5"

  private func simulate() throws {
    let outcome = try nanobragg(
      "-cell 60 70 80 80 85 95 -default_F 300 -N 5 -oversample 1 -nonoise -nopgm -phisteps 2 \(Self.camera)")
    #expect(outcome.status == 0, "\(outcome.errors)")
  }

  private func bytes(_ name: String) throws -> [UInt8] { Array(try folder.data(name)) }

  @Test func imagesKeepTheirCounts() throws {
    try simulate()
    try convert("intimage.img a.cbf")
    try convert("a.cbf b.img")
    try convert("b.img c.cbf")
    try convert("c.cbf d.bin")
    let counts = try bytes("intimage.img").suffix(1200)
    #expect(try bytes("b.img").suffix(1200) == counts)
    let floats = try FloatImageFile.read(folder.url.path + "/d.bin", fastPixels: 30, slowPixels: 20).pixels
    #expect(floats == counts.withUnsafeBytes { $0.bindMemory(to: UInt16.self).map { Float($0) } })
    // The camera of the header, through CBF: same beam, distance, pixel.
    let text = String(decoding: try bytes("a.cbf").prefix(2000), as: UTF8.self)
    #expect(text.contains("Beam_xy (21.0000, 7.0000)"), "MOSFLM's Xbeam is slow, and half a pixel off")
    func header(_ name: String) throws -> ArraySlice<String> {
      String(decoding: try bytes(name).prefix(1500), as: UTF8.self).split(whereSeparator: \.isNewline).map(String.init)
        .filter { $0.hasPrefix("# ") }.dropFirst(2)
    }
    #expect(try header("c.cbf") == header("a.cbf") && header("a.cbf").count > 20)
  }

  @Test func anotherImagesHeaderIsKept() throws {
    try simulate()
    try convert("intimage.img same.img")
    #expect(try bytes("same.img") == bytes("intimage.img"))
    try convert("floatimage.bin new.img --header intimage.img --scale auto --adc 40")
    #expect(try bytes("new.img") == bytes("intimage.img"), "the scale and offset that the simulator takes")
  }

  @Test func aCameraFromOptions() throws {
    try simulate()
    try convert("floatimage.bin a.cbf -- \(Self.camera)")
    try convert("floatimage.bin b.cbf --header intimage.img")
    func header(_ name: String) throws -> ArraySlice<String> {
      String(decoding: try bytes(name).prefix(1500), as: UTF8.self).split(whereSeparator: \.isNewline).map(String.init)
        .dropFirst(2).prefix(28)
    }
    #expect(try header("a.cbf") == header("b.cbf"))
    try convert("floatimage.bin c.img --scale auto --adc 40 -- \(Self.camera)")
    #expect(try bytes("c.img") == bytes("intimage.img"))
  }

  @Test func picturesOfAPart() throws {
    try simulate()
    try convert("intimage.img a.png --roi 3 12 0 4 --colours viridis --contrast percentile --percentile 99")
    #expect(try bytes("a.png")[16..<24] == [0, 0, 0, 10, 0, 0, 0, 5])
    try convert("floatimage.bin a.pgm --size 30x20 --contrast linear --low -1 --high 5 --colours negative")
    #expect(try bytes("a.pgm").starts(with: Array("P5\n30 20\n255\n".utf8)))
  }

  struct NoiseRow: Decodable {
    var options: [String]
    var printed: String
    var counts: [UInt16]
  }

  /// Counts that the C authors' noisify gave for 64 pixels from 0 to 10⁷ photons.
  @Test func noiseOfNoisify() throws {
    var pixels = (0..<64).map { Float(pow(10, Double($0) / 9)) }
    pixels[0] = 0
    _ = try folder.file("f.bin", pixels.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian) { Array($0) } })
    let rows = try JSONDecoder().decode(
      [NoiseRow].self, from: Data(contentsOf: Self.fixtures.appendingPathComponent("noise/noisify.json")))
    #expect(rows.count >= 4)
    for row in rows {
      let options = row.options.map { $0.replacing("_", with: "ration-").replacing(/^-([a-z])/) { "--\($0.1)" } }
      let outcome = try convert("f.bin o.img --noise \(options.joined(separator: " ")) -- -detpixels 8")
      #expect(outcome.output == row.printed + "\n")
      let counts = try bytes("o.img").suffix(128).withUnsafeBytes { Array($0.bindMemory(to: UInt16.self)) }
      #expect(counts == row.counts, "\(row.options)")
    }
  }

  @Test func roundedNoiseIsNeverNegative() throws {
    _ = try folder.file("f.bin", [UInt8](repeating: 0, count: 4 * 400))
    try convert("f.bin wraps.img --noise --seed 1 --adc 0 --readout 2 -- -detpixels 20")
    try convert("f.bin clips.img --noise --seed 1 --adc 0 --readout 2 --rounding -- -detpixels 20")
    func counts(_ name: String) throws -> [UInt16] {
      try bytes(name).suffix(800).withUnsafeBytes { Array($0.bindMemory(to: UInt16.self)) }
    }
    #expect(try counts("wraps.img").contains { $0 > 65000 })
    #expect(try counts("clips.img").allSatisfy { $0 < 20 } && counts("clips.img").contains { $0 > 2 })
  }

  // MARK: Reflections

  /// Symmetry and Friedel mates as gemmi's own expansion has them; both formats hold the same reflections.
  @Test func mergedReflections() throws {
    try #require(MergedReflections.isAvailable, "install gemmi-dev and tao-pegtl-dev, and build anew")
    let file = { (name: String) in Self.fixtures.appendingPathComponent("reflections/\(name)").path }
    let outcome = try convert("\(file("synthetic.mtz")) a.hkl")
    #expect(
      outcome.output == "F-obs: amplitudes, space group P 21 21 21\n-cell 30.1 41.2 52.3 90 90 90\n1206 reflections\n")
    #expect(outcome.errors.contains("1 reflections have no value"))
    try convert("\(file("synthetic.cif")) b.hkl")
    #expect(try bytes("a.hkl") == bytes("b.hkl"))
    let list = try ReflectionFile.read(folder.url.path + "/a.hkl", .cParity).list.reflections
    let table = Dictionary(uniqueKeysWithValues: list.map { ([$0.h, $0.k, $0.l], $0.amplitude) })
    for (index, amplitude) in table {
      for mate in [[-1, 1, 1], [1, -1, 1], [1, 1, -1], [-1, -1, -1]] {
        #expect(table[try pairs(index, mate).map { $0 * $1 }] == amplitude, "222 and its inversion")
      }
    }
    let intensities = try convert("\(file("synthetic.mtz")) i.hkl --column IMEAN --no-expand")
    #expect(intensities.output.contains("roots of intensities") && intensities.output.hasSuffix("\n201 reflections\n"))
    let roots = try ReflectionFile.read(folder.url.path + "/i.hkl", .cParity).list.reflections
    for root in roots {
      // The file's intensities are half the squared amplitudes.
      guard let amplitude = table[[root.h, root.k, root.l]] else { continue }
      expectClose(root.amplitude / (amplitude / 2.0.squareRoot()), 1, within: 1e-6, because: "single precision")
    }
    let wrong = try nanobragg("convert \(file("synthetic.mtz")) x.hkl --column FOO")
    #expect(
      wrong.status == 2 && wrong.errors.contains("there are H, K, L, IMEAN, F-obs, SIGF-obs") && !folder.has("x.hkl"))
  }

  @Test func cachesAndLists() throws {
    _ = try folder.file("a.hkl", "# comment\n0 0 1 5\n-2 1 3 7.25\n")
    try convert("a.hkl a.bin")
    try convert("a.bin b.hkl")
    #expect(try folder.text("b.hkl") == "-2 1 3 7.25\n0 0 1 5.0\n")
    // What the simulator itself writes.
    _ = try nanobragg("-cell 50 -detpixels 4 -nonoise -nopgm -hkl b.hkl")
    #expect(try bytes("Fdump.bin") == bytes("a.bin"))
  }

  // MARK: Refusals

  /// Each is refused with status 2 and a hint, and leaves no file.
  @Test(arguments: [
    ("nothing.img o.png", "cannot be read"), ("short.bin o.png", "dimensions are unknown"),
    ("short.bin o.png --size 3x3", "36 are needed"),
    ("short.bin o.png --size 3", "not fast x slow"), ("text o.png", "format of the file is not recognised"),
    ("short.bin o", "does not tell the format"), ("short.bin o.cbf --size 3x1", "nothing tells the camera"),
    ("short.bin o.mtz", "read only"), ("short.bin o.hkl", "one is an image"), ("list.hkl o.png", "one is an image"),
    ("list.hkl o.bin --noise", "options for images"),
    ("short.bin o.png --size 3x1 --column F", "options for reflections"),
    ("short.bin o.png --size 3x1 --roi 0 3 0 0", "not inside the image"),
    ("short.bin o.png --size 3x1 --scale 2", "use --low and --high"),
    ("short.bin o.png --size 3x1 --seed 3", "without --noise"),
    ("short.bin o.bin --size 3x1 --colours heat", "picture options"),
    ("short.bin no/o.png --size 3x1", "cannot be written"), ("list.hkl o.bin --column F", "for mtz and mmcif"),
    ("short.bin o.img --size 3x1 -- -detpixels 4", "the camera has 4 x 4 pixels"), ("bad.cif o.hkl", "bad.cif"),
    ("bad.mtz o.hkl", "bad.mtz"), ("short.bin o.png --size 3x1 --low nan", "--low"),
    ("short.bin o.png --size 3x1 --low -inf --high 5", "--low"), ("short.bin o.img --size 3x1 --adc nan", "--adc"),
    ("short.bin o.img --size 3x1 --noise --seed -9223372036854775808", "--seed"),
    ("empty.img o.png --from smv", "input empty.img"),
    ("nan.dump o.hkl", "amplitude of 0 0 0 is not finite"), ("text o.bin --from hkl", "input text"),
    ("short.bin o.img --scale none --size 3x1", "neither a number"),
    ("", "Missing expected argument"),
  ])
  func refusals(arguments: String, expected: String) throws {
    let files = [
      "short.bin": String(repeating: "\0", count: 12), "text": "hello", "list.hkl": "1 2 3 4\n",
      "bad.cif": "data_x\nloop_\n",
      "bad.mtz": "MTZ " + String(repeating: "x", count: 200), "empty.img": "",
    ]
    let nan = [UInt8](repeating: 0xFF, count: 64)
    _ = try folder.file("nan.dump", Array("0 0 0 0 0 0\n\u{0C}".utf8) + nan)
    for (name, text) in files { _ = try folder.file(name, text) }
    let outcome = try nanobragg("convert \(arguments)")
    let names = try folder.names
    #expect(outcome.status == 2 && outcome.errors.contains(expected), "\(outcome.errors)")
    #expect(outcome.errors.hasPrefix("nanobragg convert: error: ") && names == (files.keys + ["nan.dump"]).sorted())
  }

  @Test func helpSaysHow() throws {
    let outcome = try convert("--help")
    #expect(outcome.output.contains("nanobragg convert merged.mtz all.hkl"))
  }

  /// A full disk leaves no file and a status that is not 0.
  @Test func aFullDeviceIsReported() throws {
    _ = try folder.file("f.bin", [UInt8](repeating: 0, count: 400))
    let outcome = try nanobragg("convert f.bin /dev/full --to png")
    #expect(outcome.status == 2 && outcome.errors.contains("No space left"))
  }

  /// Strong pixels among weak ones: rejection and normal law in single precision, as noisify has them. Its counts, here as
  /// sums over columns; of seed 200 the simulator's own deviates would give others.
  @Test func noiseOfStrongPixels() throws {
    struct Row: Decodable {
      var seed: Int
      var printed: String
      var sums: [Int]
    }
    let pixels = (0..<128 * 128).map { (index: Int) -> Float in
      index % 29 == 0 ? Float(pow(10, 4 + Double(index % 13) / 6)) : Float(5 + index % 45)
    }
    _ = try folder.file("f.bin", pixels.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian) { Array($0) } })
    let rows = try JSONDecoder().decode(
      [Row].self, from: Data(contentsOf: Self.fixtures.appendingPathComponent("noise/noisify-strong.json")))
    #expect(rows.contains { $0.seed == 200 } && rows.count >= 4)
    for row in rows {
      let outcome = try convert("f.bin o.bin --noise --gain 0.05 --seed \(row.seed)")
      #expect(outcome.output == row.printed + "\n")
      let counts = try FloatImageFile.read(folder.url.path + "/o.bin", fastPixels: 128, slowPixels: 128)
      var sums = [Int](repeating: 0, count: 128)
      for (index, count) in counts.pixels.enumerated() { sums[index % 128] += Int(count) }
      #expect(sums == row.sums, "seed \(row.seed)")
    }
  }

  /// What a file lists itself counts, not what symmetry makes of another reflection; of several the first.
  @Test func listedReflectionsWin() throws {
    try #require(MergedReflections.isAvailable, "install gemmi-dev and tao-pegtl-dev, and build anew")
    let cell =
      ["a 30", "b 40", "c 50"].map { "_cell.length_\($0)\n" }.joined()
      + ["alpha", "beta", "gamma"].map { "_cell.angle_\($0) 90\n" }.joined()
    let loop = "loop_\n_refln.index_h\n_refln.index_k\n_refln.index_l\n_refln.F_meas_au\n"
    // Digits that do not fit would come out as another index.
    for index in ["99999999999", "-2147483648", "4294967296", "1.5", "1e2", "-", "1000000"] {
      _ = try folder.file("odd.cif", "data_a\n\(cell)\(loop)1 2 3 10\n\(index) 2 3 20\n")
      let refused = try nanobragg("convert odd.cif odd.hkl")
      #expect(
        refused.status == 2 && refused.errors.contains("no whole number") && !folder.has("odd.hkl"),
        "\(index): \(refused)")
    }
    _ = try folder.file("a.cif", "data_a\n\(cell)\(loop)1 2 3 10\n1 2 3 20\n-1 -2 -3 30\n")
    let outcome = try convert("a.cif a.hkl")
    #expect(outcome.errors.contains("1 reflections are given more than once"))
    #expect(try folder.text("a.hkl") == "-1 -2 -3 30.0\n1 2 3 10.0\n")
  }

  @Test func informationStaysOutOfData() throws {
    _ = try folder.file("a.hkl", "1 2 3 4\n")
    let outcome = try nanobragg("convert a.hkl /dev/stdout --to hkl")
    #expect(outcome.status == 0 && outcome.output == "1 2 3 4.0\n" && outcome.errors == "1 reflections\n")
  }

  @Test func otherByteOrdersAndNumberFormats() throws {
    func image(_ keys: String, _ pixels: [UInt8]) throws {
      let text = Array("{\r\nHEADER_BYTES=512;\nSIZE1=2;\nSIZE2= 1;\n\(keys)}\u{0C}".utf8)
      let start = Array("{\n".utf8) + text.dropFirst(3)
      _ = try folder.file("i.img", start + [UInt8](repeating: 32, count: 512 - start.count) + pixels)
    }
    func floats() throws -> [Float] {
      try convert("i.img o.bin")
      return try FloatImageFile.read(folder.url.path + "/o.bin", fastPixels: 2, slowPixels: 1).pixels
    }
    for order in ["BYTE_ORDER=big_endian;\n", "BYTE_ORDER= big_endian ;\n", "BYTE_ORDER=BIG_ENDIAN\r\n"] {
      try image(order, [0, 1, 1, 2])
      #expect(try floats() == [1, 258], "\(order)")
    }
    try image("TYPE= signed_short ;\n", [0xFF, 0xFF, 2, 0])
    #expect(try floats() == [-1, 2])
    try image("TYPE=long_integer;\nBYTE_ORDER=big_endian;\n", [0xFF, 0xFF, 0xFF, 0xFE, 0, 1, 0, 0])
    #expect(try floats() == [-2, 65536])
    try image("TYPE=float;\n", [0, 0, 0x20, 0x40, 0, 0, 0x80, 0xBF])
    #expect(try floats() == [2.5, -1])
    for (keys, expected) in [("BYTE_ORDER=middle;\n", "byte order middle"), ("TYPE=complex;\n", "TYPE=complex")] {
      try image(keys, [0, 0, 0, 0, 0, 0, 0, 0])
      let outcome = try nanobragg("convert i.img o.bin")
      #expect(outcome.status == 2 && outcome.errors.contains(expected))
    }
  }

  /// Keys that share a line, braces in values and bytes beyond ASCII survive in a copied header.
  @Test func copiedHeadersKeepTheirKeys() throws {
    let keys: [UInt8] =
      Array("SIZE1=2;SIZE2=1;COMMENT=a}b;\nPHI=3;SIZE1=2;\nUNIT=".utf8) + [0xC5] + Array(";\n}\u{0C}".utf8)
    let text = Array("{\nHEADER_BYTES=512;\n".utf8) + keys
    _ = try folder.file("i.img", text + [UInt8](repeating: 32, count: 512 - text.count) + [1, 0, 2, 0])
    try convert("i.img o.img")
    let copy = try bytes("o.img")
    #expect(copy.count == 516 && copy.suffix(4) == [1, 0, 2, 0])
    let expected = Array("SIZE1=2;\nSIZE2=1;\nCOMMENT=a}b;\nPHI=3;\nUNIT=".utf8) + [0xC5] + Array(";\n}\u{0C}".utf8)
    #expect(Data(copy).range(of: Data(expected)) != nil, "\(String(decoding: copy.prefix(200), as: UTF8.self))")
  }

  /// A float that looks like the start of a PGM.
  @Test func aPixelIsNoSignature() throws {
    _ = try folder.file("p.bin", [0x50, 0x35, 0x80, 0x3F] + [UInt8](repeating: 0, count: 12))
    try convert("p.bin o.png")
  }
}
