// What the page asks the process that serves it, with the token of the printed address.

import { say } from "./dom.js";

const GONE = say("The stack or its page has ended: this is the last state. `netful console` opens the page again.");
const NO_TOKEN = say("Open the address that `netful console` prints: it has a token.");

const TOKEN = keptToken();

/** The token of the printed address; it stays in this tab, and not in the address that the tab shows. */
function keptToken() {
  const given = new URLSearchParams(location.hash.slice(1));
  const token = given.get("token");
  if (token) {
    sessionStorage.setItem("token", token);
    given.delete("token");
    history.replaceState(null, "", given.size ? `#${given}` : location.pathname);
  }
  return sessionStorage.getItem("token") ?? "";
}

addEventListener("hashchange", () => location.reload()); // a printed address, or a colleague's, in the tab that is open already

/** The answer to a question; throws an error with the parts that the command line would print. */
export async function post(path, body) {
  const response = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${TOKEN}` },
    body: JSON.stringify(body),
  }).catch(() => { throw new Error(GONE); });
  const answer = await response.json().catch(() => ({ error: response.statusText }));
  if (!response.ok) throw Object.assign(new Error(answer.error || response.statusText), { where: answer.where, why: answer.why, hint: answer.hint });
  return answer;
}

/** Listen to events by name; `error` gets the reason of a lost connection. */
export function listen(listeners) {
  const events = new EventSource(`/events?token=${encodeURIComponent(TOKEN)}`);
  for (const [name, listener] of Object.entries(listeners)) {
    if (name === "error") events.addEventListener("error", () => listener(TOKEN ? GONE : NO_TOKEN));
    else events.addEventListener(name, (event) => listener(event.data === undefined ? null : JSON.parse(event.data)));
  }
}
