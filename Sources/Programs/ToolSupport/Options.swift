import ArgumentParser
import Foundation
import GoldenStore
import Provenance

/// Options that say where the golden cases are.
package struct CorpusOptions: ParsableArguments {
  @Option(help: "The folder with inputs/ and cases/ (default: fixtures/golden of this package).")
  var corpus: String?

  package init() {}

  package func validate() throws {
    guard let corpus, !FileManager.default.fileExists(atPath: corpus + "/cases") else { return }
    throw ValidationError("--corpus \(corpus): there is no folder cases/ in it; correct the name, or create the folder")
  }

  package var store: GoldenCorpus {
    corpus.map { GoldenCorpus(root: URL(fileURLWithPath: $0)) } ?? .ofPackage()
  }

  /// The names of the cases that were asked for, all if none was.
  /// - Throws: `Failure` 2 for a name that is none, 3 if there is no case at all.
  package func chosen(_ names: [String], tag: String? = nil) throws -> [String] {
    let known = store.ids
    for name in names where !known.contains(name) { _ = try catching { try store.load(name) } }
    let ids = (names.isEmpty ? known : names).filter { id in
      // What cannot be read is not passed over.
      tag.map { tag in (try? store.load(id)).map { $0.tags.contains(tag) } ?? true } ?? true
    }
    guard !ids.isEmpty else {
      throw Failure(
        3,
        "there is no case\(tag.map { " of the subject \($0)" } ?? "") in \(store.root.path)/cases: nothing was judged")
    }
    return ids
  }

  /// Does something with the corpus; says what is wrong with status 2.
  package func catching<Value>(_ work: () throws -> Value) throws -> Value {
    do { return try work() } catch let error as CorpusError { throw Failure(2, error.description) }
  }

  /// Reads a case; status 3 if it cannot be read.
  package func load(_ id: String) throws -> GoldenCase {
    do { return try store.load(id) } catch let error as CorpusError { throw Failure(3, error.description) }
  }
}

/// Where a bundle goes.
package struct BundleFolder: ParsableArguments {
  @Option(help: "The folder of the bundle, new or empty (default: reports/<time>).") package var out: String?

  package init() {}

  /// The folder, checked to be new or empty.
  package func free(at date: Date) throws -> BundleTarget {
    let target = out.map { BundleTarget.folder(URL(fileURLWithPath: $0)) } ?? .reports(at: date)
    try target.check()
    return target
  }
}

extension BundleTarget {
  /// Where bundles go unless something else is said.
  package static func reports(at date: Date) -> BundleTarget { .fresh(in: URL(fileURLWithPath: "reports"), at: date) }
}
