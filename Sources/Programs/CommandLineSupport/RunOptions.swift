import FrameIO
import Physics

import Glibc

extension CommandLineRequest {
  /// The number of threads for rendering: the number that was given, else `OMP_NUM_THREADS`, else one per core.
  ///
  /// The variable may have a number for each level of nested loops; the first is that of the outermost one (OpenMP 5.2,
  /// section 21.2.1).
  public var threadCount: Int {
    if let threads { return max(threads, 1) }
    if let text = getenv("OMP_NUM_THREADS"), let number = Self.outermost(String(cString: text)) { return number }
    return max(sysconf(Int32(_SC_NPROCESSORS_ONLN)), 1)
  }

  private static func outermost(_ levels: String) -> Int? {
    let first = levels.prefix { $0 != "," }.split(whereSeparator: \.isWhitespace)
    guard first.count == 1, let number = Int(first[0]), number > 0 else { return nil }
    return number
  }
}

extension InstructionSet {
  /// The environment variable that names an instruction set.
  public static let variable = "NB_SIMD"

  /// The instruction set that the environment variable `NB_SIMD` names; the best available if the variable is not set.
  /// - Throws: `RequestError` if the variable names an unknown or unavailable instruction set.
  public static func fromEnvironment() throws(RequestError) -> InstructionSet {
    guard let text = getenv(variable).map({ String(cString: $0) }), !text.isEmpty else { return best }
    let names = allCases.filter { $0.isAvailable }.map { $0.rawValue }.joined(separator: ", ")
    guard let wanted = InstructionSet(rawValue: text) else {
      throw RequestError(variable, value: text, "there is no such instruction set", remedy: "give one of \(names)")
    }
    guard wanted.isAvailable else {
      throw RequestError(
        variable, value: text, "this processor or build does not have it", remedy: "give one of \(names)")
    }
    return wanted
  }

  /// The instruction set that `NB_SIMD` names; the best available if the variable is not set or names an unknown or
  /// unavailable set.
  public static let requested: InstructionSet = (try? fromEnvironment()) ?? best
}
