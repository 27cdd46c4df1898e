/// The version of all programs of the package. CHANGELOG.md says what its numbers mean.
public enum ProgramVersion {
  /// The version.
  public static let current = "0.4.0"
}
