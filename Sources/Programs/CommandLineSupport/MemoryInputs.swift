import FrameIO
import Physics

/// Inputs from memory, each in place of a file that an option names.
public struct MemoryInputs: Sendable {
  /// Reflections, in place of `-hkl`.
  public var reflections: ReflectionList?
  /// The nine numbers of an orientation matrix, in place of `-mat`.
  public var matrix: OrientationMatrix?
  /// Source points, in place of `-sourcefile`.
  public var sources: [SourceLine]?
  /// A mask, in place of `-mask`, and its dimensions.
  public var mask: (pixels: PixelMask, fast: Int, slow: Int)?

  /// No inputs.
  public init() {}
}

extension CommandLineRequest {
  /// The request with inputs from memory. The values are those that a file would have given; a mask sets the number of
  /// pixels unless options state them.
  /// - Throws: `RequestError` if an option names a file in place of which there is an input.
  public func adding(_ memory: MemoryInputs) throws(RequestError) -> CommandLineRequest {
    for (path, option, isThere) in [
      (inputs.reflections, "-hkl", memory.reflections != nil), (inputs.matrix, "-mat", memory.matrix != nil),
      (inputs.sources, "-sourcefile", memory.sources != nil), (inputs.mask, "-mask", memory.mask != nil),
    ] where isThere && path != nil {
      throw RequestError(option, value: path, "the same input is given in memory", remedy: "give one of the two")
    }
    var request = self
    if let list = memory.reflections {
      request.inputs.cache = nil
      request.simulation.structureFactors = .list(list, file: "in memory")
    }
    if let matrix = memory.matrix { request.simulation.matrix = matrix }
    if let sources = memory.sources { request.simulation.sources = sources }
    if let mask = memory.mask {
      request.simulation.mask = mask.pixels
      if simulation.pixelsFast == nil && simulation.detectorFast == nil { request.simulation.pixelsFast = mask.fast }
      if simulation.pixelsSlow == nil && simulation.detectorSlow == nil { request.simulation.pixelsSlow = mask.slow }
    }
    return request
  }
}
