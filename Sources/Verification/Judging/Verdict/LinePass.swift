import Foundation
import Physics

/// The random lines of a judgement.
struct LinePass: Sendable {
  let judge: Judge

  init(_ judge: Judge) { self.judge = judge }

  /// The lines that are judged between two writings of the state.
  private static let batch = 400
  /// The number of lines after those of the pairs in which pairs are tried again that could not be judged.
  private static let secondTries = 2400
  /// The number of lines after those of the pairs that contain triples; later ones vary the nearest to the tolerance.
  static let tripleLines = 20_000

  /// Judges lines until the budget is used up: single options, pairs, triples, variations.
  /// - Returns: The lines that cover the pairs; nil if the budget is used up before them.
  func run(_ state: inout JudgeState) async throws -> PairCover? {
    let singles = judge.drawing.singleCount
    while state.counts.next < singles, !isOver(state) {
      let numbers = Array(state.counts.next..<min(singles, state.counts.next + batchSize(state)))
      let drawing = judge.drawing
      await judge(numbers, &state, drawing) { drawing.single($0) }
    }
    if isOver(state) { return nil }
    // An option that is refused alone would only spoil the lines of the others.
    let drawing = LineDrawing(seed: judge.drawing.seed, lacks: judge.runner.features.lacks.union(state.refusedOptions))
    judge.settings.progress?("drawing lines that cover all pairs of options")
    let cover = PairCover(drawing)
    var written = ContinuousClock.now
    while !isOver(state) {
      let first = state.counts.next
      let missing = missing(state, cover, drawing)
      let parents = state.nearest
      await judge(Array(first..<first + batchSize(state)), &state, drawing) { number in
        line(number - singles, cover, parents, missing, drawing)
      }
      if (ContinuousClock.now - written) / .seconds(1) > 5 {
        try StateFile.write(state, to: judge.settings.folder)
        written = ContinuousClock.now
        judge.settings.progress?(
          "\(state.counts.judged) lines, \(Int(state.counts.perSecond)) a second, \(state.counts.differ) differ")
      }
    }
    return cover
  }

  /// Judges a batch of numbered lines. A batch that the deadline cut off counts as drawn.
  private func judge(
    _ numbers: [Int], _ state: inout JudgeState, _ drawing: LineDrawing,
    _ line: @escaping @Sendable (Int) -> LineDrawing.Drawn
  ) async {
    let begun = ContinuousClock.now
    let runner = judge.runner
    let results = await judge.parallel(
      numbers.filter { $0 < judge.drawing.singleCount || judge.settings.isMine($0) },
      until: judge.deadline(Judge.Share.lines)
    ) { number in
      let drawn = line(number)
      guard case .ready = drawn.check else { return (drawn, nil as LineRunner.Judged?) }
      return (drawn, await runner.judge(drawn.line))
    }
    // The numbers are those of all options, also of those that later lines leave out.
    let places = judge.drawing.places
    for result in results { if let result { note(result.0, result.1, places, &state) } }
    state.counts.seconds += (ContinuousClock.now - begun) / .seconds(1)
    state.counts.next = (numbers.last ?? 0) + 1
  }

  private func batchSize(_ state: JudgeState) -> Int {
    guard case .cases(let count) = judge.settings.budget else { return Self.batch }
    return max(1, min(Self.batch, count - state.counts.next))
  }

  private func isOver(_ state: JudgeState) -> Bool {
    switch judge.settings.budget {
    case .seconds: ContinuousClock.now >= judge.deadline(Judge.Share.lines)
    case .cases(let count): state.counts.next >= count
    }
  }

  /// The pairs whose lines could not be judged: lines that are undefined in the C program, or that it alone refuses.
  private func missing(_ state: JudgeState, _ cover: PairCover, _ drawing: LineDrawing) -> [PairCover.Pair] {
    let start = judge.drawing.singleCount + cover.lines.count
    guard (start..<start + Self.secondTries).contains(state.counts.next), judge.settings.shard.count == 1 else {
      return []
    }
    return left(state, cover, drawing)
  }

  /// The pairs that are not covered and not impossible.
  func left(_ state: JudgeState, _ cover: PairCover, _ drawing: LineDrawing) -> [PairCover.Pair] {
    let (places, kinds) = (judge.drawing.places, drawing.drawnKinds)
    return kinds.indices.flatMap { first in
      kinds.indices.dropFirst(first + 1).compactMap { second -> PairCover.Pair? in
        let pair = PairCover.Pair(first: kinds[first], second: kinds[second])
        guard pair.first.option != pair.second.option, let low = places.kinds[pair.first],
          let high = places.kinds[pair.second],
          !state.pairs.contains(min(low, high) * places.kindCount + max(low, high)),
          cover.impossible[pair] == nil
        else { return nil }
        return pair
      }
    }
  }

  private func line(
    _ number: Int, _ cover: PairCover, _ parents: [JudgeState.Near], _ missing: [PairCover.Pair],
    _ drawing: LineDrawing
  ) -> LineDrawing.Drawn {
    if number < cover.lines.count { return cover.lines[number] }
    if !missing.isEmpty, number % 2 == 0, number < cover.lines.count + Self.secondTries {
      var random = drawing.random(number, 3)
      let pair = missing[(number / 2) % missing.count]
      return drawing.line([pair.first, pair.second], number: number, &random)
    }
    if number < cover.lines.count + Self.tripleLines || parents.isEmpty || number % 4 == 0 {
      return drawing.triple(number)
    }
    return drawing.variation(of: parents[number % parents.count].kinds, number)
  }

  private func note(
    _ drawn: LineDrawing.Drawn, _ judged: LineRunner.Judged?, _ places: LineDrawing.Places, _ state: inout JudgeState
  ) {
    guard let judged else {
      if case .tooLong = drawn.check { state.counts.tooLong += 1 } else { state.counts.refused += 1 }
      return
    }
    switch judged.judgement.outcome {
    case .undefined: state.counts.undefined += 1
    case .refused: state.counts.refused += 1
    case .cannot: state.counts.cannot += 1
    case .agrees:
      state.counts.judged += 1
      state.counts.agree += 1
      state.counts.worstRatio = max(state.counts.worstRatio, judged.judgement.ratio)
      state.note(drawn, differs: false, places)
      state.note(near: drawn.kinds, judged.judgement.ratio)
    case .differs(let symptoms):
      state.counts.judged += 1
      state.counts.differ += 1
      state.note(drawn, differs: true, places)
      state.note(near: drawn.kinds, judged.judgement.ratio)
      if let kind = drawn.kinds.first, drawn.kinds.count == 1, drawn.number < judge.drawing.drawnKinds.count,
        symptoms.contains(where: { $0.kind == .refusal })
      {
        state.refusedOptions.insert(kind.option)
      }
      for symptom in symptoms { state.keep(.init(line: drawn.line, symptom: symptom, stage: "lines")) }
    }
  }
}
