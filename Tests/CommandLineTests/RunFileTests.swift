import Foundation
import FrameIO
import Glibc
import TestSupport
import Testing

/// What a run does with files of others, mounted files, leftovers, and where the system refuses a call.
@Suite(.tags(.commandLine, .files), .generousTime) struct RunFileTests {
  private let folder: TemporaryFolder
  private static let nb =
    "'\(BuiltProgram(named: "nanobragg").url.path)' -cell 50 60 70 90 90 90 -default_F 10 -N 3 -lambda 1 -detpixels 8 "
    + "-oversample 1 -nonoise -nopgm"
  private static let another = "setpriv --reuid 12345 --regid 12345 --clear-groups"
  private static let cannot = "check that the folder exists, the file may be written to and there is room"

  init() throws { folder = try TemporaryFolder() }

  private func path(_ name: String) -> String { folder.url.appendingPathComponent(name).path }

  private static func works(_ command: String) -> Bool {
    (try? BuiltProgram.shell.run(["-c", command], in: TemporaryFolder()).status) == 0
  }

  /// Whether `strace` is there and may trace.
  private static let canRefuse = works("strace -qq -o /dev/null true")
  /// Whether the tests may run programs as another user.
  private static let canBeAnother = works("[ $(id -u) = 0 ] && \(another) \(nb) -help > /dev/null")
  /// Whether the tests may mount files.
  private static let canMount = works("unshare -rm sh -c ': > a && : > b && mount --bind a b'")

  private func shell(_ command: String) throws -> BuiltProgram.Outcome {
    try BuiltProgram.shell.run(["-c", command], in: folder)
  }

  /// The limit of files is a number above zero, or nothing.
  @Test func theLimitOfFilesIsAPositiveNumber() throws {
    let outcome = try shell(
      "for v in 0 -1 1x 1.5 '' 1; do NB_FILE_LIMIT=\"$v\" \(Self.nb) -floatfile /dev/null -intfile /dev/null "
        + "> /dev/null; echo \"$v $?\"; done")
    #expect(outcome.output == "0 2\n-1 2\n1x 2\n1.5 2\n 0\n1 0\n")
    let errors = ["0", "-1", "1x", "1.5"].map {
      "nanobragg: error: NB_FILE_LIMIT \($0): it is no number of bytes; give e.g. 4000000000\n"
    }
    #expect(outcome.errors == errors.joined())
  }

  /// In a folder as /tmp nobody can remove files of others: such a file is written in place.
  @Test(.enabled(if: canBeAnother, "there is no other user")) func filesOfOthersAreWrittenInPlace() throws {
    let made = try shell("mkdir s; printf old > s/f.bin; ln s/f.bin h; chmod 666 s/f.bin; chmod 1777 s")
    try #require(made.status == 0)
    #expect(try FileBytes.appearsWhole(path("s/f.bin"), for: "-floatfile"), "for the administrator")
    let outcome = try shell("\(Self.another) \(Self.nb) -floatfile s/f.bin -intfile /dev/null > /dev/null")
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome)")
    #expect(try folder.data("h").count == 256 && folder.data("h") == folder.data("s/f.bin"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: path("s")) == ["f.bin"])
  }

  /// A file that is mounted by itself is written in place, whatever Linux writes of its name as numbers, and however
  /// little of other files may be read.
  @Test(.enabled(if: canMount, "nothing can be mounted")) func mountedFilesWithOddNamesAreWritten() throws {
    for name in ["a\tb", "a\\b", "a\nb", "a\\040 b", "a\r\nb", "a \u{301}b"] {
      try folder.file(name, "old")
      try folder.file("mounted", "")
      let run = "NB_FILE_LIMIT=100 \(Self.nb) -floatfile \"$0\" -intfile /dev/null > /dev/null"
      let script = "mount --bind mounted \"$0\" && \(run)"
      try folder.file("run.sh", script)
      let outcome = try shell("unshare -rm sh -c \"$(cat run.sh)\" '\(name)'")
      #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome)")
      #expect(try folder.data("mounted").count == 256 && folder.text(name) == "old")
    }
  }

  /// A cache takes memory for the numbers that its limits ask for, whatever follows them.
  @Test func aLongCacheTakesMemoryForItsNumbers() throws {
    let outcome = try shell(
      "printf '0 1 0 1 0 1\\n\\f' > c.bin; truncate -s 8G c.bin || exit 8; ulimit -v 4000000; "
        + "NB_FILE_LIMIT=1099511627776 \(Self.nb) -dump c.bin -floatfile f.bin -intfile /dev/null > /dev/null")
    #expect(outcome.status == 0, "\(outcome)")
    #expect(
      outcome.errors == "nanobragg: note: structure factors are read from c.bin, as there is no -hkl (Q-34)\n")
    #expect(try folder.data("f.bin").count == 256)
  }

  /// A leftover with a byte goes at once. Empty and locked files, pipes and links stay, and so do other names; a pipe
  /// holds nobody up.
  @Test func leftoversWithAByteGo() throws {
    for (name, text) in [
      ("f.bin", ""), (".nanobragg.byte.new", "x"), (".nanobragg.empty.new", ""), (".nanobragg.locked.new", "x"),
      (".nanobragg.other", "x"), ("nanobragg.other.new", "x"), ("target", "x"),
    ] {
      try folder.file(name, text)
    }
    try FileManager.default.createSymbolicLink(atPath: path(".nanobragg.link.new"), withDestinationPath: "target")
    try #require(mkfifo(path(".nanobragg.pipe.new"), 0o600) == 0)
    let locked = open(path(".nanobragg.locked.new"), O_RDONLY | O_CLOEXEC)
    defer { close(locked) }
    try #require(locked >= 0 && flock(locked, LOCK_EX | LOCK_NB) == 0)
    let before = try Set(folder.names)
    let outcome = try shell("timeout 30 \(Self.nb) -floatfile f.bin -intfile /dev/null > /dev/null")
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome)")
    #expect(try before.subtracting(folder.names) == [".nanobragg.byte.new"])
    #expect(try Set(folder.names).isSubset(of: before))
  }

  /// Without standard input files get the descriptor 0. Only where there are no files without a name a file gets a
  /// temporary one: nobody else's, locked and closed to programs that are started. If it cannot be renamed, this is the
  /// reason, whatever comes of its removal.
  @Test(.enabled(if: canRefuse, "there is no strace")) func aTemporaryFileThatCannotBeRenamed() throws {
    try FileManager.default.createDirectory(atPath: path("d"), withIntermediateDirectories: false)
    try folder.file("a.hkl", "1 2 3 4\n")
    try folder.file("d/f.bin", "old")
    let files = "-hkl a.hkl -dump /dev/null -floatfile d/f.bin -intfile /dev/null"
    let run = "sh -c \"ulimit -n 256; exec \(Self.nb) \(files) <&- > /dev/null\""
    let traced = "strace -qq -e signal=none -e 'trace=/^(openat|flock|rename|unlink)'"
    // The first run tells which call asks for a file without a name.
    let number = #"k=$(grep '^openat' first | grep -n '"d/".*O_TMPFILE' | head -n 1 | cut -d: -f1)"#
    let refused =
      "-e inject=openat:error=EOPNOTSUPP:when=$k -e 'inject=/^rename:error=EBUSY' -e 'inject=/^unlink:error=EACCES'"
    let outcome = try shell(
      "\(traced) -o first \(run) || exit 7; \(number); printf old > d/f.bin; \(traced) -o calls \(refused) \(run)")
    #expect(outcome.status == 2)
    let problem = "the file cannot be written: Device or resource busy"
    #expect(outcome.errors == "nanobragg: error: -floatfile d/f.bin: \(problem); \(Self.cannot)\n")
    #expect(try !folder.text("first").contains(".new\", O_WRONLY"), "no temporary name without need")
    let calls = try folder.text("calls").split(separator: "\n").map { String($0) }
    let made = calls.filter { $0.contains(".new\", O_WRONLY|O_CREAT") }
    let flags = made.first ?? ""
    #expect(made.count == 1 && flags.contains("|O_EXCL") && flags.contains("|O_CLOEXEC") && flags.hasSuffix(" = 0"))
    let locks = calls.filter { $0.hasPrefix("flock(") }
    let lock = locks.first ?? ""
    #expect(locks.count == 1 && lock.hasPrefix("flock(0, LOCK_EX|LOCK_NB)") && lock.hasSuffix(" = 0"))
    let names = try FileManager.default.contentsOfDirectory(atPath: path("d")).sorted()
    #expect(names.count == 2 && names.first?.hasPrefix(".nanobragg.") == true && names.last == "f.bin")
    #expect(try folder.text("d/f.bin") == "old")
  }

  /// A large image is written while it is rendered, also where its file gets the descriptor 0: no second file is made.
  @Test(.enabled(if: canRefuse, "there is no strace")) func aLargeImageIsBegunOnce() throws {
    let image = "-detpixels 1024 -roi 0 1 0 1 -floatfile f.bin -intfile /dev/null"
    let run = "sh -c \"exec \(Self.nb) \(image) <&- > /dev/null\""
    let outcome = try shell("strace -qq -e signal=none -e trace=openat -o calls \(run)")
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome)")
    let made = try folder.text("calls").split(separator: "\n").filter { $0.contains("O_TMPFILE") }
    #expect(made.count == 1 && made.first?.hasSuffix(" = 0") == true, "\(made)")
    #expect(try folder.data("f.bin").count == 4_194_304)
  }

  /// A file of which nothing is known is closed.
  @Test(.enabled(if: canRefuse, "there is no strace")) func aFileOfWhichNothingIsKnownIsClosed() throws {
    let list = try folder.file("a.hkl", "1 2 3 4\n")
    // The first call compares the names of the files of the run.
    let traced = "strace -qq -e signal=none -o calls -P '\(list)' -e inject=%fstat:error=EIO:when=2"
    let files = "-hkl '\(list)' -dump /dev/null -floatfile /dev/null -intfile /dev/null"
    let outcome = try shell("\(traced) \(Self.nb) \(files) > /dev/null; s=$?; grep -c '^close(' calls; exit $s")
    #expect(outcome.status == 2 && outcome.output == "1\n", "\(outcome)")
    let words = "-hkl \(list): the file cannot be read: Input/output error; check the name and the permissions\n"
    #expect(outcome.errors.hasSuffix("nanobragg: error: \(words)"))
  }

  /// A file in a folder of which nothing is known is written in place.
  @Test(.enabled(if: canRefuse, "there is no strace")) func aFileInAFolderOfWhichNothingIsKnown() throws {
    let traced = "strace -qq -e signal=none -o calls -P d/ -e inject=%%stat:error=EIO"
    let outcome = try shell(
      "mkdir d; printf old > d/f.bin; ln d/f.bin h; "
        + "\(traced) \(Self.nb) -floatfile d/f.bin -intfile /dev/null > /dev/null || exit 7; grep -q INJECTED calls")
    #expect(outcome.status == 0, "\(outcome)")
    #expect(try folder.data("h").count == 256 && folder.data("h") == folder.data("d/f.bin"))
  }
}
