import Foundation
import Physics

/// The comparison of files and printed lines.
enum OtherOutputs {
  /// - Parameters:
  ///   - imageIsIdentical: Whether all floats are the same, so that counts and grey maps have to be, too.
  ///   - hasSeed: Whether the line has a seed of the noise, without which the noise depends on the clock.
  static func symptoms(
    _ candidate: RunOutcome, _ reference: RunOutcome, _ features: CandidateFeatures, imageIsIdentical: Bool,
    hasSeed: Bool
  ) -> [Symptom] {
    var symptoms: [Symptom] = []
    for name in features.files.intersection(reference.files.keys).sorted() where hasSeed || name != OutputName.noise {
      guard let expected = reference.files[name] else { continue }
      guard let found = candidate.files[name] else {
        symptoms.append(Symptom(.file, "\(name) is missing", subject: name))
        continue
      }
      guard expected != found else { continue }
      let isCounts = name == OutputName.integer
      if !imageIsIdentical {
        // The noise follows random numbers, and the grey map statistics: a last bit of the image changes both.
        guard isCounts, let text = countDifference(expected, found, tolerance: 1) else { continue }
        symptoms.append(Symptom(.counts, text, subject: name))
      } else if isCounts || name == OutputName.noise, let text = countDifference(expected, found, tolerance: 0) {
        symptoms.append(Symptom(.counts, "\(name): \(text)", subject: name))
      } else {
        symptoms.append(
          Symptom(.file, "\(name) differs from byte \(firstDifference(expected, found)) on", subject: name))
      }
    }
    if features.prints, imageIsIdentical, let symptom = printed(candidate.printed, reference.printed, hasSeed: hasSeed)
    {
      symptoms.append(symptom)
    }
    return symptoms
  }

  private static func firstDifference(_ first: Data, _ second: Data) -> Int {
    zip(first, second).prefix { $0 == $1 }.count
  }

  /// How the counts of two SMV images differ by more than a tolerance; nil if they do not, or if the headers differ.
  private static func countDifference(_ expected: Data, _ found: Data, tolerance: Int) -> String? {
    guard expected.count == found.count, let start = pixelStart(expected), start == pixelStart(found) else {
      return nil
    }
    guard expected.prefix(start) == found.prefix(start) else { return nil }
    func counts(_ data: Data) -> [Int] {
      data.withUnsafeBytes { bytes in
        stride(from: start, to: bytes.count - 1, by: 2).map {
          Int(UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: $0, as: UInt16.self)))
        }
      }
    }
    let pairs = zip(counts(expected), counts(found)).enumerated().filter {
      abs($0.element.0 - $0.element.1) > tolerance
    }
    guard let first = pairs.first else { return nil }
    let lower = pairs.count { $0.element.1 < $0.element.0 }
    return "\(pairs.count) counts differ, \(lower) of them too small; the first is \(first.element.1) in place of "
      + "\(first.element.0)"
  }

  /// The position of the first pixel: after the closing brace and form feed, at 512 or behind a longer header.
  private static func pixelStart(_ data: Data) -> Int? {
    guard let feed = data.firstIndex(of: 0x0C) else { return nil }
    return max(512, feed + 1)
  }

  /// How lines begin that say something in words, or what is read from where.
  private static let remarks = [
    "WARNING", "ERROR", "nanoBragg nanocrystal", "auto-selected", "reading ", "re-reading ", "counting entries",
    "initializing to", "done initializing", "mmap(", "  skipping zero-flagged", "         but reciprocal",
    "         intensity may vary", "         recommend -oversample", "TRACE_",
  ].map { Array($0.utf8) }

  /// Two remarks of the reference program that end without a newline.
  private static let unended = [
    "WARNING: further warnings will not be printed! ", "ERROR: no hkl file and no dump file to read.",
  ].map { Array($0.utf8) }

  /// The lines about the noise, which depend on the clock unless the line has a seed.
  private static let ofNoise = ["  seed:", " photons on noise image"]

  /// The lines with names and numbers, without remarks. Bytes, as most lines of most runs are the same.
  private static func lines(_ text: String, hasSeed: Bool) -> [ArraySlice<UInt8>] {
    var text = text
    let bytes = text.withUTF8 { Array($0) }
    return bytes.split(separator: UInt8(ascii: "\n")).compactMap { line in
      var line = line
      for remark in unended where line.starts(with: remark) { line = line.dropFirst(remark.count) }
      guard !remarks.contains(where: { line.starts(with: $0) }), !line.isEmpty else { return nil }
      guard !hasSeed else { return line }
      let text = String(decoding: line, as: UTF8.self)
      return ofNoise.contains { text.contains($0) } ? nil : line
    }
  }

  /// A line whose not-a-numbers have no sign: the sign is the compiler's.
  private static func plain(_ line: ArraySlice<UInt8>) -> String {
    let text = String(decoding: line, as: UTF8.self)
    return text.contains("nan") ? text.replacing(#/ *-?\bnan\b/#, with: " nan") : text
  }

  /// Whether two outputs have the same lines with names and numbers.
  static func hasSameLines(_ candidate: String, _ reference: String) -> Bool {
    printed(candidate, reference, hasSeed: true) == nil
  }

  private static func printed(_ candidate: String, _ reference: String, hasSeed: Bool) -> Symptom? {
    let (expected, found) = (lines(reference, hasSeed: hasSeed), lines(candidate, hasSeed: hasSeed))
    for (theirs, ours) in zip(expected, found) where theirs != ours {
      let (theirs, ours) = (plain(theirs), plain(ours))
      guard theirs != ours, !isUnset(theirs) else { continue }
      return Symptom(.printed, "printed \"\(ours)\" in place of \"\(theirs)\"", subject: label(theirs))
    }
    guard expected.count != found.count else { return nil }
    return Symptom(.printed, "\(found.count) lines are printed in place of \(expected.count)", subject: "lines")
  }

  /// The words of a line before its first number.
  private static func label(_ line: String) -> String {
    String(line.prefix { !$0.isNumber }).trimmingCharacters(in: CharacterSet(charactersIn: " =:-"))
  }

  /// Whether a line of `-printout` is that of a pixel before the first step: the reference program prints memory there
  /// that was never set.
  private static func isUnset(_ line: String) -> Bool {
    line == "hkl= 0.000000 0.000000 0.000000  hkl0= 0 0 0" || line.hasPrefix(" F_cell=0  F_latt=0 ")
  }
}
