// Aids beside every text that staff write: a toolbar over Markdown, and a count of letters. The forms work without this file.

const words = document.getElementById("count");

function count(field) {
  let note = field.parentElement.querySelector(".count");
  if (!note) {
    note = words.content.firstElementChild.cloneNode(true);
    field.after(note);
  }
  const letters = [...field.value].length;
  const isOver = letters > Number(field.dataset.max);
  const sentence = isOver ? words.dataset.over : words.dataset.count;
  note.textContent = sentence.replace("{count}", letters).replace("{limit}", field.dataset.max);
  note.classList.toggle("over", isOver);
  note.setAttribute("aria-live", isOver ? "polite" : "off");
}

// Markdown around what is selected, or before each of its lines.
const MARKS = {
  bold: (text) => `**${text}**`,
  italic: (text) => `*${text}*`,
  link: (text) => `[${text}](https://)`,
  list: (text) => text.split("\n").map((line) => `- ${line}`).join("\n"),
  heading: (text) => `### ${text}`,
};

function addToolbar(field) {
  const bar = document.getElementById("toolbar").content.firstElementChild.cloneNode(true);
  bar.setAttribute("aria-label", `${bar.getAttribute("aria-label")} (${field.labels[0].textContent.trim()})`);
  for (const button of bar.querySelectorAll("button")) {
    button.addEventListener("click", () => {
      const { selectionStart: start, selectionEnd: end } = field;
      field.setRangeText(MARKS[button.dataset.mark](field.value.slice(start, end)), start, end, "select");
      field.focus();
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }
  field.before(bar);
}

if (words) {
  for (const field of document.querySelectorAll("form [data-kind=markdown]")) addToolbar(field);
  const countTarget = ({ target }) => { if (target.dataset?.max) count(target); };
  document.addEventListener("input", countTarget);
  document.addEventListener("focusin", countTarget);
}
