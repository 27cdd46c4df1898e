extension PageTemplates {
  /// Stages, parts, speed and drift of a night.
  static let measures = #"""
    <section id="stages">
    <h2>Stages</h2>
    <div class="scroll" tabindex="0" role="region" aria-label="Stages">
    <table>
    <thead><tr><th scope="col">Stage</th><th scope="col">State</th><th scope="col" class="n">Run</th>
    <th scope="col" class="n">Failed</th><th scope="col" class="n">Expected<br>(accepted night)</th>
    <th scope="col" class="n">Seconds</th><th scope="col">Remark</th></tr></thead>
    <tbody>
    {{#stages}}
    <tr><th scope="row">{{stage}}</th><td><span class="badge {{stageClass}}">{{stageState}}</span></td>
    <td class="n{{#stageDeviates}} off{{/stageDeviates}}">{{stageRun}}</td><td class="n">{{stageFailed}}</td>
    <td class="n">{{stageExpected}}</td><td class="n">{{stageSeconds}}</td><td class="text">{{stageRemark}}</td></tr>
    {{/stages}}
    </tbody>
    </table>
    </div>
    </section>
    {{#hasParts}}
    <section id="parts">
    <h2>Parts of the night: {{partsHeadline}}</h2>
    <div class="scroll" tabindex="0" role="region" aria-label="Parts">
    <table>
    <thead><tr><th scope="col">Part</th><th scope="col">State</th><th scope="col">Host</th>
    <th scope="col" class="n">Seconds</th></tr></thead>
    <tbody>
    {{#parts}}
    <tr><th scope="row">{{part}}</th><td><span class="badge {{partClass}}">{{partState}}</span></td>
    <td>{{partHost}}</td><td class="n">{{partSeconds}}</td></tr>
    {{/parts}}
    </tbody>
    </table>
    </div>
    </section>
    {{/hasParts}}
    {{#hasSpeed}}
    <section id="speed">
    <h2>Speed</h2>
    <p>{{speedNote}}</p>
    <div class="scroll" tabindex="0" role="region" aria-label="Speed">
    <table>
    <thead><tr><th scope="col">Workload</th><th scope="col" class="n">Instructions</th>
    <th scope="col" class="n">Of the accepted</th><th scope="col" class="n">Time ratio</th>
    <th scope="col" class="n">Spread</th><th scope="col" class="n">Of the accepted</th><th scope="col">Verdict</th>
    <th scope="col" class="n">Reference over ours</th></tr></thead>
    <tbody>
    {{#workloads}}
    <tr{{#isBad}} class="bad"{{/isBad}}><th scope="row">{{workload}} <span class="muted">{{workloadNote}}</span></th>
    <td class="n{{^hasInstructions}} reason{{/hasInstructions}}">{{instructions}}</td>
    <td class="n">{{instructionsChange}}</td><td class="n">{{timeRatio}}</td><td class="n">{{spread}}</td>
    <td class="n">{{timeChange}}</td><td><span class="badge {{verdictClass}}">{{verdict}}</span></td>
    <td class="n">{{reference}}</td></tr>
    {{/workloads}}
    </tbody>
    </table>
    </div>
    {{#hasSpeedCharts}}
    <div class="charts">
    {{#speedCharts}}
    <div>
    <h3>{{chartTitle}}</h3>
    {{{chart}}}
    </div>
    {{/speedCharts}}
    </div>
    {{/hasSpeedCharts}}
    {{^hasSpeedCharts}}
    <p class="muted">No chart: there is no earlier night.</p>
    {{/hasSpeedCharts}}
    </section>
    {{/hasSpeed}}
    {{#hasProperties}}
    <section id="drift">
    <h2>Drift</h2>
    <p>{{driftNote}}</p>
    <div data-group>
    <div class="scroll" tabindex="0" role="region" aria-label="Properties nearest to their tolerance">
    <table>
    <thead><tr><th scope="col">Property</th><th scope="col" class="n">Cases</th><th scope="col" class="n">Worst</th>
    <th scope="col">In units of the tolerance</th></tr></thead>
    <tbody>
    {{#properties}}
    <tr data-row{{#isBad}} class="bad"{{/isBad}}><th scope="row">{{property}}</th><td class="n">{{cases}}</td>
    <td class="n">{{worst}}</td>
    <td>{{#hasBar}}<span class="bar {{barClass}}" aria-hidden="true"><span style="width:{{bar}}%"></span></span>
    {{/hasBar}}</td></tr>
    {{/properties}}
    </tbody>
    </table>
    </div>
    <p class="none">No property among these fits the filter.</p>
    </div>
    {{#hasOtherProperties}}
    <details data-group>
    <summary>{{otherPropertyCount}} more properties</summary>
    <div class="scroll" tabindex="0" role="region" aria-label="Other properties">
    <table>
    <thead><tr><th scope="col">Property</th><th scope="col" class="n">Cases</th><th scope="col" class="n">Worst</th>
    <th scope="col">In units of the tolerance</th></tr></thead>
    <tbody>
    {{#otherProperties}}
    <tr data-row{{#isBad}} class="bad"{{/isBad}}><th scope="row">{{property}}</th><td class="n">{{cases}}</td>
    <td class="n">{{worst}}</td>
    <td>{{#hasBar}}<span class="bar {{barClass}}" aria-hidden="true"><span style="width:{{bar}}%"></span></span>
    {{/hasBar}}</td></tr>
    {{/otherProperties}}
    </tbody>
    </table>
    </div>
    </details>
    {{/hasOtherProperties}}
    {{#hasDriftChart}}
    <h3>The nearest to their tolerance over the nights</h3>
    {{{driftChart}}}
    {{/hasDriftChart}}
    </section>
    {{/hasProperties}}

    """#

  /// Everything that was run in a night.
  static let lists = #"""
    {{#hasTests}}
    <section id="tests">
    <h2>Tests</h2>
    <p>{{testsHeadline}}</p>
    <div data-group>
    {{#suites}}
    <details class="suite" data-group data-suite="{{suite}}"{{#isOpen}} open{{/isOpen}}>
    <summary><span class="name">{{suite}}</span><span class="n">{{suiteCount}} tests</span><span
      class="n">{{#suiteFails}}<span class="badge failed">{{suiteFailed}} failed</span>{{/suiteFails}}</span><span
      class="n">{{suiteSeconds}}</span></summary>
    <table>
    <tbody>
    {{#tests}}
    <tr data-row{{#isBad}} class="bad"{{/isBad}}>
    <td class="state"><span class="badge {{testClass}}">{{testState}}</span></td><th scope="row">{{test}}
    {{#isBad}}
    <details><summary>{{failureHeadline}}</summary><pre>{{failure}}</pre></details>
    {{/isBad}}
    </th><td class="n seconds">{{testSeconds}}</td></tr>
    {{/tests}}
    </tbody>
    </table>
    </details>
    {{/suites}}
    <p class="none">No test fits the filter.</p>
    </div>
    </section>
    {{/hasTests}}
    {{#hasGolden}}
    <section id="golden">
    <h2>Golden cases</h2>
    <p>{{goldenHeadline}}</p>
    <div data-group>
    <div class="scroll tall" tabindex="0" role="region" aria-label="Golden cases">
    <table>
    <thead><tr><th scope="col">Case</th><th scope="col">State</th><th scope="col" class="n">Numbers identical</th>
    <th scope="col" class="n">Pixels identical</th><th scope="col" class="n">Worst pixel</th>
    <th scope="col" class="n">Seconds</th><th scope="col">Problem</th></tr></thead>
    <tbody>
    {{#golden}}
    <tr data-row{{#isBad}} class="bad"{{/isBad}}><th scope="row">{{case}}</th>
    <td><span class="badge {{caseClass}}">{{caseState}}</span></td><td class="n">{{numbers}}</td>
    <td class="n">{{pixels}}</td><td class="n">{{worstPixel}}</td><td class="n">{{caseSeconds}}</td>
    <td{{#isBad}} class="text"{{/isBad}}>{{problem}}</td></tr>
    {{/golden}}
    </tbody>
    </table>
    </div>
    <p class="none">No golden case fits the filter.</p>
    </div>
    </section>
    {{/hasGolden}}
    {{#hasImages}}
    <section id="images">
    <h2>Images of the program</h2>
    <p>{{imagesHeadline}}</p>
    <div data-group>
    <div class="scroll tall" tabindex="0" role="region" aria-label="Images of the program">
    <table>
    <thead><tr><th scope="col">Case</th><th scope="col">State</th><th scope="col" class="n">Correlation</th>
    <th scope="col" class="n">Root mean square</th><th scope="col" class="n">Largest</th>
    <th scope="col" class="n">Seconds</th><th scope="col">Problem</th></tr></thead>
    <tbody>
    {{#images}}
    <tr data-row{{#isBad}} class="bad"{{/isBad}}><th scope="row">{{image}}</th>
    <td><span class="badge {{imageClass}}">{{imageState}}</span></td><td class="n">{{correlation}}</td>
    <td class="n">{{rootMeanSquare}}</td><td class="n">{{largest}}</td><td class="n">{{imageSeconds}}</td>
    <td{{#isBad}} class="text"{{/isBad}}>{{problem}}</td></tr>
    {{/images}}
    </tbody>
    </table>
    </div>
    <p class="none">No image fits the filter.</p>
    </div>
    </section>
    {{/hasImages}}

    """#
}
