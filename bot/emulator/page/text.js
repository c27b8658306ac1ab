// Formatted text: entities, counted in UTF-16 units as JavaScript strings are,
// become nested elements.
import {el, icon, icons} from "./dom.js";

const plain = {
  bold: "strong", italic: "em", underline: "u", strikethrough: "s", spoiler: "span", code: "code", pre: "pre",
  blockquote: "blockquote", expandable_blockquote: "blockquote", bot_command: "a", mention: "span", custom_emoji: "span",
};

// A block ends its line by itself: one line break after it is not shown.
const blocks = ["pre", "blockquote", "expandable_blockquote"];

// formatted renders text; on.link(url), on.command(text) and on.copy(text)
// are called for what is tapped.
export function formatted(text, entities = [], on = {}) {
  let next = 0;
  const fill = (parent, from, to) => {
    let at = from;
    while (next < entities.length && entities[next].offset < to) {
      const e = entities[next++];
      parent.append(text.slice(at, e.offset));
      const end = Math.min(e.offset + e.length, to);
      const node = element(e, text.slice(e.offset, end), on);
      fill(node, e.offset, end);
      parent.append(wrap(e, node));
      at = blocks.includes(e.type) && text[end] === "\n" ? Math.min(end + 1, to) : end;
    }
    parent.append(text.slice(at, to));
  };
  const out = document.createDocumentFragment();
  fill(out, 0, text.length);
  return out;
}

function element(e, words, on) {
  if (e.type === "url" || e.type === "text_link") {
    const url = e.type === "url" ? words : e.url;
    return el("a", {href: safe(url), rel: "noopener noreferrer", target: "_blank", title: e.url,
      onclick: ev => { ev.preventDefault(); on.link?.(url, e.type === "text_link"); }});
  }
  const node = el(plain[e.type] ?? "span", {class: e.type});
  switch (e.type) {
  case "bot_command":
    node.setAttribute("href", "#");
    node.addEventListener("click", ev => { ev.preventDefault(); on.command?.(words); });
    break;
  case "spoiler":
    node.addEventListener("click", () => node.classList.add("shown"));
    break;
  case "code": case "pre":
    node.addEventListener("click", () => on.copy?.(words));
    break;
  case "expandable_blockquote":
    node.classList.add("folded");
    node.addEventListener("click", () => node.classList.toggle("folded"));
    break;
  }
  return node;
}

// wrap gives a code block its heading.
function wrap(e, node) {
  if (e.type !== "pre") return node;
  return el("div", {class: "codeblock"}, el("div", {class: "language"}, e.language || "code", icon(icons.copy)), node);
}

export function safe(url) {
  return /^(https?|tg):/i.test(url) ? url : "about:blank";
}
