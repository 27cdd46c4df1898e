extension Formulas {
  /// A vector of the laboratory frame: three components, in the unit that the property of this type states.
  ///
  /// Every product and sum is evaluated in the order x, y, z without contraction, so that results are
  /// reproducible to the last bit on any IEEE machine.
  public struct Vector3: Sendable, Hashable {
    /// The component along the laboratory x axis.
    public var x: Number
    /// The component along the laboratory y axis.
    public var y: Number
    /// The component along the laboratory z axis.
    public var z: Number

    /// A vector from its three components.
    public init(_ x: Number, _ y: Number, _ z: Number) {
      self.x = x
      self.y = y
      self.z = z
    }

    /// The vector whose components are all zero.
    public static var zero: Vector3 { Vector3(0, 0, 0) }

    /// The components as an array of three, in the order x, y, z.
    public var components: [Number] { [x, y, z] }

    /// The nearest vector of doubles.
    public var approximation: Formulas<Double>.Vector3 {
      Formulas<Double>.Vector3(x.approximation, y.approximation, z.approximation)
    }

    /// The scalar product, summed x, y, z from the left.
    public func dot(_ other: Vector3) -> Number {
      x * other.x + y * other.y + z * other.z
    }

    /// The right-handed vector product `self` × `other`.
    public func cross(_ other: Vector3) -> Vector3 {
      Vector3(y * other.z - z * other.y, z * other.x - x * other.z, x * other.y - y * other.x)
    }

    /// The Euclidean length, √(x² + y² + z²); overflows for components beyond 1e154.
    public var length: Number { (x * x + y * y + z * z).squareRoot() }

    /// The unit vector along `self`, or the zero vector if the length is zero.
    ///
    /// Each component is divided by the length (docs/reference/20-geometry.md §1), because multiplication by the
    /// reciprocal of the length would change last bits.
    public var normalized: Vector3 {
      let length = self.length
      return length == 0 ? .zero : Vector3(x / length, y / length, z / length)
    }

    /// Component-wise sum.
    public static func + (left: Vector3, right: Vector3) -> Vector3 {
      Vector3(left.x + right.x, left.y + right.y, left.z + right.z)
    }

    /// Component-wise difference.
    public static func - (left: Vector3, right: Vector3) -> Vector3 {
      Vector3(left.x - right.x, left.y - right.y, left.z - right.z)
    }

    /// The vector with every sign reversed.
    public static prefix func - (vector: Vector3) -> Vector3 {
      Vector3(-vector.x, -vector.y, -vector.z)
    }

    /// Every component multiplied by `factor`.
    public static func * (factor: Number, vector: Vector3) -> Vector3 {
      Vector3(factor * vector.x, factor * vector.y, factor * vector.z)
    }
  }
}
