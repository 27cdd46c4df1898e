/// A property under examination: what generates its cases, and what it claims.
package struct Property<Value> {
  /// The identity: what the seeds of the cases follow from.
  package let id: String
  package let generator: Generator<Value>
  package let examples: [Value]
  /// Counter-examples of the past, examined first.
  package let regressions: [Regression]
  package let coverage: [Coverage]
  package let body: (Check, Value) throws -> Void

  /// A kept counter-example.
  package struct Regression {
    package var token: ReplayToken
    /// The value it stood for when it was kept, as Swift source.
    package var value: String?
    /// Where it is kept.
    package var source: String

    package init(token: ReplayToken, value: String? = nil, source: String) {
      self.token = token
      self.value = value
      self.source = source
    }
  }

  package init(
    id: String, generator: Generator<Value>, examples: [Value], regressions: [Regression], coverage: [Coverage],
    body: @escaping (Check, Value) throws -> Void
  ) {
    self.id = id
    self.generator = generator
    self.examples = examples
    self.regressions = regressions
    self.coverage = coverage
    self.body = body
  }

  /// What became of one case.
  enum Verdict {
    case passed(Check)
    case discarded
    case failed(Failure)
  }

  /// A case that the property does not hold for.
  package struct Failure {
    package var value: Value?
    package var token: ReplayToken?
    package var claim: String
    package var fingerprint: String
    package var falsification: Falsification?
    package var check: Check
  }

  func examine(_ value: Value, token: ReplayToken? = nil) -> Verdict {
    let check = Check()
    do {
      try body(check, value)
      return .passed(check)
    } catch is GenerationStop {
      return .discarded
    } catch {
      return .failed(Failure(error, value: value, token: token, check: check))
    }
  }

  /// Generates a case and examines it.
  /// - Returns: The verdict and the choices that were really drawn.
  func examine(_ choices: Choices) -> (verdict: Verdict, token: ReplayToken) {
    var choices = choices
    do {
      let value = try generator.generate(&choices)
      return (examine(value, token: choices.token), choices.token)
    } catch is GenerationStop {
      return (.discarded, choices.token)
    } catch {
      return (.failed(Failure(error, value: nil, token: choices.token, check: Check())), choices.token)
    }
  }
}

extension Property.Failure {
  init(_ error: any Error, value: Value?, token: ReplayToken?, check: Check) {
    self.value = value
    self.token = token
    self.check = check
    falsification = error as? Falsification
    claim = falsification?.claim ?? "\(value == nil ? "the generator" : "the body") throws \(type(of: error)): \(error)"
    fingerprint = falsification?.fingerprint ?? "\(type(of: error))"
  }
}
