// A Mini App in a sheet over the chat: the app's page in a frame, and the few
// events that it and a client exchange.
import {$, el} from "./dom.js";

// The page's colours by the names of Telegram's ThemeParams.
const colours = {
  bg_color: "--side", secondary_bg_color: "--hover", text_color: "--ink", hint_color: "--soft", link_color: "--accent",
  button_color: "--accent", button_text_color: "--on-accent", destructive_text_color: "--danger",
};

export function theme() {
  const style = getComputedStyle(document.documentElement);
  const full = c => c.replace(/^#(.)(.)(.)$/, "#$1$1$2$2$3$3");
  return Object.fromEntries(Object.entries(colours).map(([k, v]) => [k, full(style.getPropertyValue(v).trim())]));
}

export function showApp(title, url) {
  const d = $("app");
  $("apptitle").textContent = title;
  $("appframe").replaceChildren(el("iframe", {
    src: url, title, sandbox: "allow-scripts allow-same-origin allow-forms", referrerpolicy: "no-referrer", "data-testid": "app-frame",
  }));
  d.onclose = () => $("appframe").replaceChildren();
  $("appclose").onclick = () => d.close();
  d.showModal();
}

function heard(e) {
  const frame = $("appframe").firstChild;
  if (!frame || e.source !== frame.contentWindow) return;
  let event;
  try { event = JSON.parse(e.data); } catch { return; }
  if (event.eventType === "web_app_close") $("app").close();
  if (event.eventType === "web_app_request_theme") tellTheme();
}

function tellTheme() {
  const event = {eventType: "theme_changed", eventData: {theme_params: theme()}};
  $("appframe").firstChild?.contentWindow.postMessage(JSON.stringify(event), "*");
}

addEventListener("message", heard);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", tellTheme);
