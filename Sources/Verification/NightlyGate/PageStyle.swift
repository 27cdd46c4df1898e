extension PageTemplates {
  /// The style sheet of both pages. It is ASCII: browsers do not read entities in it.
  static let style = #"""
    :root {
      color-scheme: light dark;
      --bg: #ffffff; --panel: #f6f8fa; --text: #1f2328; --muted: #57606a; --rule: #d0d7de; --edge: #818b98;
      --link: #0550ae;
      --good: #116329; --good-bg: #dafbe1; --bad: #a40e26; --bad-bg: #ffebe9; --solid: #b3172b; --on-solid: #ffffff;
      --warn: #7a4100; --warn-bg: #fff1c2; --grid: #e1e5ea; --limit: #a40e26;
      --c0: #0b62c4; --c1: #c2410c; --c2: #15803d; --c3: #7c3aed; --c4: #be185d; --c5: #0e7490; --c6: #854d0e;
      --c7: #4b5563;
      --c8: #dc2626; --c9: #4d7c0f; --c10: #4f46e5; --c11: #a21caf;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --bg: #0d1117; --panel: #161b22; --text: #e6edf3; --muted: #9aa4af; --rule: #30363d; --edge: #7d8590;
        --link: #79b8ff;
        --good: #7ee2a0; --good-bg: #12361f; --bad: #ff9c95; --bad-bg: #451a1c; --solid: #c62b2b; --on-solid: #ffffff;
        --warn: #f2c14e; --warn-bg: #3d2c00; --grid: #272d35; --limit: #ff8e86;
        --c0: #6cb2ff; --c1: #ff9a5c; --c2: #5fd38a; --c3: #b79cff; --c4: #ff7eb6; --c5: #4fd1e8; --c6: #d9a860;
        --c7: #aeb7c2;
        --c8: #ff7b72; --c9: #a5d04f; --c10: #97a3ff; --c11: #e58bf2;
      }
    }
    * { box-sizing: border-box }
    body { margin: 0 auto; max-width: 80rem; padding: 1rem 1.25rem 4rem; background: var(--bg); color: var(--text);
      font: 14px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif }
    a { color: var(--link) }
    :focus-visible { outline: 2px solid var(--link); outline-offset: 2px }
    h1 { font-size: 1.6rem; line-height: 1.3; margin: .5rem 0; display: flex; flex-wrap: wrap; gap: .4rem .8rem;
      align-items: center }
    h2 { font-size: 1.2rem; margin: 2.2rem 0 .5rem; padding-bottom: .25rem; border-bottom: 1px solid var(--rule) }
    h3 { font-size: 1rem; margin: 1rem 0 .25rem }
    h2, h3, section { scroll-margin-top: 4rem }
    p { margin: .4rem 0; max-width: 60rem; overflow-wrap: anywhere }
    code, pre { font: 13px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace }
    code { overflow-wrap: anywhere }
    pre { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; background: var(--panel); padding: .6rem .8rem;
      border: 1px solid var(--rule); border-radius: 6px }
    ul { margin: .4rem 0; padding-left: 1.3rem }
    li { overflow-wrap: anywhere }
    .muted { color: var(--muted) }
    .headline { font-size: 1.05rem }
    .skip { position: absolute; left: -100rem }
    .skip:focus { left: 1rem; top: .5rem; background: var(--bg); padding: .3rem .6rem; z-index: 3 }

    .badge { display: inline-block; padding: 0 .55em; border: 1px solid transparent; border-radius: 1em;
      font-size: 12px;
      font-weight: 600; line-height: 1.6; white-space: nowrap }
    h1 .badge { font-size: 1rem; padding: .1em .8em }
    .pass, .passed, .finished { color: var(--good); background: var(--good-bg); border-color: var(--good) }
    .regression, .failed, .missing { color: var(--on-solid); background: var(--solid); border-color: var(--solid) }
    .incomplete, .killed, .warning { color: var(--warn); background: var(--warn-bg); border-color: var(--warn) }
    .accepted { color: var(--link); background: var(--bg); border-color: var(--link) }
    .could-not-run, .not-run { color: var(--text); border: 1px dashed var(--text); border-radius: 3px;
      background: var(--panel); text-transform: uppercase; letter-spacing: .04em }

    .facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 19rem), 1fr)); gap: .5rem 1.5rem;
      margin: 1rem 0; padding: .8rem 1rem; background: var(--panel); border: 1px solid var(--rule); border-radius: 8px }
    .facts div { min-width: 0 }
    dt { color: var(--muted); font-size: 12px }
    dd { margin: 0; overflow-wrap: anywhere }
    .toolbar { position: sticky; top: 0; z-index: 2; display: flex; flex-wrap: wrap; gap: .3rem 1.2rem;
      align-items: center;
      padding: .5rem 0; background: var(--bg); border-bottom: 1px solid var(--rule) }
    .toolbar nav { display: flex; flex-wrap: wrap; gap: .2rem .9rem }
    .toolbar form { display: flex; flex-wrap: wrap; gap: .3rem .8rem; align-items: center; margin-left: auto }
    .toolbar [hidden] { display: none }
    input[type=search] { font: inherit; color: inherit; background: var(--bg); border: 1px solid var(--edge);
      border-radius: 6px; padding: .2rem .5rem; width: 15rem; max-width: 100% }
    input::placeholder { color: var(--muted); opacity: 1 }

    .box { border: 1px solid var(--rule); border-left: 5px solid var(--solid); border-radius: 6px; padding: .6rem 1rem;
      margin: 1rem 0; background: var(--panel) }
    .box h2 { border: 0; margin: 0 0 .3rem; padding: 0 }
    .box dl { display: grid; align-items: baseline; grid-template-columns: max-content minmax(0, 1fr);
      gap: .15rem 1rem; margin: .4rem 0 }
    .box.stop { border-left-style: dashed; border-left-color: var(--text) }
    .box.warn { border-left-color: var(--warn) }
    details > summary { cursor: pointer; padding: .3rem .4rem; border-radius: 4px; overflow-wrap: anywhere }
    details > summary:hover { background: var(--panel) }
    .items > details, .items > p { border: 1px solid var(--rule); border-left: 5px solid var(--solid);
      border-radius: 6px;
      margin: .4rem 0; padding: .15rem .5rem; max-width: none }
    .items > p { padding-left: 1.6rem }
    .items pre { margin: .3rem 0 .5rem }
    .kind { color: var(--muted); font-size: 12px; margin-right: .2rem }

    .scroll { overflow-x: auto; margin: .6rem 0 }
    .scroll.tall { max-height: 38rem; overflow-y: auto; border: 1px solid var(--rule); border-radius: 6px }
    table { border-collapse: separate; border-spacing: 0; width: 100% }
    th, td { text-align: left; vertical-align: top; padding: .3rem .8rem .3rem .4rem;
      border-bottom: 1px solid var(--rule) }
    thead th { position: sticky; top: 0; z-index: 1; background: var(--panel); font-size: 12px; vertical-align: bottom }
    tbody th { font-weight: 400; overflow-wrap: anywhere; min-width: 8rem }
    .scroll tbody th { position: sticky; left: 0; background: var(--bg); max-width: 24rem }
    .n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
    td.reason { white-space: normal; text-align: left; min-width: 9rem; color: var(--muted) }
    td.text { min-width: 16rem; overflow-wrap: anywhere; white-space: pre-wrap }
    .nights tbody th { min-width: 0 }
    .nights code, .nights .started { white-space: nowrap }
    .nights .why { min-width: 18rem; overflow-wrap: anywhere }
    .nights .machine { min-width: 12rem; font-size: 12px; color: var(--muted) }
    .off { color: var(--warn); font-weight: 600 }
    tr.bad > * { background: var(--bad-bg) }
    .scroll tr.bad > th { background: var(--bad-bg); box-shadow: inset 4px 0 var(--solid) }
    .bar { display: inline-block; vertical-align: middle; width: 8rem; height: .7rem; border: 1px solid var(--edge);
      border-radius: 2px; background: var(--bg); overflow: hidden }
    .bar span { display: block; height: 100%; background: var(--c0) }
    .bar.near span { background: var(--warn) }
    .bar.over span { background: var(--solid) }

    .suite { border-bottom: 1px solid var(--rule) }
    .suite > summary .name { display: inline-block; width: calc(100% - 21rem); vertical-align: top; font-weight: 600 }
    .suite > summary .n { display: inline-block; width: 6rem; vertical-align: top }
    .suite table { margin: 0 0 .8rem 1.2rem; width: calc(100% - 1.2rem); table-layout: fixed }
    .suite .state { width: 6.5rem }
    .suite .seconds { width: 5.5rem }
    .none { display: none; color: var(--muted) }
    [data-empty] > .none { display: block }
    [data-empty] > .scroll, tr[hidden], details[hidden] { display: none }

    .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 32rem), 1fr)); gap: 1rem 1.5rem }
    .charts > div { min-width: 0 }
    .chart { margin: 0; max-width: 40rem; container-type: inline-size; padding: .4rem .5rem;
      border: 1px solid var(--rule); border-radius: 8px }
    .chart > svg { display: block; width: 100%; height: auto; overflow: visible }
    .chart text { fill: var(--muted); font-size: 12px }
    .chart .axis { fill: var(--text); font-weight: 600 }
    .chart .y { text-anchor: end }
    .chart .x { text-anchor: middle }
    .chart .grid { stroke: var(--grid); fill: none }
    .chart .tick { stroke: var(--edge) }
    .chart path.limit { stroke: var(--limit); stroke-width: 1.5; stroke-dasharray: 9 5 }
    .chart text.limit { fill: var(--limit); stroke: var(--bg); stroke-width: 4; paint-order: stroke }
    .chart .rule { stroke: var(--edge); stroke-dasharray: 2 3 }
    .chart .flag { fill: var(--text) }
    .chart .line { fill: none; stroke: var(--k); stroke-width: 1.6 }
    .chart .dot { fill: var(--k); stroke: var(--k) }
    .chart .now { stroke: var(--bg); stroke-width: 1.5; paint-order: stroke; fill: var(--k) }
    .chart .course:hover .line { stroke-width: 3.5 }
    .chart > svg:has(.course:hover) .course:not(:hover) { opacity: .2 }
    .legend { list-style: none; margin: .4rem 0 0; padding: 0; font-size: 12px; display: grid;
      grid-template-columns: repeat(auto-fill, minmax(min(100%, 16rem), 1fr)); gap: .1rem 1rem }
    .legend li { display: grid; grid-template-columns: 30px minmax(0, 1fr) auto; gap: .5rem; align-items: center;
      min-width: 0 }
    .legend .last { font-variant-numeric: tabular-nums; color: var(--muted) }
    .swatch { width: 30px; height: 12px }
    @container (max-width: 460px) {
      .chart text { font-size: 19px }
      .chart .wide { display: none }
    }
    .k0 { --k: var(--c0) } .k1 { --k: var(--c1) } .k2 { --k: var(--c2) } .k3 { --k: var(--c3) } .k4 { --k: var(--c4) }
    .k5 { --k: var(--c5) } .k6 { --k: var(--c6) } .k7 { --k: var(--c7) } .k8 { --k: var(--c8) } .k9 { --k: var(--c9) }
    .k10 { --k: var(--c10) } .k11 { --k: var(--c11) }
    .k1 .line, .k5 .line, .k9 .line { stroke-dasharray: 7 3 }
    .k2 .line, .k6 .line, .k10 .line { stroke-dasharray: 2 2.5 }
    .k3 .line, .k7 .line, .k11 .line { stroke-dasharray: 8 3 2 3 }

    @media (max-width: 600px) {
      body { padding: .5rem .8rem 3rem }
      .toolbar { position: static }
      .toolbar form { margin-left: 0 }
      th, td { padding-right: .4rem }
      .scroll tbody th { max-width: 9.5rem }
      .bar { width: 4rem }
      .nights .machine { min-width: 24rem }
      .suite > summary .name { width: calc(100% - 2rem) }
      .suite > summary .n { width: auto; margin: 0 1.2rem }
      .suite table { margin-left: 0; width: 100% }
      .suite tr { display: grid; grid-template-columns: max-content 1fr; border-bottom: 1px solid var(--rule) }
      .suite tr > * { border: 0 }
      .suite tr > th { order: 1; grid-column: 1 / -1 }
      .suite .seconds { width: auto }
    }
    @media print { .toolbar, .skip { display: none } .scroll.tall { max-height: none } }
    """#
}
