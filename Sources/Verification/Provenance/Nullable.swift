/// An optional that is encoded as null rather than left out.
@propertyWrapper
public struct Nullable<Value: Encodable>: Encodable {
  /// The value; nil is encoded as null.
  public var wrappedValue: Value?

  /// An optional with a value or nil.
  public init(wrappedValue: Value?) {
    self.wrappedValue = wrappedValue
  }

  /// Encodes the value, or null for nil.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if let wrappedValue { try container.encode(wrappedValue) } else { try container.encodeNil() }
  }
}
