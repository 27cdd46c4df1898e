import CommandLineSupport
import Foundation
import FrameIO
import Physics
import TestSupport
import Testing

/// Values of options, beam centres and numbers of threads at the limits of what they may be.
@Suite(.tags(.commandLine), .generousTime) struct OptionValueTests {
  /// The cell of a command line, or why it is refused.
  private func cell(_ line: String) -> String {
    do throws(RequestError) {
      let cell = try CommandLineParser(line.words).parse().simulation.cell
      return "\(cell)"
    } catch {
      return "\(error.subject) \(error.value ?? "-"): \(error.problem)"
    }
  }

  /// A cell takes up to six numbers without a sign, or with a plus sign; the next word is an option again.
  @Test func wordsOfACell() {
    let rows: [(line: String, wanted: String)] = [
      ("-cell 50 60 x", "x -: this belongs to no option"), ("-cell 50 60 -5", "-5 -: no such option"),
      ("-cell 50 60 70 80 90 100 110", "110 -: this belongs to no option"),
      ("--ignore-unknown -cell 50 60 x -N 2", "[50.0, 60.0]"), ("--ignore-unknown -cell 50 -5 70", "[50.0]"),
      ("-cell 50 0x10 1e1 .5 5. +6", "[50.0, 16.0, 10.0, 0.5, 5.0, 6.0]"),
      ("-cell 50 inf", "-cell inf: the number must be finite"), ("-cell nan", "-cell nan: this is not a number"),
      ("-cell", "-cell -: the cell is missing"), ("-cell x", "-cell -: the cell is missing"),
      ("-cell 50 60 70 -cell 40 41", "[40.0, 41.0, 70.0]"),
    ]
    for row in rows {
      let found = cell(row.line)
      #expect(found == row.wanted, "\(row.line)")
    }
  }

  /// A name or scale of a file asks for the file; of options that contradict each other the last one holds.
  @Test func filesAndProgressThatAreAskedFor() throws {
    let rows: [(line: String, map: Bool, noise: Bool, progress: Bool?)] = [
      ("", true, true, nil), ("-nopgm", false, true, nil), ("-nopgm -pgmfile a", true, true, nil),
      ("-nopgm -pgmimage a", true, true, nil), ("-nopgm -pgmscale 2", true, true, nil),
      ("-pgmfile a -nopgm", false, true, nil), ("-nonoise", true, false, nil),
      ("-nonoise -noisefile a", true, true, nil), ("-nonoise -noiseimage a", true, true, nil),
      ("-noisefile a -nonoise", true, false, nil), ("-progress", true, true, true),
      ("-noprogress", true, true, false), ("-progress -noprogress", true, true, false),
      ("-noprogress -progress", true, true, true),
    ]
    for row in rows {
      for mode in [Compatibility.cParity, .spec] {
        let request = try CommandLineParser(row.line.words, compatibility: mode).parse()
        #expect(request.outputs.writesGreyMap == row.map, "\(row.line)")
        #expect(request.outputs.writesNoise == row.noise, "\(row.line)")
        #expect(request.showsProgress == row.progress, "\(row.line)")
      }
    }
  }

  /// The number of cells along a that a word gives, or why it is refused, and the notes.
  private func cells(_ word: String, _ mode: Compatibility) -> (text: String, notes: [String]) {
    do throws(RequestError) {
      let request = try CommandLineParser(["-Na", word], compatibility: mode).parse()
      return (request.simulation.cellsA.map { "\($0)" } ?? "-", request.notes)
    } catch {
      return (error.problem, [])
    }
  }

  /// A whole number lies within ±2147483647, both as a number and by its first digits, which count in c-parity.
  @Test func wholeNumbers() {
    let (large, whole) = ("the number is too large", "the number must be whole")
    let rows: [(word: String, parity: String, spec: String)] = [
      ("2147483647", "2147483647", "2147483647"), ("-2147483647", "-2147483647", "-2147483647"),
      ("2147483648", large, large), ("-2147483648", large, large), ("2147483647.5", large, large),
      ("-2147483647.5", large, large), ("1e10", large, large), ("-1e10", large, large),
      ("2147483648e-9", large, large), ("-2147483648e-9", large, large), ("1e3", "1", "1000"),
      ("-1e3", "-1", "-1000"), ("0x10", "0", "16"), ("5.0", "5", "5"), ("2.5", "2", whole), ("-2.5", "-2", whole),
    ]
    for row in rows {
      let parity = cells(row.word, .cParity)
      let note = "-Na \(row.word) is read as \(row.parity), as by the C program (Q-49)"
      let notes: [String] = row.parity == row.spec ? [] : [note]
      #expect(parity.text == row.parity && parity.notes == notes, "\(row.word)")
      let spec = cells(row.word, .spec)
      #expect(spec.text == row.spec && spec.notes.isEmpty, "\(row.word)")
    }
  }

  /// With the beam at the corner the room for rounding is 1e-4 mm: a centre as far away agrees, one at the next double
  /// does not.
  @Test func theRoomItselfIsWithinIt() throws {
    let folder = try TemporaryFolder()
    let rows: [(x: String, y: String, isNoted: Bool)] = [
      ("0", "0", false), ("0.0001", "0", false), ("-0.0001", "0", false), ("0", "0.0001", false),
      ("0", "-0.0001", false), ("0.0001", "-0.0001", false), ("0.00010000000000000002", "0", true),
      ("-0.00010000000000000002", "0", true), ("0", "0.00010000000000000002", true),
      ("0", "-0.00010000000000000002", true),
    ]
    for row in rows {
      let camera = "DIM=2;\nSIZE1=8;\nSIZE2=8;\nPIXEL_SIZE=0.1;\nDISTANCE=100;\nBEAM_CENTER_X=0;\nBEAM_CENTER_Y=0;\n"
      let text = "{\nHEADER_BYTES=512;\n\(camera)DENZO_X_BEAM=\(row.x);\nDENZO_Y_BEAM=\(row.y);\n}\u{0C}"
      let path = try folder.file("header.img", text.padding(toLength: 512, withPad: " ", startingAt: 0))
      let line = "-cell 50 -default_F 1 -N 1 -oversample 1 -denzo -img \(path)"
      let notes = try Experiment(command: line).notes
      let isNoted = notes.contains { $0.contains("the beam is at 0 0 mm") }
      #expect(isNoted == row.isNoted, "\(row)")
    }
  }

  /// Whether the tests may tell programs how many cores there are.
  private static let canSetCores: Bool = {
    let set = "echo 0 > a && mount --bind a /sys/devices/system/cpu/online && [ $(getconf _NPROCESSORS_ONLN) = 1 ]"
    return (try? BuiltProgram.shell.run(["-c", "unshare -rm sh -c '\(set)'"], in: TemporaryFolder()).status) == 0
  }()

  /// There is a thread for each core: 10 MiB of memory, beside 64,000,000 bytes for the image and 16 MiB for the rest.
  @Test(.enabled(if: canSetCores, "nothing can be mounted")) func aThreadForEachCore() throws {
    let folder = try TemporaryFolder()
    let nanobragg = BuiltProgram(named: "nanobragg").url.path
    let words = "-cell 50 -default_F 1 -N 1 -oversample 1 -detpixels 4000 -nonoise -nopgm"
    let files = "-floatfile /dev/null -intfile /dev/null"
    let mount = "mount --bind online /sys/devices/system/cpu/online"
    try folder.file("run.sh", "\(mount) && ulimit -v 80000 && exec '\(nanobragg)' \(words) \(files)\n")
    for (cores, needed) in [("0", 87), ("0-2,5", 117)] {
      try folder.file("online", cores + "\n")
      let outcome = try BuiltProgram.shell.run(["-c", "unset OMP_NUM_THREADS; exec unshare -rm sh run.sh"], in: folder)
      let problem = "the image of 4000 x 4000 pixels: there is no memory for it: \(needed) MiB are needed"
      let remedy = "raise the limit of the shell (ulimit -v), or leave images out: -nonoise, -nopgm"
      #expect(outcome.status == 2 && outcome.output.isEmpty, "\(outcome)")
      #expect(outcome.errors == "nanobragg: error: \(problem); \(remedy)\n")
    }
  }
}
