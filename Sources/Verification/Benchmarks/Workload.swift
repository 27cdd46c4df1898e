import Foundation
import Provenance
import Subprocesses

/// A command line whose processor time is measured.
public struct Workload: Sendable {
  /// Its short name.
  public let name: String
  /// The workload in a few words.
  public let summary: String
  /// The number of steps: evaluations of one source, phi step, mosaic domain and sub-pixel. Nil if the steps do not
  /// dominate the time.
  public let steps: Int?
  /// The aimed ratio of processor times, C program over Swift program, one thread each.
  public let goal: Double
  private let words: [String]
  private let input: Input?

  /// A file that is made for a workload.
  private enum Input {
    /// A list of all reflections with indices in a range.
    case list(ClosedRange<Int>)
    /// The reflection cache of a list of all reflections with indices in a range.
    case cache(ClosedRange<Int>)
  }

  private init(
    _ name: String, _ summary: String, steps: Int? = nil, goal: Double, _ arguments: String, input: Input? = nil
  ) {
    (self.name, self.summary, self.steps, self.goal, self.input) = (name, summary, steps, goal, input)
    words = arguments.split(separator: " ").map(String.init)
  }

  private static let triclinic =
    "-cell 70 80 90 75 85 95 -default_F 100 -N 20 -lambda 1 -distance 100 -detpixels 1024 -pixel 0.1 -oversample 1 "
    + "-nointerpolate"
  private static let cube = "-cell 100 100 100 90 90 90 -default_F 100 -N 5 -distance 100 -nointerpolate"
  private static let tiny = cube + " -oversample 1 -lambda 6.2 -detpixels 16 -pixel 0.1"
  private static let domains = triclinic + " -mosaic 0.5 -mosaic_dom 5"

  /// The workloads.
  public static let all = [
    Workload(
      "W1", "2463 x 2527 pixels, 10 phi steps", steps: 62_240_010, goal: 28,
      "-cell 26.7514 31.31 33.6734 88.687 71.5295 68.1375 -misset 12 34 56 -default_F 100 -nointerpolate -oversample 1 "
        + "-exposure 1 -flux 1e18 -beamsize 1 -distance 231.27466 -lambda 0.9768 -pixel 0.172 -detpixels_x 2463 "
        + "-detpixels_y 2527 -Na 36 -Nb 47 -Nc 29 -osc 0.1 -phi 0 -phisteps 10"),
    Workload(
      "W2", "25 mosaic domains, 4 phi steps", steps: 104_857_600, goal: 27,
      triclinic + " -mosaic 0.5 -mosaic_dom 25 -phi 0 -osc 1 -phisteps 4"),
    Workload(
      "W3", "a single step", steps: 1_048_576, goal: 9, cube + " -oversample 1 -lambda 6.2 -detpixels 1024 -pixel 0.1"),
    Workload(
      "W4", "tricubic interpolation, 121^3 reflections", steps: 1_048_576, goal: 11,
      "-cell 100 100 100 90 90 90 -N 5 -lambda 1 -distance 100 -detpixels 512 -pixel 0.1 -oversample 2 -interpolate",
      input: .list(-60...60)),
    Workload(
      "W5", "65 sources", steps: 17_039_360, goal: 18,
      cube + " -oversample 1 -lambda 1 -hdivrange 1 -hdivsteps 5 -vdivrange 1 -vdivsteps 5 -dispersion 1 -dispsteps 5 "
        + "-detpixels 512 -pixel 0.2"),
    Workload("W6square", "5 domains", steps: 5_242_880, goal: 22, domains),
    Workload("W6round", "5 domains, round", steps: 5_242_880, goal: 17, domains + " -round_xtal"),
    Workload("W6gauss", "5 domains, Gaussian", steps: 5_242_880, goal: 18, domains + " -gauss_xtal"),
    Workload("W6tophat", "5 domains, top hat", steps: 5_242_880, goal: 12, domains + " -tophat_spots"),
    Workload(
      "W7", "4 x 4 sub-pixels, 5 layers", steps: 83_886_080, goal: 16,
      cube + " -oversample 4 -lambda 6.2 -detpixels 1024 -pixel 0.1 -detector_abs 500 -detector_thick 450 "
        + "-detector_thicksteps 5"),
    Workload("W8a", "16 x 16 pixels", goal: 1, tiny),
    Workload("W8b", "the same, a list of 10^6 reflections", goal: 12, tiny, input: .list(-50...49)),
    Workload("W8c", "the same from the cache", goal: 1, tiny, input: .cache(-50...49)),
  ]

  /// The workloads that need no input file and whose time is dominated by steps.
  public static let plain = all.filter { $0.input == nil && $0.steps != nil }

  /// The arguments; input files are written to the folder if they are not there yet.
  /// - Throws: The error of the system if a file cannot be written.
  func arguments(_ folder: ScratchFolder) throws -> [String] {
    switch input {
    case nil: return words
    case .list(let range):
      let path = folder.path("\(range.count).hkl")
      if !FileManager.default.fileExists(atPath: path) {
        try Self.list(range).write(toFile: path, atomically: false, encoding: .utf8)
      }
      return ["-hkl", path] + words
    case .cache(let range):
      let path = folder.path("\(range.count).dump")
      if !FileManager.default.fileExists(atPath: path) { try Self.cache(range).write(to: URL(fileURLWithPath: path)) }
      return ["-dump", path] + words
    }
  }

  /// The arguments of a workload that needs no file.
  public var plainArguments: [String] { words }

  private static func amplitude(_ h: Int, _ k: Int, _ l: Int) -> Int {
    10 + abs(h * 7919 + k * 104_729 + l * 1299) % 99_000
  }

  private static func list(_ range: ClosedRange<Int>) -> String {
    var text = ""
    for h in range {
      for k in range {
        for l in range {
          let hundredths = amplitude(h, k, l)
          text += "\(h) \(k) \(l) \(hundredths / 100).\(hundredths % 100 / 10)\(hundredths % 10)\n"
        }
      }
    }
    return text
  }

  private static func cache(_ range: ClosedRange<Int>) -> Data {
    let limits = Array(repeating: "\(range.lowerBound) \(range.upperBound)", count: 3).joined(separator: " ")
    var data = Data("\(limits)\n\u{0C}".utf8)
    let padded = range.lowerBound...(range.upperBound + 1)
    for h in padded {
      for k in padded {
        for l in padded {
          let isInside = range.contains(h) && range.contains(k) && range.contains(l)
          withUnsafeBytes(of: isInside ? Double(amplitude(h, k, l)) / 100 : 0) { data.append(contentsOf: $0) }
        }
      }
    }
    return data
  }
}
