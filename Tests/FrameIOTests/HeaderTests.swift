import Foundation
import FrameIO
import Physics
import TestSupport
import Testing

/// SMV headers and masks.
@Suite(.tags(.files), .generousTime) struct HeaderTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func image(_ keys: String, pixels: [UInt8] = [], length: Int = 512) throws -> String {
    var text = Array("{\nHEADER_BYTES=\(length);\n\(keys)}".utf8)
    text += [UInt8](repeating: 32, count: max(0, max(length, 512) - text.count))
    return try folder.file("header.img", text + pixels)
  }

  private func header(_ keys: String, _ compatibility: Compatibility) throws -> SMVHeader {
    try SMVImage(image(keys), flag: "-img", compatibility).header
  }

  @Test func keysAreFoundAsSubstrings() throws {
    let keys = "SIZE1=3;\nSIZE2=4;\nORGX=5;\nXDS_ORGX=3;\nCOMMENT=PHI;\nFOO=33;\nDISTANCE=100;\nCLOSE_DISTANCE=90;\n"
    let parity = try header(keys, .cParity)
    #expect(parity.number("ORGX") == 3 && parity.number("PHI") == 33 && parity.number("DISTANCE") == 90)
    let spec = try header(keys, .spec)
    #expect(spec.number("ORGX") == 5 && spec.number("PHI") == nil && spec.number("DISTANCE") == 100)
    #expect(spec.fastPixels == 3 && spec.slowPixels == 4)
  }

  @Test func keysMayHaveBlanksAroundThem() throws {
    for mode in [Compatibility.cParity, .spec] {
      let header = try header("SIZE1 = 8;\n SIZE2=4;\n", mode)
      #expect(header.fastPixels == 8 && header.slowPixels == 4)
    }
  }

  @Test func notANumberIsNoValue() throws {
    #expect(try header("SIZE1=8;\nSIZE2=4;\nPHI=nan;\n", .cParity).number("PHI") == nil)
  }

  @Test(arguments: ["SIZE1=1e308;\nSIZE2=0;\n", "SIZE1=-3;\nSIZE2=4;\n", "SIZE1=65536;\nSIZE2=65536;\n", ""])
  func impossibleMaskSizesAreRefused(keys: String) throws {
    let path = try image(keys)
    #expect(throws: RequestError.self) { try SMVImage(path, flag: "-mask", .cParity).mask() }
  }

  @Test func aKeyWithoutEqualsIsZero() throws {
    let parity = try header("SIZE1=3;\nSIZE2=4;\nOSC_RANGE;\n", .cParity)
    #expect(parity.number("OSC_RANGE") == 0)
  }

  @Test func maskPixels() throws {
    let keys = "BYTE_ORDER=big_endian;\nSIZE1=2;\nSIZE2=2;\n"
    let path = try image(keys, pixels: [0, 1, 0, 0, 1, 0])
    let mask = try SMVImage(path, flag: "-mask", .cParity)
    #expect(try mask.mask().isComputed == [true, false, true, false], "missing pixels count as 0")
    #expect(mask.pixel(0) == 256, "the byte order is not applied (Q-41)")
    #expect(try SMVImage(path, flag: "-mask", .spec).pixel(0) == 1)
  }

  @Test func headersOfOtherLengths() throws {
    let path = try image("SIZE1=1;\nSIZE2=1;\n", pixels: [7, 0], length: 1024)
    #expect(try SMVImage(path, flag: "-mask", .cParity).pixel(0) == 7)
  }

  /// The reference program reads 16-bit numbers from the start of the file: an odd length counts one less there.
  @Test func oddHeaderLengths() throws {
    let path = try image("SIZE1=1;\nSIZE2=1;\n", pixels: [7, 1, 9], length: 513)
    #expect(try SMVImage(path, flag: "-mask", .cParity).pixel(0) == 0x0720, "the last blank of the header, and 7")
    #expect(try SMVImage(path, flag: "-mask", .spec).pixel(0) == 0x0107)
  }

  @Test(arguments: [
    Array("{\nHEADER_BYTES=512;\n}".utf8), [UInt8](repeating: 0, count: 600),
    Array("{\nHEADER_BYTES=99999;\n}".utf8) + [UInt8](repeating: 32, count: 600),
  ])
  func badHeadersAreRefused(bytes: [UInt8]) throws {
    let path = try folder.file("bad.img", bytes)
    #expect(throws: RequestError.self) { try SMVImage(path, flag: "-img", .cParity) }
  }

  @Test func maskHeaderFlipsTheBeamCentre() throws {
    let keys = "SIZE1=16;\nSIZE2=16;\nPIXEL_SIZE=0.1;\nBEAM_CENTER_Y=0.6;\n"
    let parity = try header(keys, .cParity)
    var request = SimulationRequest()
    request.apply(parity, isMask: true, .cParity)
    #expect(request.placement.position.centre.yBeam == .fromFarEdge(0.6, pixelSize: 0.1, pixels: 16))
    request.apply(parity, isMask: false, .cParity)
    #expect(request.placement.position.centre.yBeam == .fromOrigin(.millimetres(0.6)))
  }
}
