import CommandLineSupport
import Physics
import TestSupport
import Testing

/// How arguments are read.
@Suite(.tags(.commandLine), .generousTime) struct ParserTests {
  private func parse(_ arguments: String, _ compatibility: Compatibility = .cParity) throws -> CommandLineRequest {
    try CommandLineParser(arguments.words, compatibility: compatibility).parse()
  }

  private func refusal(_ arguments: String, _ compatibility: Compatibility = .cParity) -> String {
    do {
      _ = try parse(arguments, compatibility).experiment(clockSeed: 1)
      return "accepted"
    } catch {
      return "\(error)"
    }
  }

  /// Every documented spelling is an option, needs its values, and is accepted by both compatibilities.
  @Test(arguments: FlagTable.flags.flatMap(\.names))
  func everySpellingIsKnown(name: String) throws {
    let flag = try #require(FlagTable.flags.first { $0.names.contains(name) })
    if !flag.values.isEmpty, name != "--compat", name != "--phi-mode" {
      let text = refusal(name)
      #expect(text.contains("must follow") || text.contains("is missing"), "a missing last value is an error: \(text)")
    }
    let word = ["-pivot": "beam", "--compat": "spec", "--phi-mode": "spec"][name]
    let values = flag.values.map { _ in word ?? "5" }
    let isFile = flag.values == ["file"]
    guard !isFile else { return }
    for compatibility in [Compatibility.cParity, .spec] {
      #expect(throws: Never.self) { try CommandLineParser([name] + values, compatibility: compatibility).parse() }
    }
  }

  @Test func numbersAsTheCProgramReadsThem() throws {
    let request = try parse("-flux 1e18 -spindle_axis -1 0 -0.5 -Na 5.0 -detector_rotx -3 -misset 1 -2 .5")
    #expect(request.simulation.photons == [.flux(1e18)])
    #expect(request.simulation.placement.position.vectors[.spindle] == Vector3(-1, 0, -0.5))
    #expect(request.simulation.cellsA == 5)
    #expect(request.simulation.misset == .angles(Vector3(1, -2, 0.5)))
    #expect(request.notes.isEmpty)
    let truncated = try parse("-N 2.7")
    #expect(truncated.simulation.cellsA == 2 && truncated.notes.count == 1)
    #expect(try parse("-N 1e3").simulation.cellsA == 1, "atoi stops at the e")
    #expect(try parse("-N 1e3", .spec).simulation.cellsA == 1000)
    #expect(refusal("-N 2.7", .spec).contains("whole"))
  }

  @Test func laterOptionsWin() throws {
    #expect(try parse("-lambda 1 -lambda 2").simulation.wavelength == .angstroms(2))
    #expect(try parse("-nopolar -polar 0.5").simulation.noPolarization == false)
    #expect(try parse("-pgmfile a -nopgm").outputs.writesGreyMap == false)
    #expect(try parse("-nopgm -pgmscale 2").outputs.writesGreyMap == true)
    #expect(try parse("-nonoise -noisefile x").outputs.writesNoise == true)
    #expect(try parse("-gauss_xtal -square_xtal").simulation.shape == .square)
  }

  @Test func cellsOfFewerValues() throws {
    #expect(try parse("-cell 50 60 -N 3").simulation.cell == [50, 60])
    #expect(try parse("-cell 50 60 70 -cell 40").simulation.cell == [40, 60, 70], "unread values stay")
    #expect(refusal("-cell -N 3").contains("cell is missing"))
  }

  @Test func missetIsMatchedExactly() throws {
    let request = try parse("-misset random -misset_seed 5 -noprogress -nonoise")
    #expect(request.simulation.misset == .random && request.simulation.missetSeed == 5)
  }

  @Test func substringsInParityOnly() throws {
    let axis = try parse("-twotheta_axis 3 0 0")
    #expect(
      axis.simulation.placement.position.twoTheta == 3
        && axis.notes.contains { $0.contains("-twotheta_axis is also read as -twotheta") })
    #expect(try parse("-twotheta_axis 3 0 0", .spec).simulation.placement.position.twoTheta == nil)
    let long = try parse("--cell 50")
    #expect(long.simulation.cell == [50] && long.notes.count == 1)
    #expect(refusal("--cell 50", .spec).contains("did you mean -cell?"))
    let thick = try parse("-detector_thicksteps 3")
    #expect(thick.simulation.sensorLayers == 3 && thick.simulation.sensor.isEmpty)
    #expect(try parse("-oversample_thick").simulation.oversample == nil)
  }

  @Test(arguments: [
    ("-lamda 1", ["-lamda", "did you mean -lambda?"]), ("-distanse 5", ["did you mean -distance?"]),
    ("-polarization 1", ["-polarization", "no such option"]), ("-lambda", ["-lambda", "1 value must follow, 0 do"]),
    ("-lambda -distance 5", ["-lambda -distance", "the next argument is an option"]), ("-lambda one", ["not a number"]),
    ("-lambda 1.5A", ["-lambda 1.5A", "not a number"]), ("-lambda nan", ["not a number"]), ("-lambda inf", ["finite"]),
    ("-N 99999999999", ["too large"]),
    ("-pivot middle", ["-pivot middle", "sample or beam"]), ("stray", ["stray", "belongs to no option"]),
    ("-hkl -nonoise", ["-hkl", "the next argument is the option -nonoise"]),
    ("--compat c", ["--compat c", "c-parity or spec"]),
    ("-energy 0", ["-energy 0", "positive"]), ("-misset 1 2", ["-misset", "3 values must follow"]),
    ("-cell 0 0 0 90 90 90 -default_F 1", ["-cell", "positive"]), ("-cell 10 0 10 -default_F 1", ["-cell", "zero"]),
    ("-cell 50 60 70 10 20 170 -default_F 1", ["-cell", "imaginary"]),
    ("-cell 50 60 70 120 120 120 -default_F 1", ["-cell", "imaginary"]),
    ("-cell 50 -default_F 1 -detpixels -3", ["-detpixels", "-3", "pixels"]),
    ("-cell 50 -default_F 1 -detpixels 0", ["-detpixels", "no pixels"]),
    ("-cell 50 -default_F 1 -detsize 0.01", ["-detsize", "pixels"]),
    ("-cell 50 -default_F 1 -pixel 0", ["-pixel", "positive"]),
    ("-cell 50 -default_F 1 -lambda -1", ["-lambda", "positive"]), ("-cell 50 -default_F 1 -distance 0", ["-distance"]),
    ("-cell 50 -default_F 1 -mask /nonexistent", ["-mask /nonexistent", "cannot be read"]),
    ("-cell 50 -hkl /nonexistent", ["-hkl /nonexistent", "cannot be read"]),
    ("-cell 50 -default_F 1 -sourcefile /nonexistent", ["-sourcefile /nonexistent"]),
    ("-mat /nonexistent -default_F 1", ["-mat /nonexistent"]), ("-default_F 1", ["-cell", "no unit cell"]),
    ("-cell 50", ["-hkl", "no structure factors"]),
    ("-cell 50 -default_F 1 -beam_vector 0 -1 0", ["-oversample", "along the detector plane"]),
    ("-cell 50 -default_F 1 -stol /nonexistent", ["/nonexistent"]),
    ("-cell 50 -default_F 1 -hdivrange 1 -hdivstep 1e-12", ["-hdivrange", "steps"]),
    ("-cell 50 -default_F 1 -phisteps 2147483647", ["-phisteps", "not supported"]),
    ("-cell 50 -default_F 1 -mosaic 1 -mosaic_domains 200000000", ["-mosaic_domains"]),
    ("-cell 50 -default_F 1 -detector_thick 100 -thicksteps 2147483647", ["-thicksteps"]),
    ("-cell 50 -default_F 1 -osc 1 -phistep 1e-8", ["-phistep", "steps"]),
    ("-cell 50 -default_F 1 -divergence 1 -divsteps 100000", ["-hdivsteps", "points"]),
    ("-cell 50 -default_F 1 -dispersion 200", ["-dispersion", "wavelength 0"]),
    ("-cell 50 -default_F 1 -flux 1e10 -beamsize 0", ["-beamsize", "fluence"]),
    ("-cell 50 -default_F 1 -fudge -1 -round_xtal", ["-fudge"]), ("-detector_abs nan", ["-detector_abs nan"]),
    ("-cell 50 -default_F 1 -detpixels_x 100000 -detpixels_y 100000", ["2^30"]),
  ])
  func refusalsNameFlagValueAndRemedy(arguments: String, parts: [String]) {
    let text = refusal(arguments)
    for part in parts { #expect(text.contains(part), "\(text)") }
    #expect(text.contains(";"), "the remedy follows the problem")
  }

  @Test func unknownOptionsCanBeIgnored() throws {
    let request = try parse("--ignore-unknown -polarization 1 -N 3 stray")
    #expect(request.simulation.cellsA == 3 && request.notes.contains { $0.contains("-polarization is unknown") })
  }

  @Test(arguments: ["-help -foo", "-help -mask nope", "-cell 0 --help", "-lambda -h"])
  func helpWinsOverErrors(arguments: String) throws {
    #expect(try parse(arguments).wantsHelp)
  }

  @Test func bothDistancesGiveANote() throws {
    for (mode, winner) in [(Compatibility.cParity, "-close_distance"), (.spec, "-distance")] {
      let request = try parse("-cell 50 -default_F 1 -detpixels 4 -close_distance 90 -distance 100", mode)
      #expect(try request.experiment(clockSeed: 1).notes.contains { $0.hasPrefix("\(winner) wins") })
    }
  }

  @Test func helpNamesEveryOption() {
    for flag in FlagTable.flags {
      for name in flag.names {
        #expect(HelpText.full.contains(name))
        #expect(HelpText.markdown.contains("`\(name)`"))
      }
      #expect(!flag.summary.isEmpty)
    }
  }

  @Test func optionsWithoutEffectSaySo() throws {
    for arguments in ["-density 1", "-MW 1", "-coherent", "-dispstep 3", "-stolout file"] {
      #expect(try parse(arguments).notes.contains { $0.contains("no effect") })
    }
  }

  @Test func pixelOriginsSelectCustomAndSaySo() throws {
    let request = try parse("-pix0_vector_mm 1 2 3 -cell 100 -default_F 1")
    #expect(try request.experiment(clockSeed: 1).notes.contains { $0.contains("Q-12") })
    #expect(request.simulation.placement.lastConvention == .custom)
    #expect(request.simulation.placement.position.corner == Vector3(0.001, 0.002, 0.003))
  }
}
