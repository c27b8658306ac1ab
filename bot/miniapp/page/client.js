// What the page and Telegram's client tell each other. The client starts the
// page with a fragment; afterwards both send events, by whichever bridge there
// is: that of the phones, that of the desktop, or the window around a frame.

const launch = new URLSearchParams(location.hash.slice(1));

export const initData = launch.get("tgWebAppData") ?? "";

// The language of the client, by its tag. Only the first words are in it: the
// bot knows which was chosen.
export const tag = parsed(new URLSearchParams(initData).get("user"))?.language_code ?? "";

export function tell(eventType, eventData = {}) {
  if (window.TelegramWebviewProxy) TelegramWebviewProxy.postEvent(eventType, JSON.stringify(eventData));
  else if (window.external && "notify" in window.external) window.external.notify(JSON.stringify({eventType, eventData}));
  else if (window.parent !== window) window.parent.postMessage(JSON.stringify({eventType, eventData}), "*");
}

// The client's colours, by the names of its theme; the first that is there counts.
const colours = {
  "--page": ["secondary_bg_color", "bg_color"],
  "--card": ["section_bg_color", "bg_color"],
  "--ink": ["text_color"],
  "--soft": ["subtitle_text_color", "hint_color"],
  "--line": ["section_separator_color"],
  "--accent": ["button_color", "link_color"],
  "--on-accent": ["button_text_color"],
  "--danger": ["destructive_text_color"],
};

// paint takes over a theme. What is no colour is left at the default.
function paint(theme) {
  const root = document.documentElement, colour = name => /^#[0-9a-f]{6}$/i.test(theme?.[name]) ? theme[name] : "";
  for (const [property, names] of Object.entries(colours)) {
    root.style.setProperty(property, names.map(colour).find(Boolean) ?? "");
  }
  const ground = colour("bg_color");
  if (ground) root.dataset.scheme = bright(ground) ? "light" : "dark";
  else delete root.dataset.scheme;
}

function bright(colour) {
  const [r, g, b] = [1, 3, 5].map(i => parseInt(colour.slice(i, i + 2), 16));
  return 0.299 * r + 0.587 * g + 0.114 * b > 128;
}

function hear(eventType, eventData) {
  if (eventType === "theme_changed") paint(eventData?.theme_params);
}

function parsed(text) {
  try { return JSON.parse(text); } catch { return null; }
}

paint(parsed(launch.get("tgWebAppThemeParams")));
window.Telegram = {WebView: {receiveEvent: hear}};
window.TelegramGameProxy = {receiveEvent: hear};
window.TelegramGameProxy_receiveEvent = hear;
addEventListener("message", e => {
  const event = e.source === window.parent && typeof e.data === "string" ? parsed(e.data) : null;
  if (event) hear(event.eventType, event.eventData);
});
tell("iframe_ready");
