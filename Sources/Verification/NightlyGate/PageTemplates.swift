/// Templates of the pages, in Mustache.
///
/// All values are formatted texts; sections are booleans or lists. A list that may be empty has a boolean beside it.
/// Each row of a list has all the keys named for it: Mustache would look up a missing key in the page. `isBad` of a row
/// is true for an item that failed or was not run: "failing only" shows these rows.
enum PageTemplates {
  /// The report of a night.
  ///
  /// String, unless another type is given; `?` means Bool.
  ///
  /// - `style`, `script`: the constants of this type.
  /// - `title`: as in "Nightly gate"; `tabTitle`: title and outcome, as in "Nightly gate: pass".
  /// - `outcome`: `pass`, `regression`, `could-not-run`, `incomplete` or `killed`; the class of the badge, too.
  /// - `headline`: the result of the night in a sentence.
  /// - `started`, `duration`, `machine`, `seed`.
  /// - `revision`: the commit, or `unknown`; `hasRevisionRemark?`, `revisionRemark`: "with changes", or the reason.
  /// - `hasProgram?`, `programPath`, `programVersion`, `programDigest` (short), `programDigestWhole`.
  /// - `hasPrevious?`, `previousLink`, `previousName`: the bundle of the night before.
  /// - `hasHistory?`, `historyLink`.
  /// - `hasDivergence?`, `divergenceFactor`, `divergenceQuantity`, `divergenceReference`, `divergenceCandidate`,
  ///   `divergenceCase`, `hasDiagnosis?`, `diagnosis`: list of String.
  /// - `hasRegressions?`, `regressionCount`, `regressions`: list of `kind` (test, golden, image, benchmark, work),
  ///   `regressionHeadline` (one line), `hasBody?`, `body` (several lines), `isOpen?` (best if it is short).
  /// - `hasObstacles?`, `obstacles`: list of String.
  /// - `hasWarnings?`, `warnings`: list of `kind` (drift, remark), `warning`.
  /// - `stages`: list of `stage`, `stageState` (passed, failed, NOT RUN, incomplete),
  ///   `stageClass` (passed, failed, not-run, incomplete), `stageRun`, `stageDeviates?` (not as many as expected),
  ///   `stageFailed`, `stageExpected`, `stageSeconds`, `stageRemark`.
  /// - `hasParts?`, `partsHeadline`, `parts`: list of `part`, `partState` ("finished", "unfinished, 3 of 9 items",
  ///   "missing"), `partClass` (finished, killed, missing), `partHost`, `partSeconds`.
  /// - `hasSpeed?`, `speedNote`, `workloads`: list of `workload`, `workloadNote`, `hasInstructions?`,
  ///   `instructions` (a number, or "none: reason"), `instructionsChange`, `timeRatio`, `spread`, `timeChange`,
  ///   `verdict`, `verdictClass` (passed, failed, warning), `isBad?`, `reference`.
  /// - `hasSpeedCharts?`, `speedCharts`: list of `chartTitle`, `chart` (of `Chart`, not escaped).
  /// - `hasProperties?`, `driftNote`, `properties`: list of `property`, `cases`, `worst`, `hasBar?`,
  ///   `bar` (per cent, 0 to 100), `barClass` (ok, near, over), `isBad?`; the nearest to their tolerance first.
  /// - `hasOtherProperties?`, `otherPropertyCount`, `otherProperties`: the rest, with the same keys.
  /// - `hasDriftChart?`, `driftChart` (of `Chart`, not escaped).
  /// - `hasTests?`, `testsHeadline`, `suites`: list of `suite`, `suiteCount`, `suiteFails?`, `suiteFailed`,
  ///   `suiteSeconds` (with unit), `isOpen?`, `tests`: list of `test`, `testState`,
  ///   `testClass` (passed, failed, not-run), `testSeconds` (with unit), `isBad?`,
  ///   `failureHeadline` (one line), `failure`.
  /// - `hasGolden?`, `goldenHeadline`, `golden`: list of `case`, `caseState`, `caseClass` (passed, failed, not-run),
  ///   `isBad?`, `numbers`, `pixels`, `worstPixel`, `caseSeconds`, `problem`.
  /// - `hasImages?`, `imagesHeadline`, `images`: list of `image`, `imageState`, `imageClass` (passed, failed, not-run),
  ///   `isBad?`, `correlation`, `rootMeanSquare`, `largest`, `imageSeconds`, `problem`.
  static let night = head + findings + measures + lists + foot

  /// The start of both pages.
  static let head = #"""
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta http-equiv="Content-Security-Policy"
      content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
    <link rel="icon" href="data:,">
    <title>{{tabTitle}}</title>
    <style>
    {{{style}}}
    </style>
    </head>
    <body>
    <a class="skip" href="#main">Skip to the contents</a>

    """#

  /// What both pages end with.
  static let foot = #"""
    </main>
    <script>
    {{{script}}}
    </script>
    </body>
    </html>

    """#

  /// Header, first divergence, and what is wrong.
  private static let findings = #"""
    <header>
    <h1>{{title}} <span class="badge {{outcome}}">{{outcome}}</span></h1>
    <p class="headline">{{headline}}</p>
    <dl class="facts">
    <div><dt>Started</dt><dd>{{started}}</dd></div>
    <div><dt>Duration</dt><dd>{{duration}}</dd></div>
    <div><dt>Seed</dt><dd><code>{{seed}}</code></dd></div>
    <div><dt>Revision</dt><dd><code>{{revision}}</code>
    {{#hasRevisionRemark}}
    <span class="off">{{revisionRemark}}</span>
    {{/hasRevisionRemark}}
    </dd></div>
    <div><dt>Machine</dt><dd>{{machine}}</dd></div>
    {{#hasProgram}}
    <div><dt>Judged program</dt><dd><code>{{programPath}}</code>, {{programVersion}}<br>SHA-256
    <code title="{{programDigestWhole}}">{{programDigest}}</code></dd></div>
    {{/hasProgram}}
    <div><dt>Other nights</dt><dd>{{^hasPrevious}}none before this one{{/hasPrevious}}
    {{#hasPrevious}}<a href="{{previousLink}}">{{previousName}}</a>{{/hasPrevious}}
    {{#hasHistory}}<br><a href="{{historyLink}}">history</a>{{/hasHistory}}</dd></div>
    </dl>
    </header>
    <div class="toolbar">
    <nav aria-label="Sections">
    {{#hasRegressions}}<a href="#failing">Failing</a>{{/hasRegressions}}
    <a href="#stages">Stages</a>
    {{#hasSpeed}}<a href="#speed">Speed</a>{{/hasSpeed}}
    {{#hasProperties}}<a href="#drift">Drift</a>{{/hasProperties}}
    {{#hasTests}}<a href="#tests">Tests</a>{{/hasTests}}
    {{#hasGolden}}<a href="#golden">Golden cases</a>{{/hasGolden}}
    {{#hasImages}}<a href="#images">Images</a>{{/hasImages}}
    </nav>
    <form id="filter" role="search" hidden>
    <label>Filter <input type="search" id="filter-text" placeholder="tests, cases, properties"></label>
    <label><input type="checkbox" id="filter-failing"> failing only</label>
    <output id="filter-count" class="muted"></output>
    </form>
    </div>
    <main id="main">
    {{#hasDivergence}}
    <section class="box" aria-labelledby="divergence">
    <h2 id="divergence">First divergence</h2>
    <dl>
    <dt>Factor</dt><dd><code>{{divergenceFactor}}</code></dd>
    <dt>Quantity</dt><dd><code>{{divergenceQuantity}}</code></dd>
    <dt>Reference</dt><dd><code>{{divergenceReference}}</code></dd>
    <dt>Candidate</dt><dd><code>{{divergenceCandidate}}</code></dd>
    <dt>Golden case</dt><dd>{{divergenceCase}}</dd>
    </dl>
    {{#hasDiagnosis}}
    <ul>
    {{#diagnosis}}
    <li>{{.}}</li>
    {{/diagnosis}}
    </ul>
    {{/hasDiagnosis}}
    </section>
    {{/hasDivergence}}
    {{#hasRegressions}}
    <section id="failing">
    <h2>Failing first: {{regressionCount}}</h2>
    <div class="items">
    {{#regressions}}
    {{#hasBody}}
    <details{{#isOpen}} open{{/isOpen}}>
    <summary><span class="kind">{{kind}}</span> {{regressionHeadline}}</summary>
    <pre>{{body}}</pre>
    </details>
    {{/hasBody}}
    {{^hasBody}}
    <p><span class="kind">{{kind}}</span> {{regressionHeadline}}</p>
    {{/hasBody}}
    {{/regressions}}
    </div>
    </section>
    {{/hasRegressions}}
    {{#hasObstacles}}
    <section class="box stop" aria-labelledby="obstacles">
    <h2 id="obstacles">What could not be run</h2>
    <ul>
    {{#obstacles}}
    <li>{{.}}</li>
    {{/obstacles}}
    </ul>
    </section>
    {{/hasObstacles}}
    {{#hasWarnings}}
    <section class="box warn" aria-labelledby="warnings">
    <h2 id="warnings">Warnings</h2>
    <ul>
    {{#warnings}}
    <li><span class="kind">{{kind}}</span> {{warning}}</li>
    {{/warnings}}
    </ul>
    </section>
    {{/hasWarnings}}

    """#
}
