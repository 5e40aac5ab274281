// Conveniences only: every page works without this file.

document.documentElement.classList.add("js");

// A page that answers a mistake begins with its summary: put the reader there.
(document.querySelector("[data-focus=first]") ?? document.querySelector("[data-focus]"))?.focus();

// Copying an address is offered only where the browser can do it.
for (const button of document.querySelectorAll("button[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    const said = button.parentElement.querySelector("[role='status']");
    if (said) said.textContent = button.dataset.copied;
  });
}

// On a telephone the desk's menu scrolls sideways: show where the reader is.
for (const place of document.querySelectorAll(".desk-nav [aria-current]")) {
  const menu = place.closest("ul");
  menu.scrollLeft = place.offsetLeft - menu.offsetLeft - (menu.clientWidth - place.offsetWidth) / 2;
}

// Where the reader came from goes along to the form in its address: no cookie and no storage is needed for that.
if (!location.pathname.startsWith("/staff")) {
  const given = new URLSearchParams(location.search);
  const host = document.referrer && URL.canParse?.(document.referrer) ? new URL(document.referrer).hostname : "";
  if (host && host !== location.hostname && !given.has("referrer_host")) given.set("referrer_host", host);
  for (const link of document.querySelectorAll('a[href*="/donate"], .languages a')) {
    const address = new URL(link.href);
    for (const name of ["utm_source", "utm_medium", "utm_campaign", "referrer_host"]) {
      if (address.origin === location.origin && given.get(name)) address.searchParams.set(name, given.get(name));
    }
    link.href = address.href;
  }
}

// The phone's own share sheet.
for (const button of document.querySelectorAll("button[data-share]")) {
  if (!navigator.share) continue;
  button.hidden = false;
  button.addEventListener("click", () => {
    navigator.share({ title: document.title, url: button.dataset.share }).catch(() => undefined);
  });
}

// The bar at the foot of a phone's screen appears once the first call to give has scrolled away.
const first = document.querySelector("[data-first-call]");
const bar = document.querySelector("[data-donate-bar]");
if (first && bar && "IntersectionObserver" in window) {
  // All that lies below the top edge counts as seen, so a jump past the first call is noticed too.
  const below = { rootMargin: "0px 0px 1000000px 0px" };
  new IntersectionObserver(([seen]) => { bar.hidden = seen.isIntersecting; }, below).observe(first);
}

// A language that the reader chose herself is where the front door leads next time.
for (const link of document.querySelectorAll(".languages a, .languages button")) {
  link.addEventListener("click", () => {
    document.cookie = `lang=${link.lang}; path=/; max-age=31536000; samesite=lax`;
  });
}
