import FrameIO
import Physics

import Glibc

extension CommandLineRequest {
  /// The number of threads to render with: as asked for, else `OMP_NUM_THREADS`, else one per core.
  public var threadCount: Int {
    if let threads { return max(threads, 1) }
    if let text = getenv("OMP_NUM_THREADS"), let number = Int(String(cString: text)), number > 0 { return number }
    return max(sysconf(Int32(_SC_NPROCESSORS_ONLN)), 1)
  }
}

extension InstructionSet {
  /// The environment variable that names one.
  public static let variable = "NB_SIMD"

  /// The one that the environment variable `NB_SIMD` names, else the best.
  /// - Throws: `RequestError` if the variable names none, or one that is not available.
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

  /// The same, and the best if the variable is not in order.
  public static let requested: InstructionSet = (try? fromEnvironment()) ?? best
}
