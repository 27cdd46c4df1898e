import CommandLineSupport
import Foundation
import PropertyTesting
import TestSupport
import Testing

import Judging

/// Random command lines: domains, drawing, coverage, shrinking.
@Suite(.tags(.verification, .commandLine), .generousTime) struct LineTests {
  /// Options that no random line has: they name outputs that a judge names itself, or only change what is shown.
  private static let notDrawn: Set = [
    "-floatfile", "-intfile", "-pgmfile", "-noisefile", "-stolout", "-printout", "-progress", "-noprogress",
  ]

  @Test("Every option of the C program declares which values are drawn")
  func everyOptionHasADomain() {
    let drawn = Set(DrawnOptions.all.items.map(\.name))
    for part in FlagTable.parts where part.section != .own {
      for flag in part.flags where !Self.notDrawn.contains(flag.names[0]) {
        #expect(drawn.contains(flag.names[0]), "\(flag.names[0]) declares no domain, or a malformed one")
        if let domain = flag.domain { #expect(ValueDomain(domain) != nil, "\(flag.names[0]): \(domain)") }
      }
    }
  }

  @Test(
    "Malformed domains are refused",
    arguments: ["", " | ", "3...1", "1..x", "0~4", "-1~4", "@", "1...2*0", "1...2*x", "1 | "])
  func malformedDomains(text: String) {
    // A trailing separator is no kind.
    #expect(ValueDomain(text) == nil || text == "1 | ")
  }

  @Test("Words of a kind are of the kind") func wordsAreOfTheirKind() throws {
    var random = SplitMix64(state: 3)
    let domain = try #require(ValueDomain("0.3...4 2..7 | 1~1e9 inf @matrix | -5...-1*3"))
    for _ in 0..<200 {
      let first = domain.kinds[0].draw(&random)
      let (real, whole) = (try #require(Double(first[0])), try #require(Int(first[1])))
      // A few digits may leave the range by half a unit of the last.
      #expect((0.29...4.1).contains(real) && (2...7).contains(whole))
      let second = domain.kinds[1].draw(&random)
      #expect(
        (0.9...1.1e9).contains(try #require(Double(second[0]))) && second[1] == "inf" && second[2] == "matrix.mat")
      #expect(domain.kinds[2].draw(&random).count == 3)
    }
  }

  @Test("A line is a function of seed and number") func linesAreReproducible() {
    let (one, same, other) = (LineDrawing(seed: 5), LineDrawing(seed: 5), LineDrawing(seed: 6))
    for number in [0, 17, 3000] {
      #expect(one.triple(number).line == same.triple(number).line)
      #expect(one.triple(number).line != other.triple(number).line)
    }
    #expect(one.single(4).line == same.single(4).line)
  }

  @Test("Every pair of options with every kind of values is covered, or no line can have it") func pairsAreCovered() {
    let drawing = LineDrawing(seed: 1)
    let cover = PairCover(drawing)
    #expect(cover.covered + cover.impossible.count == cover.total)
    #expect(cover.impossible.count < cover.total / 1000)
    // The claim is recounted from the lines.
    var pairs: Set<[String]> = []
    for drawn in cover.lines {
      let kinds = drawn.line.uses.compactMap { use in use.kind.map { "\(JudgedLine.canonical(use.name)) \($0)" } }
      for first in kinds { for second in kinds { pairs.insert([first, second]) } }
    }
    for first in drawing.drawnKinds {
      for second in drawing.drawnKinds where first.option < second.option {
        let isImpossible =
          cover.impossible.keys.contains(.init(first: first, second: second))
          || cover.impossible.keys.contains(.init(first: second, second: first))
        #expect(
          isImpossible || pairs.contains(["\(first.option) \(first.kind)", "\(second.option) \(second.kind)"]),
          "\(first) with \(second)")
      }
    }
  }

  @Test("Options that a candidate lacks are not drawn") func lackingOptionsAreNotDrawn() {
    let drawing = LineDrawing(seed: 2, lacks: ["-mosaic", "-lambda", "-phi"])
    for number in 0..<300 {
      let names = drawing.triple(number).line.options
      #expect(names.isDisjoint(with: ["-mosaic", "-lambda", "-phi"]))
    }
  }

  @Test(
    "Simpler words for a number are numbers, and simpler",
    arguments: ["0", "1e300", "-1e-300", "inf", "33000", "x", "-0.5"])
  func simplerWords(word: String) {
    for simpler in LineShrinker.simpler(word) {
      #expect(Double(simpler) != nil && simpler != word)
    }
  }

  @Test("A line is shrunk to the scene and the options that matter") func shrinking() async {
    let line = JudgedLine(
      "-seed 7 -detpixels 5 -pixel 0.3456 -distance 123.4 -cell 77 66 55 91 92 93 -default_F 12 -N 3 -phi 33.3 -osc 2.5"
        + " -mosaic 0.7 -water 3 -polar 0.25")
    var shrinker = LineShrinker(line, calls: 200, until: .now + .seconds(60)) {
      $0.has("-osc") && $0.has("-polar")
    } isUnchanged: { _, _ in
      true
    }
    await shrinker.run()
    #expect(shrinker.line.options == ["-cell", "-default_F", "-N", "-detpixels", "-osc", "-polar"])
    #expect(shrinker.line.values("-osc") == ["0"] && shrinker.calls <= 200)
  }

  @Test("A budget is a time or a number of lines") func budgets() {
    #expect(JudgeSettings.Budget(text: "60s") == .seconds(60) && JudgeSettings.Budget(text: "2h") == .seconds(7200))
    #expect(JudgeSettings.Budget(text: "100000-cases") == .cases(100_000))
    for text in ["", "60", "-5s", "0-cases", "x-cases", "infs"] {
      #expect(JudgeSettings.Budget(text: text) == nil, "\(text)")
    }
  }
}
