import PropertyTesting
import TestSupport
import Testing

/// The eleven problems of the public shrinking challenge (github.com/jlink/shrinking-challenge), written anew from their
/// descriptions: from any first failure the same simplest case is reached.
@Suite(.tags(.property), .generousTime) struct ChallengeTests {
  private static let seeds: ClosedRange<UInt64> = 1...12

  /// The simplest cases from several first failures, as source, and how many calls shrinking took.
  private func normalForms<Value>(
    _ name: String, _ generator: Generator<Value>, _ holds: @escaping (Value) throws -> Bool
  ) throws -> Set<String> {
    var (forms, calls): (Set<String>, [Int]) = ([], [])
    for seed in Self.seeds {
      var settings = Settings(cases: 100_000, seed: seed)
      settings.shrinkBudget = 40_000
      let found = outcome(generator, settings) { try $0.that(try holds($1), "the claim") }
      let finding = try #require(found.failure, "\(name), seed \(seed)")
      forms.insert(SwiftSource.text(try #require(finding.failure.value)))
      calls.append(finding.shrinkCalls)
    }
    print(
      "\(name): \(forms.sorted().joined(separator: " | ")), calls \(calls.sorted()[calls.count / 2]) (\(calls.max()!))")
    return forms
  }

  private static let numbers = Generator<Int>.integer(in: -1000...1000)

  @Test func reverse() throws {
    #expect(try normalForms("reverse", Self.numbers.array(0...20)) { $0 == $0.reversed() } == ["[1, 0]"])
  }

  @Test func nestedLists() throws {
    let forms = try normalForms("nested lists", Self.numbers.array(0...20).array(0...20)) {
      $0.reduce(0) { $0 + $1.count } <= 10
    }
    #expect(forms.count == 1, "\(forms)")
  }

  @Test func lengthList() throws {
    let lists = Generator<Int>.integer(in: 1...100).flatMap { Generator<Int>.integer(in: 0...1000).array($0...$0) }
    #expect(try normalForms("length list", lists) { $0.max()! < 900 } == ["[900]"])
  }

  @Test func largeUnionList() throws {
    let forms = try normalForms("large union list", Self.numbers.array(0...10).array(0...10)) {
      Set($0.joined()).count <= 4
    }
    #expect(forms.count == 1 && forms.first?.filter { $0 == "[" }.count == 2, "one list of five: \(forms)")
  }

  @Test func distinct() throws {
    let forms = try normalForms("distinct", Self.numbers.array(0...20)) { Set($0).count < 3 }
    #expect(forms == ["[-1, 1, 0]"] || forms == ["[1, -1, 0]"], "\(forms)")
  }

  @Test func deletion() throws {
    let pairs = Self.numbers.array(1...20).flatMap { list in zip(.constant(list), .integer(in: 0...list.count - 1)) }
    let forms = try normalForms("deletion", pairs) { list, index in
      var rest = list
      rest.remove(at: rest.firstIndex(of: list[index])!)
      return !rest.contains(list[index])
    }
    #expect(forms == ["([0, 0], 0)"])
  }

  @Test func difference() throws {
    let pairs = zip(Generator<Int>.integer(in: 1...1000), .integer(in: 1...1000))
    #expect(try normalForms("difference 1", pairs) { $0 < 10 || $0 != $1 } == ["(10, 10)"])
    #expect(try normalForms("difference 2", pairs) { $0 < 10 || !(1...4).contains(abs($0 - $1)) } == ["(10, 6)"])
    #expect(try normalForms("difference 3", pairs) { $0 < 10 || abs($0 - $1) != 1 } == ["(10, 9)"])
  }

  @Test func boundFive() throws {
    let list = Generator<Int>.integer(in: -32768...32767).map { Int16($0) }.array(0...10)
    let five = zip(list, list, list, list, list)
    func sum(_ list: [Int16]) -> Int16 { list.reduce(0, &+) }
    let forms = try normalForms("bound 5", five) { a, b, c, d, e in
      let lists = [a, b, c, d, e]
      return !lists.allSatisfy { sum($0) < 256 } || sum(lists.flatMap { $0 }) < 5 * 256
    }
    #expect(forms.count == 1, "\(forms)")
  }

  @Test func coupling() throws {
    let lists = Generator<Int>.integer(in: 1...12).flatMap { count in
      Generator<Int>.integer(in: 0...count - 1).array(count...count)
    }
    let forms = try normalForms("coupling", lists) { list in
      !list.indices.contains { list[$0] != $0 && list[list[$0]] == $0 }
    }
    #expect(forms == ["[1, 0]"])
  }

  private indirect enum Expression: Sendable {
    case number(Int)
    case sum(Expression, Expression)
    case quotient(Expression, Expression)

    var value: Int {
      get throws {
        switch self {
        case .number(let number): return number
        case .sum(let left, let right): return try left.value &+ right.value
        case .quotient(let left, let right):
          guard try right.value != 0 else { throw Trouble() }
          return try left.value / right.value
        }
      }
    }

    var dividesByNoughtItself: Bool {
      switch self {
      case .number: false
      case .sum(let left, let right): left.dividesByNoughtItself || right.dividesByNoughtItself
      case .quotient(_, .number(0)): true
      case .quotient(let left, let right): left.dividesByNoughtItself || right.dividesByNoughtItself
      }
    }

    static func all(_ depth: Int) -> Generator<Expression> {
      let number = Generator<Int>.integer(in: -10...10).map(Expression.number)
      guard depth > 0 else { return number }
      let part = all(depth - 1)
      return .weighted(
        (1, number), (2, zip(part, part).map { .sum($0, $1) }), (2, zip(part, part).map { .quotient($0, $1) }))
    }
  }

  private struct Trouble: Error {}

  @Test func calculator() throws {
    let forms = try normalForms("calculator", Expression.all(4).filter { !$0.dividesByNoughtItself }) {
      do { _ = try $0.value } catch { return false }
      return true
    }
    #expect(forms == [".quotient(.number(0), .sum(.number(0), .number(0)))"], "\(forms)")
  }

  private indirect enum Heap: Sendable {
    case empty
    case node(Int, Heap, Heap)

    var list: [Int] {
      switch self {
      case .empty: []
      case .node(let value, let left, let right): [value] + left.list + right.list
      }
    }

    static func merged(_ first: Heap, _ second: Heap) -> Heap {
      switch (first, second) {
      case (.empty, let heap), (let heap, .empty): heap
      case (.node(let x, let left, let right), .node(let y, let low, let high)):
        x <= y ? .node(x, merged(right, second), left) : .node(y, merged(high, first), low)
      }
    }

    /// The fault of the problem: the last merge is not taken apart.
    var wronglySorted: [Int] {
      guard case .node(let value, let left, let right) = self else { return [] }
      return [value] + Heap.merged(left, right).list
    }

    static func all(_ least: Int, _ depth: Int) -> Generator<Heap> {
      guard depth > 0 else { return .constant(.empty) }
      return Generator<Bool>.bool.flatMap { isNode in
        guard isNode else { return .constant(.empty) }
        return Generator<Int>.integer(in: least...20).flatMap { value in
          zip(all(value, depth - 1), all(value, depth - 1)).map { .node(value, $0, $1) }
        }
      }
    }
  }

  @Test func binaryHeap() throws {
    let forms = try normalForms("binary heap", Heap.all(0, 4)) { $0.wronglySorted == $0.list.sorted() }
    #expect(
      forms.count == 1 && forms.first?.split(separator: ".").filter { $0.hasPrefix("node") }.count ?? 9 <= 4, "\(forms)"
    )
  }
}
