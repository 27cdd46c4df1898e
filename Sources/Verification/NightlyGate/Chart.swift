import Foundation

/// A course of numbers over the nights.
struct Course: Sendable {
  /// What is measured.
  var name: String
  /// One value per night; nil where there is none.
  var values: [Double?]
  /// The index of the night at which a step was found; nil if there is none.
  var mark: Int?
  /// What cannot be drawn on the scale, by night: infinite, not-a-number, or out of all bounds.
  var beyond: [Int: Double] = [:]
}

/// A night as the axis of a chart names it.
struct ChartNight: Sendable {
  /// The number, or `tonight`.
  var number: String
  /// The date as in `2026-11-28`; may be empty.
  var date: String

  /// The number with the word before it, and the date.
  var label: String {
    (Int(number) == nil ? number : "night \(number)") + (date.isEmpty ? "" : " (\(date))")
  }
}

/// Courses of numbers as pictures.
enum Chart {
  /// The style sheet has this many colours and dashes, classes `k0`, `k1` and so on; further courses use them again.
  static let styles = 12

  /// Lines of numbers over the nights, as a figure of HTML with an SVG and a legend; empty if there is nothing to draw.
  /// - Parameters:
  ///   - courses: The lines. A nil leaves a gap; a number that is not finite is marked above the scale.
  ///   - nights: The nights, the oldest first. The last one is emphasised.
  ///   - axis: What the vertical axis shows.
  ///   - limit: A value with a dashed line of its own.
  ///   - logarithmic: Whether the vertical axis is logarithmic. Zeros then have a line of their own below.
  static func lines(
    _ courses: [Course], nights: [ChartNight], axis: String, limit: (value: Double, label: String)? = nil,
    logarithmic: Bool = false
  ) -> String {
    let cleaned = courses.map { course in
      var kept = course
      kept.values = course.values.prefix(nights.count).map { $0.flatMap { drawable($0, logarithmic) } }
      for (night, value) in course.values.prefix(nights.count).enumerated() {
        if let value, drawable(value, logarithmic) == nil { kept.beyond[night] = value }
      }
      return kept
    }
    let numbers = cleaned.flatMap { $0.values.compactMap { $0 } }
    let shown = limit.flatMap { limit in drawable(limit.value, logarithmic).map { ($0, limit.label) } }
    guard !numbers.isEmpty || cleaned.contains(where: { !$0.beyond.isEmpty }) else { return "" }
    // A logarithmic axis has room above the limit, which is often the power of ten that would be its end.
    let extra = shown.map { logarithmic ? 1.5 * $0.0 : $0.0 }
    let scale = ChartScale(numbers + (extra.map { [$0] } ?? []), logarithmic: logarithmic)
    let plot = ChartPlot(courses: cleaned, nights: nights, axis: axis, limit: shown, scale: scale)
    return "<figure class=\"chart\">\n\(plot.svg)\n<figcaption>\(legend(cleaned, nights))</figcaption>\n</figure>\n"
  }

  /// Each course over its first value that is not zero, so that all fit one scale.
  static func relative(_ courses: [Course]) -> [Course] {
    courses.map { course in
      let first = course.values.lazy.compactMap { $0 }.first { $0 != 0 && $0.isFinite }
      var scaled = course
      scaled.values = course.values.map { value in value.flatMap { number in first.map { number / $0 } } }
      return scaled
    }
  }

  /// A number as it can be drawn; nil if it cannot.
  /// - Parameter logarithmic: Whether negative numbers cannot.
  private static func drawable(_ value: Double, _ logarithmic: Bool) -> Double? {
    guard value.isFinite, abs(value) < 1e150, value >= 0 || !logarithmic else { return nil }
    return abs(value) < 1e-150 ? 0 : value
  }

  /// The names of the courses with their last values, as a list.
  private static func legend(_ courses: [Course], _ nights: [ChartNight]) -> String {
    var items = courses.enumerated().map { index, course in
      let dot = ChartPlot.dot(index, x: 15, y: 6, size: 3.5)
      let swatch =
        "<svg class=\"swatch\" viewBox=\"0 0 30 12\" aria-hidden=\"true\">"
        + "<path class=\"line\" d=\"M0 6H30\"/><path class=\"dot\" d=\"\(dot)\"/></svg>"
      return "<li class=\"k\(index % styles)\">\(swatch)<span class=\"name\">\(NightBundle.xml(course.name))</span> "
        + "<span class=\"last\">\(last(course, nights))</span></li>\n"
    }
    if courses.contains(where: { course in course.mark.map(nights.indices.contains) ?? false }) {
      items.append(
        "<li class=\"step\"><svg class=\"swatch\" viewBox=\"0 0 30 12\" aria-hidden=\"true\">"
          + "<path class=\"flag\" d=\"M9 1h12l-6 9z\"/></svg><span class=\"name\">a step was found</span></li>\n")
    }
    return "<ul class=\"legend\">\n\(items.joined())</ul>"
  }

  /// The last value of a course, and its night if that is not the last night.
  private static func last(_ course: Course, _ nights: [ChartNight]) -> String {
    let drawn = course.values.lastIndex { $0 != nil } ?? -1
    let index = max(drawn, course.beyond.keys.max() ?? -1)
    guard index >= 0, let value = course.values[index] ?? course.beyond[index] else { return "no value" }
    guard index != nights.count - 1 else { return reading(value) }
    let night = ChartNight(number: nights[index].number, date: "")
    return "\(reading(value)) (\(NightBundle.xml(night.label)))"
  }

  /// A value for the reader of a chart: counts in full, other numbers with four significant digits.
  static func reading(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e9 ? String(Int(value)) : ChartScale.tidy(short(value))
  }

  /// A course in one line of a terminal. What is not finite is an exclamation mark.
  static func sparkline(_ values: [Double?]) -> String {
    let marks = Array("▁▂▃▄▅▆▇█")
    let numbers = values.compactMap { $0 }.filter(\.isFinite)
    guard values.contains(where: { $0 != nil }) else { return "" }
    let (low, high) = (numbers.min() ?? 0, numbers.max() ?? 0)
    return String(
      values.map { value in
        guard let value else { return " " }
        guard value.isFinite else { return "!" }
        // Halves: the difference of two numbers may be too large for one.
        let place = high > low ? (value / 2 - low / 2) / (high / 2 - low / 2) : 0.5
        return marks[min(Int(place * Double(marks.count)), marks.count - 1)]
      })
  }

  /// Four significant digits.
  static func short(_ number: Double) -> String { String(format: "%.4g", number) }
}
