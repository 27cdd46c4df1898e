import Foundation

/// The folders of a package in which cases are kept between runs.
struct Memory: Sendable {
  /// Counter-examples that people keep: `fixtures/counterexamples`.
  let kept: CounterexampleStore?
  /// Cases that failed in earlier runs and have not passed since: `.build/failing-cases`.
  let failing: CounterexampleStore?
  /// The worst cases of earlier nights: `fixtures/worst`.
  let worst: URL?
  /// Where patches are written that add failing cases to the source: `.build/fixits`.
  let patches: URL?
  /// The folder of the package.
  let package: URL?

  /// - Parameter filePath: A source file of the package.
  init(_ settings: Settings, besides filePath: String) {
    let package = CounterexampleStore.package(of: filePath)
    self.package = package
    kept =
      (settings.counterexamples.map { URL(fileURLWithPath: $0) }
      ?? package?.appendingPathComponent("fixtures/counterexamples"))
      .map(CounterexampleStore.init)
    let build = settings.remembersFailures ? package?.appendingPathComponent(".build") : nil
    failing = build.map { CounterexampleStore(folder: $0.appendingPathComponent("failing-cases")) }
    patches = build?.appendingPathComponent("fixits")
    worst = settings.counterexamples == nil ? package?.appendingPathComponent("fixtures/worst") : nil
  }

  /// The cases of a property that are tried before others.
  /// - Throws: If a file cannot be read; those below `.build` are only a memory, and left out then.
  func cases<Value>(_ id: String, _ settings: Settings) throws -> [Property<Value>.Regression] {
    func regressions(
      _ store: CounterexampleStore?, _ kind: Property<Value>.Regression.Kind
    ) throws -> [Property<Value>.Regression] {
      try (store?.all() ?? []).filter { $0.counterexample.property == id }.map { name, counterexample in
        guard let token = counterexample.choices else {
          throw SettingsError(variable: name, value: counterexample.token, expected: "hexadecimal numbers between dots")
        }
        return .init(token: token, value: counterexample.value, source: name, kind: kind)
      }
    }
    let remembered = (try? regressions(failing, .remembered)) ?? []
    return remembered + (try regressions(kept, .kept)) + (try worstCases(id, settings))
  }

  private func worstCases<Value>(_ id: String, _ settings: Settings) throws -> [Property<Value>.Regression] {
    let name = WorstCases.name(of: id)
    guard let file = worst?.appendingPathComponent(name), FileManager.default.fileExists(atPath: file.path) else {
      return []
    }
    return try WorstCases.read(file).cases.prefix(settings.worstCases).map {
      guard let token = ReplayToken(text: $0.token) else {
        throw SettingsError(variable: name, value: $0.token, expected: "hexadecimal numbers between dots")
      }
      return .init(token: token, value: $0.value, source: name, kind: .worst)
    }
  }

  /// Forgets cases that hold now or stand for another value, and remembers those that fail.
  /// - Returns: The names of the files that have the failing cases.
  func update<Value>(_ outcome: PropertyRun<Value>.Outcome, of id: String) -> [String] {
    guard let failing else { return [] }
    for name in outcome.mended + outcome.stale { failing.remove(name) }
    return outcome.failures.compactMap { finding in
      guard let token = finding.failure.token, let value = finding.failure.value, finding.flaky == nil else {
        return nil
      }
      return try? failing.keep(
        Counterexample(
          property: id, token: token.description, value: SwiftSource.text(value), claim: finding.failure.claim))
    }
  }
}
