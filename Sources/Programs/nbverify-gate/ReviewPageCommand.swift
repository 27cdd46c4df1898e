import ArgumentParser
import CommandLineSupport
import FrameIO
import GoldenStore
import NightlyGate
import ToolSupport

/// Writes the page on which pending cases are judged; `nbverify golden review --page` calls it.
struct ReviewPageCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "review-page", abstract: "Write the page on which pending golden cases are judged.",
    discussion: "Example: nbverify golden review --page review.html", shouldDisplay: false)

  @OptionGroup var corpus: CorpusOptions
  @Argument(help: "The page.") var file: String

  func run() throws {
    let count = corpus.store.pending.ids.count
    let page = ReviewPage(corpus.store).html()
    do { try FileBytes.write(Array(page.utf8), to: file, for: "--page") } catch { throw Failure(3, "\(error)") }
    Terminal.show(
      "\(count) pending case\(count == 1 ? "" : "s") on \(file); decide there, then: nbverify golden review --apply decisions.json\n"
    )
  }
}
