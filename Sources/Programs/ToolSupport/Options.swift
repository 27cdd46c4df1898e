import ArgumentParser
import Foundation
import GoldenStore
import Provenance

/// The option that names the folder of the golden cases.
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

  /// The names of the requested cases; all cases if no name is given.
  /// - Throws: `Failure` 2 for a name that no case has, 3 if no case is left.
  package func chosen(_ names: [String], tag: String? = nil) throws -> [String] {
    let known = store.ids
    for name in names where !known.contains(name) { _ = try catching { try store.load(name) } }
    let ids = (names.isEmpty ? known : names).filter { id in
      // A case that cannot be read is kept, so that it is reported.
      tag.map { tag in (try? store.load(id)).map { $0.tags.contains(tag) } ?? true } ?? true
    }
    guard !ids.isEmpty else {
      throw Failure(
        3,
        "there is no case\(tag.map { " of the subject \($0)" } ?? "") in \(store.root.path)/cases: nothing was judged")
    }
    return ids
  }

  /// Runs work on the corpus; a `CorpusError` becomes a `Failure` of status 2.
  package func catching<Value>(_ work: () throws -> Value) throws -> Value {
    do { return try work() } catch let error as CorpusError { throw Failure(2, error.description) }
  }

  /// Reads a case.
  /// - Throws: `Failure` 3 if the case cannot be read.
  package func load(_ id: String) throws -> GoldenCase {
    do { return try store.load(id) } catch let error as CorpusError { throw Failure(3, error.description) }
  }
}

/// The option that names the folder of a bundle.
package struct BundleFolder: ParsableArguments {
  @Option(help: "The folder of the bundle, new or empty (default: reports/<time>).") package var out: String?

  package init() {}

  /// The destination of the bundle.
  /// - Throws: `BundleError` if the folder is not new or empty.
  package func free(at date: Date) throws -> BundleTarget {
    let target = out.map { BundleTarget.folder(URL(fileURLWithPath: $0)) } ?? .reports(at: date)
    try target.check()
    return target
  }
}

extension BundleTarget {
  /// The default destination of bundles: a folder in `reports`, named after the time.
  package static func reports(at date: Date) -> BundleTarget { .fresh(in: URL(fileURLWithPath: "reports"), at: date) }
}
