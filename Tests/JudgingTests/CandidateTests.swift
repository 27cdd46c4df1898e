import Foundation
import Physics
import TestSupport
import Testing

import Judging

/// Candidates: descriptions, programs that end in every way, workers.
@Suite(.tags(.verification, .files), .generousTime) struct CandidateTests {
  private let folder: TemporaryFolder
  private let line = JudgedLine(LineDrawing.plainScene)

  init() throws { folder = try TemporaryFolder() }

  private func description(_ json: String) throws -> CandidateDescription {
    try CandidateDescription(file: try folder.file("c.json", json))
  }

  @Test(
    "A description that cannot be used is refused with the place",
    arguments: [
      ("{\"name\": \"x\", \"command\": [\"x\", \"{arguments}\"], \"threds\": 2}", "threds"),
      ("{\"name\": \"x\", \"command\": [\"x\"]}", "{arguments}"), ("{\"name\": \"x\", \"command\": []}", "empty"),
      ("{\"name\": \"x\"}", "command"), ("{\"name\": \"x\", \"command\": \"x\"}", "command"), ("[1]", "c.json"),
      ("{\"name\": \"x\", \"command\": [\"x\", \"{arguments}\"], \"lacks\": [\"-lamda\"]}", "-lamda"),
      ("{\"name\": \"x\", \"command\": [\"x\", \"{arguments}\"], \"files\": [\"a.img\"]}", "a.img"),
      ("{\"name\": \"x\", \"command\": [\"x\", \"{arguments}\"], \"compatibility\": \"C\"}", "compatibility"),
      ("{\"name\": \"x\", \"command\": [\"x\", \"{arguments}\"], \"seconds\": 0}", "seconds"),
      ("{\"name\": \"x\", \"command\": [\"x\", \"{arguments}\"], \"trace\": {\"words\": [\"-t\"]}}", "{slow}"),
    ])
  func refusedDescriptions(json: String, says: String) {
    let error = #expect(throws: CandidateError.self) { try description(json) }
    #expect(error?.description.contains(says) == true, "\(error?.description ?? "")")
  }

  @Test("Words, spellings and traces are those of the description") func words() throws {
    let described = try description(
      """
      {"name": "port", "command": ["./port", "--image", "{image}", "{arguments}"], "spelled": {"-wave": "--wavelength"},
       "trace": {"words": ["--pixel={fast},{slow}"]}, "has": ["-lambda", "-cell"]}
      """)
    let words = described.words(
      JudgedLine("-cell 50 -lambda 1"), in: folder.url, tracing: PixelIndex(slow: 2, fast: 3))
    #expect(words.dropFirst() == ["--image", "floatimage.bin", "--pixel=3,2", "-cell", "50", "--wavelength", "1"])
    #expect(words[0] == folder.url.appendingPathComponent("port").path)
    #expect(try described.features().lacks.contains("-mosaic"))
  }

  /// A candidate that is a shell script; `$1` is the image.
  private func script(_ text: String, seconds: Double = 20) throws -> ProgramCandidate {
    var described = CandidateDescription(program: [])
    described.command = ["/bin/sh", try folder.file("run.sh", text), "{image}", "{arguments}"]
    described.seconds = seconds
    return try ProgramCandidate(described)
  }

  @Test(
    "Every end of a program is told apart",
    arguments: [
      ("echo no >&2; exit 3", Symptom.Kind.refusal), ("kill -SEGV $$", .crash), ("sleep 60 & sleep 60", .hang),
      ("exit 0", .noImage), ("printf abc > $1", .shortImage), ("head -c 256 /dev/zero > $1", .image),
      ("head -c 256 /dev/zero | tr '\\0' '\\377' > $1", .notANumber),
    ])
  func endings(script text: String, kind: Symptom.Kind) async throws {
    let judged = await LineRunner(try script(text, seconds: kind == .hang ? 1 : 20), reference: nil).judge(line)
    #expect(judged.symptoms.map(\.kind) == [kind], "\(judged.symptoms)")
  }

  @Test("A program that cannot be started is no candidate") func missingProgram() async throws {
    let candidate = try ProgramCandidate(CandidateDescription(program: ["/nowhere/port"]))
    let (probes, _) = await DryRun.probes(candidate)
    #expect(probes.first?.works == false)
  }

  @Test("Every run has an empty folder of its own") func emptyFolders() async throws {
    let candidate = try script("[ -z \"$(ls)\" ] || exit 9; touch left; head -c 256 /dev/zero > $1")
    for _ in 0..<2 { #expect(await candidate.run(line, tracing: nil).ending == .completed) }
  }

  // MARK: Workers

  private static let python = ["/usr/bin/python3", "/usr/local/bin/python3"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  private func worker(_ function: String, seconds: Double = 20) throws -> WorkerCandidate {
    var described = CandidateDescription(program: [])
    let script = PackageFolder.root.appendingPathComponent("Scripts/judge_worker.py").path
    described.command = [Self.python ?? "", script, "\(try folder.file("f.py", function)):simulate"]
    described.worker = true
    described.seconds = seconds
    return try WorkerCandidate(described)
  }

  @Test("A worker answers many requests in one process", .enabled(if: python != nil, "there is no python3"))
  func manyRequests() async throws {
    let candidate = try worker(
      "import os\ncount = 0\ndef simulate(words):\n  global count\n  count += 1\n  print('noise')\n"
        + "  return [[float(count)] * 8 for _ in range(8)]\n")
    for number in 1...5 {
      let run = await candidate.run(line, tracing: nil)
      #expect(run.floatImage(fast: 8, slow: 8)?.pixels.allSatisfy { $0 == Float(number) } == true, "\(run)")
    }
  }

  @Test(
    "A worker that fails is told apart, and the next request gets a new one",
    .enabled(if: python != nil, "there is no python3"),
    arguments: [
      ("raise ValueError('no such option')", "refused"), ("import os; os._exit(3)", "crashed"),
      ("import time; time.sleep(60)", "timedOut"),
    ])
  func failingWorkers(body: String, ending: String) async throws {
    let candidate = try worker(
      "def simulate(words):\n  if '-phi' in words: \(body)\n  return [[1.0] * 8] * 8\n", seconds: 2)
    let run = await candidate.run(line.adding("-phi 1"), tracing: nil)
    #expect("\(run.ending)".hasPrefix(ending), "\(run.ending)")
    #expect(await candidate.run(line, tracing: nil).ending == .completed)
  }
}
