import Glibc

/// Texts for C, and arrays of numbers, that live as long as this object.
final class Texts: @unchecked Sendable {
  private var known: [String: UnsafeMutablePointer<CChar>] = [:]
  private var numbers: [UnsafeMutablePointer<Double>] = []

  /// A text that ends with 0; what follows a 0 in it is left out.
  func pointer(_ text: String) -> UnsafePointer<CChar> {
    if let found = known[text] { return UnsafePointer(found) }
    let copy = strdup(text)!
    known[text] = copy
    return UnsafePointer(copy)
  }

  /// An array of numbers; of none, a pointer to nothing that may not be read.
  func pointer(_ values: [Double]) -> UnsafePointer<Double> {
    let copy = UnsafeMutablePointer<Double>.allocate(capacity: max(values.count, 1))
    copy.initialize(from: values, count: values.count)
    numbers.append(copy)
    return UnsafePointer(copy)
  }

  deinit {
    for text in known.values { free(text) }
    for array in numbers { array.deallocate() }
  }
}

/// An array of structures for C, that lives as long as this object.
final class Rows<Element>: @unchecked Sendable {
  let pointer: UnsafeMutablePointer<Element>
  let count: Int

  init(_ elements: [Element]) {
    count = elements.count
    pointer = .allocate(capacity: max(count, 1))
    pointer.initialize(from: elements, count: count)
  }

  deinit {
    pointer.deinitialize(count: count)
    pointer.deallocate()
  }
}
