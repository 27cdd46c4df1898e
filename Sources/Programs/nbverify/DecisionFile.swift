import CommandLineSupport
import Foundation
import FrameIO
import GoldenStore
import Provenance
import ToolSupport

/// Decisions on pending cases that the review page saved.
struct DecisionFile: Decodable {
  /// A decision.
  struct Decision: Decodable {
    /// The case.
    let id: String
    /// The digest of the files that were judged.
    let digest: String
    /// `accept` or `reject`.
    let decision: String
    /// The reason, which a case with objections needs.
    let because: String?
  }

  /// The person who decided.
  let who: String
  /// The decisions, at most one per case.
  let decisions: [Decision]

  /// Reads a file.
  /// - Throws: `Failure` 3 if the file cannot be read or holds no decisions.
  init(_ path: String) throws {
    do {
      let data = Data(try FileBytes.readRegular(path, for: "--apply", upTo: 1 << 24))
      self = try JSONDecoder().decode(Self.self, from: data)
    } catch {
      throw Failure(
        3, "--apply \(path): these are no decisions (\(JSONText.reason(error))); save them from the page again")
    }
    guard decisions.allSatisfy({ ["accept", "reject"].contains($0.decision) }),
      Set(decisions.map(\.id)).count == decisions.count
    else { throw Failure(3, "--apply \(path): a decision is neither accept nor reject, or a case is decided twice") }
  }

  /// Carries out the decisions; a refused decision, as on a case that has changed since, does not stop the others.
  /// - Returns: The number of refused decisions.
  func apply(to store: GoldenCorpus) throws -> Int {
    var refused = 0
    for decision in decisions {
      do {
        if decision.decision == "accept" {
          try store.accept(decision.id, who: who, because: decision.because, digest: decision.digest)
        } else {
          try store.reject(decision.id, who: who, digest: decision.digest)
        }
        print("\(decision.decision)ed \(decision.id)")
      } catch {
        refused += 1
        print("REFUSED \(GoldenText.reason(error, of: decision.id))")
      }
    }
    print("\(decisions.count - refused) of \(decisions.count) decisions carried out")
    return refused
  }
}
