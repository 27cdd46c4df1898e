import Foundation
import GoldenStore
import ImageAnalysis
import Physics

/// The HTML page on which pending golden cases are judged: one file with pictures, which saves the decisions as a JSON
/// file.
public struct ReviewPage: Sendable {
  private let corpus: GoldenCorpus

  /// A page of the pending cases of a corpus.
  public init(_ corpus: GoldenCorpus) { self.corpus = corpus }

  /// The largest number of quantities that are shown for a case.
  private static let rowLimit = 60

  /// The page. A case that cannot be read or simulated is shown with the reason, and cannot be judged.
  public func html() -> String {
    let cases = corpus.pending.ids.map(section)
    return """
      <!doctype html>
      <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
      <title>Golden cases to be reviewed</title><style>\(PageTemplates.style)\(Self.style)</style></head><body>
      <h1>Golden cases to be reviewed <span class="badge warning">\(cases.count)</span></h1>
      <p>Judge each case; then save the decisions and carry them out with
      <code>nbverify golden review --apply decisions.json</code>. A case that has changed since is refused there.
      Keys: <kbd>a</kbd> accept, <kbd>r</kbd> reject, <kbd>s</kbd> leave undecided, <kbd>j</kbd> and <kbd>k</kbd> next and previous.</p>
      <div class="toolbar decide"><label>Who <input id="who" autocomplete="name" value="\(Self.text(GoldenCorpus.account))"></label>
      <span id="count" role="status"></span>
      <button type="button" id="save">Save decisions</button></div>
      <main>\(cases.joined())</main>
      <script>\(Self.script)</script></body></html>

      """
  }

  private func section(_ id: String) -> String {
    let review: GoldenReview
    do {
      review = try corpus.review(id)
    } catch {
      return "<section class=\"case broken\"><h2>\(Self.text(id)) <span class=\"badge not-run\">unreadable</span></h2>"
        + "<p>\(Self.text("\(error)"))</p></section>\n"
    }
    let golden = review.report.golden
    let objections = review.objections
    let badge =
      objections.isEmpty
      ? "<span class=\"badge pass\">agrees</span>" : "<span class=\"badge failed\">does not agree</span>"
    let kind = review.replaced == nil ? "" : "<span class=\"badge warning\">replaces a case</span>"
    return """
      <section class="case" id="case-\(Self.text(id))" data-id="\(Self.text(id))" data-digest="\(review.digest)" \
      data-objections="\(objections.count)" tabindex="-1">
      <h2>\(Self.text(id)) \(badge) \(kind)</h2>
      <p>\(Self.text(golden.summary))</p><p>\(Self.text(review.announcement))</p>
      <pre>\(Self.text(golden.args.joined(separator: " ")))</pre>
      \(Self.list(objections, "box"))\(Self.list(review.remarks + review.report.diagnosis, "box warn"))
      <p class="muted">\(Self.text(Self.figures(review)))</p>
      \(Self.table(review))\(pictures(review))
      <fieldset><legend>Decision</legend>
      \(Self.choice(id, "accept", "Accept"))\(Self.choice(id, "reject", "Reject"))\(Self.choice(id, "", "Undecided", isOn: true))
      <label class="because">Why\(objections.isEmpty ? "" : " (needed to accept)") <input name="because-\(Self.text(id))"></label>
      </fieldset></section>

      """
  }

  private static func choice(_ id: String, _ value: String, _ label: String, isOn: Bool = false) -> String {
    "<label><input type=\"radio\" name=\"decision-\(text(id))\" value=\"\(value)\"\(isOn ? " checked" : "")> \(label)</label>\n"
  }

  private static func text(_ text: String) -> String { NightBundle.xml(text) }

  private static func list(_ lines: [String], _ style: String) -> String {
    guard !lines.isEmpty else { return "" }
    let items = lines.prefix(20).map { "<li>\(text($0))</li>" }.joined()
    let more = lines.count > 20 ? "<li>and \(lines.count - 20) more</li>" : ""
    return "<div class=\"\(style)\"><ul>\(items)\(more)</ul></div>\n"
  }

  private static func figures(_ review: GoldenReview) -> String {
    let (same, count) = review.report.identicalNumbers
    let image = review.report.image
    return "new against ours: \(same) of \(count) numbers identical"
      + (review.report.golden.image == nil ? "" : ", \(image.identical) of \(image.pixels) pixels identical")
  }

  /// A table of the quantities that differ between the old case, the new case and the simulator.
  private static func table(_ review: GoldenReview) -> String {
    guard !review.rows.isEmpty else { return "<p>All traced numbers are the same.</p>\n" }
    let hasOld = review.replaced != nil
    let rows = review.rows.prefix(rowLimit).map { row in
      "<tr\(row.agrees ? "" : " class=\"bad\"")><th scope=\"row\">\(text(row.quantity))</th><td>\(text(row.log))</td>"
        + ((hasOld ? [row.old] : []) + [row.new, row.ours]).map {
          "<td class=\"text\"><code>\(text($0 ?? "-"))</code></td>"
        }.joined() + "</tr>\n"
    }
    let more = review.rows.count > rowLimit ? "<p>and \(review.rows.count - rowLimit) more</p>" : ""
    return "<div class=\"scroll tall\"><table><thead><tr><th scope=\"col\">Quantity</th><th scope=\"col\">Log</th>"
      + "\(hasOld ? "<th scope=\"col\">Old</th>" : "")<th scope=\"col\">New</th><th scope=\"col\">Ours</th></tr></thead>"
      + "<tbody>\(rows.joined())</tbody></table></div>\(more)\n"
  }

  /// Pictures of the old, the new and the simulator's image on one scale, and of the simulator's image minus the new
  /// one.
  private func pictures(_ review: GoldenReview) -> String {
    let golden = review.report.golden
    guard let recorded = golden.image, let new = try? corpus.pending.stored(recorded, of: golden.id) else { return "" }
    let finite = new.pixels.filter(\.isFinite).sorted()
    let white = Double(
      finite.isEmpty ? 1 : max(finite[min(finite.count - 1, finite.count * 999 / 1000)], .leastNormalMagnitude))
    let old = review.replaced.flatMap { golden in golden.image.flatMap { try? corpus.stored($0, of: golden.id) } }
    let ours = try? corpus.pending.rendered(golden)
    var figures: [(String, Data?)] = [("new", try? ImagePictures.preview(new, white: white))]
    if let old { figures.insert(("old", try? ImagePictures.preview(old, white: white)), at: 0) }
    if let ours {
      figures.append(("ours", try? ImagePictures.preview(ours, white: white)))
      if ours.fastPixels == new.fastPixels, ours.slowPixels == new.slowPixels {
        figures.append(("ours minus new", try? ImagePictures.difference(reference: new, candidate: ours)))
      }
    }
    let list = figures.compactMap { name, data in
      data.map {
        "<figure><img alt=\"\(name)\" src=\"data:image/png;base64,\($0.base64EncodedString())\"><figcaption>\(name)</figcaption></figure>"
      }
    }
    return "<div class=\"pictures\">\(list.joined())</div>\n"
  }

  private static let style = """

    .decide input { font: inherit; color: inherit; background: var(--bg); border: 1px solid var(--edge); border-radius: 6px;
      padding: .2rem .5rem }
    .decide button { font: inherit; font-weight: 600; padding: .3rem .9rem; border-radius: 6px; border: 1px solid var(--edge);
      background: var(--panel); color: inherit; cursor: pointer; margin-left: auto }
    .case { border: 1px solid var(--rule); border-radius: 8px; padding: .2rem 1rem 1rem; margin: 1.2rem 0 }
    .case h2 { margin-top: .6rem; display: flex; flex-wrap: wrap; gap: .3rem .6rem; align-items: center }
    .case:focus { outline: 2px solid var(--link) }
    .case.accept { border-left: 6px solid var(--good) }
    .case.reject { border-left: 6px solid var(--solid) }
    .case.wanting fieldset { border-color: var(--solid) }
    .case.wanting .because { color: var(--bad); font-weight: 600 }
    fieldset { display: flex; flex-wrap: wrap; gap: .4rem 1.4rem; align-items: center; border: 1px solid var(--rule);
      border-radius: 6px; margin-top: .8rem }
    .because { flex: 1 1 20rem; display: flex; gap: .5rem; align-items: center }
    .because input { flex: 1; font: inherit; color: inherit; background: var(--bg); border: 1px solid var(--edge);
      border-radius: 6px; padding: .2rem .5rem; min-width: 8rem }
    .pictures { display: flex; flex-wrap: wrap; gap: 1rem; margin: .6rem 0 }
    .pictures figure { margin: 0 }
    .pictures img { width: 14rem; image-rendering: pixelated; border: 1px solid var(--edge); display: block }
    figcaption { color: var(--muted); font-size: 12px }
    kbd { border: 1px solid var(--edge); border-radius: 3px; padding: 0 .3em }

    """

  private static let script = #"""

    const cases = [...document.querySelectorAll('.case:not(.broken)')];
    const decision = c => c.querySelector('input[type=radio]:checked').value;
    const because = c => c.querySelector('.because input').value.trim();
    const wanting = c => decision(c) === 'accept' && c.dataset.objections !== '0' && because(c) === '';
    function update() {
      for (const c of cases) {
        c.classList.toggle('accept', decision(c) === 'accept');
        c.classList.toggle('reject', decision(c) === 'reject');
        c.classList.toggle('wanting', wanting(c));
      }
      const decided = cases.filter(c => decision(c) !== '').length;
      const lacking = cases.filter(wanting).length;
      document.getElementById('count').textContent = decided + ' of ' + cases.length + ' decided' +
        (lacking ? ', ' + lacking + ' without a reason' : '');
    }
    function choose(c, value) {
      c.querySelector('input[type=radio][value="' + value + '"]').checked = true;
      update();
      if (wanting(c)) c.querySelector('.because input').focus(); else go(1);
    }
    let current = -1;
    function go(step) {
      current = Math.min(Math.max(current + step, 0), cases.length - 1);
      if (cases[current]) { cases[current].focus({preventScroll: true}); cases[current].scrollIntoView({block: 'start'}); }
    }
    document.addEventListener('focusin', e => {
      const c = e.target.closest('.case');
      if (c) current = cases.indexOf(c);
    });
    document.addEventListener('input', update);
    document.addEventListener('keydown', e => {
      if (e.ctrlKey || e.metaKey || e.altKey || e.target.matches('input:not([type=radio])')) return;
      if (e.key === 'j') go(1); else if (e.key === 'k') go(-1);
      else if (current >= 0 && 'ars'.includes(e.key) && e.key.length === 1)
        choose(cases[current], {a: 'accept', r: 'reject', s: ''}[e.key]);
      else return;
      e.preventDefault();
    });
    document.getElementById('save').addEventListener('click', () => {
      const lacking = cases.find(wanting);
      if (lacking) { lacking.scrollIntoView(); lacking.querySelector('.because input').focus(); return; }
      const decisions = cases.filter(c => decision(c) !== '').map(c => ({
        id: c.dataset.id, digest: c.dataset.digest, decision: decision(c), because: because(c) || null }));
      const text = JSON.stringify({ who: document.getElementById('who').value.trim() || 'not stated', decisions }, null, 1);
      const link = document.createElement('a');
      link.href = URL.createObjectURL(new Blob([text + '\n'], { type: 'application/json' }));
      link.download = 'decisions.json';
      link.click();
      URL.revokeObjectURL(link.href);
    });
    update();

    """#
}
