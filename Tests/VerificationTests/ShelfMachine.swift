import CaseShelves
import Foundation
import Glibc
import PropertyTesting

/// A process that was killed.
struct Killed: Error {}

/// Files in memory, of a process that can be killed at any operation.
final class MemoryFiles: StoreFiles, @unchecked Sendable {
  private(set) var files: [String: Data]
  /// The operations until the process is killed; nil for never.
  private var rest: Int?
  private(set) var isDead = false

  init(_ files: [String: Data] = [:], killedAfter rest: Int? = nil) { (self.files, self.rest) = (files, rest) }

  private func step() throws {
    if isDead || rest == 0 {
      isDead = true
      throw Killed()
    }
    rest = rest.map { $0 - 1 }
  }

  private func below(_ path: String) -> [String] {
    files.keys.filter { $0 == path || $0.hasPrefix(path + "/") }.sorted()
  }

  func read(_ path: String) -> Data? { isDead ? nil : files[path] }

  func write(_ data: Data, to path: String) throws {
    try step()
    files[path] = data
  }

  func writeFolder(_ contents: [String: Data], to path: String) throws {
    for (name, data) in contents.sorted(by: { $0.key < $1.key }) {
      try step()
      files["\(path)/\(name)"] = data
    }
  }

  func contents(of folder: String) -> [String: Data] {
    Dictionary(uniqueKeysWithValues: below(folder).map { (String($0.dropFirst(folder.count + 1)), files[$0]!) })
  }

  private func replace(_ from: String, _ to: String) -> [String: Data] {
    Dictionary(
      uniqueKeysWithValues: below(from).map { (to + $0.dropFirst(from.count), files.removeValue(forKey: $0)!) })
  }

  func move(_ from: String, to: String) throws {
    try step()
    guard below(to).isEmpty else { throw StoreError("\(to) is taken") }
    files.merge(replace(from, to)) { $1 }
  }

  func exchange(_ first: String, _ second: String) throws {
    try step()
    guard exists(first), exists(second) else { throw StoreError("\(first) or \(second) is missing") }
    let moved = replace(first, second)
    files.merge(replace(second, first)) { $1 }
    files.merge(moved) { $1 }
  }

  func remove(_ path: String) throws {
    for file in below(path) {
      try step()
      files[file] = nil
    }
  }

  func names(in folder: String) -> [String] {
    Set(below(folder).compactMap { $0.dropFirst(folder.count + 1).split(separator: "/").first.map(String.init) })
      .sorted()
  }

  func exists(_ path: String) -> Bool { !isDead && !below(path).isEmpty }
}

/// Files of the disk, of a process that kills itself at one of the operations.
final class KillingFiles: StoreFiles, @unchecked Sendable {
  private let disk = DiskFiles()
  private var rest: Int

  init(after rest: Int) { self.rest = rest }

  private func step() {
    if rest == 0 { kill(getpid(), SIGKILL) }
    rest -= 1
  }

  func read(_ path: String) -> Data? { disk.read(path) }
  func contents(of folder: String) -> [String: Data] { disk.contents(of: folder) }
  func names(in folder: String) -> [String] { disk.names(in: folder) }
  func exists(_ path: String) -> Bool { disk.exists(path) }

  func write(_ data: Data, to path: String) throws {
    step()
    try disk.write(data, to: path)
  }

  func writeFolder(_ contents: [String: Data], to path: String) throws {
    for (name, data) in contents.sorted(by: { $0.key < $1.key }) {
      step()
      try disk.writeFolder([name: data], to: path)
    }
  }

  func move(_ from: String, to: String) throws {
    step()
    try disk.move(from, to: to)
  }

  func exchange(_ first: String, _ second: String) throws {
    step()
    try disk.exchange(first, second)
  }

  func remove(_ path: String) throws {
    step()
    try disk.remove(path)
  }
}

/// What the shelves hold: the content of each case by its name.
struct ShelfModel: Sendable, Equatable {
  var pending: [Int: String] = [:]
  var cases: [Int: String] = [:]
  /// The states of both shelves that undoing leads to, by the place that has to be free.
  var past: [Past] = []
  var added = 0

  struct Past: Sendable, Equatable {
    var action: String
    var id: Int
    var to: Int?
    var replaced: String?
    var content: String
  }

  private static let names = Generator<[Int]> { [Int(try $0.draw(upTo: 1))] }
  private static let pairs = Generator<[Int]> { [Int(try $0.draw(upTo: 3)), Int(try $0.draw(upTo: 3))] }

  /// The commands of the golden store.
  static let commands: [MachineCommand<ShelfModel>] = [
    MachineCommand("add", weight: 4, numbers: names, if: { $0.pending[$1[0]] == nil }) { model, numbers in
      model.added += 1
      model.pending[numbers[0]] = "content \(model.added)"
    },
    MachineCommand("accept", weight: 4, numbers: names, if: { $0.pending[$1[0]] != nil }) { model, numbers in
      let (id, content) = (numbers[0], model.pending[numbers[0]]!)
      model.past.append(.init(action: "accept", id: id, replaced: model.cases[id], content: content))
      (model.pending[id], model.cases[id]) = (nil, content + " accepted")
    },
    MachineCommand("reject", numbers: names, if: { $0.pending[$1[0]] != nil }) { model, numbers in
      model.past.append(.init(action: "reject", id: numbers[0], content: model.pending[numbers[0]]!))
      model.pending[numbers[0]] = nil
    },
    MachineCommand("remove", numbers: names, if: { $0.cases[$1[0]] != nil }) { model, numbers in
      model.past.append(.init(action: "remove", id: numbers[0], content: model.cases[numbers[0]]!))
      model.cases[numbers[0]] = nil
    },
    MachineCommand("rename", numbers: pairs, if: { $0.cases[$1[0]] != nil && $0.cases[$1[1]] == nil }) {
      model, numbers in
      let content = model.cases[numbers[0]]!
      model.past.append(.init(action: "rename", id: numbers[0], to: numbers[1], content: content))
      (model.cases[numbers[0]], model.cases[numbers[1]]) = (nil, content)
    },
    MachineCommand("regenerate", numbers: names, if: { $0.cases[$1[0]] != nil }) { model, numbers in
      model.added += 1
      model.cases[numbers[0]] = "content \(model.added) accepted"
    },
    MachineCommand("undo", weight: 3, if: { model, _ in model.canUndo }) { model, _ in model.undo() },
  ]

  private var canUndo: Bool {
    guard let last = past.last else { return false }
    switch last.action {
    case "accept": return pending[last.id] == nil && cases[last.id] != nil
    case "reject": return pending[last.id] == nil
    case "remove": return cases[last.id] == nil
    default: return cases[last.id] == nil && last.to.flatMap { cases[$0] } != nil
    }
  }

  private mutating func undo() {
    let last = past.removeLast()
    switch last.action {
    case "accept":
      pending[last.id] = cases[last.id]!.replacingOccurrences(of: " accepted", with: "")
      cases[last.id] = last.replaced
    case "reject": pending[last.id] = last.content
    case "remove": cases[last.id] = last.content
    default:
      cases[last.id] = cases[last.to!]
      cases[last.to!] = nil
    }
  }

  /// What the shelves of a store hold; nil if a case is not whole.
  init?(_ files: any StoreFiles, root: String) {
    let shelves = CaseShelves(files, root: root)
    func read(_ shelf: CaseShelves.Shelf) -> [Int: String]? {
      var found: [Int: String] = [:]
      for id in shelves.ids(shelf) {
        let contents = files.contents(of: "\(root)/\(shelf.rawValue)/\(id)")
        guard let number = Int(id), let text = contents["case.json"],
          contents == Self.contents(String(decoding: text, as: UTF8.self))
        else { return nil }
        found[number] = String(decoding: text, as: UTF8.self)
      }
      return found
    }
    guard let pending = read(.pending), let cases = read(.cases) else { return nil }
    (self.pending, self.cases) = (pending, cases)
  }

  init() {}

  /// Whether the shelves hold the same.
  func isSame(as other: ShelfModel) -> Bool { pending == other.pending && cases == other.cases }

  /// The files of a case.
  static func contents(_ text: String) -> [String: Data] {
    [
      "case.json": Data(text.utf8), "image.f32": Data("image".utf8), "inputs/a.hkl": Data("list".utf8),
      "sha256.txt": Data("digest of \(text)".utf8),
    ]
  }

  /// Takes a step in a store.
  static func take(_ step: MachineStep, _ after: ShelfModel, _ files: any StoreFiles, root: String) throws {
    let shelves = CaseShelves(files, root: root)
    let id = step.numbers.first.map(String.init) ?? ""
    func change(_ contents: inout [String: Data], _ edit: (String) -> String) {
      let text = contents["case.json"].map { String(decoding: $0, as: UTF8.self) } ?? ""
      contents = Self.contents(edit(text))
    }
    switch step.name {
    case "add":
      // Cases are added as bundles: written beside, then moved.
      let text = after.pending[step.numbers[0]] ?? ""
      try files.writeFolder(Self.contents(text), to: "\(root)/pending/.\(id).\(UUID().uuidString).removed")
      let names = files.names(in: "\(root)/pending").filter { $0.hasPrefix(".\(id).") }
      try files.move("\(root)/pending/\(names[names.count - 1])", to: "\(root)/pending/\(id)")
    case "accept": try shelves.accept(id, who: "w", when: "t") { change(&$0) { $0 + " accepted" } }
    case "reject": try shelves.reject(id, who: "w", when: "t")
    case "remove": try shelves.remove(id, who: "w", when: "t")
    case "rename": try shelves.rename(id, to: "\(step.numbers[1])", who: "w", when: "t") { change(&$0) { $0 } }
    case "regenerate":
      let text = after.cases[step.numbers[0]] ?? ""
      try shelves.rewrite(.cases, id) { change(&$0) { _ in text } }
    default:
      _ = try shelves.undo { entry, contents in
        change(&contents) { entry.action == "accepted" ? $0.replacingOccurrences(of: " accepted", with: "") : $0 }
      }
    }
  }
}
