/// Values as text that is the same in every process: the entries of dictionaries and sets are sorted.
public enum StableText {
  /// All stored properties of a value, by name.
  public static func of(_ value: Any) -> String {
    let mirror = Mirror(reflecting: value)
    func parts() -> [String] { mirror.children.map { ($0.label.map { "\($0)=" } ?? "") + of($0.value) } }
    return switch mirror.displayStyle {
    case nil: "\(value)"
    case .dictionary, .set: "[\(parts().sorted().joined(separator: ", "))]"
    case .enum where mirror.children.isEmpty: "\(value)"
    case .optional: mirror.children.first.map { of($0.value) } ?? "nil"
    default: "(\(parts().joined(separator: ", ")))"
    }
  }
}
