import Foundation

/// Times in the formats of reports.
public enum TimeStamp {
  /// Coordinated universal time as `yyyymmddThhmmssZ`, for names of folders.
  public static func compact(_ date: Date) -> String {
    ISO8601DateFormatter.string(
      from: date, timeZone: .gmt, formatOptions: [.withYear, .withMonth, .withDay, .withTime, .withTimeZone])
  }

  /// Local time of day as `hh:mm:ss`, for lines of progress.
  public static func clock(_ date: Date) -> String {
    ISO8601DateFormatter.string(from: date, timeZone: .current, formatOptions: [.withTime, .withColonSeparatorInTime])
  }

  /// Local time with its zone, as in `2026-03-01T12:34:56+01:00`.
  public static func full(_ date: Date) -> String {
    ISO8601DateFormatter.string(from: date, timeZone: .current, formatOptions: [.withInternetDateTime])
  }
}
