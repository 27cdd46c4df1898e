import PropertyTesting

/// A command line about a detector, a beam and a rotation whose numbers have seven digits, the last a five: headers have
/// six, so that the last bit of a number in between decides about the sixth.
struct RandomCamera {
  private var random: SplitMix64
  private(set) var words = ["-default_F", "1", "-N", "1", "-cell", "50", "60", "70", "80", "90", "100"]

  /// The line with a number.
  init(_ number: Int) {
    random = SplitMix64(state: 20_261_130_000 + UInt64(number))
    words += ["-detpixels_f", "\(whole(1...9))", "-detpixels_s", "\(whole(1...9))", "-oversample", "1"]
    add("-pixel", digits(whole(0...1) == 0 ? 1 : 0))
    add("-lambda", digits(0))
    words +=
      ["-mosflm", "-xds", "-adxv", "-denzo", "-dials"].randomElement(using: &random).map { [$0] } ?? []
    add(whole(0...2) == 0 ? "-close_distance" : "-distance", digits(3))
    centre()
    for option in ["-twotheta", "-detector_rotx", "-detector_roty", "-detector_rotz"] where whole(0...2) == 0 {
      add(option, (whole(0...1) == 0 ? "-" : "") + digits(2))
    }
    if whole(0...1) == 0 { add("-phi", digits(whole(1...3))) }
    if whole(0...1) == 0 { add("-osc", digits(whole(0...3))) }
    if whole(0...3) == 0 { words += ["-detector_thick", digits(3), "-detector_abs", digits(3)] }
    if whole(0...3) == 0 { add("-polar", digits(0)) }
    if whole(0...3) == 0 { words += ["-spindle_axis", digits(0), digits(0), "-" + digits(0)] }
  }

  private mutating func centre() {
    let options = [[], ["-Xbeam", "-Ybeam"], ["-ORGX", "-ORGY"], ["-Xclose", "-Yclose"]].randomElement(using: &random)
    for option in options ?? [] { add(option, digits(option.hasPrefix("-ORG") ? 4 : 3)) }
  }

  private mutating func whole(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

  private mutating func add(_ option: String, _ value: String) { words += [option, value] }

  /// A number of seven digits, so many of them in front of the point, that ends with a five.
  private mutating func digits(_ front: Int) -> String {
    let all = "\(whole(100_000...999_999))5"
    return (front == 0 ? "0" : String(all.prefix(front))) + "." + all.dropFirst(front)
  }
}
