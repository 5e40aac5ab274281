// A draft of an update is saved while somebody types. Without this file the button does the same.

import { saveWhileTyping } from "./saving.js";

const form = document.querySelector("form[data-draft]");

if (form) {
  saveWhileTyping(form, form.dataset.draft, form.querySelector("[data-save-status]"), {
    onReply: (reply) => { form.elements.revision.value = reply.revision; },
    onSaved: () => form.dispatchEvent(new Event("saved")), // `typed.js` need not store it any more
  });
}
