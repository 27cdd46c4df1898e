import TestSupport
import Testing
import VisibleText

/// Search in the bytes of a text.
@Suite(.tags(.files)) struct SearchTests {
  /// A text contains its own bytes, and not the zero that lies behind them in memory.
  @Test func aTextEndsWithItsLastByte() {
    let long = String(repeating: "a", count: 100) + "b"
    let rows: [(whole: String, part: String, isFound: Bool)] = [
      ("ab", "ab", true), ("ab", "a", true), ("ab", "b", true), ("ab", "abc", false), ("ab", "ba", false),
      ("ab", "b\0", false), ("ab\0", "b\0", true), (long, "ab", true), (long, "b\0", false), ("", "a", false),
    ]
    for row in rows {
      let found: Bool = row.whole.containsText(row.part)
      #expect(found == row.isFound, "\(row.whole.debugDescription) \(row.part.debugDescription)")
    }
  }
}
