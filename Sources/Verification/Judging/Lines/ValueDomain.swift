import CommandLineSupport
import Physics
import PropertyTesting

import Glibc

/// The kinds of values of an option, read from the option's declaration in the table (docs/judge.md, "Domains").
///
/// Kinds are separated by ` | `; a kind has one entry per value, separated by blanks. An entry is a range of real
/// numbers (`0.3...4`), a range whose logarithm is drawn (`1~1e9`), a range of whole numbers (`2..7`), the name of a
/// made file (`@matrix`), or a word or number that stands for itself; `*3` repeats an entry.
package struct ValueDomain: Sendable {
  /// One entry of a kind.
  package enum Entry: Sendable, Hashable {
    case real(ClosedRange<Double>)
    case logarithmic(ClosedRange<Double>)
    case whole(ClosedRange<Int>)
    case file(String)
    case word(String)
  }

  /// A kind of values: its text in the declaration, and one entry per value.
  package struct Kind: Sendable, Hashable {
    package let text: String
    package let entries: [Entry]
  }

  package let kinds: [Kind]

  /// Reads a declaration; nil if it is malformed.
  /// - Parameter count: The number of values of the option; a kind with one entry for several values repeats it, unless
  ///   the number of values varies.
  package init?(_ text: String) {
    var kinds: [Kind] = []
    for part in text.split(separator: "|") {
      var entries: [Entry] = []
      for word in part.split(separator: " ") {
        let pieces = word.split(separator: "*", omittingEmptySubsequences: false)
        guard let entry = Self.entry(pieces[0]), let times = pieces.count == 1 ? 1 : Int(pieces[1]), times > 0 else {
          return nil
        }
        entries += [Entry](repeating: entry, count: times)
      }
      guard !entries.isEmpty else { return nil }
      kinds.append(Kind(text: part.split(separator: " ").joined(separator: " "), entries: entries))
    }
    guard !kinds.isEmpty else { return nil }
    self.kinds = kinds
  }

  private static func entry(_ word: Substring) -> Entry? {
    if word.first == "@" { return word.count > 1 ? .file(String(word.dropFirst())) : nil }
    func ends<Number: Comparable>(_ separator: String, _ number: (String) -> Number?) -> ClosedRange<Number>?? {
      guard let place = word.firstRange(of: separator) else { return .some(nil) }
      guard let low = number(String(word[..<place.lowerBound])), let high = number(String(word[place.upperBound...])),
        low <= high
      else { return nil }
      return low...high
    }
    guard let real = ends("...", NumberText.number) else { return nil }
    if let real { return .real(real) }
    guard let whole = ends("..", { Int($0) }) else { return nil }
    if let whole { return .whole(whole) }
    guard let scale = ends("~", NumberText.number) else { return nil }
    if let scale { return scale.lowerBound > 0 ? .logarithmic(scale) : nil }
    return word.isEmpty ? nil : .word(String(word))
  }
}

extension ValueDomain.Kind {
  /// Values of the kind, as words of a command line. Files are named `name` and `.` and a suffix by `MadeFiles`.
  package func draw(_ random: inout SplitMix64) -> [String] {
    entries.map { entry in
      switch entry {
      case .real(let range): Self.decimal(Double.random(in: range, using: &random), &random)
      case .logarithmic(let range):
        Self.decimal(
          pow(10, Double.random(in: log10(range.lowerBound)...log10(range.upperBound), using: &random)), &random)
      case .whole(let range): "\(Int.random(in: range, using: &random))"
      case .file(let name): MadeFiles.fileName(name)
      case .word(let word): word
      }
    }
  }

  /// A decimal with few digits, which hits ties and whole numbers, or with seventeen, which tell last bits apart.
  private static func decimal(_ value: Double, _ random: inout SplitMix64) -> String {
    let digits = [2, 1, 3, 4, 6, 15, 17].randomElement(using: &random) ?? 2
    return NumberText.text("%.\(digits)g", value)
  }
}

/// An option with one kind of its values: the unit whose pairs a judge covers.
package struct OptionKind: Sendable, Hashable, Codable, Comparable, CustomStringConvertible {
  /// The first documented spelling of the option.
  package let option: String
  /// The number of the kind in the declaration; 0 for an option without values.
  package let kind: Int

  package var description: String { kind == 0 ? option : "\(option)#\(kind)" }

  package static func < (left: Self, right: Self) -> Bool { (left.option, left.kind) < (right.option, right.kind) }
}

/// The options that random command lines have, with the kinds of their values, as the table of options declares them.
package struct DrawnOptions: Sendable {
  /// An option that is drawn.
  package struct Item: Sendable {
    let names: [String]
    /// The kinds of values; one empty kind for an option without values.
    let kinds: [ValueDomain.Kind]
    let section: Flag.Section

    package var name: String { names[0] }
  }

  package let items: [Item]

  /// The options of the table, in its order. An option without values needs no declaration; options of ours, those that
  /// name outputs and those that change only the text on the terminal are drawn only if they declare a domain.
  package static let all = DrawnOptions()

  private init() {
    items = FlagTable.parts.flatMap { part in
      part.flags.compactMap { flag -> Item? in
        guard part.section != .own else { return nil }
        if let domain = flag.domain {
          guard let domain = ValueDomain(domain) else { return nil }
          return Item(names: flag.names, kinds: domain.kinds, section: part.section)
        }
        guard flag.values.isEmpty, flag.role == nil else { return nil }
        return Item(names: flag.names, kinds: [ValueDomain.Kind(text: "", entries: [])], section: part.section)
      }
    }
  }

  /// All options with all kinds of their values.
  var optionKinds: [OptionKind] {
    items.flatMap { item in item.kinds.indices.map { OptionKind(option: item.name, kind: $0) } }
  }

  func item(_ option: String) -> Item? { items.first { $0.name == option } }
}
