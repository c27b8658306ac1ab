// The messages of the open chat: drawn once, then changed in place.
import {$, el} from "./dom.js";
import {state, messagesOf, markRead} from "./state.js";
import {bubble, dayOf} from "./bubble.js";
import {say} from "./words.js";

const close = 90; // pixels from the bottom that count as being there
const run = 5 * 60e3; // messages of one sender within this stick together
let pinned = true, fresh = 0;

function atBottom() {
  const log = $("log");
  return log.scrollHeight - log.scrollTop - log.clientHeight < close;
}

export function drawLog(on) {
  const log = $("log");
  log.replaceChildren(...messagesOf(state.chat).map(m => bubble(m, on)));
  arrange();
  fresh = 0;
  toBottom("instant");
}

// changeLog draws what a delta changed.
export function changeLog(messages, on) {
  const log = $("log"), stay = atBottom();
  for (const m of messages) {
    const old = log.querySelector(`[data-id="${m.id}"]:not(.leaving)`);
    if (m.deleted) leave(old);
    else if (old) replace(old, bubble(m, on));
    else append(log, bubble(m, on), m, stay);
  }
  arrange();
  const last = messagesOf(state.chat).at(-1);
  if (stay || messages.includes(last) && last.from.id === state.me) toBottom("instant");
  counter();
}

// replace keeps what the person has opened: spoilers and folded quotes.
function replace(old, now) {
  const parts = e => [...e.querySelectorAll(".spoiler, .expandable_blockquote")];
  const before = parts(old);
  parts(now).forEach((e, i) => {
    if (before[i]?.textContent === e.textContent) e.className = before[i].className;
  });
  old.replaceWith(now);
  now.classList.add("changed");
}

function append(log, row, m, stay) {
  row.classList.add("fresh");
  log.append(row);
  if (!stay && m.from.id !== state.me) fresh++;
}

function leave(row) {
  if (!row) return;
  row.style.height = `${row.offsetHeight}px`;
  row.classList.add("leaving");
  row.removeAttribute("data-testid");
  requestAnimationFrame(() => requestAnimationFrame(() => { row.style.height = "0"; }));
  setTimeout(() => { row.remove(); arrange(); }, 320);
}

// arrange puts in the days and joins runs of one sender.
function arrange() {
  const log = $("log"), known = state.messages.get(state.chat);
  log.querySelectorAll(".day, .nothing").forEach(d => d.remove());
  let before;
  for (const row of log.querySelectorAll(".row:not(.leaving)")) {
    const m = known.get(Number(row.dataset.id));
    if (!m) continue;
    if (!before || dayOf(before.date) !== dayOf(m.date)) {
      row.before(el("div", {class: "day"}, el("span", {}, dayOf(m.date))));
      before = undefined;
    }
    const joined = before && before.from.id === m.from.id && m.date - before.date < run;
    row.classList.toggle("joined", Boolean(joined));
    before = m;
  }
  hideDays();
  if (!before) log.append(el("div", {class: "nothing"}, el("span", {}, state.chat === state.me && state.about[state.me] || say("empty"))));
}

export function toBottom(behavior) {
  const log = $("log");
  log.scrollTo({top: log.scrollHeight, behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : behavior});
  pinned = true;
}

// hideDays takes away the day that floats over the messages once all is still.
function hideDays() {
  const top = $("log").getBoundingClientRect().top;
  $("log").querySelectorAll(".day").forEach(d => d.classList.toggle("idle", d.getBoundingClientRect().top <= top + 12));
}

function counter() {
  if (pinned && document.visibilityState === "visible") { markRead(state.chat); fresh = 0; }
  $("down").hidden = pinned;
  $("downcount").hidden = fresh === 0;
  $("downcount").textContent = fresh;
}

export function jump(id) {
  const row = $("log").querySelector(`[data-id="${id}"]`);
  row?.scrollIntoView({block: "center", behavior: "smooth"});
  row?.classList.remove("changed");
  requestAnimationFrame(() => row?.classList.add("changed"));
}

// watchScroll keeps track of whether the bottom is in sight, also when the
// keyboard of a phone changes the window.
export function watchScroll(onRead) {
  const log = $("log");
  let idle;
  log.addEventListener("scroll", () => {
    log.querySelectorAll(".day.idle").forEach(d => d.classList.remove("idle"));
    clearTimeout(idle);
    idle = setTimeout(hideDays, 900);
    pinned = atBottom();
    counter();
    if (pinned) onRead();
  }, {passive: true});
  new ResizeObserver(() => { if (pinned) toBottom("instant"); }).observe(log);
  log.addEventListener("load", () => { if (pinned) toBottom("instant"); }, true);
  $("down").addEventListener("click", () => toBottom("smooth"));
  document.addEventListener("visibilitychange", () => { counter(); onRead(); });
}
