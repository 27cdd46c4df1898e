import Foundation
import FrameExchange
import FrameIO
import Glibc
import Physics
import TestSupport
import Testing

/// What a run does where the system refuses something, has no standard input or little memory, and what it clears away.
@Suite(.tags(.commandLine, .files), .generousTime) struct HardRunTests {
  private let folder: TemporaryFolder
  private let program = BuiltProgram(named: "nanobragg")
  private static let camera =
    "-cell 50 60 70 90 90 90 -default_F 10 -N 3 -lambda 1 -detpixels 8 -oversample 1 -nonoise -nopgm"

  init() throws { folder = try TemporaryFolder() }

  /// Runs a command in a shell; `nb` is the simulator with usual arguments.
  private func shell(_ command: String) throws -> BuiltProgram.Outcome {
    let function = "nb() { '\(program.url.path)' \(Self.camera) \"$@\"; }; "
    return try BuiltProgram.shell.run(["-c", function + command], in: folder)
  }

  /// Whether `strace` is there and may trace.
  private static let canRefuse =
    (try? BuiltProgram.shell.run(["-c", "strace -qq -o /dev/null true"], in: TemporaryFolder()).status) == 0

  /// Runs the simulator while the system refuses calls that concern a path.
  private func run(_ arguments: String, refusing calls: String, on path: String) throws -> BuiltProgram.Outcome {
    let traced = "strace -f -qq -o calls -P '\(path)' -e inject=\(calls)"
    let outcome = try BuiltProgram.shell.run(
      [
        "-c",
        "\(traced) '\(program.url.path)' \(Self.camera) \(arguments) > /dev/null; status=$?; "
          + "grep -q INJECTED calls || exit 77; rm calls; exit $status",
      ], in: folder)
    try #require(outcome.status != 77, "no call was refused")
    return outcome
  }

  /// Without standard input an output gets the descriptor 0.
  @Test func withoutStandardInput() throws {
    let outcome = try shell("nb -floatfile /dev/null -intfile /dev/null <&- > /dev/null")
    #expect(outcome.status == 0, "\(outcome)")
  }

  /// Empty files that are 60 seconds old may be about to be locked; older ones go. The clock must not go on meanwhile.
  @Test func leftoversGoAfterAMinute() throws {
    let outcome = try shell(
      ": > f.bin; for i in $(seq 50); do t=$(date +%s); for n in a b; do : > .nanobragg.$n.new; done; "
        + "touch -d @$((t-60)) .nanobragg.a.new; touch -d @$((t-61)) .nanobragg.b.new; "
        + "nb -floatfile f.bin -intfile /dev/null > /dev/null || exit 9; [ $(date +%s) = $t ] && exit 0; done; exit 8")
    #expect(outcome.status == 0, "\(outcome)")
    #expect(try folder.names == [".nanobragg.a.new", "f.bin"])
  }

  /// A list is held about five times: 64 MB need 305 MiB. Nothing is read of it before the memory is asked for.
  @Test func memoryForALongList() throws {
    let outcome = try shell(
      "head -c 70000 /dev/zero | tr '\\0' '#' > list.hkl; truncate -s 64000000 list.hkl; ulimit -v 300000; "
        + "nb --compat spec -hkl list.hkl -floatfile o.bin")
    #expect(outcome.status == 2 && outcome.errors.contains("memory for it: 305 MiB are needed"), "\(outcome)")
  }

  /// A network file system may open a file and then know nothing of it.
  @Test(.enabled(if: canRefuse, "there is no strace")) func aFileOfWhichNothingIsKnown() throws {
    let list = try folder.file("a.hkl", "1 2 3 4\n")
    // The first call compares the names of the files of the run.
    let outcome = try run("-hkl \(list)", refusing: "%fstat:error=EIO:when=2", on: list)
    let words = "-hkl \(list): the file cannot be read: Input/output error"
    #expect(outcome.status == 2 && outcome.errors.contains(words), "\(outcome)")
  }

  /// Some file systems have no files without a name: a file with a temporary name replaces the old one.
  @Test(.enabled(if: canRefuse, "there is no strace")) func foldersWithoutNamelessFiles() throws {
    let inner = folder.url.appendingPathComponent("d").path
    try FileManager.default.createDirectory(atPath: inner, withIntermediateDirectories: true)
    let file = try folder.file("d/f.bin", "old")
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: file)
    let usual = try shell("nb -floatfile usual.bin -intfile /dev/null > /dev/null")
    #expect(usual.status == 0, "\(usual)")
    let arguments = "-floatfile \(file) -intfile /dev/null"
    let call = "openat:error=EOPNOTSUPP:when=1"
    let outcome = try run(arguments, refusing: call, on: inner + "/")
    #expect(outcome.status == 0, "\(outcome)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: inner) == ["f.bin"])
    #expect(try folder.data("d/f.bin") == folder.data("usual.bin"))
    let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
    #expect(mode == 0o640)
  }
}
