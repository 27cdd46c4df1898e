import CommandLineSupport
import Digests
import Foundation
import FrameIO
import Provenance
import Subprocesses

/// A comparison, byte for byte, of the files that two programs write for a golden case.
public struct FileIdentity: Sendable {
  /// The name of the case.
  public let id: String
  /// For each kind of file, by its usual name: whether the bytes are the same. A kind that neither program wrote is
  /// absent.
  public let kinds: [String: Bool]

  /// The kinds, in the order in which the programs write them.
  public static let names = ["Fdump.bin", "floatimage.bin", "intimage.img", "image.pgm", "noiseimage.img"]
}

extension GoldenCorpus {
  /// Runs two programs on a case, all files written under their usual names, and compares the files.
  /// - Throws: `CorpusError` if the case cannot be read or one of the programs fails.
  public func files(
    of id: String, reference: SimulatorProgram, candidate: SimulatorProgram
  ) async throws -> FileIdentity {
    let golden = try load(id)
    let expected = try await written(reference, golden)
    let found = try await written(candidate, golden)
    let kinds = FileIdentity.names.compactMap { name in
      expected[name] == nil && found[name] == nil ? nil : (name, expected[name] == found[name])
    }
    return FileIdentity(id: id, kinds: Dictionary(uniqueKeysWithValues: kinds))
  }

  /// The SHA-256 of each file that a program writes, by its usual name.
  private func written(_ program: SimulatorProgram, _ golden: GoldenCase) async throws -> [String: String] {
    let scratch = try ScratchFolder()
    defer { scratch.remove() }
    // Without a seed the noise would depend on the clock; the case may give another seed later. Nothing is appended: an
    // argument after -misset_seed can change its meaning.
    let arguments = ["-noprogress", "-seed", "1"] + self.arguments(of: golden).filter { $0 != "-nonoise" }
    do {
      // Vector code differs from the C program in the last bit of some floats; the scalar formulas do not.
      _ = try await program.run(arguments, in: scratch, instructions: .scalar)
    } catch {
      throw CorpusError("\(golden.id): \(error)")
    }
    var digests: [String: String] = [:]
    for name in FileIdentity.names {
      digests[name] = try? Digest.sha256(ofFile: scratch.path(name)).digest
    }
    return digests
  }
}
