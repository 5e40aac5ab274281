// Keys for the queue of names, which can be switched off (WCAG 2.1.4). Without this file the buttons do the same.

const OFF = "kurak.moderation-keys-off";
const note = document.querySelector("[data-keys]");
const rows = [...document.querySelectorAll(".reviews > li[id]")];
const box = note?.querySelector("input");

const placeOf = () => rows.findIndex((row) => row.contains(document.activeElement));
const first = (row) => row?.querySelector("button, summary");

const ACTS = {
  j: () => first(rows[Math.min(placeOf() + 1, rows.length - 1)])?.focus(),
  k: () => first(rows[Math.max(placeOf() - 1, 0)])?.focus(),
  a: () => rows[placeOf()]?.querySelector("[data-approve] button")?.click(),
  r: () => {
    const details = rows[placeOf()]?.querySelector("details");
    if (!details) return;
    details.open = true;
    details.querySelector("input[name=reason]").focus();
  },
};

if (note) {
  note.hidden = false;
  box.checked = localStorage.getItem(OFF) === null;
  box.addEventListener("change", () => (box.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "1")));
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.matches("input:not([type=checkbox]), textarea, select");
    if (!box.checked || isTyping || event.ctrlKey || event.metaKey || event.altKey || !(event.key in ACTS)) return;
    event.preventDefault();
    ACTS[event.key]();
  });
}
