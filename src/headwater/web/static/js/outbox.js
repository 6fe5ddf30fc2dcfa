// Answers on their way: kept in the browser until the server has acknowledged them.
const STORE = "outbox";

function opened() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("headwater", 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "client_id" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function within(mode, act) {
  const database = await opened();
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(STORE, mode);
    const request = act(transaction.objectStore(STORE));
    transaction.oncomplete = () => { database.close(); resolve(request?.result); };
    transaction.onerror = () => { database.close(); reject(transaction.error); };
  });
}

export const keep = (entry) => within("readwrite", (store) => store.put(entry));
export const drop = (clientId) => within("readwrite", (store) => store.delete(clientId));
export const waiting = async (url, person) =>
  (await within("readonly", (store) => store.getAll())).filter((entry) => entry.url === url && entry.person === person);
