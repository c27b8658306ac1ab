// Calls to the server, and its stream of deltas.
async function call(path, body) {
  const form = body instanceof FormData;
  const answer = await fetch(path, {
    method: "POST",
    headers: form ? {} : {"Content-Type": "application/json"},
    body: form ? body : JSON.stringify(body),
  });
  const data = await answer.json();
  if (!answer.ok) throw new Error(data.error);
  return data;
}

export const send = act => call("/_emu/send", act);
export const tap = act => call("/_emu/tap", act);
export const openLink = act => call("/_emu/open", act);
export const openApp = act => call("/_emu/app", act);

export function upload(as, chat, file, caption) {
  const form = new FormData();
  form.set("as", as);
  form.set("chat", chat);
  form.set("caption", caption);
  form.set(file.type.startsWith("image/") && file.type !== "image/svg+xml" ? "photo" : "document", file, file.name);
  return call("/_emu/upload", form);
}

// listen hands deltas to onDelta for ever. The browser reconnects by itself and
// says what it has seen; where it gives up, a new stream is opened.
export function listen(onDelta, onState) {
  const stream = new EventSource("/_emu/events");
  stream.onopen = () => onState(true);
  stream.onmessage = e => { onState(true); onDelta(JSON.parse(e.data)); };
  stream.onerror = () => {
    onState(false);
    if (stream.readyState === EventSource.CLOSED) setTimeout(() => listen(onDelta, onState), 1500);
  };
}
