import Foundation
import Physics
import PropertyTesting

extension RelationTable {
  /// The mean of images.
  static func mean(_ images: ArraySlice<FloatImage>) -> [Double] {
    guard let first = images.first else { return [] }
    return first.pixels.indices.map { index in
      images.reduce(0) { $0 + Double($1.pixels[index]) } / Double(images.count)
    }
  }

  // MARK: Averages

  static let averages = [
    Relation(
      "phi-steps-average", "the image of a rotation is the mean of those of its steps",
      because: "I is a sum over the steps, divided by their number", options: ["-phi", "-osc", "-phisteps"],
      scene: { "-phi \(draw(1...60, &$0)) -osc \(draw(0.3...4, &$0)) -phisteps \(2 + $0.next() % 3)" },
      others: { scene in
        scene.experiment.sampling.phi.map { angle in
          scene.line.without("-osc", "-phisteps").setting("-phi", number(angle * 180 / .pi))
        }
      },
      expected: { _, images in mean(images.dropFirst()) }),
    Relation(
      "domains-average", "the image of a mosaic crystal is the mean of those of its domains",
      because: "I is a sum over the domains, divided by their number", options: ["-mosaic", "-mosaic_domains", "-mat"],
      scene: { "-mosaic \(draw(0.2...3, &$0)) -mosaic_domains \(2 + $0.next() % 3)" },
      others: { scene in
        scene.experiment.crystal.domains.map { domain in
          spelledOut(scene) { domain * $0 }.without("-mosaic", "-mosaic_domains")
        }
      },
      expected: { _, images in mean(images.dropFirst()) }),
    Relation(
      "wavelengths-average", "the image of a spectrum is the mean of those of its wavelengths",
      because: "I is a sum over the sources, divided by their number", options: ["-dispersion", "-dispsteps"],
      scene: { "-oversample 1 -dispersion \(draw(0.3...5, &$0)) -dispsteps \(2 + $0.next() % 2)" },
      others: { scene in
        scene.experiment.beam.sources.map { source in
          scene.line.without("-dispersion", "-dispsteps").setting("-lambda", number(source.wavelength * 1e10))
        }
      },
      expected: { scene, images in mean(images.dropFirst()) }),
    Relation(
      "sources-average", "the image of several sources is the mean of those of each",
      because: "I is a sum over the sources, divided by their number; P is that of the first source",
      .within { _ in 0.01 }, options: ["-sourcefile"],
      scene: { _ in "-oversample 1" },
      lines: { scene in
        var random = scene.random
        let places = (0..<3).map { _ in
          "-10 \(draw(-0.04...0.04, &random)) \(draw(-0.04...0.04, &random)) 1 \(number(scene.experiment.beam.wavelength))\n"
        }
        return ([places] + places.map { [$0] }).map { list in
          var line = scene.line.adding("-sourcefile list.txt")
          line.files["list.txt"] = Data(list.joined().utf8)
          return line
        }
      },
      expected: { _, images in mean(images.dropFirst()) }),
    Relation(
      "divergence-is-its-sources", "a divergence is the list of its sources", because: "both are points of the source",
      options: ["-hdivrange", "-vdivrange", "-sourcefile"],
      scene: {
        "-oversample 1 -hdivrange \(draw(0.5...5, &$0)) -hdivsteps 2 -vdivrange \(draw(0.5...5, &$0)) -vdivsteps 2"
      },
      others: { scene in
        var line = scene.line.without("-hdivrange", "-hdivsteps", "-vdivrange", "-vdivsteps").adding(
          "-sourcefile list.txt")
        line.files["list.txt"] = Data(
          scene.experiment.beam.sources.map {
            // A position ten metres away, as the direction points to the sample.
            ($0.position.components.map(number) + ["1", number($0.wavelength)]).joined(separator: " ") + "\n"
          }.joined().utf8)
        return [line]
      }),
    Relation(
      "misset-is-a-matrix", "a misset is the matrix of the turned crystal", because: "both give the reciprocal vectors",
      options: ["-misset", "-mat"],
      scene: { _ in "-cell 60 70 80 90 90 90" }, others: { [spelledOut($0)] }),
  ]

  // MARK: The same bytes

  static let sameBytes = [
    Relation(
      "run-again", "the same command gives the same image again", because: "nothing is random but the noise",
      .sameBytes,
      scene: { _ in "-mosaic 1 -mosaic_domains 3 -phi 5 -osc 1 -phisteps 2" }, others: { [$0.line, $0.line] },
      expected: { _, images in
        images[0].pixels.indices.map {
          Double(images[1].pixels[$0] == images[0].pixels[$0] ? images[2].pixels[$0] : images[1].pixels[$0])
        }
      }),
    Relation(
      "order-of-options", "options that set different things may come in any order",
      because: "each sets its own variables",
      .sameBytes,
      scene: { _ in "-mosaic 1 -mosaic_domains 2 -phi 5 -osc 1 -polar 0.5" },
      others: { scene in
        var (random, line) = (scene.random, scene.line)
        line.uses = Array(Dictionary(line.uses.map { ($0.name, $0) }) { $1 }.values).sorted { $0.name < $1.name }
        line.uses.shuffle(using: &random)
        return [line]
      }),
    Relation(
      "spellings", "options with several spellings have one meaning", because: "docs/options.md", .sameBytes,
      options: ["-wavelength", "-mosaicity", "-detpixels_x"],
      scene: { "-mosaic \(draw(0.2...3, &$0)) -mosaic_domains 2" },
      others: { scene in
        [
          JudgedLine(
            uses: scene.line.uses.map {
              .init(["-lambda": "-wave", "-mosaic": "-mosaici", "-pixel": "-pixel"][$0.name] ?? $0.name, $0.values)
            })
        ]
      }),
    Relation(
      "cells-along-each-axis", "-N sets the cells along all three axes", because: "docs/options.md", .sameBytes,
      options: ["-Na", "-Nb", "-Nc"],
      others: { scene in
        let count = scene.line.values("-N")?.first ?? "1"
        return [scene.line.without("-N").adding("-Na \(count) -Nb \(count) -Nc \(count)")]
      }),
    Relation(
      "pixels-along-each-axis", "-detpixels sets the pixels along both axes", because: "docs/options.md", .sameBytes,
      options: ["-detpixels_f", "-detpixels_s"],
      others: { scene in
        let count = scene.line.values("-detpixels")?.first ?? "1"
        return [scene.line.without("-detpixels").adding("-detpixels_f \(count) -detpixels_s \(count)")]
      }),
    Relation(
      "defaults", "defaults that are spelled out change nothing", because: "docs/options.md", .sameBytes,
      options: ["-fudge", "-polar", "-mosflm", "-phi", "-twotheta"],
      others: {
        [
          $0.line.adding(
            "-mosflm -fudge 1 -polar 0 -phi 0 -twotheta 0 -detector_rotx 0 -detector_roty 0 -detector_rotz 0 -square_xtal"
          )
        ]
      }),
    Relation(
      "noise-seed", "the seed of the noise leaves the float image as it is", because: "the noise is drawn after it",
      .sameBytes, options: ["-seed"],
      others: { [$0.line.adding("-seed 1"), $0.line.adding("-seed 12345")] },
      expected: { _, images in
        images[0].pixels.indices.map {
          Double(images[1].pixels[$0] == images[0].pixels[$0] ? images[2].pixels[$0] : images[1].pixels[$0])
        }
      }),
    Relation(
      "mosaic-seed", "the same seed gives the same domains", because: "the default seed is 12345678", .sameBytes,
      options: ["-mosaic_seed", "-mosaic"],
      scene: { _ in "-mosaic 1 -mosaic_domains 4" }, others: { [$0.line.adding("-mosaic_seed 12345678")] }),
    Relation(
      "output-options", "options for other files leave the float image as it is", because: "it is written first",
      .sameBytes, options: ["-adc", "-scale", "-nonoise", "-nopgm"],
      others: { [$0.line.adding("-adc 10 -scale 2 -nonoise -nopgm")] }),
  ]

  // MARK: Limits

  static let limits = [
    Relation(
      "resolution-limit", "a resolution limit leaves a pixel as it is, or blank",
      because: "it removes steps; there is one",
      options: ["-dmin"], scene: { _ in "-oversample 1" },
      lines: { [$0.line.adding("-dmin 8"), $0.line] },
      expected: { _, images in
        zip(images[0].pixels, images[1].pixels).map { own, full in own == 0 ? 0 : Double(full) }
      }),
    Relation(
      "mask", "a mask leaves out what it masks, and nothing else", because: "a pixel does not depend on others",
      options: ["-mask"],
      lines: { scene in
        let count = scene.experiment.detector.fastPixels
        var line = scene.line.adding("-mask mask.img")
        line.files["mask.img"] = mask(scene, count) { $0 % 3 == 0 ? 0 : 1 }
        var open = scene.line.adding("-mask open.img")
        open.files["open.img"] = mask(scene, count) { _ in 1 }
        return [line, open]
      },
      expected: { _, images in
        images[1].pixels.enumerated().map { $0 % 3 == 0 ? 0 : Double($1) }
      }),
    Relation(
      "oversampling-converges", "more sub-pixels change the image less and less, and its scale not at all",
      because:
        "the mean of M² sub-pixels is the midpoint rule; Ω and P are those of the first sub-pixel, which moves by px/4 and px/8",
      .within { _ in 0 }, options: ["-oversample"],
      scene: { _ in "-N 1 -oversample 4" },
      lines: { scene in ["4", "1", "2"].map { scene.line.setting("-oversample", $0) } },
      expected: { scene, images in
        let curvature = pow(value(scene, "-pixel") / value(scene, "-distance"), 2)
        return images[0].pixels.indices.map { index in
          let (four, one, two) = (
            Double(images[0].pixels[index]), Double(images[1].pixels[index]), Double(images[2].pixels[index])
          )
          // The midpoint rule's error falls to a quarter, that of the first sub-pixel to a half; half as much again is
          // allowed, and a second order of px/D, as the two may cancel in 1 − 2.
          let allowed = 0.75 * abs(one - two) + curvature * abs(two)
          return min(max(four, two - allowed), two + allowed)
        }
      }),
    Relation(
      "no-absorption", "a sensor that absorbs nothing is none",
      because: "an infinite attenuation depth means no absorption",
      options: ["-detector_thick", "-detector_abs"],
      others: { [$0.line.adding("-detector_abs inf")] }),
  ]

  private static func mask(_ scene: Relation.Scene, _ count: Int, _ pixel: (Int) -> UInt8) -> Data {
    let keys =
      "{\nHEADER_BYTES=512;\nDIM=2;\nBYTE_ORDER=little_endian;\nTYPE=unsigned_short;\nSIZE1=\(count);\nSIZE2=\(count);\n"
      + "PIXEL_SIZE=0.1;\n}\u{0C}"
    return Data((keys + String(repeating: " ", count: 512 - keys.utf8.count)).utf8)
      + Data((0..<count * count).flatMap { [pixel($0), 0] })
  }
}
