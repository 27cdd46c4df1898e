import Synchronization

/// A wish to end a rendering before it is done. Any thread may state it; the rendering looks for it at every row, and within
/// a row at every step of a block of pixels, or at every phi step of a single pixel.
public final class Interruption: Sendable {
  private let wish = Atomic<Bool>(false)

  /// No wish yet.
  public init() {}

  /// Whether the rendering is to end.
  public var isWished: Bool { wish.load(ordering: .relaxed) }

  /// Ends the rendering.
  public func end() { wish.store(true, ordering: .relaxed) }
}
