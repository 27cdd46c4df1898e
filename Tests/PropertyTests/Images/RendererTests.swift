import Foundation
import KernelTypes
import Physics
import TestSupport
import Testing

/// The implementations that the properties of images are examined with are those that the processor can run.
@Suite(.tags(.sampling)) struct RendererTests {
  /// What the system tells of the processor, without our own question to it.
  private static let flags: Set<String> = {
    let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("flags") } ?? ""
    return Set(line.split(separator: " ").map(String.init))
  }()

  @Test func noImplementationIsMissing() {
    let names = Renderer.present.map(\.rawValue)
    print("images are rendered by: \(names.joined(separator: ", "))")
    #expect(Set(["best", "scalar", "laws", "baseline"]).isSubset(of: names))
    let hasThird = Set(["avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe"]).isSubset(of: Self.flags)
    let hasFourth =
      hasThird && Set(["avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"]).isSubset(of: Self.flags)
    #expect(names.contains("v3") == hasThird, "the processor has what v3 needs: \(hasThird)")
    #expect(names.contains("v4") == hasFourth, "the processor has what v4 needs: \(hasFourth)")
    #expect(InstructionSet.best == (hasFourth ? .v4 : hasThird ? .v3 : .baseline))
  }

  /// No implementation stands for another.
  @Test func loopsAreThoseOfTheInstructionSet() throws {
    let loops = try [InstructionSet.baseline, .v3, .v4].filter(\.isAvailable).map { set in
      String(reflecting: type(of: try #require(set.kernels)))
    }
    #expect(Set(loops).count == loops.count, "\(loops)")
    #expect(InstructionSet.scalar.kernels == nil)
  }
}
