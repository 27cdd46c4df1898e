import FrameIO
import Physics

/// XDS_ASCII files: merged intensities, with the symmetry that their header states.
public enum XDSReflections {
  /// Reads a file.
  /// - Parameters:
  ///   - bytes: The file.
  ///   - path: Its name, for messages.
  ///   - expands: Whether to apply the file's symmetry and Friedel's law. A value in the file takes precedence over the
  ///     value that Friedel's law gives.
  /// - Throws: `RequestError` if the intensities are not merged, or a record is malformed.
  public static func read(_ bytes: [UInt8], path: String, expands: Bool) throws(RequestError) -> MergedReflections {
    var header: [String: String] = [:]
    var list: [Reflection] = []
    var rejected = 0
    var places: [Int] = []
    var number = 0
    for line in bytes.split(separator: 10, omittingEmptySubsequences: false) {
      number += 1
      let words = line.split { $0 == 32 || $0 == 9 || $0 == 13 }
      guard let first = words.first else { continue }
      if first.first == UInt8(ascii: "!") {
        take(String(decoding: line, as: UTF8.self), into: &header)
        continue
      }
      if places.isEmpty { places = try columns(header, path) }
      let numbers = places.map { $0 < words.count ? Double(String(decoding: words[$0], as: UTF8.self)) ?? .nan : .nan }
      guard numbers.allSatisfy(\.isFinite), numbers[0..<3].allSatisfy({ $0.rounded() == $0 && abs($0) < 1e6 }) else {
        throw RequestError(
          path, "line \(number) has no h, k, l, intensity and error", remedy: "give a whole XDS_ASCII file")
      }
      guard numbers[4] >= 0 else {
        rejected += 1
        continue
      }
      list.append(Reflection(h: Int(numbers[0]), k: Int(numbers[1]), l: Int(numbers[2]), amplitude: numbers[3]))
    }
    guard !list.isEmpty else {
      throw RequestError(path, "no reflection has a value", remedy: "give a whole XDS_ASCII file")
    }
    return try MergedReflections(
      intensities: list, column: "IOBS", cell: try cell(header, path), group: try group(header, path), path: path,
      expands: expands,
      notes: rejected > 0 ? ["\(rejected) reflections are marked as misfits (a negative error) and left out"] : [])
  }

  /// The six constants of the cell, Å and degrees; nil if the header has none.
  private static func cell(_ header: [String: String], _ path: String) throws(RequestError) -> [Double]? {
    guard let text = header["UNIT_CELL_CONSTANTS"] else { return nil }
    let numbers = text.split(separator: " ").map { Double($0) ?? .nan }
    guard numbers.count == 6, numbers.allSatisfy({ $0 > 0 && $0.isFinite }) else {
      throw RequestError(
        path, "its cell is not of six numbers above zero", remedy: "correct UNIT_CELL_CONSTANTS in its header")
    }
    return numbers
  }

  /// The number of the space group; nil if the header has none.
  private static func group(_ header: [String: String], _ path: String) throws(RequestError) -> Int? {
    guard let text = header["SPACE_GROUP_NUMBER"] else { return nil }
    guard let number = Int(text), (1...230).contains(number) else {
      throw RequestError(
        path, "there is no space group of number \(text.prefix(20))", remedy: "correct SPACE_GROUP_NUMBER in its header"
      )
    }
    return number
  }

  /// The columns of h, k, l, intensity and error, counted from 0.
  private static func columns(_ header: [String: String], _ path: String) throws(RequestError) -> [Int] {
    guard header["MERGE"] == "TRUE" else {
      throw RequestError(
        path, "its intensities are not merged", remedy: "merge them with XSCALE (MERGE=TRUE), or make an MTZ of them")
    }
    let items = ["H", "K", "L", "IOBS", "SIGMA(IOBS)"]
    let places = items.indices.map { header["ITEM_\(items[$0])"].map { Int($0) ?? 0 } ?? $0 + 1 }
    guard places.allSatisfy({ (1...1000).contains($0) }) else {
      throw RequestError(path, "an ITEM of its header names no column", remedy: "give a whole XDS_ASCII file")
    }
    return places.map { $0 - 1 }
  }

  /// The entries `!KEY= value` of a line, of which the first line has several.
  private static func take(_ line: String, into header: inout [String: String]) {
    let entries = line.hasPrefix("!FORMAT=") ? line.dropFirst().split(separator: " ") : [line.dropFirst()]
    for entry in entries {
      let parts = entry.split(separator: "=", maxSplits: 1)
      guard parts.count == 2 else { continue }
      header[String(parts[0])] = String(parts[1]).split { $0 == " " || $0 == "\r" }.joined(separator: " ")
    }
  }
}
