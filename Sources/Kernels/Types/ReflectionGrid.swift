/// How a table of structure factors is laid out: l fastest, then k, then h.
package struct ReflectionGrid: Sendable {
  /// The lowest indices.
  package var low = (h: 0.0, k: 0.0, l: 0.0)
  /// The highest indices.
  package var high = (h: 0.0, k: 0.0, l: 0.0)
  /// The distance between neighbours in k and h.
  package var stride = (k: 0.0, h: 0.0)
  /// Where the amplitude of everything else is.
  package var outside = 0.0

  /// The layout of an empty table.
  package init() {}
}
