import Foundation
import TestSupport
import Testing

/// What a run leaves in a folder without nameless files, and the memory that it asks for.
@Suite(.tags(.commandLine, .files), .generousTime) struct RunLeftoverTests {
  private let folder: TemporaryFolder
  private static let nb =
    "'\(BuiltProgram(named: "nanobragg").url.path)' -cell 50 60 70 90 90 90 -default_F 10 -N 3 -lambda 1 -detpixels 8 "
    + "-oversample 1 -nonoise -nopgm"

  init() throws { folder = try TemporaryFolder() }

  private func shell(_ command: String) throws -> BuiltProgram.Outcome {
    try BuiltProgram.shell.run(["-c", command], in: folder)
  }

  /// Whether `strace` is there and may trace.
  private static let canRefuse =
    (try? BuiltProgram.shell.run(["-c", "strace -qq -o /dev/null true"], in: TemporaryFolder()).status) == 0

  /// Where there are no files without a name, what is left of an earlier run goes before a temporary file is made. That
  /// file goes, too, if it cannot be renamed.
  @Test(.enabled(if: canRefuse, "there is no strace")) func nothingIsLeftOfATemporaryFile() throws {
    let inner = folder.url.appendingPathComponent("d").path
    try FileManager.default.createDirectory(atPath: inner, withIntermediateDirectories: false)
    try folder.file("d/f.bin", "old")
    let run = "\(Self.nb) -floatfile d/f.bin -intfile /dev/null > /dev/null"
    let traced = "strace -qq -e signal=none -e 'trace=/^(openat|rename)'"
    // The first run tells which call asks for a file without a name.
    let number = #"k=$(grep '^openat' first | grep -n '"d/".*O_TMPFILE' | head -n 1 | cut -d: -f1)"#
    let again = "printf old > d/f.bin; printf x > d/.nanobragg.left.new"
    let refused = "-e inject=openat:error=EOPNOTSUPP:when=$k -e 'inject=/^rename:error=EBUSY'"
    let outcome = try shell(
      "\(traced) -o first \(run) || exit 7; \(number); \(again); \(traced) -o calls \(refused) \(run)")
    #expect(outcome.status == 2, "\(outcome)")
    let problem = "the file cannot be written: Device or resource busy"
    let remedy = "check that the folder exists, the file may be written to and there is room"
    #expect(outcome.errors == "nanobragg: error: -floatfile d/f.bin: \(problem); \(remedy)\n")
    #expect(try FileManager.default.contentsOfDirectory(atPath: inner) == ["f.bin"])
    #expect(try folder.text("d/f.bin") == "old")
  }

  /// A list takes five times its bytes and one more: here a byte less than 302 MiB.
  @Test func memoryForAListNextToAMebibyte() throws {
    let outcome = try shell(
      "head -c 70000 /dev/zero | tr '\\0' '#' > list.hkl; truncate -s 63333990 list.hkl; ulimit -v 300000; "
        + "\(Self.nb) --compat spec -hkl list.hkl -floatfile o.bin")
    #expect(outcome.status == 2, "\(outcome)")
    let wanted =
      "nanobragg: error: list.hkl: there is no memory for it: 301 MiB are needed; "
      + "give a shorter list, or raise the limit of the shell (ulimit -v)\n"
    #expect(outcome.errors.hasSuffix(wanted), "\(outcome)")
  }
}
