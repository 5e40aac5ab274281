// The preview follows the text that is written in another window: what is saved there is shown here, at the same height.

const shown = document.querySelector("[data-follows]");

new BroadcastChannel(shown.dataset.follows).addEventListener("message", () => {
  for (const frame of shown.querySelectorAll("iframe")) {
    const { scrollY } = frame.contentWindow;
    frame.addEventListener("load", () => frame.contentWindow.scrollTo(0, scrollY), { once: true });
    frame.contentWindow.location.reload();
  }
});
