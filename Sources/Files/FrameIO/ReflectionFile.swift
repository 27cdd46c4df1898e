import Physics

/// A text file of reflections: h k l F (docs/reference/30-crystal.md §8).
public enum ReflectionFile {
  /// Reads a list of reflections into a grid.
  /// - Parameters:
  ///   - path: The file.
  ///   - defaultAmplitude: The structure factor where no reflection is known, in electrons.
  ///   - compatibility: With `Quirk.reflectionStream` the file is a stream of numbers, otherwise it has lines.
  /// - Returns: The grid, and remarks on the list for the user.
  /// - Throws: `RequestError` if the file cannot be read, has no reflection or a malformed line, or if the indices span
  ///   more than fits in memory.
  public static func table(
    _ path: String, defaultAmplitude: Double, _ compatibility: Compatibility
  ) throws(RequestError) -> (table: StructureFactors, notes: [String]) {
    // The file is opened once, because a pipe can be read only once.
    let file = try InputFile(path, for: "-hkl")
    if let table = try PlainReflections.table(file, path, defaultAmplitude: defaultAmplitude) { return (table, []) }
    let bytes = try FileBytes.read(file, path, for: "-hkl")
    let (list, notes) = try parse(bytes, path: path, compatibility)
    return (try StructureFactors.table(list, defaultAmplitude: defaultAmplitude, file: path), notes)
  }

  /// Reads a list of reflections.
  /// - Parameters:
  ///   - path: The file.
  ///   - compatibility: With `Quirk.reflectionStream` the file is a stream of numbers as for the reference program;
  ///     otherwise lines with comments (`#`, `!`), indices that may be written as reals, and further columns.
  /// - Returns: The list, and remarks on it for the user.
  /// - Throws: `RequestError` if the file cannot be read or has no reflection, or naming the line that is malformed.
  public static func read(
    _ path: String, _ compatibility: Compatibility
  ) throws(RequestError) -> (list: ReflectionList, notes: [String]) {
    try parse(try FileBytes.read(path, for: "-hkl"), path: path, compatibility)
  }

  /// Reads a list of reflections from the bytes of a file.
  /// - Parameters:
  ///   - path: The name of the file, for the error message.
  ///   - compatibility: With `Quirk.reflectionStream` the bytes are a stream of numbers, otherwise lines.
  /// - Returns: The list, and remarks on it for the user.
  /// - Throws: `RequestError` if there is no reflection, or naming the line that is malformed.
  public static func parse(
    _ bytes: [UInt8], path: String, _ compatibility: Compatibility, flag: String = "-hkl"
  ) throws(RequestError) -> (list: ReflectionList, notes: [String]) {
    try ForeignList.refuse(
      ForeignList.withoutMark(bytes), path: path, flag: flag, asLines: !compatibility.has(.reflectionStream))
    // A list is held about five times: as text twice, as numbers, as reflections.
    let size = 5 * bytes.count + 1
    guard Machine.hasMemory(size) else {
      throw RequestError(
        memory: size, for: path, remedy: "give a shorter list, or raise the limit of the shell (ulimit -v)")
    }
    let bytes = ForeignList.withoutMark(bytes)
    var builder = ListBuilder()
    if compatibility.has(.reflectionStream) {
      try readStream(bytes, path, flag, &builder)
    } else {
      try readLines(bytes, path, flag, &builder)
    }
    guard let list = builder.list else {
      throw RequestError(
        flag, value: path, "the file has no reflection",
        remedy: "give lines of h k l F"
          + (compatibility.has(.reflectionStream) ? "; a comment at the start ends the reading in c-parity" : ""))
    }
    return (list, builder.notes.map { "\(flag) \(path): \($0)" })
  }

  /// Indices beyond this limit are refused: the reference program starts its search for the index range there.
  static let indexLimit = 1e9

  /// Gathers reflections, their range and their count.
  struct ListBuilder {
    var low = [1_000_000_000, 1_000_000_000, 1_000_000_000]
    var high = [-1_000_000_000, -1_000_000_000, -1_000_000_000]
    var count = 0
    var reflections: [Reflection] = []
    var notes: [String] = []

    /// Counts a reflection and extends the range by its indices, truncated towards zero.
    mutating func count(_ indices: [Double]) {
      count += 1
      for axis in 0..<3 {
        if indices[axis] < Double(low[axis]) { low[axis] = Int(indices[axis]) }
        if indices[axis] > Double(high[axis]) { high[axis] = Int(indices[axis]) }
      }
    }

    mutating func store(_ indices: [Double], _ amplitude: Double) {
      reflections.append(
        Reflection(h: Int(indices[0]), k: Int(indices[1]), l: Int(indices[2]), amplitude: amplitude))
    }

    /// Whether the table of the reference program, with its one element more than the range, has room for a reflection.
    func hasRoom(for indices: [Int]) -> Bool {
      indices.indices.allSatisfy { low[$0] <= indices[$0] && indices[$0] <= high[$0] + 1 }
    }

    var list: ReflectionList? {
      guard count > 0 else { return nil }
      return ReflectionList(
        h: low[0]...high[0], k: low[1]...high[1], l: low[2]...high[2], count: count, reflections: reflections)
    }
  }

  /// Reads as the reference program does, without regard to lines. A first reading counts groups of four numbers. A
  /// second reading stores groups of three integers and a number. In the second reading a decimal point ends an index,
  /// and the text from the point on is read as the next number of the group.
  private static func readStream(
    _ bytes: ArraySlice<UInt8>, _ path: String, _ flag: String, _ builder: inout ListBuilder
  ) throws(RequestError) {
    guard let text = ScannedText(bytes) else { return }
    // The end of each group in the first reading. A different end in the second reading shows that numbers have
    // shifted.
    var ends: [Int] = []
    var inLine: Int?
    while let group = text.fourReals() {
      guard group.indices.allSatisfy({ abs($0) < indexLimit }), group.amplitude.isFinite else {
        throw RequestError(
          flag, value: path, "reflection \(builder.count + 1) in line \(text.line) is out of range",
          remedy: "give indices between -1e9 and 1e9 and a finite F")
      }
      builder.count(group.indices)
      ends.append(text.position)
      if inLine == nil, text.isSplit(since: ends.dropLast().last ?? 0) { inLine = text.line }
    }
    if let inLine, text.isAtEnd {
      builder.notes.append(
        "a reflection goes on in line \(inLine): numbers are read in fours, whatever the lines; lists of more than four "
          + "columns are read by --compat spec and nanobragg convert")
    }
    if !text.isAtEnd {
      builder.notes.append("reading stops at \"\(text.word)\" in line \(text.line) (Q-30)")
    }
    text.rewind()
    var firstShift: Int?
    while let group = text.threeIntegersAndReal() {
      guard builder.hasRoom(for: group.indices), group.amplitude.isFinite else {
        throw RequestError(
          flag, value: path,
          "an index with a decimal point shifts the numbers up to line \(text.line), so that a reflection lands outside the "
            + "table", remedy: "write indices without a point, or use --compat spec")
      }
      let number = builder.reflections.count
      if firstShift == nil, number >= ends.count || text.position != ends[number] { firstShift = number }
      builder.store(group.indices.map(Double.init), group.amplitude)
    }
    if let first = firstShift ?? (builder.reflections.count < ends.count ? builder.reflections.count : nil) {
      builder.notes.append(
        "reflection \(first + 1) has an index that is not written as an integer: \(builder.count) are counted, "
          + "\(builder.reflections.count) stored, and what is stored from there on is shifted (Q-30)")
    }
  }
}
