import Foundation

/// A value that can be written as Swift source.
public protocol SwiftSourceConvertible {
  /// An expression that makes the value.
  var swiftSource: String { get }
}

/// Writes values as Swift source, so that a counter-example can be pasted into a test.
public enum SwiftSource {
  /// An expression that makes the value: a number, text, collection, optional, tuple, enumeration, or structure with a
  /// memberwise initialiser.
  public static func text(_ value: Any) -> String {
    switch value {
    case let value as any SwiftSourceConvertible: return value.swiftSource
    case let value as Double: return number(value)
    case let value as Float: return number(value)
    case let value as String: return value.debugDescription
    case let value as Character: return "Character(\(String(value).debugDescription))"
    case let value as any BinaryInteger: return "\(value)"
    case let value as Bool: return "\(value)"
    default: return composite(value)
    }
  }

  private static func number<Number: BinaryFloatingPoint & LosslessStringConvertible>(_ value: Number) -> String {
    if value.isNaN { return ".nan" }
    if value.isInfinite { return value > 0 ? ".infinity" : "-.infinity" }
    return value.description
  }

  /// A number with as many digits as a reader needs: six.
  package static func brief(_ number: Double) -> String {
    number.rounded() == number && abs(number) < 1e15 ? text(Int(number)) : String(format: "%.6g", number)
  }

  private static func composite(_ value: Any) -> String {
    let mirror = Mirror(reflecting: value)
    let children = Array(mirror.children)
    switch mirror.displayStyle {
    case .optional: return children.first.map { text($0.value) } ?? "nil"
    case .collection: return "[" + children.map { text($0.value) }.joined(separator: ", ") + "]"
    // The order of a set is another in every process.
    case .set: return "[" + children.map { text($0.value) }.sorted().joined(separator: ", ") + "]"
    case .dictionary: return dictionary(children)
    case .tuple: return "(" + members(children) + ")"
    case .enum:
      guard let payload = children.first else { return ".\(value)" }
      let inner = text(payload.value)
      return ".\(payload.label ?? "")" + (inner.hasPrefix("(") ? inner : "(\(inner))")
    case .struct where value is ClosedRange<Int> || value is Range<Int>: return "\(value)"
    case .struct: return "\(mirror.subjectType)(\(members(children)))"
    default: return "\(value)"
    }
  }

  private static func members(_ children: [Mirror.Child]) -> String {
    children.map { child in
      let label = child.label.flatMap { $0.hasPrefix(".") ? nil : $0 }
      return (label.map { "\($0): " } ?? "") + text(child.value)
    }.joined(separator: ", ")
  }

  private static func dictionary(_ children: [Mirror.Child]) -> String {
    guard !children.isEmpty else { return "[:]" }
    let pairs = children.map { child in
      Mirror(reflecting: child.value).children.map { text($0.value) }.joined(separator: ": ")
    }
    return "[" + pairs.sorted().joined(separator: ", ") + "]"
  }
}
