import CommandLineSupport
import Foundation
import Physics
import Subprocesses
import TraceIO

/// A program that is started once for every command line.
package struct ProgramCandidate: Candidate {
  package var features: CandidateFeatures
  let description: CandidateDescription

  /// - Throws: `CandidateError` if the description cannot be used.
  package init(_ description: CandidateDescription) throws {
    self.description = description
    features = try description.features()
  }

  package func run(_ line: JudgedLine, tracing pixel: PixelIndex?) async -> RunOutcome {
    do {
      let scratch = try ScratchFolder()
      defer { scratch.remove() }
      for (name, data) in line.usedFiles { try data.write(to: scratch.url.appendingPathComponent(name)) }
      let words = description.words(line, in: scratch.url, tracing: pixel)
      let run = try await ProgramRun.run(
        words[0], Array(words.dropFirst()), in: description.folder ?? scratch.url.path,
        environment: description.variables(scratch.url), limit: description.timeLimit)
      return outcome(of: run, scratch, line, tracing: pixel)
    } catch {
      return RunOutcome(.broken("\(error)"))
    }
  }

  private func outcome(
    of run: ProgramRun, _ scratch: ScratchFolder, _ line: JudgedLine, tracing pixel: PixelIndex?
  ) -> RunOutcome {
    switch run.ending {
    case .timedOut(let seconds): return RunOutcome(.timedOut(seconds: seconds))
    case .signalled(let signal): return RunOutcome(.crashed(signal: signal))
    case .exited(let status) where status != 0:
      let message = String(decoding: run.error.suffix(400), as: UTF8.self)
      // A shell reports the signal that ended its command by a status above 128.
      return status > 128 && status < 160
        ? RunOutcome(.crashed(signal: status - 128)) : RunOutcome(.refused(status: status, message: message))
    case .exited: break
    }
    func data(_ name: String) -> Data? { try? Data(contentsOf: scratch.url.appendingPathComponent(name)) }
    var outcome = RunOutcome(.completed, image: data(OutputName.float))
    for name in features.files where line.files[name] == nil { outcome.files[name] = data(name) }
    if features.prints { outcome.printed = String(decoding: run.output, as: UTF8.self) }
    if pixel != nil { readTrace(run.output, scratch, &outcome) }
    return outcome
  }

  private func readTrace(_ output: Data, _ scratch: ScratchFolder, _ outcome: inout RunOutcome) {
    do {
      let log = scratch.path("trace.log")
      try output.write(to: URL(fileURLWithPath: log))
      outcome.trace = try TraceFile.read(
        log, author: description.trace?.author, dialect: try description.dialect())
    } catch {
      outcome.traceProblem = "\(error)"
    }
  }
}
