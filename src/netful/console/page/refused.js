// Flows that the kernel refuses, as they happen: the newest first, those between the same ends together.

import { byId, counted, make, marked, note, row, say } from "./dom.js";

const MOST = 20;
const PROTOCOLS = { 1: "icmp", 6: "tcp", 17: "udp", 58: "icmpv6" };

const flows = new Map();

/** Begin again: after a lost connection, what was refused before may belong to another network. */
export function restartRefused() {
  flows.clear();
  byId("refused-card").hidden = true;
}

/** Show a flow; `ask` gets its two ends for a trace. */
export function addRefused(one, ask) {
  const [from, to] = ["source", "destination"].map((side) => one[side] || one[`${side}_address`]);
  const port = [6, 17].includes(one.protocol) ? `:${PROTOCOLS[one.protocol]}/${one.destination_port}` : "";
  const key = [from, to, port, one.at].join(" ");
  const packets = (flows.get(key)?.packets ?? 0) + one.packets;
  flows.delete(key);
  flows.set(key, { ...one, from, to: `${to}${port}`, packets });
  if (flows.size > MOST) flows.delete(flows.keys().next().value);
  byId("refused-card").hidden = false;
  byId("refused").replaceChildren(make("table", {}, make("tbody", {}, ...[...flows.values()].reverse().map((flow) => rowOf(flow, ask)))));
}

function rowOf({ from, to, at, start, packets, why }, ask) {
  const clock = new Date(start * 1000).toLocaleTimeString();
  return row(
    make("span", {}, make("b", { class: "no" }, `${from} → ${to}`), make("br"), note(`${clock} · ${at}`), ...why.flatMap((one) => [make("br"), one.component, ": ", marked(one.rule)])),
    counted(packets, "{} packet", "{} packets"),
    make("button", { type: "button", "aria-label": say("trace {} to {}", from, to), onclick: () => ask("trace", from, to) }, say("why?")),
  );
}
