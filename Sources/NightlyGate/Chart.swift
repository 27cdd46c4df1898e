import Foundation

/// Courses of numbers as pictures.
enum Chart {
  private static let (width, height, margin) = (640.0, 160.0, 8.0)
  private static let colours = [
    "#1f77b4", "#d62728", "#2ca02c", "#9467bd", "#ff7f0e", "#17becf", "#8c564b", "#e377c2", "#7f7f7f", "#bcbd22",
  ]

  /// Lines of numbers over the nights, as SVG; each line is relative to its first value, so that all fit one scale.
  /// - Parameter courses: The lines; nil leaves a gap.
  static func relativeLines(_ courses: [(name: String, values: [Double?])]) -> String {
    let scaled = courses.map { course -> (name: String, values: [Double?]) in
      let first = course.values.lazy.compactMap { $0 }.first { $0 != 0 }
      return (course.name, course.values.map { value in value.flatMap { number in first.map { number / $0 } } })
    }
    return lines(scaled)
  }

  /// Lines of numbers over the nights, as SVG.
  static func lines(_ courses: [(name: String, values: [Double?])]) -> String {
    let numbers = courses.flatMap { $0.values.compactMap { $0 } }.filter(\.isFinite)
    guard let low = numbers.min(), let high = numbers.max() else { return "" }
    let count = courses.map(\.values.count).max() ?? 0
    let span = high > low ? high - low : max(abs(high), 1)
    func point(_ index: Int, _ value: Double) -> String {
      let x = margin + (width - 2 * margin) * (count > 1 ? Double(index) / Double(count - 1) : 0.5)
      let y = height - margin - (height - 2 * margin) * (high > low ? (value - low) / span : 0.5)
      return "\(short(x)),\(short(y))"
    }
    var shapes = ""
    for (number, course) in courses.enumerated() {
      let colour = colours[number % colours.count]
      let points = course.values.enumerated().compactMap { index, value in value.map { point(index, $0) } }
      let title = "<title>\(NightBundle.xml(course.name))</title>"
      shapes +=
        "<polyline fill=\"none\" stroke=\"\(colour)\" points=\"\(points.joined(separator: " "))\">\(title)</polyline>"
      for place in points {
        let parts = place.split(separator: ",")
        shapes += "<circle r=\"2.5\" fill=\"\(colour)\" cx=\"\(parts[0])\" cy=\"\(parts[1])\">\(title)</circle>"
      }
    }
    let legend = courses.enumerated().map { number, course in
      "<span style=\"color:\(colours[number % colours.count])\">\(NightBundle.xml(course.name))</span>"
    }
    return "<svg viewBox=\"0 0 \(Int(width)) \(Int(height))\" role=\"img\">\(shapes)</svg>"
      + "<p class=\"legend\">\(legend.joined(separator: " ")) (from \(short(low)) to \(short(high)))</p>"
  }

  /// A course in one line of a terminal.
  static func sparkline(_ values: [Double?]) -> String {
    let marks = Array("▁▂▃▄▅▆▇█")
    let numbers = values.compactMap { $0 }
    guard let low = numbers.min(), let high = numbers.max() else { return "" }
    return String(
      values.map { value in
        guard let value else { return " " }
        let place = high > low ? (value - low) / (high - low) : 0.5
        return marks[min(Int(place * Double(marks.count)), marks.count - 1)]
      })
  }

  /// Four significant digits.
  static func short(_ number: Double) -> String { String(format: "%.4g", number) }
}
