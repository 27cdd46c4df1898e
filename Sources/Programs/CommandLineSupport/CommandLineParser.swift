import FrameIO
import Physics

/// Turns arguments into a request (docs/reference/10-command-line.md §1).
///
/// As in the reference program, an argument is compared with every option and may match several; the values that follow
/// are consumed. In both compatibilities this parser differs from the reference program in three rules: `-misset` is
/// matched exactly, a missing value is an error, and an argument that no option matches is an error unless
/// `--ignore-unknown` is given.
public struct CommandLineParser: Sendable {
  private let arguments: [String]
  private let compatibility: Compatibility
  private let ignoresUnknown: Bool

  /// A parser of the arguments after the program's name.
  /// - Parameters:
  ///   - arguments: The arguments.
  ///   - compatibility: The compatibility without `--compat`.
  /// - Throws: `RequestError` if the value of `--compat` or `--phi-mode` is not `c-parity` or `spec`.
  public init(_ arguments: [String], compatibility base: Compatibility = .cParity) throws(RequestError) {
    self.arguments = arguments
    ignoresUnknown = arguments.contains("--ignore-unknown")
    var compatibility = try Self.mode("--compat", in: arguments) ?? base
    if let phi = try Self.mode("--phi-mode", in: arguments) {
      compatibility = compatibility.setting(.phiCarryOver, phi.has(.phiCarryOver))
    }
    self.compatibility = compatibility
  }

  /// The value of the last occurrence of `flag`, which is `--compat` or `--phi-mode`; nil if it does not occur.
  private static func mode(_ flag: String, in arguments: [String]) throws(RequestError) -> Compatibility? {
    guard let index = arguments.lastIndex(of: flag) else { return nil }
    let value = index + 1 < arguments.count ? arguments[index + 1] : nil
    switch value {
    case "c-parity": return .cParity
    case "spec": return .spec
    default: throw RequestError(flag, value: value, "no such mode", remedy: "give c-parity or spec")
    }
  }

  /// Parses the arguments. Values of image headers are applied first, so that every option overrides them. If help or
  /// the version is requested, all other arguments are ignored.
  /// - Throws: `RequestError` with the option, the value and the remedy.
  public func parse() throws(RequestError) -> CommandLineRequest {
    var shortcut = CommandLineRequest(compatibility: compatibility)
    for flag in FlagTable.shortcuts where flag.names.contains(where: arguments.contains) {
      try flag.apply(&shortcut, FlagValues(flag: flag.names[0], words: [], isLast: false, compatibility: compatibility))
      return shortcut
    }
    let plain = try scan(CommandLineRequest(compatibility: compatibility))
    guard plain.inputs.mask != nil || plain.inputs.header != nil else { return plain }
    var request = CommandLineRequest(compatibility: compatibility)
    try request.applyHeaders(plain.inputs)
    return try scan(request)
  }

  private func scan(_ start: CommandLineRequest) throws(RequestError) -> CommandLineRequest {
    var request = start
    var position = 0
    while position < arguments.count {
      let argument = arguments[position]
      let following = Array(arguments[(position + 1)...])
      let consumed = try apply(argument, following, &request)
      position += 1 + consumed
    }
    return request
  }

  /// Applies every option that an argument matches.
  /// - Returns: The number of following arguments that belong to the matched options.
  private func apply(
    _ argument: String, _ following: [String], _ request: inout CommandLineRequest
  ) throws(RequestError) -> Int {
    guard argument.utf8.first == UInt8(ascii: "-") else {
      if ignoresUnknown { return 0 }
      throw RequestError(
        argument, "this belongs to no option",
        remedy: "remove it, check the number of values of the option before it, or give --ignore-unknown")
    }
    var consumed: Int?
    let second = Flag.secondByte(ofSingleDashed: argument)
    table: for part in FlagTable.parts {
      for flag in part.flags where flag.mightMatch(second) && flag.matches(argument, compatibility) {
        let count = try apply(flag, argument, following, &request, isFirst: consumed == nil)
        consumed = max(consumed ?? 0, count)
        if flag.stops { break table }
      }
    }
    if consumed == nil {
      guard ignoresUnknown else { throw Self.unknown(argument) }
      request.notes.append("\(argument) is unknown and ignored")
    }
    return consumed ?? 0
  }

  /// Applies an option that an argument matches.
  /// - Returns: The number of following arguments that belong to the matched options.
  private func apply(
    _ flag: Flag, _ argument: String, _ following: [String], _ request: inout CommandLineRequest, isFirst: Bool
  ) throws(RequestError) -> Int {
    let count = flag.valueCount(following)
    guard following.count >= count else {
      throw RequestError(
        argument, "\(count) value\(count == 1 ? "" : "s") must follow, \(following.count) do",
        remedy: "give \(argument) \(flag.values.joined(separator: " "))")
    }
    if !flag.isSpelled(argument) {
      request.notes.append("\(argument) is\(isFirst ? "" : " also") read as \(flag.names[0]), as by the C program")
    }
    let values = FlagValues(
      flag: argument, words: Array(following.prefix(count)), isLast: following.count == count,
      compatibility: compatibility)
    try flag.apply(&request, values)
    request.typed.append(.init(name: flag.names[0], option: argument, words: values.words))
    return count
  }

  private static func unknown(_ argument: String) -> RequestError {
    let help = "see nanobragg -help, or give --ignore-unknown"
    if NumberText.number(argument) != nil {
      return RequestError(
        argument, "no such option", remedy: "check how many numbers the option in front of it takes; \(help)")
    }
    guard let near = FlagTable.nearest(to: argument) else {
      return RequestError(argument, "no such option", remedy: help)
    }
    return RequestError(argument, "no such option", remedy: "did you mean \(near)? \(help)")
  }
}
