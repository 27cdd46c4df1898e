import CommandLineSupport
import Foundation
import Physics

/// Makes a command line simpler as long as the candidate shows the finding: fewer options, then rounder and smaller
/// values, then shorter files.
struct LineShrinker {
  /// The simplest line so far.
  private(set) var line: JudgedLine
  private(set) var calls = 0
  private let budget: Int
  private let deadline: ContinuousClock.Instant
  private let stillFails: (JudgedLine) async -> Bool

  init(
    _ line: JudgedLine, calls budget: Int, until deadline: ContinuousClock.Instant,
    stillFails: @escaping (JudgedLine) async -> Bool
  ) {
    (self.line, self.budget, self.deadline, self.stillFails) = (line, budget, deadline, stillFails)
  }

  /// The scene to which lines are brought where the finding allows it.
  static let plainScene: [(option: String, values: [String])] = [
    ("-cell", ["50", "60", "70", "90", "100", "90"]), ("-default_F", ["100"]), ("-N", ["5"]), ("-detpixels", ["8"]),
  ]

  /// Repeats all passes until none finds a simpler line, or calls or time run out.
  mutating func run() async {
    var before: JudgedLine
    repeat {
      before = line
      await dropBlocks()
      await plainParts()
      await simplerValues()
      await shorterFiles()
    } while line != before && mayGoOn
  }

  private var mayGoOn: Bool { calls < budget && ContinuousClock.now < deadline }

  /// Keeps a line if it can be judged and the finding remains.
  @discardableResult
  private mutating func keep(_ other: JudgedLine) async -> Bool {
    guard mayGoOn, other != line, case .ready = LineCheck(other) else { return false }
    calls += 1
    guard await stillFails(other) else { return false }
    line = other
    return true
  }

  private mutating func dropBlocks() async {
    var size = max(line.uses.count / 2, 1)
    while size >= 1, mayGoOn {
      var start = 0
      while start < line.uses.count, mayGoOn {
        var other = line
        other.uses.removeSubrange(start..<min(start + size, line.uses.count))
        if !(await keep(other)) { start += size }
      }
      size /= 2
    }
  }

  /// Crystal and factors as in the plain scene; parts that the line can do without were dropped before.
  private mutating func plainParts() async {
    for part in Self.plainScene where line.values(part.option) != part.values && line.has(part.option) {
      if let index = line.uses.lastIndex(where: { JudgedLine.canonical($0.name) == part.option }) {
        var other = line
        other.uses[index] = .init(part.option, part.values)
        await keep(other)
      }
    }
    if line.has("-mat"), !line.has("-cell") {
      var other = line.without("-mat")
      other.uses.insert(.init("-cell", Self.plainScene[0].values), at: 0)
      await keep(other)
    }
    if line.has("-hkl"), !line.has("-default_F") {
      var other = line.without("-hkl")
      other.uses.insert(.init("-default_F", ["100"]), at: 0)
      await keep(other)
    }
  }

  private mutating func simplerValues() async {
    for use in line.uses.indices {
      let fixed = Self.plainScene.first { $0.option == JudgedLine.canonical(line.uses[use].name) }?.values
      guard fixed == nil || fixed != line.uses[use].values else { continue }
      for value in line.uses[use].values.indices {
        for word in Self.simpler(line.uses[use].values[value]) where mayGoOn {
          var other = line
          other.uses[use].values[value] = word
          if await keep(other) { break }
        }
      }
    }
  }

  /// Simpler words for a number, the simplest first.
  static func simpler(_ word: String) -> [String] {
    guard let number = NumberText.number(word), number.isFinite, word != "0", word != "1" else { return [] }
    var words = ["0", "1", number < 0 ? "-1" : "2"]
    if abs(number) > 4, number == number.rounded() { words += ["\(Int(clamping: Int(number / 2)))"] }
    if abs(number) > 10 { words.append("10") }
    words += (1...3).map { NumberText.text("%.\($0)g", number) }
    var seen: Set<String> = [word]
    return words.filter { candidate in
      guard seen.insert(candidate).inserted, let value = NumberText.number(candidate) else { return false }
      return candidate.count < word.count || abs(value) < abs(number)
    }
  }

  private mutating func shorterFiles() async {
    for (name, data) in line.usedFiles.sorted(by: { $0.key < $1.key }) where data.first != UInt8(ascii: "{") {
      var lines = data.split(separator: UInt8(ascii: "\n"))
      var size = lines.count / 2
      while size >= 1, mayGoOn {
        var start = 0
        while start < lines.count, mayGoOn {
          var fewer = lines
          fewer.removeSubrange(start..<min(start + size, lines.count))
          var other = line
          other.files[name] = Data(fewer.flatMap { $0 + [UInt8(ascii: "\n")] })
          if !fewer.isEmpty, await keep(other) { lines = fewer } else { start += size }
        }
        // Long lists are not shortened line by line.
        size = lines.count > 64 ? 0 : size / 2
      }
    }
  }
}
