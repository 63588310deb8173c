"use strict";
const filter = document.getElementById("filter");
if (filter) {
  const pairs = [...document.querySelectorAll(".pair")], count = document.getElementById("count");
  document.querySelector(".controls").hidden = false;
  filter.addEventListener("input", () => {
    const wanted = filter.value.trim().toLowerCase();
    let shown = 0;
    for (const pair of pairs) {
      pair.hidden = !pair.dataset.names.toLowerCase().includes(wanted);
      shown += !pair.hidden;
    }
    count.textContent = wanted ? `${shown} of ${pairs.length} pairs` : "";
  });
}
