import Foundation
import FrameIO
import Physics
import PropertyTesting
import TestSupport
import Testing

private let forAll = PropertyFamily("PropertyTests/ConversionProperties.swift")

/// A number of the command line on its way into SI units, and another form of the same conversion, which rounds
/// otherwise.
private struct Conversion: Sendable, CustomTestStringConvertible {
  /// The option, and options that it needs.
  let option: String
  /// The values it takes.
  let range: ClosedRange<Double>
  /// The conversion of the reference program.
  let exact: @Sendable (Double) -> Double
  /// A form that gives other last bits.
  let other: @Sendable (Double) -> Double
  /// Where the number ends up.
  let read: @Sendable (Experiment) -> Double

  var testDescription: String { option }
}

/// The degrees in a radian, as 180·(1/π).
private let degrees = 180.0 * 0.318309886183790671538

/// Conversions of units, one by one, held to the last bit (docs/reference/00-overview.md §3): each over decimals that
/// tell its form from another.
@Suite(.tags(.commandLine, .property), .generousTime) struct ConversionProperties {
  private static let all: [Conversion] =
    lengths.map { option, range, read in
      Conversion(option: option, range: range, exact: { $0 / 1000 }, other: { $0 * 0.001 }, read: read)
    }
    + angles.map { option, read in
      Conversion(
        option: option, range: 3...85, exact: { $0 / degrees }, other: { $0 * (Double.pi / 180) }, read: read)
    } + [
      Conversion(
        option: "-water", range: 0.1...900, exact: { $0 / 1e6 }, other: { $0 * 1e-6 },
        read: { $0.crystal.waterThickness }),
      Conversion(
        option: "-dmin", range: 0.5...900, exact: { $0 * 1e-10 }, other: { $0 / 1e10 },
        read: { $0.sampling.resolutionLimit }),
      Conversion(
        option: "-lambda", range: 0.3...4, exact: { $0 / 1e10 }, other: { $0 * 1e-10 }, read: { $0.beam.wavelength }),
      Conversion(
        option: "-energy", range: 3000...30000, exact: { (12398.42 / $0) / 1e10 }, other: { 12398.42e-10 / $0 },
        read: { $0.beam.wavelength }),
      Conversion(
        option: "-detector_thick", range: 1...900, exact: { $0 * 1e-6 }, other: { $0 / 1e6 },
        read: { $0.detector.sensor.thickness }),
      Conversion(
        option: "-detector_thick 100 -detector_abs", range: 1...900, exact: { 1 / ($0 * 1e-6) }, other: { 1e6 / $0 },
        read: { $0.detector.sensor.attenuation }),
      Conversion(
        option: "-dispersion", range: 0.01...50, exact: { $0 / 100 }, other: { $0 * 0.01 },
        read: { $0.beam.grid.dispersion.range }),
      Conversion(
        option: "-flux 3e12 -exposure 0.7 -beamsize", range: 0.001...9,
        exact: { 3e12 * 0.7 / ($0 / 1000) / ($0 / 1000) }, other: { 3e12 * 0.7 / (($0 / 1000) * ($0 / 1000)) },
        read: { $0.beam.fluence }),
      Conversion(
        option: "-pixel 0.172 -ORGX", range: 0...40, exact: { ($0 - 0.5) * (0.172 / 1000) },
        other: { $0 * (0.172 / 1000) - 0.5 * (0.172 / 1000) }, read: { $0.detector.quotedNearPoint.fast }),
    ]

  /// Lengths in mm.
  private static let lengths: [(String, ClosedRange<Double>, @Sendable (Experiment) -> Double)] = [
    ("-distance", 1...900, { $0.detector.pose.closeDistance }),
    ("-close_distance", 1...900, { $0.detector.pose.closeDistance }),
    ("-pixel", 0.05...2, { $0.detector.pixelSize }), ("-Xbeam", 0.01...90, { $0.detector.quotedCentre.fast }),
    ("-Ybeam", 0.01...90, { $0.detector.quotedCentre.slow }),
    ("-Xclose", 0.01...90, { $0.detector.quotedNearPoint.fast }),
    ("-Yclose", 0.01...90, { $0.detector.quotedNearPoint.slow }),
    ("-divergence", 0.01...90, { $0.beam.grid.horizontal.range }),
    ("-vdivrange", 0.01...90, { $0.beam.grid.vertical.range }),
    ("-hdivsteps 2 -hdivstep", 0.01...90, { $0.beam.grid.horizontal.step }),
  ]

  /// Angles in degrees.
  private static let angles: [(String, @Sendable (Experiment) -> Double)] = [
    ("-phi", { $0.sampling.phiStart }), ("-osc", { $0.sampling.phiTable.range }),
    ("-osc 9 -phisteps 2 -phistep", { $0.sampling.phiTable.step }), ("-mosaic", { $0.crystal.mosaicSpread }),
    ("-twotheta", { $0.detector.twoTheta }), ("-misset 0 0", { $0.crystal.misset?.z ?? .nan }),
    ("-cell 50 60 70 89 91", { $0.crystal.cell?.gamma ?? .nan }),
  ]

  @Test("The unit of an option is converted to the last bit", arguments: ConversionProperties.all.indices)
  func conversion(index: Int) {
    let conversion = Self.all[index]
    forAll(
      "the unit of \(conversion.option) is converted to the last bit", .decimal(in: conversion.range),
      require: [.atLeast(5, "tells the forms apart")]
    ) { check, text in
      // XDS: no rotation, no shift of the centre, the near point as given.
      let request = "-default_F 1 -cell 50 -detpixels 4 -oversample 1 -N 3 -xds \(conversion.option) \(text)"
      let experiment = try experiment(request)
      let value = try check.some(Double(text), "a number")
      check.label("tells the forms apart", conversion.exact(value) != conversion.other(value))
      try check.identical(conversion.read(experiment), conversion.exact(value), "\(conversion.option) \(text)")
    }
  }

  /// A header's numbers go the same ways; the vertical centre of a mask is counted from the far edge.
  @Test("The units of image headers are converted to the last bit") func unitsOfHeaders() {
    let numbers = Generator<String>.decimal(in: 0.1...50).array(6...6)
    forAll(
      "the units of image headers are converted to the last bit", numbers, .bool,
      require: [.atLeast(50, "tells the forms apart")]
    ) { check, numbers, isMask in
      let values = try numbers.map { try check.some(Double($0), "a number") }
      let keys =
        "SIZE1=9;\nSIZE2=7;\nPIXEL_SIZE=\(numbers[0]);\nDISTANCE=\(numbers[1]);\nWAVELENGTH=\(numbers[2]);\n"
        + "BEAM_CENTER_X=\(numbers[3]);\nBEAM_CENTER_Y=\(numbers[4]);\nPHI=\(numbers[5]);\n"
      let text = "{\nHEADER_BYTES=512;\nDIM=2;\nBYTE_ORDER=little_endian;\n\(keys)}\u{0C}"
      let header = try SMVHeader(
        Array(text.utf8) + [UInt8](repeating: 32, count: 512 - text.utf8.count), path: "a.img", flag: "-img", .cParity)
      var request = SimulationRequest.minimal
      request.place(.convention(.xds))
      request.apply(header, isMask: isMask, .cParity)
      let found = try Experiment(resolving: request, compatibility: .cParity)
      let pixel = values[0] / 1000
      check.label("tells the forms apart", values.contains { $0 / 1000 != $0 * 0.001 })
      try check.identical(found.detector.pixelSize, pixel)
      try check.identical(found.detector.pose.closeDistance, values[1] / 1000)
      try check.identical(found.beam.wavelength, values[2] / 1e10)
      try check.identical(found.detector.quotedCentre.fast, values[3] / 1000)
      let slow = isMask ? pixel * 7 - values[4] / 1000 : values[4] / 1000
      try check.identical(found.detector.quotedCentre.slow, slow)
      try check.identical(found.sampling.phiStart, values[5] / degrees)
    }
  }

  /// A crystal whose size is a whole number of cells but for the last bit: the ceiling of the quotient tells.
  @Test("The number of cells is the ceiling of the size over the length of the vector") func crystalSizes() {
    forAll(
      "the number of cells is the ceiling of the size over the length of the vector", .integer(in: 1...400),
      .decimal(in: 20...90), require: [.atLeast(5, "tells the forms apart")]
    ) { check, cells, edge in
      let length = try check.some(Double(edge), "a number")
      let size = NumberText.text("%.15g", length * Double(cells) * 1e-7)
      let experiment = try experiment(
        "-default_F 1 -cell \(edge) -detpixels 4 -oversample 1 -misset 5 -8 13 -beamsize -1 -xtalsize \(size)")
      let metres = try check.some(Double(size), "a number") / 1000
      let a = experiment.crystal.lattice.direct.a.length
      check.label("tells the forms apart", (metres / a).rounded(.up) != (metres / (length * 1e-10)).rounded(.up))
      try check.identical(experiment.crystal.form.cells.x, max((metres / a).rounded(.up), 1))
    }
  }
}

extension Generator where Value == String {
  /// Decimals of a range, with few digits and with many.
  static func decimal(in range: ClosedRange<Double>) -> Generator {
    zip(Generator<Double>.double(in: range, edges: false), .element(of: [3, 2, 5, 17])).map { value, digits in
      NumberText.text("%.\(digits)g", value)
    }
  }
}
