/// A part of the work of a night: number `index` of `count`.
public struct Shard: Sendable, Codable, Hashable, CustomStringConvertible {
  /// The number of the part, from 1.
  public let index: Int
  /// The number of parts.
  public let count: Int

  /// The whole work.
  public static let whole = Shard(index: 1, count: 1)

  init(index: Int, count: Int) {
    self.index = index
    self.count = count
  }

  /// A part written as `2/8`; nil if the text is no number from 1, a slash and a number that is not less.
  public init?(text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let index = parts[0], let count = parts[1], count >= 1, (1...count).contains(index) else {
      return nil
    }
    self.init(index: index, count: count)
  }

  /// The part written as in `2/8`.
  public var description: String { "\(index)/\(count)" }

  /// The share of a list: every `count`-th item, starting with number `index`. The shares of all parts make up the
  /// list.
  public func share<Item>(of items: [Item]) -> [Item] {
    items.indices.filter { $0 % count == index - 1 }.map { items[$0] }
  }
}
