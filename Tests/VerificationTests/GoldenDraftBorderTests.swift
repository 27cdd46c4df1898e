import Foundation
import GoldenStore
import Physics
import TestSupport
import Testing
import TraceIO

/// Files, pixels and images of cases that are added, where they are easily confused.
@Suite(.tags(.verification), .generousTime) struct GoldenDraftBorderTests: GoldenMaking {
  let folder: TemporaryFolder
  let corpus: GoldenCorpus

  private static let crystal = "-cell 60 60 60 90 90 90 -default_F 100 -N 5 -lambda 1 -pixel 0.1 -oversample 1"

  /// Detectors of which one side is shorter than an index of the other, each with a pixel.
  private static let narrow: [(name: String, command: String, pixel: PixelIndex)] = [
    ("tall", crystal + " -detpixels_x 2 -detpixels_y 4", PixelIndex(slow: 3, fast: 0)),
    ("wide", crystal + " -detpixels_x 4 -detpixels_y 2", PixelIndex(slow: 1, fast: 3)),
  ]

  private func draft(_ name: String, _ arguments: [String], _ lines: [TraceLine]) throws -> GoldenDraft {
    var draft = GoldenDraft(name: name)
    draft.arguments = arguments
    draft.logs = [try folder.file("\(name).log", TraceWriter.text(lines))]
    return draft
  }

  /// Each further file of a name gets the next number in front.
  @Test func filesOfOneNameAreCounted() throws {
    let contents: [String] = [
      "0.01 0 0 0 0.012 0 0 0.001 0.02\n", "0 0 0 100\n1 0 0 5\n0 1 0 7\n", "-1 0 0 1 1e-10\n",
    ]
    var paths: [String] = []
    for (number, content) in contents.enumerated() {
      let own = folder.url.appendingPathComponent("\(number)")
      try FileManager.default.createDirectory(at: own, withIntermediateDirectories: true)
      paths.append(try folder.file("\(number)/list.txt", content))
    }
    let rest = "-default_F 100 -N 3 -detpixels_x 6 -detpixels_y 4 -oversample 1".words
    func arguments(_ names: [String]) -> [String] {
      ["-mat", names[0], "-hkl", names[1], "-sourcefile", names[2]] + rest
    }
    let lines = try PixelTracer(Experiment(words: arguments(paths))).trace(PixelIndex(slow: 1, fast: 2))
    _ = try corpus.add(draft("three", arguments(paths), lines))
    let golden = try corpus.pending.load("three")
    let names = ["inputs/list.txt", "inputs/2-list.txt", "inputs/3-list.txt"]
    #expect(golden.args == arguments(names))
    #expect(golden.inputs?.keys.sorted() == names.sorted())
    for (name, content) in zip(names, contents) {
      #expect(try folder.text("corpus/pending/three/\(name)") == content, "\(name)")
    }
  }

  /// The pixel of a log is looked for by row and column. One outside the image is told before the image is read.
  @Test func pixelsOfLogsAreInTheImage() throws {
    for (name, command, pixel) in Self.narrow {
      let lines = try PixelTracer(Experiment(command: command)).trace(pixel)
      _ = try corpus.add(draft(name, command.words, lines))
      let traces = try corpus.pending.load(name).traces
      let words: [String] = traces.map { "\($0.file) \($0.slow) \($0.fast) \($0.why)" }
      let (slow, fast) = (pixel.slow, pixel.fast)
      #expect(words == ["trace.s\(slow).f\(fast).log \(slow) \(fast) traced in \(name).log"])
    }
    var other = GoldenDraft(name: "outside")
    other.arguments = Self.narrow[0].command.words
    other.logs = [folder.url.appendingPathComponent("wide.log").path]
    other.image = folder.url.appendingPathComponent("none.bin").path
    let problem = "pixel slow 1 fast 3 is not rendered in the image of the arguments; correct the arguments or --pixel"
    let error = #expect(throws: CorpusError.self) { _ = try corpus.add(other) }
    #expect(error?.description == "\(other.logs[0]): \(problem)")
    #expect(corpus.pending.ids == ["tall", "wide"])
  }

  /// A position half a pixel away is that of the pixel; the distance of one farther away is told in mm.
  @Test func aPositionHalfAPixelAwayIsThatOfThePixel() throws {
    let experiment = try Experiment(command: Self.scene)
    let half: Double = experiment.detector.pixelSize / 2
    let tracer = PixelTracer(experiment)
    func position(_ pixel: PixelIndex) throws -> Vector3 {
      try #require(Trace(lines: try tracer.trace(pixel)).vector(.position))
    }
    // The rows lie half a pixel off the beam, so that one of them has a neighbour exactly half a pixel away.
    var exact: [(pixel: PixelIndex, place: Vector3)] = []
    for slow in 0..<4 {
      let pixel = PixelIndex(slow: slow, fast: 2)
      let own = try position(pixel)
      for shift in [half, -half] {
        let place = own + Vector3(0, shift, 0)
        if (own - place).length == half { exact.append((pixel, place)) }
      }
    }
    try #require(!exact.isEmpty)
    let (pixel, place) = exact[0]
    let far = try position(pixel) + Vector3(0, 1.2 * half, 0)
    func moved(_ name: String, to place: Vector3) throws -> GoldenDraft {
      var lines = try tracer.trace(pixel).filter { $0.fields[0].name != TraceName.origin.rawValue }
      for index in lines.indices where lines[index].fields[0].name == TraceName.position.rawValue {
        lines[index].fields[0] = TraceField(TraceName.position.rawValue, place)
      }
      var draft = try draft(name, Self.scene.words, lines)
      draft.pixels = [pixel]
      return draft
    }
    _ = try corpus.add(moved("half", to: place))
    let refused = try moved("far", to: far)
    let error = #expect(throws: CorpusError.self) { _ = try corpus.add(refused) }
    let distance = "its position is 0.06 mm away from that of pixel (\(pixel.slow),2); correct --pixel"
    #expect(error?.description == "\(refused.logs[0]): \(distance)")
    #expect(corpus.pending.ids == ["half"])
  }

  /// A pixel that is given for a log without an origin is looked for in the image of the arguments, too.
  @Test func aGivenPixelIsInTheImage() throws {
    let lines = try PixelTracer(Experiment(command: Self.scene)).trace(PixelIndex(slow: 1, fast: 2))
    var draft = try draft("given", Self.scene.words, lines.filter { $0.fields[0].name != TraceName.origin.rawValue })
    draft.pixels = [PixelIndex(slow: 4, fast: 2)]
    let given = draft
    let problem = "pixel slow 4 fast 2 is not rendered in the image of the arguments; correct the arguments or --pixel"
    let error = #expect(throws: CorpusError.self) { _ = try corpus.add(given) }
    #expect(error?.description == "\(given.logs[0]): \(problem)")
    #expect(corpus.pending.ids == [])
  }

  /// The maximum of an image that is dark everywhere is said to be the first pixel.
  @Test func theMaximumOfADarkImage() throws {
    let lines = try PixelTracer(Experiment(command: Self.scene)).trace(PixelIndex(slow: 1, fast: 2))
    let rows: [(name: String, brightest: Int?, at: PixelIndex)] = [
      ("dark", nil, PixelIndex(slow: 0, fast: 0)), ("bright", 17, PixelIndex(slow: 2, fast: 5)),
    ]
    for (name, brightest, at) in rows {
      var pixels = [Float](repeating: 0, count: 24)
      if let brightest { pixels[brightest] = 7 }
      var draft = try draft(name, Self.scene.words, lines)
      draft.image = try folder.file("\(name).bin", bytes(pixels))
      _ = try corpus.add(draft)
      let image = try #require(try corpus.pending.load(name).image)
      let largest: Double = brightest == nil ? 0 : 7
      #expect(image.maxAt == at && image.max == largest && image.sum == largest, "\(name): \(image)")
      #expect(image.fast == 6 && image.slow == 4)
    }
  }

  /// Each number of a traced pixel counts once in the table of bounds: with an error, without one, or without a bound.
  @Test func everyNumberCountsOnce() throws {
    for (name, command, pixel) in Self.narrow {
      let lines = try PixelTracer(Experiment(command: command)).trace(pixel)
      var numbers: [String: Int] = [:]
      for field in lines.flatMap(\.fields) {
        for case .real in field.values { numbers[field.name, default: 0] += 1 }
      }
      var ratios = BoundRatios()
      try ratios.add(try makeCase(name, command, pixel: pixel), of: corpus)
      let rows: [[String]] = ratios.markdown.split(separator: "\n").dropFirst(2).map { line in
        line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      }
      try #require(rows.allSatisfy { $0.count == 7 })
      var counted: [String: Int] = [:]
      for row in rows { counted[row[0]] = row[1...3].compactMap { Int($0) }.reduce(0, +) }
      #expect(counted == numbers, "\(name)")
      // The structure factor is exactly 100, on the line of the pixel and on that of its only step.
      let amplitude: [String] = rows.first { $0[0] == "F_cell" } ?? []
      #expect(amplitude == ["F_cell", "0", "2", "0", "-", "-", "-"], "\(name)")
    }
  }
}
