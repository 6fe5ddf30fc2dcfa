// What changed between two texts, word by word.

const WORDS = /\p{L}[\p{L}\p{M}\p{N}'’]*|\p{N}+|\s+|[^\p{L}\p{N}\s]/gu;
const MOST_CELLS = 4_000_000; // beyond this the middle is shown as replaced whole

// Returns [{ sign: " " | "-" | "+", text }], neighbours of one sign joined.
export function difference(before, after) {
  const [old, fresh] = [before.match(WORDS) ?? [], after.match(WORDS) ?? []];
  let head = 0;
  while (head < old.length && head < fresh.length && old[head] === fresh[head]) head += 1;
  let tail = 0;
  while (tail < old.length - head && tail < fresh.length - head && old.at(-1 - tail) === fresh.at(-1 - tail)) tail += 1;
  const middle = compare(old.slice(head, old.length - tail), fresh.slice(head, fresh.length - tail));
  return joined([...old.slice(0, head).map(same), ...middle, ...old.slice(old.length - tail).map(same)]);
}

const same = (text) => ({ sign: " ", text });

function compare(old, fresh) {
  const gone = old.map((text) => ({ sign: "-", text })), came = fresh.map((text) => ({ sign: "+", text }));
  if (!old.length || !fresh.length || old.length * fresh.length > MOST_CELLS) return [...gone, ...came];
  const width = fresh.length + 1;
  const longest = new Uint32Array((old.length + 1) * width); // common subsequence of the rests
  for (let i = old.length - 1; i >= 0; i -= 1) {
    for (let j = fresh.length - 1; j >= 0; j -= 1) {
      longest[i * width + j] = old[i] === fresh[j] ? longest[(i + 1) * width + j + 1] + 1 : Math.max(longest[(i + 1) * width + j], longest[i * width + j + 1]);
    }
  }
  const found = [];
  let [i, j] = [0, 0];
  while (i < old.length && j < fresh.length) {
    if (old[i] === fresh[j]) { found.push(same(old[i])); i += 1; j += 1; }
    else if (longest[(i + 1) * width + j] >= longest[i * width + j + 1]) { found.push(gone[i]); i += 1; }
    else { found.push(came[j]); j += 1; }
  }
  return [...found, ...gone.slice(i), ...came.slice(j)];
}

function joined(parts) {
  const found = [];
  for (const part of parts) {
    if (found.at(-1)?.sign === part.sign) found.at(-1).text += part.text;
    else found.push({ ...part });
  }
  return found;
}
