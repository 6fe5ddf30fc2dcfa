// Asking the server: a reply, or an error that carries its status, or one without status when nothing came back.
const PATIENCE_MS = 20_000;

export async function post(address, body) {
  const response = await fetch(address, {
    method: "POST", body: JSON.stringify(body), signal: AbortSignal.timeout(PATIENCE_MS),
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRF-Token": document.querySelector("meta[name=csrf-token]").content },
  });
  const reply = await response.json().catch(() => ({ detail: "The server sent no readable reply." }));
  if (!response.ok) throw Object.assign(new Error(reply.detail), { status: response.status, code: reply.code, remedy: reply.remedy });
  return reply;
}

// Whether sending the same again can help: the network, the session, a busy or broken server; not a refusal.
const PASSING = new Set([401, 403, 408, 425, 429]);
export const mayPass = ({ status }) => !status || status >= 500 || PASSING.has(status);

export const wordsOf = (error) => (error.status ? [error.message, error.remedy].filter(Boolean).join(" ") : "The server does not answer; nothing is lost.");
