// What is typed into a long form stays in this browser until the server has it: a line that breaks or a session that ends
// loses nothing. The form works without this file.

const PREFIX = "kurak.typed.";
const SENT = "kurak.typed-sent";
const WAIT_MS = 300;

const form = document.querySelector("form[data-typed]");
const offer = document.querySelector("[data-typed-offer]");
const store = (() => {
  try {
    return window.localStorage;
  } catch {
    return null; // the browser allows no storage
  }
})();

if (form && offer && store) {
  const key = PREFIX + form.dataset.typed;
  const fields = [...form.querySelectorAll("input[type='text'], textarea")];
  const read = () => JSON.stringify(Object.fromEntries(fields.map((field) => [field.name, field.value])));
  const forget = () => [key, PREFIX + form.dataset.typedFirst].forEach((name) => store.removeItem(name));
  const shown = read();

  // On a page with other forms, “Saved” may be about one of them: only what was sent from here, or led here, is dropped.
  const sent = window.sessionStorage.getItem(SENT);
  window.sessionStorage.removeItem(SENT);
  const hasAnswer = document.querySelector(".notice.good") !== null && !("unsaved" in form.dataset);
  if (hasAnswer && (sent !== null || !("typedOwn" in form.dataset))) forget();
  if (hasAnswer && sent !== null) store.removeItem(sent);
  const copy = store.getItem(key);
  if (copy === shown && !("unsaved" in form.dataset)) store.removeItem(key);
  else if (copy !== null && copy !== shown) offer.hidden = false;

  let timer = 0;
  const write = () => {
    clearTimeout(timer);
    try {
      if (read() !== shown) store.setItem(key, read());
    } catch {
      // the storage is full: the text is still in the form
    }
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(write, WAIT_MS);
  });
  window.addEventListener("pagehide", write);
  form.addEventListener("submit", () => window.sessionStorage.setItem(SENT, key));

  offer.querySelector("[data-restore]").addEventListener("click", () => {
    const typed = JSON.parse(copy);
    for (const field of fields) if (field.name in typed) field.value = typed[field.name];
    offer.hidden = true;
    fields[0].focus();
  });
  offer.querySelector("[data-discard]").addEventListener("click", () => {
    forget();
    offer.hidden = true;
    fields[0].focus();
  });
}
