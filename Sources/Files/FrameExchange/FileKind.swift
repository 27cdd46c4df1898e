import Foundation
import Physics

/// A file format that can be read or written.
public enum FileKind: String, Sendable, CaseIterable {
  /// Little-endian 32-bit floats without a header, as `floatimage.bin`.
  case float
  /// A text header and 16-bit counts, as `intimage.img`.
  case smv
  /// CBF with byte-offset compression.
  case cbf
  /// NeXus with the application definition NXmx, in HDF5; written only.
  case nxmx
  /// A PNG picture; written only.
  case png
  /// A grey PGM picture; written only.
  case pgm
  /// Lines of h k l F.
  case hkl
  /// The reference program's reflection cache, as `Fdump.bin`.
  case fdump
  /// Merged reflections of CCP4; read only.
  case mtz
  /// Structure factors of the Protein Data Bank, or of SHELX (fcf); read only.
  case mmcif
  /// Merged intensities of XDS; read only.
  case xds

  /// Whether the format holds reflections rather than an image.
  public var holdsReflections: Bool { [.hkl, .fdump, .mtz, .mmcif, .xds].contains(self) }
  /// Whether the format can be read.
  public var isReadable: Bool { ![.png, .pgm, .nxmx].contains(self) }
  /// Whether the format can be written.
  public var isWritable: Bool { ![.mtz, .mmcif, .xds].contains(self) }

  /// The kind of a file by its first bytes, else by its extension; nil if both are unknown.
  public init?(content bytes: [UInt8], name: String) {
    func starts(_ text: String) -> Bool { bytes.starts(with: Array(text.utf8)) }
    if starts("{\nHEADER_BYT") {
      self = .smv
    } else if starts("###CBF") {
      self = .cbf
    } else if starts("MTZ ") {
      self = .mtz
    } else if bytes.starts(with: [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]) {
      self = .nxmx
    } else if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
      self = .png
    } else if starts("P5\n"), let next = bytes.dropFirst(3).first, (48...57).contains(next) || next == 35 {
      self = .pgm
    } else if starts("!FORMAT=XDS_ASCII") {
      self = .xds
    } else if Self.isCache(bytes) {
      self = .fdump
    } else {
      // The bytes of a compressed file are unpacked before this check; its name still ends in `.gz`.
      self.init(extensionOf: name.hasSuffix(".gz") ? String(name.dropLast(3)) : name, reflections: false)
    }
  }

  /// The kind of a file by its extension, in any case of letters; nil if the extension is unknown.
  /// - Parameter reflections: Whether `bin`, `f32` and `raw` mean a reflection cache instead of an image of floats.
  public init?(extensionOf name: String, reflections: Bool) {
    switch (name as NSString).pathExtension.lowercased() {
    case "bin", "f32", "raw": self = reflections ? .fdump : .float
    case "img", "smv": self = .smv
    case "cbf": self = .cbf
    case "nxs", "h5", "hdf5", "nexus": self = .nxmx
    case "png": self = .png
    case "pgm": self = .pgm
    case "hkl", "txt": self = .hkl
    case "mtz": self = .mtz
    case "cif", "mmcif", "ent", "fcf": self = .mmcif
    default: return nil
    }
  }

  /// Whether a file starts as a reflection cache: a line of six whole numbers, then a form feed.
  private static func isCache(_ bytes: [UInt8]) -> Bool {
    guard let end = bytes.prefix(256).firstIndex(of: 10), end + 1 < bytes.count, bytes[end + 1] == 12 else {
      return false
    }
    let words = bytes[..<end].split(separator: 32)
    return words.count == 6 && words.allSatisfy { Int(String(decoding: $0, as: UTF8.self)) != nil }
  }
}
