import CommandLineSupport
import Foundation
import FrameIO
import Physics
import TestSupport
import Testing

/// What options, notes and written files are to the letter.
@Suite(.tags(.commandLine, .files), .generousTime) struct CommandLineDetailTests {
  private static let plain = "-cell 50 -default_F 1 -N 1 -oversample 1"

  /// The images of a command line, rendered.
  private func images(_ more: String) throws -> OutputImages {
    let request = try CommandLineParser("\(Self.plain) \(more)".words).parse()
    let experiment = try request.experiment(clockSeed: 1)
    let rendering = try Simulator(experiment).render()
    return OutputImages(request.outputs, of: experiment, rendering)
  }

  /// An unknown option has no values: the next argument is an option of its own.
  @Test func anIgnoredOptionTakesNoArgument() throws {
    let request = try CommandLineParser("--ignore-unknown -polarization -N 3".words).parse()
    #expect(request.simulation.cellsA == 3)
    let twice = try CommandLineParser("--ignore-unknown -polarization -polarization -N 4".words).parse()
    #expect(twice.simulation.cellsA == 4)
  }

  @Test func theProblemAndTheRemedyKeepTheirPlaces() {
    let plain = RequestError(ExperimentError.distanceZero)
    #expect(plain.subject == "-distance" && plain.value == "0")
    #expect(plain.problem == "\(ExperimentError.distanceZero)")
    #expect(plain.remedy == "give it in mm")
    let worded = RequestError(ExperimentError.noCell)
    #expect(worded.problem == "no unit cell: neither -cell nor -mat was given")
    #expect(worded.remedy == "give -cell a b c alpha beta gamma, or -mat with an orientation matrix file")
  }

  /// A header whose beam centre is 20 and -30 mm in MOSFLM's terms, half a pixel of 0.1 mm from that in DENZO's terms.
  private func notes(denzoX: String, _ folder: TemporaryFolder) throws -> [String] {
    let keys = "DIM=2;\nSIZE1=8;\nSIZE2=8;\nPIXEL_SIZE=0.1;\nDISTANCE=100;\nBEAM_CENTER_X=20;\nBEAM_CENTER_Y=-30;\n"
    let header = "{\nHEADER_BYTES=512;\n\(keys)DENZO_X_BEAM=\(denzoX);\nDENZO_Y_BEAM=-29.95;\n}\u{0C}"
    let path = try folder.file("header.img", header.padding(toLength: 512, withPad: " ", startingAt: 0))
    return try Experiment(command: "\(Self.plain) -img \(path)").notes
  }

  /// The room for rounding is a share of the size of a coordinate, whatever its sign.
  @Test func aNegativeCentreThatAgreesIsNotNoted() throws {
    let notes = try notes(denzoX: "20.05", TemporaryFolder())
    #expect(!notes.contains { $0.contains("the beam is at") }, "\(notes)")
  }

  @Test func anotherCentreIsNotedWithBothCentresAndTheRemedy() throws {
    let folder = try TemporaryFolder()
    let notes = try notes(denzoX: "21", folder)
    let path = folder.url.appendingPathComponent("header.img").path
    let start = "-img \(path): the beam is at -29.95 20.05 mm (fast, slow), that of the image at -29.95 21: "
    let end = "BEAM_CENTER is read in terms of the convention in force; name the one of the image, or use --compat spec"
    #expect(notes.contains(start + end), "\(notes)")
  }

  @Test func theMaskFromMemoryIsTheMask() throws {
    var memory = MemoryInputs()
    memory.mask = (PixelMask(isComputed: [true, false, true, true]), fast: 2, slow: 2)
    let request = try CommandLineParser(Self.plain.words).parse()
    let simulation = try request.adding(memory).simulation
    #expect(simulation.mask?.isComputed == [true, false, true, true])
  }

  /// An image of 64 MiB, 16 MiB beside it, and 10 MiB for each of 2^26 threads: no machine addresses so much.
  @Test func memoryIsThatOfTheImageAndOfTheThreads() throws {
    var outputs = OutputFiles()
    outputs.writesGreyMap = false
    outputs.writesNoise = false
    let files = outputs
    let experiment = try Experiment(command: "\(Self.plain) -detpixels 4096")
    let error = #expect(throws: RequestError.self) { try experiment.checkMemory(files, threads: 1 << 26) }
    #expect(error?.problem == "there is no memory for it: 671088720 MiB are needed")
  }

  @Test func theFloatImageIsNotScaled() throws {
    let numbers = try images("-detpixels 2 -nonoise -nopgm").file(.float).numbers
    #expect(numbers.0 == 1 && numbers.1 == 0)
  }

  /// Two images that go to one pipe, larger than what a pipe holds, while nobody reads yet.
  @Test func aPipeGetsOneImageAfterTheOther() throws {
    let folder = try TemporaryFolder()
    let pipe = Pipe()
    var files = OutputFiles()
    files.float = "/dev/fd/\(pipe.fileHandleForWriting.fileDescriptor)"
    files.integer = files.float
    files.writesGreyMap = false
    files.writesNoise = false
    let experiment = try Experiment(command: "\(Self.plain) -detpixels 200")
    let rendering = try Simulator(experiment).render()
    let images = OutputImages(files, of: experiment, rendering)
    let wanted: [UInt8] = images.file(.float).bytes + images.file(.integer).bytes
    let reader = Process()
    reader.executableURL = URL(fileURLWithPath: "/bin/sh")
    let target = folder.url.appendingPathComponent("all").path
    reader.arguments = ["-c", "sleep 0.05; head -c \(wanted.count) > \"$0\"", target]
    reader.standardInput = pipe.fileHandleForReading
    try reader.run()
    _ = try images.write(threads: 2)
    reader.waitUntilExit()
    try pipe.fileHandleForWriting.close()
    let found = try Array(folder.data("all"))
    let isSame = found == wanted
    #expect(isSame)
  }

  /// The beam meets the edge of the first row, so that its slow coordinate is a negative zero.
  @Test func theHeaderOfTheNoiseImageHasNoNegativeZero() throws {
    let images = try images("-detpixels 4 -seed 1 -denzo -Xbeam 0 -Ybeam -10 -detector_roty 5")
    let integer = String(decoding: images.file(.integer).bytes.prefix(600), as: UTF8.self)
    #expect(integer.contains("DENZO_X_BEAM=-0;\n"))
    let noise = String(decoding: images.file(.noise).bytes.prefix(600), as: UTF8.self)
    #expect(noise.contains("DENZO_X_BEAM=0;\n"))
  }

  /// Weights lie halfway between two printed numbers: counts are multiplied in the order of the C program.
  @Test(arguments: [
    ("82.9724543704218", "189596"), ("86.43803697211528", "197515"), ("89.90361957380873", "205434"),
    ("96.83478477719564", "221272"), ("110.6971151839694", "252948"), ("131.49061079413013", "300462"),
  ])
  func countsAreMultipliedFromTheLeft(edge: String, weight: String) throws {
    let counts = "-Na 1000000007 -Nb 1999999943 -Nc 2147483647"
    let line = "-cell 51 62 \(edge) 90 90 90 \(counts) -default_F 1 -detpixels 1 -oversample 1"
    let request = try CommandLineParser(line.words).parse()
    let text = Report.setUp(try request.experiment(clockSeed: 1), request, cache: nil)
    #expect(text.contains("\napproximate MW = \(weight)\n"))
  }

  /// Values of sin θ/λ lie halfway between two printed numbers: λ is multiplied by 1e10, as in the C program.
  @Test func wavelengthsAreConvertedByAProduct() throws {
    let simulator = Simulator(try Experiment(command: "\(Self.plain) -detpixels 4"))
    let rendering = try simulator.render()
    var found: PixelValues?
    simulator.forEachPixel(only: PixelIndex(slow: 1, fast: 3), of: rendering) { found = $0 }
    let values = try #require(found)
    let place = values.position
    let radius = (place.y * place.y + place.z * place.z).squareRoot()
    let angle = atan2(radius, place.x)
    let sine = sin(angle / 2.0)
    var told = 0
    for border in 0..<40 {
      let middle = (100_000.5 + 7919.0 * Double(border)) * 1e-9
      var wavelength = sine / middle / 1e10
      for _ in 0..<6 { wavelength = wavelength.nextDown }
      for _ in 0..<13 {
        let wanted = NumberText.text("%g", sine / (wavelength * 1e10))
        let other = NumberText.text("%g", sine / (wavelength / 1e-10))
        if wanted != other {
          told += 1
          let text = Report.pixel(values, wavelength: wavelength, steps: 1)
          #expect(text.contains(" or \(wanted)\n"))
        }
        wavelength = wavelength.nextUp
      }
    }
    #expect(told > 0, "some number tells the two ways apart")
  }
}
