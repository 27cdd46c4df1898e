import Foundation
import Physics

/// How a run of a candidate differs from what it should be.
package struct Symptom: Sendable, Hashable, Codable {
  package enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    case crash, hang, refusal = "refused", noImage = "no-image", shortImage = "short-image"
    case notANumber = "not-a-number", image, counts, file, printed, trace
    case unstable, relation
  }

  package var kind: Kind
  /// What differs, in one sentence.
  package var text: String
  /// The pixel that deviates most; nil where no pixel is to blame.
  package var pixel: PixelIndex?
  /// The deviation over the allowed one of that pixel; nil for symptoms without a number.
  package var ratio: Double?
  /// The file, quantity, line or relation that differs, for symptoms that name one.
  package var subject: String?

  init(_ kind: Kind, _ text: String, pixel: PixelIndex? = nil, ratio: Double? = nil, subject: String? = nil) {
    (self.kind, self.text, self.pixel, self.ratio, self.subject) = (kind, text, pixel, ratio, subject)
  }
}
