// The page: who looks at which chat, and what taps do.
//
// Browser tests find things by data-testid: as-<person>, chat-<chat>, message
// (with data-id, data-from = bot|me|other, data-edited), text, photo, document,
// edited, button (with data-data), input, send, start, attach, file, caption,
// attach-send, link, commands, command-<name>, title, subtitle, unread, scroll-down,
// back, toast, alert, alert-text, alert-ok, viewer, replying, offline, app,
// app-frame, app-close.
import {$, avatar} from "./dom.js";
import {state, apply, person, chatOf, chatsOf, titleOf, isPrivate, actionOf, unread, markRead} from "./state.js";
import {drawPeople, drawChats, drawLink, dots} from "./list.js";
import {drawLog, changeLog, watchScroll, jump} from "./log.js";
import {drawComposer, openComposer, wireComposer, postCommand} from "./composer.js";
import {toast, alertBox, confirmBox, viewer} from "./dialogs.js";
import {theme, showApp} from "./webapp.js";
import {setLanguage, say} from "./words.js";
import * as api from "./api.js";

const phone = matchMedia("(max-width: 720px)");
const waiting = new Map(); // callback id -> the place of the key that was tapped
const early = new Map();   // answers that came before their tap's own answer

const on = {
  view: viewer,
  jump,
  command: postCommand,
  copy: async text => { await navigator.clipboard?.writeText(text).catch(() => {}); toast(say("copied")); },
  link: (url, hidden) => follow(url, hidden),
  key: (m, b, row, column) => press(m, b, row, column),
};

async function follow(url, ask) {
  if (ourLink(url)) {
    try { await api.openLink({as: state.me, url}); go(state.me, state.me); } catch (e) { toast(e.message); }
  } else if (/^https?:/i.test(url) && (!ask || await confirmBox(say("open", url)))) {
    open(url, "_blank", "noopener,noreferrer");
  }
}

function ourLink(url) {
  return new RegExp(`^(https?://t(elegram)?\\.me/|tg://resolve\\?domain=)${state.bot.username}\\b`, "i").test(url);
}

async function press(m, b, row, column) {
  if (b.url) return follow(b.url, true);
  if (b.copy_text) return on.copy(b.copy_text.text);
  if (b.web_app) return openApp(m, b);
  const place = {chat: m.chat, message: m.id, data: b.callback_data};
  spin(place, true);
  try {
    const {callback} = await api.tap({as: state.me, chat: m.chat, message: m.id, row, column});
    waiting.set(callback, place);
    setTimeout(() => answered({id: callback}), 15000);
    if (early.has(callback)) answered(early.get(callback));
  } catch (e) {
    spin(place, false);
    toast(e.message);
  }
}

async function openApp(m, b) {
  try {
    const {url} = await api.openApp({as: state.me, chat: m.chat, message: m.id, text: b.text, theme: theme()});
    showApp(b.text, url);
  } catch (e) {
    toast(e.message);
  }
}

function spin(place, busy) {
  if (place.chat !== state.chat) return;
  for (const key of $("log").querySelectorAll(`[data-id="${place.message}"] .key`)) {
    if (key.dataset.data === place.data) key.toggleAttribute("data-busy", busy);
  }
}

function answered(a) {
  const place = waiting.get(a.id);
  if (!place) { early.set(a.id, a); return; }
  waiting.delete(a.id);
  early.delete(a.id);
  spin(place, [...waiting.values()].some(w => w.message === place.message && w.data === place.data));
  if (a.url) follow(a.url, true);
  if (a.text) (a.alert ? alertBox : toast)(a.text);
}

// go opens a chat as a person; chat 0 is the list. The address bar remembers.
function go(me, chat) {
  const hash = `#${me}/${chat}`;
  if (location.hash !== hash) location.hash = hash; else show();
}

function show() {
  if (!state.bot) return;
  const [me, chat] = location.hash.slice(1).split("/").map(Number);
  if (me !== state.me) $("toasts").replaceChildren();
  state.me = person(me) ? me : state.people[0]?.id ?? 0;
  const theirs = chatsOf(state.me);
  state.chat = theirs.some(c => c.id === chat) ? chat : phone.matches ? 0 : theirs[0]?.id ?? 0;
  document.body.dataset.screen = state.chat ? "chat" : "list";
  setLanguage(person(state.me)?.language_code);
  $("offline").textContent = say("connecting");
  if (state.chat) {
    drawLog(on);
    markRead(state.chat);
    openComposer();
  }
  drawSides();
}

function drawSides() {
  drawPeople(id => go(id, chatsOf(id).some(c => c.id === state.chat) ? state.chat : phone.matches ? 0 : id));
  drawChats(id => go(state.me, id));
  drawLink();
  drawHeading();
  const n = chatsOf(state.me).reduce((sum, c) => sum + unread(state.me, c.id), 0);
  document.title = (n ? `(${n}) ` : "") + state.bot.first_name;
}

function drawHeading() {
  const chat = chatOf(state.chat);
  if (!chat) return;
  avatar($("face"), isPrivate(chat) ? state.bot.id : chat.id, titleOf(chat));
  $("title").textContent = titleOf(chat);
  const action = actionOf(chat.id), sub = $("subtitle");
  sub.classList.toggle("doing", Boolean(action));
  if (action) sub.replaceChildren(say(action) ?? say("busy"), dots());
  else sub.textContent = isPrivate(chat) ? say("bot") : say("members", chat.members.length + 1);
}

function onDelta(delta) {
  if (apply(delta)) return show();
  const here = (delta.messages ?? []).filter(m => m.chat === state.chat);
  if (here.length) changeLog(here, on);
  if (delta.menus) changeLog([], on);
  if (here.length || delta.menus) drawComposer();
  (delta.answers ?? []).forEach(answered);
  waiting.forEach(place => spin(place, true));
  for (const a of delta.actions ?? []) if (a.ms > 0) setTimeout(drawSides, a.ms + 50);
  drawSides();
}

// fit keeps the send box above a phone's keyboard where the browser does not.
function fit() {
  document.documentElement.style.setProperty("--height", `${visualViewport.height}px`);
}

wireComposer();
watchScroll(drawSides);
$("back").addEventListener("click", () => go(state.me, 0));
addEventListener("hashchange", show);
phone.addEventListener("change", show);
visualViewport?.addEventListener("resize", fit);
api.listen(onDelta, up => { $("offline").hidden = up; });
