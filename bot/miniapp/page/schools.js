// The list of schools in a sheet, with a search.
import {$, say} from "./dom.js";
import {call} from "./api.js";

const sheet = $("schools"), query = $("query");
let asked = 0, timer = 0, choose = () => {};

// pick shows the list; chosen is told of the school that was taken.
export async function pick(chosen) {
  choose = chosen;
  query.value = "";
  $("found").replaceChildren();
  $("none").hidden = true;
  sheet.showModal();
  await find();
}

export const shut = () => sheet.close();

async function find() {
  const mine = ++asked;
  let list;
  try { list = await call("schools", {query: query.value.trim()}); } catch { return; }
  if (mine !== asked) return;
  $("found").replaceChildren(...list.map(item));
  $("none").hidden = list.length > 0;
}

function item(school) {
  const button = document.createElement("button"), li = document.createElement("li");
  button.type = "button";
  button.dataset.testid = "found";
  button.dataset.school = school.id;
  button.textContent = school.name;
  button.addEventListener("click", () => { shut(); choose(school); });
  li.append(button);
  return li;
}

query.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(find, 150); });
query.addEventListener("keydown", e => { if (e.key === "Enter") { e.preventDefault(); $("found").querySelector("button")?.click(); } });
$("shut").addEventListener("click", shut);
sheet.addEventListener("click", e => { if (e.target === sheet) shut(); });
