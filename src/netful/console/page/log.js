// The log: its newest lines, those that have a text, still while it is paused.

import { byId } from "./dom.js";

const LINES = 2000;
const CHARACTERS = 400_000;
let text = "";
let waiting = false;

/** Begin again: each connection sends the log from its beginning. */
export function restartLog() {
  text = "";
  write();
}

export function addLog(more) {
  text = (text + more).slice(-CHARACTERS); // a page that is not seen has no frames
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
  log.textContent = text.split("\n").filter((line) => line.toLowerCase().includes(wanted)).slice(-LINES).join("\n");
  if (below) log.scrollTop = log.scrollHeight;
}

byId("log-filter").addEventListener("input", write);
byId("pause").addEventListener("click", (event) => {
  const paused = event.target.getAttribute("aria-pressed") !== "true";
  event.target.setAttribute("aria-pressed", paused);
  write();
});
