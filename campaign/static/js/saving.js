// Saving a form while somebody types. On a weak line an answer is lost after the server has saved: then the same fields are sent
// again before newer ones, and the form itself waits. Otherwise the server would show the writer their own text as a colleague's.

import { showProblems } from "./problems.js";

const TYPING_MS = 1500;
const RETRY_MS = 15000;

// `onReply` takes over what the server answered to the fields that were sent; `onSaved` hears that it has everything.
export function saveWhileTyping(form, address, said, { onReply, onSaved }) {
  let changes = 0; // how many there have been
  let saved = 0; // how many of them the server has
  let timer = 0;
  let running = null; // the save that is on its way
  let unanswered = null; // what was sent, while nobody knows whether the server has it
  let isSent = false; // the form itself is on its way
  let isHeld = false; // the form waits for an answer

  const later = (ms) => {
    clearTimeout(timer);
    timer = setTimeout(save, ms);
  };

  async function send() {
    unanswered ??= { body: new FormData(form), count: changes };
    const { body, count } = unanswered;
    said.textContent = form.dataset.saving;
    let sentence = form.dataset.offline;
    try {
      // A session that has ended answers with the way to the sign-in, which is not followed.
      const answer = await fetch(address, { method: "POST", body, redirect: "manual", signal: AbortSignal.timeout(RETRY_MS) });
      const isOurs = answer.headers.get("Content-Type")?.startsWith("application/json");
      if (!isOurs) sentence = answer.status >= 500 ? form.dataset.offline : form.dataset.ended;
      const reply = isOurs ? await answer.json() : {};
      unanswered = null;
      if (reply.problems) showProblems(form, reply.problems);
      if (answer.ok && isOurs) {
        onReply(reply, body);
        saved = count;
        if (saved === changes) onSaved();
      }
      sentence = reply.message ?? sentence;
    } catch { /* no connection */ }
    running = null;
    said.textContent = sentence;
    if (saved !== changes) later(saved === count ? TYPING_MS : RETRY_MS);
  }

  function save() {
    if (!isSent && saved !== changes) running ??= send();
    return running;
  }

  async function sendAfterAnswer(button) {
    isHeld = true;
    await running;
    if (unanswered) await save();
    unanswered = null;
    isHeld = false;
    form.requestSubmit(button);
  }

  form.addEventListener("input", () => {
    changes += 1;
    later(TYPING_MS);
  });
  form.addEventListener("submit", (event) => {
    if (event.submitter?.formTarget === "_blank") return;
    if (unanswered) {
      event.preventDefault();
      event.stopImmediatePropagation(); // other scripts hear of the form when it leaves
      if (!isHeld) sendAfterAnswer(event.submitter);
    } else isSent = true;
  }, true);
  addEventListener("pageshow", () => { isSent = false; });
  addEventListener("online", () => later(0));
}
