extension StringProtocol {
  /// Whether a text occurs in this one. The search of the library brings its regular expressions with it, 3 MB that the
  /// simulator has no use for.
  package func holds(_ text: String) -> Bool {
    let (all, wanted) = (Array(utf8), Array(text.utf8))
    guard all.count >= wanted.count else { return false }
    return (0...all.count - wanted.count).contains { all[$0..<$0 + wanted.count].elementsEqual(wanted) }
  }
}
