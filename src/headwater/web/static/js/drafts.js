// What is written but not yet sent, by lease: it survives a reload.
const nameOf = (lease) => `headwater-draft-${lease}`;

export function draftOf(lease) {
  const kept = localStorage.getItem(nameOf(lease));
  return kept ? JSON.parse(kept) : null;
}

// Returns whether there was room for it.
export function keepDraft(lease, values) {
  try { localStorage.setItem(nameOf(lease), JSON.stringify(values)); return true; } catch { return false; }
}

export const dropDraft = (lease) => localStorage.removeItem(nameOf(lease));
