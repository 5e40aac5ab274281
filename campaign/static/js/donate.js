// Conveniences of the donation form and the page after it: both work without this file.

const form = document.querySelector("form[data-give]");
const poll = document.querySelector("[data-poll]");
const receipt = document.querySelector("[data-receipt]");

// How this language writes money is read from a sample of 12 345.67 that the server wrote; yen have no decimals.
function moneyWriter(sample) {
  const [, before, group, point, cents, after] = sample.match(/^(.*?)12(\D*)345(?:(\D)(67\d*))?(.*)$/);
  const decimals = cents ? cents.length : 0;
  return {
    decimals,
    write(minor) {
      const whole = String(Math.floor(minor / 10 ** decimals)).replace(/\B(?=(\d{3})+$)/g, group);
      const rest = minor % 10 ** decimals;
      return before + whole + (rest ? point + String(rest).padStart(decimals, "0") : "") + after;
    },
  };
}

// Only clear numbers are shown live; the server reads everything else, and is the judge.
function plainMinor(text, decimals) {
  const usual = text.replace(/[٠-٩۰-۹０-９]/g, (digit) => digit.charCodeAt(0) & 15); // each row of digits begins at …0
  const bare = usual.trim().replace(/(?<=\d)[\s'’](?=\d{3}(?:\D|$))/g, "").replace(/(?<=\d)[.,]$/, "");
  const found = bare.match(/^(?=.)(\d{0,7})(?:[.,](\d{1,3}))?$/);
  if (!found || (found[2] ?? "").length > decimals) return null;
  const minor = Number(found[1]) * 10 ** decimals + (decimals ? Number((found[2] ?? "").padEnd(decimals, "0")) : 0);
  return minor > 0 ? minor : null;
}

// The same gross-up as domain/fees.py, for the text alone.
function coverOf(gift, basisPoints, fixed, step) {
  const fee = (charge) => Math.ceil((charge * basisPoints) / 10000) + fixed;
  let charge = Math.ceil(((gift + fixed) * 10000) / (10000 - basisPoints) / step) * step;
  while (charge - fee(charge) < gift) charge += step;
  return charge - gift;
}

function showGift() {
  const money = moneyWriter(form.dataset.money);
  const meant = form.querySelector("[name=other_amount_meant]:checked")?.value;
  const typed = meant || form.elements.other_amount.value.trim();
  const gift = plainMinor(typed || form.querySelector("[name=amount]:checked")?.value || "", money.decimals);
  const { feeBasisPoints, feeFixed, step } = form.dataset;
  const cover = gift === null ? null : coverOf(gift, Number(feeBasisPoints), Number(feeFixed), Number(step));
  showCover(gift, cover, money);
  showSummary(gift, form.elements.cover_fees.checked ? cover : 0, money);
}

function showCover(gift, cover, money) {
  const place = form.querySelector("[data-cover]");
  const label = place.querySelector("b");
  label.dataset.plain ??= place.dataset.plain;
  label.textContent = gift === null
    ? label.dataset.plain
    : place.dataset.cover.replace("{cover}", money.write(cover)).replace("{gift}", money.write(gift));
}

function showSummary(gift, fee, money) {
  const summary = form.querySelector("[data-summary]");
  const { none, once, monthly, payer } = summary.dataset;
  const put = (name, text) => {
    const place = summary.querySelector(`[data-sum="${name}"]`);
    if (place) place.textContent = text;
  };
  put("gift", gift === null ? none : money.write(gift));
  put("fee", gift === null ? "" : money.write(fee));
  summary.querySelector('[data-sum="fee"]').parentElement.hidden = !gift || !fee;
  put("total", gift === null ? none : money.write(gift + fee));
  put("often", form.elements.frequency.value === "monthly" ? monthly : once);
  put("name", form.elements.receipt_name.value.trim() || payer);
  const purpose = form.querySelector("[name=fund]:checked + span b");
  if (purpose) put("purpose", purpose.textContent);
}

function choose(name, value) {
  for (const radio of form.querySelectorAll(`input[name="${name}"]`)) radio.checked = radio.value === value;
}

function whatWasTyped(event) {
  const { name, value } = event.target;
  if (name === "other_amount" && value.trim()) choose("amount", null);
  if (name === "amount") form.elements.other_amount.value = "";
  if (name === "amount" || name === "other_amount") choose("other_amount_meant", null); // meant for what stood there
  if (event.target.dataset.count) countLeft(event.target);
  showGift();
}

function countLeft(field) {
  const hint = document.getElementById(`${field.id}-hint`);
  hint.dataset.plain ??= hint.textContent;
  hint.textContent = `${hint.dataset.plain} ${field.dataset.left} ${field.dataset.count - [...field.value].length}`;
}

function watchForm() {
  const button = form.querySelector("#continue");
  const status = form.querySelector("[data-status]");
  const say = (isOpening) => {
    button.toggleAttribute("aria-disabled", isOpening);
    if (isOpening) button.setAttribute("aria-disabled", "true");
    status.textContent = isOpening ? form.dataset.opening : "";
  };
  form.addEventListener("input", whatWasTyped);
  form.addEventListener("submit", (event) => {
    if (event.submitter?.name) return; // another currency or language: nothing is paid yet
    if (button.getAttribute("aria-disabled") === "true") event.preventDefault();
    else say(true);
  });
  // A page that answers a sent form cannot be come back to from the payment page; its draft can.
  if (form.dataset.draft) history.replaceState(null, "", form.dataset.draft);
  addEventListener("pageshow", () => say(false)); // the back button brings the page as it was left
  showGift();
}

// After 2, 4, 8, … seconds, for about a minute; the link on the page does the same by hand.
async function watchPayment(waitSeconds = 2) {
  await new Promise((resolve) => setTimeout(resolve, waitSeconds * 1000));
  const state = await fetch(poll.dataset.poll, { cache: "no-store" })
    .then((answer) => answer.json())
    .then((told) => told.state)
    .catch(() => "confirming");
  if (state !== "confirming") location.reload();
  else if (waitSeconds < 32) await watchPayment(waitSeconds * 2);
  else poll.querySelector("p").textContent = poll.dataset.slow;
}

// The receipt of a gift that has come: its part of the page is fetched anew once it can be downloaded, and the whole page
// where its mail was refused, for then the donor has something to do.
async function watchReceipt(waitSeconds = 2) {
  await new Promise((resolve) => setTimeout(resolve, waitSeconds * 1000));
  const state = await fetch(receipt.dataset.receipt, { cache: "no-store" })
    .then((answer) => answer.json())
    .catch(() => ({}));
  if (state.is_address_refused && receipt.dataset.mail) {
    location.reload();
    return;
  }
  if (state.has_receipt && receipt.querySelector("[data-check-again]")) await showReceipt();
  if (waitSeconds < 32 && !(state.has_receipt && !receipt.dataset.mail)) await watchReceipt(waitSeconds * 2);
}

async function showReceipt() {
  const text = await fetch(location.href, { cache: "no-store" }).then((answer) => answer.text()).catch(() => "");
  const fresh = new DOMParser().parseFromString(text, "text/html").querySelector("[data-receipt]");
  if (fresh) receipt.replaceChildren(...fresh.childNodes);
}

if (form) watchForm();
if (poll) watchPayment();
if (receipt?.dataset.mail || receipt?.querySelector("[data-check-again]")) watchReceipt();
