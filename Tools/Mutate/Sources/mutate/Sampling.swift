/// Chooses at random by a seed, so that a sample can be had again.
/// - Returns: `count` elements in their order, or all if there are fewer.
func sample<Element>(_ elements: [Element], count: Int, seed: UInt64) -> [Element] {
  var state = seed
  func next() -> UInt64 {
    // SplitMix64 (Steele, Lea and Flood, 2014).
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
  // Selection sampling (Fan, Muller and Rezucha, 1962).
  var chosen: [Element] = []
  for (index, element) in elements.enumerated() {
    let left = UInt64(elements.count - index)
    if next() % left < UInt64(max(0, count - chosen.count)) { chosen.append(element) }
  }
  return chosen
}
