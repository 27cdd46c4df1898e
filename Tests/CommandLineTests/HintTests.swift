import FrameIO
import CommandLineSupport
import Foundation
import Physics
import PropertyTesting
import TestSupport
import Testing

private let forAll = PropertyFamily("CommandLineTests/HintTests.swift")

/// What is said of options that are none, are ignored, or have a wrong value.
@Suite(.tags(.commandLine, .property), .generousTime) struct HintTests {
  private func parse(_ words: String...) throws -> CommandLineRequest { try CommandLineParser(words).parse() }

  /// What the C authors' README, usage text and examples name, and their program ignores: a note with what does it.
  @Test(arguments: [
    ("-hdiv 0.28", "-hdivrange"), ("-vdiv 0.28", "-vdivrange"), ("-dispstep 3", "-dispsteps"),
    ("-detsize_x 100", "-detsize_f"), ("-detsize_y 100", "-detsize_s"), ("-xdet_vector 1 0 -1", "-fdet_vector"),
    ("-ydet_vector 0 1 0", "-sdet_vector"), ("-zdet_vector 0 0 1", "-odet_vector"),
    ("-source_distance 1000", "-sourcefile"), ("-source_dist 1000", "-sourcefile"),
  ])
  func optionsWithoutEffect(text: String, use: String) throws {
    let words = text.words
    for mode in ["c-parity", "spec"] {
      let request = try CommandLineParser(["--compat", mode, "-lambda", "1.5"] + words + ["-N", "3"]).parse()
      #expect(
        request.notes.contains { $0.hasPrefix("\(words[0]) has no effect") && $0.contains("the option is \(use) ") })
      #expect(request.simulation.cellsA == 3 && request.simulation.wavelength == .angstroms(1.5))
    }
  }

  /// The commands of the C authors' README and of the head of their program are taken as they are printed.
  @Test(arguments: [
    "-hkl P1.hkl -matrix A.mat -lambda 6.2 -N 10", "-hkl P1.hkl -matrix A.mat -lambda 6.2 -N 10 -fluence 2e22 -water 4",
    "-mat A.mat -hkl P1.hkl -lambda 1 -dispersion 0 -distance 1000 -detsize 100 -pixel 0.1 -hdiv 0 -vdiv 0 -fluence 1e32 -N 1",
    "-mat A.mat -hkl P1.hkl -lambda 1 -dispersion 0.1 -dispstep 3 -distance 100 -detsize 100 -pixel 0.1 -hdiv 0.28 -hdivstep 0.02 -vdiv 0.28 -vdivstep 0.02 -fluence 1e24 -N 0 -water 0",
    "-cell 74 74 36 90 90 90 -misset 10 20 30 -hkl P1.hkl -lambda 1 -dispersion 0.1 -dispstep 3 -distance 100 -detsize 100 -pixel 0.1 -fluence 1e24 -N 0 -water 0",
    "-cell 250 250 250 90 90 90 -misset 10 20 30 -hkl P1.hkl -lambda 1 -distance 1000 -detsize 100 -fluence 1e32 -N 1",
  ])
  func commandsOfTheAuthorsRun(text: String) throws {
    let folder = try TemporaryFolder()
    try folder.file("P1.hkl", "0 0 0 1000\n1 0 0 300\n0 1 0 200\n0 0 1 100\n")
    try folder.file("A.mat", "0.01 0 0\n0 0.01 0\n0 0 0.01\n")
    // A few pixels of it.
    let words = text.words + ["-roi", "0", "3", "0", "3", "-threads", "1"]
    let outcome = try BuiltProgram(named: "nanobragg").run(words, in: folder)
    #expect(outcome.status == 0 && folder.has("noiseimage.img"), "\(outcome.errors)")
  }

  /// Every option with one letter lost, doubled or replaced: a hint is of the same axis, and does something.
  @Test("A hint names an option of the same axis that has an effect") func hintsAreOfTheSameAxis() {
    let names = FlagTable.flags.flatMap(\.names).filter { $0.count > 4 && !$0.hasPrefix("--") }
    let letters = Array("abcdefghijklmnopqrstuvwxyz_")
    let draws = zip(
      Generator<String>.element(of: names), Generator<Int>.integer(in: 2...40), Generator<Int>.integer(in: 0...28))
    forAll("a hint names an option of the same axis that has an effect", draws) { check, draw in
      let (name, place, kind) = draw
      var word = Array(name)
      let index = 2 + place % (word.count - 2)
      switch kind {
      case 27: word.remove(at: index)
      case 28: word.insert(word[index], at: index)
      default: word[index] = letters[kind]
      }
      let typed = String(word)
      guard !names.contains(typed) else { return }
      do {
        _ = try CommandLineParser(["--compat", "spec", typed]).parse()
      } catch {
        let words = "\(error)"
        check.label("has a hint", words.contains("did you mean"))
        guard let hint = words.components(separatedBy: "did you mean ").dropFirst().first?.prefix(while: { $0 != "?" })
        else { return }
        let flag = try check.some(FlagTable.flags.first { $0.names.contains(String(hint)) })
        try check.that(flag.hasEffect, "\(typed): \(hint)")
        if let own = FlagTable.axis(of: typed), let other = FlagTable.axis(of: String(hint)) {
          try check.equal(own, other, "\(typed): \(hint)")
        }
      }
    }
  }

  @Test(arguments: [
    ("-lamda", "-lambda"), ("-hdivrnge", "-hdivrange"), ("-vdivrnge", "-vdivrange"), ("-Xbem", "-Xbeam"),
    ("-Ybeem", "-Ybeam"), ("-detpixels_z", "-detpixels"), ("-adxw", "-adxv"), ("-O3", nil), ("-thick", nil),
    ("-oversampl", "-oversample"), ("-foat", nil),
  ])
  func hints(typed: String, hint: String?) throws {
    let error = #expect(throws: RequestError.self) { try CommandLineParser(["--compat", "spec", typed, "1"]).parse() }
    let words = "\(error!)"
    #expect(hint.map { words.contains("did you mean \($0)?") } ?? !words.contains("did you mean"), "\(words)")
  }

  /// Of two options that set one value the later one is named, as it is the one that counts.
  @Test(arguments: [
    ("-detpixels_f 5 -detpixels 0", "-detpixels 0"), ("-detpixels 5 -detpixels_x 0", "-detpixels_x 0"),
    ("-lambda 1 -wave 0", "-wave 0"), ("-wave 1 -lambda -2", "-lambda -2"),
  ])
  func errorsNameTheLaterOption(text: String, named: String) throws {
    let folder = try TemporaryFolder()
    let words = ("-cell 50 -default_F 1 " + text).words
    let outcome = try BuiltProgram(named: "nanobragg").run(words, in: folder)
    #expect(outcome.status == 2 && outcome.errors.hasPrefix("nanobragg: error: \(named): "), "\(outcome.errors)")
  }

  /// An error names what was typed: the spelling and the value.
  @Test(arguments: [
    "-detpixels 0", "-detpixels_x 0", "-detpixels_f 0", "-detpixels_y 0", "-detsize 0", "-wave 0", "-wavelength -1",
    "-lambda 0", "-energy 0", "-pixel 0", "-pixel -0.10",
  ])
  func errorsNameWhatWasTyped(text: String) throws {
    let folder = try TemporaryFolder()
    let words = ("-cell 50 -default_F 1 " + text).words
    let outcome = try BuiltProgram(named: "nanobragg").run(words, in: folder)
    #expect(outcome.status == 2 && outcome.errors.hasPrefix("nanobragg: error: \(text): "), "\(outcome.errors)")
  }
}
