import CHDF5
import Foundation
import FrameIO
import Physics

/// Held while HDF5 is used: Debian's is not made for several threads at a time.
package let hdf5Lock = NSLock()

/// An HDF5 file in memory.
struct NexusFile: ~Copyable {
  private let file: hid_t
  private var isWhole = true

  /// - Throws: `RequestError` if HDF5 cannot create a file in memory.
  init() throws(RequestError) {
    file = chdf5_create()
    guard file >= 0 else { throw Self.failed("it cannot be begun") }
  }

  private static func failed(_ problem: String) -> RequestError {
    RequestError("NeXus file", problem, remedy: "look for room in memory")
  }

  mutating func group(_ path: String, _ kind: String) {
    note(chdf5_group(file, path))
    attribute(path, "NX_class", kind)
  }

  mutating func text(_ path: String, _ text: String) { note(chdf5_text(file, path, text)) }

  mutating func number(_ path: String, _ number: Double, units: String? = nil) {
    note(chdf5_numbers(file, path, [number], 0, 0))
    if let units { attribute(path, "units", units) }
  }

  mutating func numbers(_ path: String, _ numbers: [Double], areWhole: Bool = false, units: String? = nil) {
    note(chdf5_numbers(file, path, numbers, hsize_t(numbers.count), areWhole ? 1 : 0))
    if let units { attribute(path, "units", units) }
  }

  mutating func attribute(_ path: String, _ name: String, _ text: String) {
    note(chdf5_text_attribute(file, path, name, text))
  }

  mutating func attribute(_ path: String, _ name: String, _ vector: Vector3) {
    note(chdf5_numbers_attribute(file, path, name, [vector.x, vector.y, vector.z], 3))
  }

  /// A translation or rotation of a chain: a value along or about a vector, in the frame of the transformation
  /// `dependsOn`.
  mutating func transformation(
    _ path: String, _ value: Double, _ kind: String, along vector: Vector3, offset: Vector3 = Vector3(0, 0, 0),
    units: String, dependsOn: String = "."
  ) {
    number(path, value, units: units)
    attribute(path, "transformation_type", kind)
    attribute(path, "vector", vector)
    attribute(path, "offset", offset)
    attribute(path, "offset_units", "m")
    attribute(path, "depends_on", dependsOn)
  }

  mutating func image<Pixel: BitwiseCopyable>(_ path: String, _ pixels: [Pixel], slow: Int, fast: Int, areFloats: Bool)
  {
    note(
      pixels.withUnsafeBytes {
        chdf5_image(file, path, $0.baseAddress, hsize_t(slow), hsize_t(fast), areFloats ? 1 : 0)
      })
  }

  private mutating func note(_ isDone: Int32) { if isDone == 0 { isWhole = false } }

  /// The bytes of the file.
  /// - Throws: `RequestError` if anything could not be stored.
  consuming func bytes() throws(RequestError) -> [UInt8] {
    var size = 0
    let isWhole = isWhole
    guard let start = chdf5_finish(file, &size) else { throw Self.failed("its bytes cannot be had") }
    defer { free(start) }
    guard isWhole else { throw Self.failed("not all could be stored") }
    return Array(UnsafeRawBufferPointer(start: start, count: size))
  }
}
