import Benchmarks
import Foundation
import Provenance

/// The results of a night, or of one part of it. Parts are written as `night.json` and read back to be merged.
public struct NightRecord: Sendable, Codable {
  /// A unique name of this run, by which a part that is merged twice is added once.
  public var identity: String
  /// The part of the work that was run.
  public var shard: Shard
  /// The name of the machine; for a merged night that of the first part.
  public var host = ProcessInfo.processInfo.hostName
  /// The time of the start, with zone.
  public var started: String
  /// The duration in seconds; for a merged night that of the longest part.
  public var seconds: Double
  /// The revision of the working tree.
  public var revision: Revision
  /// The machine.
  public var surroundings: Surroundings
  /// The requested work.
  public var plan: Plan
  /// The tests that were run.
  public var tests: [TestRecord] = []
  /// The properties that the tests checked.
  public var properties: [PropertyRecord] = []
  /// The golden cases that were simulated.
  public var golden: [GoldenRecord] = []
  /// The images that the program wrote for the golden cases.
  public var images: [ImageRecord] = []
  /// The workloads that were timed.
  public var benchmarks: [BenchmarkRecord] = []
  /// The simulator that the stages ran; nil if it cannot be read.
  public var program: ProgramRecord?
  /// The parts of a merged night; empty for an undivided night.
  public var parts: [PartRecord] = []
  /// The reasons for which work could not be run, one line each.
  public var obstacles: [String] = []
  /// Work that was left out without harm, and warnings, one line each.
  public var remarks: [String] = []
  /// Work that an earlier night did and this night lacks, one line each.
  public var losses: [String] = []
  /// The progress of a night that was killed, in a line; nil for a night that finished.
  public var stopped: String?

  /// A simulator that was run.
  public struct ProgramRecord: Sendable, Codable, Hashable {
    /// The path of the program.
    public var path: String
    /// The SHA-256 of the file.
    public var digest: String
    /// The first line that the program prints for `--version`; nil if it prints none.
    public var version: String?
    /// Whether the program is not the one that was built beside the tool.
    public var isForeign: Bool
  }

  /// A part of a merged night.
  public struct PartRecord: Sendable, Codable, Hashable {
    /// The state of a part.
    public enum State: String, Sendable, Codable {
      /// The part ran all its items.
      case finished
      /// The part was killed, or is still running.
      case unfinished
      /// No bundle and no journal of the part was found.
      case missing
    }
    /// The number of the part, from 1.
    public var index: Int
    /// The state of the part.
    public var state: State
    /// The identity of the run; nil for a missing part.
    public var identity: String?
    /// The machine that the part ran on; nil for a missing part.
    public var host: String?
    /// The duration in seconds.
    public var seconds: Double
    /// The number of finished items; for a finished part the number of its results.
    public var done: Int
    /// The number of all items; for a finished part the number of its results.
    public var count: Int
  }

  /// The requested work of a night, equal for all its parts.
  public struct Plan: Sendable, Codable, Hashable {
    /// The seed of the properties.
    public let seed: Int
    /// The stages, sorted.
    package(set) public var stages: [String]
    /// The regular expression of the suites; nil for all.
    public let suites: String?
    /// The SHA-256 of the names of the golden cases.
    public let cases: String
    /// The number of timed runs of each workload.
    public let repetitions: Int
    /// The number of cases of every property; nil for that of the nightly profile.
    public let propertyCases: Int?
    /// The SHA-256 of the simulator; nil if it cannot be read.
    public let program: String?
    /// Whether a reference program is timed, too.
    public let hasReference: Bool
  }

  /// The result of a test.
  public struct TestRecord: Sendable, Codable, Hashable {
    /// The suite with its module.
    public var suite: String
    /// The name of the test.
    public var name: String
    /// The duration in seconds.
    public var seconds: Double
    /// The messages of a test that failed; nil if it passed.
    public var failure: String?

    /// A test that ended.
    package init(suite: String, name: String, seconds: Double, failure: String?) {
      (self.suite, self.name, self.seconds, self.failure) = (suite, name, seconds, failure)
    }
  }

  /// The result of a property.
  public struct PropertyRecord: Sendable, Codable, Hashable {
    /// The name of the property.
    public var name: String
    /// The number of cases that were tried.
    public var cases: Int
    /// The largest deviation in units of its tolerance; nil if the property compares no numbers.
    public var worst: Double?

    /// The result of a property.
    package init(name: String, cases: Int, worst: Double?) {
      (self.name, self.cases, self.worst) = (name, cases, worst)
    }
  }

  /// The result of a golden case.
  public struct GoldenRecord: Sendable, Codable, Hashable {
    /// The name of the case.
    public var id: String
    /// All problems, one line each; empty if the case passed.
    public var problems: [String]
    /// The number of traced numbers that are equal doubles.
    public var identicalNumbers: Int
    /// The number of all compared traced numbers.
    public var numbers: Int
    /// The number of stored pixels that are equal floats.
    public var identicalPixels: Int
    /// The number of all stored pixels.
    public var pixels: Int
    /// The largest relative deviation of a pixel.
    public var worstPixel: Double
    /// The first scaling factor that diverges; nil if none does.
    public var firstFactor: String?
    /// The first quantity that diverges, with values; nil if none does.
    public var firstQuantity: String?
    /// The findings on the first divergence, one line each.
    public var diagnosis: [String] = []
    /// The duration of the simulation in seconds.
    public var seconds: Double
  }

  /// The result of comparing an image that the program wrote.
  public struct ImageRecord: Sendable, Codable, Hashable {
    /// The name of the golden case.
    public var id: String
    /// Pearson's correlation with the stored image; nil if it is not defined.
    public var correlation: Double?
    /// The root mean square deviation, in the unit of the image.
    public var rootMeanSquare: Double
    /// The largest deviation, relative to the maximum of the stored image.
    public var largest: Double
    /// The problem; nil if the image agrees.
    public var problem: String?
    /// The running time of the program in seconds.
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

  /// The timings of a workload.
  public struct BenchmarkRecord: Sendable, Codable, Hashable {
    /// The name of the workload.
    public var name: String
    /// Processor time of each run, in seconds.
    public var seconds: [Double]
    /// Processor time of each run over the mean of the calibrations before and after it.
    public var ratios: [Double]
    /// Processor time of the reference program over that of the simulator, for each run; empty without a reference
    /// program.
    public var referenceRatios: [Double]
    /// The accepted ratio for this kind of machine; nil if none was accepted.
    public var baseline: Double?
    /// The kind of machine on which the workload was timed.
    public var machine: String
    /// The number of instructions of a run; nil if they cannot be counted.
    public var instructions: Double?
    /// The counter and the instruction set; only counts with the same one are compared.
    public var counter: String?
    /// The reason for which instructions were not counted; nil if they were.
    public var uncounted: String?
    /// The failure of the program; nil if it ran.
    public var failure: String?
    /// The judgements of the figures by the history; empty without a history.
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
    /// The median ratio over the accepted ratio; nil if none was accepted.
    public var change: Double? { baseline.map { ratio / $0 } }

    static func median(_ numbers: [Double]) -> Double { Sample(numbers).median }
  }
}
