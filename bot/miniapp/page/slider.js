// A picture with a gap, and the piece that a person drags into it. Lengths of
// the track are pixels of the picture, however large it is shown.
import {$} from "./dom.js";

const most = 1900; // points that a school may be sent
const scene = $("scene"), back = $("back"), piece = $("piece"), handle = $("handle");
let track = [], since = 0, began = null; // since: when the track began; began: where the pointer went down

const scale = () => back.clientWidth / back.naturalWidth || 1;
const reach = () => Math.max(0, back.naturalWidth - piece.naturalWidth);

// show puts up a puzzle.
export async function show(image, puzzle) {
  back.src = image;
  piece.src = puzzle.piece;
  await Promise.allSettled([back.decode(), piece.decode()]);
  piece.dataset.top = puzzle.top;
  fit();
  clear();
}

// fit draws the piece as large as the picture is shown.
function fit() {
  piece.style.width = `${piece.naturalWidth * scale()}px`;
  piece.style.top = `${Number(piece.dataset.top ?? 0) * scale()}px`;
  handle.setAttribute("aria-valuemax", reach());
  move(position());
}

export const made = () => track.length > 1 ? track : null;

export function clear() {
  track = [];
  began = null;
  move(0);
}

const position = () => track.at(-1)?.x ?? 0;

function move(x) {
  const shown = x * scale();
  piece.style.transform = handle.style.transform = `translateX(${shown}px)`;
  $("fill").style.width = `${shown + handle.offsetWidth / 2}px`;
  handle.setAttribute("aria-valuenow", x);
  $("rail").classList.toggle("moved", x > 0);
}

// tell says that the piece was moved, as a field's input does.
const tell = () => handle.dispatchEvent(new Event("input", {bubbles: true}));

// note adds a point. A piece cannot leave the picture, wherever the pointer is.
function note(x, y, now) {
  if (!track.length) since = now;
  const point = {x: Math.max(0, Math.min(reach(), Math.round(x))), y: Math.round(y), t: Math.round(now - since)};
  if (track.length < most) track.push(point);
  else track[most - 1] = point;
  move(point.x);
}

function down(e) {
  if (!e.isPrimary || e.button || scene.closest("[data-busy]")) return;
  e.preventDefault();
  clear();
  began = {x: e.clientX, y: e.clientY};
  e.currentTarget.setPointerCapture(e.pointerId);
  scene.parentElement.classList.add("dragging");
  note(0, 0, e.timeStamp);
}

function drag(e) {
  if (began && e.isPrimary) note((e.clientX - began.x) / scale(), (e.clientY - began.y) / scale(), e.timeStamp);
}

function up(e) {
  if (!began || !e.isPrimary) return;
  drag(e);
  began = null;
  scene.parentElement.classList.remove("dragging");
  tell();
}

// The keyboard's way: arrows, longer with Shift, and back to where it began.
function key(e) {
  const step = {ArrowRight: 2, ArrowUp: 2, ArrowLeft: -2, ArrowDown: -2}[e.key] * (e.shiftKey ? 6 : 1);
  if (e.key === "Home") return clear();
  if (!step || scene.closest("[data-busy]")) return;
  e.preventDefault();
  if (!track.length) note(0, 0, e.timeStamp);
  note(position() + step, 0, e.timeStamp);
  tell();
}

for (const grip of [handle, piece]) {
  grip.addEventListener("pointerdown", down);
  grip.addEventListener("pointermove", drag);
  grip.addEventListener("pointerup", up);
  grip.addEventListener("pointercancel", () => { began = null; clear(); });
}
handle.addEventListener("keydown", key);
new ResizeObserver(fit).observe(scene);
