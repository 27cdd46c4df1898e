import Provenance

extension NightRecord {
  /// Refuses impossible numbers: divisions without parts, times that are not finite, counts that no machine reaches.
  /// Deviations of properties and images may have any value: infinities and not-a-numbers are kept and shown.
  /// - Throws: `BundleError` naming the number.
  func checkSoundness() throws(BundleError) {
    func refuse(_ what: String) throws(BundleError) { throw BundleError("\(what): no night has this; record it again") }
    if !(1...10_000).contains(shard.count) || !(1...max(1, shard.count)).contains(shard.index) {
      try refuse("part \(shard.index) of \(shard.count)")
    }
    let times =
      [("seconds", seconds)] + tests.map { ("seconds of \($0.name)", $0.seconds) }
      + golden.map { ("seconds of golden \($0.id)", $0.seconds) }
      + images.map { ("seconds of image \($0.id)", $0.seconds) }
      + parts.map { ("seconds of part \($0.index)", $0.seconds) }
      + benchmarks.flatMap { record in record.seconds.map { ("seconds of benchmark \(record.name)", $0) } }
    for (name, time) in times where !(0...1e9).contains(time) { try refuse("\(name) \(time)") }
    let counts =
      properties.map { ("cases of \($0.name)", $0.cases) }
      + golden.flatMap { record in
        [record.identicalNumbers, record.numbers, record.identicalPixels, record.pixels].map {
          ("golden \(record.id)", $0)
        }
      } + parts.flatMap { part in [part.index, part.done, part.count].map { ("part \(part.index)", $0) } }
      + [("repetitions", plan.repetitions), ("cases", plan.propertyCases ?? 1)]
    for (name, count) in counts where !(0...1_000_000_000_000).contains(count) { try refuse("\(name): \(count)") }
  }
}
