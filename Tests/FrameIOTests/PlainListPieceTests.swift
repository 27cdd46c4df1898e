import FrameIO
import Physics
import TestSupport
import Testing

/// Plain lists at the limits of what is read at once, and words at the limits of what is plain.
@Suite(.tags(.files)) struct PlainListPieceTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func plain(_ text: String) throws -> StructureFactors? {
    let path = try folder.file("a.hkl", text)
    return try PlainReflections.table(InputFile(path, for: "-hkl"), path, defaultAmplitude: 7)
  }

  /// A line of so many bytes, the line feed included.
  private func line(_ length: Int) -> String {
    let words = "1 2 3 4"
    return words + String(repeating: " ", count: length - words.utf8.count - 1) + "\n"
  }

  /// A long line between lines of 64 bytes.
  private func list(_ before: Int, long: Int, _ behind: Int) -> String {
    let short = line(64)
    return String(repeating: short, count: before) + line(long) + String(repeating: short, count: behind)
  }

  /// A list is read in pieces of 256 KiB, after nine samples of 64 KiB, the last of which may end some bytes before the
  /// file. Each of them has a whole line; no byte is left out.
  @Test func piecesHaveWholeLines() throws {
    let piece = String(repeating: line(64), count: 4096)
    let odd = line(65) + String(repeating: line(64), count: 4100)
    // Samples begin at multiples of 100,000 bytes: the second sees the line feed at byte 100,031, then the long line.
    let rows: [(name: String, text: String, count: Int?)] = [
      ("a sample without a whole line", list(1563, long: 70_016, 10_867), nil),
      ("a sample with a whole line", list(1563, long: 64_000, 10_961), 12_525),
      // Samples begin at multiples of 400,000 bytes; the long line from byte 480,000 on lies between two of them.
      ("a line longer than a piece", list(7500, long: 262_145, 39_428), nil),
      ("line feeds at even places", odd, 4101),
      ("a digit behind a piece", piece + "5", nil),
      ("a blank behind a piece", piece + " ", 4096),
      ("an empty line behind a piece", piece + "\n", 4096),
      ("a vertical tab at the end", "1 2 3 4\n5 6 7 8\u{0B}", nil),
      ("a line feed alone", "\n", nil),
      ("nothing", "", nil),
    ]
    for (name, text, count) in rows {
      let table = try plain(text)
      #expect(table?.count == count, "\(name)")
    }
  }

  /// Indices have digits alone. A number with an exponent or with more than fifteen digits ends as others do, and has
  /// fewer than sixty characters.
  @Test func wordsOfPlainLists() throws {
    let zeros = String(repeating: "0", count: 58)
    let rows: [(text: String, amplitude: Double?)] = [
      ("0 0 1 1e3", 1000), ("0 0 1 1e3\n", 1000), ("0 0 1 1e3 \n", 1000), ("0 0 1 1e3\t\n", 1000),
      ("0 0 1 1e3\r\n", 1000), ("0 0 1 +25E-2 \n", 0.25), ("0 0 1 -1.5e+1\t\n", -15),
      ("0 0 1 0000000000000002.5 \r\n", 2.5), ("0 0 1 \(zeros)5 \n", 5), ("0 0 1 0\(zeros)5 \n", nil),
      ("0 0 1 1e3!\n", nil), ("0 0 1 1e3\u{0B}\n", nil), ("0 0 1 1e1.5\n", nil), ("0 0 1 1e\n", nil),
      ("1: 0 1 4\n", nil), ("0 1: 1 4\n", nil), ("0 0 1: 4\n", nil), ("0 0 1 4:\n", nil), (": 0 1 4\n", nil),
      ("1/ 0 1 4\n", nil), ("0 1/ 1 4\n", nil), ("0 0 1/ 4\n", nil), ("0 0 1 4/\n", nil), ("/ 0 1 4\n", nil),
    ]
    for (text, amplitude) in rows {
      let found = try plain(text).map { $0.nearest(Vector3(0, 0, 1)) }
      #expect(found == amplitude, "\(text.debugDescription)")
    }
    let far = try #require(try plain("999999999 -999999999 -999999999 4\n"))
    #expect(far.h == 999_999_999...999_999_999 && far.k == -999_999_999...(-999_999_999))
    #expect(far.l == -999_999_999...(-999_999_999) && far.count == 1)
  }
}

/// The ranges of the indices and the number of reflections, or why the list is refused.
func listSummary(_ text: String, _ mode: Compatibility = .spec) -> String {
  do throws(RequestError) {
    let list = try ReflectionFile.parse(Array(text.utf8), path: "f", mode).list
    return "\(list.h) \(list.k) \(list.l), \(list.reflections.count) reflections"
  } catch {
    return error.problem
  }
}

/// Lists that other programs wrote, and what is said of text that is no number.
@Suite(.tags(.files)) struct ForeignListTests {
  /// The first twenty lines within the first 4096 bytes tell the columns of SHELX; a line that is cut off there is not
  /// one. A line of zeros in the last 200 bytes ends a list of five columns if it is less than a quarter of the file.
  @Test func listsOfSHELX() {
    let shelx = "it is a SHELX file (HKLF 4), which holds intensities without their symmetry"
    let columns = "   1   2   3   12.50    1.25"
    func line(_ length: Int) -> String { columns + String(repeating: " ", count: length - 29) + "\n" }
    func lines(_ text: String, _ count: Int) -> String { String(repeating: text + "\n", count: count) }
    let long = line(2001) + line(2068)
    let short = String(columns.dropLast())
    func same(_ count: Int) -> String { "1...1 2...2 3...3, \(count) reflections" }
    func mixed(_ count: Int) -> String { "0...1 0...2 0...3, \(count) reflections" }
    let (five, end) = (lines("1 2 3 4 5", 9), "0 0 0 0 0")
    func blank(_ count: Int) -> String { String(repeating: "\n", count: count) }
    let rows: [(text: String, said: String)] = [
      // 4097 bytes, so that the third line is cut off; and 4096 bytes.
      (long + columns, shelx), (long + short, same(3)),
      (lines(columns, 20) + "1 2 3 4\n", shelx), (lines(columns, 19) + "1 2 3 4\n", same(20)),
      (lines(columns, 2), shelx), (lines(columns, 1), same(1)),
      (five + end + blank(191), shelx),
      (five + end + blank(192), mixed(10)),
      // 36 bytes, four times those of the last line; and 37 bytes.
      ("1 2 3 4 5\n1 2 3 4 5 6 7 8\n0 0 0 0 0\n", mixed(3)),
      ("1 2 3 4 5\n1 2 3 4 5 6 7 8\n0 0 0 0 0\n\n", shelx),
      (five + "0 0 0 0\n", mixed(10)),
      (lines("1 2 3 4", 9) + "0 0 0 0 0\n", mixed(10)),
      (five + "0 0 0 0 1\n", mixed(10)),
    ]
    for (text, said) in rows { #expect(listSummary(text) == said, "\(text.prefix(30)) (\(text.utf8.count) bytes)") }
  }

  /// Indices are below 1e9 in size.
  @Test func indicesOfManyDigits() {
    let high = "999999999 -999999999 999999999 4\n"
    let low = "-999999999 999999999 -999999999 4\n"
    for mode in [Compatibility.cParity, .spec] {
      #expect(
        listSummary(high, mode)
          == "999999999...999999999 -999999999...-999999999 999999999...999999999, 1 reflections")
      #expect(
        listSummary(low, mode)
          == "-999999999...-999999999 999999999...999999999 -999999999...-999999999, 1 reflections")
    }
    for text in ["1000000000 0 0 4\n", "0 -1000000000 0 4\n", "0 0 1000000000 4\n"] {
      #expect(listSummary(text, .cParity) == "reflection 1 in line 1 is out of range")
      #expect(listSummary(text) == "line 1 has an index that is not a whole number below 1e9")
    }
  }

  /// A word in a matrix is shown with its line, up to forty characters.
  @Test func wordsAmongTheNumbersOfAMatrix() {
    func letters(_ count: Int) -> String { String(repeating: "w", count: count) }
    let rows: [(text: String, shown: String, line: Int)] = [
      (letters(40), letters(40), 1), (letters(41), letters(40), 1), ("1 2 3\n\n 4 5 6x7 8", "x7", 3),
      ("1 0 0\n0 1 0\n0 0 ab\u{0B}cd\n", "ab", 3), ("1 0 0\n0 1 0\n0 0\n\(letters(39)),5 1", letters(39) + ",", 4),
    ]
    for (text, shown, line) in rows {
      let error = #expect(throws: RequestError.self) { try MatrixFile.parse(Array(text.utf8), path: "f") }
      #expect(error?.problem == "\"\(shown)\" in line \(line) is not a number")
      #expect(error?.subject == "-mat" && error?.value == "f")
    }
  }
}
