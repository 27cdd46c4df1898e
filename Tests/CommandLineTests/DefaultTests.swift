import CommandLineSupport
import FrameIO
import Physics
import TestSupport
import Testing

/// The defaults that the help names are those that hold.
@Suite(.tags(.commandLine), .generousTime) struct DefaultTests {
  @Test(
    "The help names the default that the request is resolved with",
    arguments: [
      ("-lambda", RequestDefaults.wavelength), ("-distance", RequestDefaults.distance),
      ("-pixel", RequestDefaults.pixelSize), ("-detsize", RequestDefaults.detectorSize),
      ("-beamsize", RequestDefaults.beamSize), ("-exposure", RequestDefaults.exposure),
      ("-Na", Double(RequestDefaults.cells)), ("-Nb", Double(RequestDefaults.cells)),
      ("-Nc", Double(RequestDefaults.cells)), ("-fudge", RequestDefaults.fudge),
      ("-mosaic_seed", Double(RequestDefaults.mosaicSeed)), ("-adc", OutputFiles().offset),
    ])
  func helpNamesTheDefault(option: String, value: Double) throws {
    let flag = try #require(FlagTable.flags.first { $0.names.contains(option) })
    let named = try #require(flag.summary.firstMatch(of: /\(default ([0-9.]+)\)/), "\(option) names no default")
    #expect(Double(named.1) == value, "\(option): \(flag.summary)")
  }

  @Test("The page docs/options.md is that of the table")
  func pageIsThatOfTheTable() throws {
    #expect(try PackageFolder.text("docs/options.md") == HelpText.markdown + "\n", "run make pages")
  }

  @Test("An option with the value of its default changes nothing")
  func givenDefaultsChangeNothing() throws {
    let base = "-cell 100 -default_F 100 -detpixels 8 -oversample 1"
    func image(_ more: String) throws -> FloatImage {
      let words = (base + " " + more).split(separator: " ").map(String.init)
      let experiment = try CommandLineParser(words).parse().experiment(clockSeed: 1)
      return try Simulator(experiment).render().image
    }
    let plain = try image("")
    #expect(plain.pixels.contains { $0 > 0 })
    for option in ["-lambda 1", "-distance 100", "-pixel 0.1", "-beamsize 0.1", "-exposure 1", "-N 1", "-fudge 1"] {
      #expect(try image(option) == plain, "\(option)")
    }
  }
}
