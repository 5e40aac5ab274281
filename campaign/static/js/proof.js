// A small proof of work for times when robots try stolen cards: the form's own name is hashed with counting numbers until
// the hash begins with enough zero bits, as domain/proof_of_work.py says. Without this file the page asks for a code by mail.

const form = document.querySelector("form[data-work]");
const SLICE_MS = 12; // the page stays alive in between

// SHA-256 of one short text (FIPS 180-4): the browser's own is for secure pages only, and slow for many small texts.
const primes = [];
for (let n = 2; primes.length < 64; n += 1) if (primes.every((p) => n % p)) primes.push(n);
const fraction = (root) => ((root - Math.floor(root)) * 2 ** 32) | 0;
const K = Int32Array.from(primes, (p) => fraction(Math.cbrt(p)));
const START = Int32Array.from(primes.slice(0, 8), (p) => fraction(Math.sqrt(p)));
const W = new Int32Array(64);
const turn = (x, by) => (x >>> by) | (x << (32 - by));

function firstWord(bytes, length) {
  const blocks = ((length + 8) >> 6) + 1;
  const H = Int32Array.from(START);
  for (let block = 0; block < blocks; block += 1) {
    for (let i = 0; i < 16; i += 1) W[i] = word(bytes, length, block * 64 + i * 4, blocks * 64);
    for (let i = 16; i < 64; i += 1) {
      const a = W[i - 15];
      const b = W[i - 2];
      const s0 = turn(a, 7) ^ turn(a, 18) ^ (a >>> 3);
      const s1 = turn(b, 17) ^ turn(b, 19) ^ (b >>> 10);
      W[i] = (W[i - 16] + s0 + W[i - 7] + s1) | 0;
    }
    mix(H);
  }
  return H[0];
}

// Four bytes of the padded text: the text, one bit, zeros, and its length in bits at the end.
function word(bytes, length, at, end) {
  if (at === end - 4) return length * 8;
  if (at + 4 <= length) return (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
  let found = 0;
  for (let i = at; i < at + 4; i += 1) found = (found << 8) | (i < length ? bytes[i] : i === length ? 128 : 0);
  return found;
}

function mix(H) {
  let [a, b, c, d, e, f, g, h] = H;
  for (let i = 0; i < 64; i += 1) {
    const t1 = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + K[i] + W[i]) | 0;
    const t2 = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g; g = f; f = e; e = (d + t1) | 0; d = c; c = b; b = a; a = (t1 + t2) | 0;
  }
  [a, b, c, d, e, f, g, h].forEach((value, i) => { H[i] = (H[i] + value) | 0; });
}

async function solve(challenge, puzzles, bits) {
  const found = [];
  const bytes = new Uint8Array(challenge.length + 32);
  for (let puzzle = 0; puzzle < puzzles; puzzle += 1) {
    const begin = new TextEncoder().encode(`${challenge}:${puzzle}:`);
    bytes.set(begin);
    let until = performance.now() + SLICE_MS;
    for (let number = 0; ; number += 1) {
      const digits = String(number);
      for (let i = 0; i < digits.length; i += 1) bytes[begin.length + i] = digits.charCodeAt(i);
      if (firstWord(bytes, begin.length + digits.length) >>> (32 - bits) === 0) {
        found.push(digits);
        break;
      }
      if (number % 64 === 0 && performance.now() > until) {
        await new Promise((resolve) => setTimeout(resolve));
        until = performance.now() + SLICE_MS;
      }
    }
  }
  return found.join(".");
}

async function work() {
  const status = form.querySelector("[data-status]");
  const [puzzles, bits] = form.dataset.work.split(",").map(Number);
  const proof = form.elements.proof;
  let waiting = null; // the button that was pressed too early
  const hold = (event) => {
    if (proof.value || event.submitter?.name) return; // a named button changes currency or language
    event.preventDefault();
    event.stopImmediatePropagation(); // this file comes before donate.js, which else says that the page opens
    waiting = event.submitter ?? form.querySelector("#continue");
    status.textContent = form.dataset.working;
  };
  form.addEventListener("submit", hold);
  proof.value = await solve(form.elements.form_id.value, puzzles, bits);
  if (waiting) form.requestSubmit(waiting);
}

if (form) work();
