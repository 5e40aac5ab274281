// Who goes back to a form and sends it again unchanged means what they sent before: it keeps that form's name, and the server
// adds nothing twice. With other content it is another thing, and keeps the new name that the server has given the form.

const OWN = ["csrf_token", "form_id"];

function content(form) {
  const typed = [...new FormData(form)].filter(([name]) => !OWN.includes(name));
  return JSON.stringify(typed.map(([name, value]) => [name, value instanceof File ? [value.name, value.size] : value]));
}

document.addEventListener("submit", ({ target: form }) => {
  const field = form.elements.form_id;
  if (!field) return;
  const text = content(form);
  const sent = history.state?.sent;
  if (sent?.text === text) field.value = sent.name;
  history.replaceState({ ...history.state, sent: { text, name: field.value } }, "");
});
