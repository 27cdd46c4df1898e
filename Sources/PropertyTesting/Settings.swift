import Foundation

/// A default number of cases per property and a default seed.
public enum Profile: String, Sendable, CaseIterable {
  /// 200 cases per property, 40 of the dearest, with a fixed seed, for a quick answer during development.
  case local
  /// 1000 cases per cheap property, 400 per dear one and 100 of the dearest, with a fixed seed.
  case ci
  /// 20,000 cases per cheap property, 2000 per dear one and 1000 of the dearest, with another seed every day.
  case nightly
}

/// The time of one case of a property.
public enum Cost: Sendable {
  /// Microseconds, as for formulas.
  case cheap
  /// Milliseconds, as for an image or an adaptive quadrature.
  case dear
  /// Tens of milliseconds, as for second derivatives by all parameters.
  case dearest
}

/// The settings of a run, read from the environment.
///
/// - `NB_PROFILE`: `local` (default), `ci` or `nightly`.
/// - `NB_CASES`: the number of cases of every property, instead of that of the profile.
/// - `NB_SEED`: the seed of the run, decimal. By default 1; in the nightly profile the date as `yyyymmdd`.
/// - `NB_FIRST`: the number of the first case; with `NB_CASES=1` only this case is examined.
/// - `NB_REPORT`: a file to which every property appends its statistics, one JSON object per line. A run of the same
///   build and seed continues after the cases that the file already has.
/// - `NB_KEEP`: if 1, counter-examples are written to `fixtures/counterexamples/`.
/// - `NB_REMEMBER`: if 0, cases that fail are neither kept below `.build` nor tried first by the next run.
/// - `NB_WORST`: a folder to which the worst cases of each property are written, as proposals for `fixtures/worst/`.
/// - `NB_STUDY`: if 0, a failure is reported as it was found: neither shrunk nor explained.
/// - `NB_HUNT`: a folder with what `nbverify hunt` knows of each property; `NB_CASES` more cases are examined.
/// - `NB_OBSERVE`: a file to which every case is appended in the observability schema of Tyche, one JSON object per line.
public struct Settings: Sendable {
  /// The profile.
  public var profile: Profile
  /// The number of cases of every property; nil for that of the profile.
  public var cases: Int?
  /// The seed of the run.
  public var seed: UInt64
  /// The number of the first case.
  public var first = 0
  /// The path of the file to which statistics are appended; nil for none.
  public var report: String?
  /// Whether new counter-examples are written to files.
  public var keepsCounterexamples = false
  /// Whether failing cases are kept below `.build` and tried first until they pass.
  public var remembersFailures = false
  /// The folder to which the worst cases are written; nil for none.
  public var worst: String?
  /// The folder with what a hunt knows of each property; nil outside a hunt.
  public var hunt: String?
  /// Whether a failure is shrunk and explained, which a search for what tests notice does not need.
  public var studiesFailures = true
  /// The path of the file to which every case is appended; nil for none.
  public var observations: String?
  /// The folder of kept counter-examples; nil for that of the package that contains the property.
  public var counterexamples: String?
  /// The largest number of candidates that shrinking runs.
  public var shrinkBudget = 4000
  /// The largest number of discarded cases per examined case.
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
    func flag(_ name: String) throws(SettingsError) -> Bool? {
      let text = environment[name] ?? ""
      guard ["", "0", "1"].contains(text) else {
        throw SettingsError(variable: name, value: text, expected: "1, 0 or nothing")
      }
      return text.isEmpty ? nil : text == "1"
    }
    func path(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
    keepsCounterexamples = try flag("NB_KEEP") ?? false
    remembersFailures = try flag("NB_REMEMBER") ?? true
    studiesFailures = try flag("NB_STUDY") ?? true
    (worst, observations, hunt) = (path("NB_WORST"), path("NB_OBSERVE"), path("NB_HUNT"))
    guard first < 1 << 40, cases ?? 0 < 1 << 40 else {
      throw SettingsError(variable: "NB_FIRST, NB_CASES", value: "\(first), \(cases ?? 0)", expected: "less than 2^40")
    }
  }

  /// The current settings: those of the task, else those of the environment.
  /// - Throws: `SettingsError` if an environment variable cannot be read.
  public static var current: Settings {
    get throws { try override ?? environment.get() }
  }

  /// Settings that replace those of the environment within a task.
  @TaskLocal public static var override: Settings?

  private static let environment = Result { () throws(SettingsError) in
    try Settings(environment: ProcessInfo.processInfo.environment)
  }

  /// How many of the worst cases of earlier nights are tried first.
  var worstCases: Int { profile == .local ? 3 : WorstCases.most }

  /// The number of variations that look for the largest deviation of a failure.
  func climbBudget(_ cost: Cost) -> Int { cost == .cheap ? 6000 : 400 }

  /// The number of cases that find out what matters for a failure.
  func explainBudget(_ cost: Cost) -> Int { cost == .cheap ? 40_000 : 1500 }

  /// The number of cases that are examined after a failure, for failures of other claims.
  func casesAfterFailure(_ cost: Cost) -> Int { cost == .cheap ? 200 : 40 }

  /// The number of cases of a property.
  public func cases(_ cost: Cost) -> Int {
    if let cases { return cases }
    switch (profile, cost) {
    case (.local, .dearest): return 40
    case (.ci, .dearest): return 100
    case (.nightly, .dearest): return 1000
    case (.local, _): return 200
    case (.ci, .cheap): return 1000
    case (.ci, .dear): return 400
    case (.nightly, .cheap): return 20_000
    case (.nightly, .dear): return 2000
    }
  }

  /// The date in coordinated universal time as the number yyyymmdd.
  static func dateNumber(_ date: Date) -> UInt64 {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    let parts = calendar.dateComponents([.year, .month, .day], from: date)
    return UInt64((parts.year ?? 0) * 10_000 + (parts.month ?? 0) * 100 + (parts.day ?? 0))
  }
}

/// An environment variable that cannot be read.
public struct SettingsError: Error, CustomStringConvertible {
  /// The name of the variable.
  public let variable: String
  /// The value of the variable.
  public let value: String
  /// The values that are allowed, in words.
  public let expected: String

  /// The variable, its value and the allowed values.
  public var description: String { "\(variable)=\(value): expected \(expected)" }
}
