import Foundation
import Physics
import PropertyTesting

/// Draws random command lines: a pure function of a seed, the number of the line and the options that are drawn.
///
/// The first lines cover every pair of options with every kind of their values. The next lines each contain a triple of
/// options from a shuffled list. Later lines vary those that came closest to their tolerance, or beyond.
package struct LineDrawing: Sendable {
  /// A drawn line.
  package struct Drawn: Sendable {
    let number: Int
    package var line: JudgedLine
    var kinds: [OptionKind]
    var check: LineCheck
  }

  let seed: UInt64
  let options: DrawnOptions
  private let items: [DrawnOptions.Item]
  private let lacks: Set<String>
  private let kinds: [OptionKind]

  /// The options that lines may have.
  /// - Parameter lacks: Options that the candidate lacks; lines do not have them, unless a line would be incomplete.
  package init(seed: UInt64, lacks: Set<String> = []) {
    self.seed = seed
    options = .all
    self.lacks = lacks
    items = options.items.filter { item in !item.names.contains(where: lacks.contains) }
    kinds = items.flatMap { item in item.kinds.indices.map { OptionKind(option: item.name, kind: $0) } }
  }

  /// The drawn options with the kinds of their values.
  package var drawnKinds: [OptionKind] { kinds }

  /// The source of randomness of a numbered line.
  func random(_ number: Int, _ salt: UInt64 = 0) -> SplitMix64 {
    var start = SplitMix64(state: seed ^ (UInt64(bitPattern: Int64(number)) &* 0xD134_2543_DE82_EF95) ^ (salt << 48))
    return SplitMix64(state: start.next())
  }

  /// A line with these options, completed to a small scene, in random order.
  func line(
    _ chosen: [OptionKind], number: Int, _ random: inout SplitMix64, limit: Int = LineCheck.limit
  ) -> Drawn {
    var shuffled = chosen
    shuffled.shuffle(using: &random)
    let uses = shuffled.compactMap { use($0, &random) }
    let names = Set(uses.map(\.name).map(JudgedLine.canonical))
    var line = JudgedLine(uses: base(without: names, &random) + uses)
    line.uses = Self.seeded(line.uses)
    line.files = MadeFiles.files(for: line.words, &random)
    var check = LineCheck(line, limit: limit)
    if case .tooLong = check {
      if limit == LineCheck.limit {
        line = Self.smaller(line)
      } else if !names.contains("-oversample") {
        line.uses.insert(.init("-oversample", ["1"]), at: 0)
      }
      check = LineCheck(line, limit: limit)
    }
    return Drawn(number: number, line: line, kinds: chosen, check: check)
  }

  private func use(_ kind: OptionKind, _ random: inout SplitMix64) -> JudgedLine.Use? {
    guard let item = options.item(kind.option) else { return nil }
    let name = item.names.randomElement(using: &random) ?? item.name
    return JudgedLine.Use(name, item.kinds[kind.kind].draw(&random), kind: kind.kind)
  }

  /// The parts of a scene that the drawn options leave out.
  private func base(without names: Set<String>, _ random: inout SplitMix64) -> [JudgedLine.Use] {
    func drawn(_ option: String, _ kind: Int) -> JudgedLine.Use {
      JudgedLine.Use(option, options.item(option)?.kinds[kind].draw(&random) ?? [], kind: kind)
    }
    var uses = [JudgedLine.Use("-seed", ["7"])]
    let sizes: Set = ["-detpixels", "-detpixels_x", "-detpixels_y", "-detsize", "-detsize_f", "-detsize_s"]
    // One axis alone leaves the other with 1024 pixels.
    if names.isDisjoint(with: ["-detpixels", "-detsize"]), names.intersection(sizes).count < 2 {
      uses.append(drawn("-detpixels", 0))
    }
    if !names.contains("-pixel") { uses.append(drawn("-pixel", 0)) }
    if !names.contains("-distance") { uses.append(drawn("-distance", 0)) }
    if names.isDisjoint(with: ["-cell", "-mat"]) { uses.append(drawn("-cell", Int(random.next() % 3))) }
    if names.isDisjoint(with: ["-default_F", "-hkl"]) { uses.append(drawn("-default_F", 0)) }
    if names.isDisjoint(with: ["-N", "-Na", "-Nb", "-Nc"]) { uses.append(drawn("-N", Int(random.next() % 2))) }
    if !names.contains("-oversample"), random.next() % 6 != 0 {
      uses.append(drawn("-oversample", Int(random.next() % 2)))
    }
    return uses.filter { !lacks.contains($0.name) }
  }

  /// Puts `-misset_seed` directly before a `-misset`: the reference program reads the three words after a lone
  /// `-misset_seed` as angles, which ours refuses to do. A random misset gets a seed, else both take the clock.
  private static func seeded(_ uses: [JudgedLine.Use]) -> [JudgedLine.Use] {
    let turn = uses.last { $0.name == "-misset" }
    let seed = uses.last { $0.name == "-misset_seed" }
    guard turn != nil || seed != nil else { return uses }
    let kept = uses.filter { $0.name != "-misset" && $0.name != "-misset_seed" }
    let turned = turn ?? .init("-misset", ["random"])
    let needsSeed = seed != nil || turned.values == ["random"]
    return kept + (needsSeed ? [seed ?? .init("-misset_seed", ["5"])] : []) + [turned]
  }

  /// The line with few pixels and sub-pixels.
  private static func smaller(_ line: JudgedLine) -> JudgedLine {
    var line = line.without("-detsize", "-detsize_f", "-detsize_s", "-detpixels", "-detpixels_x", "-detpixels_y")
    line.uses.removeAll { $0.name == "-oversample" }
    line.uses.insert(.init("-oversample", ["1"]), at: 0)
    line.uses.insert(.init("-detpixels", ["2"]), at: 0)
    return line
  }

  // MARK: Single options

  /// The scene of the lines with a single option; shrunk lines are brought to it, too.
  package static let plainScene =
    "-cell 50 60 70 90 100 90 -default_F 100 -N 5 -lambda 1 -distance 100 -detpixels 8 -seed 7"

  /// The parts of the plain scene whose defaults are tried.
  private static let defaulted = ["-N", "-lambda", "-distance", "-seed"]

  /// What options need to have an effect: a line has them beside the option, a second time for each of its kinds.
  private static let companions = [
    "-interpolate": "-hkl reflections.hkl", "-nointerpolate": "-hkl reflections.hkl -N 2",
    "-default_F": "-hkl narrow.hkl -pixel 1", "-hkl": "-interpolate", "-mosaic_domains": "-mosaic 1",
    "-mosaic_seed": "-mosaic 1", "-mosaic": "-mosaic_domains 3", "-detector_thicksteps": "-detector_thick 300",
    "-detector_abs": "-detector_thick 300", "-oversample_thick": "-detector_thick 300", "-osc": "-phi 10",
    "-phisteps": "-phi 10 -osc 1", "-phistep": "-phi 10 -osc 1", "-phi": "-osc 1 -phisteps 3",
    "-hdivsteps": "-hdivrange 3", "-vdivsteps": "-vdivrange 3", "-hdivrange": "-hdivsteps 2 -pixel 1",
    "-vdivrange": "-vdivsteps 2 -pixel 1", "-divergence": "-divsteps 3", "-divsteps": "-divergence 5 -pixel 1",
    "-round_div": "-divergence 3 -divsteps 3", "-square_div": "-divergence 3 -divsteps 3",
    "-dispsteps": "-dispersion 2", "-flux": "-exposure 1 -beamsize 1", "-exposure": "-flux 1e18",
    "-beamsize": "-flux 1e18", "-oversample_omega": "-oversample 2 -pixel 1",
    "-oversample_polar": "-oversample 2 -pixel 1", "-polar_vector": "-polar 0.5 -pixel 1", "-polar": "-pixel 1",
    "-nopolar": "-pixel 1", "-twotheta_axis": "-twotheta 5", "-pivot": "-detector_rotx 5",
    "-spindle_axis": "-phi 10", "-fudge": "-round_xtal", "-Xbeam": "-xds", "-Ybeam": "-xds",
    "-detector_rotx": "-xds", "-detector_roty": "-xds", "-detector_rotz": "-xds", "-curved_det": "-pixel 1",
    "-water": "-pixel 1 -oversample 2", "-dmin": "-pixel 2", "-mask": "-roi 1 4 1 4",
  ]

  /// The options that have an effect only, or another one, with others beside them.
  private var accompanied: [OptionKind] { kinds.filter { Self.companions[$0.option] != nil } }

  /// The number of lines with a single option.
  var singleCount: Int { kinds.count + Self.defaulted.count + accompanied.count }

  /// The plain scene with one option, or without one of its own.
  package func single(_ number: Int) -> Drawn {
    var random = random(number, 11)
    var line = JudgedLine(Self.plainScene)
    line.uses.removeAll { lacks.contains($0.name) }
    if (kinds.count..<kinds.count + Self.defaulted.count).contains(number) {
      line = line.without(Self.defaulted[number - kinds.count])
      return Drawn(number: number, line: line, kinds: [], check: LineCheck(line))
    }
    let isAlone = number < kinds.count
    let kind = isAlone ? kinds[number] : accompanied[number - kinds.count - Self.defaulted.count]
    guard let use = use(kind, &random) else {
      return Drawn(number: number, line: line, kinds: [], check: LineCheck(line))
    }
    // What the option replaces in the scene is left out, so that its order does not matter.
    let replaced = Self.replaced[kind.option] ?? [kind.option]
    line.uses.removeAll { replaced.contains($0.name) }
    let others = isAlone ? [] : companions(of: kind.option)
    line.uses.removeAll { part in others.contains { $0.name == part.name } }
    line.uses = Self.seeded(line.uses + others + [use])
    // As the last word this option would be ignored.
    if use.name == "-curved_det" { line.uses.append(.init("-noprogress")) }
    line.files = MadeFiles.files(for: line.words, &random)
    return Drawn(number: number, line: line, kinds: [kind], check: LineCheck(line, limit: LineCheck.pairLimit))
  }

  /// The companions of an option, without those that the candidate lacks.
  private func companions(of option: String) -> [JudgedLine.Use] {
    JudgedLine(Self.companions[option] ?? "").uses.filter { use in items.contains { $0.name == use.name } }
  }

  private static let replaced: [String: Set<String>] = [
    "-Na": ["-N"], "-Nb": ["-N"], "-Nc": ["-N"], "-mat": ["-cell"], "-energy": ["-lambda"],
    "-close_distance": ["-distance"],
  ]

  // MARK: Later lines

  /// A line that contains a triple of options from a shuffled list, and further options at random.
  package func triple(_ number: Int) -> Drawn {
    var random = random(number)
    // A bijection of the triples: consecutive numbers give distant triples.
    let count = items.count
    guard count >= 3 else { return self.line(items.map { anyKind($0, &random) }, number: number, &random) }
    let total = max(count * (count - 1) * (count - 2) / 6, 1)
    var rest = Int((UInt64(number) &* 0x9E37_79B1) % UInt64(total))
    var chosen: [Int] = []
    for size in stride(from: 3, through: 1, by: -1) {
      var top = size - 1
      while Self.choose(top + 1, size) <= rest { top += 1 }
      chosen.append(min(top, count - 1))
      rest -= Self.choose(top, size)
    }
    var kinds = chosen.map { anyKind(items[$0], &random) }
    for _ in 0..<Int(random.next() % 8) {
      if let item = items.randomElement(using: &random) { kinds.append(anyKind(item, &random)) }
    }
    return line(Self.distinct(kinds), number: number, &random)
  }

  /// A line that varies another one: an option more or less, or other values of one.
  func variation(of parent: [OptionKind], _ number: Int) -> Drawn {
    var random = random(number)
    var kinds = parent
    if !kinds.isEmpty, random.next() % 2 == 0 { kinds.remove(at: Int(random.next() % UInt64(kinds.count))) }
    for _ in 0..<1 + Int(random.next() % 3) {
      if let item = items.randomElement(using: &random) { kinds.append(anyKind(item, &random)) }
    }
    return line(Self.distinct(kinds), number: number, &random)
  }

  private func anyKind(_ item: DrawnOptions.Item, _ random: inout SplitMix64) -> OptionKind {
    OptionKind(option: item.name, kind: Int(random.next() % UInt64(item.kinds.count)))
  }

  /// One kind per option, the first.
  static func distinct(_ kinds: [OptionKind]) -> [OptionKind] {
    var seen: Set<String> = []
    return kinds.filter { seen.insert($0.option).inserted }
  }

  private static func choose(_ n: Int, _ k: Int) -> Int {
    k == 1 ? n : k == 2 ? n * (n - 1) / 2 : n * (n - 1) * (n - 2) / 6
  }
}
