import Foundation
import FrameIO
import Physics
import TestSupport
import Testing

/// Texts of SMV headers: numbers next to a half of their sixth digit, lengths next to 512 bytes, keys with blanks.
@Suite(.tags(.files, .geometry)) struct HeaderTextTests {
  private func header(_ words: String, _ mode: Compatibility, isNoisy: Bool = false) throws -> String {
    let made = try Experiment(command: "-cell 50 -default_F 1 -oversample 1 \(words)", mode)
    return String(decoding: SMVWriter.header(made, isNoisy: isNoisy), as: UTF8.self)
  }

  /// A camera whose lengths are next to a half of the sixth digit: the last bit of a product tells on which side.
  private static let camera =
    "-denzo -detpixels_f 250 -detpixels_s 260 -pixel 1 -Xbeam 127.6235 -Ybeam 127.7295 -distance 100.0635"
    + " -osc 0.102026501"

  private static func keys(wavelength: String, phi: String) -> String {
    """
    DIM=2;
    BYTE_ORDER=little_endian;
    TYPE=unsigned_short;
    SIZE1=250;
    SIZE2=260;
    PIXEL_SIZE=1;
    DISTANCE=100.064;
    WAVELENGTH=\(wavelength);
    BEAM_CENTER_X=127.624;
    BEAM_CENTER_Y=127.73;
    ADXV_CENTER_X=127.73;
    ADXV_CENTER_Y=132.377;
    MOSFLM_CENTER_X=127.124;
    MOSFLM_CENTER_Y=127.23;
    DENZO_X_BEAM=127.624;
    DENZO_Y_BEAM=127.73;
    DIALS_ORIGIN=-127.73,127.624,-100.064
    XDS_ORGX=128.229;
    XDS_ORGY=128.123;
    CLOSE_DISTANCE=100.064;
    PHI=\(phi);
    OSC_START=\(phi);
    OSC_RANGE=0.102027;
    TWOTHETA=0;
    DETECTOR_SN=000;
    BEAMLINE=fake;

    """
  }

  /// Lengths in m and angles in radians become mm, Å and degrees by one product of doubles; only in spec there are
  /// vectors.
  @Test func numbersAreProductsOfDoubles() throws {
    let keys = Self.keys(wavelength: "1.16809", phi: "1.10113")
    let vectors = """
      FAST_VECTOR=0,0,1;
      SLOW_VECTOR=0,-1,0;
      NORMAL_VECTOR=1,0,0;
      BEAM_VECTOR=1,0,0;
      POLARIZATION_VECTOR=0,0,1;
      SPINDLE_VECTOR=0,0,1;
      ORIGIN_VECTOR=100.0635,127.6235,-127.7295;

      """
    let words = "\(Self.camera) -lambda 1.168085 -phi 1.10113499"
    let long = "{\nHEADER_BYTES=1024;\n\(keys)\(vectors)}\u{0C}"
    for isNoisy in [false, true] {
      let parity = try header(words, .cParity, isNoisy: isNoisy)
      #expect(parity == "{\nHEADER_BYTES=512;\n\(keys)}\u{0C}")
      let spec = try header(words, .spec, isNoisy: isNoisy)
      #expect(spec == long + String(repeating: " ", count: 1024 - long.utf8.count))
    }
  }

  /// The size of a pixel and two-theta next to a half of the sixth digit.
  @Test func pixelsAndTwoThetaAreProductsOfDoubles() throws {
    for mode in [Compatibility.cParity, .spec] {
      let pixel = try header("-denzo -detpixels 4 -pixel 0.1008145", mode)
      #expect(pixel.contains("\nPIXEL_SIZE=0.100815;\n"), "\(pixel)")
      let angle = try header("-denzo -detpixels 4 -twotheta 12.1013501", mode)
      #expect(angle.contains("\nTWOTHETA=12.1014;\n"), "\(angle)")
    }
  }

  /// A fast coordinate of negative zero keeps its sign in the image without noise and loses it in the other.
  @Test func aFastCentreOfNegativeZero() throws {
    let words = "-detpixels 4 -fdet_vector -0 0 -1 -twotheta_axis 0 0 1 -Xbeam 0 -Ybeam 5 -distance 100"
    for mode in [Compatibility.cParity, .spec] {
      let quiet = try header(words, mode)
      #expect(quiet.contains("\nDENZO_X_BEAM=5;\nDENZO_Y_BEAM=-0;\n"), "\(quiet)")
      let noisy = try header(words, mode, isNoisy: true)
      #expect(noisy.contains("\nDENZO_X_BEAM=5;\nDENZO_Y_BEAM=0;\n"), "\(noisy)")
    }
  }

  /// A header of the reference program is filled up to 512 bytes; one that is longer is left as it is.
  @Test func headersAreFilledUpTo512Bytes() throws {
    for (wavelength, length) in [("1.16", 511), ("1.168", 512), ("1.1681", 513)] {
      let text = "{\nHEADER_BYTES=512;\n\(Self.keys(wavelength: wavelength, phi: "0"))}\u{0C}"
      #expect(text.utf8.count == length)
      let blanks = String(repeating: " ", count: max(0, 512 - length))
      #expect(try header("\(Self.camera) -lambda \(wavelength)", .cParity) == text + blanks)
    }
  }

  private static let own = "DIM=2;\nBYTE_ORDER=little_endian;\nTYPE=unsigned_short;\nSIZE1=3;\nSIZE2=2;\n"

  /// The header of an image of 3 x 2 pixels that is made from another header.
  private func copy(_ keys: String) throws -> String {
    let start = Array("{\nHEADER_BYTES=512;\n\(keys)}\u{0C}".utf8)
    let bytes = start + [UInt8](repeating: 32, count: 512 - start.count)
    let header = try SMVHeader(bytes, path: "f", flag: "-img", .spec)
    return String(decoding: SMVWriter.header(copying: header, fastPixels: 3, slowPixels: 2), as: UTF8.self)
  }

  private func whole(_ keys: String, length: Int = 512) -> String {
    let text = "{\nHEADER_BYTES=\(length);\n\(Self.own)\(keys)}\u{0C}"
    return text + String(repeating: " ", count: length - text.utf8.count)
  }

  /// Keys of size and number format are replaced, whatever blanks and tabs stand around them; other entries are kept.
  @Test func copiesOfHeaders() throws {
    let trek = "Data_type=long int;\nCompression=None;\nDETECTOR_NAMES=A_;\nRAXIS_COMPRESSION_RATIO=1;\nPHI=1;\n"
    let newTrek = "Data_type=unsigned short int;\nCompression=None;\nDETECTOR_NAMES=A_;\nPHI=1;\n"
    let rows: [(keys: String, wanted: String)] = [
      ("", ""), ("SIZE1 =4;\nPHI=1;\n", "PHI=1;\n"), (" SIZE1=4;\nPHI=1;\n", "PHI=1;\n"),
      ("SIZE1\t=4;\n\tDIM=2;\nPHI=1;\n", "PHI=1;\n"), ("TYPE = float;\r\nPHI=1;\n", "PHI=1;\n"),
      ("PHI=1; BYTE_ORDER =big_endian;\n", "PHI=1;\n"), ("SIZE1=4;A=1;SIZE2=5;\n", "A=1;\n"),
      ("SIZE1=4;SIZE2=5;\n", ""), ("MYSIZE1=4;\nSIZE=5;\n", "MYSIZE1=4;\nSIZE=5;\n"),
      ("no entry\nA=1;B = 2;\n;\nC={ Z };\nD=1\n", "A=1;B = 2;\nC={ Z };\nD=1\n"), (trek, newTrek),
    ]
    for row in rows { #expect(try copy(row.keys) == whole(row.wanted), "\(row.keys.debugDescription)") }
    // The length is the next multiple of 512.
    let room = 512 - "{\nHEADER_BYTES=512;\n\(Self.own)A=;\n}\u{0C}".utf8.count
    for (extra, length) in [(-1, 512), (0, 512), (1, 1024)] {
      let entry = "A=\(String(repeating: "x", count: room + extra));\n"
      #expect(try copy(entry) == whole(entry, length: length), "\(extra)")
    }
  }
}

/// Lists of sources: what is a comment, and how large a list may be.
@Suite(.tags(.files, .beam)) struct SourceListTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A list may have 100 MiB. The file is one of holes.
  @Test func listsOfMoreThan100MebibytesAreRefused() throws {
    let limit = FileBytes.limit(ofKind: 104_857_600)
    let path = try folder.file("sources.txt", "")
    try lengthen(path, to: limit + 1)
    for mode in [Compatibility.cParity, .spec] {
      let error = #expect(throws: RequestError.self) { try SourceFile.read(path, mode) }
      #expect(error?.subject == "-sourcefile" && error?.value == path)
      #expect(error?.problem == "the file has \(limit + 1) bytes; at most \(limit) are read")
    }
  }

  private func word(_ value: Double?) -> String { value.map { "\($0)" } ?? "-" }

  /// The sources of a list in spec, or why it is refused.
  private func sources(_ text: String) -> String {
    do throws(RequestError) {
      let lines = try SourceFile.parse(Array(text.utf8), path: "f", .spec)
      return lines.map { (line: SourceLine) -> String in
        let columns: [Double?] = [line.x, line.y, line.z, line.weight, line.wavelength]
        return columns.map { word($0) }.joined(separator: " ")
      }.joined(separator: "; ")
    } catch {
      return error.problem
    }
  }

  /// In spec lines that start with # or ! are comments; any other word among the first five is to be a number.
  @Test func commentsAndWordsOfSources() {
    let plain = "-10 0.5 2 1 1e-10"
    let wanted = "-10.0 0.5 2.0 1.0 1e-10"
    func refusal(_ word: String, _ line: Int = 1) -> String { "\"\(word)\" in line \(line) is not a proper number" }
    let rows: [(text: String, wanted: String)] = [
      ("\(plain)\n", wanted), (plain, wanted), ("\(plain)\r\n", wanted), ("!1 2 3\n\(plain)\n", wanted),
      ("#1 2 3\n\(plain)\n", wanted), (" \t! a\n\t #b\n\n\(plain)\n", wanted), ("\(plain) x y\n", wanted),
      ("-10,0.5;2:1!1e-10\n", wanted), ("1 2\n\(plain)\n", "1.0 2.0 - - -; \(wanted)"),
      ("1 2 3 0\n", "1.0 2.0 3.0 0.0 -"), ("1 2 3 -1\n", refusal("-1")), ("\"1 2 3\n", refusal("\"1")),
      ("$1 2 3\n", refusal("$1")), ("\(plain)\n1 2 # 3\n", refusal("#", 2)), ("1 nan\n", refusal("nan")),
      ("1 inf\n", refusal("inf")), ("# a\n! b\n\n", "the file holds no source"), ("", "the file holds no source"),
      ("\(plain)\n1 2 3 4 0\n", "source 2 has wavelength 0: it must be positive"),
    ]
    for row in rows { #expect(sources(row.text) == row.wanted, "\(row.text.debugDescription)") }
  }
}
