import Foundation

/// The smallest relative error of each operation that tests notice.
struct Sensitivity: Finding {
  var mutant: Mutant
  /// By group of tests; a group that notices nothing up to 0.1, or does not reach the place, has no entry. 0 stands for one
  /// unit of the last place.
  var smallest: [String: Double] = [:]
  /// The groups that were asked.
  var groups: [String]
  var processor = 0.0
  /// Whether a real number is computed there, or a vector; other things have no relative error.
  var isReal = true

  var isNoticed: Bool { !smallest.isEmpty }

  /// The tried errors, the smallest first: one unit of the last place, then powers of ten.
  static let errors = [0.0] + (1...15).reversed().map { pow(10, -Double($0)) }

  /// Bisects for each group.
  static func measure(_ mutant: Mutant, _ examiner: Examiner, groups: [String: Set<Int>]) throws -> Sensitivity {
    var result = Sensitivity(mutant: mutant, groups: groups.keys.sorted())
    let reaching = examiner.tests(reaching: mutant)
    for (name, tests) in groups {
      let own = reaching.filter { tests.contains($0) }
      guard !own.isEmpty else { continue }
      func notices(_ index: Int) throws -> Bool {
        let (found, processor) = try examiner.notices(mutant, error: errors[index], tests: own)
        result.processor += processor
        if found == nil { result.isReal = false }
        return found ?? false
      }
      if try notices(0) {
        result.smallest[name] = errors[0]
        continue
      }
      guard result.isReal else { return result }
      guard try notices(errors.count - 1) else { continue }
      // Tests notice the error at `high`, not at `low`.
      var (low, high) = (0, errors.count - 1)
      while high - low > 1 {
        let middle = (low + high) / 2
        if try notices(middle) { high = middle } else { low = middle }
      }
      result.smallest[name] = errors[high]
    }
    return result
  }
}
