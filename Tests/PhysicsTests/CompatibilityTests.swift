import TestSupport
import Testing

import Physics

@Suite(.tags(.quirk), .generousTime) struct CompatibilityTests {
  @Test func everyQuirkCanBeSwitchedAlone() {
    for quirk in Quirk.allCases {
      let alone = Compatibility(quirks: [quirk])
      #expect(Quirk.allCases.filter(alone.has) == [quirk])
      #expect(Quirk.allCases.filter { !Compatibility.cParity.setting(quirk, false).has($0) } == [quirk])
      #expect(Compatibility.spec.setting(quirk, true) == alone && alone.setting(quirk, false) == .spec)
    }
  }
}
