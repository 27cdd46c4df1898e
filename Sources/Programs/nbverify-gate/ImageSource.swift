import CommandLineSupport
import Foundation
import FrameExchange
import FrameIO
import GoldenStore
import ImageAnalysis
import Physics
import Provenance
import Subprocesses
import ToolSupport

/// Gets the images of a comparison: from files, or from commands.
enum ImageSource {
  /// Reads a float image, or an SMV, CBF or `.npy` file, which are recognised by their first bytes.
  /// - Parameters:
  ///   - path: The file.
  ///   - size: The expected numbers of pixels, fast and slow. If empty, a float image has to be square.
  /// - Throws: `Failure` 5 if the file cannot be read, 1 if its size is unknown, 4 if it has another size.
  static func read(_ path: String, _ size: [Int]) throws -> FloatImage {
    let image: FloatImage
    do {
      let bytes = try FileBytes.unpacked(try FileBytes.readRegular(path, for: "image"), path, for: "image")
      switch FileKind(content: bytes, name: "") {
      case .smv?:
        let header = try SMVHeader(bytes, path: path, flag: "image", .spec)
        image = try SMVFrame.read(bytes, header, path: path).floatImage
      case .cbf?: image = try CBFReader(bytes, path: path).frame.floatImage
      default: image = NPYReader.isNPY(bytes) ? try NPYReader.read(bytes, path: path) : try plain(bytes, path, size)
      }
    } catch let error as RequestError {
      throw Failure(5, "\(error)")
    }
    guard size.isEmpty || size == [image.fastPixels, image.slowPixels] else {
      throw Failure(
        4, "\(path): the file has \(image.fastPixels) x \(image.slowPixels) pixels, not \(size[0]) x \(size[1])")
    }
    return image
  }

  /// Reads floats without a header.
  private static func plain(_ bytes: [UInt8], _ path: String, _ size: [Int]) throws -> FloatImage {
    let count = bytes.count / 4
    guard count > 0, bytes.count % 4 == 0 else {
      throw Failure(
        5, "\(path): \(bytes.count) bytes are no float image (four bytes a pixel), and no SMV, CBF or .npy file either")
    }
    var size = size
    if size.isEmpty {
      let edge = Int(Double(count).squareRoot().rounded())
      guard edge * edge == count else {
        throw Failure(1, "\(path): \(count) pixels are no square; give --size fast slow")
      }
      size = [edge, edge]
    }
    guard size[0].multipliedReportingOverflow(by: size[1]) == (count, false) else {
      throw Failure(4, "\(path): the file has \(count) pixels, not \(size[0]) x \(size[1]); correct the size")
    }
    return try FloatImageFile.parse(bytes, path: path, fastPixels: size[0], slowPixels: size[1])
  }

  /// The words of a template: the word `{arguments}` is replaced by all arguments, `{image}` by the path of the file to
  /// write.
  /// - Throws: `Failure` 1 if the template has no `{image}`, or an unclosed quotation mark.
  static func words(_ template: String, arguments: [String], image: String) throws -> [String] {
    guard template.contains("{image}") else {
      throw Failure(1, "\(template): the command has no {image}, the file that it is to write")
    }
    return try split(template).flatMap { word in
      word == "{arguments}" ? arguments : [word.replacing("{image}", with: image)]
    }
  }

  /// Splits a template into words as a shell does: at blanks that are neither quoted nor preceded by a backslash.
  static func split(_ template: String) throws -> [String] {
    var (words, word, quote): ([String], String?, Character?) = ([], nil, nil)
    var characters = template.makeIterator()
    while let character = characters.next() {
      if let open = quote {
        if character == open { quote = nil } else { word = (word ?? "") + String(character) }
      } else if character == "'" || character == "\"" {
        (quote, word) = (character, word ?? "")
      } else if character == "\\", let next = characters.next() {
        word = (word ?? "") + String(next)
      } else if character == " " || character == "\t" {
        if let done = word { words.append(done) }
        word = nil
      } else {
        word = (word ?? "") + String(character)
      }
    }
    guard quote == nil else { throw Failure(1, "\(template): a quotation mark is open") }
    return words + (word.map { [$0] } ?? [])
  }

  /// Runs the command of a template in a scratch folder and reads the image that it writes.
  /// - Parameter limit: The longest time of the command, in seconds.
  /// - Throws: `Failure` 2 if the command fails, takes too long or writes no image.
  static func run(_ template: String, _ arguments: [String], _ size: [Int], limit: Double) async throws -> (
    image: FloatImage, words: [String], seconds: Double
  ) {
    let scratch = try ScratchFolder()
    defer { scratch.remove() }
    let words = try words(template, arguments: arguments, image: scratch.path("image"))
    let run: ProgramRun
    do {
      run = try await ProgramRun.run(words[0], Array(words.dropFirst()), in: scratch.url.path, limit: limit)
    } catch {
      throw Failure(2, "\(words[0]) cannot be run: \(error)")
    }
    guard run.isSuccess else {
      let said = String(decoding: run.error.suffix(2000), as: UTF8.self)
      throw Failure(2, "\(PlainText.shellLine(words)) failed (\(run.ending)): \(said)")
    }
    guard FileManager.default.fileExists(atPath: scratch.path("image")) else {
      throw Failure(2, "\(PlainText.shellLine(words)) left no image in {image}")
    }
    return (try read(scratch.path("image"), size), words, run.seconds)
  }
}
