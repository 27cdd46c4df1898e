extension PageTemplates {
  /// The filter of both pages. Without it the pages lack nothing else.
  ///
  /// It hides each `[data-row]` that does not hold all words of the input, or is not `.bad` if only those are wanted.
  /// A `details` with rows is opened while the filter is in use and has its former state back after that.
  static let script = #"""
    (function () {
      "use strict";
      const form = document.getElementById("filter");
      if (!form) { return; }
      const [input, failing, count] = ["filter-text", "filter-failing", "filter-count"]
        .map((name) => document.getElementById(name));
      const rows = Array.from(document.querySelectorAll("[data-row]"), (element) => {
        const suite = element.closest("[data-suite]");
        const text = (suite ? suite.dataset.suite + "." : "") + element.textContent;
        return { element, text: text.toLowerCase(), bad: element.classList.contains("bad") };
      });
      const groups = Array.from(document.querySelectorAll("[data-group]"));
      const folds = groups.filter((group) => group.tagName === "DETAILS");
      let wasActive = false;

      function apply() {
        const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
        const active = words.length > 0 || failing.checked;
        if (active && !wasActive) { folds.forEach((fold) => { fold.dataset.open = fold.open ? "1" : ""; }); }
        let shown = 0;
        for (const row of rows) {
          const fits = (row.bad || !failing.checked) && words.every((word) => row.text.includes(word));
          row.element.hidden = !fits;
          shown += fits ? 1 : 0;
        }
        for (const group of groups) {
          const isEmpty = group.querySelector("[data-row]:not([hidden])") === null;
          group.toggleAttribute("data-empty", isEmpty);
          if (group.tagName === "DETAILS") { group.hidden = isEmpty; }
        }
        if (active || wasActive) { folds.forEach((fold) => { fold.open = active || fold.dataset.open === "1"; }); }
        wasActive = active;
        count.textContent = active ? shown + " of " + rows.length + " rows" : "";
      }

      form.hidden = false;
      form.addEventListener("submit", (event) => event.preventDefault());
      form.addEventListener("input", apply);
      apply();
    })();
    """#
}
