/* Explorers whose states were drawn before: the menus choose a picture. See
   commands/book/explorers.py. Loaded on the pages that have one. */
"use strict";

document.querySelectorAll(".explorer").forEach((explorer) => {
  const menus = [...explorer.querySelectorAll("select, input")];
  const picture = explorer.querySelector("img");
  const said = explorer.querySelector("[role=status]");
  const words = JSON.parse(explorer.querySelector("script").textContent);

  function number(menu) {
    return menu.localName === "select" ? menu.selectedIndex : menu.value;
  }

  /* A slider says its number, not its step. */
  function name(menu) {
    if (menu.localName === "select") return;
    const option = JSON.parse(menu.dataset.options)[menu.value];
    menu.setAttribute("aria-valuetext", option);
    menu.nextElementSibling.textContent = option;
  }

  function show() {
    menus.forEach(name);
    const state = menus.map(number).join("_");
    picture.src = `${explorer.dataset.pictures}/${state}.png`;
    picture.alt = words[state];
    said.textContent = words[state];
  }

  menus.forEach((menu) => {
    menu.addEventListener("input", show);
    name(menu); // a browser may remember a choice
  });
  if (menus.some((menu) => Number(number(menu)))) show();
});
