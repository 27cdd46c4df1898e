import CommandLineSupport
import Foundation
import FrameIO
import Physics
import TestSupport
import Testing

/// Notes about beam centres, memory, inputs from memory, and help.
@Suite(.tags(.commandLine)) struct RequestNoteTests {
  private static let plain = "-cell 50 -default_F 1 -N 1 -oversample 1"

  /// Whether another beam centre is noted of a header with the beam centre in the terms of DENZO, x and y.
  private func isNoted(_ keys: String, denzo: (x: String, y: String), _ more: String = "") throws -> Bool {
    let folder = try TemporaryFolder()
    let camera = "DIM=2;\nPIXEL_SIZE=0.1;\nDISTANCE=100;\n\(keys)"
    let text = "{\nHEADER_BYTES=512;\n\(camera)DENZO_X_BEAM=\(denzo.x);\nDENZO_Y_BEAM=\(denzo.y);\n}\u{0C}"
    let path = try folder.file("header.img", text.padding(toLength: 512, withPad: " ", startingAt: 0))
    let notes = try Experiment(command: "\(Self.plain) \(more) -img \(path)").notes
    return notes.contains { $0.contains("the beam is at") }
  }

  /// MOSFLM's 20 and -30 mm are 20.05 and -29.95 mm in DENZO's terms.
  private static let mosflm = "SIZE1=8;\nSIZE2=8;\nBEAM_CENTER_X=20;\nBEAM_CENTER_Y=-30;\n"

  /// The room for rounding is 1e-4 + 1e-5 · 30 mm.
  @Test func aCentreFiveMicrometresAsideIsNoted() throws {
    #expect(try isNoted(Self.mosflm, denzo: ("20.055", "-29.95")))
    #expect(try isNoted(Self.mosflm, denzo: ("20.05", "-29.955")))
    #expect(try !isNoted(Self.mosflm, denzo: ("20.0502", "-29.9502")))
  }

  /// ADXV's y of 99 mm counts from the far edge of 100 mm, and has the rounding error of a larger number.
  @Test func aQuotedCentreThatIsLargerGivesMoreRoom() throws {
    let keys = "SIZE1=1000;\nSIZE2=1000;\nBEAM_CENTER_X=1;\nBEAM_CENTER_Y=99;\n"
    #expect(try !isNoted(keys, denzo: ("1", "1.0005"), "-adxv"))
    #expect(try isNoted(keys, denzo: ("1", "1.002"), "-adxv"))
  }

  /// The room is 4e-4 mm; centres lie 2e-12 mm beyond it and before it, less than floats tell.
  @Test func theDifferenceOfCentresIsADouble() throws {
    #expect(try isNoted(Self.mosflm, denzo: ("20.05", "-29.950400000002")))
    #expect(try !isNoted(Self.mosflm, denzo: ("20.05", "-29.950399999998")))
  }

  @Test func explanationsBeginInOneColumn() {
    let lines = HelpText.full.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let blanks = String(repeating: " ", count: 34)
    let option = lines.firstIndex { $0.hasPrefix("  -mosaic, -mosaicity, -mosaic_spread degrees") }
    let next = option.map { lines[$0 + 1] } ?? ""
    #expect(next.hasPrefix(blanks + "half-angle of the cap"), "\(next)")
    #expect(!lines.contains { $0.hasPrefix(blanks + " ") })
  }

  /// A cache is an input in place of the list, too, so that it is not read beside one from memory.
  @Test func aListFromMemoryLeavesNoCache() throws {
    let request = try CommandLineParser("\(Self.plain) -dump c.bin".words).parse()
    #expect(request.inputs.cache == "c.bin")
    var memory = MemoryInputs()
    #expect(try request.adding(memory).inputs.cache == "c.bin")
    memory.reflections = ReflectionList([Reflection(h: 1, k: 2, l: 3, amplitude: 4)])
    #expect(try request.adding(memory).inputs.cache == nil)
  }

  /// Why an image of some pixels along each side is refused, with stacks for 2^26 threads: 671088640 MiB.
  private func refusal(_ side: Int, greyMap: Bool, noise: Bool) throws -> String? {
    var outputs = OutputFiles()
    outputs.writesGreyMap = greyMap
    outputs.writesNoise = noise
    let files = outputs
    let experiment = try Experiment(command: "\(Self.plain) -detpixels \(side)")
    do throws(RequestError) {
      try experiment.checkMemory(files, threads: 1 << 26)
      return nil
    } catch {
      return error.problem
    }
  }

  /// 16 MiB of pixels have 4 bytes each, one more with a grey map and four more with noise; 16 MiB are for the rest.
  @Test func greyMapsAndNoiseTakeMemory() throws {
    for (greyMap, noise, bytes) in [(false, false, 4), (true, false, 5), (false, true, 8), (true, true, 9)] {
      let wanted = "there is no memory for it: \(671_088_640 + 16 + 16 * bytes) MiB are needed"
      #expect(try refusal(4096, greyMap: greyMap, noise: noise) == wanted)
    }
  }

  @Test func imagesUpTo16MebibytesAreNotChecked() throws {
    #expect(try refusal(8, greyMap: true, noise: true) == nil)
    #expect(try refusal(2048, greyMap: false, noise: false) == nil)
    #expect(try refusal(2049, greyMap: false, noise: false) != nil)
    #expect(try refusal(2048, greyMap: true, noise: false) != nil)
  }
}
