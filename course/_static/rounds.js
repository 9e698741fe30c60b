/* The questions before and after a day or the course, and what was gained:
   see commands/book/selfcheck.py. Loaded on the pages that ask them. */
"use strict";

(() => {
  const progress = window.courseProgress;
  const { element, table } = window.courseParts;
  const before = [...document.querySelectorAll("form.quiz[data-round]")];
  const gain = document.querySelector(".quiz-gain");

  /* Keep each answer as it is chosen; say nothing about it yet. */
  function start(form, round) {
    const name = form.dataset.question;
    const kept = progress.read()[round][name];
    form.querySelector(".quiz-answer").hidden = true;
    for (const option of form.querySelectorAll("input")) {
      option.checked = option.value === kept;
    }
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("change", (event) => {
      progress.update((all) => {
        all[round][name] = event.target.value;
      });
    });
  }

  /* The same questions for the second round. */
  function copy(form) {
    const second = form.cloneNode(true);
    second.id = `${form.id}-after`;
    second.dataset.round = "after";
    for (const option of second.querySelectorAll("input")) {
      option.name += "-after";
      option.checked = false;
    }
    return second;
  }

  /* "✓ right", "✗ wrong" or what else is to be said of an answer. */
  function sign(form, word) {
    if (word === undefined) return "no answer";
    if (word === "") return "– not yet";
    return word === form.dataset.right ? "✓ right" : "✗ wrong";
  }

  /* One row: the objective, with its lesson, and both answers. */
  function row(form, kept) {
    const { question, objective, can, lesson } = form.dataset;
    const head = element("th");
    head.scope = "row";
    if (lesson) {
      const link = element("a", objective);
      link.href = lesson;
      head.append(link, ` ${can}`);
    } else head.append(objective);
    return element("tr", "", head,
      element("td", sign(form, kept.before[question])),
      element("td", sign(form, kept.after[question])));
  }

  /* The questions that are not right after the day, folded, with the
     reasons. */
  function reasons(kept) {
    return before.filter((form) => {
      const word = kept.after[form.dataset.question];
      return word !== undefined && word !== form.dataset.right;
    }).map((form) => {
      const why = [form.dataset.right, kept.after[form.dataset.question]]
        .filter(Boolean).map((word) => {
          const found = form.querySelector(
            `.quiz-answer [data-word="${CSS.escape(word)}"]`);
          return element("p", "", ...(word === form.dataset.right ? [] :
            [element("b", "You chose: ")]), ...found.cloneNode(true).childNodes);
        });
      return element("details", "",
        element("summary", form.querySelector("legend").textContent), ...why);
    });
  }

  /* How many are right in a round, of all or of a day. */
  function count(forms, answers) {
    return forms.filter(
      (form) => answers[form.dataset.question] === form.dataset.right).length;
  }

  function sums(kept) {
    const days = [...new Set(before.map((form) => form.dataset.objective[1]))];
    const of = (forms) => `${count(forms, kept.before)} before, ${
      count(forms, kept.after)} after, of ${forms.length}`;
    const list = element("ul", "", element("li", `Right: ${of(before)}.`));
    if (days.length > 1) {
      for (const day of days.sort()) {
        list.append(element("li", `Day ${day}: ${of(before.filter(
          (form) => form.dataset.objective[1] === day))}.`));
      }
    }
    return list;
  }

  function result() {
    const kept = progress.read();
    const answered = before.some((form) =>
      form.dataset.question in kept.before ||
      form.dataset.question in kept.after);
    if (!answered) {
      return [element("p", "You have not answered a question yet.")];
    }
    const why = reasons(kept);
    const byObjective = table("Your answers by objective",
      ["Objective", "Before", "After"],
      before.map((form) => row(form, kept)));
    return [sums(kept), byObjective, ...(why.length ? [element("p",
      "Not right yet. Open a question to see why:"), ...why] : [])];
  }

  function startResult() {
    const button = element("button", "Show my results by objective");
    button.type = "button";
    button.className = "book-button";
    const said = element("div");
    said.setAttribute("role", "status");
    const shown = element("div");
    button.addEventListener("click", () => {
      shown.replaceChildren(...result());
      said.textContent = shown.querySelector("li, p").textContent;
    });
    gain.replaceChildren(button, said, shown);
    said.className = "visually-hidden";
  }

  const after = document.querySelector(".quiz-after");
  if (after) {
    after.replaceChildren(...before.map(copy));
    after.querySelectorAll("form").forEach((form) => start(form, "after"));
  }
  before.forEach((form) => start(form, "before"));
  if (gain) startResult();
})();
