// Toasts, boxes and the picture viewer.
import {$, el} from "./dom.js";
import {say} from "./words.js";

export function toast(text) {
  const t = el("div", {class: "toast", "data-testid": "toast"}, text);
  $("toasts").replaceChildren(t);
  setTimeout(() => { t.classList.add("gone"); setTimeout(() => t.remove(), 300); }, 3500);
}

// alertBox shows a sentence until it is dismissed.
export const alertBox = text => box(text, false);

// confirmBox resolves to true if the person agrees.
export const confirmBox = text => box(text, true);

function box(text, choice) {
  const d = $("box");
  if (d.open) d.close();
  $("boxtext").textContent = text;
  $("boxyes").textContent = say("ok");
  $("boxno").textContent = say("cancel");
  $("boxno").hidden = !choice;
  d.returnValue = "";
  d.showModal();
  return ask(d, $("boxyes"), $("boxno"));
}

function ask(d, yes, no) {
  return new Promise(done => {
    yes.onclick = () => d.close("yes");
    no.onclick = () => d.close("");
    d.onclick = e => { if (e.target === d) d.close(""); };
    d.onclose = () => done(d.returnValue === "yes");
  });
}

// attachBox asks for a caption; it resolves to the caption, or null.
export async function attachBox(file) {
  const d = $("attachbox"), shows = file.type.startsWith("image/");
  $("preview").hidden = !shows;
  if (shows) $("preview").src = URL.createObjectURL(file);
  $("previewname").textContent = shows ? "" : file.name;
  $("caption").value = "";
  $("caption").placeholder = say("caption");
  $("attachyes").textContent = say("send");
  $("attachno").textContent = say("cancel");
  d.returnValue = "";
  d.showModal();
  $("caption").onkeydown = e => { if (e.key === "Enter" && !e.isComposing) d.close("yes"); };
  const agreed = await ask(d, $("attachyes"), $("attachno"));
  URL.revokeObjectURL($("preview").src);
  return agreed ? $("caption").value : null;
}

export function viewer(url) {
  const d = $("viewer");
  $("viewed").src = url;
  d.onclick = () => d.close();
  d.showModal();
}
