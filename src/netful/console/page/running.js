// What runs: faults in force, functions with a button each, APIs, load balancers, hosts, throttles; and the last traces.

import { byId, counted, cut, make, marked, note, row, say, shown } from "./dom.js";
import { post } from "./server.js";

/** The functions whose invocation from here is under way; their rows may be drawn anew meanwhile. */
const invoking = new Set();

function functionRow(one) {
  const name = one.resource;
  const button = make("button", { type: "button", "data-key": name, "aria-label": say("invoke {}", name), onclick: () => invoke(name) }, say("invoke"));
  button.setAttribute("aria-disabled", invoking.has(name)); // and not `disabled`, which takes the focus away
  const where = one.interfaces.join(", ") || say("outside any VPC");
  return row(
    make("span", {}, make("b", {}, one.resource), make("br"), note(one.why ? `${where}: ${one.why}` : where)),
    make("span", {}, make("b", { class: one.state === "Active" ? "yes" : "no" }, one.state), make("br"), note(counted(one.environments, "{} environment", "{} environments"))),
    button,
  );
}

function tellInvoking(name, on) {
  if (on) invoking.add(name);
  else invoking.delete(name);
  document.querySelector(`#functions [data-key="${CSS.escape(name)}"]`)?.setAttribute("aria-disabled", on);
}

async function invoke(name) {
  if (invoking.has(name)) return;
  const out = byId("invoked");
  tellInvoking(name, true);
  out.hidden = false;
  out.textContent = `${name}: …`;
  try {
    const done = await post("/invoke", { function: name, payload: byId("payload").value || "{}" });
    const took = `${done.init_ms === null ? say("warm") : `init ${done.init_ms.toFixed(1)} ms`}, ${done.duration_ms.toFixed(1)} ms`;
    out.textContent = `${name}: ${done.function_error ?? "ok"} (${took})\n${done.payload}`;
  } catch (error) {
    out.textContent = `${name}: ${error.message}`;
  } finally {
    tellInvoking(name, false);
  }
}

function faultRow(one) {
  const end = (event) => {
    event.target.setAttribute("aria-disabled", true);
    post("/mend", { number: one.number });
  };
  const name = `${one.kind} ${one.target}`;
  return row(
    make("span", {}, make("b", {}, one.kind), ` ${one.target}`, make("br"), note(one.scope ?? "")),
    say("{} s left", Math.ceil(one.seconds_left)),
    make("button", { type: "button", "data-key": name, "aria-label": say("end {}", name), onclick: end }, say("end")),
  );
}

function apiRow(one) {
  const link = one.url ? make("a", { href: one.url, "data-key": one.url, target: "_blank", rel: "noopener" }, one.url) : note(say("private: not from the host"));
  return row(make("span", {}, make("b", {}, one.resource), ` ${one.stage ?? ""}`, make("br"), link));
}

function balancerRow(one) {
  const targets = one.targets.map((target) => make("div", { class: target.state === "healthy" ? "yes" : "no" }, `${target.target ?? target.id ?? ""} ${target.state}`));
  return row(make("span", {}, make("b", {}, one.resource), make("br"), note(one.url ?? one.dns_name)), make("span", {}, ...targets));
}

function hostRow(one) {
  return row(make("span", {}, make("b", {}, one.resource), make("br"), note(one.why ?? "")), one.state, one.address ?? "");
}

function bucketRow(one) {
  const of = Array.isArray(one.of) ? one.of.join(" ") : one.of;
  const bar = make("meter", { min: 0, max: one.burst || 1, value: one.tokens, low: one.burst * 0.2, "aria-label": say("tokens of {}", of) });
  return row(make("span", {}, of, make("br"), note(`${one.level} · ${one.rate}/s, burst ${one.burst}`)), bar, shown(one.tokens));
}

function quotaRow(one) {
  const bar = make("meter", { min: 0, max: one.limit ?? 1, value: one.used, high: (one.limit ?? 1) * 0.8, "aria-label": say("quota of {}", one.usage_plan) });
  return row(make("span", {}, `${one.usage_plan} ${one.api_key}`, make("br"), note(say("quota of {}", one.period))), bar, say("{} of {}", one.used, shown(one.limit)));
}

function traceRow(one) {
  const clock = new Date(one.start * 1000).toLocaleTimeString();
  const result = one.status ?? (one.failed ? say("failed") : "");
  return row(
    make("span", {}, make("b", {}, one.name), make("br"), make("span", { class: "note", title: one.id }, `${clock} · ${cut(one.id, 18)}`)),
    make("span", { class: one.failed ? "no" : "yes" }, String(result)),
    counted(one.segments, "{} segment", "{} segments"),
    `${one.duration_ms.toFixed(1)} ms`,
  );
}

/** What each card shows, as text: one that has not changed is left alone, with what is selected in it. */
const shownIn = {};

/** Fill a card with a row for each of several; it is not there when there is nothing to show. The focus stays where it was. */
function fill(name, rowOf, several) {
  const text = JSON.stringify(several);
  if (shownIn[name] === text) return;
  shownIn[name] = text;
  const card = byId(name);
  const key = card.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  byId(`${name}-card`).hidden = several.length === 0;
  card.replaceChildren(make("table", {}, make("tbody", {}, ...several.map(rowOf))));
  if (key !== undefined) card.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
}

export function showRunning(stack) {
  fill("faults", faultRow, stack.faults);
  fill("functions", functionRow, stack.functions);
  fill("apis", apiRow, stack.apis);
  fill("balancers", balancerRow, stack.load_balancers);
  fill("hosts", hostRow, stack.hosts);
  fill("buckets", (one) => ("burst" in one ? bucketRow(one) : quotaRow(one)), [...stack.gateway.buckets, ...stack.gateway.quotas]);
  fill("traces", traceRow, stack.traces);
  byId("warnings-card").hidden = stack.warnings.length === 0;
  byId("warnings-title").textContent = counted(stack.warnings.length, "{} warning", "{} warnings");
  byId("warnings").replaceChildren(...stack.warnings.map((text) => make("li", { class: "error" }, marked(text))));
}
