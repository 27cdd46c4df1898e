import FrameIO
import Physics

extension FlagTable {
  /// Sampling options (docs/reference/10-command-line.md §3.4).
  static let sampling: [Flag] = [
    .switching("-oversample_thick", "absorption for every sub-pixel", stops: true) {
      $0.simulation.oversampleThick = true
    },
    .switching("-oversample_polar", "polarization for every sub-pixel", stops: true) {
      $0.simulation.oversamplePolar = true
    },
    .switching("-oversample_omega", "solid angle for every sub-pixel", stops: true) {
      $0.simulation.oversampleOmega = true
    },
    .integer(
      "-oversample", "n", "sub-pixels along each side of a pixel (default: by the size of the crystal)",
      drawn: "1 | 2..3 | 4..5"
    ) {
      $0.simulation.oversample = $1
    },
    Flag(
      "-roi", values: "xmin xmax ymin ymax",
      "render only these pixels, bounds included; a negative bound is the edge", drawn: "-1..3 -1..6 -1..3 -1..6"
    ) { request, values throws(RequestError) in
      var bounds: [Int] = []
      for index in 0..<4 { bounds.append(try values.integer(index, &request)) }
      request.simulation.region = PixelBounds(numbers: bounds)
    },
    .real(
      "-phi", patterns: [.whole("-phi")], "degrees", "start of the spindle rotation (default 0)",
      drawn: "-180...180 | 0 | 1"
    ) {
      $0.simulation.phi = $1
    },
    .real("-osc", "degrees", "range of the spindle rotation (default 0)", drawn: "0.1...5 | 0 | 360 | -1...-0.1") {
      $0.simulation.oscillation = $1
    },
    .real("-phistep", patterns: [.whole("-phistep")], "degrees", "step of the spindle rotation", drawn: "0.3...2 | 0") {
      $0.simulation.phiStep = $1
    },
    .integer(
      "-phisteps", "n", "number of spindle steps (default 2 with -osc)", drawn: "2..4 | 1 | 0 | -1 | 33000..40000"
    ) { $0.simulation.phiSteps = $1 },
    .real("-dmin", "Å", "leave out what scatters beyond this resolution (default: no limit)", drawn: "1~300") {
      $0.simulation.resolutionLimit = $1
    },
    .integer("-seed", "n", "seed of the noise (default: the time)", drawn: "1..100000") {
      $0.simulation.noiseSeed = $1
    },
    .integer("-mosaic_seed", "n", "seed of the mosaic domains (default 12345678)", drawn: "1..100000") {
      $0.simulation.mosaicSeed = $1
    },
    .integer("-misset_seed", "n", "seed of -misset random (default: the time)", drawn: "1..100000") {
      $0.simulation.missetSeed = $1
    },
  ]

  /// Options for files and messages (docs/reference/10-command-line.md §2 and §3.4).
  static let output: [Flag] = [
    .file("-img", "SMV or CBF image whose header sets the camera", drawn: "@header | @keys") { $0.inputs.header = $1 },
    .file("-mask", "SMV image whose zero pixels are left out; its header sets the camera, too", drawn: "@mask") {
      $0.inputs.mask = $1
    },
    .real("-adc", "counts", "offset of the 16-bit images (default 40)", drawn: "-20...100 | 0") {
      $0.outputs.offset = $1
    },
    .file("-floatfile -floatimage", "image of 32-bit floats (default floatimage.bin)", role: .output) {
      $0.outputs.float = $1
    },
    .file("-intfile -intimage", "16-bit image without noise (default intimage.img)", role: .output) {
      $0.outputs.integer = $1
    },
    .file("-pgmfile -pgmimage", "8-bit grey map (default image.pgm)", role: .output) {
      $0.outputs.greyMap = $1
      $0.outputs.writesGreyMap = true
    },
    .file("-noisefile -noiseimage", "16-bit image with photon noise (default noiseimage.img)", role: .output) {
      $0.outputs.noise = $1
      $0.outputs.writesNoise = true
    },
    .switching("-nonoise", "no noise image") { $0.outputs.writesNoise = false },
    .switching("-nopgm", "no grey map") { $0.outputs.writesGreyMap = false },
    .real("-scale", "factor", "scale of the integer image (default: maximum at 55000)", drawn: "1e-3~1e4") {
      $0.outputs.integerScale = $1
    },
    .real("-pgmscale", "factor", "scale of the grey map (default: by its rms deviation)", drawn: "1e-3~1e4") {
      $0.outputs.greyMapScale = $1
      $0.outputs.writesGreyMap = true
    },
    Flag("-printout_pixel", values: "fast slow", "print the values of one pixel", drawn: "0..3 0..3 | -1 0") {
      request, values throws(RequestError) in
      let fast = try values.integer(0, &request)
      let slow = try values.integer(1, &request)
      // A negative fast index means all pixels.
      request.printedPixel = fast < 0 ? nil : PixelIndex(slow: slow, fast: fast)
      request.printsPixels = true
    }
    .with(.report),
    .switching("-printout", "print the values of every pixel") { $0.printsPixels = true }.with(.report),
    .switching("-progress", "show progress (default on a terminal)") { $0.showsProgress = true }.with(.report),
    .switching("-noprogress", "do not show progress") { $0.showsProgress = false }.with(.report),
    .switching("-coherent", "has no effect") { $0.notes.append("-coherent has no effect (Q-50)") }.withoutEffect(),
    unused("-stol"), unused("-4stol"), unused("-Q"),
    .file("-stolout", "has no effect", role: .output) { request, _ in
      request.notes.append("-stolout has no effect: nothing is written (Q-50)")
    }
    .withoutEffect(),
  ]

  /// An option whose file is read and has no effect.
  private static func unused(_ name: String) -> Flag {
    .file(name, patterns: [.whole(name)], "structure factor curve; is read and has no effect", drawn: "@curve") {
      request, path in
      request.inputs.unused.append(path)
      request.notes.append("\(name) has no effect on the image (Q-50)")
    }
    .withoutEffect()
  }
}
