import CommandLineSupport
import FrameIO
import Physics
import TestSupport
import Testing

/// Inputs from memory stand in place of files, and of nothing else.
@Suite(.tags(.commandLine)) struct MemoryInputTests {
  private let plain = "-cell 50 60 70 90 90 90 -default_F 1 -N 2 -lambda 1"

  private func request(_ more: String = "") throws -> CommandLineRequest {
    try CommandLineParser("\(plain) \(more)".words).parse()
  }

  private func inputs() throws -> MemoryInputs {
    var memory = MemoryInputs()
    memory.reflections = ReflectionList([Reflection(h: 1, k: 2, l: 3, amplitude: 4)])
    memory.matrix = try Physics.OrientationMatrix([1, 2, 3, 4, 5, 6, 7, 8, 10].map { $0 / 500 }, source: "test")
    memory.sources = [SourceLine(x: -1, y: 0, z: 0, weight: 2, wavelength: 1.5e-10)]
    memory.mask = (PixelMask(isComputed: [Bool](repeating: true, count: 35)), fast: 7, slow: 5)
    return memory
  }

  @Test func everyInputArrives() throws {
    let simulation = try request().adding(inputs()).simulation
    guard case .list(let list, _) = simulation.structureFactors else {
      Issue.record("no list")
      return
    }
    #expect(list.reflections.count == 1 && list.reflections[0].amplitude == 4)
    #expect(simulation.matrix?.values == [1.0, 2, 3, 4, 5, 6, 7, 8, 10].map { $0 / 500 })
    #expect(simulation.sources?.count == 1 && simulation.sources?[0].weight == 2)
    #expect(simulation.mask?.isComputed.count == 35)
    #expect(simulation.pixelsFast == 7 && simulation.pixelsSlow == 5)
    let nothing = try request().adding(MemoryInputs()).simulation
    #expect("\(nothing)" == "\(try request().simulation)")
  }

  @Test func statedPixelsStay() throws {
    let wide = try request("-detpixels_f 9").adding(inputs()).simulation
    #expect(wide.pixelsFast == 9 && wide.pixelsSlow == 5)
    let high = try request("-detsize_s 3").adding(inputs()).simulation
    #expect(high.pixelsFast == 7 && high.pixelsSlow == nil && high.detectorSlow == 3)
    let sized = try request("-detsize_f 3 -detpixels_s 4").adding(inputs()).simulation
    #expect(sized.pixelsFast == nil && sized.detectorFast == 3 && sized.pixelsSlow == 4)
  }

  @Test(arguments: [("-hkl", "a.hkl"), ("-mat", "a.mat"), ("-sourcefile", "a.txt"), ("-mask", "mask_64x56.img")])
  func anInputTwiceIsRefused(option: String, file: String) throws {
    let path = PackageFolder.fixtures.appendingPathComponent("golden/inputs/\(file)").path
    let request = try request("\(option) \(path)")
    let all = try inputs()
    #expect(throws: RequestError.self) { try request.adding(all) }
    var other = MemoryInputs()
    if option == "-hkl" { other.matrix = all.matrix } else { other.reflections = all.reflections }
    _ = try request.adding(other)
  }
}
