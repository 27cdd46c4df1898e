/// The version of all programs of the package. CHANGELOG.md explains the numbers of a version.
public enum ProgramVersion {
  /// The current version.
  public static let current = "0.4.0"
}
