import Physics

/// Grey maps as binary PGM (spec/70 §5).
public enum GreyMapFile {
  /// What stands before the pixels.
  public static func header(_ map: GreyMap) -> [UInt8] {
    Array(
      "P5\n\(map.fastPixels) \(map.slowPixels)\n# pixels scaled by \(NumberText.text("%g", map.scale))\n255\n".utf8)
  }

  /// Writes a grey map.
  /// - Throws: `RequestError` if the file cannot be written; no partial file is left.
  public static func write(_ map: GreyMap, to path: String, for flag: String) throws(RequestError) {
    try FileBytes.write(header: header(map), map.pixels, to: path, for: flag)
  }
}
