import Foundation

/// The drawing of a chart. Its colours and its sizes of text come from the style sheet of the page.
struct ChartPlot {
  /// The lines, with numbers that can be drawn.
  let courses: [Course]
  /// The nights, the oldest first.
  let nights: [ChartNight]
  /// The title of the vertical axis.
  let axis: String
  /// A value that is marked by a dashed line.
  let limit: (value: Double, label: String)?
  /// The vertical axis.
  let scale: ChartScale

  private static let (width, height) = (600.0, 310.0)
  private static let (right, top, bottom) = (560.0, 46.0, 256.0)
  /// The distance of the first and the last night from the ends of the axis.
  private static let inset = 8.0

  /// The chart as an SVG element.
  var svg: String {
    let count = courses.count
    let first = nights.first?.label ?? ""
    let last = nights.last?.label ?? ""
    let text = "\(axis): \(count) \(count == 1 ? "line" : "lines"), \(first)\(nights.count > 1 ? " to \(last)" : "")"
    return "<svg viewBox=\"0 0 \(Int(Self.width)) \(Int(Self.height))\" role=\"img\" "
      + "aria-label=\"\(NightBundle.xml(text))\">\n"
      + rows + columns + marks + courses.indices.map(line).joined() + limitLine
      + "<text class=\"axis\" x=\"8\" y=\"\(Self.number(Self.top - 22))\">\(NightBundle.xml(axis))</text>\n</svg>"
  }

  /// The path of the marker of a course: one of seven shapes.
  static func dot(_ index: Int, x: Double, y: Double, size: Double) -> String {
    let (r, d, w) = (number(size), number(2 * size), number(1.2 * size))
    let shapes = [
      "m-\(r) 0a\(r) \(r) 0 1 0 \(d) 0a\(r) \(r) 0 1 0-\(d) 0z",
      "m-\(r)-\(r)h\(d)v\(d)h-\(d)z",
      "m0-\(w)l\(w) \(w)-\(w) \(w)-\(w)-\(w)z",
      "m0-\(w)l\(w) \(d)h-\(number(2.4 * size))z",
      "m0 \(w)l\(w)-\(d)h-\(number(2.4 * size))z",
      "m-\(r)-\(r)h\(d)l-\(d) \(d)h\(d)z",
      "m-\(r)-\(r)v\(d)l\(d)-\(d)v\(d)z",
    ]
    return "M\(number(x)) \(number(y))" + shapes[index % shapes.count]
  }

  /// The left end of the horizontal axis, which leaves room for the widest label, even with the larger text of narrow
  /// pages.
  private var left: Double { 12 * Double(max(scale.ticks.map(\.label.count).max() ?? 0, 3)) + 10 }

  private func x(_ index: Int) -> Double {
    let share = nights.count > 1 ? Double(index) / Double(nights.count - 1) : 0.5
    return left + Self.inset + (Self.right - left - 2 * Self.inset) * share
  }

  private func y(_ place: Double) -> Double { Self.bottom - (Self.bottom - Self.top) * place }

  private static func number(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths < 0 ? "-" : "")\(abs(tenths) / 10).\(abs(tenths) % 10)"
  }

  /// The horizontal grid with its values.
  private var rows: String {
    scale.ticks.map { tick in
      let y = Self.number(y(tick.place))
      return "<path class=\"grid\" d=\"M\(Self.number(left)) \(y)H\(Self.number(Self.right))\"/>"
        + "<text class=\"y\" x=\"\(Self.number(left - 7))\" y=\"\(y)\" dy=\".35em\">\(tick.label)</text>\n"
    }.joined()
  }

  /// The labels of as many nights as fit below the axis, the last night included. Narrow pages hide the class `wide`,
  /// which is every other label.
  private var columns: String {
    guard !nights.isEmpty else { return "" }
    let pitch = nights.count > 1 ? x(1) - x(0) : Self.right
    let step = max(1, Int((84 / pitch).rounded(.up)))
    let base = Self.number(Self.bottom)
    return stride(from: nights.count - 1, through: 0, by: -step).enumerated().map { order, index in
      let (night, place) = (nights[index], Self.number(x(index)))
      return "<g class=\"x\(order % 2 == 1 ? " wide" : "")\"><path class=\"tick\" d=\"M\(place) \(base)v5\"/>"
        + "<text y=\"\(Self.number(Self.bottom + 5))\"><tspan x=\"\(place)\" dy=\"1.1em\">"
        + "\(NightBundle.xml(night.number))</tspan><tspan x=\"\(place)\" dy=\"1.2em\">"
        + "\(NightBundle.xml(night.date))</tspan></text></g>\n"
    }.joined()
  }

  /// The limit with its label at the left end, away from the last night.
  private var limitLine: String {
    guard let limit else { return "" }
    let (place, text) = (scale.place(limit.value), NightBundle.xml(limit.label))
    let height = y(place)
    // Close to the upper end the label is below its line, because it would overlap the title of the axis.
    let baseline = place > 0.9 ? height + 15 : height - 5
    return "<path class=\"limit\" d=\"M\(Self.number(left)) \(Self.number(height))H\(Self.number(Self.right))\">"
      + "<title>\(text)</title></path><text class=\"limit\" x=\"\(Self.number(left + 4))\" "
      + "y=\"\(Self.number(baseline))\">\(text)</text>\n"
  }

  /// A vertical line with a flag for each night at which some course has a step.
  private var marks: String {
    let marked = Dictionary(grouping: courses.filter { $0.mark.map(nights.indices.contains) ?? false }) { $0.mark ?? 0 }
    return marked.keys.sorted().map { index in
      let names = (marked[index] ?? []).map(\.name).joined(separator: ", ")
      let place = Self.number(x(index))
      return "<g class=\"step\"><title>\(NightBundle.xml("step, \(nights[index].label): \(names)"))</title>"
        + "<path class=\"rule\" d=\"M\(place) \(Self.number(Self.top))V\(Self.number(Self.bottom))\"/>"
        + "<path class=\"flag\" d=\"M\(place) \(Self.number(Self.top))m-6 0h12l-6 9z\"/></g>\n"
    }.joined()
  }

  /// The line of a course, broken at nights without a value, and a marker for each value.
  private func line(_ index: Int) -> String {
    let course = courses[index]
    let size = nights.count > 1 && x(1) - x(0) < 7 ? 1.2 : 3.0
    var (path, dots, isConnected) = ("", "", false)
    for (night, value) in course.values.enumerated() {
      guard let value else {
        isConnected = false
        continue
      }
      let (x, y) = (x(night), y(scale.place(value)))
      path += "\(isConnected ? "L" : "M")\(Self.number(x)) \(Self.number(y))"
      isConnected = true
      let isLast = night == nights.count - 1
      let dot = Self.dot(index, x: x, y: y, size: isLast ? 5 : size)
      let title = NightBundle.xml("\(course.name), \(nights[night].label): \(Chart.reading(value))")
      dots += "<path class=\"dot\(isLast ? " now" : "")\" d=\"\(dot)\"><title>\(title)</title></path>\n"
    }
    for (night, value) in course.beyond.sorted(by: { $0.key < $1.key }) where nights.indices.contains(night) {
      let title = NightBundle.xml("\(course.name), \(nights[night].label): \(Chart.reading(value)), beyond the scale")
      let dot = Self.dot(3, x: x(night), y: Self.top - 8, size: 5)
      dots += "<path class=\"dot beyond\" d=\"\(dot)\"><title>\(title)</title></path>\n"
    }
    return "<g class=\"course k\(index % Chart.styles)\"><path class=\"line\" d=\"\(path)\"/>\n\(dots)</g>\n"
  }
}
