// The page: what the process tells (events `look` and `log`), the map, the questions, and the address that keeps them.

import { attemptOf, KINDS, pathOf, VERDICTS } from "./answer.js";
import { count } from "./charts.js";
import { detailsOf, liveOf, positionsOf } from "./details.js";
import { byId, complaint, make, marked, note, say, translatePage } from "./dom.js";
import { findingOf, showFindings } from "./findings.js";
import { graphOf } from "./graph.js";
import { addLog, restartLog, toNewest } from "./log.js";
import { NetworkMap } from "./map.js";
import { stepsOf } from "./path.js";
import { savePicture } from "./picture.js";
import { addRefused, restartRefused } from "./refused.js";
import { showRunning } from "./running.js";
import { listen, post } from "./server.js";

translatePage();
const map = new NetworkMap(byId("map"), showDetails, showPointed);
let graph = null;
let shownCloud = "";
let environments = {};
let newest = null;

// ---- what the process tells ----

const STATES = { running: say("running"), template: say("template"), "changed, not readable": say("changed, not readable") };

function look(stack) {
  newest = stack;
  document.title = `netful · ${stack.stack}`;
  byId("name").textContent = stack.stack;
  const state = STATES[stack.state] ?? stack.state;
  tellState(stack.state, stack.mode ? `${state} (${stack.mode})` : state);
  byId("endpoint").textContent = stack.endpoint_url ? `AWS_ENDPOINT_URL=${stack.endpoint_url}` : "";
  byId("probe").hidden = byId("tab-running").hidden = byId("tab-log").hidden = !stack.endpoint_url;
  const cloud = JSON.stringify(stack.cloud);
  if (cloud !== shownCloud) {
    shownCloud = cloud;
    const first = !graph;
    graph = graphOf(stack.cloud);
    byId("nothing").hidden = graph.vpcs.length + graph.clients.length > 0; // before the map measures its window
    map.show(graph);
    tellFold();
    offer(stack);
    askFindings();
    showChanges();
    restore(first);
  }
  count(stack);
  showRunning(stack);
  tellLive();
  pulseChanged(stack);
}

/** The counters of the chosen node. */
function tellLive() {
  const [node, line] = [graph.nodes.get(map.chosen), byId("live")];
  if (node && line) line.textContent = liveOf(newest, node);
}

/** Functions whose environments changed since the last look did something. */
function pulseChanged(stack) {
  const now = Object.fromEntries(stack.functions.map((one) => [one.resource, JSON.stringify(one)]));
  const changed = Object.keys(now).filter((name) => name in environments && environments[name] !== now[name]);
  map.pulse(changed.flatMap((name) => graph.holding(name)));
  environments = now;
}

function offer(stack) {
  const sources = new Set(["internet", "on-premises", ...Object.keys(stack.cloud.resources).filter((id) => stack.cloud.resources[id].type === "AWS::Lambda::Function"),
    ...stack.cloud.enis.flatMap((eni) => (eni.functions.length ? eni.functions : [eni.resource]))]);
  const requests = stack.cloud.apis.flatMap((api) => api.routes.map((one) => `${api.id} ${one.method} ${one.stage === "$default" ? "" : `/${one.stage}`}${one.path}`));
  const options = (values) => [...values].filter(Boolean).map((value) => make("option", { value }));
  byId("sources").replaceChildren(...options(sources));
  byId("loads").replaceChildren(...options([...stack.functions.map((one) => one.resource), ...requests].map((name) => `${name}=10/100`)));
  byId("destinations").replaceChildren(...options(new Set([...stack.destinations, "internet:tcp/443", ...sources, ...requests, ...stack.cloud.apis.flatMap((api) => api.invoke_urls)])));
}

/** The state beside the name; `gone` is why nothing new comes. */
function tellState(state, text, gone = "") {
  const line = byId("state");
  if (line.textContent !== text) line.textContent = text; // a screen reader says each change
  line.classList.toggle("gone", !["running", "template"].includes(state));
  if (state === "changed, not readable") byId("warnings-card").open = true;
  byId("gone").hidden = !gone;
  byId("gone").replaceChildren(marked(gone));
}

listen({
  look,
  open: () => { restartLog(); restartRefused(); },
  log: addLog,
  refused: (flow) => { addRefused(flow, ask); map.pulse(graph.holding(flow.at), "refuses"); },
  error: (why) => tellState("gone", say("no connection"), why),
});

// ---- the map ----

/** What the map has no room for, below it. */
function showPointed(node) {
  const text = [node.kind.replaceAll("-", " "), node.label, node.note, node.more, node.eni?.functions?.join(", ")].filter(Boolean).join(" · ");
  byId("pointed").textContent = text;
}

const ACTIONS = { from: pickFrom, to: askTo, reach: showReach, toggle: (id) => { map.toggle(id); map.choose(id); } };
const unchosen = [...byId("details").children];

function showDetails(node, pointed) {
  remember({ at: node?.id ?? null });
  if (!node) {
    byId("details").replaceChildren(...unchosen);
    return;
  }
  if (picking) {
    const [name] = positionsOf(node);
    if (name) {
      askTo(name);
      return;
    }
  }
  drawDetails(node);
  openTab("tab-details");
  if (pointed) toSight("tab-details");
}

function drawDetails(node) {
  const related = findings.filter((one) => node.names.has(one.resource));
  byId("details").replaceChildren(...detailsOf(graph, node, ACTIONS), ...related.map(elementOf));
  tellLive();
}

/** On a narrow screen, where the map and the details are below each other, go to one of them. */
function toSight(id) {
  if (matchMedia("(max-width: 900px)").matches) byId(id).scrollIntoView({ block: "center" });
}

let picking = false;

/** Begin a question: the next node that is chosen, or typed, is its end. */
function pickFrom(name) {
  byId("from").value = name;
  byId("to").value = "";
  pick(true, say("Choose the destination on the map, or type it."));
  if (!byId("map").contains(document.activeElement)) byId("to").focus({ preventScroll: true });
  toSight("map");
}

function askTo(name) {
  byId("to").value = name;
  if (byId("from").value) ask("trace");
  else byId("from").focus();
}

function pick(on, text = "") {
  picking = on;
  byId("picking").textContent = text;
}

async function showReach(name, node) {
  const out = byId("answer");
  out.replaceChildren(note(say("asking …")));
  const mine = (asked += 1);
  try {
    const found = await post("/reach", { position: name });
    if (mine !== asked) return; // a later question is under way
    const lists = [[say("reaches {}", name), found.to], [say("{} reaches", name), found.from]];
    map.showReach(new Map([...Object.entries(found.from), ...Object.entries(found.to)]));
    byId("clear").hidden = false;
    out.replaceChildren(...lists.flatMap(([title, verdicts]) => [
      make("h3", {}, title),
      make("ul", { class: "reach" }, ...Object.entries(verdicts).sort(byVerdict).map(([other, verdict]) => make(
        "li", {}, make("button", { type: "button", class: KINDS[verdict], onclick: () => ask("trace", ...(verdicts === found.to ? [other, name] : [name, other])) }, `${other}: ${VERDICTS[verdict]}`),
      ))),
    ]));
    map.choose(node.id);
  } catch (error) {
    out.replaceChildren(complaint(error));
  }
}

const byVerdict = ([one, first], [other, second]) => second.localeCompare(first) || one.localeCompare(other);

let hits = [];

byId("search").addEventListener("input", (event) => {
  hits = map.search(event.target.value);
  byId("found").textContent = event.target.value.trim() ? say("{} found", hits.length) : "";
});
byId("search").addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !hits.length) return;
  map.reveal(hits[0]);
  hits.push(hits.shift()); // the next Enter goes on
});
byId("zoom-in").addEventListener("click", () => map.zoom(0.8));
byId("zoom-out").addEventListener("click", () => map.zoom(1.25));
byId("fit").addEventListener("click", () => map.fit());
byId("fold").addEventListener("click", () => {
  map.setAllClosed(map.closed.size < graph.vpcs.length);
  tellFold();
});

function tellFold() {
  byId("fold").hidden = !graph.vpcs.length;
  byId("fold").textContent = map.closed.size < graph.vpcs.length ? say("close VPCs") : say("open VPCs");
}
for (const kind of ["svg", "png"]) byId(kind).addEventListener("click", () => savePicture(map, byId("name").textContent, kind));

// ---- findings ----

let findings = [];

async function askFindings() {
  try {
    ({ findings } = await post("/findings", {}));
    showFindings(findings, elementOf);
    const node = graph.nodes.get(map.chosen);
    if (node) drawDetails(node); // with what was found about it
  } catch (error) {
    byId("findings").replaceChildren(complaint(error));
  }
}

function elementOf(one) {
  const node = graph.holding(one.resource)[0];
  const onMap = () => { if (one.path) showPath(one.path); else map.reveal(node.id); };
  return findingOf(one, graph.place(one.origin), one.path || node ? make("button", { type: "button", onclick: onMap }, one.path ? say("show the path") : say("on the map")) : null);
}

// ---- changes and forecasts ----

async function showChanges() {
  try {
    const { text } = await post("/changes", {});
    if (text) byId("changes").textContent = text;
  } catch (error) {
    byId("changes").textContent = error.message;
  }
}

byId("forecast").addEventListener("submit", async (event) => {
  event.preventDefault();
  const out = byId("forecasted");
  out.textContent = say("asking …");
  try {
    out.textContent = (await post("/forecast", { loads: byId("load").value.split(",").map((load) => load.trim()) })).text;
  } catch (error) {
    out.textContent = error.message;
  }
});

// ---- questions ----

function showPath(path) {
  const steps = stepsOf(graph, path);
  byId("from").value = path.from;
  byId("to").value = path.to;
  byId("answer").replaceChildren(...pathOf(graph, path, steps, (node) => map.point(node)));
  byId("clear").hidden = false;
  map.light(steps);
  remember({ from: path.from, to: path.to });
}

let asked = 0;

async function ask(verb, from = byId("from").value, to = byId("to").value) {
  const answer = byId("answer");
  const mine = (asked += 1);
  pick(false);
  byId("from").value = from;
  byId("to").value = to;
  remember({ from, to });
  answer.replaceChildren(note(say("asking …")));
  try {
    const found = await post(`/${verb}`, { from, to });
    if (mine !== asked) return; // a later question is under way
    if (verb === "trace") showPath(found);
    else answer.replaceChildren(...attemptOf(found));
  } catch (error) {
    if (mine !== asked) return;
    map.clear();
    answer.replaceChildren(complaint(error));
  }
  byId("clear").hidden = false;
}

byId("ask").addEventListener("submit", (event) => {
  event.preventDefault();
  ask(event.submitter?.value ?? "trace");
});
byId("swap").addEventListener("click", () => {
  const [from, to] = [byId("to").value, byId("from").value];
  [byId("from").value, byId("to").value] = [from, to];
  if (from && to) ask("trace");
});
byId("clear").addEventListener("click", clear);

function clear() {
  asked += 1;
  byId("answer").replaceChildren();
  byId("clear").hidden = true;
  map.clear();
  remember({ from: null, to: null });
}

// ---- keys ----

const help = byId("help");
byId("help-button").addEventListener("click", () => help.showModal());
help.addEventListener("click", (event) => { if (event.target === help) help.close(); }); // beside it

/** End the newest thing that is shown: a choice under way, an answer, the chosen node. */
function escape() {
  if (picking) pick(false);
  else if (byId("search").value) {
    byId("search").value = "";
    byId("search").dispatchEvent(new Event("input"));
  } else if (!byId("clear").hidden) clear();
  else map.choose(null);
}

/** Ask from or to the node with the focus, or the chosen one. */
function askAbout(does) {
  const [name] = positionsOf(graph.nodes.get(document.activeElement.dataset?.id) ?? graph.nodes.get(map.chosen) ?? { kind: "zone" });
  if (name) does(name);
}

const KEYS = { "?": () => help.showModal(), "/": () => byId("search").focus(), f: () => askAbout(pickFrom), t: () => askAbout(askTo), Escape: escape };

document.addEventListener("keydown", (event) => {
  const typing = event.target.matches("input");
  if (help.open || !graph || event.ctrlKey || event.metaKey || event.altKey || !(event.key in KEYS) || (typing && event.key !== "Escape")) return;
  event.preventDefault();
  KEYS[event.key]();
});

// ---- tabs, and the address of a question ----

const tabs = [...document.querySelectorAll("[role=tab]")];

function openTab(id) {
  remember({ tab: id === "tab-details" ? null : id });
  for (const tab of tabs) {
    const on = tab.id === id;
    tab.setAttribute("aria-selected", on);
    tab.tabIndex = on ? 0 : -1;
    byId(tab.getAttribute("aria-controls")).hidden = !on;
  }
  if (id === "tab-log") toNewest();
}

for (const tab of tabs) {
  tab.addEventListener("click", () => openTab(tab.id));
  tab.addEventListener("keydown", (event) => {
    const there = tabs.filter((one) => !one.hidden);
    const at = there.indexOf(tab);
    const to = { ArrowRight: (at + 1) % there.length, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = there.at(to);
    openTab(next.id);
    next.focus();
  });
}

/** Keep what is shown in the address, so that it can be given to a colleague. */
function remember(changes) {
  const now = new URLSearchParams(location.hash.slice(1));
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) now.delete(name);
    else now.set(name, value);
  }
  if (`${now}` !== location.hash.slice(1)) history.replaceState(null, "", now.size ? `#${now}` : location.pathname);
}

/** Show what the address keeps; only the first time, the map moves to it. */
function restore(first) {
  const kept = new URLSearchParams(location.hash.slice(1));
  const tab = tabs.find((one) => one.id === kept.get("tab") && !one.hidden);
  if (graph.nodes.has(kept.get("at"))) (first ? map.reveal : map.choose).call(map, kept.get("at"));
  if (tab) openTab(tab.id);
  if (kept.has("from") && kept.has("to")) ask("trace", kept.get("from"), kept.get("to"));
}
