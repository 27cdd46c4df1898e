import CommandLineSupport
import Foundation
import Physics

/// Makes a command line simpler as long as the candidate shows the finding: fewer options, then rounder and smaller
/// values, then shorter files.
package struct LineShrinker {
  /// The simplest line so far.
  package private(set) var line: JudgedLine
  package private(set) var calls = 0
  private let budget: Int
  private let deadline: ContinuousClock.Instant
  private let stillFails: (JudgedLine) async -> Bool
  private let isUnchanged: (JudgedLine, JudgedLine) async -> Bool

  /// - Parameters:
  ///   - stillFails: Whether a line shows the finding.
  ///   - isUnchanged: Whether two lines have one image in both simulators.
  package init(
    _ line: JudgedLine, calls budget: Int, until deadline: ContinuousClock.Instant,
    stillFails: @escaping (JudgedLine) async -> Bool, isUnchanged: @escaping (JudgedLine, JudgedLine) async -> Bool
  ) {
    (self.line, self.budget, self.deadline) = (line, budget, deadline)
    (self.stillFails, self.isUnchanged) = (stillFails, isUnchanged)
  }

  /// The scene to which lines are brought where the finding allows it.
  static let plainScene = JudgedLine(LineDrawing.plainScene).uses

  /// The options of the plain scene, and those that stand for some of them.
  static let sceneOptions = Set(plainScene.map(\.name)).union(["-mat", "-hkl"])

  /// Repeats all passes until none finds a simpler line, or calls or time run out.
  package mutating func run() async {
    await wholeScene()
    var before: JudgedLine
    repeat {
      before = line
      await dropBlocks()
      await simplerValues()
      await shorterFiles()
    } while line != before && mayGoOn
    await dropDefaults()
  }

  /// Brings crystal, factors and camera to the plain scene: all at once, else one by one.
  private mutating func wholeScene() async {
    var other = line
    other.uses = Self.plainScene + line.uses.filter { !Self.sceneOptions.contains(JudgedLine.canonical($0.name)) }
    if await keep(other) { return }
    for part in Self.plainScene {
      var other = line
      other.uses.removeAll { JudgedLine.canonical($0.name) == part.name || Self.replaces($0.name, part.name) }
      other.uses.insert(part, at: 0)
      await keep(other)
    }
  }

  private static func replaces(_ name: String, _ part: String) -> Bool {
    name == "-mat" && part == "-cell" || name == "-hkl" && part == "-default_F"
  }

  /// Leaves out the parts of the scene that are defaults, if neither image changes by it.
  private mutating func dropDefaults() async {
    for part in Self.plainScene where ["-lambda", "-distance", "-seed"].contains(part.name) {
      guard line.uses.contains(part), mayGoOn else { continue }
      var other = line
      other.uses.removeAll { $0 == part }
      calls += 1
      if await isUnchanged(line, other) { line = other }
    }
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
        // The scene stays: without a part of it a simulator shows its defaults, which may be another finding.
        let block = line.uses[start..<min(start + size, line.uses.count)].filter { !Self.plainScene.contains($0) }
        other.uses.removeAll { block.contains($0) }
        guard !block.isEmpty else {
          start += size
          continue
        }
        if !(await keep(other)) { start += size }
      }
      size /= 2
    }
  }

  private mutating func simplerValues() async {
    for use in line.uses.indices {
      guard !Self.plainScene.contains(line.uses[use]) else { continue }
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
  package static func simpler(_ word: String) -> [String] {
    guard let number = NumberText.number(word), number.isFinite, word != "0", word != "1" else { return [] }
    var words = ["0", "1", number < 0 ? "-1" : "2"]
    if abs(number) > 4, abs(number) < 1e9, number == number.rounded() { words.append("\(Int(number / 2))") }
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
