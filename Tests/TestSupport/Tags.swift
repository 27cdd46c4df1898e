import Testing

/// What tests are about; `swift test` can be told to run or to skip a subject.
extension Tag {
  /// Cells, orientations, shapes, structure factors.
  @Tag public static var crystal: Self
  /// Vectors, rotations, where the pixels of the detector are.
  @Tag public static var geometry: Self
  /// Sources, polarization, fluence.
  @Tag public static var beam: Self
  /// Sub-pixels, phi steps, mosaic domains, regions.
  @Tag public static var sampling: Self
  /// Solid angles, sensors, noise, counts.
  @Tag public static var detectorResponse: Self
  /// Formats of files.
  @Tag public static var files: Self
  /// Random numbers and their distributions.
  @Tag public static var statistics: Self
  /// Options, messages, exit statuses.
  @Tag public static var commandLine: Self
  /// Numbers held against those of the reference program, and what compares traces.
  @Tag public static var verification: Self
  /// The nightly gate and its reports.
  @Tag public static var gate: Self
  /// Independent calculations of the same quantities.
  @Tag public static var oracle: Self
  /// What the reference program does otherwise than the documented physics.
  @Tag public static var quirk: Self
  /// Claims about random cases.
  @Tag public static var property: Self
}

extension Trait where Self == TimeLimitTrait {
  /// Ends what hangs. The time of a test includes its wait for the tests beside it, and a night examines 100 times as
  /// many cases as a run at the desk.
  public static var generousTime: Self { .timeLimit(.minutes(240)) }
}
