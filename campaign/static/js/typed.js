// What is typed into a long form stays in this browser until the server has it: a line that breaks or a session that ends
// loses nothing. The form works without this file.

const PREFIX = "kurak.typed.";
const SENT = "kurak.typed-sent";
const WAIT_MS = 300;
const TYPED = "input:not([type='hidden'], [type='password'], [type='file'], [type='submit']), textarea, select";

const isChoice = (field) => field.type === "radio" || field.type === "checkbox";

function valuesOf(field) {
  if (isChoice(field)) return field.checked ? [field.value] : [];
  return field.multiple && field.options ? [...field.selectedOptions].map((option) => option.value) : [field.value];
}

// Name → values: what is ticked or chosen, or the texts of the fields of that name in their order.
function stateOf(fields) {
  const state = {};
  for (const field of fields) (state[field.name] ??= []).push(...valuesOf(field));
  return state;
}

function bringBack(fields, state) {
  const left = Object.fromEntries(Object.entries(state).map(([name, values]) => [name, [values].flat()]));
  for (const field of fields.filter(({ name }) => name in left)) {
    if (isChoice(field)) field.checked = left[field.name].includes(field.value);
    else if (field.multiple && field.options) for (const option of field.options) option.selected = left[field.name].includes(option.value);
    else if (left[field.name].length) field.value = left[field.name].shift();
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

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
  const fields = [...form.querySelectorAll(TYPED)].filter(({ name }) => name);
  const read = () => JSON.stringify(stateOf(fields));
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
    bringBack(fields, JSON.parse(copy));
    offer.hidden = true;
    fields[0].focus();
  });
  offer.querySelector("[data-discard]").addEventListener("click", () => {
    forget();
    offer.hidden = true;
    fields[0].focus();
  });
}
