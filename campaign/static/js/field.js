// Field mode: entries are stored in this browser and sent when there is a line, each once. The server knows an entry by its id.

import { clearSent, entries, entry, fact, put, putFact, remove } from "./field-store.js";

const ALPHABET = "23456789abcdefghjkmnpqrstvwxyz";
const RETRY_MS = 30000;
const SECOND_PRESS_MS = 1000;
const TIMEOUT_MS = 120000;
const MAX_FILES = 10;

const form = document.getElementById("entry");
const urls = form.dataset;
const words = Object.fromEntries([...document.getElementById("words").content.querySelectorAll("[data-word]")].map((it) => [it.dataset.word, it.textContent]));
const line = document.querySelector("[data-line]");
const list = document.querySelector("[data-entries]");
const chosen = document.querySelector("[data-chosen]");
const mistake = document.querySelector("[data-mistake]");
const sendButton = document.querySelector("[data-send]");
const TEXTS = ["event", "language", "title", "body", "came", "women", "first_time", "lesson", "cost"];
const REPORT = ["body", "came", "women", "first_time", "lesson", "cost"];
let files = [];
let editedId = "";
let me = null; // who is signed in, as the server has said last: {person, campaign, token}
let isSending = false;
let isStoring = false; // an entry is stored right now: pressed twice, the button stores one

function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(64));
  return [...bytes].filter((byte) => byte < 8 * ALPHABET.length).slice(0, 16).map((byte) => ALPHABET[byte % ALPHABET.length]).join("");
}

function element(name, text = "", settings = {}) {
  return Object.assign(document.createElement(name), { textContent: text, ...settings });
}

function sayLine(word, address = "") {
  line.replaceChildren(element("span", words[word]));
  if (address) line.append(" ", element("a", words.sign_in, { href: address }));
}

// ---- writing

const typed = () => Object.fromEntries(TEXTS.map((name) => [name, form.elements[name].value]));

function fill(values) {
  for (const name of TEXTS) if (name in values) form.elements[name].value = values[name];
  if (!form.elements.event.value) form.elements.event.value = "";
  showReport();
}

function showReport() {
  const isReport = Boolean(form.elements.event.value);
  document.querySelector("[data-report]").hidden = !isReport;
  form.elements.title.closest(".field").hidden = isReport;
  form.elements.body.labels[0].textContent = isReport ? words.done : words.text;
  form.elements.body.maxLength = isReport ? form.elements.lesson.maxLength : Number(urls.maxText);
}

function showFiles() {
  chosen.replaceChildren(...files.map((file) => {
    const row = element("li");
    const button = element("button", words.remove, { type: "button", className: "button quiet small" });
    button.setAttribute("aria-label", `${words.remove}: ${file.name}`);
    button.addEventListener("click", () => {
      files = files.filter((it) => it !== file);
      showFiles();
      retain();
    });
    row.append(file.name, " ", button);
    return row;
  }));
}

function complain(word) {
  mistake.textContent = word ? words[word] : "";
  mistake.hidden = !word;
}

let timer = 0;
function retain() {
  clearTimeout(timer);
  timer = setTimeout(() => putFact("typed", { ...typed(), files, id: editedId }).catch(() => complain("full")), 300);
}

function chooseEvents(events) {
  const select = form.elements.event;
  const value = select.value;
  for (const option of [...select.options].slice(1)) option.remove();
  for (const { id, title } of events) select.append(element("option", title, { value: id }));
  select.value = value;
  if (!select.value) select.value = "";
}

form.addEventListener("input", (event) => {
  if (event.target.type === "file") return;
  complain("");
  showReport();
  retain();
});

form.elements.files.addEventListener("change", ({ target }) => {
  const more = [...target.files];
  target.value = "";
  if (more.some(({ size }) => size > Number(urls.maxBytes))) return complain("too_big");
  if (files.length + more.length > MAX_FILES) return complain("too_many");
  complain("");
  files = [...files, ...more.map((file) => ({ id: newId(), name: file.name, blob: file, isSent: false }))];
  showFiles();
  return retain();
});

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (isStoring) return;
  const values = typed();
  const needed = values.event ? REPORT : ["title", "body"];
  if (!needed.some((name) => values[name].trim())) {
    complain(values.event ? "empty_report" : "empty");
    form.elements[needed[0]].focus();
    return;
  }
  isStoring = true;
  setTimeout(() => { isStoring = false; }, SECOND_PRESS_MS);
  clearTimeout(timer); // what was typed is stored as an entry now
  const owner = me ?? (await fact("owner")) ?? {};
  const { person, campaign } = owner;
  if (values.event) values.title = form.elements.event.selectedOptions[0].textContent;
  try {
    await put({ ...values, id: editedId || newId(), person, campaign, pictures: files, notes: [], state: "waiting", at: Date.now() });
    await putFact("typed", null);
  } catch {
    complain("full");
    return;
  }
  files = [];
  editedId = "";
  form.reset();
  showFiles();
  showReport();
  complain("");
  await show();
  await send();
});

// ---- what is on this phone

function rowOf(it) {
  const row = element("li");
  const state = it.isElsewhere ? words.elsewhere : words[it.state];
  row.append(element("strong", it.title || it.body.slice(0, 60) || words.untitled), element("br"));
  row.append(element("span", [state, it.reason, ...(it.notes ?? [])].filter(Boolean).join(" "), { className: it.state === "refused" ? "field-error" : "small muted" }));
  const waitingPictures = it.pictures.length;
  if (waitingPictures && it.state !== "sent") row.append(" ", element("span", words.pictures.replace("{count}", waitingPictures), { className: "small muted" }));
  const buttons = element("p", "", { className: "row" });
  if (it.state === "sent") buttons.append(element("a", words.open, { href: it.address }));
  else buttons.append(button("edit", it, edit));
  buttons.append(button("delete", it, async () => { await remove(it.id); await show(); }, "danger"));
  row.append(buttons);
  return row;
}

function button(word, it, act, kind = "quiet") {
  const made = element("button", words[word], { type: "button", className: `button ${kind} small` });
  made.setAttribute("aria-label", `${words[word]}: ${it.title || words.untitled}`);
  made.addEventListener("click", () => act(it));
  return made;
}

async function edit(it) {
  if (isSending) return;
  if (files.length || [...REPORT, "title"].some((name) => form.elements[name].value.trim())) {
    complain("unfinished"); // what is in the form would be lost
    form.elements.body.focus();
    return;
  }
  editedId = it.id;
  files = it.pictures;
  fill(it);
  showFiles();
  await putFact("typed", { ...typed(), files, id: editedId });
  await remove(it.id);
  await show();
  form.elements[it.event ? "body" : "title"].focus();
}

async function show() {
  const all = (await entries()).sort((one, other) => other.at - one.at);
  list.replaceChildren(...all.map(rowOf));
  document.querySelector("[data-none]").hidden = all.length > 0;
  sendButton.hidden = !all.some(({ state }) => state === "waiting");
}

// ---- sending

async function ask() {
  let answer;
  try {
    answer = await fetch(urls.state, { redirect: "manual", cache: "no-store", signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch {
    me = null;
    sayLine("offline");
    return;
  }
  if (!answer.headers.get("Content-Type")?.startsWith("application/json")) {
    me = null;
    if (answer.status >= 500) sayLine("offline");
    else {
      await clearSent();
      sayLine("signed_out", urls.signIn);
    }
    return;
  }
  me = await answer.json();
  await putFact("owner", { person: me.person, campaign: me.campaign });
  await putFact("events", me.events);
  chooseEvents(me.events);
  sayLine("online");
}

async function post(url, fields) {
  const body = new FormData();
  for (const [name, value] of Object.entries({ csrf_token: me.token, person: me.person, campaign: me.campaign, ...fields })) {
    if (value instanceof Blob) body.set(name, value, fields.name);
    else body.set(name, value ?? "");
  }
  const answer = await fetch(url, { method: "POST", body, redirect: "manual", signal: AbortSignal.timeout(TIMEOUT_MS) });
  const isOurs = answer.headers.get("Content-Type")?.startsWith("application/json");
  if (answer.status === 413) return { isRefused: true, message: words.too_big };
  if (!isOurs || answer.status === 503) throw new Error("later");
  const reply = await answer.json();
  return { ...reply, isRefused: !answer.ok };
}

async function sendOne(it) {
  const arrived = [];
  for (const picture of it.pictures) {
    if (!picture.isSent) {
      const reply = await post(urls.pictures, { id: picture.id, file: picture.blob, name: picture.name });
      if (reply.isRefused) {
        it.notes.push(words.picture_refused.replace("{name}", picture.name).replace("{reason}", reply.message));
        picture.isRefused = true;
      }
      picture.isSent = true;
      await put(it);
    }
    if (!picture.isRefused) arrived.push(picture.id);
  }
  const reply = await post(form.action, { id: it.id, pictures: arrived.join(" "), ...Object.fromEntries(TEXTS.map((name) => [name, it[name]])) });
  if (reply.isRefused) Object.assign(it, { state: "refused", reason: reply.message });
  else Object.assign(it, { state: "sent", reason: reply.note ?? "", address: reply.address, pictures: [] });
  await put(it);
}

async function sendAll() {
  await ask();
  for (const it of (await entries()).sort((one, other) => one.at - other.at)) {
    if (!me || it.state !== "waiting") continue;
    it.person ??= me.person; // written before anybody had ever signed in here
    it.campaign ??= me.campaign;
    it.isElsewhere = it.person !== me.person || it.campaign !== me.campaign;
    await put(it);
    if (it.isElsewhere) continue;
    sayLine("sending");
    try {
      await sendOne(it);
      sayLine("online");
    } catch {
      await ask(); // no line, or signed out: it still waits
      break;
    }
  }
}

async function send() {
  if (isSending) return;
  isSending = true;
  try {
    if (navigator.locks) await navigator.locks.request("kurak-field", sendAll);
    else await sendAll();
  } finally {
    isSending = false;
  }
  await show();
}

async function start() {
  form.hidden = false;
  const values = await fact("typed");
  chooseEvents((await fact("events")) ?? []);
  if (values) {
    files = values.files ?? [];
    editedId = values.id ?? "";
    fill(values);
    showFiles();
  }
  showReport();
  await show();
  await send();
}

sendButton.addEventListener("click", send);
addEventListener("online", send);
addEventListener("pageshow", ({ persisted }) => { if (persisted) send(); }); // gone back to, perhaps after a sign-out
addEventListener("offline", () => sayLine("offline"));
document.addEventListener("visibilitychange", () => { if (!document.hidden) send(); });
setInterval(async () => { if ((await entries()).some(({ state }) => state === "waiting")) send(); }, RETRY_MS);
if ("serviceWorker" in navigator) navigator.serviceWorker.register(urls.worker, { scope: "/staff/field" }).catch(() => {});
start();
