import Benchmarks
import Foundation
import Provenance

/// What a night, or one shard of it, found. Shards are written as `night.json` and read back to be merged.
public struct NightRecord: Sendable, Codable {
  /// Which part of the work this is.
  public var shard: Shard
  /// When it was started, with zone.
  public var started: String
  /// How long it took, in seconds.
  public var seconds: Double
  /// The revision of the working tree.
  public var revision: Revision
  /// The machine.
  public var surroundings: Surroundings
  /// What was asked for.
  public var plan: Plan
  /// The tests that were run.
  public var tests: [TestRecord] = []
  /// What the properties saw.
  public var properties: [PropertyRecord] = []
  /// The golden cases, simulated.
  public var golden: [GoldenRecord] = []
  /// The images that the program wrote for the golden cases.
  public var images: [ImageRecord] = []
  /// The timings.
  public var benchmarks: [BenchmarkRecord] = []
  /// Why something could not be run, one line each.
  public var obstacles: [String] = []

  /// What a night was asked for: the same for all its shards.
  public struct Plan: Sendable, Codable, Hashable {
    /// The seed of the properties.
    public let seed: Int
    /// The stages, sorted.
    public let stages: [String]
    /// The regular expression of the suites; nil for all.
    public let suites: String?
    /// The SHA-256 of the names of the golden cases.
    public let cases: String
    /// How often each workload is timed.
    public let repetitions: Int
    /// Whether a reference program is timed, too.
    public let hasReference: Bool
  }

  /// A test.
  public struct TestRecord: Sendable, Codable, Hashable {
    /// The suite with its module.
    public var suite: String
    /// The test.
    public var name: String
    /// How long it took, in seconds.
    public var seconds: Double
    /// What it said, if it failed.
    public var failure: String?
  }

  /// A property.
  public struct PropertyRecord: Sendable, Codable, Hashable {
    /// Its name.
    public var name: String
    /// How many cases were tried.
    public var cases: Int
    /// The largest deviation in units of its tolerance; nil if the property compares no numbers.
    public var worst: Double?
  }

  /// A golden case.
  public struct GoldenRecord: Sendable, Codable, Hashable {
    /// The case.
    public var id: String
    /// Everything that is wrong, one line each.
    public var problems: [String]
    /// How many traced numbers are the same double.
    public var identicalNumbers: Int
    /// How many there are.
    public var numbers: Int
    /// How many stored pixels are the same float.
    public var identicalPixels: Int
    /// How many there are.
    public var pixels: Int
    /// The largest relative deviation of a pixel.
    public var worstPixel: Double
    /// The first scaling factor that diverges.
    public var firstFactor: String?
    /// The first quantity that diverges, with values.
    public var firstQuantity: String?
    /// What that points to.
    public var diagnosis: [String] = []
    /// How long the simulation took, in seconds.
    public var seconds: Double
  }

  /// An image that the program wrote.
  public struct ImageRecord: Sendable, Codable, Hashable {
    /// The case.
    public var id: String
    /// Pearson's correlation with the stored image; nil if it is not defined.
    public var correlation: Double?
    /// The root mean square deviation.
    public var rootMeanSquare: Double
    /// The largest deviation over the maximum.
    public var largest: Double
    /// What is wrong; nil if the image agrees.
    public var problem: String?
    /// How long the program ran, in seconds.
    public var seconds: Double
  }

  /// A timing.
  public struct BenchmarkRecord: Sendable, Codable, Hashable {
    /// The workload.
    public var name: String
    /// Processor time of the runs, in seconds.
    public var seconds: [Double]
    /// Each over the time of the calibration next to it.
    public var ratios: [Double]
    /// The processor time of the reference program over ours, if there is one.
    public var referenceRatios: [Double]
    /// The accepted ratio of the same machine kind, if there is one.
    public var baseline: Double?
    /// The kind of machine that it was timed on.
    public var machine: String

    /// The median ratio to the calibration.
    public var ratio: Double { Self.median(ratios) }
    /// The half range of the ratios over their median.
    public var spread: Double {
      guard let low = ratios.min(), let high = ratios.max(), ratio > 0 else { return 0 }
      return (high - low) / 2 / ratio
    }
    /// The median processor time in seconds.
    public var medianSeconds: Double { Self.median(seconds) }
    /// The ratio over the accepted one.
    public var change: Double? { baseline.map { ratio / $0 } }

    static func median(_ numbers: [Double]) -> Double { Sample(numbers).median }
  }

  /// How much slower than the baseline a workload may be: two shared cores vary by a tenth, the spread is added.
  public static let slowdownLimit = 1.25

  /// What a night comes to.
  public enum Outcome: String, Sendable, Codable {
    /// Everything ran and agrees.
    case pass
    /// Something that ran does not agree, or is slower than accepted.
    case regression
    /// Something could not be run.
    case couldNotRun = "could-not-run"

    /// The exit status of the command.
    public var status: Int32 {
      switch self {
      case .pass: 0
      case .regression: 1
      case .couldNotRun: 3
      }
    }
  }

  /// What it comes to. A regression that was seen counts even if something else could not be run.
  public var outcome: Outcome {
    !regressions.isEmpty ? .regression : obstacles.isEmpty && !isEmpty ? .pass : .couldNotRun
  }
  /// Whether nothing was run. A shard may have no share of a short list; a whole night may not.
  private var isEmpty: Bool {
    shard == .whole && tests.isEmpty && golden.isEmpty && images.isEmpty && benchmarks.isEmpty
  }

  /// Everything that does not agree, one line each, the golden cases first: they say what diverged.
  public var regressions: [String] {
    golden.flatMap { record in record.problems.map { "golden \(record.id): \($0)" } }
      + images.compactMap { record in record.problem.map { "image \(record.id): \($0)" } }
      + tests.compactMap { record in record.failure.map { "test \(record.suite).\(record.name): \($0)" } }
      + slow.map { "benchmark \($0.name): \(Self.percent($0.change ?? 1)) of the accepted time" }
  }

  /// The workloads that are slower than accepted.
  public var slow: [BenchmarkRecord] { benchmarks.filter { ($0.change ?? 1) > Self.slowdownLimit + $0.spread } }

  /// The first golden case with a quantity that diverges.
  public var firstDivergentCase: GoldenRecord? { golden.first { $0.firstQuantity != nil } }
  /// The first scaling factor that diverges in that case.
  public var firstDivergentFactor: String? { firstDivergentCase?.firstFactor }
  /// The first quantity that diverges in that case, with values.
  public var firstDivergentQuantity: String? { firstDivergentCase?.firstQuantity }

  static func percent(_ ratio: Double) -> String { "\(Int((100 * ratio).rounded())) %" }
}

/// A part of the work of a night: number `index` of `count`.
public struct Shard: Sendable, Codable, Hashable, CustomStringConvertible {
  /// The number of the part, from 1.
  public let index: Int
  /// The number of parts.
  public let count: Int

  /// The whole work.
  public static let whole = Shard(index: 1, count: 1)

  private init(index: Int, count: Int) {
    self.index = index
    self.count = count
  }

  /// A part written as `2/8`; nil if it is none.
  public init?(text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let index = parts[0], let count = parts[1], count >= 1, (1...count).contains(index) else {
      return nil
    }
    self.init(index: index, count: count)
  }

  /// As in `2/8`.
  public var description: String { "\(index)/\(count)" }

  /// The share of a list: every `count`-th item, from number `index`. The shares of all parts make up the list.
  public func share<Item>(of items: [Item]) -> [Item] {
    items.indices.filter { $0 % count == index - 1 }.map { items[$0] }
  }
}
