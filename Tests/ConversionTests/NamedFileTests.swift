import Foundation
import FrameIO
import Glibc
import TestSupport
import Testing

/// Names that lead to open files, files that are locked until they have a name, and files that cannot give way.
@Suite(.tags(.files), .generousTime) struct NamedFileTests {
  private let folder: TemporaryFolder
  private let program = BuiltProgram(named: "nanobragg")
  private static let camera =
    "-cell 50 60 70 90 90 90 -default_F 10 -N 3 -lambda 1 -detpixels 8 -oversample 1 -nonoise -nopgm"

  init() throws { folder = try TemporaryFolder() }

  private func path(_ name: String) -> String { folder.url.appendingPathComponent(name).path }

  /// A link under /proc to an open file leads to that file, which is replaced. It stays as it was for whoever has it
  /// open.
  @Test func aLinkToAnOpenFileIsFollowed() throws {
    let name = try folder.file("f.bin", "old")
    let descriptor: Int32 = open(name, O_RDWR | O_CLOEXEC)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    try FileBytes.write(Array("new".utf8), to: "/proc/thread-self/fd/\(descriptor)", for: "-floatfile")
    #expect(try folder.text("f.bin") == "new")
    #expect(try folder.names == ["f.bin"])
    var bytes = [UInt8](repeating: 0, count: 8)
    let count: Int = pread(descriptor, &bytes, 8, 0)
    #expect(Array(bytes.prefix(max(count, 0))) == Array("old".utf8))
  }

  /// A link under /proc to a pipe states no name of a file: the pipe itself is written to.
  @Test func aLinkToAPipeIsThePipe() throws {
    let pipe = Pipe()
    let writer: Int32 = pipe.fileHandleForWriting.fileDescriptor
    try FileBytes.write(Array("new".utf8), to: "/proc/thread-self/fd/\(writer)", for: "-floatfile")
    let found: Data? = try pipe.fileHandleForReading.read(upToCount: 3)
    #expect(found == Data("new".utf8))
    try pipe.fileHandleForWriting.close()
  }

  /// A file that is gone has a link with `(deleted)` behind its name; a file of just that name is another one.
  @Test func aFileThatIsGoneIsNoOtherFile() throws {
    let name = try folder.file("f.bin", "gone")
    let descriptor: Int32 = open(name, O_RDWR | O_CLOEXEC)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    unlink(name)
    try folder.file("f.bin (deleted)", "kept")
    try? FileBytes.write(Array("new".utf8), to: "/proc/thread-self/fd/\(descriptor)", for: "-floatfile")
    #expect(try folder.text("f.bin (deleted)") == "kept")
    #expect(try folder.names == ["f.bin (deleted)"])
  }

  /// For each descriptor of a file in the folder, whether the file is locked against another opening.
  private func locks() -> [Bool] {
    folder.openFiles.map { number in
      let other: Int32 = open("/proc/self/fd/\(number)", O_RDONLY | O_CLOEXEC)
      defer { close(other) }
      return other >= 0 && flock(other, LOCK_EX | LOCK_NB) != 0 && errno == EAGAIN
    }
  }

  /// A file that is whole and has no name yet is locked, so that no other run takes it for one that was left.
  @Test func filesAreLockedUntilTheyHaveTheirName() throws {
    let made = try FileBytes.prepare(header: [1], to: path("a.bin"), for: "-intfile") { _ in true }
    #expect(locks() == [true])
    made.discard()
    #expect(locks().isEmpty)
    let file = try #require(try NamelessFile(for: path("b.bin"), flag: "-floatfile"))
    let pending = try #require(file.finish())
    let found: [Bool] = withExtendedLifetime(file) { locks() }
    #expect(found == [true, true])
    pending.discard()
    #expect(try folder.names.isEmpty)
  }

  /// Whether a file can be mounted in a space of names of its own.
  private static let canMount =
    (try? BuiltProgram.shell.run(
      ["-c", ": > a; : > b; unshare -rm mount --bind a b"], in: TemporaryFolder()
    ).status) == 0

  /// A file that is mounted by itself cannot be replaced: it is written in place, also if its name has a blank.
  @Test(.enabled(if: canMount, "nothing can be mounted"), arguments: ["b.bin", "b c.bin"])
  func mountedFilesAreWrittenInPlace(name: String) throws {
    try folder.file("a.bin", "old")
    try folder.file(name, "below")
    let simulator = "'\(program.url.path)' \(Self.camera) -intfile /dev/null"
    let mounted = "unshare -rm sh -c 'mount --bind a.bin \"$0\" && \"$@\" -floatfile \"$0\"' '\(name)' \(simulator)"
    let outcome = try BuiltProgram.shell.run(
      ["-c", "\(simulator) -floatfile usual.bin > /dev/null && \(mounted) > /dev/null"], in: folder)
    #expect(outcome.status == 0, "\(outcome)")
    let usual: Data = try folder.data("usual.bin")
    let found: Data = try folder.data("a.bin")
    #expect(usual.count == 256 && found == usual)
    #expect(try folder.text(name) == "below")
    #expect(try folder.names == ["a.bin", name, "usual.bin"])
  }

  /// Without standard input a file that is read gets the descriptor 0.
  @Test func withoutStandardInputFilesAreRead() throws {
    try folder.file("x.hkl", "1 0 0 5\n0 1 0 7\n")
    let words = "\(Self.camera) -hkl x.hkl -floatfile /dev/null -intfile /dev/null"
    let outcome = try BuiltProgram.shell.run(["-c", "'\(program.url.path)' \(words) <&- > /dev/null"], in: folder)
    #expect(outcome.status == 0, "\(outcome)")
  }
}
