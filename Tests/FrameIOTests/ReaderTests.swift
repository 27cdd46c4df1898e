import Foundation
import FrameIO
import Physics
import TestSupport
import Testing

/// Readers of text files, in both compatibilities.
@Suite(.tags(.files), .generousTime) struct ReaderTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func matrixIsReadRowByRow() throws {
    let matrix = try MatrixFile.read(folder.file("a.mat", " 1 2 3\n4 5\n6 7 8 10 trailing words"))
    #expect(matrix.values == [1, 2, 3, 4, 5, 6, 7, 8, 10])
  }

  @Test(arguments: [
    ("0.01 0 0 0 0.02", "5 numbers"), ("", "0 numbers"), ("1 2 three 4", "\"three\" in line 1"),
    ("0 0 0 0 0 0 0 0 0", "do not span"), ("1 0 0\n0 1 0\n0 0 oops", "line 3"),
  ])
  func badMatricesAreRefused(text: String, expected: String) throws {
    let path = try folder.file("bad.mat", text)
    let error = #expect(throws: RequestError.self) { try MatrixFile.read(path) }
    #expect(error?.description.contains(expected) == true, "\(error?.description ?? "")")
    #expect(error?.description.contains("bad.mat") == true)
  }

  @Test func missingFilesAreNamed() {
    let error = #expect(throws: RequestError.self) { try MatrixFile.read("/nonexistent/a.mat") }
    #expect(error?.description.contains("-mat /nonexistent/a.mat") == true)
  }

  @Test func reflectionsAsAStream() throws {
    let path = try folder.file("a.hkl", "0 0 0 50  1 0 0\n60\n0 1 0 70")
    let (list, notes) = try ReflectionFile.read(path, .cParity)
    #expect(list.count == 3 && list.h == 0...1 && list.k == 0...1 && list.l == 0...0)
    #expect(list.reflections.map(\.amplitude) == [50, 60, 70])
    #expect(notes.count == 1 && notes[0].contains("goes on in line 2"))
  }

  /// Plain lists take a way of their own, which must not make a difference.
  @Test(arguments: [
    "1 2 3 4\n", "1 2 3 4", " 1\t2  3   4.50 \r\n\n-1 +2 -3 -4e-3\n1 2 3 5\n", "0 0 0 123456789012345678.9\n", "\n\n",
    "1 2 3\n4 5 6 7\n", "1 2 3 4 5\n6 7 8 9\n", "1 2 3 nan\n", "1 2 3 0x10\n", "1 2 3 1e400\n", "1 2 3 4 # five\n",
    "1.0 2 3 4\n", "1 2 3 .\n", "- 2 3 4\n", "1 2 3 4\0\n", "1 2 3 -0\n1 2 4 .5\n1 2 5 5.\n",
    "1234567890 2 3 4\n", "1 2 3 4\r5 6 7 8\n9 1 2 3\n", "1 2 3 4\r\n5 6 7 8\r\n", "1 2 3 4\r5 6 7 8\r",
    "1 2 3 4\u{0B}5 6 7 8\n", "", "h k l F\n1 2 3 4\n",
  ])
  func plainListsAreReadAsOthers(text: String) throws {
    let path = try folder.file("a.hkl", text)
    for mode in [Compatibility.cParity, .spec] {
      let expected = Result { () throws(RequestError) in
        try StructureFactors.table(try ReflectionFile.read(path, mode).list, defaultAmplitude: 7, file: path)
      }
      let found = Result { () throws(RequestError) in
        try ReflectionFile.table(path, defaultAmplitude: 7, mode).table
      }
      #expect((try? expected.get()) == (try? found.get()), "\(mode.name)")
      if case .failure(let error) = expected, case .failure(let other) = found {
        #expect(error.description == other.description)
      }
    }
  }

  /// Lines of two kinds of ends: with LF as the end, what stands behind a CR would be lost. The C program reads on.
  @Test func linesOfTwoKindsOfEnds() throws {
    let path = try folder.file("a.hkl", "1 2 3 4\r5 6 7 8\n9 1 2 3\n")
    #expect(try ReflectionFile.read(path, .cParity).list.count == 3)
    let error = #expect(throws: RequestError.self) { try ReflectionFile.read(path, .spec) }
    #expect(error?.description.contains("line 1 has a carriage return") == true, "\(error?.description ?? "")")
    #expect(try ReflectionFile.read(folder.file("b.hkl", "1 2 3 4 \r\n5 6 7 8\r\r\n"), .spec).list.count == 2)
  }

  /// Reflections between the samples of a long list, nine pieces of 64 KiB: far away, and one beyond each side of the others.
  @Test(arguments: [[-3, 77, -5], [40, 0, 0], [0, 40, 0], [0, 0, 40], [-1, 0, 0], [0, -1, 0], [0, 0, -1]])
  func strayIndicesInLongListsAreFound(stray: [Int]) throws {
    var lines: [String] = []
    for h in 0..<40 {
      for k in 0..<40 { for l in 0..<40 { lines.append("\(h) \(k) \(l) \(h + 100 * k + 10_000 * l)") } }
    }
    lines.insert("\(stray[0]) \(stray[1]) \(stray[2]) 42", at: 28_400)
    let path = try folder.file("long.hkl", lines.joined(separator: "\n"))
    let table = try ReflectionFile.table(path, defaultAmplitude: 0, .cParity).table
    #expect(table.count == 64_001)
    for (range, index) in zip([table.h, table.k, table.l], stray) {
      #expect(range == min(index, 0)...max(index, 39))
    }
    let place = Vector3(Double(stray[0]), Double(stray[1]), Double(stray[2]))
    #expect(table.nearest(place) == 42 && table.nearest(Vector3(39, 38, 37)) == 373_839)
    #expect(
      table == (try StructureFactors(try ReflectionFile.read(path, .cParity).list, defaultAmplitude: 0, source: "")))
  }

  @Test func decimalIndexEndsTheStream() throws {
    let path = try folder.file("a.hkl", "0 0 0 50\n1.0 0 0 60\n0 1 0 70\n")
    let (list, notes) = try ReflectionFile.read(path, .cParity)
    #expect(list.count == 3 && list.reflections.count == 1, "counted three, stored one (Q-30)")
    #expect(
      notes.contains {
        $0.contains("reflection 2 has an index that is not written as an integer: 3 are counted, 1 stored")
      })
    let (proper, _) = try ReflectionFile.read(path, .spec)
    #expect(proper.reflections.map(\.amplitude) == [50, 60, 70])
  }

  /// The digits before the point are the index, what follows the point is read as the amplitude and stored.
  @Test func decimalThirdIndexIsStored() throws {
    let path = try folder.file("a.hkl", "0 0 0 50\n0 1 0.5 7.5\n0 1 1 70\n")
    let (list, notes) = try ReflectionFile.read(path, .cParity)
    #expect(notes.contains { $0.contains("reflection 2 has an index that is not written as an integer") })
    #expect(list.count == 3 && list.k == 0...1 && list.l == 0...1)
    #expect(
      list.reflections == [Reflection(h: 0, k: 0, l: 0, amplitude: 50), Reflection(h: 0, k: 1, l: 0, amplitude: 0.5)])
    // What is shifted out of the table would be written into foreign memory.
    let stray = try folder.file("b.hkl", "0 0 0 50\n0 1 0.5 7\n0 1 1 70\n")
    #expect(throws: RequestError.self) { try ReflectionFile.read(stray, .cParity) }
  }

  @Test func fifthColumnShiftsTheStream() throws {
    let path = try folder.file("a.hkl", "0 0 0 50 9\n1 0 0 60 9\n2 0 0 70 9\n3 0 0 80 9\n")
    #expect(try ReflectionFile.read(path, .cParity).list.reflections[1] == Reflection(h: 9, k: 1, l: 0, amplitude: 0))
    #expect(try ReflectionFile.read(path, .spec).list.reflections[1] == Reflection(h: 1, k: 0, l: 0, amplitude: 60))
  }

  @Test func commentsAtTheStart() throws {
    let path = try folder.file("a.hkl", "# h k l F\n1 2 3 4\n")
    #expect(throws: RequestError.self) { try ReflectionFile.read(path, .cParity) }
    let (list, notes) = try ReflectionFile.read(path, .spec)
    #expect(list.reflections == [Reflection(h: 1, k: 2, l: 3, amplitude: 4)])
    #expect(notes.contains { $0.contains("1 comment") })
  }

  @Test(arguments: ["1 2 3", "1 2 x 4", "1.5 2 3 4", "1 2 3 nan"])
  func malformedReflectionNamesItsLine(line: String) throws {
    let path = try folder.file("a.hkl", "0 0 0 1\n\(line)\n")
    let error = #expect(throws: RequestError.self) { try ReflectionFile.read(path, .spec) }
    #expect(error?.description.contains("line 2") == true)
  }

  @Test func sourceColumns() throws {
    let text = "-10 0.05 0 0.5 1e-10\n  \n-10,0;0.02:0.3!1.1e-10 7 8\n-10 0 0\n"
    let lines = try SourceFile.read(folder.file("s.txt", text), .cParity)
    #expect(lines.count == 3)
    #expect(lines[0] == SourceLine(x: -10, y: 0.05, z: 0, weight: 0.5, wavelength: 1e-10))
    #expect(lines[1] == SourceLine(x: -10, y: 0, z: 0.02, weight: 0.3, wavelength: 1.1e-10))
    #expect(lines[2] == SourceLine(x: -10, y: 0, z: 0))
  }

  @Test func lastSourceLineWithoutNewline() throws {
    let path = try folder.file("s.txt", "-10 0 0 1 1e-10\n-10 0 0")
    #expect(try SourceFile.read(path, .spec)[1] == SourceLine(x: -10, y: 0, z: 0))
    let error = #expect(throws: RequestError.self) { try SourceFile.read(path, .cParity) }
    #expect(error?.description.contains("Q-32") == true, "a wavelength of zero would blank the image")
  }

  /// What the reference program makes of words and of CR LF (Q-32): zeros, and with them a wavelength of zero.
  @Test(arguments: ["-10 0 0\r\n", "-10 0 0 \r\n", "-10 0 0 1 1e-10\n\r\n", "# foo\n-10 0 0 1 1e-10\n"])
  func sourceLinesThatTheReferenceMisreads(text: String) throws {
    let path = try folder.file("s.txt", text)
    let error = #expect(throws: RequestError.self) { try SourceFile.read(path, .cParity) }
    #expect(error?.description.contains("wavelength 0") == true)
    let lines = try SourceFile.read(path, .spec)
    #expect(lines.count == 1 && lines[0].x == -10 && lines[0].wavelength != 0)
  }

  @Test func aSourceColumnThatIsNotANumberIsMissingInParity() throws {
    let path = try folder.file("s.txt", "-10 nan 0 1 1e-10\n")
    #expect(try SourceFile.read(path, .cParity) == [SourceLine(x: -10, y: nil, z: 0, weight: 1, wavelength: 1e-10)])
    #expect(throws: RequestError.self) { try SourceFile.read(path, .spec) }
  }

  @Test(arguments: ["-10 0 0\nabc\n", "-10 0 0 -3\n", "-10 0 0 1 inf\n", "-10 0 0 1 0\n"])
  func improperSourcesAreRefusedInSpec(text: String) throws {
    let path = try folder.file("s.txt", text)
    #expect(throws: RequestError.self) { try SourceFile.read(path, .spec) }
  }

  /// Numbers that would overflow an integer, or ask for more memory than they can be worth.
  @Test(arguments: [
    "99999999999999999999 0 0 5", "9223372036854775807 0 0 5", "1500000000 0 0 5", "0 0 0 1e400", "0 0 0 nan",
  ])
  func reflectionsOutOfRangeAreRefused(text: String) throws {
    let path = try folder.file("a.hkl", "1 2 3 4\n\(text)\n")
    for mode in [Compatibility.cParity, .spec] {
      let error = #expect(throws: RequestError.self) { try ReflectionFile.read(path, mode) }
      #expect(error?.description.contains("line 2") == true)
    }
  }

  @Test func emptySourceFileIsRefused() throws {
    let path = try folder.file("s.txt", " \n\t\n")
    #expect(throws: RequestError.self) { try SourceFile.read(path, .cParity) }
  }
}

/// The binary cache of structure factors.
@Suite(.tags(.files), .generousTime) struct CacheTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func cache(_ header: String, _ values: [Double]) throws -> String {
    let data = values.flatMap { value in withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) } }
    return try folder.file("Fdump.bin", Array(header.utf8) + data)
  }

  /// The example of docs/reference/30-crystal.md §9.
  private static let example: [Double] = [50, 0, 70, 0, 0, 0, 60, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0]

  @Test func valuesStandWhereTheReferencePutsThem() throws {
    let table = try ReflectionCache.read(cache("0 1 0 1 0 0\n\u{0C}", Self.example), defaultAmplitude: 3)
    #expect(table.count == 4)
    #expect(table.nearest(Vector3(0, 0, 0)) == 50 && table.nearest(Vector3(1, 0, 0)) == 60)
    #expect(table.nearest(Vector3(0, 1, 0)) == 70 && table.nearest(Vector3(1, 1, 0)) == 7)
    #expect(table.nearest(Vector3(2, 0, 0)) == 3, "outside the range the default counts")
  }

  @Test func aWhiteSpaceByteInTheDataIsData() throws {
    let values = [50.00000000000023] + Self.example.dropFirst()
    #expect(values[0].bitPattern & 0xFF == 0x20)
    let table = try ReflectionCache.read(cache("0 1 0 1 0 0\n\u{0C}", values), defaultAmplitude: 0)
    #expect(table.nearest(Vector3(0, 0, 0)) == 50.00000000000023, "the reference shifts the table here (Q-31)")
  }

  @Test(arguments: [
    "", "0 1 0 1 0 0", "0 1 0 1 0 0\n", "0 1 0 1\n\u{0C}", "1 0 0 1 0 0\n\u{0C}", "0 900 0 900 0 900\n\u{0C}",
    "-9223372036854775808 0 0 1 0 0\n\u{0C}",
  ])
  func damagedCachesAreRefused(header: String) throws {
    let path = try cache(header, Self.example)
    #expect(throws: RequestError.self) { try ReflectionCache.read(path, defaultAmplitude: 0) }
  }
}
