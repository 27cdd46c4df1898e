import Benchmarks
import Foundation
import Provenance

/// What a night, or one shard of it, found. Shards are written as `night.json` and read back to be merged.
public struct NightRecord: Sendable, Codable {
  /// Names this run, whatever else is like it: merging a part twice adds it once.
  public var identity: String
  /// Which part of the work this is.
  public var shard: Shard
  /// The machine that it ran on, by name; the first part's for a merged night.
  public var host = ProcessInfo.processInfo.hostName
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
  /// The simulator that the stages ran.
  public var program: ProgramRecord?
  /// The parts that a merged night was made of; empty for an undivided one.
  public var parts: [PartRecord] = []
  /// Why something could not be run, one line each.
  public var obstacles: [String] = []
  /// What was left out without harm, and what deserves a look, one line each.
  public var remarks: [String] = []
  /// What an earlier night had and this one lacks, one line each.
  public var losses: [String] = []
  /// How far a night came that was killed; nil for one that came to its end.
  public var stopped: String?

  /// A simulator that was run.
  public struct ProgramRecord: Sendable, Codable, Hashable {
    /// Its path.
    public var path: String
    /// The SHA-256 of the file.
    public var digest: String
    /// The first line that it prints for `--version`; nil if it has none.
    public var version: String?
    /// Whether it is another than the one that was built beside the tool.
    public var isForeign: Bool
  }

  /// A part of a merged night.
  public struct PartRecord: Sendable, Codable, Hashable {
    /// How it ended.
    public enum State: String, Sendable, Codable {
      /// It came to its end.
      case finished
      /// It was killed, or is still running.
      case unfinished
      /// There is no trace of it.
      case missing
    }
    /// Its number.
    public var index: Int
    /// How it ended.
    public var state: State
    /// The run, if there is one.
    public var identity: String?
    /// Where it ran, if it did.
    public var host: String?
    /// How long it took, in seconds.
    public var seconds: Double
    /// How many items were done.
    public var done: Int
    /// How many it had.
    public var count: Int
  }

  /// What a night was asked for: the same for all its shards.
  public struct Plan: Sendable, Codable, Hashable {
    /// The seed of the properties.
    public let seed: Int
    /// The stages, sorted.
    package(set) public var stages: [String]
    /// The regular expression of the suites; nil for all.
    public let suites: String?
    /// The SHA-256 of the names of the golden cases.
    public let cases: String
    /// How often each workload is timed.
    public let repetitions: Int
    /// The number of cases of every property; nil for that of the nightly profile.
    public let propertyCases: Int?
    /// The digest of the simulator.
    public let program: String?
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

    /// A test that ended.
    package init(suite: String, name: String, seconds: Double, failure: String?) {
      (self.suite, self.name, self.seconds, self.failure) = (suite, name, seconds, failure)
    }
  }

  /// A property.
  public struct PropertyRecord: Sendable, Codable, Hashable {
    /// Its name.
    public var name: String
    /// How many cases were tried.
    public var cases: Int
    /// The largest deviation in units of its tolerance; nil if the property compares no numbers.
    public var worst: Double?

    /// A property as it was seen.
    package init(name: String, cases: Int, worst: Double?) {
      (self.name, self.cases, self.worst) = (name, cases, worst)
    }
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

    /// An image that was compared.
    package init(
      id: String, correlation: Double? = nil, rootMeanSquare: Double, largest: Double, problem: String? = nil,
      seconds: Double
    ) {
      (self.id, self.correlation, self.rootMeanSquare) = (id, correlation, rootMeanSquare)
      (self.largest, self.problem, self.seconds) = (largest, problem, seconds)
    }
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
    /// The instructions of a run; nil if they cannot be counted.
    public var instructions: Double?
    /// What counted them, and with which instruction set: only equal ones compare.
    public var counter: String?
    /// Why they were not counted.
    public var uncounted: String?
    /// What went wrong with the program; nil if it ran.
    public var failure: String?
    /// What the history says of the figures; empty without one.
    public var judgements: [Judgement] = []

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
}
