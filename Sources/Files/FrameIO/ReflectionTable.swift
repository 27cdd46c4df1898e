import Physics

extension RequestError {
  /// The error of a list whose indices span more than a table can have.
  init(reflections path: String, _ error: ExperimentError) {
    self.init(
      "-hkl", value: path, "\(error)", remedy: "look for a stray index, or give a list that spans fewer indices")
  }
}

extension StructureFactors {
  /// A table of the reflections of a file.
  /// - Throws: `RequestError` naming the file if its indices span more than a table can have.
  public static func table(
    _ list: ReflectionList, defaultAmplitude: Double, file: String
  ) throws(RequestError) -> StructureFactors {
    do {
      return try StructureFactors(list, defaultAmplitude: defaultAmplitude, source: file)
    } catch {
      throw RequestError(reflections: file, error)
    }
  }
}
