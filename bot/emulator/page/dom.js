// Small helpers to make elements. Text only ever becomes text nodes.
export const $ = id => document.getElementById(id);

export function el(tag, props = {}, ...children) {
  const e = document.createElement(tag);
  for (const [k, v] of Object.entries(props)) {
    if (v === undefined || v === null || v === false) continue;
    if (k.startsWith("on")) e.addEventListener(k.slice(2), v);
    else if (k === "class") e.className = v;
    else if (k === "style") Object.assign(e.style, v);
    else e.setAttribute(k, v === true ? "" : v);
  }
  e.append(...children.filter(c => c !== undefined && c !== null && c !== false && c !== ""));
  return e;
}

export function icon(path, attrs = {}) {
  const ns = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(ns, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  for (const [k, v] of Object.entries(attrs)) svg.setAttribute(k, v);
  const p = document.createElementNS(ns, "path");
  p.setAttribute("d", path);
  svg.append(p);
  return svg;
}

export const icons = {
  link: "M8 16L17 7M10 7h7v7",
  file: "M7 3h7l5 5v13H7zM14 3v5h5",
  copy: "M9 9h11v11H9zM5 15V4h11",
  app: "M4 5h16v14H4zM4 9h16",
};

// hue picks one of seven colours for a person or chat.
export const hue = id => [...String(id)].reduce((h, c) => (h * 31 + c.charCodeAt(0)) % 9973, 7) % 7;

// avatar fills an element with a person's or chat's initial on its colour.
export function avatar(e, id, name) {
  e.textContent = [...name][0] ?? "?";
  e.dataset.hue = hue(id);
  return e;
}
