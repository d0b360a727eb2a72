// The page: what the process tells (events `look` and `log`), the map, the questions, and the address that keeps them.

import { count } from "./charts.js";
import { detailsOf } from "./details.js";
import { byId, make, note, plural } from "./dom.js";
import { graphOf } from "./graph.js";
import { addLog, restartLog } from "./log.js";
import { NetworkMap } from "./map.js";
import { stepsOf } from "./path.js";
import { showRunning } from "./running.js";
import { listen, post } from "./server.js";

const map = new NetworkMap(byId("map"), showDetails, showPointed);
let graph = null;
let shownCloud = "";
let environments = {};

// ---- what the process tells ----

function look(stack) {
  document.title = `netful · ${stack.stack}`;
  byId("name").textContent = stack.stack;
  tellState(stack.state, stack.mode ? `${stack.state} (${stack.mode})` : stack.state);
  byId("endpoint").textContent = stack.endpoint_url ? `AWS_ENDPOINT_URL=${stack.endpoint_url}` : "";
  byId("probe").hidden = byId("tab-running").hidden = byId("tab-log").hidden = !stack.endpoint_url;
  const cloud = JSON.stringify(stack.cloud);
  if (cloud !== shownCloud) {
    shownCloud = cloud;
    graph = graphOf(stack.cloud);
    map.show(graph);
    tellFold();
    offer(stack);
    showFindings();
    showChanges();
    restore();
  }
  count(stack);
  showRunning(stack);
  pulseChanged(stack);
}

/** Functions whose environments changed since the last look did something. */
function pulseChanged(stack) {
  const now = Object.fromEntries(stack.functions.map((one) => [one.resource, JSON.stringify(one)]));
  map.pulse(Object.keys(now).filter((name) => name in environments && environments[name] !== now[name]));
  environments = now;
}

function offer(stack) {
  const sources = new Set(["internet", "on-premises", ...Object.keys(stack.cloud.resources).filter((id) => stack.cloud.resources[id].type === "AWS::Lambda::Function"),
    ...stack.cloud.enis.flatMap((eni) => (eni.functions.length ? eni.functions : [eni.resource]))]);
  const requests = stack.cloud.apis.flatMap((api) => api.routes.map((one) => `${api.id} ${one.method} ${one.stage === "$default" ? "" : `/${one.stage}`}${one.path}`));
  const options = (values) => [...values].filter(Boolean).map((value) => make("option", { value }));
  byId("sources").replaceChildren(...options(sources));
  byId("loads").replaceChildren(...options([...stack.functions.map((one) => one.resource), ...requests].map((name) => `${name}=10/100`)));
  byId("destinations").replaceChildren(...options(new Set([...stack.destinations, "internet:tcp/443", ...sources, ...requests])));
}

function tellState(state, text) {
  byId("state").textContent = text;
  byId("state").classList.toggle("gone", !["running", "template"].includes(state));
}

listen({
  look,
  open: restartLog,
  log: addLog,
  error: (why) => tellState("gone", why),
});

// ---- the map ----

/** What the map has no room for, below it. */
function showPointed(node) {
  byId("pointed").textContent = [node.kind.replaceAll("-", " "), node.label, node.note, node.eni?.functions?.join(", ")].filter(Boolean).join(" · ");
}

function showDetails(node) {
  if (!node) {
    remember({ at: null });
    return;
  }
  const act = {
    from: (name) => { byId("from").value = name; byId("to").focus(); },
    to: (name) => { byId("to").value = name; (byId("from").value ? byId("ask") : byId("from")).focus?.(); if (byId("from").value) ask("trace"); },
    reach: showReach,
  };
  const related = findings.filter((one) => node.names.has(one.resource));
  byId("details").replaceChildren(...detailsOf(graph, node, act), ...related.map(findingOf));
  openTab("tab-details");
  remember({ at: node.id });
}

async function showReach(name, node) {
  const out = byId("answer");
  out.replaceChildren(note("…"));
  try {
    const found = await post("/reach", { position: name });
    const lists = [["reaches it", found.to], ["it reaches", found.from]];
    map.showReach(new Map([...Object.entries(found.from), ...Object.entries(found.to)]));
    byId("clear").hidden = false;
    out.replaceChildren(...lists.flatMap(([title, verdicts]) => [
      make("h3", {}, `${title} (${name})`),
      make("ul", { class: "reach" }, ...Object.entries(verdicts).sort(byVerdict).map(([other, verdict]) => make(
        "li", {}, make("button", { type: "button", class: KINDS[verdict], onclick: () => ask("trace", ...(verdicts === found.to ? [other, name] : [name, other])) }, `${other}: ${verdict}`),
      ))),
    ]));
    map.choose(node.id);
  } catch (error) {
    out.replaceChildren(make("p", { class: "no error" }, error.message));
  }
}

const byVerdict = ([one, first], [other, second]) => second.localeCompare(first) || one.localeCompare(other);

byId("search").addEventListener("input", (event) => map.search(event.target.value));
byId("search").addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  const [first] = map.search(event.target.value);
  if (!first) return;
  map.choose(first);
  map.bring([graph.nodes.get(first)]);
});
byId("zoom-in").addEventListener("click", () => map.zoom(0.8));
byId("zoom-out").addEventListener("click", () => map.zoom(1.25));
byId("fit").addEventListener("click", () => map.fit());
byId("fold").addEventListener("click", () => {
  map.setAllClosed(map.closed.size < graph.vpcs.length);
  tellFold();
});

function tellFold() {
  byId("fold").textContent = map.closed.size < graph.vpcs.length ? "close VPCs" : "open VPCs";
}
byId("svg").addEventListener("click", async () => save(await picture(), "svg"));
byId("png").addEventListener("click", async () => save(await pixels(await picture()), "png"));

async function picture() {
  const style = await Promise.all(["style.css", "map.css"].map((name) => fetch(`/page/${name}`).then((answer) => answer.text())));
  return new Blob([map.picture(style.join("\n"))], { type: "image/svg+xml" });
}

async function pixels(svg) {
  const url = URL.createObjectURL(svg);
  const image = new Image();
  image.src = url;
  await image.decode();
  const canvas = make("canvas", { width: image.width * 2, height: image.height * 2 });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(url);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

function save(blob, kind) {
  const url = URL.createObjectURL(blob);
  make("a", { href: url, download: `${byId("name").textContent}.${kind}` }).click();
  URL.revokeObjectURL(url);
}

// ---- findings ----

let findings = [];

async function showFindings() {
  const view = byId("findings-view");
  try {
    ({ findings } = await post("/findings", {}));
    byId("findings-count").textContent = findings.length ? `(${findings.length})` : "";
    view.replaceChildren(...(findings.length ? findings.map(findingOf) : [note("no findings")]));
  } catch (error) {
    view.replaceChildren(make("p", { class: "no error" }, error.message));
  }
}

function findingOf(one) {
  const node = graph.holding(one.resource)[0];
  const onMap = () => { if (one.path) showPath(one.path); else if (node) { map.choose(node.id); map.bring([node]); } };
  return make(
    "article", { class: `finding ${one.severity}` },
    make("h3", {}, make("span", { class: "severity" }, one.severity), ` ${one.id} ${one.title}`),
    make("p", {}, one.message),
    make("p", {}, make("b", {}, "hint: "), one.hint),
    make("p", { class: "buttons" }, note(one.origin), one.path || node ? make("button", { type: "button", onclick: onMap }, "on the map") : null),
  );
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
  out.textContent = "…";
  try {
    out.textContent = (await post("/forecast", { loads: byId("load").value.split(",").map((load) => load.trim()) })).text;
  } catch (error) {
    out.textContent = error.message;
  }
});

// ---- questions ----

const KINDS = { reachable: "yes", blocked: "no", unknown: "maybe" };
const seenAs = ({ kind, status }) => (kind === "http" ? String(status) : kind === "none" ? "" : kind);

function pathOf(path) {
  const hops = [...path.hops, ...path.return.filter((hop) => hop.verdict !== "allow")];
  return [
    make("p", { class: KINDS[path.verdict] }, make("b", {}, `${path.from} → ${path.to}: ${path.verdict} ${seenAs(path.symptom)}`)),
    make("ol", {}, ...hops.map((hop) => make(
      "li",
      { class: hop.verdict, value: hop.n },
      make("b", {}, `${hop.kind} ${hop.component} `), hop.rule, " ", note([hop.code, hop.origin].filter((text) => text && text !== "default").join(" · ")),
    ))),
    path.hint ? make("p", {}, make("b", {}, "hint: "), path.hint) : null,
    ...path.assumptions.map((text) => make("p", { class: "maybe" }, "assumed: ", typeof text === "string" ? text : JSON.stringify(text))),
    path.missing.length ? make("p", {}, `to be supplied: ${path.missing.join(", ")}`) : null,
  ].filter(Boolean);
}

function showPath(path) {
  byId("from").value = path.from;
  byId("to").value = path.to;
  byId("answer").replaceChildren(...pathOf(path));
  byId("clear").hidden = false;
  map.light(stepsOf(graph, path));
  remember({ from: path.from, to: path.to });
}

function attemptOf(found) {
  const observed = found.observed.map((one) => make("li", { class: one.verdict === "reachable" ? "yes" : "no" }, `${one.verdict} ${one.detail ?? ""} `, note(`${one.ms.toFixed(1)} ms`)));
  return [
    make("p", { class: found.agree === false ? "no" : "yes" }, make("b", {}, found.agree === false ? "the kernel disagrees with the prediction" : found.agree === null ? "no prediction" : "as predicted")),
    make("p", {}, `predicted: ${found.predicted.verdict} ${found.predicted.symptom}`),
    make("ul", {}, ...observed),
  ];
}

let asked = 0;

async function ask(verb, from = byId("from").value, to = byId("to").value) {
  const answer = byId("answer");
  const mine = (asked += 1);
  answer.replaceChildren(note("…"));
  try {
    const found = await post(`/${verb}`, { from, to });
    if (mine !== asked) return; // a later question is under way
    if (verb === "trace") showPath(found);
    else answer.replaceChildren(...attemptOf(found));
  } catch (error) {
    if (mine === asked) answer.replaceChildren(make("p", { class: "no error" }, error.message));
  }
}

byId("ask").addEventListener("submit", (event) => {
  event.preventDefault();
  ask(event.submitter?.value ?? "trace");
});
byId("clear").addEventListener("click", () => {
  byId("answer").replaceChildren();
  byId("clear").hidden = true;
  map.clear();
  remember({ from: null, to: null });
});

// ---- tabs, and the address of a question ----

const tabs = [...document.querySelectorAll("[role=tab]")];

function openTab(id) {
  for (const tab of tabs) {
    const on = tab.id === id;
    tab.setAttribute("aria-selected", on);
    tab.tabIndex = on ? 0 : -1;
    byId(tab.getAttribute("aria-controls")).hidden = !on;
  }
}

for (const tab of tabs) {
  tab.addEventListener("click", () => openTab(tab.id));
  tab.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const there = tabs.filter((one) => !one.hidden);
    const next = there[(there.indexOf(tab) + step + there.length) % there.length];
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
  history.replaceState(null, "", now.size ? `#${now}` : location.pathname);
}

function restore() {
  const kept = new URLSearchParams(location.hash.slice(1));
  const node = graph.nodes.get(kept.get("at"));
  if (node) map.choose(node.id);
  if (kept.has("from") && kept.has("to")) ask("trace", kept.get("from"), kept.get("to"));
}
