/// Describes the first difference of two image files: a header line, or a pixel.
package enum FileDifference {
  /// The first difference between two images of 8 or 16 bits per pixel; nil if all bytes are the same.
  /// - Parameters:
  ///   - reference: The recorded file.
  ///   - candidate: The simulator's file.
  ///   - fastPixels: The number of pixels in a row.
  ///   - slowPixels: The number of rows.
  package static func first(
    reference: [UInt8], candidate: [UInt8], fastPixels: Int, slowPixels: Int
  ) -> String? {
    guard reference != candidate else { return nil }
    guard reference.count == candidate.count else {
      return "\(candidate.count) bytes, recorded \(reference.count)"
    }
    let differing = zip(reference, candidate).enumerated().filter { $1.0 != $1.1 }.map(\.offset)
    let total = "\(differing.count) of \(reference.count) bytes differ"
    // The pixels are at the end of both formats. The recorded file may be damaged, that of the simulator is not.
    let width = candidate.starts(with: [UInt8(ascii: "P"), UInt8(ascii: "5")]) ? 1 : 2
    let start = candidate.count - width * fastPixels * slowPixels
    let at = differing[0]
    guard at >= start else {
      return "header line \"\(line(at, reference[..<start]))\", ours \"\(line(at, candidate[..<start]))\"; \(total)"
    }
    let index = (at - start) / width
    func value(_ bytes: [UInt8]) -> Int {
      let place = start + width * index
      return width == 1 ? Int(bytes[place]) : Int(bytes[place]) | Int(bytes[place + 1]) << 8
    }
    return "slow \(index / fastPixels) fast \(index % fastPixels): recorded \(value(reference)), "
      + "ours \(value(candidate)); \(total)"
  }

  /// The line of a header that a byte is in; of the blanks behind a form feed, the byte and where it is.
  private static func line(_ at: Int, _ bytes: ArraySlice<UInt8>) -> String {
    if bytes[..<at].contains(12) { return "byte \(at): \(bytes[at])" }
    let start = bytes[..<at].lastIndex(of: 10).map { $0 + 1 } ?? 0
    return String(decoding: bytes[start...].prefix { $0 != 10 && $0 != 12 }.prefix(120), as: UTF8.self)
  }
}
