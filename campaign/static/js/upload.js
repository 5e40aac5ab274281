// Sends a picture again by itself when the line breaks: the form names its picture, so it is made once. Without this file the
// browser sends the form, and whoever sees it fail sends it again.

const WAITS = [1000, 4000, 15000, 30000];

const form = document.querySelector("form[data-sending]");

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

  async function send(body) {
    for (const wait of [...WAITS, null]) {
      say(form.dataset.sending);
      const answer = await answerTo(body);
      if (answer) {
        const page = await answer.text();
        history.replaceState(null, "", answer.url);
        document.open();
        document.write(page);
        document.close();
        return;
      }
      if (wait === null) break;
      say(form.dataset.again);
      await new Promise((resume) => setTimeout(resume, wait));
    }
    say(form.dataset.failed);
    button.disabled = false;
  }

  form.addEventListener("submit", (event) => {
    const file = form.querySelector("input[type='file']").files[0];
    if (!file) return; // the server says what is missing
    event.preventDefault();
    if (file.size > Number(form.dataset.maxBytes)) {
      say(form.dataset.tooBig);
      return;
    }
    const body = new FormData(form);
    button.disabled = true;
    send(body);
  });
}
