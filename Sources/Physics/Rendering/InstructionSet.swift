import CSystem
import KernelBaseline
import KernelTypes

#if KERNEL_VARIANTS
  import KernelV3
  import KernelV4
#endif
/// The instruction set that the inner loops are compiled for.
public enum InstructionSet: String, Sendable, CaseIterable {
  /// No loops over blocks: every pixel by the scalar formulas, in the order of operations of the reference program.
  case scalar
  /// What every processor of the architecture has.
  case baseline
  /// AVX2 and fused multiply-add (x86-64-v3).
  case v3
  /// AVX-512 (x86-64-v4).
  case v4

  /// Whether this build has the loops and this processor can run them.
  public var isAvailable: Bool {
    switch self {
    case .scalar, .baseline: true
    case .v3: Self.hasVariants && cplatform_x86_64_level() >= 3
    case .v4: Self.hasVariants && cplatform_x86_64_level() >= 4
    }
  }

  /// The fastest that is available.
  public static let best: InstructionSet = [.v4, .v3].first(where: \.isAvailable) ?? .baseline

  /// The loops; nil for the scalar formulas.
  package var kernels: (any Kernels)? {
    switch self {
    case .scalar: return nil
    case .baseline: return KernelBaseline.Loops()
    #if KERNEL_VARIANTS
      case .v3: return KernelV3.Loops()
      case .v4: return KernelV4.Loops()
    #else
      case .v3, .v4: return nil
    #endif
    }
  }

  /// The loops for work whose numbers do not depend on the instruction set.
  package static let anyKernels: any Kernels = best.kernels ?? KernelBaseline.Loops()

  private static var hasVariants: Bool {
    #if KERNEL_VARIANTS
      true
    #else
      false
    #endif
  }
}
