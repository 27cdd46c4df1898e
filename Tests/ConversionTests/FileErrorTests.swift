import CHDF5
import CPNG
import CommandLineSupport
import Foundation
import FrameExchange
import FrameIO
import Glibc
import NexusImages
import Physics
import TestSupport
import Testing

/// Numbers and colours of images, and text of lists, at their very limits.
@Suite(.tags(.files)) struct ImageColourTests {
  /// What a pixel becomes whose unsigned count is stored as a difference of 8 bytes.
  private func restored(_ count: Int64) throws -> [Int32] {
    let announced: [UInt8] = [0x80, 0, 0x80, 0, 0, 0, 0x80]
    let number: [UInt8] = withUnsafeBytes(of: count.littleEndian) { Array($0) }
    let bytes: [UInt8] = announced + number
    return try ByteOffset.restore(bytes[...], count: 1, isUnsigned: true).get()
  }

  @Test func theTwoHighestCountsMarkPixelsWithoutAMeasurement() throws {
    #expect(try restored(0xFFFF_FFFF) == [-1])
    #expect(try restored(0xFFFF_FFFE) == [-2])
    #expect(try restored(0xFFFF_FFFD) == [Int32.max])
    #expect(try restored(0x8000_0000) == [Int32.max])
  }

  @Test func whiteIsUsuallyThe999thThousandth() {
    #expect(Contrast().percentile == 99.9)
  }

  @Test func theColoursAtTheStopsAreThoseOfTheMap() {
    let maps: [(ColourMap, [[UInt8]])] = [
      (.grey, [[0, 0, 0], [255, 255, 255]]),
      (.negative, [[255, 255, 255], [0, 0, 0]]),
      (.heat, [[0, 0, 0], [255, 0, 0], [255, 255, 0], [255, 255, 255]]),
      (.viridis, [[68, 1, 84], [59, 82, 139], [33, 145, 140], [94, 201, 98], [253, 231, 37]]),
    ]
    for (map, stops) in maps {
      for (number, stop) in stops.enumerated() {
        let brightness = Double(number) / Double(stops.count - 1)
        #expect(map.colour(brightness) == stop, "\(map) at \(brightness)")
      }
    }
  }

  /// Red, green and blue of an image of one pixel in the colours of heat.
  private func heat(_ brightness: Double) throws -> [UInt8] {
    var contrast = Contrast()
    contrast.law = .linear
    contrast.black = 0
    contrast.white = 1 / brightness
    let picture = Picture(FloatImage(fastPixels: 1, slowPixels: 1, pixels: [1]), contrast)
    let bytes = try picture.png(.heat)
    var image = png_image()
    image.version = png_uint_32(PNG_IMAGE_VERSION)
    let isBegun = png_image_begin_read_from_memory(&image, bytes, bytes.count) != 0
    try #require(isBegun)
    image.format = png_uint_32(PNG_FORMAT_RGB)
    var pixels = [UInt8](repeating: 0, count: 3)
    let isRead = png_image_finish_read(&image, nil, &pixels, 0, nil) != 0
    try #require(isRead)
    return pixels
  }

  /// Entries 500 and 501 of 0 to 1023 have 3/1023 of the way between the stops: green is 118.9 and 119.6.
  @Test func theEntryOfTheTableIsRoundedOnce() throws {
    #expect(try heat((500.5 - 1e-6) / 1023) == [255, 119, 0])
    #expect(try heat((500.5 + 1e-6) / 1023) == [255, 120, 0])
  }

  @Test func indicesOfSeveralDigitsAreWrittenInTheirOrder() {
    let list = [
      Reflection(h: 12, k: -305, l: 0, amplitude: 1.5), Reflection(h: -7, k: 1_234_567, l: -10, amplitude: 20),
    ]
    let text = String(decoding: ReflectionLists.text(list), as: UTF8.self)
    #expect(text == "12 -305 0 1.5\n-7 1234567 -10 20.0\n")
  }

  /// The pixels of an image whose header states 512 bytes, with counts from 1 behind them. A brace and a form feed
  /// stand at a later place; counts from 5 are the last bytes.
  private func pixels(formFeedAt place: Int) throws -> Frame.Pixels {
    let start = Array("{\nHEADER_BYTES=512;\nTYPE=unsigned_short;\nSIZE1=2;\nSIZE2=2;\n".utf8)
    var bytes = start + [UInt8](repeating: 32, count: 512 - start.count)
    bytes += [1, 0, 2, 0, 3, 0, 4, 0]
    bytes += [UInt8](repeating: 0, count: place - 1 - bytes.count)
    bytes += [UInt8(ascii: "}"), 12, 5, 0, 6, 0, 7, 0, 8, 0]
    let header = try SMVHeader(bytes, path: "f", flag: "-img", .spec)
    return try SMVFrame.read(bytes, header, path: "f").pixels
  }

  /// The end of a header that is longer than it says lies within the first 64 KiB.
  @Test func aFormFeedBehindTheFirstBytesEndsNoHeader() throws {
    #expect(try pixels(formFeedAt: 65_535) == .integers([5, 6, 7, 8]))
    #expect(try pixels(formFeedAt: 65_536) == .integers([1, 2, 3, 4]))
  }
}

/// What errors of files name, what is open, and which keys of headers count.
@Suite(.tags(.files)) struct FileErrorTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func path(_ name: String) -> String { folder.url.appendingPathComponent(name).path }

  @Test func aDamagedStartIsToldByItsOptionAndItsName() throws {
    let damaged: [UInt8] = [0x1F, 0x8B] + [UInt8](repeating: 0, count: 28)
    let file = try folder.file("a.img", damaged)
    let error = #expect(throws: RequestError.self) { try FileBytes.start(of: file, for: "-img", upTo: 10) }
    #expect(error?.subject == "-img" && error?.value == file, "\(error?.description ?? "")")
  }

  @Test func theOtherOutputIsToldByItsOptionAndItsName() throws {
    let file = path("a.bin")
    var files = FileRegister()
    try files.write(file, "-floatfile")
    do throws(RequestError) {
      try files.write(file, "-intfile")
      Issue.record("two outputs have one name")
    } catch {
      #expect(error.subject == "-intfile" && error.value == file)
      #expect(error.problem == "this is the file of -floatfile \(file): one of the two would be lost")
    }
  }

  /// The flags of the descriptors of files in the folder while one of them is open.
  private func flags(of file: borrowing InputFile) -> [Int32] {
    folder.openFiles.map { fcntl($0, F_GETFD) }
  }

  @Test func programsThatAreStartedGetNoFileThatIsRead() throws {
    let name = try folder.file("a.hkl", "1 2 3 4\n")
    let file = try InputFile(name, for: "-hkl")
    let found = flags(of: file)
    #expect(found == [FD_CLOEXEC])
  }

  /// An image with a header of 512 bytes and no pixels.
  private func image(_ keys: String) -> [UInt8] {
    let start = Array("{\nHEADER_BYTES=512;\n\(keys)}\u{0C}".utf8)
    return start + [UInt8](repeating: 32, count: 512 - start.count)
  }

  /// Neither a mask nor an image to be converted has pixels if one of its sides is not stated, or is zero.
  @Test(arguments: ["SIZE1=4;\n", "SIZE2=4;\n", "SIZE1=4;\nSIZE2=0;\n", "SIZE1=0;\nSIZE2=4;\n", ""])
  func oneSideIsNoSize(keys: String) throws {
    let bytes = image(keys)
    for mode in [Compatibility.cParity, .spec] {
      let mask = try SMVImage(bytes, path: "f", flag: "-mask", mode)
      let error = #expect(throws: RequestError.self) { try mask.mask() }
      #expect(error?.problem.contains("the header has no SIZE1 and SIZE2") == true)
      let other = #expect(throws: RequestError.self) { try SMVFrame.read(bytes, mask.header, path: "f") }
      #expect(other?.problem == "the header has no SIZE1 and SIZE2")
    }
  }

  /// A carriage return between two entries, or in front of an equals sign, is no part of a key.
  @Test func keysWithACarriageReturnAreReplacedAsOthers() throws {
    let bytes = image("SIZE1=4;\rSIZE2=5;\r\nTYPE\r=float;\r\nPHI=1;\n")
    let header = try SMVHeader(bytes, path: "f", flag: "-img", .spec)
    let copy = SMVWriter.header(copying: header, fastPixels: 3, slowPixels: 2)
    let own = "DIM=2;\nBYTE_ORDER=little_endian;\nTYPE=unsigned_short;\nSIZE1=3;\nSIZE2=2;\n"
    let wanted = "{\nHEADER_BYTES=512;\n\(own)PHI=1;\n}\u{0C}"
    let text = String(decoding: copy, as: UTF8.self)
    let blanks = String(repeating: " ", count: 512 - wanted.utf8.count)
    #expect(text == wanted + blanks)
  }

  /// The corner of the first pixel is so close to the sample, 1e-203 m, that the square of its distance is zero: it is
  /// told to lie along the beam.
  @Test func aCornerAtTheSampleLiesAlongTheBeam() throws {
    let camera = "-xds -Xbeam 0 -Ybeam 0 -distance 1e-200 -pixel 0.2 -detpixels_f 3 -detpixels_s 2"
    let crystal = "-cell 60 70 80 90 90 90 -default_F 50 -N 3 -lambda 1.1 -oversample 1"
    let made = try Experiment(command: "\(camera) \(crystal)", .spec)
    #expect(made.detector.pose.origin.length == 0)
    let frame = Frame(fastPixels: 3, slowPixels: 2, .integers([1, 2, 3, 4, 5, 6]))
    let bytes = try NXmxWriter.bytes(frame, of: made, date: Date(timeIntervalSince1970: 0))
    let file = try folder.file("a.nxs", bytes)
    let set = "/entry/instrument/detector/transformations/origin"
    var direction = [Double](repeating: 7, count: 3)
    let count = hdf5Lock.withLock { chdf5_read(file, set, "vector", &direction, 3) }
    #expect(count == 3)
    #expect(direction == [0, 0, 1])
  }
}
