import Physics
import PropertyTesting
import TestSupport

/// A command line with options of all kinds and numbers in general positions, for a detector of some hundred pixels.
struct RandomLine {
  private var random: SplitMix64
  private var words: [String] = []

  /// The line with a number.
  init(_ number: Int) {
    random = SplitMix64(state: 20_261_129_000 + UInt64(number))
    crystal()
    amplitudes()
    beam()
    detector()
    sampling()
  }

  /// The line; the structure factors are those of a list.
  func text(list: String) -> [String] { words.map { $0 == "HKL" ? list : $0 } }

  // MARK: Draws

  private mutating func number(_ range: ClosedRange<Double>) -> String {
    "\(range.lowerBound + (range.upperBound - range.lowerBound) * Double(random.next() >> 11) * 0x1p-53)"
  }

  private mutating func whole(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

  /// True once in so many lines.
  private mutating func once(in count: Int) -> Bool { whole(1...count) == 1 }

  private mutating func add(_ option: String, _ values: String...) { words += [option] + values }

  private mutating func addOne(of options: String...) { words += options[whole(0...options.count - 1)].words }

  private mutating func addVector(_ option: String, _ x: Double, _ y: Double, _ z: Double) {
    words += [option] + [x, y, z].map { number($0 - 0.1...$0 + 0.1) }
  }

  /// A polarization axis that is another whenever it is normalised once more, as one in fifty is.
  private mutating func addUnsteadyAxis() {
    for _ in 0..<400 {
      let numbers = [number(-0.5...0.5), number(0.5...1), number(-0.5...0.5)]
      let axis = Vector3(Double(numbers[0])!, Double(numbers[1])!, Double(numbers[2])!).normalized
      guard !Formulas<Double>.PolarizationAxis(axis).isSteady else { continue }
      words += ["-polar_vector"] + numbers
      return
    }
  }

  // MARK: Parts

  private mutating func crystal() {
    let lengths = (0..<3).map { _ in number(20...120) }
    let isOblique = !once(in: 4)
    add("-cell", lengths[0], lengths[1], lengths[2])
    words += (0..<3).map { _ in isOblique ? number(72...112) : "90" }
    if !once(in: 6) { add("-misset", number(-180...180), number(-180...180), number(-180...180)) }
    for option in ["-Na", "-Nb", "-Nc"] { add(option, "\(once(in: 9) ? whole(100...2000) : whole(1...9))") }
    addOne(of: "", "", "-round_xtal", "-gauss_xtal", "-tophat_spots", "-binary_spots")
    if once(in: 3) { add("-fudge", number(0.4...1.9)) }
    if once(in: 8) { words += ["-sample_x", number(1e-5...9e-5), "-sample_y", number(1e-5...9e-5)] }
    if once(in: 3) {
      words += ["-mosaic", number(0.1...3), "-mosaic_domains", "\(whole(2...4))", "-mosaic_seed", "\(whole(1...99))"]
    }
  }

  private mutating func amplitudes() {
    if once(in: 4) { addOne(of: "-hkl HKL -interpolate", "-hkl HKL -nointerpolate", "-hkl HKL -default_F 7.3") }
    if !words.contains("HKL") { add("-default_F", number(3...300)) }
    if once(in: 3) { add("-water", number(1...90)) }
  }

  private mutating func beam() {
    let (hasEnergy, wavelength) = (once(in: 5), number(0.7...1.9))
    if hasEnergy { add("-energy", number(7000...15000)) } else { add("-lambda", wavelength) }
    if once(in: 4) { words += ["-dispersion", number(0.3...4), "-dispsteps", "\(whole(1...3))"] }
    if once(in: 4) { words += ["-hdivrange", number(0.3...5), "-hdivsteps", "\(whole(1...3))"] }
    if once(in: 5) { words += ["-vdivrange", number(0.3...5), "-vdivstep", number(1...2)] }
    if once(in: 6) { addOne(of: "-round_div", "-square_div") }
    if once(in: 2) { add("-polar", number(-1...1)) } else { addOne(of: "", "-nopolar", "-polar 1", "-polar -1") }
    if once(in: 3) { addUnsteadyAxis() }
    if once(in: 3) { add("-fluence", number(1e10...1e20)) }
    if once(in: 7) {
      words += ["-flux", number(1e9...1e12), "-exposure", number(0.1...3), "-beamsize", number(0.05...0.3)]
    }
  }

  private mutating func detector() {
    addOne(of: "", "-mosflm", "-xds", "-adxv", "-denzo", "-dials")
    words += ["-detpixels_f", "\(whole(5...19))", "-detpixels_s", "\(whole(4...13))", "-pixel", number(0.4...1.3)]
    add(once(in: 3) ? "-close_distance" : "-distance", number(30...120))
    if once(in: 2) {
      words += ["-Xbeam", number(1...9), "-Ybeam", number(1...9)]
    } else if once(in: 3) {
      words += ["-Xclose", number(1...9), "-Yclose", number(1...9)]
    }
    for option in ["-detector_rotx", "-detector_roty", "-detector_rotz"] where once(in: 3) {
      add(option, number(-20...20))
    }
    if once(in: 4) { add("-twotheta", number(-40...40)) }
    if once(in: 6) { addOne(of: "-curved_det", "-point_pixel") }
    if once(in: 7) {
      addVector("-fdet_vector", 1, 0, 0)
      addVector("-sdet_vector", 0, -1, 0)
      addVector("-odet_vector", 0, 0, 1)
      addVector("-beam_vector", 0, 0, 1)
    }
    if once(in: 8) { addVector("-spindle_axis", 0.1, 1, 0) }
    if once(in: 2) {
      words += ["-detector_thick", number(90...700), "-detector_abs", number(100...900)]
      add("-detector_thicksteps", "\(once(in: 2) ? 1 : whole(2...5))")
    }
    if once(in: 5) { words += ["-roi", "1", "\(whole(2...4))", "\(whole(0...1))", "\(whole(2...3))"] }
  }

  private mutating func sampling() {
    add("-oversample", "\(once(in: 2) ? 1 : whole(2...3))")
    for option in ["-oversample_omega", "-oversample_polar", "-oversample_thick"] where once(in: 4) {
      words.append(option)
    }
    if once(in: 2) { words += ["-phi", number(-90...90), "-osc", number(0.1...5), "-phisteps", "\(whole(1...4))"] }
    if once(in: 5) { add("-dmin", number(1.2...6)) }
    words = words.filter { !$0.isEmpty }
  }
}
