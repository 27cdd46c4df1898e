import Foundation
import Physics
import PropertyTesting

/// All relations, by what they are about.
package enum RelationTable {
  package static let all: [Relation] = scale + geometry + crystal + averages + sameBytes + limits

  static func number(_ value: Double) -> String { NumberText.text("%.17g", value) }

  /// A number of the scene's line.
  static func value(_ scene: Relation.Scene, _ option: String) -> Double {
    scene.line.values(option)?.first.flatMap(NumberText.number) ?? 0
  }

  static func draw(_ range: ClosedRange<Double>, _ random: inout SplitMix64) -> String {
    NumberText.text("%.3g", Double.random(in: range, using: &random))
  }

  /// A line that holds the orientation of the scene's crystal in a matrix file.
  static func spelledOut(
    _ scene: Relation.Scene, _ change: (Vector3) -> Vector3 = { $0 }, order: [Int] = [0, 1, 2]
  ) -> JudgedLine {
    let star = scene.experiment.crystal.lattice.reciprocal
    let vectors = order.map { change([star.a, star.b, star.c][$0]) }
    // The file has the vectors, in 1/Å, times the wavelength in Å, as columns.
    let wavelength = scene.experiment.beam.wavelength * 1e10
    let rows = (0..<3).map { row in
      vectors.map { number($0.components[row] * wavelength) }.joined(separator: " ") + "\n"
    }
    var line = scene.line.without("-cell", "-misset").adding("-mat a.mat")
    line.files["a.mat"] = Data(rows.joined().utf8)
    return line
  }

  // MARK: Scales

  static let scale = [
    Relation(
      "quadratic-in-F", "twice the structure factor gives four times the intensity",
      because: "I ∝ F², and powers of two are exact in floating point", options: ["-default_F"],
      others: { [$0.line.setting("-default_F", number(2 * value($0, "-default_F")))] },
      expected: { _, images in images[1].pixels.map { Double($0) / 4 } }),
    Relation(
      "linear-in-fluence", "twice the fluence gives twice the intensity", because: "I ∝ Φ", options: ["-fluence"],
      scene: { "-fluence \(draw(1e20...1e30, &$0))" },
      others: { [$0.line.setting("-fluence", number(2 * value($0, "-fluence")))] },
      expected: { _, images in images[1].pixels.map { Double($0) / 2 } }),
    Relation(
      "flux", "flux times exposure over the beam's area is the fluence", because: "Φ = flux · t / size²",
      options: ["-flux", "-exposure", "-beamsize", "-fluence"],
      scene: { "-flux \(draw(1e10...1e15, &$0)) -exposure \(draw(0.1...10, &$0)) -beamsize 1" },
      others: { scene in
        let fluence = value(scene, "-flux") * value(scene, "-exposure") / 1e-6
        return [scene.line.without("-flux", "-exposure").setting("-fluence", number(fluence))]
      }),
    Relation(
      "background-adds", "the image with water is the image without it plus the water alone",
      because: "the pixel is P Ω (Σ + I_bg) times a constant, and Σ vanishes with F", options: ["-water"],
      scene: { "-fluence 1e24 -water \(draw(0.1...5, &$0)) -oversample 1" },
      others: { [$0.line.without("-water"), $0.line.setting("-default_F", "1e-15")] },
      expected: { _, images in zip(images[1].pixels, images[2].pixels).map { Double($0) + Double($1) } }),
    Relation(
      "lengths-doubled", "a detector twice as large, twice as far away, has the same image",
      because: "directions are the same, and Ω = px² cos/R² has no length", options: ["-distance", "-pixel"],
      others: {
        [
          $0.line.setting("-distance", number(2 * value($0, "-distance")))
            .setting("-pixel", number(2 * value($0, "-pixel")))
        ]
      }),
    Relation(
      "wavelength-and-cell-doubled", "twice the wavelength and a cell twice as large give the same image",
      because: "h = a·(d − i)/λ has no length", options: ["-lambda", "-cell"],
      others: { scene in
        let cell = scene.line.values("-cell") ?? []
        var line = scene.line.setting("-lambda", number(2 * value(scene, "-lambda")))
        for index in line.uses.indices where line.uses[index].name == "-cell" {
          line.uses[index].values =
            cell.prefix(3).map { number(2 * (NumberText.number($0) ?? 0)) } + cell.dropFirst(3)
        }
        return [line]
      }),
    Relation(
      "energy", "the energy of a wavelength gives the image of the wavelength", because: "λ = 12398.42 eV Å / E",
      .within { _ in 1e-9 }, options: ["-energy"],
      others: { [$0.line.without("-lambda").setting("-energy", number(12398.42 / value($0, "-lambda")))] }),
  ]

  // MARK: Geometry

  static let geometry = [
    Relation(
      "region-is-a-crop", "a region of interest has the pixels of the whole image",
      because: "a pixel does not depend on others", options: ["-roi"],
      others: { [$0.line.adding("-roi 1 2 0 2")] },
      expected: { _, images in
        // Outside the region the image of the region is 0.
        images[0].pixels.indices.map { index in
          let (slow, fast) = (index / images[0].fastPixels, index % images[0].fastPixels)
          let isInside = slow <= 2 && (1...2).contains(fast)
          return isInside
            ? Double(images[1].pixels[index]) : images[1].pixels[index] == 0 ? Double(images[0].pixels[index]) : .nan
        }
      }),
    Relation(
      "half-detectors", "two half detectors make the whole one",
      because: "a pixel's place follows from its distance to the origin of the near point",
      options: ["-ORGX", "-detpixels_f"],
      scene: { "-xds -ORGX \(draw(0...5, &$0)) -ORGY \(draw(0...5, &$0))" },
      others: { scene in
        let count = scene.experiment.detector.fastPixels
        let left = scene.line.without("-detpixels").adding("-detpixels_s \(count) -detpixels_f \(count / 2)")
        return [left, left.setting("-ORGX", number(value(scene, "-ORGX") - Double(count / 2)))]
      },
      expected: { _, images in
        (0..<images[0].slowPixels).flatMap { slow in
          images.dropFirst().flatMap { image in (0..<image.fastPixels).map { Double(image[slow: slow, fast: $0]) } }
        }
      }),
    Relation(
      "everything-turned", "one rotation of beam, detector, crystal and polarization leaves the image as it is",
      because: "all laws are of scalar products",
      options: ["-mat", "-fdet_vector", "-sdet_vector", "-odet_vector", "-beam_vector", "-polar_vector"],
      lines: { scene in
        var random = scene.random
        let axis = Vector3(
          0.1 + Double.random(in: 0...1, using: &random), 0.3, Double.random(in: -1...1, using: &random)
        )
        .normalized
        let angle = Double.random(in: 0...3, using: &random)
        return [0, angle].map { turned in
          func turn(_ v: Vector3) -> Vector3 { Rotation.aboutAxis(v, axis: axis, angle: turned) }
          func words(_ option: String, _ v: Vector3) -> String {
            "\(option) " + turn(v).components.map(number).joined(separator: " ")
          }
          return spelledOut(scene, turn).adding(
            [
              words("-beam_vector", Vector3(1, 0, 0)), words("-fdet_vector", Vector3(0, 0, 1)),
              words("-sdet_vector", Vector3(0, -1, 0)), words("-odet_vector", Vector3(1, 0, 0)),
              words("-polar_vector", Vector3(0, 0, 1)), words("-spindle_axis", Vector3(0, 0, 1)), "-pivot sample",
            ].joined(separator: " "))
        }
      }),
    Relation(
      "sub-pixels", "sub-pixels sum like finer pixels",
      because:
        "both evaluate the same points; one takes Ω and P of the first sub-pixel for all, which differ by a few px/D",
      .within { 6 * value($0, "-pixel") / value($0, "-distance") }, options: ["-oversample", "-pixel"],
      scene: { _ in "-xds -oversample 2" },
      others: { scene in
        let count = scene.experiment.detector.fastPixels
        return [
          scene.line.setting("-pixel", number(value(scene, "-pixel") / 2)).setting("-oversample", "1")
            .setting("-detpixels", "\(2 * count)")
        ]
      },
      expected: { scene, images in
        let count = scene.experiment.detector.fastPixels
        return (0..<count * count).map { index in
          let (slow, fast) = (index / count, index % count)
          return [(0, 0), (0, 1), (1, 0), (1, 1)].reduce(0.0) { sum, part in
            sum + Double(images[1][slow: 2 * slow + part.0, fast: 2 * fast + part.1])
          }
        }
      }),
  ]

  // MARK: Crystal

  static let crystal = [
    Relation(
      "axes-renamed", "the names of the crystal's axes do not matter",
      because: "the lattice factor is a product over the axes", options: ["-mat", "-Na", "-Nb", "-Nc"],
      scene: { "-Na \(2 + $0.next() % 4) -Nb \(2 + $0.next() % 4) -Nc \(2 + $0.next() % 4)" },
      lines: { scene in
        let cells = ["-Na", "-Nb", "-Nc"].map { scene.line.values($0)?.first ?? "1" }
        return [[0, 1, 2], [1, 2, 0]].map { order in
          spelledOut(scene, order: order).setting("-Na", cells[order[0]]).setting("-Nb", cells[order[1]])
            .setting("-Nc", cells[order[2]])
        }
      }),
    Relation(
      "inverted", "a crystal and its inverse have the same image",
      because: "Friedel's law: F(−h) = F(h), and F_latt is even",
      options: ["-mat"],
      lines: { scene in [spelledOut(scene), spelledOut(scene, { -$0 })] }),
    Relation(
      "list-of-one-amplitude", "a list with one amplitude gives the image of that amplitude everywhere",
      because: "every reflection has the amplitude", options: ["-hkl", "-default_F"],
      scene: { _ in "-nointerpolate" },
      others: { scene in
        let amplitude = number(value(scene, "-default_F"))
        var line = scene.line.adding("-hkl one.hkl")
        line.files["one.hkl"] = Data(
          (-2...2).flatMap { h in (-2...2).map { k in "\(h) \(k) 0 \(amplitude)\n" } }.joined().utf8)
        return [line]
      }),
    Relation(
      "one-domain", "a single mosaic domain is the crystal at rest", because: "the first domain is not turned",
      options: ["-mosaic", "-mosaic_domains"],
      others: { [$0.line.adding("-mosaic 2 -mosaic_domains 1")] }),
    Relation(
      "polarization-bounds", "the polarization factor of an unpolarized beam is between ½ and 1",
      because: "P = (1 + cos² 2θ)/2", .within { _ in 0 }, options: ["-nopolar"],
      others: { [$0.line.adding("-nopolar")] },
      expected: { _, images in
        // The closest value within the bounds.
        zip(images[0].pixels, images[1].pixels).map { own, full in
          min(max(Double(own), Double(full) / 2), Double(full))
        }
      }),
  ]
}
