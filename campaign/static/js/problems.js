// What cannot be published is shown at its field as soon as the server has read it. `problems`: name of a field → sentence.

export function showProblems(form, problems) {
  for (const field of form.querySelectorAll("[data-max], [data-check]")) {
    let note = field.parentElement.querySelector(".field-error");
    const sentence = problems[field.name] ?? "";
    if (!note && sentence) {
      note = document.createElement("p");
      note.className = "field-error";
      note.id = `${field.id}-error`;
      field.before(note);
      field.setAttribute("aria-describedby", note.id);
    }
    if (note) {
      note.textContent = sentence;
      note.hidden = !sentence;
    }
    if (sentence) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
  }
}
