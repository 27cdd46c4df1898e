/// The numbers and words of which a value consists, by name.
struct ValueLeaves {
  /// A number or a word.
  struct Leaf: Equatable {
    var path: [String]
    var text: String
    var number: Double?
  }

  private(set) var leaves: [Leaf] = []

  private static let limit = 600
  private static let depth = 10

  init(_ value: Any) { add(value, [], 0) }

  private mutating func add(_ value: Any, _ path: [String], _ depth: Int) {
    guard leaves.count < Self.limit else { return }
    if let number = Self.number(value) {
      return leaves.append(Leaf(path: path, text: SwiftSource.text(value), number: number))
    }
    let mirror = Mirror(reflecting: value)
    guard !(value is String), depth < Self.depth, !mirror.children.isEmpty else {
      return leaves.append(Leaf(path: path, text: SwiftSource.text(value), number: nil))
    }
    if mirror.displayStyle == .optional {
      for child in mirror.children { add(child.value, path, depth + 1) }
      return
    }
    if mirror.displayStyle == .enum, let label = mirror.children.first?.label {
      leaves.append(Leaf(path: path, text: ".\(label)", number: nil))
    }
    if mirror.displayStyle == .dictionary {
      return leaves.append(Leaf(path: path, text: SwiftSource.text(value), number: nil))
    }
    for (number, child) in mirror.children.enumerated() {
      add(child.value, path + [Self.name(child.label, number, mirror)], depth + 1)
    }
  }

  private static func name(_ label: String?, _ number: Int, _ mirror: Mirror) -> String {
    if mirror.displayStyle == .collection || mirror.displayStyle == .set { return "[\(number)]" }
    guard let label, !label.hasPrefix(".") else { return "value \(number + 1)" }
    return label
  }

  private static func number(_ value: Any) -> Double? {
    switch value {
    case let value as Double: value
    case let value as Float: Double(value)
    case let value as any BinaryInteger: Double(value)
    default: nil
    }
  }

  /// The paths at which two values differ.
  func differences(_ other: ValueLeaves) -> [[String]] {
    let own = Dictionary(leaves.map { ($0.path, $0.text) }, uniquingKeysWith: { $0 + $1 })
    let others = Dictionary(other.leaves.map { ($0.path, $0.text) }, uniquingKeysWith: { $0 + $1 })
    return leaves.map(\.path).filter { others[$0] != own[$0] } + other.leaves.map(\.path).filter { own[$0] == nil }
  }

  /// The leaf at a path.
  subscript(_ path: [String]) -> Leaf? { leaves.first { $0.path == path } }

  /// The names of parts of the value that consist of some paths: a part whose numbers are all among them is named as a whole.
  func names(of paths: [[String]]) -> [String] { names(Set(paths), below: [], leaves.map(\.path)) }

  private func names(_ paths: Set<[String]>, below prefix: [String], _ all: [[String]]) -> [String] {
    // Of a list whose length changes some elements are not in this value.
    guard !paths.isDisjoint(with: all) else { return [] }
    if paths.isSuperset(of: all) { return [Self.text(prefix)] }
    var order: [String] = []
    for path in all where path.count > prefix.count && !order.contains(path[prefix.count]) {
      order.append(path[prefix.count])
    }
    return order.flatMap { name in
      names(paths, below: prefix + [name], all.filter { $0.count > prefix.count && $0[prefix.count] == name })
    }
  }

  static func text(_ path: [String]) -> String {
    path.isEmpty ? "the value" : path.reduce("") { $1.hasPrefix("[") ? $0 + $1 : $0.isEmpty ? $1 : $0 + "." + $1 }
  }
}
