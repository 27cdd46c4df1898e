import Physics

/// Grey maps as binary PGM (docs/reference/70-files.md §5).
public enum GreyMapFile {
  /// The text header in front of the pixels: size, scale and maximum grey value.
  public static func header(_ map: GreyMap) -> [UInt8] {
    Array(
      "P5\n\(map.fastPixels) \(map.slowPixels)\n# pixels scaled by \(NumberText.text("%g", map.scale))\n255\n".utf8)
  }
}
