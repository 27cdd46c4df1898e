extension PageTemplates {
  /// The template of the page of the earlier nights.
  ///
  /// String, unless another type is given; `?` means Bool.
  ///
  /// - `style`, `script`: the constants of this type.
  /// - `title`, `tabTitle`: as in "Nights" and "Nights of the gate".
  /// - `headline`: the number of nights, how many passed, and which night is accepted.
  /// - `hasNights?`, `nights`: the newest first, list of `number`, `hasLink?`, `link` (the report in its bundle),
  ///   `started`, `outcome` (`pass`, `regression`, `could-not-run`, `incomplete` or `killed`; the class of the badge, too),
  ///   `isBad?` (not passed), `whyHeadline` (one line), `hasWhy?`, `why` (list of String: the reasons), `revision`,
  ///   `hasRevisionRemark?`, `revisionRemark`, `machine`, `seconds`, `isAccepted?`.
  /// - `hasCharts?`, `charts`: list of `chartTitle`, `chartNote`, `chart` (of `Chart`, not escaped).
  static let history =
    head + #"""
      <header>
      <h1>{{title}}</h1>
      <p class="headline">{{headline}}</p>
      </header>
      <div class="toolbar">
      <nav aria-label="Sections">
      <a href="#nights">Nights</a>{{#hasCharts}} <a href="#charts">Charts</a>{{/hasCharts}}
      </nav>
      <form id="filter" role="search" hidden>
      <label>Filter <input type="search" id="filter-text" placeholder="outcome, reason, revision"></label>
      <label><input type="checkbox" id="filter-failing"> failing only</label>
      <output id="filter-count" class="muted"></output>
      </form>
      </div>
      <main id="main">
      <section id="nights">
      <h2>Nights</h2>
      {{^hasNights}}
      <p class="muted">There is no night yet.</p>
      {{/hasNights}}
      {{#hasNights}}
      <div data-group>
      <div class="scroll tall" tabindex="0" role="region" aria-label="Nights, the newest first">
      <table class="nights">
      <thead><tr><th scope="col" class="n">Night</th><th scope="col">Started</th><th scope="col">Outcome</th>
      <th scope="col">Why</th><th scope="col">Revision</th><th scope="col">Machine</th>
      <th scope="col" class="n">Seconds</th><th scope="col">Accepted</th></tr></thead>
      <tbody>
      {{#nights}}
      <tr data-row class="{{#isBad}}bad{{/isBad}}{{^isBad}}good{{/isBad}}"><th scope="row" class="n">
      {{#hasLink}}<a href="{{link}}">{{number}}</a>{{/hasLink}}{{^hasLink}}{{number}}{{/hasLink}}</th>
      <td class="started">{{started}}</td><td><span class="badge {{outcome}}">{{outcome}}</span></td>
      <td class="why">{{^hasWhy}}{{whyHeadline}}{{/hasWhy}}{{#hasWhy}}<details><summary>{{whyHeadline}}</summary><ul>
      {{#why}}
      <li>{{.}}</li>
      {{/why}}
      </ul></details>{{/hasWhy}}</td>
      <td><code>{{revision}}</code>
      {{#hasRevisionRemark}}
      <span class="off">{{revisionRemark}}</span>
      {{/hasRevisionRemark}}
      </td>
      <td class="machine">{{machine}}</td><td class="n">{{seconds}}</td>
      <td>{{#isAccepted}}<span class="badge accepted">accepted</span>{{/isAccepted}}</td></tr>
      {{/nights}}
      </tbody>
      </table>
      </div>
      <p class="none">No night fits the filter.</p>
      </div>
      {{/hasNights}}
      </section>
      {{#hasCharts}}
      <section id="charts">
      <h2>Charts</h2>
      <div class="charts">
      {{#charts}}
      <div>
      <h3>{{chartTitle}}</h3>
      <p class="muted">{{chartNote}}</p>
      {{{chart}}}
      </div>
      {{/charts}}
      </div>
      </section>
      {{/hasCharts}}

      """# + foot
}
