// Which module answers which kind of question: fetched only when a task asks for it.
const MODULES = {
  single: "choice", multiple: "choice", refusal: "choice", rating: "rating", numeric: "number", text: "writing", ranking: "ranking",
  spans: "spans", boxes: "marks", polygons: "marks", mask: "brush", keypoints: "marks",
};

export const tagOf = (kind) => `hw-${MODULES[kind]}`;
export const load = (kinds, hasPicture = false) => Promise.all([
  ...[...new Set(kinds.map((kind) => MODULES[kind]))].map((name) => import(`./questions/${name}.js`)),
  ...(hasPicture ? [import("./picture.js")] : []),
]);
