import FrameIO
import Physics
import VisibleText

/// All options, in the order in which the reference program tests an argument against them
/// (docs/reference/10-command-line.md §3).
public enum FlagTable {
  /// The options of one subject.
  public struct Part: Sendable {
    /// The subject.
    public let section: Flag.Section
    /// The options of the subject.
    public let flags: [Flag]
  }

  /// The table of options, by subject.
  public static let parts = [
    Part(section: .own, flags: own), Part(section: .crystal, flags: crystal), Part(section: .geometry, flags: geometry),
    Part(section: .beam, flags: beam), Part(section: .sampling, flags: sampling), Part(section: .output, flags: output),
  ]

  /// All options, in the order of the table.
  public static var flags: [Flag] { parts.flatMap(\.flags) }

  /// The options of a subject.
  static func flags(in section: Flag.Section) -> [Flag] { parts.first { $0.section == section }?.flags ?? [] }

  /// Options that make all others irrelevant.
  static var shortcuts: [Flag] { own.filter(\.isShortcut) }

  /// Options that the reference program does not have.
  private static let own: [Flag] = [
    shortcut("-help --help -h", "show this text") { $0.wantsHelp = true },
    shortcut("--version", "show the version") { $0.wantsVersion = true },
    Flag(
      "--compat", patterns: [], values: "c-parity|spec",
      "reproduce the C program with its quirks, or the documented physics (default: c-parity)"
    ) { _, _ throws(RequestError) in },
    Flag(
      "--phi-mode", patterns: [], values: "c-parity|spec",
      "override --compat for the phi carry-over alone (Q-03)"
    ) { _, _ throws(RequestError) in },
    .switching("--ignore-unknown", patterns: [], "ignore unknown options, as the C program does") { _ in },
    .integer("-threads", patterns: [], "n", "number of threads (default: OMP_NUM_THREADS, else all cores)") {
      $0.threads = $1
    },
    Flag(
      "-trace_pixel", patterns: [], values: "slow fast",
      "write every intermediate value of one pixel to standard output"
    ) { request, values throws(RequestError) in
      let slow = try values.integer(0, &request)
      request.tracedPixel = PixelIndex(slow: slow, fast: try values.integer(1, &request))
    }
    .with(.report),
  ]

  /// The positions, in a command line, of the names of files to read.
  /// - Parameter arguments: The command line, options in their documented spellings.
  public static func inputPositions(in arguments: [String]) -> [Int] {
    let hasReflections = arguments.contains("-hkl")
    return arguments.indices.dropFirst().filter { index in
      switch role(of: arguments[index - 1]) {
      case .input: true
      case .cache: !hasReflections
      case .output, .report, nil: false
      }
    }
  }

  /// A command line without the options that name files to write or that only change the text on the terminal.
  /// - Parameter arguments: The command line, options in their documented spellings.
  public static func calculation(of arguments: [String]) -> [String] {
    var kept: [String] = []
    var rest = arguments[...]
    while let word = rest.popFirst() {
      if let flag = flag(word), flag.role == .output || flag.role == .report {
        rest = rest.dropFirst(flag.values.count)
      } else {
        kept.append(word)
      }
    }
    return kept
  }

  private static func flag(_ name: String) -> Flag? { flags.first { $0.isSpelled(name) } }

  /// The role of an option in a documented spelling; nil for an option without role or an unknown option.
  public static func role(of name: String) -> Flag.Role? { flag(name)?.role }

  private static func shortcut(
    _ names: String, _ summary: String, store: @escaping @Sendable (inout CommandLineRequest) -> Void
  ) -> Flag {
    var flag = Flag.switching(names, patterns: [], summary, store: store)
    flag.isShortcut = true
    return flag
  }

  /// An option without effect that the C authors' README, usage text or examples have, and that their program ignores
  ///
  /// - Parameter use: The option that has the intended effect.
  static func ignored(_ name: String, _ values: String, use: String) -> Flag {
    Flag(
      name, patterns: [.whole(name)], values: values, "has no effect; use \(use)",
      drawn: values == "x y z" ? "-1...1*3" : "1...3"
    ) { request, _ in
      request.notes.append("\(name) has no effect, as in the C program; the option is \(use) (Q-50)")
    }
    .withoutEffect()
  }

  /// The spelling nearest to a word; nil if no spelling for the word's axis is near.
  static func nearest(to word: String) -> String? {
    let own = axis(of: word)
    let names = flags.filter(\.hasEffect).flatMap(\.names).filter {
      own == nil || axis(of: $0) == nil || axis(of: $0) == own
    }
    // Spellings of which the word is the beginning, or which are the beginning of the word.
    let whole = names.filter { $0.hasPrefix(word) || word.hasPrefix($0) }.filter {
      // An option for a number of steps is not a short form of an option for a size.
      min($0.count, word.count) >= 5 && $0.containsText("step") == word.containsText("step")
    }
    if let best = whole.min(by: { abs($0.count - word.count) < abs($1.count - word.count) }) { return best }
    let candidates = names.map { (name: $0, distance: editDistance($0, word)) }
    guard let best = candidates.min(by: { $0.distance < $1.distance }) else { return nil }
    return best.distance <= (word.count <= 6 ? 1 : max(2, word.count / 4)) ? best.name : nil
  }

  /// The axis or direction in the name of an option: `1`, `2` or `3` for the first, second or third axis, `h` or `v`
  /// for horizontal or vertical; nil for a name without axis.
  public static func axis(of name: String) -> Character? {
    let word = name.lowercased().drop { $0 == "-" }
    let axes: [Character: Character] = [
      "x": "1", "f": "1", "a": "1", "y": "2", "s": "2", "b": "2", "z": "3", "o": "3", "c": "3",
    ]
    if let place = word.lastIndex(of: "_"), word.distance(from: place, to: word.endIndex) == 2 {
      return axes[word.last!]
    }
    if word.hasPrefix("hdiv") || word.hasPrefix("vdiv") { return word.first }
    for end in ["beam", "close", "det_vector"] where word.hasSuffix(end) && word.count == end.count + 1 {
      return axes[word.first!]
    }
    if word.hasPrefix("org") && word.count == 4 || word.hasPrefix("n") && word.count == 2 { return axes[word.last!] }
    return String(word).containsText("rot") ? axes[word.last!] : nil
  }

  /// The number of insertions, deletions and replacements between two words (Levenshtein, 1966).
  public static func editDistance(_ first: String, _ second: String) -> Int {
    let (a, b) = (Array(first.lowercased()), Array(second.lowercased()))
    var row = Array(0...b.count)
    for i in 1...max(a.count, 1) where !a.isEmpty {
      var diagonal = row[0]
      row[0] = i
      for j in 1...max(b.count, 1) where !b.isEmpty {
        let replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)
        diagonal = row[j]
        row[j] = min(replaced, row[j] + 1, row[j - 1] + 1)
      }
    }
    return row[b.count]
  }
}
