import ArgumentParser
import Foundation

import Glibc

/// Feeds damaged files to every reader. Errors are expected; a crash ends the run and shows a defect.
@main struct Fuzz: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Feed damaged files to every reader and count what they answer.",
    discussion: """
      Input number n of a reader depends on --seed and n alone. The last line before a crash names reader and number;
      --reader NAME --first N --inputs 1 repeats it, and --keep FILE writes it.

      Example: swift run --package-path Tools/Fuzz -c release --sanitize address fuzz --inputs 1000000
      """)

  @Option(help: "Inputs per reader.") var inputs = 100_000
  @Option(help: "The number of the first input.") var first = 0
  @Option(help: "Only readers whose name contains this.") var reader = ""
  @Option(help: "The seed.") var seed: UInt64 = 1
  @Option(help: "Writes the last input to this file.") var keep: String?
  @Option(help: "The folder of the fixtures.") var fixtures = "fixtures"

  func run() throws {
    let readers = try Reader.all(fixtures: URL(fileURLWithPath: fixtures)).filter {
      reader.isEmpty || $0.name.contains(reader)
    }
    guard !readers.isEmpty else { throw ValidationError("no reader is called \(reader)") }
    print("reader               inputs     read  refused  peak MiB  slowest ms")
    for reader in readers { try run(reader) }
  }

  private func run(_ reader: Reader) throws {
    // Undamaged files have to be readable in at least one compatibility; otherwise damage would be tried on first
    // checks only.
    for file in reader.files where (try? reader.read(file)) == nil { try reader.read(file) }
    var (read, slowest, slowestInput) = (0, Duration.zero, 0)
    for number in first..<first + inputs {
      var damage = Damage(seed: seed &* 0x9E37_79B9 &+ UInt64(number))
      let input = damage.copy(of: reader.files)
      if let keep { try Data(input).write(to: URL(fileURLWithPath: keep)) }
      if number % 1000 == 0 { FileHandle.standardError.write(Data("\r\(reader.name) \(number) ".utf8)) }
      let start = ContinuousClock.now
      do {
        try reader.read(input)
        read += 1
      } catch {
        // An error must have a message.
        precondition(!"\(error)".isEmpty, "\(reader.name) \(number): an error without words")
      }
      let time = ContinuousClock.now - start
      if time > slowest { (slowest, slowestInput) = (time, number) }
    }
    let name = reader.name.padding(toLength: 18, withPad: " ", startingAt: 0)
    let numbers = [inputs, read, inputs - read, Self.peak].map {
      String(repeating: " ", count: max(0, 9 - "\($0)".count)) + "\($0)"
    }
    print("\r\(name)\(numbers.joined())  \(slowest / .milliseconds(1)) (input \(slowestInput))")
  }

  /// The peak memory of the process so far, in MiB, including the shadow memory of the address sanitizer.
  private static var peak: Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss / 1024
  }
}
