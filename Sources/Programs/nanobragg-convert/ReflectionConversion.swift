import CommandLineSupport
import FrameExchange
import FrameIO
import Physics

/// Converts one reflection list to another format.
struct ReflectionConversion {
  let options: ReflectionOptions
  let input: String
  let output: String

  func run(_ bytes: [UInt8], _ source: FileKind, _ target: FileKind) throws {
    let amplitude = options.defaultF ?? 0
    guard amplitude.isFinite else {
      throw RequestError("--default-f", value: "\(amplitude)", "it is not a number", remedy: "give a finite amplitude")
    }
    let isMerged = [.mtz, .mmcif, .xds].contains(source)
    guard isMerged && source != .xds || options.column == nil, isMerged || !options.noExpand else {
      throw RequestError(
        "--column, --no-expand", "they are for mtz and mmcif (--no-expand for xds, too)", remedy: "leave them out")
    }
    guard let list = ReflectionList(try read(bytes, source, defaultAmplitude: amplitude)) else {
      throw RequestError(input, "there is no reflection in it", remedy: "give a list of at least one")
    }
    if target == .fdump {
      try checkCache(list)
      let table = try StructureFactors.table(list, defaultAmplitude: amplitude, file: input)
      try ReflectionCache.write(table, to: output)
    } else {
      try FileBytes.write(ReflectionLists.text(list.reflections), to: output, for: "output")
    }
    try inform("\(list.count) reflections")
  }

  /// Refuses a cache beyond the limit. A cache has room for all indices between the extremes, so one stray index makes
  /// it huge.
  private func checkCache(_ list: ReflectionList) throws(RequestError) {
    let size = 8 * [list.h, list.k, list.l].reduce(1.0) { $0 * Double($1.count + 1) }
    let limit = FileBytes.limit(ofKind: 1 << 30)
    guard size <= Double(limit) else {
      throw RequestError(
        output, "the cache would have \(NumberText.text("%.0f", size / 1048576)) MiB for \(list.count) reflections",
        remedy: "look for a stray index, or set \(FileBytes.limitVariable) to more than \(limit) bytes")
    }
    if size > 0x1p27 { complain("note: the cache has \(Int(size) >> 20) MiB for \(list.count) reflections") }
  }

  private func read(_ bytes: [UInt8], _ source: FileKind, defaultAmplitude: Double) throws -> [Reflection] {
    switch source {
    case .hkl:
      let (list, notes) = try ReflectionFile.parse(bytes, path: input, .spec, flag: "input")
      for note in notes { complain("note: \(note)") }
      return list.reflections
    case .fdump:
      let table = try ReflectionCache.parse(bytes, path: input, defaultAmplitude: defaultAmplitude, flag: "input")
      let list = table.reflections
      if let strange = list.first(where: { !$0.amplitude.isFinite }) {
        throw RequestError(
          input, "the amplitude of \(strange.h) \(strange.k) \(strange.l) is not finite",
          remedy: "make the cache anew from its list")
      }
      return list
    default:
      let merged =
        source == .xds
        ? try XDSReflections.read(bytes, path: input, expands: !options.noExpand)
        : try MergedReflections(bytes, path: input, column: options.column, expands: !options.noExpand)
      let kind = merged.isIntensity ? "roots of intensities" : "amplitudes"
      try inform("\(merged.column): \(kind), space group \(merged.spaceGroup ?? "unknown")")
      if let cell = merged.cell {
        try inform("-cell \(cell.map { NumberText.text("%.9g", $0) }.joined(separator: " "))")
      }
      for note in merged.notes { complain("note: \(note)") }
      if merged.spaceGroup == nil && !options.noExpand {
        complain("note: the space group is unknown: only Friedel mates are added")
      }
      return merged.reflections
    }
  }
}
