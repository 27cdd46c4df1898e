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
