/// The parts of a value as a tree.
struct PartTree {
  /// A part, and the parts of which it consists.
  struct Part {
    var span: DrawRecord.Span
    var children: [Part] = []

    /// The smallest parts of it.
    var leaves: [DrawRecord.Span] { children.isEmpty ? [span] : children.flatMap(\.leaves) }

    var count: Int { 1 + children.reduce(0) { $0 + $1.count } }
  }

  /// The largest parts.
  private(set) var parts: [Part] = []

  var count: Int { parts.reduce(0) { $0 + $1.count } }

  /// - Parameter spans: All parts, inner ones before outer ones.
  init(_ spans: [DrawRecord.Span]) {
    for span in spans where !span.range.isEmpty {
      let first = parts.firstIndex { span.range.contains($0.span.range.lowerBound) } ?? parts.count
      var children = Array(parts[first...])
      // A part that consists of one other is that other.
      if children.count == 1, children[0].span.range == span.range { children = children[0].children }
      parts.removeSubrange(first...)
      parts.append(Part(span: span, children: children))
    }
  }
}
