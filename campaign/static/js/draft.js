// A draft of an update is saved while somebody types. Without this file the button does the same.

import { showProblems } from "./problems.js";

const form = document.querySelector("form[data-draft]");
const said = form?.querySelector("[data-save-status]");
const TYPING_MS = 1500;
const RETRY_MS = 15000;
let changes = 0; // how many there have been
let saved = 0; // how many of them the server has
let timer = 0;
let isSaving = false;
let isSent = false; // the form itself is on its way

function later(ms) {
  clearTimeout(timer);
  timer = setTimeout(save, ms);
}

async function save() {
  if (isSaving || isSent || saved === changes) return;
  isSaving = true;
  const count = changes;
  said.textContent = form.dataset.saving;
  let sentence = form.dataset.offline;
  try {
    // A session that has ended answers with the way to the sign-in, which is not followed.
    const answer = await fetch(form.dataset.draft, { method: "POST", body: new FormData(form), redirect: "manual", signal: AbortSignal.timeout(RETRY_MS) });
    const isOurs = answer.headers.get("Content-Type")?.startsWith("application/json");
    if (!isOurs) sentence = answer.status >= 500 ? form.dataset.offline : form.dataset.ended;
    const reply = isOurs ? await answer.json() : {};
    if (reply.problems) showProblems(form, reply.problems);
    if (answer.ok && isOurs) {
      form.elements.revision.value = reply.revision;
      saved = count;
      if (saved === changes) form.dispatchEvent(new Event("saved")); // `typed.js` need not store it any more
    }
    sentence = reply.message ?? sentence;
  } catch { /* no connection */ }
  isSaving = false;
  said.textContent = sentence;
  if (saved !== changes) later(saved === count ? TYPING_MS : RETRY_MS);
}

if (form) {
  form.addEventListener("input", () => {
    changes += 1;
    later(TYPING_MS);
  });
  form.addEventListener("submit", ({ submitter }) => { isSent = submitter?.formTarget !== "_blank"; });
  addEventListener("pageshow", () => { isSent = false; });
  addEventListener("online", () => later(0));
}
