// Findings: those of a rule together, the most severe first; filtered by a text.

import { byId, make, marked, note, say } from "./dom.js";

const FEW = 12; // findings that are all open
const LONG = 320; // letters of a message that begins cut

let findings = [];
let elementOf = () => null;

/** Show findings; `draw` makes the element of one. */
export function showFindings(found, draw) {
  [findings, elementOf] = [found, draw];
  byId("findings-count").textContent = found.length ? `(${found.length})` : "";
  byId("findings-filter").hidden = found.length <= 1;
  write();
}

function write() {
  const wanted = byId("findings-filter").value.toLowerCase();
  const matching = findings.filter((one) => [one.severity, one.id, one.title, one.message, one.resource].join(" ").toLowerCase().includes(wanted));
  const rules = [...Map.groupBy(matching, (one) => one.id).values()];
  const none = findings.length ? say("no finding has this text") : say("no findings: nothing in this network contradicts a rule");
  byId("findings").replaceChildren(...(rules.length ? rules.map((those) => ruleOf(those, matching.length <= FEW)) : [note(none)]));
}

/** The findings of a rule; they are drawn when somebody opens it. */
function ruleOf(those, open) {
  const [{ severity, id, title }] = those;
  const fill = ({ target }) => { if (target.open && target.children.length === 1) target.append(...those.map(elementOf)); };
  const heading = make("summary", {}, make("span", { class: "severity" }, severity), ` ${id} `, make("b", {}, title), those.length > 1 ? note(` × ${those.length}`) : null);
  return make("details", { class: `rule ${severity}`, ontoggle: fill, open: open ? "" : null }, heading);
}

/** One finding with its buttons. */
export function findingOf(one, place, ...buttons) {
  const message = one.message.length <= LONG ? make("p", {}, marked(one.message))
    : make("details", {}, make("summary", {}, marked(`${one.message.slice(0, LONG)}…`)), make("p", {}, marked(one.message)));
  return make(
    "article", { class: `finding ${one.severity}` },
    make("h3", {}, make("span", { class: "severity" }, one.severity), ` ${one.id} ${one.title}`),
    message,
    make("p", {}, make("b", {}, say("hint: ")), marked(one.hint)),
    make("p", { class: "buttons" }, make("span", { class: "note", title: one.origin }, place), ...buttons),
  );
}

byId("findings-filter").addEventListener("input", write);
