import Foundation
import Physics
import Subprocesses
import TraceIO

/// A program that stays and answers many requests, so that its start is paid once (docs/worker.md).
package struct WorkerCandidate: Candidate {
  package let features: CandidateFeatures
  private let description: CandidateDescription
  private let pool: WorkerPool

  /// - Throws: `CandidateError` if the description cannot be used.
  package init(_ description: CandidateDescription) throws {
    self.description = description
    features = try description.features()
    pool = WorkerPool(description)
  }

  /// The version of the protocol.
  package static let version = 1

  package func run(_ line: JudgedLine, tracing pixel: PixelIndex?) async -> RunOutcome {
    do {
      let scratch = try ScratchFolder()
      defer { scratch.remove() }
      for (name, data) in line.usedFiles { try data.write(to: scratch.url.appendingPathComponent(name)) }
      let arguments = description.arguments(line).map { line.files[$0] == nil ? $0 : scratch.path($0) }
      let question = WorkerQuestion(
        version: Self.version, arguments: arguments, folder: scratch.url.path, image: scratch.path(OutputName.float),
        trace: pixel.map { [$0.slow, $0.fast] })
      return try await ask(question, scratch, line, tracing: pixel)
    } catch {
      return RunOutcome(.broken("\(error)"))
    }
  }

  private func ask(
    _ question: WorkerQuestion, _ scratch: ScratchFolder, _ line: JudgedLine, tracing pixel: PixelIndex?
  ) async throws -> RunOutcome {
    let worker = try await pool.take()
    do {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
      let text = String(decoding: try encoder.encode(question), as: UTF8.self)
      let reply = try await worker.ask(text, limit: description.timeLimit)
      guard let answer = try? JSONDecoder().decode(WorkerAnswer.self, from: Data(reply.utf8)) else {
        worker.end()
        await pool.give(back: nil)
        return RunOutcome(.broken("the worker's answer is no JSON of docs/worker.md: \(reply.prefix(200))"))
      }
      await pool.give(back: worker)
      return outcome(answer, scratch, tracing: pixel)
    } catch let silence as Conversation.Silence {
      let complaints = worker.complaints
      worker.end()
      await pool.give(back: nil)
      return switch silence {
      case .tooSlow: RunOutcome(.timedOut(seconds: description.timeLimit))
      case .gone: RunOutcome(.crashed(signal: 0)).saying(complaints)
      case .tooLong: RunOutcome(.broken("the worker's answer is too long"))
      }
    }
  }

  private func outcome(_ answer: WorkerAnswer, _ scratch: ScratchFolder, tracing pixel: PixelIndex?) -> RunOutcome {
    if let error = answer.error { return RunOutcome(.refused(status: 1, message: error)) }
    var outcome = RunOutcome(
      .completed, image: try? Data(contentsOf: scratch.url.appendingPathComponent(OutputName.float)))
    for name in features.files {
      outcome.files[name] = try? Data(contentsOf: scratch.url.appendingPathComponent(name))
    }
    outcome.printed = answer.printed ?? ""
    guard pixel != nil, let text = answer.trace else { return outcome }
    do {
      let log = scratch.path("trace.log")
      try Data(text.utf8).write(to: URL(fileURLWithPath: log))
      outcome.trace = try TraceFile.read(log, author: description.trace?.author, dialect: try description.dialect())
    } catch {
      outcome.traceProblem = "\(error)"
    }
    return outcome
  }
}

extension RunOutcome {
  /// The outcome with a text as standard output, for what a worker said before it went.
  fileprivate func saying(_ text: String) -> RunOutcome {
    var outcome = self
    outcome.printed = text
    return outcome
  }
}

/// A line to a worker.
struct WorkerQuestion: Codable {
  let version: Int
  let arguments: [String]
  /// An empty folder, apart from the files that the arguments name, in which the worker may write.
  let folder: String
  /// Where the float image belongs.
  let image: String
  /// The pixel to trace: slow, fast.
  let trace: [Int]?
}

/// A line from a worker.
struct WorkerAnswer: Codable {
  /// Why there is no image.
  let error: String?
  let printed: String?
  let trace: String?
}

/// The processes of a worker: one per run at a time.
private actor WorkerPool {
  private let description: CandidateDescription
  private var idle: [Conversation] = []

  init(_ description: CandidateDescription) { self.description = description }

  /// A worker that has said hello.
  func take() async throws -> Conversation {
    if let worker = idle.popLast() { return worker }
    let worker = try Conversation(
      description.command[0], Array(description.command.dropFirst()), in: description.folder,
      environment: description.variables(FileManager.default.temporaryDirectory))
    do {
      // A start may load a large library.
      let hello = try await worker.ask("", limit: max(description.timeLimit, 120))
      guard let greeting = try? JSONDecoder().decode(Greeting.self, from: Data(hello.utf8)),
        greeting.version == WorkerCandidate.version
      else {
        throw CandidateError(
          "the worker's first line is no greeting of protocol \(WorkerCandidate.version): \(hello.prefix(200))")
      }
    } catch let silence as Conversation.Silence {
      let complaints = worker.complaints
      worker.end()
      throw CandidateError("the worker said no hello (\(silence)): \(complaints)")
    } catch {
      worker.end()
      throw error
    }
    return worker
  }

  func give(back worker: Conversation?) { if let worker { idle.append(worker) } }

  private struct Greeting: Codable { let version: Int }
}
