// The box at the bottom: text, command menu, attachments, forced replies.
import {$, el} from "./dom.js";
import {state, chatOf, isPrivate, menuOf, messagesOf} from "./state.js";
import {summary} from "./bubble.js";
import {attachBox, toast} from "./dialogs.js";
import {say} from "./words.js";
import * as api from "./api.js";

let replyTo = 0, dismissed = 0, picked = -1, shift = false;
const drafts = new Map(); // per person and chat
const key = () => `${state.me}/${state.chat}`;

export async function post(text) {
  const act = {as: state.me, chat: state.chat, text, reply_to: replyTo};
  if (replyTo) dismissed = replyTo;
  try { await api.send(act); } catch (e) { toast(say("failed") + e.message); return false; }
  return true;
}

// postCommand sends a command; in a group it is addressed to the bot.
export function postCommand(command) {
  const addressed = isPrivate(chatOf(state.chat)) || command.includes("@") ? command : `${command}@${state.bot.username}`;
  return post(addressed);
}

async function submit() {
  const text = $("input").value;
  if (!text.trim()) return;
  setText("");
  if (!await post(text)) setText(text);
}

function setText(text) {
  $("input").value = text;
  changed();
}

function changed() {
  const input = $("input");
  drafts.set(key(), input.value);
  $("send").disabled = !input.value.trim();
  grow();
  drawMenu(/^\/[a-z0-9_]*$/i.test(input.value) ? input.value.slice(1).toLowerCase() : null);
}

// grow makes the box as high as its text, which is told only while it is shown.
function grow() {
  const input = $("input");
  input.style.height = "auto";
  if (input.scrollHeight) input.style.height = `${Math.min(input.scrollHeight, 150)}px`;
}

// drawMenu lists the commands that begin with prefix; null hides the list.
function drawMenu(prefix) {
  const fits = prefix === null ? [] : menuOf(state.chat).filter(c => c.command.startsWith(prefix));
  picked = -1;
  $("menu").hidden = fits.length === 0;
  $("menu").replaceChildren(...fits.map(c => el("li", {
    role: "option", "data-testid": `command-${c.command}`, "data-command": c.command,
    onclick: () => { setText(""); drawMenu(null); postCommand("/" + c.command); },
  }, el("b", {}, "/" + c.command), el("span", {}, c.description))));
}

function movePick(by) {
  const items = [...$("menu").children];
  picked = (picked + by + items.length) % items.length;
  items.forEach((li, i) => li.setAttribute("aria-selected", String(i === picked)));
  items[picked].scrollIntoView({block: "nearest"});
}

function onKey(e) {
  shift = e.shiftKey;
  if (e.isComposing || e.keyCode === 229) return; // an input method is at work
  if (!$("menu").hidden && menuKey(e.key)) e.preventDefault();
}

// onInput sends where a line break would come: phones tell no keys, only this.
function onInput(e) {
  if (e.isComposing || shift || !["insertLineBreak", "insertParagraph"].includes(e.inputType)) return;
  e.preventDefault();
  submit();
}

function menuKey(k) {
  if (k === "ArrowDown" || k === "ArrowUp") return movePick(k === "ArrowDown" ? 1 : -1), true;
  if (k === "Escape") return drawMenu(null), true;
  const item = $("menu").children[Math.max(picked, 0)];
  if (k === "Tab") return setText(`/${item.dataset.command} `), true;
  if (k === "Enter" && picked >= 0) return item.click(), true;
  return false;
}

async function attach(file) {
  if (!file) return;
  const as = state.me, chat = state.chat, caption = await attachBox(file);
  if (caption === null) return;
  try { await api.upload(as, chat, file, caption); } catch (e) { toast(say("failed") + e.message); }
}

// drawComposer fits the box to the chat: start button, menu button, and the
// reply that the bot's last message asks for.
export function drawComposer() {
  const messages = messagesOf(state.chat), last = messages.at(-1);
  const start = isPrivate(chatOf(state.chat)) && messages.length === 0;
  $("start").hidden = !start;
  $("start").textContent = say("start");
  $("form").hidden = start;
  $("slash").hidden = menuOf(state.chat).length === 0;
  const forced = last?.force && last.id !== dismissed ? last : null;
  replyTo = forced?.id ?? 0;
  $("replying").hidden = !forced;
  if (forced) {
    $("replyname").textContent = `${say("reply")} ${forced.from.first_name}`;
    $("replytext").textContent = summary(forced);
  }
  $("input").placeholder = forced?.prompt || say("message");
}

// openComposer is drawComposer for a chat that has just been opened.
export function openComposer() {
  for (const [id, word] of [["slash", "commands"], ["attach", "attach"], ["send", "send"], ["back", "back"], ["down", "down"], ["replyoff", "cancel"]]) {
    $(id).setAttribute("aria-label", say(word));
    $(id).title = say(word);
  }
  $("input").setAttribute("aria-label", say("message"));
  setText(drafts.get(key()) ?? "");
  drawComposer();
  if (matchMedia("(pointer: fine)").matches) $("input").focus({preventScroll: true});
}

export function wireComposer() {
  $("input").addEventListener("input", changed);
  $("input").addEventListener("keydown", onKey);
  $("input").addEventListener("beforeinput", onInput);
  $("form").addEventListener("submit", e => { e.preventDefault(); submit(); $("input").focus(); });
  $("start").addEventListener("click", () => post("/start"));
  $("slash").addEventListener("click", () => drawMenu($("menu").hidden ? "" : null));
  $("replyoff").addEventListener("click", () => { dismissed = replyTo; drawComposer(); });
  $("attach").addEventListener("click", () => $("file").click());
  $("file").addEventListener("change", () => { attach($("file").files[0]); $("file").value = ""; });
  $("input").addEventListener("paste", e => {
    const file = e.clipboardData.files[0];
    if (file) { e.preventDefault(); attach(file); }
  });
  addEventListener("dragover", e => e.preventDefault());
  addEventListener("drop", e => { e.preventDefault(); attach(e.dataTransfer.files[0]); });
  document.addEventListener("click", e => { if (!e.target.closest("#composer")) drawMenu(null); });
}
