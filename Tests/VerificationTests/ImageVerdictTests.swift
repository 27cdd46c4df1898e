import Foundation
import ImageAnalysis
import Physics
import TestSupport
import Testing

/// What is said of images that differ in a known way.
@Suite(.tags(.gate), .generousTime) struct ImageVerdictTests {
  private static let size = 20

  private static func image(_ pixel: (_ slow: Int, _ fast: Int) -> Float) -> FloatImage {
    let pixels = (0..<size * size).map { pixel($0 / size, $0 % size) }
    return FloatImage(fastPixels: size, slowPixels: size, pixels: pixels)
  }

  private static let reference = image { slow, fast in
    let distance = (fast - 7) * (fast - 7) + 2 * (slow - 12) * (slow - 12)
    return 100 * exp(-Float(distance) / 9) + Float(fast) / 10 + 1
  }

  /// A change, the criteria that fail as `rounding`, and what is said of it.
  struct Change: Sendable, CustomTestStringConvertible {
    let name: String
    let failing: [String]
    let explanation: String?
    let pixel: @Sendable (_ image: FloatImage, _ slow: Int, _ fast: Int) -> Float

    var testDescription: String { name }

    init(
      _ name: String, _ failing: [String] = [], _ explanation: String? = nil,
      _ pixel: @escaping @Sendable (_ image: FloatImage, _ slow: Int, _ fast: Int) -> Float
    ) {
      (self.name, self.failing, self.explanation, self.pixel) = (name, failing, explanation, pixel)
    }

    var image: FloatImage { ImageVerdictTests.image { pixel(ImageVerdictTests.reference, $0, $1) } }
  }

  private static func isChosen(_ slow: Int, _ fast: Int) -> Bool { slow == 3 && fast == 17 }

  static let scales: [Change] = [
    Change("none") { $0[slow: $1, fast: $2] },
    Change("last bits") { image, slow, fast in
      let pixel = image[slow: slow, fast: fast]
      return fast % 2 == 0 ? pixel.nextUp : pixel
    },
    Change("factor 1.5", ["sum", "pixels"], "a factor 1.5 everywhere") { 1.5 * $0[slow: $1, fast: $2] },
    Change("factor 125932", ["sum", "pixels"], "a factor 125932 everywhere") { 125_932 * $0[slow: $1, fast: $2] },
    Change("factor 1.00001", ["sum", "pixels"], "a factor 1.00001 everywhere") { image, slow, fast in
      Float(1.00001 * Double(image[slow: slow, fast: fast]))
    },
    Change("offset", ["sum", "pixels"], "an offset of 1000 everywhere") { $0[slow: $1, fast: $2] + 1000 },
    Change("both", ["sum", "pixels"], "a factor 2 and an offset of 40 everywhere") { 2 * $0[slow: $1, fast: $2] + 40 },
  ]

  static let places: [Change] = [
    Change("transposed", ["pixels", "correlation"], "rows and columns are exchanged") { $0[slow: $2, fast: $1] },
    Change("mirrored", ["pixels", "correlation"], "mirrored along the fast axis") { $0[slow: $1, fast: 19 - $2] },
    Change("upside down", ["pixels", "correlation"], "mirrored along the slow axis") { $0[slow: 19 - $1, fast: $2] },
    Change("turned", ["pixels", "correlation"], "turned by 180 degrees") { $0[slow: 19 - $1, fast: 19 - $2] },
    Change("shifted", ["sum", "pixels", "correlation"], "shifted by 1 pixels along fast") {
      $0[slow: $1, fast: max($2 - 1, 0)]
    },
    Change("one pixel", ["pixels"]) { $0[slow: $1, fast: $2] * (isChosen($1, $2) ? 1.00001 : 1) },
    Change("no number", ["finite"]) { isChosen($1, $2) ? .nan : $0[slow: $1, fast: $2] },
    Change("negative", ["sign", "sum", "pixels", "correlation"]) {
      $0[slow: $1, fast: $2] * (isChosen($1, $2) ? -1 : 1)
    },
  ]

  @Test(arguments: scales + places)
  func verdict(change: Change) {
    let candidate = change.image
    let comparison = ImageComparison(reference: Self.reference, candidate: candidate)
    let verdict = ImageVerdict(
      comparison, reference: Self.reference, candidate: candidate, expectation: .rounding, threshold: nil)
    #expect(verdict.criteria.filter { !$0.holds }.map(\.name) == change.failing)
    #expect(verdict.passes == change.failing.isEmpty && comparison.correlation <= 1)
    if let explanation = change.explanation {
      #expect(verdict.explanation?.contains(explanation) ?? false, "\(verdict.explanation ?? "nothing")")
    } else {
      #expect(verdict.explanation == nil)
    }
    let strict = ImageVerdict(
      comparison, reference: Self.reference, candidate: candidate, expectation: .identical, threshold: nil)
    #expect(strict.passes == (change.name == "none"))
  }

  /// The scale counts in every expectation but `correlated`.
  @Test(arguments: ImageExpectation.allCases)
  func scalesCount(expectation: ImageExpectation) {
    let candidate = Self.image { 1.5 * Self.reference[slow: $0, fast: $1] }
    let comparison = ImageComparison(reference: Self.reference, candidate: candidate)
    let verdict = ImageVerdict(
      comparison, reference: Self.reference, candidate: candidate, expectation: expectation, threshold: nil)
    #expect(verdict.passes == (expectation == .correlated))
  }
}
