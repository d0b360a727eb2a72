// Small charts of the last two minutes: invocations, cold starts and throttles of a second, and the fullest bucket.

import { byId, draw, make, say } from "./dom.js";

const SECONDS = 120;
const [WIDTH, HEIGHT] = [240, 36];
const COUNTED = [["invocations", say("Invocations a second")], ["cold_starts", say("Cold starts a second")], ["throttles", say("Throttles a second")]];

const series = Object.fromEntries([...COUNTED.map(([name]) => name), "tokens"].map((name) => [name, []]));
let newest = null;
let before = null;

/** Take the counters of a look; the charts move on once a second, whether there was a look or not. */
export function count(stack) {
  newest = stack;
}

const total = (stack, name) => stack.functions.reduce((sum, one) => sum + (one.counts?.[name] ?? 0), 0);

/** The share of tokens that the emptiest bucket has left, in percent. */
function tokens(stack) {
  const shares = stack.gateway.buckets.filter((one) => one.burst > 0).map((one) => (100 * one.tokens) / one.burst);
  return shares.length ? Math.min(...shares) : null;
}

function push(name, value) {
  series[name].push(value);
  if (series[name].length > SECONDS) series[name].shift();
}

function tick() {
  if (newest === null) return;
  const since = before ?? newest;
  for (const [name] of COUNTED) push(name, Math.max(0, total(newest, name) - total(since, name)));
  const left = tokens(newest);
  if (left !== null) push("tokens", left);
  before = newest;
  if (!byId("running").hidden) show();
}

function show() {
  const charts = [...COUNTED, ["tokens", say("Tokens left in the emptiest bucket, percent")]].filter(([name]) => series[name].length);
  byId("charts").replaceChildren(...charts.map(([name, title]) => chartOf(title, series[name], name === "tokens" ? 100 : 1)));
}

function chartOf(title, values, least) {
  const most = Math.max(least, ...values);
  const now = values.at(-1);
  const step = WIDTH / (SECONDS - 1);
  const first = WIDTH - (values.length - 1) * step;
  const points = values.map((value, n) => `${(first + n * step).toFixed(1)},${(HEIGHT - (value / most) * (HEIGHT - 2) - 1).toFixed(1)}`);
  const text = say("{}: {} now, {} at most", title, Math.round(now), Math.round(Math.max(...values)));
  return make(
    "figure", { class: "chart" },
    make("figcaption", {}, text),
    draw("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": text, preserveAspectRatio: "none" }, draw("polyline", { points: points.join(" ") })),
  );
}

setInterval(tick, 1000);
