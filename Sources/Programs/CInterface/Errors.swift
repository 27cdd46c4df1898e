import CNanoBragg
import CommandLineSupport
import FrameIO
import Physics

import Glibc

/// Why a function did not do what it was asked for.
struct Refusal: Error {
  let status: nb_status
  let subject: String
  let text: String

  init(_ status: nb_status, _ subject: String, _ text: String) {
    (self.status, self.subject, self.text) = (status, subject, text)
  }

  init(_ error: RequestError) { self.init(NB_REFUSED, error.subject, "\(error)") }

  /// An argument that is missing or does not fit.
  static func misuse(_ subject: String, _ text: String) -> Refusal {
    Refusal(NB_MISUSE, subject, "\(subject): \(text)")
  }

  /// Writes the refusal down for the caller.
  func tell(_ target: UnsafeMutablePointer<nb_error>?) {
    guard let target else { return }
    target.pointee.status = status
    withUnsafeMutableBytes(of: &target.pointee.subject) { copy(subject, into: $0) }
    withUnsafeMutableBytes(of: &target.pointee.text) { copy(text, into: $0) }
  }
}

/// Numbers are written and read with a point, whatever the locale of the process.
private nonisolated(unsafe) let plainLocale = newlocale(1 << LC_NUMERIC, "C", nil)

/// Does the work of a function, and tells the caller what was wrong.
func answer(_ target: UnsafeMutablePointer<nb_error>?, _ work: () throws -> Void) -> nb_status {
  let before = plainLocale.flatMap { uselocale($0) }
  defer { if let before { uselocale(before) } }
  do {
    target?.pointee.status = NB_OK
    target?.pointee.subject.0 = 0
    target?.pointee.text.0 = 0
    try work()
    return NB_OK
  } catch {
    let refusal: Refusal =
      switch error {
      case let refusal as Refusal: refusal
      case let problem as RequestError: Refusal(problem)
      case let problem as ExperimentError: Refusal(RequestError(problem))
      default: Refusal(NB_REFUSED, "", "\(error)")
      }
    refusal.tell(target)
    return refusal.status
  }
}

/// Copies a text that ends with 0, cut between characters if it is too long.
func copy(_ text: String, into buffer: UnsafeMutableRawBufferPointer) {
  guard buffer.count > 0 else { return }
  var text = text
  text.withUTF8 { bytes in
    var count = min(bytes.count, buffer.count - 1)
    if count < bytes.count { while count > 0, bytes[count] & 0xC0 == 0x80 { count -= 1 } }
    if count > 0 { buffer.baseAddress!.copyMemory(from: bytes.baseAddress!, byteCount: count) }
    buffer[count] = 0
  }
}

/// Answers with a text in the way of nb_simulation_text.
func answer(
  _ text: String, _ buffer: UnsafeMutablePointer<CChar>?, _ capacity: Int, _ length: UnsafeMutablePointer<Int>?
) throws {
  guard capacity >= 0, buffer != nil || capacity == 0 else {
    throw Refusal.misuse("buffer", "it is NULL, and its capacity is \(capacity)")
  }
  length?.pointee = text.utf8.count
  if let buffer { copy(text, into: UnsafeMutableRawBufferPointer(start: buffer, count: capacity)) }
}

/// The object of a handle.
func object<Kind: AnyObject>(_ handle: OpaquePointer?, _ kind: Kind.Type, _ name: String) throws -> Kind {
  guard let object = Handles.object(handle, kind) else {
    throw Refusal.misuse(name, handle == nil ? "it is NULL" : "it was freed, or is no handle of this kind")
  }
  return object
}

/// Checks the first member of a structure, its size as the caller knows it; no more of it is read before.
func checkSize<Structure>(_ structure: UnsafePointer<Structure>, _ name: String) throws {
  let size = UnsafeRawPointer(structure).loadUnaligned(as: Int.self)
  guard size == MemoryLayout<Structure>.size else {
    throw Refusal.misuse(
      name,
      "its member size is \(size), not \(MemoryLayout<Structure>.size); set it to sizeof before the call, and use the header "
        + "of this library")
  }
}

/// Fills in a structure whose first member is its size, as the caller knows it.
func fill<Structure>(_ target: UnsafeMutablePointer<Structure>?, _ name: String, with value: Structure) throws {
  guard let target else { throw Refusal.misuse(name, "it is NULL") }
  try checkSize(target, name)
  target.pointee = value
}
