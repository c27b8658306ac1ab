// Small things of the document. Texts only ever go in as text.
import {tag} from "./client.js";

export const $ = id => document.getElementById(id);

const words = JSON.parse($("words").textContent);
let lang = /^(zh|yue)\b/i.test(tag || navigator.language) ? "zh" : "en";

export const say = key => words[lang][key];

// speak puts the page's own words up in a language.
export function speak(to) {
  if (words[to]) lang = to;
  document.documentElement.lang = lang === "zh" ? "zh-CN" : lang;
  document.title = say("page.title");
  for (const e of document.querySelectorAll("[data-say]")) e.textContent = say(e.dataset.say);
  for (const [id, key] of Object.entries({account: "account.hint", letters: "letters.hint", code: "code.hint", query: "find"})) $(id).placeholder = say(`page.${key}`);
  for (const [id, key] of Object.entries({letters: "letters", redraw: "redraw", redrag: "redraw", reveal: "reveal", handle: "drag", query: "find", schools: "school"})) {
    $(id).setAttribute("aria-label", say(`page.${key}`));
  }
}

// text puts words into an element, and tells whether they are others.
export function text(e, words) {
  if (e.textContent === words) return false;
  e.textContent = words;
  return true;
}

export const sleep = ms => new Promise(done => setTimeout(done, ms));
