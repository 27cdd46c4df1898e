import CNanoBragg
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

  init(_ error: RequestError) {
    let value = error.value.map { " \($0)" } ?? ""
    self.init(NB_REFUSED, error.subject, "\(error.subject)\(value): \(error.problem); \(error.remedy)")
  }

  /// An argument that is missing or does not fit.
  static func misuse(_ subject: String, _ text: String) -> Refusal {
    Refusal(NB_MISUSE, subject, "\(subject): \(text)")
  }
}

/// Numbers are written and read with a point, whatever the locale of the process.
private nonisolated(unsafe) let plainLocale = newlocale(1 << LC_NUMERIC, "C", nil)

/// Does the work of a function, and tells the caller what was wrong.
func answer(_ error: UnsafeMutablePointer<nb_error>?, _ work: () throws -> Void) -> nb_status {
  let before = plainLocale.flatMap { uselocale($0) }
  defer { if let before { uselocale(before) } }
  do {
    error?.pointee.status = NB_OK
    error?.pointee.subject.0 = 0
    error?.pointee.text.0 = 0
    try work()
    return NB_OK
  } catch {
    let refusal: Refusal =
      switch error {
      case let refusal as Refusal: refusal
      case let problem as RequestError: Refusal(problem)
      case let problem as ExperimentError: Refusal(RequestErrors.translated(problem))
      default: Refusal(NB_REFUSED, "", "\(error)")
      }
    tell(refusal, error: error)
    return refusal.status
  }

  func tell(_ refusal: Refusal, error _: any Error) {
    guard let error else { return }
    error.pointee.status = refusal.status
    withUnsafeMutableBytes(of: &error.pointee.subject) { copy(refusal.subject, into: $0) }
    withUnsafeMutableBytes(of: &error.pointee.text) { copy(refusal.text, into: $0) }
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
