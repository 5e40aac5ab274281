// Today’s gifts are fetched anew while the page is in view; the link does the same by hand. That keeps no session open.

const today = document.querySelector("[data-refresh]");
const SECONDS = 30;

async function watchToday() {
  await new Promise((resolve) => setTimeout(resolve, SECONDS * 1000));
  if (!document.hidden && !today.contains(document.activeElement)) {
    const answer = await fetch(today.dataset.refresh, { cache: "no-store", redirect: "manual" }).catch(() => null);
    if (answer && !answer.ok && answer.status < 500) return; // signed out
    if (answer?.ok) await show(answer);
  }
  await watchToday();
}

async function show(answer) {
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").body;
  today.replaceChildren(...fresh.childNodes);
}

if (today) watchToday();
