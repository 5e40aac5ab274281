// What is typed into a form with prose stays in this browser until the server has it: a line that breaks or a session that ends
// loses nothing. Staff pages do this for every form that has a text area or a text in several languages; other pages name their
// forms with `data-typed`. The forms work without this file.

const SENT = "kurak.typed-sent";
const WAIT_MS = 300;
const TYPED = "input:not([type='hidden'], [type='password'], [type='file'], [type='submit']), textarea, select";
const FORMS = "form[data-typed], form[method=post]:has(textarea, .localized)";

const template = document.getElementById("typed-offer");
// Another person who signs in with this browser has other keys, and is never shown this text.
const PREFIX = `kurak.typed.${template?.dataset.person ?? ""}.`;

function storage(name) {
  try {
    return window[name];
  } catch {
    return null; // the browser allows no storage
  }
}

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

// Where a page has several forms, or is shown after another one, “Saved” is about the form that was sent.
const session = storage("sessionStorage");
const sent = session?.getItem(SENT) ?? null;
const hasAnswer = document.querySelector(".notice.good") !== null;
if (sent !== null && hasAnswer) for (const name of ["localStorage", "sessionStorage"]) storage(name)?.removeItem(sent);
// A page that asks to confirm what was sent has saved nothing yet.
if (hasAnswer || !document.querySelector("[data-typed-confirm]")) session?.removeItem(SENT);

function remember(form) {
  const store = storage("typedSession" in form.dataset ? "sessionStorage" : "localStorage");
  if (!store || !session) return;
  const named = form.dataset.typed;
  const key = PREFIX + (named || new URL(form.getAttribute("action") ?? "", location.href).pathname);
  const fields = [...form.querySelectorAll(TYPED)].filter(({ name }) => name);
  const read = () => JSON.stringify(stateOf(fields));
  // The server takes spaces off the ends of what it saves; nobody misses them.
  const meaning = (state) => JSON.stringify(JSON.parse(state), (_, value) => (typeof value === "string" ? value.trim() : value));
  const forget = () => [key, PREFIX + form.dataset.typedFirst].forEach((name) => store.removeItem(name));
  let shown = read();
  const isUnsaved = "unsaved" in form.dataset || (!named && document.querySelector(".error-summary") !== null);
  const isOwn = !named || "typedOwn" in form.dataset;

  if (hasAnswer && !isUnsaved && (sent !== null ? sent === key || !isOwn : !isOwn)) forget();
  const copy = store.getItem(key);
  const isShown = copy !== null && meaning(copy) === meaning(shown);
  if (isShown && !isUnsaved) store.removeItem(key);
  else if (copy !== null && !isShown && isUnsaved && sent === key) store.setItem(key, shown); // refused, and shown as it was read
  else if (copy !== null && !isShown) {
    const offer = template.content.firstElementChild.cloneNode(true);
    const close = () => {
      offer.remove();
      fields[0].focus();
    };
    offer.querySelector("[data-restore]").addEventListener("click", () => {
      bringBack(fields, JSON.parse(copy));
      close();
    });
    offer.querySelector("[data-discard]").addEventListener("click", () => {
      forget();
      close();
    });
    form.before(offer);
  }

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
  form.addEventListener("saved", () => {
    clearTimeout(timer);
    shown = read();
    forget();
  });
  window.addEventListener("pagehide", write);
  form.addEventListener("submit", () => {
    write();
    // Leaving this page, at once or after coming back to it, stores only what is typed from here on.
    shown = read();
    session.setItem(SENT, key);
  });
}

if (template) for (const form of document.querySelectorAll(FORMS)) if (form.dataset.typed !== "off" && !form.dataset.autosave) remember(form);
