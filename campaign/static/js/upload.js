// Sends a picture again by itself when the line breaks: the form names its picture, so it is made once. Without this file the
// browser sends the form, and whoever sees it fail sends it again.

const WAITS = [1000, 4000, 15000, 30000];

const form = document.querySelector("form[data-sending]");

// A form with files and more: what is too big to be taken is not sent, and everything typed stays in view.
for (const whole of document.querySelectorAll("form[data-max-bytes]:not([data-sending])")) {
  whole.addEventListener("submit", (event) => {
    const files = [...whole.querySelector("input[type='file']").files];
    const isTooBig = files.reduce((sum, { size }) => sum + size, 0) > Number(whole.dataset.maxBytes);
    whole.querySelector("[role='status']").textContent = isTooBig ? whole.dataset.tooBig : "";
    if (isTooBig) event.preventDefault();
  });
}

if (form) {
  const status = form.querySelector("[role='status']");
  const button = form.querySelector("button");
  const say = (text) => { status.textContent = text; };

  async function answerTo(body) {
    try {
      const answer = await fetch(form.action, { method: "POST", body });
      return answer.status === 503 ? null : answer;
    } catch {
      return null;
    }
  }

  // The page that answers one file, and whether it was taken; nothing where there is no line.
  async function send(body, place) {
    for (const wait of [...WAITS, null]) {
      say(`${form.dataset.sending} ${place}`);
      const answer = await answerTo(body);
      if (answer) return { isTaken: answer.ok, url: answer.url, page: await answer.text() };
      if (wait === null) break;
      say(form.dataset.again);
      await new Promise((resume) => setTimeout(resume, wait));
    }
    return null;
  }

  // One file after another, so that each can be as large as a file may be. What was taken is not made twice.
  async function sendAll(files) {
    const answers = [];
    for (const [part, file] of files.entries()) {
      const body = new FormData(form);
      body.set("file", file, file.name);
      body.set("part", part);
      const answer = await send(body, files.length > 1 ? `${part + 1} / ${files.length}` : "");
      if (!answer) {
        say(form.dataset.failed);
        button.disabled = false;
        return;
      }
      answers.push(answer);
    }
    const shown = answers.find(({ isTaken }) => !isTaken) ?? answers[0];
    history.replaceState(null, "", shown.url);
    document.open();
    document.write(shown.page);
    document.close();
  }

  form.addEventListener("submit", (event) => {
    const files = [...form.querySelector("input[type='file']").files];
    if (!files.length) return; // the server says what is missing
    event.preventDefault();
    if (files.some(({ size }) => size > Number(form.dataset.maxBytes))) {
      say(form.dataset.tooBig);
      return;
    }
    button.disabled = true;
    sendAll(files);
  });
}
