"use strict";
// The table shows fifty students at a time; filtering and sorting cover the whole class.
(() => {
  const PAGE = 50;
  const data = JSON.parse(document.getElementById("data").textContent);
  const [NAME, WHO, LINK, STATUS, POINTS, POSSIBLE, FINAL, PROBLEM, MARKS, SHOWN, WHOLE, REASON, RULED, TOLD] = Array(14).keys();
  const find = (id) => document.getElementById(id);
  const body = find("grid").tBodies[0];
  const texts = data.students.map((s) => `${s[SHOWN]} ${s[NAME]} ${s[WHO]}`.toLowerCase());
  const verdict = (s, at) => { const c = s[MARKS].charCodeAt(at) - 97; return c < 0 ? null : data.verdicts[c]; };
  let members = null, order = { by: "name", up: true }, shown = [], page = 0;

  function chosen() {
    const text = find("text").value.trim().toLowerCase(), status = find("status").value;
    const gradient = find("gradient").value, tone = find("verdict").value;
    const columns = gradient === "" ? data.gradients.map((_, at) => at) : [Number(gradient)];
    const only = members && new Set(members);
    const found = [];
    data.students.forEach((s, at) => {
      if (only && !only.has(at)) return;
      if (text && !texts[at].includes(text)) return;
      if (status && s[STATUS] !== status) return;
      if (tone && !columns.some((c) => { const v = verdict(s, c); return v && (v[0] === tone || v[2] === tone); })) return;
      found.push(at);
    });
    return found;
  }

  function key(at) {
    const s = data.students[at];
    if (order.by === "name") return texts[at];
    if (order.by === "points") return typeof s[FINAL] === "number" ? s[FINAL] : s[STATUS] === "missing" ? -1 : s[RULED] ?? s[POINTS] ?? -1;
    if (order.by === "status") return s[STATUS];
    return s[MARKS].charCodeAt(Number(order.by));
  }

  function update() {
    shown = chosen();
    const keys = new Map(shown.map((at) => [at, key(at)]));
    const sign = order.up ? 1 : -1;
    shown.sort((a, b) => (keys.get(a) < keys.get(b) ? -sign : keys.get(a) > keys.get(b) ? sign : a - b));
    page = Math.min(page, Math.max(0, Math.ceil(shown.length / PAGE) - 1));
    draw();
  }

  function cell(row, tag, text, name) {
    const made = document.createElement(tag);
    made.textContent = text;
    if (name) made.className = name;
    row.append(made);
    return made;
  }

  // One cell for each verdict, cloned thousands of times: a sign to see, words for screen readers.
  const cells = data.verdicts.map(([word, sign, tone]) => {
    const made = document.createElement("td");
    made.className = `v ${tone}`;
    made.title = word;
    const mark = document.createElement("span");
    mark.setAttribute("role", "img");
    mark.setAttribute("aria-label", word);
    mark.textContent = sign;
    made.append(mark);
    return made;
  });

  function points(row, s) {
    const graded = s[POINTS] === null || s[STATUS] === "missing" ? "" : `${s[POINTS]}/${s[POSSIBLE] ?? ""}`;
    if (s[FINAL] === null && s[RULED] !== null) {
      const counts = typeof s[RULED] === "number" ? `${s[RULED]}/${s[POSSIBLE] ?? ""} ` : `${s[RULED]} `;
      const made = cell(row, "td", counts, "number"), before = document.createElement("span");
      before.textContent = `graded ${s[POINTS]}`;
      before.className = "soft";
      made.append(before);
      made.title = s[TOLD];
      return;
    }
    if (s[FINAL] === null) return void cell(row, "td", graded, "number");
    const text = typeof s[FINAL] === "number" ? `${s[FINAL]}/${s[POSSIBLE] ?? ""} *` : `${s[FINAL]} *`;
    cell(row, "td", text, "number").title = [graded && `graded ${graded}`, s[REASON]].filter(Boolean).join("; ");
  }

  function line(s) {
    const row = document.createElement("tr");
    const head = cell(row, "th", "");
    head.scope = "row";
    const link = document.createElement("a");
    link.href = s[LINK];
    link.textContent = s[SHOWN];
    link.title = s[WHO] ? `${s[WHO]} (${s[NAME]})` : s[NAME];
    head.append(link);
    points(row, s);
    cell(row, "td", s[STATUS]).title = s[PROBLEM];
    if (s[WHOLE]) { // one reason for all of it: one cell
      const [title, tone] = data.troubles[s[WHOLE]];
      cell(row, "td", s[PROBLEM] || title, `whole ${tone}`).colSpan = Math.max(1, data.gradients.length);
      return row;
    }
    for (let at = 0; at < data.gradients.length; at += 1) {
      row.append(cells[s[MARKS].charCodeAt(at) - 97]?.cloneNode(true) ?? document.createElement("td"));
    }
    return row;
  }

  function draw() {
    const from = page * PAGE, part = shown.slice(from, from + PAGE);
    body.replaceChildren(...part.map((at) => line(data.students[at])));
    const group = members ? "one group: " : "";
    find("count").textContent = shown.length
      ? `${group}${from + 1} to ${from + part.length} of ${shown.length}` : `${group}no student matches`;
    find("before").disabled = page === 0;
    find("after").disabled = from + PAGE >= shown.length;
    find("before").hidden = find("after").hidden = shown.length <= PAGE;
    find("all").hidden = members === null;
    for (const head of find("grid").tHead.querySelectorAll("th[data-by]")) {
      if (head.dataset.by === order.by) head.setAttribute("aria-sort", order.up ? "ascending" : "descending");
      else head.removeAttribute("aria-sort");
    }
  }

  for (const id of ["text", "status", "gradient", "verdict"]) {
    find(id).addEventListener("input", () => { page = 0; update(); });
  }
  find("before").addEventListener("click", () => { page -= 1; draw(); });
  find("after").addEventListener("click", () => { page += 1; draw(); });
  find("all").addEventListener("click", () => { members = null; page = 0; update(); find("text").focus(); });
  find("grid").tHead.addEventListener("click", (event) => {
    const head = event.target.closest("th[data-by]");
    if (!head) return;
    const first = head.dataset.by === "name" || head.dataset.by === "status";
    order = { by: head.dataset.by, up: order.by === head.dataset.by ? !order.up : first };
    update();
  });
  for (const button of document.querySelectorAll("button[data-group]")) {
    button.addEventListener("click", () => {
      members = data.groups[Number(button.dataset.group)];
      page = 0;
      update();
      find("students").focus();
    });
  }
  requestAnimationFrame(() => setTimeout(update)); // everything else is painted first
})();
