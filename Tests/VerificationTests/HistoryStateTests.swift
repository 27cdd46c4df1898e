import Foundation
import NightlyGate
import PropertyTesting
import Provenance
import TestSupport
import Testing

/// Histories whatever is stored in them, and whatever is done to them in which order.
@Suite(.tags(.gate), .generousTime) struct HistoryStateTests {
  private let folder: TemporaryFolder
  private let night: NightRecord

  init() throws {
    folder = try TemporaryFolder()
    var record = try NightTests.recorded(in: folder, stages: "golden,images")
    record.properties = [.init(name: "A.swift holds", cases: 100, worst: 0.25)]
    let benchmark =
      "{\"name\":\"W3\",\"seconds\":[1,2],\"ratios\":[2,2.1],\"referenceRatios\":[11],\"machine\":\"M\",\"judgements\":[],"
      + "\"instructions\":1e8,\"counter\":\"callgrind, v3\",\"baseline\":2}"
    record.benchmarks = [try JSONDecoder().decode(NightRecord.BenchmarkRecord.self, from: Data(benchmark.utf8))]
    record.tests = [.init(suite: "M.S", name: "a()", seconds: 0.5, failure: nil)]
    night = record
  }

  /// Everything that shows a history.
  private func show(_ history: History) throws {
    let text = try history.text(last: 40)
    #expect(!text.isEmpty)
    #expect(try history.page(last: 40, at: folder.url.appendingPathComponent("h.html")).contains("</html>"))
    #expect(try history.integrity() == "ok")
  }

  /// Every number of a stored night replaced by every odd one: refused or carried, and the history can be opened.
  @Test func oddNumbersAreRefusedOrCarried() throws {
    let text = String(decoding: try NightBundle.encoded(night), as: UTF8.self)
    let places = text.matches(of: /\s(-?[0-9][0-9.e+-]*)(?=[,\s])/).map {
      $0.output.1.startIndex..<$0.output.1.endIndex
    }
    #expect(places.count > 40)
    let odd = [
      "\"inf\"", "\"-inf\"", "\"nan\"", "0", "-1", "1e300", "-1e300", "1e-300", "9000000000000000000", "1e18", "null",
    ]
    var (refused, carried) = (0, 0)
    for (number, place) in places.enumerated() {
      let path = folder.url.appendingPathComponent("h\(number % 8).sqlite").path
      let history = try History(path: path)
      for value in odd {
        let changed = text.replacingCharacters(in: place, with: value)
        guard var record = try? NightBundle.decoded(Data(changed.utf8)) else {
          refused += 1
          continue
        }
        record.identity = UUID().uuidString
        carried += 1
        try history.judge(&record)
        _ = try history.add(record, bundle: "out")
        _ = record.outcome
        #expect(try NightBundle.encoded(record).count > 100)
      }
      // A finite night behind the odd ones, and the file opened anew.
      var finite = night
      finite.identity = UUID().uuidString
      let again = try History(path: path)
      try again.judge(&finite)
      _ = try again.add(finite, bundle: "out")
      // Each shows all nights of its file: the last one of a file has every odd number behind it.
      if number.isMultiple(of: 5) || number + 8 >= places.count { try show(again) }
    }
    print("odd numbers: \(refused) refused, \(carried) carried")
    #expect(refused > 100 && carried > 100)
  }

  /// Merging parts with odd numbers: refused with the place, never a crash.
  @Test func partsWithOddNumbersAreRefused() throws {
    let text = String(decoding: try NightBundle.encoded(night), as: UTF8.self)
    let changes = [
      ("\"count\" : 1", "\"count\" : 0"), ("\"count\" : 1", "\"count\" : 1000000000000000000"),
      ("\"index\" : 1", "\"index\" : 0"), ("\"index\" : 1", "\"index\" : -9223372036854775808"),
      ("\"seconds\" : [0-9.e-]+", "\"seconds\" : \"inf\""), ("\"seconds\" : [0-9.e-]+", "\"seconds\" : 1e300"),
      ("\"cases\" : 100", "\"cases\" : 9223372036854775807"),
      ("\"pixels\" : [0-9]+", "\"pixels\" : -9223372036854775808"),
    ]
    for (number, change) in changes.enumerated() {
      let changed = text.replacing(try Regex(change.0), with: change.1)
      #expect(changed != text, "\(change.0)")
      var bundle = ProvenanceBundle()
      bundle.add("night.json", Data(changed.utf8))
      try bundle.write(to: folder.url.appendingPathComponent("part\(number)"))
      let merged = try ToolTests.tool.run(
        ["nightly", "merge", "part\(number)", "--history", "m.sqlite", "--out", "m\(number)"], in: folder)
      #expect(merged.status == 3 && merged.errors.contains("night.json"), "\(change): \(merged)")
    }
  }

  /// A model of the history: what each night is made of, and how it ended.
  private struct Model {
    var nights: [(runs: Set<String>, outcome: String)] = []
    var accepted = 0
  }

  /// Random orders of nights, parts, kills, merges and acceptances against a model.
  @Test func anyOrderOfThingsKeepsTheHistoryWhole() throws {
    var random = SplitMix64(state: 20_261_128)
    for round in 0..<12 {
      let path = folder.url.appendingPathComponent("s\(round).sqlite").path
      var history = try History(path: path)
      var model = Model()
      var parts: [[String]] = []
      for _ in 0..<40 {
        switch Int.random(in: 0..<8, using: &random) {
        case 0, 1: try addWhole(history, &model, &random)
        case 2:
          parts.append([UUID().uuidString, UUID().uuidString])
          try addParts(history, &model, parts[parts.count - 1], first: Bool.random(using: &random))
        case 3: if let runs = parts.randomElement(using: &random) { try addParts(history, &model, runs, first: nil) }
        case 4: if let runs = parts.randomElement(using: &random) { try addParts(history, &model, runs, first: true) }
        case 5: try addKilled(history, &model, resumes: Bool.random(using: &random))
        case 6:
          let accepted = try? history.accept(.workloads([]), night: nil, reason: "measured", anyway: true)
          if let accepted, !accepted.isEmpty { model.accepted = accepted.count }
        default: history = try History(path: path)
        }
        let nights = try history.nights(last: 100)
        #expect(nights.map(\.identities) == model.nights.map(\.runs), "round \(round)")
        #expect(nights.map(\.outcome) == model.nights.map(\.outcome), "round \(round)")
        #expect(try history.acceptances().count >= model.accepted)
      }
      try show(history)
    }
  }

  private func addWhole(_ history: History, _ model: inout Model, _ random: inout SplitMix64) throws {
    var record = night
    record.identity = UUID().uuidString
    record.properties[0].worst = [0.2, .infinity, .nan, 0, 1e-300].randomElement(using: &random)
    record.golden[0].worstPixel = [0, .infinity, 1e300].randomElement(using: &random)!
    try history.judge(&record)
    _ = try history.add(record, bundle: "out")
    model.nights.append(([record.identity], record.outcome.rawValue))
  }

  /// Adds a merged night of two parts; with one of them missing unless `first` is nil.
  private func addParts(_ history: History, _ model: inout Model, _ runs: [String], first: Bool?) throws {
    var record = night
    record.identity = runs[0]
    let present = first.map { $0 ? [runs[0]] : [runs[1]] } ?? runs
    record.parts = try runs.enumerated().map { index, run in
      let isThere = present.contains(run)
      let text =
        "{\"index\":\(index + 1),\"state\":\"\(isThere ? "finished" : "missing")\",\"seconds\":1,\"done\":1,\"count\":1"
        + (isThere ? ",\"identity\":\"\(run)\"}" : "}")
      return try JSONDecoder().decode(NightRecord.PartRecord.self, from: Data(text.utf8))
    }
    let known = model.nights.firstIndex { !$0.runs.isDisjoint(with: present) }
    if first != nil, let known, model.nights[known].outcome != "incomplete" {
      #expect(throws: BundleError.self) { try history.add(record, bundle: "out") }
      return
    }
    _ = try history.add(record, bundle: "out")
    let entry = (runs: Set(present), outcome: record.outcome.rawValue)
    let all = model.nights.indices.filter { !model.nights[$0].runs.isDisjoint(with: present) }
    if let place = all.first {
      model.nights[place] = entry
      for other in all.dropFirst().reversed() { model.nights.remove(at: other) }
    } else {
      model.nights.append(entry)
    }
  }

  private func addKilled(_ history: History, _ model: inout Model, resumes: Bool) throws {
    var record = night
    record.identity = UUID().uuidString
    record.stopped = "ended by signal 15"
    _ = try history.add(record, bundle: "out")
    model.nights.append(([record.identity], "killed"))
    guard resumes else { return }
    record.stopped = nil
    _ = try history.add(record, bundle: "out")
    model.nights[model.nights.count - 1].outcome = record.outcome.rawValue
    record.stopped = "ended by signal 15"
    #expect(throws: BundleError.self) { try history.add(record, bundle: "out") }
  }
}
