// An answer to a question as elements: a predicted path, or what a packet did.

import { make, marked, note, say } from "./dom.js";

export const KINDS = { reachable: "yes", blocked: "no", unknown: "maybe" };
export const VERDICTS = { reachable: say("reachable"), blocked: say("blocked"), unknown: say("unknown") };
const SYMPTOMS = { timeout: say("timeout"), unreachable: say("unreachable"), refused: say("refused"), dns: say("name not found"), tls: say("wrong certificate"), none: "" };
const RULES = { answers: say("answers") };

/** A verdict with what the client sees: `blocked, timeout`. */
function outcome(verdict, symptom, status) {
  const seen = symptom === "http" ? `HTTP ${status}` : SYMPTOMS[symptom];
  return [VERDICTS[verdict] ?? verdict, seen].filter(Boolean).join(", ");
}

/** A path as elements: its verdict, hops, the way back and what to do; `point` gets the node of a hop. */
export function pathOf(graph, path, steps, point) {
  const back = path.return.some((hop) => hop.verdict !== "allow");
  const item = (hop, node) => {
    const name = `${hop.kind} ${hop.component}`;
    const place = [hop.code, hop.origin === "default" ? "" : graph.place(hop.origin)].filter(Boolean).join(" · ");
    return make(
      "li", { class: hop.verdict, value: hop.n },
      node ? make("button", { type: "button", class: "hop", onclick: () => point(node) }, name) : make("b", {}, name),
      " ", marked(RULES[hop.rule] ?? hop.rule), " ", make("span", { class: "note", title: hop.origin }, place),
    );
  };
  return [
    make("p", { class: KINDS[path.verdict] }, make("b", {}, `${path.from} → ${path.to}: ${outcome(path.verdict, path.symptom.kind, path.symptom.status)}`)),
    make("ol", {}, ...steps.filter(({ hop }) => hop).map(({ hop, node }) => item(hop, node))),
    path.return.length ? make("details", { open: back ? "" : null }, make("summary", {}, say("the way back")), make("ol", {}, ...path.return.map((hop) => item(hop, null)))) : null,
    ...path.advice.map((hint) => make("p", {}, make("b", {}, say("hint: ")), marked(hint))),
    ...path.assumptions.map((text) => make("p", { class: "maybe" }, make("b", {}, say("assumed: ")), marked(typeof text === "string" ? text : JSON.stringify(text)))),
    path.missing.length ? make("p", {}, say("to be supplied: {}", path.missing.join(", "))) : null,
  ].filter(Boolean);
}

/** What a packet did, beside its prediction. */
export function attemptOf(found) {
  const observed = found.observed.map((one) => make("li", { class: one.verdict === "reachable" ? "yes" : "no" }, `${VERDICTS[one.verdict] ?? one.verdict} ${one.detail ?? ""} `, note(`${one.ms.toFixed(1)} ms`)));
  const agreement = found.agree === false ? say("the kernel disagrees with the prediction") : found.agree === null ? say("no prediction") : say("as predicted");
  return [
    make("p", { class: found.agree === false ? "no" : "yes" }, make("b", {}, agreement)),
    make("p", {}, say("predicted: {}", outcome(found.predicted.verdict, found.predicted.symptom))),
    make("ul", {}, ...observed),
  ];
}
