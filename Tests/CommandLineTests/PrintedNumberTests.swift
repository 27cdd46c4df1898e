import CommandLineSupport
import Foundation
import FrameIO
import Physics
import TestSupport
import Testing

/// Options and printed numbers at the limits of what they may be.
@Suite(.tags(.commandLine, .files)) struct PrintedNumberTests {
  private func parse(_ line: String, _ mode: Compatibility = .cParity) throws -> CommandLineRequest {
    try CommandLineParser(line.words, compatibility: mode).parse()
  }

  /// A photon energy is any number above 0.
  @Test func energiesAboveZero() throws {
    for mode in [Compatibility.cParity, .spec] {
      for (word, energy) in [("1", 1.0), ("0.5", 0.5), ("1e-300", 1e-300)] {
        let found = try parse("-energy \(word)", mode).simulation.wavelength
        #expect(found == .electronVolts(energy), "\(word)")
      }
      for word in ["0", "-0", "-1"] {
        let error = #expect(throws: RequestError.self) { _ = try parse("-energy \(word)", mode) }
        #expect(error?.subject == "-energy" && error?.value == word)
        #expect(error?.problem == "the energy must be positive")
      }
    }
  }

  /// In c-parity an argument that is a number of cells along one axis is not read as any later option.
  @Test func cellsAlongAnAxisEndTheSearch() throws {
    for name in ["-Na", "-Nb", "-Nc"] {
      let request = try parse("\(name)-nopgm 5")
      let (a, b, c) = (request.simulation.cellsA, request.simulation.cellsB, request.simulation.cellsC)
      let wanted: [Int?] = [name == "-Na" ? 5 : nil, name == "-Nb" ? 5 : nil, name == "-Nc" ? 5 : nil]
      #expect([a, b, c] == wanted, "\(name)")
      #expect(request.outputs.writesGreyMap, "\(name)")
      #expect(request.notes == ["\(name)-nopgm is read as \(name), as by the C program"])
    }
  }

  /// A corner in mm is divided by 1000, so that it is the double nearest to the number in m.
  @Test func cornersInMillimetresAreDivided() throws {
    for line in ["-pix0_vector_mm 9 13 18", "-pix0_vector 0.009 0.013 0.018"] {
      let corner = try parse(line).simulation.placement.position.corner
      #expect(corner == Vector3(0.009, 0.013, 0.018), "\(line)")
    }
  }

  /// Help and version are asked for apart; help comes first, and all other arguments are ignored.
  @Test func helpAndVersion() throws {
    let rows: [(line: String, help: Bool, version: Bool)] = [
      ("", false, false), ("--version", false, true), ("-N x --version", false, true), ("-h", true, false),
      ("--help", true, false), ("-help", true, false), ("--version -help", true, false),
    ]
    for row in rows {
      let request = try parse(row.line)
      #expect(request.wantsHelp == row.help && request.wantsVersion == row.version, "\(row.line)")
    }
  }

  /// Indices of a pixel are four characters wide, or as wide as they are.
  @Test func indicesOfPixelsAreFourWide() throws {
    let line = "-cell 50 -default_F 1 -N 1 -oversample 1 -detpixels_x 1001 -detpixels_y 1"
    let simulator = Simulator(try Experiment(command: line))
    let rendering = try simulator.render()
    let rows: [(fast: Int, start: String)] = [
      (0, "   0    0 : stol = "), (10, "  10    0 : stol = "), (999, " 999    0 : stol = "),
      (1000, "1000    0 : stol = "),
    ]
    for (fast, start) in rows {
      var found: PixelValues?
      simulator.forEachPixel(only: PixelIndex(slow: 0, fast: fast), of: rendering) { found = $0 }
      let values = try #require(found)
      #expect(Report.pixel(values, wavelength: 1e-10, steps: 1).hasPrefix(start), "\(fast)")
    }
  }

  /// The notes on a list of reflections are those of the request that is loaded.
  @Test func notesOnListsAreKept() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("a.hkl", "0 0 0 50\n1.0 0 0 60\n0 1 0 70\n")
    let wanted = try ReflectionFile.read(path, .cParity).notes
    let found = try parse("-cell 50 -hkl \(path)").loaded(clockSeed: 1).notes
    #expect(!wanted.isEmpty && found == wanted)
  }

  /// If a file cannot get its name, the others get none and are closed.
  @Test func nothingIsLeftIfTheFirstFileGetsNoName() throws {
    let folder = try TemporaryFolder()
    let inner = folder.url.appendingPathComponent("d")
    try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: true)
    let float = inner.appendingPathComponent("f.bin").path
    let file = try #require(try NamelessFile(for: float, flag: "-floatfile"))
    try FileManager.default.removeItem(at: inner)
    var files = OutputFiles()
    files.float = folder.url.appendingPathComponent("f.bin").path
    files.integer = folder.url.appendingPathComponent("i.img").path
    files.writesGreyMap = false
    files.writesNoise = false
    let experiment = try Experiment(command: "-cell 50 -default_F 1 -N 1 -oversample 1 -detpixels 4")
    let rendering = try Simulator(experiment).render()
    let images = OutputImages(files, of: experiment, rendering, written: file)
    let error = #expect(throws: RequestError.self) { _ = try images.write(threads: 1) }
    #expect(error?.subject == "-floatfile" && error?.value == float)
    #expect(error?.problem == "the file cannot be written: No such file or directory")
    let names = try folder.names
    #expect(names.isEmpty)
  }
}
