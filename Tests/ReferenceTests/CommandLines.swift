import Foundation
import Physics
import PropertyTesting
import TestSupport

/// A command line, and the files that it names.
struct CommandLineCase: Sendable {
  /// The arguments, in the spelling of the reference program.
  var arguments: [String]
  /// Text files by name.
  var files: [String: String] = [:]
  /// The pixel to trace: slow, then fast.
  var pixel: [Int] = [0, 0]
}

extension Generator where Value == String {
  /// Decimals of a range: from one digit, which hits ties and whole numbers, to seventeen, which tell last bits apart.
  static func decimal(_ range: ClosedRange<Double>) -> Generator {
    zip(Generator<Double>.double(in: range), .element(of: [2, 1, 3, 4, 6, 15, 17])).map { value, digits in
      NumberText.text("%.\(digits)g", value)
    }
  }

  /// Decimals whose logarithm is uniform.
  static func logarithmic(_ range: ClosedRange<Double>) -> Generator {
    // The quotient of the ends may be too large for a number.
    zip(
      Generator<Double>.double(in: log10(range.lowerBound)...log10(range.upperBound)), .element(of: [2, 1, 4, 17])
    ).map { exponent, digits in NumberText.text("%.\(digits)g", pow(10, exponent)) }
  }

  /// Whole numbers as text.
  static func whole(_ range: ClosedRange<Int>) -> Generator { Generator<Int>.integer(in: range).map { "\($0)" } }
}

/// Options of the reference program with values for which it runs to the end, and quickly.
enum CommandLines {
  /// Command lines: a crystal, a small detector, and up to twelve further options in any order.
  static let all: Generator<CommandLineCase> = zip(
    crystal, detector, Generator<[[String]]>.options(option, 0...12), lists,
    zip(Generator<Int>.integer(in: 0...1), Generator<Int>.integer(in: 0...1))
  ).map { crystal, detector, options, lists, pixel in
    var arguments = ["-seed", "7"] + detector + crystal + options.flatMap { $0 }
    // As the last argument this one would be ignored without a follower.
    if arguments.last == "-curved_det" { arguments.append("-noprogress") }
    let files = lists.filter { arguments.contains($0.key) }
    return CommandLineCase(arguments: arguments, files: files, pixel: [pixel.0, pixel.1])
  }

  private static let number = Generator<String>.decimal(-180...180)

  private static func option(_ name: String, _ values: Generator<String>...) -> Generator<[String]> {
    Generator<[String]> { choices in
      var words = [name]
      for value in values { words.append(try value.generate(&choices)) }
      return words
    }
  }

  /// Names, each with or without values that all have in common.
  private static func options(_ names: String, _ values: Generator<String>...) -> Generator<[String]> {
    let names = Generator<String>.element(of: names.words)
    return Generator<[String]> { choices in
      var words = [try names.generate(&choices)]
      for value in values { words.append(try value.generate(&choices)) }
      return words
    }
  }

  private static func anyOf(_ parts: [Generator<[String]>]) -> Generator<[String]> {
    Generator<[String]> { choices in
      try parts[Int(try choices.draw(upTo: UInt64(parts.count - 1)))].generate(&choices)
    }
  }

  // MARK: What must be there

  private static let edge = Generator<String>.weighted((6, .decimal(20...200)), (1, .logarithmic(1e-3...1e4)))
  private static let angle = Generator<String>.weighted(
    (2, .element(of: ["90", "120", "60"])), (3, .decimal(60...110)))

  private static let crystal: Generator<[String]> = zip(
    anyOf([
      option("-cell", edge, edge, edge, angle, angle, angle), option("-cell", edge), option("-cell", edge, edge, edge),
      option("-cell", edge, edge, edge, .constant("90"), .constant("90"), .constant("90")),
      option("-mat", .element(of: ["a.mat", "left.mat"])),
      zip(option("-mat", .element(of: ["a.mat", "left.mat"])), option("-cell", edge, edge, edge)).map { $0 + $1 },
    ]),
    anyOf([
      option("-default_F", .decimal(0.5...200)), option("-hkl", .element(of: ["list.hkl", "odd.hkl"])),
      zip(option("-default_F", .decimal(-20...200)), option("-hkl", .element(of: ["list.hkl", "odd.hkl"]))).map {
        $0 + $1
      },
    ]),
    anyOf([
      option("-N", .whole(0...12)), option("-N", .whole(0...3)),
      zip(option("-Na", .whole(1...9)), option("-Nb", .whole(1...9)), option("-Nc", .whole(1...9))).map {
        $0 + $1 + $2
      },
    ])
  ).map { $0 + $1 + $2 }

  private static let detector: Generator<[String]> = zip(
    option("-detpixels", .whole(2...7)), option("-pixel", .decimal(0.05...0.6)),
    option("-distance", .decimal(20...400)),
    Generator<[String]>.weighted((6, option("-oversample", .whole(1...3))), (1, .constant([])))
  ).map { $0 + $1 + $2 + $3 }

  // MARK: What may be there

  private static let unit = Generator<String>.decimal(-1...1)
  private static let place = Generator<String>.decimal(-1...3)

  private static let geometry: [Generator<[String]>] = [
    options("-Xbeam -Ybeam -Xclose -Yclose", place), options("-ORGX -ORGY", .decimal(-3...12)),
    option("-pivot", .element(of: ["sample", "beam"])), options("-mosflm -xds -adxv -denzo -dials"),
    options("-mosflm -xds -adxv -denzo -dials"), options("-detector_rotx -detector_roty -detector_rotz", number),
    options("-detector_rotx -detector_roty -detector_rotz", .decimal(-30...30)),
    option("-twotheta", .decimal(-60...60)), option("-close_distance", .decimal(-20...300)),
    option("-distance", .decimal(-20...300)),
    options(
      "-fdet_vector -sdet_vector -odet_vector -beam_vector -polar_vector -spindle_axis -twotheta_axis", unit, unit, unit
    ),
    options(
      "-fdet_vector -sdet_vector -odet_vector -beam_vector -polar_vector -spindle_axis -twotheta_axis",
      .element(of: ["0", "1", "-1"]), .element(of: ["0", "1", "-1"]), .element(of: ["0", "1", "-1"])),
    option("-pix0_vector", unit, unit, unit), options("-detsize -detsize_f -detsize_s", .decimal(0.4...3)),
    options("-detpixels_x -detpixels_y -detpixels_f -detpixels_s", .whole(2...7)),
    option("-pixel", .decimal(0.3...0.6)), options("-curved_det -point_pixel"), options("-point_pixel"),
    option("-detector_abs", .weighted((3, .decimal(-100...900)), (1, .constant("inf")))),
    option("-detector_thick", .decimal(-10...900)), options("-detector_thicksteps -thicksteps", .whole(-1...4)),
    zip(option("-detector_thick", .decimal(1...900)), option("-detector_abs", .decimal(1...900))).map { $0 + $1 },
  ]

  private static let beam: [Generator<[String]>] = [
    options("-lambda -wave", .decimal(0.3...4)), option("-energy", .decimal(3000...30000)),
    option("-fluence", .weighted((3, .logarithmic(1...1e30)), (1, .decimal(-10...10)))),
    option("-flux", .logarithmic(1...1e20)), option("-exposure", .decimal(-1...10)),
    option("-beamsize", .weighted((3, .decimal(0.00001...0.2)), (1, .constant("-1")))), option("-polar", unit),
    option("-polar", unit),
    options("-nopolar -round_div -square_div"), option("-dispersion", .decimal(-1...20)),
    option("-dispsteps", .whole(-1...3)), options("-divergence -hdivrange -vdivrange", .decimal(-1...5)),
    options("-hdivstep -vdivstep", .decimal(0.7...3)), options("-divsteps -hdivsteps -vdivsteps", .whole(-1...3)),
    option("-sourcefile", .element(of: ["points.txt", "few.txt"])), option("-water", .decimal(0...40)),
    zip(option("-polar", unit), option("-polar_vector", unit, unit, unit)).map { $0 + $1 },
  ]

  private static let sampling: [Generator<[String]>] = [
    options("-oversample_thick -oversample_polar -oversample_omega"),
    options("-oversample_thick -oversample_polar -oversample_omega"),
    option("-roi", .whole(-1...3), .whole(-1...6), .whole(-1...3), .whole(-1...6)), option("-phi", number),
    option("-phi", .element(of: ["0", "-0.5", "1"])), option("-osc", .decimal(-1...5)),
    option("-phistep", .decimal(0.3...2)),
    option("-phisteps", .whole(-1...4)), option("-dmin", .logarithmic(1...300)),
    zip(option("-phi", .constant("0")), option("-osc", .decimal(0.1...3)), option("-phisteps", .whole(2...4))).map {
      $0 + $1 + $2
    },
    options("-mosaic -mosaicity -mosaic_spread", .decimal(-1...90)), option("-mosaic_domains", .whole(-1...3)),
    option("-mosaic_seed", .whole(1...100_000)),
    zip(option("-misset_seed", .whole(1...100_000)), option("-misset", .constant("random"))).map { $0 + $1 },
    option("-misset", number, number, number), option("-fudge", .decimal(0...2)),
    options("-round_xtal -square_xtal -gauss_xtal -binary_spots -tophat_spots"),
    options("-round_xtal -square_xtal -gauss_xtal -binary_spots -tophat_spots"), options("-interpolate -nointerpolate"),
    options("-samplesize -xtalsize", .decimal(1e-6...4e-5)),
    options("-sample_x -xtal_thick -sample_y -xtal_width -width -sample_z -xtal_heigh -height", .decimal(1e-6...5e-5)),
  ]

  /// Numbers of any magnitude, where conversions, limits and not-a-numbers show.
  private static let magnitude = Generator<String>.weighted(
    (3, .logarithmic(1e-300...1e300)), (2, .logarithmic(1e-12...1e12)), (1, .element(of: ["0", "-0", "1", "-1"])),
    (1, Generator<String>.logarithmic(1e-12...1e12).map { "-\($0)" }))

  private static let size = Generator<String>.weighted(
    (3, .logarithmic(1e-300...1e300)), (2, .logarithmic(1e-12...1e12)))

  private static let extremes: [Generator<[String]>] = [
    options(
      "-lambda -energy -distance -close_distance -fluence -flux -exposure -beamsize -water -dmin -fudge", magnitude),
    options(
      "-Xbeam -Ybeam -Xclose -Yclose -ORGX -ORGY -twotheta -detector_rotx -detector_roty -detector_rotz", magnitude),
    options("-polar -phi -mosaic -detector_abs -detector_thick -adc -scale -pgmscale -default_F", magnitude),
    options(
      "-fdet_vector -sdet_vector -odet_vector -beam_vector -polar_vector -spindle_axis -twotheta_axis", magnitude,
      magnitude, magnitude),
    option("-cell", size), option("-cell", size, size, size),
    option("-misset", magnitude, magnitude, magnitude),
    options("-N -Na -Nb -Nc", .whole(1...1_000_000)),
  ]

  private static let output: [Generator<[String]>] = [
    option("-adc", .decimal(-20...100)), option("-scale", .logarithmic(1e-3...1e4)),
    option("-pgmscale", .logarithmic(1e-3...1e4)), options("-nonoise -nopgm -printout -coherent"),
    option("-printout_pixel", .whole(-1...3), .whole(0...3)), option("-seed", .whole(1...100_000)),
    options("-density -MW", .decimal(1...100)), option("-img", .element(of: ["plain.img", "keys.img"])),
    option("-mask", .constant("mask.img")),
  ]

  private static let option = Generator<[String]>.weighted(
    (6, anyOf(geometry)), (4, anyOf(beam)), (5, anyOf(sampling)), (2, anyOf(output)), (1, anyOf(extremes)))
}

extension Generator where Value == [[String]] {
  fileprivate static func options(_ option: Generator<[String]>, _ count: ClosedRange<Int>) -> Generator {
    option.array(count)
  }
}
