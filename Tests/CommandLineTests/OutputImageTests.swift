import CommandLineSupport
import Foundation
import FrameIO
import Physics
import TestSupport
import Testing

/// Images with the lines about them: what is written of them, and what is left if one cannot be written.
@Suite(.tags(.commandLine, .files), .generousTime) struct OutputImageTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func path(_ name: String) -> String { folder.url.appendingPathComponent(name).path }

  /// The images of a command line, rendered.
  private func images(_ more: String) throws -> OutputImages {
    let line = "-cell 50 -default_F 1 -N 1 -oversample 1 \(more)"
    let request = try CommandLineParser(line.words).parse()
    let experiment = try request.experiment(clockSeed: 1)
    let rendering = try Simulator(experiment).render()
    return OutputImages(request.outputs, of: experiment, rendering)
  }

  /// The numbers of an image of counts are its scale and 0; those of the noise image are its photons and overloads.
  @Test func numbersAndLinesOfImages() throws {
    let images = try images("-detpixels 2 -scale 2 -pgmscale 3 -seed 1")
    let (integer, map, noise) = (images.file(.integer), images.file(.greyMap), images.file(.noise))
    #expect(integer.numbers.0 == 2 && integer.numbers.1 == 0)
    #expect(integer.remark == "intfile_scale = 2\nwriting intimage.img as 2-byte integers\n")
    #expect(map.numbers.0 == 3 && map.numbers.1 == 0)
    #expect(map.remark == "pgm_scale = 3\nwriting image.pgm as 1-byte integers\n")
    let photons = NumberText.text("%.0f", noise.numbers.0)
    let lines = "\(photons) photons on noise image (0 overloads)\nwriting noiseimage.img as 2-byte integers\n"
    #expect(noise.numbers.1 == 0 && noise.remark == lines)
    let names = [integer.usualName, map.usualName, noise.usualName]
    #expect(names == ["intimage.img", "image.pgm", "noiseimage.img"])
  }

  /// An image of 40,000 pixels is made in two parts. The lines about the files and the size of the header are those of
  /// the images.
  @Test func allPartsOfAnImageAreWritten() throws {
    let files = "-floatfile \(path("f.bin")) -intfile \(path("i.img")) -pgmfile \(path("g.pgm"))"
    let images = try images("-detpixels 200 -nonoise \(files)")
    let (float, integer, map) = (images.file(.float), images.file(.integer), images.file(.greyMap))
    for threads in [1, 2] {
      let (remarks, headerSize) = try images.write(threads: threads)
      let isFloat = try Array(folder.data("f.bin")) == float.bytes
      let isInteger = try Array(folder.data("i.img")) == integer.bytes
      let isMap = try Array(folder.data("g.pgm")) == map.bytes
      #expect(isFloat && isInteger && isMap)
      #expect(remarks == integer.remark + map.remark)
      #expect(headerSize == 512 && integer.bytes.count == 512 + 80_000)
    }
  }

  /// A header of more than 512 bytes ends with its text, in c-parity.
  @Test func theSizeOfALongHeader() throws {
    let camera = "-pixel 0.123456789 -lambda 0.97654321 -distance 123.456789 -twotheta 7.65432 -ORGX 3.21234"
    let angles = "-detector_rotx 1.23456 -detector_roty 3 -phi 12.3456 -osc 0.123456 -ORGY 4.12345"
    let files = "-floatfile \(path("f.bin")) -intfile \(path("i.img")) -nonoise -nopgm"
    let images = try images("-detpixels 8 \(camera) \(angles) \(files)")
    let bytes = images.file(.integer).bytes
    let headerSize = try images.write(threads: 1).headerSize
    #expect(headerSize > 512 && headerSize == bytes.count - 128)
    #expect(bytes.firstIndex(of: 12) == headerSize - 1)
  }

  /// If an image cannot be written, nothing is left of those that could be, and no file stays open.
  @Test func nothingIsLeftIfAnImageCannotBeWritten() throws {
    let files = "-floatfile \(path("f.bin")) -intfile /dev/full -pgmfile \(path("g.pgm"))"
    let images = try images("-detpixels 4 -nonoise \(files)")
    let error = #expect(throws: RequestError.self) { _ = try images.write(threads: 2) }
    #expect(error?.subject == "-intfile" && error?.value == "/dev/full")
    #expect(error?.problem == "the file cannot be written: No space left on device")
    let names = try folder.names
    #expect(names.isEmpty && !folder.hasOpenFile)
  }
}

/// Lines about the crystal where numbers underflow or lie between two that are printed.
@Suite(.tags(.commandLine, .crystal)) struct CrystalReportTests {
  /// The lines about a set-up.
  private func report(_ cell: String, _ mode: Compatibility = .cParity) throws -> [String] {
    let line = "-cell \(cell) -default_F 1 -N 1 -detpixels 1 -oversample 1"
    let request = try CommandLineParser(line.words, compatibility: mode).parse()
    let text = Report.setUp(try request.experiment(clockSeed: 1), request, cache: nil)
    return text.split(separator: "\n").map { String($0) }
  }

  /// The volume of a cell of 2^-400, 2^-401 and 2^-402 Å underflows and is taken as 2^-1022 Å³, so that a* is
  /// 2^(1022 - 803) /Å, b* twice, c* four times as long, and the sines are 2^181. The last cosine has the misprint of
  /// the C program.
  @Test func sinesBeyondOneArePrinted() throws {
    let (sine, cosine) = ("3.064991081731777716716694e+54", "-6.12323399573676603586882e-17")
    let wanted = [
      "sin(alpha_star) = \(sine)", "cos(alpha_star) = \(cosine)", "sin(beta_star)  = \(sine)",
      "cos(beta_star)  = \(cosine)", "sin(gamma_star) = \(sine)", "cos9gamma_star) = \(cosine)",
    ]
    let lines = try report("0x1p-400 0x1p-401 0x1p-402")
    let place = lines.firstIndex { $0.hasPrefix("XDS incident beam: ") } ?? 0
    let found = Array(lines.dropFirst(place + 1).prefix(7))
    #expect(Array(found.prefix(6)) == wanted)
    #expect(found.last?.hasPrefix("Unit Cell: ") == true)
    let usual = try report("50 60 70")
    #expect(!usual.contains { $0.hasPrefix("sin") || $0.hasPrefix("cos") })
  }

  /// Weights lie between two printed numbers, a bit before or behind the middle: edges are multiplied from the left, as
  /// in the C program.
  @Test func edgesAreMultipliedFromTheLeft() throws {
    let rows: [(cell: String, weight: String)] = [
      ("51 62 380.785866388861", "870111"), ("47 62 116.28116577616646", "244868"),
      ("37 62 206.64653546708666", "342573"), ("51 62 340.27369154305137", "777540"),
    ]
    for row in rows {
      let lines = try report("\(row.cell) 90 90 90")
      #expect(lines.contains("approximate MW = \(row.weight)"), "\(row.cell)")
    }
  }

  /// Angles are doubles: the nearest float to 100.0004998° would be printed as 100.001.
  @Test func anglesAreDoubles() throws {
    let rows: [(angles: String, wanted: String)] = [
      ("100.0004998 90 90", "100 90 90"), ("90 100.0004998 90", "90 100 90"), ("90 90 100.0004998", "90 90 100"),
      ("90 90 100.0005002", "90 90 100.001"),
    ]
    for row in rows {
      for mode in [Compatibility.cParity, .spec] {
        let lines = try report("50 60 70 \(row.angles)", mode)
        #expect(lines.contains("Unit Cell: 50 60 70 \(row.wanted)"), "\(row.angles)")
      }
    }
  }
}
