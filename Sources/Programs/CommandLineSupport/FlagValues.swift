import FrameIO
import Physics

import Glibc

/// The values that follow an option, with functions that convert them.
struct FlagValues {
  /// The option as the user wrote it.
  let flag: String
  /// The arguments that belong to the option.
  let words: [String]
  /// Whether the option and its values end the command line.
  let isLast: Bool
  /// The compatibility, which decides how whole numbers are read.
  let compatibility: Compatibility

  /// The value at `index` as a finite real number. Errors: `RequestError` for another word.
  func real(_ index: Int) throws(RequestError) -> Double {
    let value = try anyReal(index)
    guard value.isFinite else {
      throw RequestError(flag, value: words[index], "the number must be finite", remedy: "give a finite number")
    }
    return value
  }

  /// The value at `index` as a real number, which may be infinite. Errors: `RequestError` for another word or a
  /// not-a-number.
  func anyReal(_ index: Int) throws(RequestError) -> Double {
    let word = words[index]
    guard let value = NumberText.number(word) else {
      let isFlag = word.first == "-" && word.dropFirst().first?.isLetter == true
      throw RequestError(
        flag, value: word, isFlag ? "a number is missing: the next argument is an option" : "this is not a number",
        remedy: "give a number such as 1.5, -2 or 1e18")
    }
    guard !value.isNaN else {
      throw RequestError(flag, value: word, "this is not a number", remedy: "give a number such as 1.5, -2 or 1e18")
    }
    return value
  }

  /// The value at `index` as a whole number, read as the C function `atoi` does: characters after the digits are
  /// ignored.
  ///
  /// Without `Quirk.optionsAreSubstrings` the number must be whole, but may be written `5.0` or `1e3`.
  func integer(_ index: Int, _ request: inout CommandLineRequest) throws(RequestError) -> Int {
    let value = try real(index)
    let word = words[index]
    let prefix = atoll(word)
    guard abs(value) <= Double(Int32.max), prefix.magnitude <= UInt64(Int32.max) else {
      throw RequestError(
        flag, value: word, "the number is too large",
        remedy: "give a whole number between -\(Int32.max) and \(Int32.max)")
    }
    if Double(prefix) == value { return Int(prefix) }
    if compatibility.has(.optionsAreSubstrings) {
      request.notes.append("\(flag) \(word) is read as \(prefix), as by the C program (Q-49)")
      return Int(prefix)
    }
    guard let whole = Int(exactly: value) else {
      throw RequestError(flag, value: word, "the number must be whole", remedy: "give \(Int(value)) or another integer")
    }
    return whole
  }

  /// The value at `index` as a word, such as the name of a file. Errors: `RequestError` for an empty word or an option.
  func text(_ index: Int) throws(RequestError) -> String {
    guard !words[index].isEmpty else {
      throw RequestError(flag, value: "\"\"", "the name is empty", remedy: "give a file name")
    }
    if words[index].first == "-", let known = FlagTable.flags.first(where: { $0.isSpelled(words[index]) }) {
      throw RequestError(
        flag, value: words[index], "a name is missing: the next argument is the option \(known.names[0])",
        remedy: "give a name, or ./\(words[index]) if the file is really called so")
    }
    return words[index]
  }
}
