// The log: its newest lines, those that have a text, still while it is paused.

import { byId, counted, say } from "./dom.js";

const LINES = 2000;
const CHARACTERS = 1_000_000;
let text = "";
let waiting = false;

/** Begin again: each connection sends the log from its beginning. */
export function restartLog() {
  text = "";
  write();
}

export function addLog(more) {
  text += more;
  if (text.length > 2 * CHARACTERS) text = text.slice(-CHARACTERS); // a page that is not seen has no frames
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(write); // once a frame, however much comes
}

function write() {
  waiting = false;
  if (byId("pause").getAttribute("aria-pressed") === "true") return;
  const log = byId("log");
  const below = log.scrollHeight - log.scrollTop - log.clientHeight < 30;
  const wanted = byId("log-filter").value.toLowerCase();
  const lines = text.split("\n").filter((line) => line && line.toLowerCase().includes(wanted));
  log.textContent = lines.slice(-LINES).join("\n");
  byId("log-count").textContent = lines.length > LINES ? say("the newest {} of {} lines", LINES, lines.length)
    : lines.length || !text ? counted(lines.length, "{} line", "{} lines") : say("no line has this text");
  if (below) toNewest();
}

/** Go to the newest line. */
export const toNewest = () => { byId("log").scrollTop = byId("log").scrollHeight; };

byId("log-filter").addEventListener("input", write);
byId("pause").addEventListener("click", (event) => {
  const paused = event.target.getAttribute("aria-pressed") !== "true";
  event.target.setAttribute("aria-pressed", paused);
  write();
});
