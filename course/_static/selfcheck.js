/* Questions, predictions, hints and "done" of a page of the book: see
   commands/book/selfcheck.py. What a reader does is kept in this browser
   only. No other file and no server is asked: it works from a disk too. */
"use strict";

// Outputs are hidden before the page is drawn, and only if this runs.
document.documentElement.classList.add("selfcheck");

window.courseProgress = (() => {
  const KEY = "open-geodata-course";
  const nothing = () => ({
    course: KEY, version: 1, pages: {}, quiz: {}, predictions: {},
    before: {}, after: {},
  });
  let lost = null; // what is kept where the browser keeps nothing

  /* All that is kept. A part that is damaged is empty. */
  function read() {
    if (lost) return lost;
    let kept = null;
    try {
      kept = JSON.parse(localStorage.getItem(KEY));
    } catch { /* the browser keeps nothing, or somebody changed it */ }
    return clean(kept);
  }

  /* The parts of a kept object that are objects; the rest is empty. */
  function clean(kept) {
    const whole = nothing();
    for (const part of ["pages", "quiz", "predictions", "before", "after"]) {
      const found = kept && kept[part];
      if (found && typeof found === "object" && !Array.isArray(found)) {
        whole[part] = found;
      }
    }
    return whole;
  }

  function write(kept) {
    try {
      localStorage.setItem(KEY, JSON.stringify(kept));
    } catch {
      lost = kept;
    }
  }

  /* change(kept) says what is new. */
  function update(change) {
    const kept = read();
    change(kept);
    write(kept);
  }

  /* The text of a file that was saved. Throws for any other file. */
  function load(text) {
    const kept = JSON.parse(text);
    if (!kept || kept.course !== KEY || kept.version !== 1) {
      throw new Error("This file does not come from this book.");
    }
    write(clean(kept));
  }

  function erase() {
    lost = null;
    try {
      localStorage.removeItem(KEY);
    } catch { /* nothing was kept */ }
  }

  /* Does the browser keep anything after this page is closed? */
  function keeps() {
    try {
      localStorage.setItem(`${KEY}-try`, "1");
      localStorage.removeItem(`${KEY}-try`);
      return !lost;
    } catch {
      return false;
    }
  }

  return { read, update, load, erase, keeps };
})();

/* What the pages of progress and of results are made of. */
window.courseParts = (() => {
  function element(name, text = "", ...children) {
    const made = document.createElement(name);
    made.textContent = text;
    made.append(...children);
    return made;
  }

  /* A table: its caption, the names of its columns, its rows. */
  function table(caption, names, rows) {
    const heads = names.map((name) => {
      const head = element("th", name);
      head.scope = "col";
      return head;
    });
    const made = element("table", "", element("caption", caption),
      element("thead", "", element("tr", "", ...heads)),
      element("tbody", "", ...rows));
    made.className = "table";
    return made;
  }

  return { element, table };
})();

(() => {
  const progress = window.courseProgress;

  /* --- questions that are answered at once ---------------------------- */

  function startQuiz(form) {
    const name = form.dataset.question;
    const button = form.querySelector("button");
    const answer = form.querySelector(".quiz-answer");
    button.hidden = false;
    answer.hidden = true; // until the reader has answered
    const kept = progress.read().quiz[name];
    if (kept && choose(form, kept.word)) tell(form, kept.word);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const chosen = form.querySelector("input:checked");
      if (!chosen) {
        say(form, "", "Choose an answer first.");
        form.querySelector("input").focus();
        return;
      }
      keep(form, chosen.value);
      tell(form, chosen.value);
    });
    form.addEventListener("change", () => {
      say(form, "", "");
      mark(form, "");
    });
  }

  function choose(form, word) {
    const options = [...form.querySelectorAll("input")];
    const chosen = options.find((one) => one.value === word);
    if (chosen) chosen.checked = true;
    return Boolean(chosen);
  }

  function keep(form, word) {
    progress.update((kept) => {
      const old = kept.quiz[form.dataset.question];
      kept.quiz[form.dataset.question] = {
        word,
        right: word === form.dataset.right,
        tries: (old ? old.tries : 0) + 1,
      };
    });
  }

  /* Why the chosen option is right or not, as JupyterLab says it. */
  function tell(form, word) {
    const right = word === form.dataset.right;
    const why = form.querySelector(
      `.quiz-answer [data-word="${CSS.escape(word)}"] span`);
    mark(form, word);
    form.querySelector(".quiz-answer").hidden = false;
    say(form, right ? "right" : "wrong",
      `${right ? "✓ Right." : "✗ Not this one."} ${why.textContent}`);
  }

  function say(form, verdict, words) {
    const said = form.querySelector(".quiz-said");
    said.dataset.verdict = verdict;
    said.textContent = words;
  }

  function mark(form, word) {
    for (const option of form.querySelectorAll("input")) {
      const verdict = option.value === form.dataset.right ? "right" : "wrong";
      option.parentElement.dataset.verdict =
        word && option.value === word ? verdict : "";
    }
  }

  /* --- predict, then look --------------------------------------------- */

  function startPrediction(box) {
    const name = box.dataset.predict;
    const [field, button] = [
      box.querySelector("input"), box.querySelector("button")];
    const cell = box.parentElement;
    box.hidden = false;
    field.value = progress.read().predictions[name] || "";
    button.addEventListener("click", () => {
      progress.update((kept) => {
        kept.predictions[name] = field.value;
      });
      cell.classList.toggle("predict-shown");
      const shown = cell.classList.contains("predict-shown");
      button.setAttribute("aria-expanded", String(shown));
      button.textContent = shown ? "Hide the output" : "Show the output";
    });
    button.setAttribute("aria-expanded", "false");
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter") button.click();
    });
  }

  /* --- hints, one after the other ------------------------------------- */

  function startHint(hint) {
    const number = /^\s*Hint (\d+)/.exec(
      hint.querySelector("summary").textContent);
    const before = hint.previousElementSibling;
    if (!number || number[1] === "1" || !before ||
        before.localName !== "details" || before.open) return;
    hint.classList.add("hint-later");
    before.addEventListener("toggle", () => {
      if (before.open) hint.classList.remove("hint-later");
    });
  }

  /* --- a page is done -------------------------------------------------- */

  function startDone(box) {
    const page = box.dataset.page;
    const button = box.querySelector("button");
    const show = () => button.setAttribute(
      "aria-pressed", String(page in progress.read().pages));
    box.hidden = false;
    button.addEventListener("click", () => {
      progress.update((kept) => {
        if (page in kept.pages) delete kept.pages[page];
        else kept.pages[page] = new Date().toISOString().slice(0, 10);
      });
      show();
    });
    show();
  }

  document.addEventListener("DOMContentLoaded", () => {
    const each = (selector, start) =>
      document.querySelectorAll(selector).forEach(start);
    each("form.quiz:not([data-round])", startQuiz);
    each(".predict", startPrediction);
    each("details:has(> summary)", startHint);
    each(".page-done", startDone);
  });
})();
