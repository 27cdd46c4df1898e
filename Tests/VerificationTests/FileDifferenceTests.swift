import GoldenStore
import TestSupport
import Testing

/// Which line or pixel is shown of two files that differ at the limits of one.
@Suite(.tags(.verification)) struct FileDifferenceTests {
  /// Lines end at a line feed or at the form feed behind the header; pixels begin right behind the header.
  @Test func linesAndPixelsOfTheFirstDifference() {
    // Bytes 0 to 13 are the header, in which 10 is the form feed; one pixel of two bytes follows.
    let own = Array("{\nPHI=1;\n}\u{0C}   ".utf8) + [1, 0]
    let space = UInt8(ascii: " ")
    let rows: [(changes: [Int: UInt8], words: String)] = [
      ([0: UInt8(ascii: "[")], "header line \"[\", ours \"{\"; 1"),
      ([1: space], "header line \"{ PHI=1;\", ours \"{\"; 1"),
      ([3: UInt8(ascii: "Q")], "header line \"PQI=1;\", ours \"PHI=1;\"; 1"),
      ([8: space], "header line \"PHI=1; }\", ours \"PHI=1;\"; 1"),
      ([9: UInt8(ascii: "]")], "header line \"]\", ours \"}\"; 1"),
      ([9: UInt8(ascii: "]"), 15: 7], "header line \"]\", ours \"}\"; 2"),
      ([14: 3], "slow 0 fast 0: recorded 3, ours 1; 1"),
      ([15: 2], "slow 0 fast 0: recorded 513, ours 1; 1"),
    ]
    for (changes, words) in rows {
      var recorded = own
      for (place, byte) in changes { recorded[place] = byte }
      let found = FileDifference.first(reference: recorded, candidate: own, fastPixels: 1, slowPixels: 1)
      #expect(found == "\(words) of 16 bytes differ", "\(changes)")
    }
    #expect(FileDifference.first(reference: own, candidate: own, fastPixels: 1, slowPixels: 1) == nil)
    let longer = FileDifference.first(reference: own + [0], candidate: own, fastPixels: 1, slowPixels: 1)
    #expect(longer == "16 bytes, recorded 17")
  }
}
