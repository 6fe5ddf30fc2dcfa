// What is kept in the browser: acts on their way until the server has acknowledged them, and answers it refused until
// the person lets them go.
const STORES = ["outbox", "refused"];

function opened() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("headwater", 2);
    request.onupgradeneeded = () => {
      for (const name of STORES) if (!request.result.objectStoreNames.contains(name)) request.result.createObjectStore(name, { keyPath: "client_id" });
    };
    request.onsuccess = () => {
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
    request.onerror = () => reject(request.error);
  });
}

// One transaction over both: an entry is never in neither.
async function within(mode, act) {
  const database = await opened();
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(STORES, mode);
    const request = act(...STORES.map((name) => transaction.objectStore(name)));
    transaction.oncomplete = () => { database.close(); resolve(request?.result); };
    for (const end of ["onerror", "onabort"]) transaction[end] = () => { database.close(); reject(transaction.error); };
  });
}

const ofPerson = (entries, url, person) => entries.filter((entry) => entry.url === url && entry.person === person).sort((a, b) => (a.at ?? 0) - (b.at ?? 0));

let latest = 0;

// Keep an act; `at` orders acts, also those of one millisecond.
export function keep(entry) {
  latest = Math.max(latest + 1, Date.now());
  return within("readwrite", (outbox) => outbox.put({ act: "submit", at: latest, ...entry }));
}

export const drop = (clientId) => within("readwrite", (outbox) => outbox.delete(clientId));
export const waiting = async (url, person) => ofPerson(await within("readonly", (outbox) => outbox.getAll()), url, person);

// An answer the server will not take any more goes over to those that were refused.
export const refuse = (entry, why) => within("readwrite", (outbox, refused) => {
  refused.put({ ...entry, why, refused_at: Date.now() });
  return outbox.delete(entry.client_id);
});
export const refused = async (url, person) => ofPerson(await within("readonly", (_, kept) => kept.getAll()), url, person);
export const letGo = (clientId) => within("readwrite", (_, kept) => kept.delete(clientId));
