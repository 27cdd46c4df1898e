import Foundation

/// The values of a quantity over the nights.
struct Course: Sendable {
  /// The name of the quantity.
  var name: String
  /// One value per night; nil for a night without a value.
  var values: [Double?]
  /// The index of the night at which a step was found; nil without a step.
  var mark: Int?
  /// The values that cannot be drawn, by the index of their night: not finite, 10¹⁵⁰ or larger, or negative on a
  /// logarithmic axis.
  var beyond: [Int: Double] = [:]
}

/// The label of a night on the axis of a chart.
struct ChartNight: Sendable {
  /// The number of the night, or `tonight`.
  var number: String
  /// The date as in `2026-11-28`; may be empty.
  var date: String

  /// The word `night` with the number, or `tonight`, and the date.
  var label: String {
    (Int(number) == nil ? number : "night \(number)") + (date.isEmpty ? "" : " (\(date))")
  }
}

/// Draws courses.
enum Chart {
  /// The number of line styles in the style sheet, classes `k0`, `k1` and so on; further courses repeat them.
  static let styles = 12

  /// Lines of numbers over the nights, as a figure of HTML with an SVG and a legend; empty if there is nothing to draw.
  /// - Parameters:
  ///   - courses: The lines. A nil leaves a gap; a number that cannot be drawn is marked above the scale.
  ///   - nights: The nights, the oldest first. The last night is emphasised.
  ///   - axis: The title of the vertical axis.
  ///   - limit: A value that is marked by a dashed line.
  ///   - logarithmic: Whether the vertical axis is logarithmic. Zeros then lie on a line below the scale.
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
    // The factor leaves room above the limit, which is often a power of ten, at which a logarithmic axis would end.
    let extra = shown.map { logarithmic ? 1.5 * $0.0 : $0.0 }
    let scale = ChartScale(numbers + (extra.map { [$0] } ?? []), logarithmic: logarithmic)
    let plot = ChartPlot(courses: cleaned, nights: nights, axis: axis, limit: shown, scale: scale)
    return "<figure class=\"chart\">\n\(plot.svg)\n<figcaption>\(legend(cleaned, nights))</figcaption>\n</figure>\n"
  }

  /// Each course divided by its first finite value other than zero, so that all fit one scale.
  static func relative(_ courses: [Course]) -> [Course] {
    courses.map { course in
      let first = course.values.lazy.compactMap { $0 }.first { $0 != 0 && $0.isFinite }
      var scaled = course
      scaled.values = course.values.map { value in value.flatMap { number in first.map { number / $0 } } }
      return scaled
    }
  }

  /// The number that is drawn for a value; nil if the value cannot be drawn.
  /// - Parameter logarithmic: Whether the axis is logarithmic and has no negative numbers.
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

  /// The last value of a course, and its night unless it is the last night.
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

  /// A course as one line of block characters for a terminal. An exclamation mark is a value that is not finite.
  static func sparkline(_ values: [Double?]) -> String {
    let marks = Array("▁▂▃▄▅▆▇█")
    let numbers = values.compactMap { $0 }.filter(\.isFinite)
    guard values.contains(where: { $0 != nil }) else { return "" }
    let (low, high) = (numbers.min() ?? 0, numbers.max() ?? 0)
    return String(
      values.map { value in
        guard let value else { return " " }
        guard value.isFinite else { return "!" }
        // Both sides are halved, because the difference of two large numbers may overflow.
        let place = high > low ? (value / 2 - low / 2) / (high / 2 - low / 2) : 0.5
        return marks[min(Int(place * Double(marks.count)), marks.count - 1)]
      })
  }

  /// A number with four significant digits.
  static func short(_ number: Double) -> String { String(format: "%.4g", number) }
}
