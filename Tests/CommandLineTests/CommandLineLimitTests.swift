import CommandLineSupport
import Foundation
import Physics
import TestSupport
import Testing

/// What numbers of cells and of threads come to.
@Suite(.tags(.commandLine), .generousTime) struct CommandLineLimitTests {
  private static let plain = "-cell 50 -default_F 1 -N 1 -oversample 1"

  /// The first of the options for numbers of cells that an argument matches is the only one.
  @Test func anArgumentGivesOneNumberOfCells() throws {
    let start = "-cell 50 -default_F 1"
    let first = try CommandLineParser("\(start) -Na-Nb 3".words).parse().simulation
    #expect(first.cellsA == 3 && first.cellsB == nil && first.cellsC == nil)
    let turned = try CommandLineParser("\(start) -Nc-Na 4".words).parse().simulation
    #expect(turned.cellsA == 4 && turned.cellsB == nil && turned.cellsC == nil)
    let second = try CommandLineParser("\(start) -Nb-Nc 5".words).parse().simulation
    #expect(second.cellsA == nil && second.cellsB == 5 && second.cellsC == nil)
  }

  /// Edges that lie a hundred-millionth beside the middle between two printed numbers.
  @Test func theSizeOfTheCrystalIsNotRoundedBeforeItIsPrinted() throws {
    let line = "-cell 100.000501 100.004499 100.005501 90 90 90 -default_F 1 -N 1 -detpixels 1 -oversample 1"
    let request = try CommandLineParser(line.words).parse()
    let text = Report.setUp(try request.experiment(clockSeed: 1), request, cache: nil)
    #expect(text.contains("\ncrystal is 0.0100001 x 0.0100004 x 0.0100006 microns\n"))
  }

  @Test func theNumberOfThreadsIsTheOneGivenAndAtLeastOne() throws {
    var request = try CommandLineParser("\(Self.plain) -threads 1".words).parse()
    #expect(request.threadCount == 1)
    for (given, wanted) in [(-3, 1), (0, 1), (1, 1), (2, 2), (5, 5)] {
      request.threads = given
      #expect(request.threadCount == wanted)
    }
  }

  /// What the program says if the stacks of 2^26 threads are asked for, 10 MiB for each: no machine addresses so much.
  private func complaint(_ more: String, variable: String) throws -> String {
    // An image of 16.8 MiB, which is one whose memory is checked.
    let words = "\(Self.plain) -detpixels 2100 -nonoise -nopgm \(more)".words
    let program = BuiltProgram(named: "nanobragg")
    let outcome = try program.run(words, in: TemporaryFolder(), environment: ["OMP_NUM_THREADS": variable])
    return outcome.errors
  }

  @Test func theEnvironmentTellsTheNumberOfThreadsUnlessItIsGiven() throws {
    let wanted = "there is no memory for it: 671088672 MiB are needed"
    for variable in ["67108864", " 67108864 ", "67108864,2", "67108864 , 2, 1"] {
      #expect(try complaint("", variable: variable).contains(wanted), "\(variable)")
    }
    #expect(try complaint("-threads 67108864", variable: "1").contains(wanted))
  }
}
