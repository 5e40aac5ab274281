// The editor of texts: saves while somebody types. Without this file the buttons do the same.

import { saveWhileTyping } from "./saving.js";

const form = document.querySelector("form[data-autosave]");
const said = document.querySelector("[data-save-status]");
const words = form?.dataset ?? {};
// Another person who signs in with this browser has another key, and is never shown this text.
const key = `kurak.draft.${words.person}.${words.campaign}.${words.document}`;

const fieldsNow = () => [...new FormData(form)].filter(([name, value]) => name !== "csrf_token" && typeof value === "string");
const flat = (fields) => JSON.stringify(fields.filter(([name]) => name !== "base" && name !== "marks").map(([name, value]) => [name, value.split(/\s+/).join(" ").trim()]));

function retain() {
  try {
    localStorage.setItem(key, JSON.stringify({ at: Date.now(), fields: fieldsNow() }));
  } catch { /* the storage is full or closed: the server still has the last save */ }
}

function retained() {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

function release() {
  try {
    localStorage.removeItem(key);
  } catch { /* nothing was stored either */ }
}

// What only a colleague has changed goes into the fields. One that was changed here while the answer came is compared at the next save.
function takeOver(reply, sent) {
  const marks = reply.marks;
  const before = JSON.parse(sent.get("marks"));
  let isCurrent = true;
  for (const [name, text] of Object.entries(reply.taken)) {
    const field = form.elements[name];
    if (!field || !("value" in field)) continue;
    const isBox = field.type === "checkbox";
    const isSame = isBox ? field.checked === sent.has(name) : flat([[name, field.value]]) === flat([[name, sent.get(name)]]);
    if (!isSame) {
      marks[name] = before[name];
      isCurrent = false;
    } else if (isBox) field.checked = text !== "";
    else field.value = text;
  }
  form.elements.base.value = isCurrent ? reply.base : "";
  form.elements.marks.value = JSON.stringify(marks);
}

// What this browser has and the server has not: offered, never put in by itself.
function offer() {
  const text = retained();
  if (!text || "unsaved" in words) return;
  if (flat(text.fields) === flat(fieldsNow())) {
    release();
    return;
  }
  const notice = document.getElementById("unsaved").content.firstElementChild.cloneNode(true);
  notice.querySelector("[data-when]").textContent = new Date(text.at).toLocaleString(document.documentElement.lang, { dateStyle: "long", timeStyle: "short" });
  notice.querySelector("[data-take]").addEventListener("click", () => {
    const post = document.createElement("form");
    post.method = "post";
    post.action = form.action;
    post.enctype = form.enctype;
    for (const [name, value] of [["csrf_token", form.elements.csrf_token.value], ...text.fields]) {
      const field = document.createElement("textarea");
      field.name = name;
      field.value = value;
      post.append(field);
    }
    post.hidden = true;
    document.body.append(post);
    post.submit();
  });
  notice.querySelector("[data-drop]").addEventListener("click", () => {
    release();
    notice.remove();
    form.querySelector("textarea, input:not([type=hidden])")?.focus();
  });
  form.before(notice);
}

// A row is dragged by its handle; dropped, the form is sent with the new order, as the buttons send it.
function addHandles(list) {
  const order = list.querySelector("[data-order]");
  const rows = [...list.querySelectorAll("[data-key]")];
  let dragged = null;
  if (rows.length < 2) return;
  for (const row of rows) {
    const handle = document.getElementById("drag").content.firstElementChild.cloneNode(true);
    row.querySelector("legend").prepend(handle);
    handle.addEventListener("dragstart", (event) => {
      dragged = row;
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setDragImage(row, 0, 0);
    });
    handle.addEventListener("dragend", () => { dragged = null; });
    row.addEventListener("dragover", (event) => {
      if (!dragged) return;
      event.preventDefault();
      row.classList.toggle("drop-here", row !== dragged);
    });
    row.addEventListener("dragleave", () => row.classList.remove("drop-here"));
    row.addEventListener("drop", (event) => {
      event.preventDefault();
      row.classList.remove("drop-here");
      if (!dragged || dragged === row) return;
      const keys = order.value.split(" ");
      const key = dragged.dataset.key;
      const isDown = keys.indexOf(key) < keys.indexOf(row.dataset.key);
      const others = keys.filter((other) => other !== key);
      others.splice(others.indexOf(row.dataset.key) + (isDown ? 1 : 0), 0, key);
      order.value = others.join(" ");
      const step = document.createElement("input");
      Object.assign(step, { type: "hidden", name: "step", value: `drop:${order.name}:${key}` });
      form.append(step);
      form.submit();
    });
  }
}

if (form) {
  offer();
  for (const list of form.querySelectorAll(".rows")) addHandles(list);
  form.addEventListener("input", retain);
  // A colleague's text is replaced by the button alone, after both were compared.
  const previews = new BroadcastChannel(words.followed);
  const onReply = (reply, sent) => {
    takeOver(reply, sent);
    previews.postMessage("saved");
  };
  if (!("conflict" in words)) saveWhileTyping(form, words.autosave, said, { onReply, onSaved: release });
}
