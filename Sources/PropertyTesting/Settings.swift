import Foundation

/// How thoroughly properties are examined.
public enum Profile: String, Sendable, CaseIterable {
  /// 200 cases per property, always the same ones: a quick answer at the desk.
  case local
  /// 1000 cases per property, always the same ones.
  case ci
  /// 20,000 cases per cheap property, others every day.
  case nightly
}

/// What one case of a property costs.
public enum Cost: Sendable {
  /// Microseconds: formulas.
  case cheap
  /// Milliseconds: an image, an adaptive quadrature.
  case dear
}

/// The settings of a run, read from the environment.
///
/// - `NB_PROFILE`: `local` (default), `ci` or `nightly`.
/// - `NB_CASES`: the number of cases of every property, in place of the profile's.
/// - `NB_SEED`: the seed of the run, decimal. By default 1; in the nightly profile the date as `yyyymmdd`.
/// - `NB_FIRST`: the number of the first case; with `NB_CASES=1` the one case alone.
/// - `NB_REPORT`: a file to which every property appends what it saw, one JSON object per line. A run of the same build and
///   seed goes on behind the cases that the file already has.
/// - `NB_KEEP`: if 1, counter-examples are written to `fixtures/counterexamples/`.
public struct Settings: Sendable {
  /// The profile.
  public var profile: Profile
  /// The number of cases, if given.
  public var cases: Int?
  /// The seed of the run.
  public var seed: UInt64
  /// The first case.
  public var first = 0
  /// Where statistics are appended.
  public var report: String?
  /// Whether counter-examples are written down.
  public var keepsCounterexamples = false
  /// The folder of kept counter-examples; nil for the one of the package that the property stands in.
  public var counterexamples: String?
  /// How many candidates shrinking may run.
  public var shrinkBudget = 4000
  /// How many cases may be discarded per case examined.
  public var discardsPerCase = 1

  /// Settings with the defaults of a profile.
  public init(profile: Profile = .local, cases: Int? = nil, seed: UInt64 = 1) {
    self.profile = profile
    self.cases = cases
    self.seed = seed
  }

  /// Settings from environment variables.
  /// - Throws: `SettingsError` naming the variable that cannot be read.
  public init(environment: [String: String], today: Date = Date()) throws(SettingsError) {
    func number<Number: FixedWidthInteger>(
      _ name: String, _ type: Number.Type, atLeast least: Number = 0
    ) throws(SettingsError) -> Number? {
      guard let text = environment[name], !text.isEmpty else { return nil }
      guard let value = Number(text), value >= least, value <= 1 << 62 else {
        throw SettingsError(variable: name, value: text, expected: "a whole number of at least \(least)")
      }
      return value
    }
    let name = environment["NB_PROFILE"] ?? ""
    guard let profile = name.isEmpty ? .local : Profile(rawValue: name) else {
      throw SettingsError(variable: "NB_PROFILE", value: name, expected: "local, ci or nightly")
    }
    self.init(profile: profile, cases: try number("NB_CASES", Int.self, atLeast: 1))
    seed = try number("NB_SEED", UInt64.self) ?? (profile == .nightly ? Self.dateNumber(today) : 1)
    first = try number("NB_FIRST", Int.self) ?? 0
    report = environment["NB_REPORT"].flatMap { $0.isEmpty ? nil : $0 }
    let keep = environment["NB_KEEP"] ?? ""
    guard ["", "0", "1"].contains(keep) else {
      throw SettingsError(variable: "NB_KEEP", value: keep, expected: "1, 0 or nothing")
    }
    keepsCounterexamples = keep == "1"
    guard first < 1 << 40, cases ?? 0 < 1 << 40 else {
      throw SettingsError(variable: "NB_FIRST, NB_CASES", value: "\(first), \(cases ?? 0)", expected: "less than 2^40")
    }
  }

  /// The settings in force: those of the task, or else of the environment.
  public static var current: Settings {
    get throws { try override ?? environment.get() }
  }

  /// Settings that replace those of the environment within a task.
  @TaskLocal public static var override: Settings?

  private static let environment = Result { () throws(SettingsError) in
    try Settings(environment: ProcessInfo.processInfo.environment)
  }

  /// How many cases a property gets.
  public func cases(_ cost: Cost) -> Int {
    if let cases { return cases }
    switch (profile, cost) {
    case (.local, _): return 200
    case (.ci, .cheap): return 1000
    case (.ci, .dear): return 400
    case (.nightly, .cheap): return 20_000
    case (.nightly, .dear): return 2000
    }
  }

  /// The date in Greenwich as the number yyyymmdd.
  static func dateNumber(_ date: Date) -> UInt64 {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    let parts = calendar.dateComponents([.year, .month, .day], from: date)
    return UInt64((parts.year ?? 0) * 10_000 + (parts.month ?? 0) * 100 + (parts.day ?? 0))
  }
}

/// An environment variable that cannot be read.
public struct SettingsError: Error, CustomStringConvertible {
  /// The variable.
  public let variable: String
  /// Its value.
  public let value: String
  /// What was expected.
  public let expected: String

  /// Variable, value and what was expected.
  public var description: String { "\(variable)=\(value): expected \(expected)" }
}
