// What the field mode stores in this browser: entries with their pictures. It holds no token and no answer of the server.

const NAME = "kurak-field";

function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("entries", { keyPath: "id" });
      request.result.createObjectStore("facts");
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function act(store, mode, work) {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(store, mode);
      const request = work(transaction.objectStore(store));
      transaction.oncomplete = () => resolve(request?.result);
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

export const entries = () => act("entries", "readonly", (store) => store.getAll());
export const entry = (id) => act("entries", "readonly", (store) => store.get(id));
export const put = (value) => act("entries", "readwrite", (store) => store.put(value));
export const remove = (id) => act("entries", "readwrite", (store) => store.delete(id));
export const fact = (name) => act("facts", "readonly", (store) => store.get(name));
export const putFact = (name, value) => act("facts", "readwrite", (store) => store.put(value, name));

// After a sign-out what was sent is gone from this browser, with the names of events; what waits or is half typed stays.
export async function clearSent() {
  for (const each of await entries()) if (each.state === "sent") await remove(each.id);
  for (const name of ["owner", "events"]) await act("facts", "readwrite", (store) => store.delete(name));
}

export async function exists() {
  if (!indexedDB.databases) return true;
  return (await indexedDB.databases()).some(({ name }) => name === NAME);
}
