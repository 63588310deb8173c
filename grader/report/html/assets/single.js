"use strict";
// One card is open at a time; without this script, all are. The nodes of the graph are links and work without it.
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  const links = new Map();
  for (const node of document.querySelectorAll(".graph a")) links.set(node.getAttribute("href").slice(1), node);
  const card = (id) => document.getElementById(id);

  function open(id, focus) {
    const chosen = card(id);
    if (!chosen || !chosen.classList.contains("card")) return;
    const section = chosen.closest("section");
    for (const other of section.querySelectorAll(".card.open")) other.classList.remove("open");
    for (const node of section.querySelectorAll(".graph a[aria-current]")) node.removeAttribute("aria-current");
    chosen.classList.add("open");
    if (links.has(id)) links.get(id).setAttribute("aria-current", "true");
    if (focus) {
      const heading = chosen.querySelector("h3");
      const narrow = matchMedia("(max-width: 56rem)").matches;
      heading.focus({ preventScroll: true });
      chosen.scrollIntoView({ block: narrow ? "start" : "nearest" });
    }
  }

  for (const section of document.querySelectorAll("section[data-first]")) open(section.dataset.first, false);
  if (location.hash) open(decodeURIComponent(location.hash.slice(1)), true);

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (!link) return;
    const id = link.getAttribute("href").slice(1);
    const target = card(id);
    if (!target || !target.classList.contains("card")) return;
    event.preventDefault();
    history.replaceState(null, "", `#${id}`);
    open(id, true);
  });

  document.addEventListener("keydown", (event) => {
    const inCard = event.target.closest(".card");
    if (event.key === "Escape" && inCard && links.has(inCard.id)) {
      links.get(inCard.id).focus();
      return;
    }
    const node = event.target.closest(".graph a");
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (!node || !step) return;
    event.preventDefault();
    const all = [...node.closest("svg").querySelectorAll("a")].sort(
      (a, b) => a.dataset.y - b.dataset.y || a.dataset.x - b.dataset.x,
    );
    const next = all[all.indexOf(node) + step];
    if (next) next.focus();
  });
})();
