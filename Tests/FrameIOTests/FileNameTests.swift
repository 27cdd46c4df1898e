import Foundation
import FrameIO
import Glibc
import TestSupport
import Testing

/// What is read of files, which file a name leads to, and what is open and told until a file has its name.
@Suite(.tags(.files), .generousTime) struct FileNameTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func path(_ name: String) -> String { folder.url.appendingPathComponent(name).path }

  private func unwritable(_ path: String, _ reason: String) -> RequestError {
    RequestError(
      "-floatfile", value: path, "the file cannot be written: \(reason)",
      remedy: "check that the folder exists, the file may be written to and there is room")
  }

  private func size(_ descriptor: Int32) -> Int {
    var status = stat()
    return fstat(descriptor, &status) == 0 ? Int(status.st_size) : -1
  }

  /// An ordinary file may have as many bytes as are wanted, and no more.
  @Test func ordinaryFilesUpToTheLimitAreRead() throws {
    let bytes: [UInt8] = [1, 2, 3]
    let file = try folder.file("a.bin", bytes)
    #expect(try FileBytes.readRegular(file, for: "list", upTo: 4) == bytes)
    #expect(try FileBytes.readRegular(file, for: "list", upTo: 3) == bytes)
    let error = #expect(throws: RequestError.self) { try FileBytes.readRegular(file, for: "list", upTo: 2) }
    let wanted = RequestError(
      "list", value: file, "the file has 3 bytes; at most 2 are read", remedy: "check whether it is the right file")
    #expect(error == wanted)
  }

  /// A file without bytes passes any limit, and one with as many bytes as the limit; more are told with their number.
  @Test func filesUpToTheLimitAreRead() throws {
    let none: [UInt8] = []
    let empty = try folder.file("empty", none)
    #expect(try FileBytes.read(empty, for: "-hkl", limit: 0).isEmpty)
    let bytes: [UInt8] = [1, 2, 3]
    let file = try folder.file("a.bin", bytes)
    #expect(try FileBytes.read(file, for: "-hkl", limit: 3) == bytes)
    let error = #expect(throws: RequestError.self) { try FileBytes.read(file, for: "-hkl", limit: 2) }
    let large = RequestError(
      "-hkl", value: file, "the file has 3 bytes; at most 2 are read",
      remedy: "check whether it is the right file, or set NB_FILE_LIMIT to more")
    #expect(error == large)
    let missing = #expect(throws: RequestError.self) { try FileBytes.read(path("no"), for: "-hkl") }
    let wanted = RequestError(
      "-hkl", value: path("no"), "the file cannot be read: No such file or directory",
      remedy: "check the name and the permissions")
    #expect(missing == wanted)
  }

  /// A link stays, and the file it leads to is written, however short its name.
  @Test func linksToShortNamesAreFollowed() throws {
    try FileManager.default.createSymbolicLink(atPath: path("link"), withDestinationPath: "f")
    for text in ["new", "newer"] {
      try FileBytes.write(Array(text.utf8), to: path("link"), for: "-floatfile")
      #expect(try folder.text("f") == text)
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: path("link")) == "f")
    }
    #expect(try folder.names == ["f", "link"])
  }

  /// A chain of links to a name; returns its start.
  private func chain(_ count: Int, _ name: String, to end: String) throws -> String {
    var last = end
    for number in 0..<count {
      let link = path("\(name)\(number)")
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: last)
      last = link
    }
    return last
  }

  /// A new file may stand behind 40 links. Behind one more the system finds none: this is said, and all links stay.
  @Test func chainsOfLinksEndWhereTheSystemEndsThem() throws {
    let whole = try chain(40, "w", to: path("new"))
    try FileBytes.write(Array("text".utf8), to: whole, for: "-floatfile")
    #expect(try folder.text("new") == "text")
    let end = try folder.file("end", "old")
    let long = try chain(41, "l", to: end)
    let names = try folder.names
    let error = #expect(throws: RequestError.self) {
      try FileBytes.write(Array("text".utf8), to: long, for: "-floatfile")
    }
    #expect(error == unwritable(long, "Too many levels of symbolic links"))
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: path("l0")) == end)
    #expect(try folder.text("end") == "old" && folder.names == names)
  }

  /// A file that is gone has a link with words behind its name. It is written to all the same, and a file that has just
  /// that name is another one.
  @Test func aFileThatIsGoneIsWritten() throws {
    let file = try folder.file("f", "older")
    let descriptor = open(file, O_RDWR | O_CLOEXEC)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    unlink(file)
    try folder.file("f (deleted)", "kept")
    let link = "/proc/thread-self/fd/\(descriptor)"
    #expect(try !FileBytes.appearsWhole(link, for: "-floatfile"))
    try FileBytes.write(Array("new".utf8), to: link, for: "-floatfile")
    var found = [UInt8](repeating: 0, count: 8)
    let count = pread(descriptor, &found, 8, 0)
    #expect(count == 3 && found.starts(with: Array("new".utf8)))
    #expect(try folder.text("f (deleted)") == "kept" && folder.names == ["f (deleted)"])
  }

  /// In a folder as /tmp the own files can be replaced; the administrator can replace those of others, too.
  @Test func ownersAndAdministratorsReplaceFiles() throws {
    let file = try folder.file("f", "old")
    try #require(chmod(folder.url.path, 0o1777) == 0)
    #expect(try FileBytes.appearsWhole(file, for: "-floatfile"))
    guard geteuid() == 0, chown(file, 1, 1) == 0, chown(folder.url.path, 1, 1) == 0 else { return }
    try #require(chmod(folder.url.path, 0o1777) == 0)
    #expect(try FileBytes.appearsWhole(file, for: "-floatfile"))
  }

  /// A device may be read and written by one run, also as a stream; a file may not.
  @Test func devicesAreReadAndWritten() throws {
    let descriptor = open("/dev/null", O_WRONLY | O_CLOEXEC)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    let file = try folder.file("f", "old")
    var files = FileRegister()
    files.read(nil, "-mat")
    files.read(path("no"), "-mat")
    files.read("/dev/null", "-hkl")
    files.read(file, "-mask")
    try files.write("/dev/null", "-intfile")
    try files.write("/dev/fd/\(descriptor)", "-noisefile")
    do throws(RequestError) {
      try files.write(file, "-floatfile")
      Issue.record("a file is read and written")
    } catch {
      let problem = "this is the file of -mask \(file), which would be lost"
      #expect(error == RequestError("-floatfile", value: file, problem, remedy: "name another file"))
    }
    #expect(!files.usesStandardOutput)
  }

  /// The bytes of a file that lacks a piece take no room while the content is written anew.
  @Test func aFileThatLacksAPieceTakesNoRoom() throws {
    let file = try #require(try NamelessFile(for: path("f"), flag: "-floatfile"))
    let bytes = [UInt8](repeating: 7, count: 100)
    bytes.withUnsafeBytes { file.write($0, at: 0) }
    #expect(folder.openFiles.map { size($0) } == [100])
    bytes.withUnsafeBytes { file.write($0, at: -1000) }
    #expect(file.finish() == nil)
    withExtendedLifetime(file) { #expect(folder.openFiles.map { size($0) } == [0]) }
  }

  /// A failure has the reason that the system gives; where it gives none, the write has taken no bytes.
  @Test func failuresHaveTheReasonOfTheSystem() throws {
    let rows: [(number: Int32, reason: String)] = [
      (0, "Input/output error"), (EPERM, "Operation not permitted"), (ENOSPC, "No space left on device"),
    ]
    for (number, reason) in rows {
      let error = #expect(throws: RequestError.self) {
        try FileBytes.prepare(to: path("f"), for: "-floatfile") { _ in
          errno = number
          return false
        }
      }
      #expect(error == unwritable(path("f"), reason))
    }
    #expect(try folder.names.isEmpty && !folder.hasOpenFile)
  }

  /// Bytes for a stream go behind those that are there, and nothing but the stream itself stays open.
  @Test func streamsAreClosedOnce() throws {
    let file = try folder.file("f", "old")
    let descriptor = open(file, O_WRONLY | O_APPEND | O_CLOEXEC)
    try #require(descriptor >= 0)
    try FileBytes.write(Array("new".utf8), to: "/dev/fd/\(descriptor)", for: "-floatfile")
    #expect(folder.openFiles == [descriptor])
    close(descriptor)
    #expect(try folder.text("f") == "oldnew" && folder.names == ["f"])
  }

  /// A folder that has taken the name of a file meanwhile stays, and nothing is left beside it.
  @Test func aFolderInPlaceOfTheFileStays() throws {
    let pending = try FileBytes.prepare(to: path("f"), for: "-floatfile") { _ in true }
    try FileManager.default.createDirectory(atPath: path("f"), withIntermediateDirectories: false)
    let error = #expect(throws: RequestError.self) { try pending.commit() }
    #expect(error == unwritable(path("f"), "Is a directory"))
    #expect(try folder.names == ["f"] && !folder.hasOpenFile)
  }
}
