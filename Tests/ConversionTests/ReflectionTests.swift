import Foundation
import FrameExchange
import FrameIO
import Physics
import PropertyTesting
import TestSupport
import Testing

private let forAll = PropertyFamily("ConversionTests/ReflectionTests.swift")

/// Reflections of other programs: the right columns, the right values at the right indices, or a refusal by name.
@Suite(.tags(.files, .property), .generousTime) struct ReflectionTests {
  private typealias Column = MTZFile.Column

  /// Indices of one asymmetric unit of P 21 21 21, centric ones among them.
  private static let indices: [[Int]] = [
    [1, 2, 3], [2, 1, 4], [0, 2, 3], [3, 0, 2], [1, 4, 0], [0, 0, 2], [5, 3, 1],
  ]
  private static let labels = ["H", "K", "L"]

  private static func index(_ axis: Int) -> Column {
    Column(label: labels[axis], type: "H", values: indices.map { Float($0[axis]) })
  }

  /// Values that tell column and row.
  private static func values(_ column: Int) -> [Float] { indices.indices.map { Float(100 * (column + 1) + $0) } }

  private func table(_ reflections: [Reflection]) -> [[Int]: Double] {
    Dictionary(uniqueKeysWithValues: reflections.map { ([$0.h, $0.k, $0.l], $0.amplitude) })
  }

  /// The mates of h k l in point group 222, written down by hand.
  private func mates(_ index: [Int]) -> [[Int]] {
    [[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]].map { zip(index, $0).map { $0 * $1 } }
  }

  private func isCentric(_ index: [Int]) -> Bool { index.contains(0) }

  // MARK: Columns

  /// What a file may hold beside H, K and L: label, type, place in the order of choice (nil: never by itself).
  private static let kinds: [(label: String, type: Character, rank: Int?)] = [
    ("FP", "F", 0), ("F-obs", "F", 0), ("F(+)", "G", 1), ("IMEAN", "J", 2), ("I(+)", "K", 3), ("FC", "F", 5),
    ("F-model", "F", 5), ("2FOFCWT", "F", nil), ("FWT", "F", nil), ("SIGFP", "Q", nil), ("PHWT", "P", nil),
    ("FreeR_flag", "I", nil),
  ]

  /// Columns in every order, any of them there or not: indices by label, the best kind by type and label.
  @Test("The best kind of column is taken, wherever it and the indices stand") func theBestKindOfColumnIsTaken() {
    let size = Self.kinds.count
    let draws = zip(Generator<Int>.integer(in: 1...(1 << size) - 1), Generator<Int>.integer(in: 0...Int(Int32.max)))
    forAll("the best kind of column is taken, wherever it and the indices stand", draws) { check, draw in
      let (subset, order) = draw
      var random = SplitMix64(state: UInt64(order))
      var columns = (0..<3).map(Self.index)
      var best: (rank: Int, label: String)?
      for (number, kind) in Self.kinds.enumerated() where subset & 1 << number != 0 {
        columns.append(Column(label: kind.label, type: kind.type, values: Self.values(number)))
        if kind.label.contains("(+)") {
          columns.append(
            Column(
              label: kind.label.replacing("+", with: "-"), type: kind.type, values: Self.values(number).map { $0 + 0.5 }
            ))
        }
      }
      columns.shuffle(using: &random)
      for column in columns {
        guard let kind = Self.kinds.first(where: { $0.label == column.label }), let rank = kind.rank else { continue }
        if best.map({ rank < $0.rank }) ?? true { best = (rank, kind.label) }
      }
      let bytes = MTZFile.bytes(columns)
      check.label("nothing to take", best == nil)
      guard let best else {
        do {
          _ = try MergedReflections(bytes, path: "a.mtz", column: nil, expands: false)
          return try check.that(false, "read")
        } catch {
          let hasMap = columns.contains { ["2FOFCWT", "FWT"].contains($0.label) }
          return try check.that("\(error)".contains(hasMap ? "coefficients of maps" : "no column holds"), "\(error)")
        }
      }
      let read = try MergedReflections(bytes, path: "a.mtz", column: nil, expands: false)
      try check.equal(
        read.column, best.label.contains("+") ? "\(best.label) and \(best.label.replacing("+", with: "-"))" : best.label
      )
      let values = Self.values(try check.some(Self.kinds.firstIndex { $0.label == best.label }))
      let table = table(read.reflections)
      for (row, index) in Self.indices.enumerated() where !best.label.contains("(") || !isCentric(index) {
        let value = Double(values[row])
        try check.equal(table[index], "IJK".contains(best.label.first!) ? value.squareRoot() : value)
      }
    }
  }

  @Test func aColumnOfWhateverTypeIsNamed() throws {
    let columns = [
      Column(label: "2FOFCWT", type: "F", values: Self.values(0)),
      Column(label: "PH", type: "P", values: Self.values(1)),
    ]
    let bytes = MTZFile.bytes(columns + (0..<3).map(Self.index))
    #expect(
      try table(MergedReflections(bytes, path: "a", column: "2FOFCWT", expands: false).reflections)[[1, 2, 3]] == 100)
    #expect(throws: RequestError.self) { try MergedReflections(bytes, path: "a", column: "PH", expands: false) }
    #expect(throws: RequestError.self) { try MergedReflections(bytes, path: "a", column: "FP", expands: false) }
  }

  @Test func theCellIsThatOfTheColumn() throws {
    var columns = (0..<3).map(Self.index)
    for number in 1...3 {
      columns.append(Column(label: "F\(number)", type: "F", values: Self.values(number), dataset: number))
    }
    for number in 1...3 {
      let read = try MergedReflections(MTZFile.bytes(columns), path: "a", column: "F\(number)", expands: false)
      #expect(read.cell == [29 + Double(number), 40 + Double(number), 51 + Double(number), 90, 90, 90])
      #expect(read.notes.contains { $0.contains("there are also") })
    }
  }

  // MARK: Anomalous pairs

  /// One value of a pair: there or not.
  private static let pair = zip(Generator<Int>.integer(in: 0...3), Generator<Int>.integer(in: 1...9999)).array(7...7)

  /// Every combination of values, in MTZ and mmCIF, as amplitudes and intensities.
  @Test("F(+) goes to h k l and its rotations, F(-) to -h -k -l and its own", arguments: [false, true], [false, true])
  func anomalousPairs(isIntensity: Bool, isCIF: Bool) {
    forAll("F(+) goes to h k l and its rotations, F(-) to -h -k -l and its own", Self.pair) { check, draws in
      let rows = draws.map { (kind, value) -> (plus: Float?, minus: Float?) in
        (kind & 1 == 0 ? Float(value) : nil, kind & 2 == 0 ? Float(value) / 2 + 3 : nil)
      }
      check.label("all", rows.allSatisfy { $0.plus != nil && $0.minus != nil })
      guard rows.contains(where: { $0.plus != nil || $0.minus != nil }) else { return }
      let bytes = isCIF ? Self.cif(rows, isIntensity) : Self.mtz(rows, isIntensity)
      let read = try MergedReflections(bytes, path: "a", column: nil, expands: true)
      try check.equal(read.isIntensity, isIntensity)
      let table = table(read.reflections)
      func amplitude(_ value: Float?) -> Double? {
        value.map { isIntensity ? Double($0).squareRoot() : Double($0) }
      }
      for (index, row) in try pairs(Self.indices, rows) {
        var (plus, minus) = (amplitude(row.plus), amplitude(row.minus))
        if let p = plus, let m = minus, isCentric(index) { (plus, minus) = ((p + m) / 2, (p + m) / 2) }
        (plus, minus) = (plus ?? minus, minus ?? plus)
        for mate in mates(index) {
          try check.equal(table[mate], plus, "\(mate)")
          try check.equal(table[mate.map { -$0 }], minus, "- \(mate)")
        }
      }
    }
  }

  private static func mtz(_ rows: [(plus: Float?, minus: Float?)], _ isIntensity: Bool) -> [UInt8] {
    let (name, type): (String, Character) = isIntensity ? ("I", "K") : ("F", "G")
    return MTZFile.bytes(
      [Column(label: "\(name)(-)", type: type, values: rows.map { $0.minus ?? .nan })] + (0..<3).map(index)
        + [Column(label: "\(name)(+)", type: type, values: rows.map { $0.plus ?? .nan })])
  }

  private static func cif(_ rows: [(plus: Float?, minus: Float?)], _ isIntensity: Bool) -> [UInt8] {
    let name = isIntensity ? "pdbx_I" : "pdbx_F"
    var text = "data_x\n_symmetry.space_group_name_H-M 'P 21 21 21'\nloop_\n_refln.\(name)_minus\n_refln.index_h\n"
    text += "_refln.index_k\n_refln.\(name)_plus\n_refln.index_l\n"
    for (index, row) in zip(indices, rows) {
      func word(_ value: Float?) -> String { value.map { "\($0)" } ?? "?" }
      text += "\(word(row.minus)) \(index[0]) \(index[1]) \(word(row.plus)) \(index[2])\n"
    }
    return Array(text.utf8)
  }

  // MARK: Lists as text

  private let folder: TemporaryFolder
  private static let fixtures = PackageFolder.fixtures.appendingPathComponent("field")

  init() throws { folder = try TemporaryFolder() }

  private func nanobragg(_ arguments: String) throws -> BuiltProgram.Outcome {
    try BuiltProgram(named: "nanobragg").run(arguments.words, in: folder)
  }

  private static func field(_ name: String) -> String { fixtures.appendingPathComponent(name).path }

  /// Files of practitioners: the number of reflections, one of them, and what is said.
  @Test(arguments: [
    ("mtz/order-I-first.mtz", 1210, [0, 0, 2], 138.18994513892827, "roots of intensities"),
    ("mtz/anom-F-only.mtz", 1210, [1, 1, 1], 0, "F(+) and F(-): amplitudes"),
    ("mtz/two-datasets.mtz", 1210, [0, 0, 2], 0, "there are also F_der"),
    ("cif/anom-F.cif", 1210, [0, 0, 2], 141.69, "95 centric reflections have two values that differ"),
    ("cif/anom-I.cif", 1210, [0, 0, 2], 141.69, "roots of intensities"),
    ("cif/fcf-shelx.cif", 1210, [0, 0, 2], 138.8792, "F_squared_meas: roots of intensities"),
    ("hkl/bom.hkl", 343, [-3, -3, -3], 76.5, "reflections"),
    ("hkl/plain.hkl.gz", 343, [-3, -3, -3], 76.5, "reflections"),
    ("hkl/cr-only.hkl", 343, [-3, -3, -3], 76.5, "reflections"),
    ("hkl/five-integer-columns.hkl", 343, [-3, -3, -3], 76, "reflections"),
    ("hkl/xds-header.hkl", 343, [-3, -3, -3], 8.746, "IOBS: roots of intensities"),
  ])
  func filesOfOthers(name: String, count: Int, index: [Int], amplitude: Double, words: String) throws {
    let outcome = try nanobragg("convert \(Self.field(name)) o.hkl")
    #expect(outcome.status == 0 && (outcome.output + outcome.errors).contains(words), "\(outcome)")
    #expect(outcome.output.hasSuffix("\(count) reflections\n"))
    let list = try ReflectionFile.read(folder.url.path + "/o.hkl", .spec).list.reflections
    #expect(list.count == count)
    let found = try #require(table(list)[index])
    #expect(amplitude == 0 || abs(found - amplitude) < 0.01, "\(found)")
  }

  @Test func aDatasetHasItsOwnCell() throws {
    let outcome = try nanobragg("convert \(Self.field("mtz/two-datasets.mtz")) o.hkl --column F_der")
    #expect(outcome.output.contains("-cell 30.9 41.9 52.9 90 90 90"), "\(outcome)")
  }

  /// Text that is no list of h k l F, or not clearly one: refused with the line or the name of the format.
  static let refused: [(text: String, words: String)] = [
    ("1 0 0 110,5\n", "line 1 has a decimal comma"), ("# a\n1 0 0 5\n0 1 0 7,25 1\n", "line 3 has a decimal comma"),
    ("1 0 0 5 0 1 0 6", "the only line has 8 numbers: one reflection, or 2"),
    (String(repeating: "1 0 0 5 ", count: 50), "more than 24 words"),
    ("!FORMAT=XDS_ASCII    MERGE=FALSE    FRIEDEL'S_LAW=TRUE\n!END_OF_HEADER\n1 0 0 5 1\n", "merge"),
    ("!OUTPUT_FILE=INTEGRATE.HKL    DATE= 1-Jan-2026\n1 0 0 5 1\n", "INTEGRATE.HKL of XDS"),
    (
      "   1   0   0  110.50    1.20   1\n   0   1   0   90.10    1.10   1\n   0   0   0    0.00    0.00   0\n",
      "HKLF 4"
    ),
    ("-10 -12 -13 5.5 1.0 1\n1 0 0 7 1 1\n2 0 0 8.25 1.0 1\n1 1 0 8.25 1.0 1\n0 0 0 0 0 0\n", "HKLF 4"),
    ("1 0 0 5\n\0\0", "no text: byte 9 is zero"), (" 1 0 x 5\n", "does not start with four numbers"),
    ("1 0.5 0 5\n", "not a whole number"),
  ]

  @Test(arguments: refused.indices) func textThatIsNoListIsRefused(number: Int) throws {
    let (text, words) = Self.refused[number]
    try folder.file("a.hkl", text)
    for command in ["convert a.hkl o.bin", "--compat spec -cell 50 -N 3 -lambda 1 -detpixels 4 -nonoise -hkl a.hkl"] {
      let outcome = try nanobragg(command)
      let isNamed = outcome.errors.contains(words) || (words == "merge" && outcome.errors.contains("XDS_ASCII"))
      #expect(outcome.status == 2 && isNamed, "\(command): \(outcome)")
      #expect(try folder.names == ["a.hkl"])
    }
  }

  /// Formats that nanobragg itself does not read say what does, in both compatibilities.
  @Test(arguments: ["mtz/two-datasets.mtz", "cif/anom-F.cif", "hkl/xds-header.hkl"], ["c-parity", "spec"])
  func otherFormatsPointToConvert(name: String, mode: String) throws {
    let outcome = try nanobragg(
      "--compat \(mode) -cell 50 -N 3 -lambda 1 -detpixels 4 -nonoise -hkl \(Self.field(name))")
    #expect(outcome.status == 2 && outcome.errors.contains("nanobragg convert"), "\(outcome)")
  }

  @Test func listsInFoursAreReadAsTheReferenceDoes() throws {
    let command = "-cell 50 -N 3 -lambda 1 -detpixels 4 -nonoise -hkl"
    let five = try nanobragg("\(command) \(Self.field("hkl/five-integer-columns.hkl"))")
    #expect(five.errors.contains("numbers are read in fours, whatever the lines"), "\(five)")
    let comma = try nanobragg("\(command) \(Self.field("hkl/decimal-comma.hkl"))")
    #expect(comma.errors.contains("reading stops at \",5\""), "\(comma)")
    let plain = try nanobragg("\(command) \(Self.field("hkl/plain.hkl"))")
    #expect(plain.status == 0 && plain.errors.isEmpty, "\(plain)")
  }

  /// Line ends, a byte order mark and gzip change nothing, in any reader of lists.
  @Test func spellingsOfOneList() throws {
    let lines = (0..<40).map { "\($0 % 5) \($0 / 5) -\($0 % 3) \(Double($0) + 0.25)" }
    let plain = lines.joined(separator: "\n") + "\n"
    let expected = try ReflectionFile.parse(Array(plain.utf8), path: "a", .spec).list.reflections
    #expect(expected.count == 40)
    for (name, text) in [
      ("crlf", plain.replacing("\n", with: "\r\n")), ("cr", plain.replacing("\n", with: "\r")),
      ("mark", "\u{FEFF}" + plain), ("blank", plain.replacing("\n", with: "\n\n  \n")),
      ("comments", "# a\n! b\n" + plain), ("commas", plain.replacing(" ", with: ",")),
      ("columns", plain.replacing("\n", with: " 1.5 x\n")),
    ] {
      #expect(try ReflectionFile.parse(Array(text.utf8), path: name, .spec).list.reflections == expected, "\(name)")
    }
  }

  /// Numbers of an XDS header that are none of a column or of a space group.
  @Test(arguments: [
    ("!SPACE_GROUP_NUMBER= 20000000000", "no space group of number 20000000000"),
    ("!SPACE_GROUP_NUMBER= 0", "no space group of number 0"), ("!ITEM_H=-9223372036854775808", "names no column"),
    ("!ITEM_IOBS=0", "names no column"), ("!ITEM_SIGMA(IOBS)=99", "line 4 has no h, k, l"),
  ])
  func headersOfXDS(line: String, words: String) throws {
    try folder.file("a.hkl", "!FORMAT=XDS_ASCII    MERGE=TRUE\n\(line)\n!END_OF_HEADER\n1 0 0 5 1\n")
    let outcome = try nanobragg("convert a.hkl o.hkl")
    #expect(outcome.status == 2 && outcome.errors.contains(words), "\(outcome)")
  }

  @Test func aStrayIndexMakesNoHugeCache() throws {
    try folder.file("a.hkl", "0 0 0 1\n640 640 640 1\n")
    let outcome = try nanobragg("convert a.hkl o.bin")
    #expect(
      outcome.status == 2 && outcome.errors.contains("MiB for 2 reflections") && !folder.has("o.bin"), "\(outcome)")
  }
}
