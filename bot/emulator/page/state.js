// What the page knows, and how deltas of the server change it.
export const state = {
  epoch: "", bot: null, people: [], chats: [], link: null, menus: {}, about: {},
  messages: new Map(), // chat id -> Map(message id -> message)
  actions: new Map(),  // chat id -> {action, until}
  me: 0, chat: 0,      // the person viewed as, the open chat
};

// apply takes a delta in. It tells whether everything is new.
export function apply(delta) {
  if (delta.world) {
    Object.assign(state, delta.world);
    state.messages = new Map(state.chats.map(c => [c.id, new Map()]));
    state.actions.clear();
    loadRead();
  }
  if (delta.menus) Object.assign(state, {menus: delta.menus, about: delta.about});
  for (const m of delta.messages ?? []) {
    const log = state.messages.get(m.chat);
    if (m.deleted) log.delete(m.id); else log.set(m.id, m);
  }
  for (const a of delta.actions ?? []) {
    if (a.action && a.ms > 0) state.actions.set(a.chat, {action: a.action, until: Date.now() + a.ms});
    else state.actions.delete(a.chat);
  }
  return Boolean(delta.world);
}

export const person = id => state.people.find(p => p.id === id);
export const chatOf = id => state.chats.find(c => c.id === id);
export const isPrivate = chat => chat.type === "private";
export const titleOf = chat => (isPrivate(chat) ? state.bot.first_name : chat.title);
export const chatsOf = me => state.chats.filter(c => c.id === me || c.members?.includes(me) || c.admins?.includes(me));
export const messagesOf = chat => [...(state.messages.get(chat)?.values() ?? [])].sort((a, b) => a.id - b.id);
export const lastOf = chat => messagesOf(chat).at(-1);
export const menuOf = chat => state.menus[`${state.me}/${chat}`] ?? [];

export function actionOf(chat) {
  const a = state.actions.get(chat);
  return a && a.until > Date.now() ? a.action : "";
}

// rankOf is what a group says about a member: owner, admin or nothing.
export function rankOf(chat, user) {
  const at = chat.admins?.indexOf(user) ?? -1;
  return at === 0 ? "owner" : at > 0 ? "admin" : "";
}

// The last message read, per person and chat, kept over reloads of the page.
let read = {};

function loadRead() {
  try {
    const kept = JSON.parse(localStorage.getItem("emulator-read") ?? "{}");
    read = kept.epoch === state.epoch ? kept : {epoch: state.epoch};
  } catch {
    read = {epoch: state.epoch};
  }
}

export function markRead(chat) {
  const key = `${state.me}/${chat}`, last = lastOf(chat)?.id ?? 0;
  if ((read[key] ?? 0) >= last) return;
  read[key] = last;
  try { localStorage.setItem("emulator-read", JSON.stringify(read)); } catch { /* private window */ }
}

export function unread(me, chat) {
  const seen = read[`${me}/${chat}`] ?? 0;
  return messagesOf(chat).filter(m => m.id > seen && m.from.id !== me).length;
}
