// The left side: whom the page is viewed as, and that person's chats.
import {$, el, avatar} from "./dom.js";
import {state, chatsOf, titleOf, lastOf, unread, actionOf, isPrivate} from "./state.js";
import {summary} from "./bubble.js";
import {say, locale} from "./words.js";

export function drawPeople(choose) {
  $("people").setAttribute("aria-label", say("viewAs"));
  $("people").replaceChildren(...state.people.map(p => {
    const waiting = p.id === state.me ? 0 : chatsOf(p.id).reduce((n, c) => n + unread(p.id, c.id), 0);
    return el("button", {
      class: "person", type: "button", role: "radio", "aria-checked": String(p.id === state.me),
      "data-testid": `as-${p.id}`, onclick: () => choose(p.id),
    }, avatar(el("span", {class: "avatar tiny"}), p.id, p.first_name), el("span", {class: "who"}, p.first_name),
    waiting > 0 && el("span", {class: "badge"}, String(waiting)));
  }));
}

export function drawChats(choose) {
  $("chats").replaceChildren(...chatsOf(state.me).map(c => chatRow(c, choose)));
}

// drawLink shows what the demo offers beside the chats.
export function drawLink() {
  const {text, url} = state.link ?? {};
  $("aside").hidden = !url;
  if (url) $("aside").replaceChildren(el("a", {class: "aside", href: url, target: "_blank", "data-testid": "link"}, text));
}

function chatRow(c, choose) {
  const last = lastOf(c.id), waiting = unread(state.me, c.id), action = actionOf(c.id), open = c.id === state.chat;
  const face = avatar(el("span", {class: "avatar"}), isPrivate(c) ? state.bot.id : c.id, titleOf(c));
  const time = last && new Date(last.date).toLocaleTimeString(locale(), {hour: "2-digit", minute: "2-digit"});
  return el("button", {
    class: "chat", type: "button", "data-testid": `chat-${c.id}`, "aria-current": open ? "true" : undefined, onclick: () => choose(c.id),
  }, face, el("span", {class: "chattext"},
    el("span", {class: "chattop"}, el("b", {}, titleOf(c)), time && el("time", {}, time)),
    el("span", {class: "chatlast"}, preview(c, last, action),
      waiting > 0 && el("span", {class: "badge", "data-testid": "unread"}, String(waiting)))));
}

function preview(c, last, action) {
  if (action) return el("span", {class: "line1 doing"}, say(action) ?? say("busy"), dots());
  if (!last) return el("span", {class: "line1"}, say("empty"));
  const who = last.from.id === state.me ? say("you") : isPrivate(c) ? "" : last.from.first_name;
  return el("span", {class: "line1"}, who && el("span", {class: "author"}, `${who}: `), summary(last));
}

export const dots = () => el("span", {class: "dots"}, el("i"), el("i"), el("i"));
