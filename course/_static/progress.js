/* The page "Your progress": what is kept in this browser, to see, to save,
   to load and to erase. See commands/book/selfcheck.py. */
"use strict";

(() => {
  const progress = window.courseProgress;
  const { element, table } = window.courseParts;
  const parts = JSON.parse(document.getElementById("to-do").textContent);
  const place = document.getElementById("book-progress");

  function link(page) {
    const made = element("a", page.title);
    made.href = page.url;
    return made;
  }

  const all = (pages, key) => pages.flatMap((page) => page[key] || []);

  /* One row of the table: a part of the book. */
  function row(part, kept) {
    const questions = all(part.pages, "questions");
    const right = questions.filter(
      (name) => kept.quiz[name] && kept.quiz[name].right);
    const predictions = all(part.pages, "predictions");
    const done = part.pages.filter((page) => page.page in kept.pages);
    const head = element("th", part.part);
    head.scope = "row";
    const next = part.pages.find((page) => !(page.page in kept.pages));
    return element("tr", "", head,
      element("td", `${done.length} of ${part.pages.length}`),
      element("td", `${right.length} of ${questions.length}`),
      element("td", `${predictions.filter(
        (name) => name in kept.predictions).length} of ${
        predictions.length}`),
      element("td", "", next ? link(next) : "✓ all done"));
  }

  function show() {
    const kept = progress.read();
    const frame = element("div", "", table(
      "What you have done in this browser",
      ["Part", "Pages done", "Questions right", "Outputs looked at",
        "Next page"], parts.map((part) => row(part, kept))));
    frame.className = "pst-scrollable-table-container";
    frame.tabIndex = 0;
    frame.setAttribute("role", "region");
    frame.setAttribute("aria-label", "Table of your progress");
    place.replaceChildren(frame);
  }

  const said = element("p");
  said.setAttribute("role", "status");

  function button(words, act) {
    const made = element("button", words);
    made.type = "button";
    made.className = "book-button";
    made.addEventListener("click", act);
    return made;
  }

  function save() {
    const text = JSON.stringify(progress.read(), null, 1);
    const made = document.createElement("a");
    made.href = URL.createObjectURL(
      new Blob([text], { type: "application/json" }));
    made.download = "my_progress.json";
    made.click();
    URL.revokeObjectURL(made.href);
    said.textContent = "Saved as my_progress.json.";
  }

  async function load(event) {
    const [file] = event.target.files;
    if (!file) return;
    try {
      progress.load(await file.text());
      said.textContent = `Loaded from ${file.name}.`;
    } catch {
      said.textContent = `${file.name} was not loaded: it is no file that ` +
        "this page has saved. Nothing has changed.";
    }
    event.target.value = "";
    show();
  }

  function erase() {
    if (!window.confirm("Erase all answers and marks in this browser?")) {
      return;
    }
    progress.erase();
    said.textContent = "Everything is erased.";
    show();
  }

  const field = element("input");
  field.type = "file";
  field.accept = ".json,application/json";
  field.addEventListener("change", load);
  const loading = element("label", "Load a saved file ", field);
  const buttons = element("div", "", button("Save as a file", save),
    button("Erase everything", erase), loading);
  buttons.className = "progress-buttons";
  place.after(buttons, said);
  if (!progress.keeps()) {
    said.textContent = "This browser keeps nothing for this book. What you " +
      "do is lost when you close the page.";
  }
  show();
  // Another page of the book has changed it: a tab beside, or the page that
  // one comes from, whose last answer a busy browser brings a moment later.
  window.addEventListener("storage", show);
})();
