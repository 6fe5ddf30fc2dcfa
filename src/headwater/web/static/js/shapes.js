// Boxes, outlines and points: how each begins, grows, is drawn, is hit, moves and changes its size. All in image pixels.

const NEAR = 8; // screen pixels within which something is hit
const CORNER = 12; // screen pixels within which a corner is taken hold of: a fingertip misses by more
const CORNERS = 3;

const distance = (a, b) => Math.hypot(a.x - b.x, a.y - b.y);

const box = {
  begin: (at) => ({ from: at, to: at }),
  drag: (draft, at) => ({ ...draft, to: at }),
  add: (draft, at) => ({ ...draft, to: at, done: true }),
  make({ from, to }) {
    const made = { x: Math.min(from.x, to.x), y: Math.min(from.y, to.y), width: Math.abs(from.x - to.x), height: Math.abs(from.y - to.y) };
    return made.width > 0 && made.height > 0 ? made : null;
  },
  outline: ({ x, y, width, height }) => [[x, y], [x + width, y], [x + width, y + height], [x, y + height]],
  move: (mark, dx, dy) => ({ ...mark, x: mark.x + dx, y: mark.y + dy }),
  pull: (mark, place) => ({ from: box.corners(mark).at(place - 2) }), // the corner across stays
  pulled: (mark, { from }, to) => ({ ...mark, ...box.make({ from, to }) }),
  corners: (mark) => box.outline(mark).map(([x, y]) => ({ x, y })),
  grow: (mark, dx, dy) => ({ ...mark, width: Math.max(1, mark.width + dx), height: Math.max(1, mark.height + dy) }),
  fits: ({ x, y, width, height }, size) => x >= 0 && y >= 0 && x + width <= size.width && y + height <= size.height,
  describe: ({ x, y, width, height }) => `${width} × ${height} at ${x}, ${y}`,
};

const polygon = {
  begin: (at) => ({ points: [at], to: at }),
  drag: (draft, at) => ({ ...draft, to: at }),
  // A point near the first one closes the outline.
  add(draft, at, scale) {
    const done = draft.points.length >= CORNERS && distance(draft.points[0], at) * scale < CORNER;
    return done ? { ...draft, done } : { ...draft, points: [...draft.points, at], to: at };
  },
  make: ({ points }) => (points.length >= CORNERS ? { points: points.map(({ x, y }) => [x, y]) } : null),
  outline: ({ points }) => points,
  pull: (_, place) => ({ place }),
  pulled: (mark, { place }, { x, y }) => ({ ...mark, points: mark.points.map((point, at) => (at === place ? [x, y] : point)) }),
  corners: ({ points }) => points.map(([x, y]) => ({ x, y })),
  move: (mark, dx, dy) => ({ ...mark, points: mark.points.map(([x, y]) => [x + dx, y + dy]) }),
  fits: ({ points }, size) => points.every(([x, y]) => x >= 0 && y >= 0 && x <= size.width && y <= size.height),
  describe: ({ points }) => `${points.length} corners from ${points[0].join(", ")}`,
};

const keypoint = {
  begin: (at) => ({ to: at, done: true }),
  drag: (draft, at) => ({ ...draft, to: at }),
  add: (draft) => draft,
  make: ({ to }) => ({ x: to.x, y: to.y }),
  outline: ({ x, y }) => [[x, y]],
  move: (mark, dx, dy) => ({ ...mark, x: mark.x + dx, y: mark.y + dy }),
  fits: ({ x, y }, size) => x >= 0 && y >= 0 && x <= size.width && y <= size.height,
  describe: ({ x, y, hidden }) => `at ${x}, ${y}${hidden ? ", hidden" : ""}`,
};

export const SHAPES = { boxes: box, polygons: polygon, keypoints: keypoint };

// The outline of what is being drawn.
export function draftOutline(kind, draft) {
  if (kind === "boxes") return box.outline(box.make(draft) ?? { ...draft.to, width: 0, height: 0 });
  if (kind === "polygons") return [...draft.points, draft.to].map(({ x, y }) => [x, y]);
  return [[draft.to.x, draft.to.y]];
}

// The corner of a mark that a place takes hold of: the nearest within reach, or -1.
export function cornerAt(shape, mark, at, scale) {
  const corners = shape.corners?.(mark) ?? [];
  const sides = corners.map((corner, place) => distance(corner, corners.at(place - 1)) * scale);
  const reaches = corners.map((corner) => distance(corner, at) * scale);
  const nearest = reaches.indexOf(Math.min(...reaches));
  return reaches[nearest] < Math.min(CORNER, ...sides.map((side) => side / 3)) ? nearest : -1; // a small mark can still be moved
}

// The corners of the mark worked on, to be taken hold of.
export function handles(pen, scale, corners, colour) {
  const side = 8 / scale;
  for (const { x, y } of corners) {
    pen.fillStyle = "#fff";
    pen.fillRect(x - side / 2, y - side / 2, side, side);
    pen.lineWidth = 2 / scale;
    pen.strokeStyle = `rgb(${colour})`;
    pen.strokeRect(x - side / 2, y - side / 2, side, side);
  }
}

export function hits(kind, mark, at, scale) {
  const points = SHAPES[kind].outline(mark);
  if (points.length === 1) return distance({ x: points[0][0], y: points[0][1] }, at) * scale < NEAR;
  let inside = false;
  points.forEach(([x, y], place) => {
    const [px, py] = points.at(place - 1);
    if (y > at.y !== py > at.y && at.x < ((px - x) * (at.y - y)) / (py - y) + x) inside = !inside;
  });
  return inside;
}

export function stroke(pen, scale, points, { colour, chosen = false, open = false, name = "" }) {
  if (!points.length) return;
  pen.beginPath();
  if (points.length === 1) pen.arc(points[0][0], points[0][1], (chosen ? 7 : 5) / scale, 0, 2 * Math.PI);
  else points.forEach(([x, y], place) => (place ? pen.lineTo(x, y) : pen.moveTo(x, y)));
  if (!open) { pen.closePath(); pen.fillStyle = `rgb(${colour} / ${chosen ? 35 : 18}%)`; pen.fill(); }
  for (const [ink, wide] of [["rgb(0 0 0 / 70%)", chosen ? 5 : 4], [`rgb(${colour})`, chosen ? 3 : 2]]) {
    pen.strokeStyle = ink;
    pen.lineWidth = wide / scale;
    pen.stroke();
  }
  if (name) tag(pen, scale, points[0], colour, name);
}

function tag(pen, scale, [x, y], colour, name) {
  pen.font = `600 ${12 / scale}px system-ui, sans-serif`;
  const wide = pen.measureText(name).width + 8 / scale;
  pen.fillStyle = "rgb(0 0 0 / 75%)";
  pen.fillRect(x, y - 17 / scale, wide, 16 / scale);
  pen.fillStyle = `rgb(${colour})`;
  pen.fillRect(x, y - 17 / scale, 3 / scale, 16 / scale);
  pen.fillStyle = "#fff";
  pen.fillText(name, x + 5 / scale, y - 5 / scale);
}
