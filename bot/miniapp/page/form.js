// The page: what the bot tells of the login is drawn, and what the person does
// is sent. What was typed stays typed until it is of no use any more.
//
// Browser tests find things by data-testid: form (with data-stage), school,
// account, password, reveal, letters, picture, refresh, code, scene, piece,
// handle, redrag, note, go, end (with data-how), leave, schools, query, found.
import {$, say, speak, text, sleep} from "./dom.js";
import {tell} from "./client.js";
import {start, call} from "./api.js";
import {pick} from "./schools.js";
import {finish} from "./end.js";
import * as slider from "./slider.js";

const usual = ["account", "password"]; // until the school has said what it asks
let view = null;    // what the bot told last
let fields = usual; // what is asked
let drawn = "";     // the id of what is asked; "" while that is not known
let sent = "";      // the call that is not answered yet
let own = "";       // a sentence of the page's own
let over = false;

const form = $("form"), account = $("account"), password = $("password"), letters = $("letters"), code = $("code");
const typed = {account, password, captcha: letters, code};
const locked = () => form.hasAttribute("data-busy");

// take is told of a view; null is no news.
async function take(v) {
  if (!v || over) return;
  const first = !view;
  if (!first && (v.stage !== view.stage || v.message !== view.message)) own = "";
  if (first || !account.value) account.value = v.account;
  if (v.stage === "choose" || v.school?.id !== view?.school?.id) [fields, drawn] = [usual, ""];
  view = v;
  speak(v.lang);
  if (v.stage === "done" || v.stage === "over") return end(v.stage);
  if (v.stage === "filling" && v.ask !== drawn) await redraw();
  draw();
  // Who comes with a school in mind wants its form and nothing else.
  if (first && v.stage === "choose" && v.school && !v.message) await open(v.school.id);
}

// redraw puts up what is asked now, and points at what remains to be done.
async function redraw() {
  [fields, drawn] = [view.fields, view.ask];
  letters.value = code.value = "";
  draw();
  if (fields.includes("captcha")) $("picture").src = view.image;
  if (fields.includes("drag")) await slider.show(view.image, view.puzzle);
  if (Object.values(typed).includes(document.activeElement)) return; // it may be a password, half typed
  const next = missing();
  if (next === letters || next === code) next.focus({preventScroll: true});
}

function draw() {
  if (over) return;
  const {stage, message} = view;
  const opening = stage === "opening" || sent === "open" || sent === "refresh", checking = stage === "checking" || sent === "submit";
  const busy = opening || checking;
  form.dataset.stage = stage;
  form.toggleAttribute("data-busy", busy);
  form.setAttribute("aria-busy", String(busy));
  for (const e of Object.values(typed)) e.readOnly = checking;
  for (const id of ["pick", "redraw", "redrag", "go"]) $(id).disabled = busy;
  text($("school"), view.school?.name || say("page.choose"));
  $("school").classList.toggle("empty", !view.school);
  password.placeholder = say(view.held ? "page.held" : "page.password.hint");
  drawFields(opening);
  const note = own || message;
  const news = text($("note"), note) && note;
  $("note").classList.toggle("bad", Boolean(note) && (Boolean(own) || !busy));
  text($("gotext"), say(checking ? "page.checking" : stage === "choose" && message ? "page.again" : "page.go"));
  $("go").classList.toggle("busy", checking);
  $("end").hidden = true;
  $("page").hidden = false;
  if (news) $("go").scrollIntoView({block: "nearest"}); // the note is just above
}

// drawFields shows what is asked. A picture stays until the next one is there.
function drawFields(opening) {
  const rows = {account: "accountrow", password: "passwordrow", captcha: "captcha", code: "coderow", drag: "slider"};
  for (const [field, id] of Object.entries(rows)) $(id).hidden = !fields.includes(field);
  const more = fields.some(f => !usual.includes(f));
  $("wait").hidden = !opening || more;
  text($("waittext"), say("page.opening"));
  $("proof").hidden = !more && !opening;
  $("who").hidden = false;
}

// missing is what remains to be filled in, in the order of the page.
function missing() {
  if (!view.school) return $("pick");
  const lacks = {
    account: () => !account.value.trim() && account,
    password: () => !password.value && !view.held && password,
    captcha: () => !letters.value.trim() && letters,
    drag: () => !slider.made() && $("handle"),
    code: () => !code.value.trim() && code,
  };
  for (const [field, lack] of Object.entries(lacks)) {
    const e = fields.includes(field) && lack();
    if (e) return e;
  }
  return null;
}

// send makes a call and draws what comes of it.
async function send(name, body) {
  [sent, own] = [name, ""];
  draw();
  try {
    const v = await call(name, body);
    sent = "";
    await take(v);
  } catch (e) {
    sent = "";
    if (e.code === "closed") return end("closed");
    own = say(e.code === "fast" ? "page.fast" : "page.unsent");
    draw();
  }
}

const open = school => send("open", {school, account: account.value.trim()});

function another() {
  slider.clear();
  letters.value = "";
  send("refresh", {ask: drawn});
}

function submit(e) {
  e.preventDefault();
  if (locked()) return;
  const lack = missing();
  if (lack) {
    own = say(`page.lack.${lack.dataset.lack}`);
    draw();
    return lack.focus();
  }
  document.activeElement?.blur(); // a phone's keyboard goes down
  if (!drawn) return open(view.school.id);
  send("submit", {
    ask: drawn, account: account.value.trim(), password: password.value, captcha: letters.value.trim(),
    code: code.value.trim(), track: fields.includes("drag") ? slider.made() : null,
  });
}

function end(how) {
  over = true;
  for (const e of Object.values(typed)) e.value = "";
  finish(how);
}

// begin gets the page in. While the bot itself is starting, it waits.
async function begin() {
  for (let wait = 1000; ; wait = Math.min(2 * wait, 8000)) {
    try {
      return await start();
    } catch (e) {
      if (["forged", "stale", "used"].includes(e.code)) return end(e.code);
      finish("soon");
      await sleep(wait);
    }
  }
}

// follow hears of everything that becomes of the login.
async function follow() {
  for (let wait = 500; !over;) {
    try {
      const v = await call("view", {since: view?.version ?? ""});
      if (own === say("page.offline")) own = "";
      await take(v);
      if (view) draw();
      wait = 500;
    } catch (e) {
      if (e.code === "closed") return end("closed");
      if (view && !over && !own) { own = say("page.offline"); draw(); }
      await sleep(wait);
      wait = Math.min(2 * wait, 8000);
    }
  }
}

form.addEventListener("submit", submit);
form.addEventListener("input", () => { if (own) { own = ""; draw(); } });
$("pick").addEventListener("click", () => pick(s => open(s.id)));
for (const id of ["redraw", "redrag"]) $(id).addEventListener("click", another);
$("reveal").addEventListener("click", () => {
  const shown = password.type === "password";
  password.type = shown ? "text" : "password";
  $("reveal").setAttribute("aria-pressed", String(shown));
});

speak();
tell("web_app_ready");
tell("web_app_expand");
await begin();
await follow();
