import CommandLineSupport
import Foundation
import Physics

/// A command line that simulators are compared on, with the files that it names.
package struct JudgedLine: Sendable, Hashable, Codable {
  /// An option with its values.
  package struct Use: Sendable, Hashable, Codable {
    /// The option as it is spelled here.
    package var name: String
    package var values: [String]
    /// The number of the kind of the values in the option's declaration; nil for values that were not drawn.
    package private(set) var kind: Int?

    package init(_ name: String, _ values: [String] = [], kind: Int? = nil) {
      (self.name, self.values, self.kind) = (name, values, kind)
    }

    var words: [String] { [name] + values }
  }

  /// The options in their order.
  package var uses: [Use]
  /// The contents of the files, by name.
  package var files: [String: Data]

  package init(uses: [Use], files: [String: Data] = [:]) {
    (self.uses, self.files) = (uses, files)
  }

  /// A line from words separated by blanks; every word that starts with a dash and a letter begins an option.
  package init(_ text: String, files: [String: Data] = [:]) {
    self.init(words: text.split(separator: " ").map(String.init), files: files)
  }

  /// A line from words.
  package init(words: [String], files: [String: Data] = [:]) {
    var uses: [Use] = []
    for word in words {
      if word.first == "-", word.dropFirst().first?.isLetter == true || uses.isEmpty {
        uses.append(Use(word))
      } else {
        uses[uses.count - 1].values.append(word)
      }
    }
    self.init(uses: uses, files: files)
  }

  /// The words of the command line.
  package var words: [String] { uses.flatMap(\.words) }

  /// The names of the options, without repetitions.
  package var options: Set<String> { Set(uses.map { Self.canonical($0.name) }) }

  /// The first documented spelling of an option.
  package static func canonical(_ name: String) -> String { spellings[name] ?? name }

  private static let spellings: [String: String] = {
    var names: [String: String] = [:]
    for flag in FlagTable.flags { for name in flag.names { names[name] = flag.names[0] } }
    return names
  }()

  /// The values of the last use of an option; nil if the line lacks it.
  package func values(_ option: String) -> [String]? { uses.last { Self.canonical($0.name) == option }?.values }

  package func has(_ option: String) -> Bool { options.contains(option) }

  /// The line with further options at its end.
  package func adding(_ text: String) -> JudgedLine {
    var line = self
    line.uses += JudgedLine(text).uses
    return line
  }

  /// The line with every use of an option replaced, or with the option added at the end.
  func setting(_ option: String, _ values: String...) -> JudgedLine {
    var line = self
    line.uses.removeAll { Self.canonical($0.name) == option }
    line.uses.append(Use(option, values))
    return line
  }

  /// The line without the uses of options.
  func without(_ options: String...) -> JudgedLine {
    var line = self
    line.uses.removeAll { options.contains(Self.canonical($0.name)) }
    return line
  }

  /// Whether a seed is not positive.
  var hasSeedBelowOne: Bool {
    ["-seed", "-mosaic_seed", "-misset_seed"].contains { option in
      values(option)?.first.flatMap(NumberText.number).map { $0 < 1 } ?? false
    }
  }

  /// The files that the words name.
  var usedFiles: [String: Data] {
    let words = Set(words)
    return files.filter { words.contains($0.key) }
  }

  /// The parsed request, with names of files replaced by their paths in a folder.
  package func request(_ compatibility: Compatibility, folder: URL?) throws -> CommandLineRequest {
    var words = words
    if let folder {
      for index in FlagTable.inputPositions(in: words) where files[words[index]] != nil {
        words[index] = folder.appendingPathComponent(words[index]).path
      }
    }
    return try CommandLineParser(words, compatibility: compatibility).parse()
  }
}
