// One message as an element.
import {el, icon, icons, avatar, hue} from "./dom.js";
import {state, chatOf, isPrivate, rankOf} from "./state.js";
import {formatted} from "./text.js";
import {say, locale} from "./words.js";

// bubble draws a message; on holds what its parts do when they are tapped.
export function bubble(m, on) {
  const mine = m.from.id === state.me, group = !isPrivate(chatOf(m.chat));
  const row = el("article", {
    class: `row ${mine ? "out" : "in"}`, "data-testid": "message", "data-id": m.id, "data-user": m.from.id,
    "data-from": m.from.is_bot ? "bot" : mine ? "me" : "other", "data-edited": m.edited,
  });
  if (group && !mine) row.append(avatar(el("div", {class: "avatar small"}), m.from.id, m.from.first_name));
  const column = el("div", {class: "column"}, body(m, mine, group, on));
  if (m.buttons?.length) column.append(keyboard(m, on));
  row.append(column);
  return row;
}

function body(m, mine, group, on) {
  const b = el("div", {class: "bubble"});
  if (group && !mine) b.append(nameLine(m));
  if (m.reply_to) b.append(quote(m, on));
  if (m.photo) b.append(photo(m.photo, on));
  if (m.document) b.append(file(m.document));
  const time = stamp(m);
  if (m.text) b.append(el("div", {class: "text", "data-testid": "text"}, formatted(m.text, m.entities, on), time));
  else b.append(time);
  b.classList.toggle("pictured", Boolean(m.photo));
  b.classList.toggle("bare", Boolean(m.photo) && !m.text);
  return b;
}

function nameLine(m) {
  const rank = rankOf(chatOf(m.chat), m.from.id);
  return el("div", {class: "name", "data-hue": hue(m.from.id)}, m.from.first_name,
    (rank || m.from.is_bot) && el("span", {class: "rank"}, rank ? say(rank) : say("bot")));
}

function quote(m, on) {
  const to = state.messages.get(m.chat).get(m.reply_to);
  if (!to) return "";
  return el("button", {class: "quote", type: "button", onclick: () => on.jump(to.id)},
    el("b", {}, to.from.first_name), el("span", {}, summary(to)));
}

function photo(p, on) {
  const width = Math.min(Math.max(p.width, 240), 340), height = Math.min(Math.round(width * p.height / p.width), 420);
  return el("button", {class: "photo", type: "button", onclick: () => on.view(p.url)},
    el("img", {src: p.url, width, height, alt: say("photo"), "data-testid": "photo", draggable: "false"}));
}

function file(d) {
  const size = d.size < 1000 ? `${d.size} B` : d.size < 1e6 ? `${(d.size / 1e3).toFixed(1)} KB` : `${(d.size / 1e6).toFixed(1)} MB`;
  return el("a", {class: "file", href: d.url, download: d.name || "file", "data-testid": "document"},
    el("span", {class: "disc"}, icon(icons.file)),
    el("span", {class: "filetext"}, el("b", {}, d.name || "file"), el("small", {}, size)));
}

function stamp(m) {
  const time = new Date(m.date).toLocaleTimeString(locale(), {hour: "2-digit", minute: "2-digit"});
  return el("span", {class: "stamp"}, m.edited && el("i", {"data-testid": "edited"}, say("edited")), el("time", {}, time));
}

function keyboard(m, on) {
  return el("div", {class: "keyboard", "data-testid": "keyboard"}, ...m.buttons.map((row, r) =>
    el("div", {class: "keys"}, ...row.map((b, c) => key(m, b, r, c, on)))));
}

function key(m, b, row, column, on) {
  const mark = b.url ? icons.link : b.copy_text ? icons.copy : b.web_app ? icons.app : "";
  return el("button", {
    class: "key", type: "button", "data-testid": "button", "data-data": b.callback_data, "data-style": b.style,
    onclick: e => on.key(m, b, row, column, e.currentTarget),
  }, el("span", {}, b.text), mark && icon(mark, {class: "mark"}));
}

// summary is a message in one line.
export function summary(m) {
  const text = m.text?.replace(/\s+/g, " ").slice(0, 120) ?? "";
  if (m.photo) return `🖼 ${text || say("photo")}`;
  if (m.document) return `📎 ${text || m.document.name}`;
  return text;
}

export function dayOf(ms) {
  const day = new Date(ms), now = new Date();
  const days = Math.round((new Date(now.toDateString()) - new Date(day.toDateString())) / 864e5);
  if (days === 0) return say("today");
  if (days === 1) return say("yesterday");
  return day.toLocaleDateString(locale(), {day: "numeric", month: "long", year: day.getFullYear() === now.getFullYear() ? undefined : "numeric"});
}
