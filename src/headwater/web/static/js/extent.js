// Places in a text: words for the keyboard, code points for the wire (the browser counts UTF-16 units).

const ASTRAL = /[\ud800-\udbff]/;
const BLOCK = 1024;

// Conversions between UTF-16 units and code points; free for texts without characters beyond the first plane.
export function counter(text) {
  if (!ASTRAL.test(text)) return { points: (unit) => unit, units: (point) => point, length: text.length };
  const starts = []; // unit at which every BLOCK-th code point begins
  let unit = 0, point = 0;
  for (const sign of text) {
    if (point % BLOCK === 0) starts.push(unit);
    unit += sign.length;
    point += 1;
  }
  return {
    length: point,
    points(at) {
      let block = starts.findLastIndex((start) => start <= at);
      block = Math.max(block, 0);
      return block * BLOCK + [...text.slice(starts[block] ?? 0, at)].length;
    },
    units(wanted) {
      const block = Math.min(Math.floor(wanted / BLOCK), starts.length - 1);
      let at = starts[block] ?? 0;
      for (let left = wanted - block * BLOCK; left > 0 && at < text.length; left -= 1) at += text.codePointAt(at) > 0xffff ? 2 : 1;
      return at;
    },
  };
}

// The words of a text in reading order as [start, end] in units, in any script; punctuation counts as a word.
export function words(text) {
  const found = [];
  for (const { segment, index } of new Intl.Segmenter(undefined, { granularity: "word" }).segment(text)) {
    if (segment.trim()) found.push([index, index + segment.length]);
  }
  return found;
}

// The place of the first word that ends behind a unit, by halving.
export function wordAt(found, unit) {
  let low = 0, high = found.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (found[middle][1] <= unit) low = middle + 1;
    else high = middle;
  }
  return Math.min(low, Math.max(found.length - 1, 0));
}
