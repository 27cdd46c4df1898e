/// A property under examination: the generator of its cases, and its claims.
package struct Property<Value> {
  /// The identity, from which the seeds of the cases are derived.
  package let id: String
  package let generator: Generator<Value>
  package let examples: [Value]
  /// Earlier counter-examples, which are examined first.
  package let regressions: [Regression]
  package let coverage: [Coverage]
  package let body: (Check, Value) throws -> Void

  /// A kept counter-example.
  package struct Regression {
    package var token: ReplayToken
    /// The value that the token generated when it was kept, as Swift source; nil if that is not recorded.
    package var value: String?
    /// The name of its file, or the token itself.
    package var source: String
    /// Why it is tried.
    package var kind: Kind

    /// Why a case is tried before others.
    package enum Kind: String {
      /// It refuted the property once; someone kept it.
      case kept = "kept counter-example"
      /// It failed in the run before.
      case remembered = "case that failed before,"
      /// It is one of the worst of earlier nights.
      case worst = "worst case of earlier nights,"
    }

    package init(token: ReplayToken, value: String? = nil, source: String, kind: Kind = .kept) {
      self.token = token
      self.value = value
      self.source = source
      self.kind = kind
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

  /// The result of examining one case.
  enum Verdict {
    case passed(Check)
    case discarded
    case failed(Failure)
  }

  /// A case that refutes the property.
  package struct Failure {
    package var value: Value?
    package var token: ReplayToken?
    package var claim: String
    package var fingerprint: String
    package var falsification: Falsification?
    package var check: Check

    /// The deviation in units of its tolerance; nil for claims that compare no numbers.
    package var size: Double? { falsification?.deviation?.size }
  }

  func examine(_ value: Value, token: ReplayToken? = nil, _ check: Check = Check()) -> Verdict {
    do {
      try body(check, value)
      return .passed(check)
    } catch is GenerationStop {
      return .discarded
    } catch {
      return .failed(Failure(error, value: value, token: token, check: check))
    }
  }

  /// An examined case.
  struct Examined {
    var verdict: Verdict
    /// The choices that the generator drew.
    var token: ReplayToken
    /// The value; nil if the generator gave none.
    var value: Value?
  }

  /// Generates a case and examines it.
  func examine(_ choices: Choices, _ check: Check = Check()) -> Examined {
    var choices = choices
    do {
      let value = try generator.generate(&choices)
      return Examined(verdict: examine(value, token: choices.token, check), token: choices.token, value: value)
    } catch is GenerationStop {
      return Examined(verdict: .discarded, token: choices.token)
    } catch {
      let failure = Failure(error, value: nil, token: choices.token, check: Check())
      return Examined(verdict: .failed(failure), token: choices.token)
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
