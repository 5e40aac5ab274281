// Serves the page of the field mode and its files when there is no line, and nothing else: no other address is stored.

const CACHE = "kurak-field";
const PAGE = "/staff/field";
const WAIT_MS = 4000;

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches.open(CACHE).then(async (cache) => {
      await cache.addAll(FILES);
      await self.skipWaiting();
    }),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches.open(CACHE).then(async (cache) => {
      for (const request of await cache.keys()) {
        const url = new URL(request.url);
        if (url.pathname !== PAGE && !FILES.includes(url.pathname + url.search)) await cache.delete(request);
      }
      await self.clients.claim();
    }),
  );
});

// The page from the network where it comes soon; one that leads to the sign-in is not stored.
async function page(request) {
  const cache = await caches.open(CACHE);
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(WAIT_MS) });
    if (answer.ok && !answer.redirected) await cache.put(PAGE, answer.clone());
    return answer;
  } catch {
    return (await cache.match(PAGE)) ?? Response.error();
  }
}

async function file(request) {
  const cache = await caches.open(CACHE);
  return (await cache.match(request)) ?? fetch(request);
}

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
  if (url.pathname === PAGE && event.request.mode === "navigate") event.respondWith(page(event.request));
  else if (FILES.includes(url.pathname + url.search)) event.respondWith(file(event.request));
});
