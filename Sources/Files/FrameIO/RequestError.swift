import VisibleText

/// Something the user asked for that cannot be done: what was said, what is wrong with it, and how to mend it.
public struct RequestError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The flag or the file concerned, as the user wrote it.
  public let subject: String
  /// The value given, if there was one.
  public let value: String?
  /// What is wrong.
  public let problem: String
  /// How to mend it.
  public let remedy: String

  /// An error about a flag or a file.
  public init(_ subject: String, value: String? = nil, _ problem: String, remedy: String) {
    self.subject = subject
    self.value = value
    self.problem = problem
    self.remedy = remedy
  }

  /// An error about memory that there is not.
  public init(memory bytes: Int, for subject: String, remedy: String) {
    self.init(subject, "there is no memory for it: \(bytes >> 20) MiB are needed", remedy: remedy)
  }

  /// One line: subject, value, problem and remedy.
  public var description: String {
    // File names and values come from outside.
    let said = VisibleText.line(value.map { "\(subject) \($0)" } ?? subject)
    return "\(said): \(problem); \(remedy)"
  }
}
