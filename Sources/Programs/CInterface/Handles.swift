import Glibc

/// The handles that callers have. A handle is a number that looks like a pointer and points nowhere: whatever a caller hands
/// back is looked up, so that one that was freed, or is none, is refused rather than followed.
enum Handles {
  private nonisolated(unsafe) static let state: UnsafeMutablePointer<State> = {
    let state = UnsafeMutablePointer<State>.allocate(capacity: 1)
    state.initialize(to: State())
    pthread_mutex_init(&state.pointee.lock, nil)
    // A child process of one of several threads gets the lock free.
    pthread_atfork(
      { pthread_mutex_lock(&Handles.state.pointee.lock) }, { pthread_mutex_unlock(&Handles.state.pointee.lock) },
      { pthread_mutex_unlock(&Handles.state.pointee.lock) })
    return state
  }()

  private struct State {
    var lock = pthread_mutex_t()
    var objects: [UInt: AnyObject] = [:]
    var last: UInt = 0
  }

  private static func locked<Value>(_ work: (inout State) -> Value) -> Value {
    pthread_mutex_lock(&state.pointee.lock)
    defer { pthread_mutex_unlock(&state.pointee.lock) }
    return work(&state.pointee)
  }

  /// Keeps an object until its handle is freed.
  static func add(_ object: AnyObject) -> OpaquePointer {
    locked { state in
      state.last += 1
      // An odd number, which no object in memory has as its address.
      let number = state.last << 4 | 1
      state.objects[number] = object
      return OpaquePointer(bitPattern: number)!
    }
  }

  /// The object of a handle; nil for what is no handle of the kind.
  static func object<Kind: AnyObject>(_ handle: OpaquePointer?, _ kind: Kind.Type) -> Kind? {
    guard let handle else { return nil }
    return locked { $0.objects[UInt(bitPattern: handle)] as? Kind }
  }

  /// Lets go of an object; what is no handle of the kind is left alone.
  static func free<Kind: AnyObject>(_ handle: OpaquePointer?, _ kind: Kind.Type) {
    guard let handle else { return }
    // The object ends outside the lock, as that may take a while.
    let object: AnyObject? = locked { state in
      let number = UInt(bitPattern: handle)
      guard state.objects[number] is Kind else { return nil }
      return state.objects.removeValue(forKey: number)
    }
    withExtendedLifetime(object) {}
  }
}
