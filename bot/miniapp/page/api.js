// The page's calls. A ticket, which one initData buys, stands for the page from
// then on; the tab keeps it, so that a reload goes on.
import {initData} from "./client.js";

const attempt = new URLSearchParams(location.search).get("a") ?? "";
const place = `jwxtbot ${attempt}`;
let ticket = kept();

// Refusal is an answer that is no success; code is the server's word for it.
export class Refusal extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

async function post(name, body) {
  const response = await fetch(`api/${name}`, {
    method: "POST", cache: "no-store", credentials: "omit", redirect: "error", referrerPolicy: "no-referrer",
    headers: {"Content-Type": "application/json", ...ticket && {"X-Ticket": ticket}},
    body: JSON.stringify(body),
  });
  if (response.status === 204) return null;
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refusal(answer.error ?? "failed");
  return answer;
}

// start makes sure that there is a ticket.
export async function start() {
  if (ticket) return;
  ({ticket} = await post("start", {initData, attempt}));
  keep(ticket);
}

// call asks for something; a ticket that is worth nothing any more is dropped.
export async function call(name, body = {}) {
  try {
    return await post(name, body);
  } catch (e) {
    if (e.code === "closed") keep("");
    throw e;
  }
}

function kept() {
  try { return sessionStorage.getItem(place) ?? ""; } catch { return ""; }
}

function keep(word) {
  ticket = word;
  try { word ? sessionStorage.setItem(place, word) : sessionStorage.removeItem(place); } catch { /* then a reload cannot go on */ }
}
