import Testing
import PropertyTesting
private let forAll = PropertyFamily("try")
struct Sc { var cell: [Double]; var n: Int; var theta: Double; var shape: Sh; var misset: Double }
enum Sh { case round, square, gauss }
@Suite struct TryTests {
  @Test func one() {
    forAll("scene", zip(Generator<Double>.logUniform(in: 10...100).array(3...3), .integer(in: 1...40), .double(in: -30...30), .element(of: [Sh.round, .square, .gauss]), .double(in: -180...180)).map { Sc(cell: $0, n: $1, theta: $2, shape: $3, misset: $4) }) { check, s in
      let x = s.theta * s.theta * s.cell[0]
      let wrong = s.theta > 0.311 && s.n % 2 == 0 && s.shape == .gauss ? x * (1 + 1e-6 * s.theta * s.theta * Double(s.n)) : x
      try check.close(wrong, x, within: 1e-9 * x, because: "r")
    }
  }
}
