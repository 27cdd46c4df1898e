/// The courses of the figures over the nights of the history and the present night.
struct NightCourses {
  /// The nights; the present night is the last.
  let nights: [ChartNight]
  let instructions: [Course]
  let times: [Course]
  /// The worst deviations, in units of the tolerance, of the eight properties that are nearest to their tolerance.
  let drift: [Course]

  /// Appends the present night to the history.
  /// - Throws: An error of the database if the history cannot be read.
  init(_ record: NightRecord, _ history: History?, _ earlier: [History.Night]) throws {
    nights =
      earlier.map(ChartNight.init) + [ChartNight(number: "tonight", date: String(record.started.prefix(10)))]
    func courses(_ kind: String, _ tonight: [(name: String, value: Double?)], mark: String = "") throws -> [Course] {
      let before = try history?.courses(kind: kind, over: earlier) ?? []
      let known = Dictionary(before.map { ($0.name, $0.values) }, uniquingKeysWith: { first, _ in first })
      let none = [Double?](repeating: nil, count: earlier.count)
      return tonight.map { name, value in Course(name: name, values: (known[name] ?? none) + [value]) }
    }
    instructions = try courses(
      "instructions", record.benchmarks.filter { $0.instructions != nil }.map { ($0.name, $0.instructions) }
    ).map { Self.marked($0, .instructions) }
    times = try courses(
      "benchmark", record.benchmarks.filter { !$0.ratios.isEmpty }.map { ($0.name, $0.ratio) }
    ).map { Self.marked($0, .times) }
    let nearest = record.properties.filter { $0.worst != nil }.sorted { ($0.worst ?? 0) > ($1.worst ?? 0) }.prefix(8)
    drift = try courses("property", nearest.map { ($0.name, $0.worst) })
  }

  /// A course with a mark at the night of its step, if it has one.
  static func marked(_ course: Course, _ detector: StepDetector) -> Course {
    var course = course
    let places = course.values.indices.filter { course.values[$0]?.isFinite ?? false }
    let step = detector.step(in: places.compactMap { course.values[$0] })
    course.mark = step.map { places[$0.index] }
    return course
  }
}

extension ChartNight {
  /// A night of the history.
  init(_ night: History.Night) {
    self.init(number: "\(night.id)", date: String(night.started.prefix(10)))
  }
}
