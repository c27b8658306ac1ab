// The screen that takes the form's place when there is nothing to fill in: at
// the end, or while the bot is starting.
import {$, say, text} from "./dom.js";
import {tell} from "./client.js";

const looks = {done: "good", soon: "wait"}; // all others are sad

const leave = () => tell("web_app_close");

// finish shows why there is no form. After success the page closes by itself.
export function finish(how) {
  $("schools").close();
  $("page").hidden = true;
  $("end").hidden = false;
  $("end").dataset.why = how;
  $("end").dataset.how = looks[how] ?? "bad";
  text($("endtitle"), say(`page.${how}`));
  text($("endtext"), say(`page.${how}.text`) ?? "");
  $("leave").hidden = how === "soon";
  if (how === "done") setTimeout(leave, 1500);
}

$("leave").addEventListener("click", leave);
