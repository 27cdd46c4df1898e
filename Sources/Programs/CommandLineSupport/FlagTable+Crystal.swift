import FrameIO
import Physics
import VisibleText

extension FlagTable {
  /// Crystal options (docs/reference/10-command-line.md §3.1).
  static let crystal: [Flag] = crystalSize + shapes + spots

  private static let crystalSize: [Flag] = [
    .integer("-Na", "cells", "number of cells along a (default 1)", stops: true, drawn: "1..9 | 0 | 20..60") {
      $0.simulation.cellsA = $1
    },
    .integer("-Nb", "cells", "number of cells along b (default 1)", stops: true, drawn: "1..9 | 0 | 20..60") {
      $0.simulation.cellsB = $1
    },
    .integer("-Nc", "cells", "number of cells along c (default 1)", stops: true, drawn: "1..9 | 0 | 20..60") {
      $0.simulation.cellsC = $1
    },
    .integer(
      "-N", patterns: [.whole("-N")], "cells", "number of cells along a, b and c",
      drawn: "1..3 | 4..12 | 0 | 20..40"
    ) {
      $0.simulation.cellsA = $1
      $0.simulation.cellsB = $1
      $0.simulation.cellsC = $1
    },
    Flag(
      "-cell", values: "a b c alpha beta gamma",
      "unit cell, in Å and degrees; lengths left out repeat a, angles left out are 90",
      valueCount: { words in words.prefix(6).prefix { $0.first != "-" && NumberText.number($0) != nil }.count },
      drawn:
        "20...200*3 60...110*3 | 20...200*3 90*3 | 20...200*3 90 91...120 90 | 20...200*3 60*3 | 20...200*3 | 20...200"
    ) { request, values throws(RequestError) in
      guard !values.words.isEmpty else {
        throw RequestError(
          values.flag, "the cell is missing", remedy: "give up to six numbers: a b c (Å) alpha beta gamma (degrees)")
      }
      var cell = request.simulation.cell
      for index in values.words.indices {
        let value = try values.real(index)
        if index < cell.count { cell[index] = value } else { cell.append(value) }
      }
      request.simulation.cell = cell
    },
    Flag(
      "-misset", patterns: [.whole("-misset")], values: "x y z",
      "rotate the crystal about the laboratory axes, in degrees; or: -misset random",
      valueCount: { ($0.first.map { $0.containsText("rand") } ?? false) ? 1 : 3 },
      drawn: "-180...180*3 | 0 -30...30*2 | random"
    ) { request, values throws(RequestError) in
      if values.words[0].containsText("rand") {
        request.simulation.misset = .random
      } else {
        request.simulation.misset = .angles(
          Vector3(try values.real(0), try values.real(1), try values.real(2)))
      }
    },
    .real(
      "-samplesize -sample_size -xtalsize -xtal_size", "mm", "full width of the crystal; overrides -N",
      drawn: "1e-6~4e-5"
    ) {
      $0.simulation.sampleX = $1
      $0.simulation.sampleY = $1
      $0.simulation.sampleZ = $1
    },
    .real("-sample_thick -sample_x -xtal_thick -xtal_x", "mm", "width of the crystal along x", drawn: "1e-6~5e-5") {
      $0.simulation.sampleX = $1
    },
    .real(
      "-sample_width -sample_y -xtal_width -xtal_y -width", "mm", "width of the crystal along y", drawn: "1e-6~5e-5"
    ) {
      $0.simulation.sampleY = $1
    },
    .real(
      "-sample_height -sample_z -xtal_height -xtal_z -height -sample_heigh -xtal_heigh -heigh",
      patterns: ["-sample_heigh", "-sample_z", "-xtal_heigh", "-xtal_z", "-heigh"].map(Flag.Pattern.anywhere),
      "mm", "width of the crystal along z", drawn: "1e-6~5e-5"
    ) { $0.simulation.sampleZ = $1 },
    ineffective("-density", "-sample_den", "g/cm3", "density of the sample"),
    ineffective("-MW", "-molec", "g/mol", "molecular weight"),
    .file(
      "-mat", "orientation matrix in the style of MOSFLM: nine numbers, in units of 1/wavelength",
      drawn: "@matrix | @left"
    ) {
      $0.inputs.matrix = $1
    },
    .file("-hkl", "text file of h k l F", drawn: "@reflections | @narrow | @odd") { $0.inputs.reflections = $1 },
    .real(
      "-default_F", "electrons", "structure factor of all reflections not in the list (default 0)",
      drawn: "0.5...200 | -20...-1"
    ) {
      $0.simulation.defaultAmplitude = $1
    },
    .file("-dump", "reflection cache (default Fdump.bin)", role: .cache, drawn: "other.bin") { $0.inputs.cache = $1 },
    .real(
      "-mosaic -mosaicity -mosaic_spread",
      patterns: [.whole("-mosaic"), .anywhere("-mosaici"), .anywhere("-mosaic_spr")], "degrees",
      "half-angle of the cap of mosaic orientations (default 0)", drawn: "0.1...3 | 3...90 | 0 | -1...-0.1"
    ) { $0.simulation.mosaicSpread = $1 },
    .integer(
      "-mosaic_domains -mosaic_dom", patterns: [.anywhere("-mosaic_dom")], "n",
      "number of mosaic domains (default 10 with a spread)", drawn: "2..3 | 1 | 10..12 | 0 | -1"
    ) { $0.simulation.mosaicDomains = $1 },
  ]

  /// One option per shape.
  private static let shapes = CrystalShape.allCases.map { shape in
    Flag.switching(spelling(shape), shape.law.summary) { $0.simulation.shape = shape }
  }

  /// The spellings of the option of a shape. The reference program's names of the top hat do not end in `_xtal`.
  private static func spelling(_ shape: CrystalShape) -> String {
    shape == .topHat ? "-binary_spots -tophat_spots" : "-\(shape.rawValue)_xtal"
  }

  private static let spots: [Flag] = [
    .real("-fudge", "factor", "width of the round, Gaussian and top-hat spots (default 1)", drawn: "0.1...2 | 0") {
      $0.simulation.fudge = $1
    },
    .switching("-interpolate", "interpolate structure factors between reflections (default for N up to 2)") {
      $0.simulation.interpolate = true
    },
    .switching("-nointerpolate", "take the nearest reflection") { $0.simulation.interpolate = false },
  ]

  /// An option with one number, which the reference program reads without effect.
  private static func ineffective(_ name: String, _ synonym: String, _ label: String, _ summary: String) -> Flag {
    .real(
      "\(name) \(synonym)", patterns: [name == "-MW" ? .whole(name) : .anywhere(name), .anywhere(synonym)], label,
      summary + "; has no effect", drawn: "1...100"
    ) { request, _ in
      request.notes.append("\(name) has no effect (Q-50)")
    }
    .withoutEffect()
  }
}
