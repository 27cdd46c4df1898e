/// What a compiler says.
enum Diagnostics {
  struct Message: Hashable {
    var file: String
    var line: Int
    var column: Int
    var text: String
  }

  /// The errors of an output, each once.
  static func errors(_ output: String) -> [Message] {
    var seen = Set<Message>()
    return output.split(separator: "\n").compactMap { line -> Message? in
      guard line.hasPrefix("/"), let mark = line.range(of: ": error: ") else { return nil }
      let parts = line[..<mark.lowerBound].split(separator: ":")
      guard parts.count == 3, let row = Int(parts[1]), let column = Int(parts[2]) else { return nil }
      return Message(file: String(parts[0]), line: row, column: column, text: String(line[mark.upperBound...]))
    }.filter { seen.insert($0).inserted }
  }
}
