// The page of a running stack. It shows what the daemon tells (events `look` and `log`) and asks what the user asks.
// Text from templates and logs is only ever put in as text.

const byId = (id) => document.getElementById(id);
const LOG_LINES = 2000;
const LOG_CHARACTERS = 400_000;

/** An element with attributes and children; a child that is no element is text. */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

const shown = (value) => (value === null || value === undefined ? "-" : typeof value === "object" ? "unknown" : String(value));
const note = (text) => make("span", { class: "note" }, text);
const row = (...cells) => make("tr", {}, ...cells.map((cell) => make("td", {}, cell)));
const plural = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;

const GONE = "the stack has ended, or its page";
const TOKEN = keptToken();

/** The token of the printed address; it stays in this tab, and not in the address that the tab shows. */
function keptToken() {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (given) {
    sessionStorage.setItem("token", given);
    history.replaceState(null, "", location.pathname);
  }
  return sessionStorage.getItem("token") ?? "";
}

async function post(path, body) {
  const response = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${TOKEN}` },
    body: JSON.stringify(body),
  }).catch(() => { throw new Error(GONE); });
  const answer = await response.json().catch(() => ({ error: response.statusText }));
  if (!response.ok) throw new Error(answer.error ?? response.statusText);
  return answer;
}

// ---- the network: VPC ⊃ zone ⊃ subnet ⊃ interface ----

function networkOf({ cloud }) {
  const vpcs = cloud.vpcs.map((vpc) => {
    const zones = Map.groupBy(vpc.subnets, (subnet) => shown(subnet.availability_zone));
    return make(
      "article",
      { class: "vpc" },
      make("h2", {}, vpc.id, note(vpc.cidr_blocks.map(shown).join(", "))),
      ...waysOut(cloud, vpc),
      make("div", { class: "zones" }, ...[...zones].sort().map(([zone, subnets]) => zoneOf(zone, subnets, cloud))),
    );
  });
  return vpcs.length ? vpcs : [make("p", { class: "note" }, "no VPC")];
}

/** What joins a VPC to the world beside its subnets: by its resource's type, the property that names the other end. */
const JOINS = {
  "AWS::EC2::VPCGatewayAttachment": ["InternetGatewayId", "VpnGatewayId"],
  "AWS::EC2::EgressOnlyInternetGateway": [],
  "AWS::EC2::TransitGatewayAttachment": ["TransitGatewayId"],
  "AWS::EC2::TransitGatewayVpcAttachment": ["TransitGatewayId"],
  "AWS::EC2::VPCPeeringConnection": ["VpcId", "PeerVpcId"],
};

function waysOut(cloud, vpc) {
  const ways = gatewayEndpoints(cloud, vpc).map((one) => [[one.id], `${one.id} · ${one.service}`]);
  for (const [id, { type, properties }] of Object.entries(cloud.resources)) {
    if (!(type in JOINS) || ![properties.VpcId, properties.PeerVpcId].includes(vpc.id)) continue;
    const others = JOINS[type].map((name) => properties[name]).filter((other) => other && other !== vpc.id).map(shown);
    ways.push([[id, ...others], type.endsWith("GatewayAttachment") ? others.join(", ") : [id, ...others].join(" → ")]);
  }
  const chips = ways.map(([owners, text]) => make("span", { class: "way", "data-owner": owners.join(" ") }, text));
  return chips.length ? [make("p", { class: "ways" }, ...chips)] : [];
}

function gatewayEndpoints(cloud, vpc) {
  const tables = new Set(vpc.subnets.map((subnet) => subnet.route_table));
  return cloud.endpoints.filter((one) => one.type === "Gateway" && one.route_tables.some((table) => tables.has(table)));
}

function zoneOf(zone, subnets, cloud) {
  return make("div", { class: "zone" }, make("h3", {}, zone), ...subnets.map((subnet) => subnetOf(subnet, cloud)));
}

function subnetOf(subnet, cloud) {
  const enis = cloud.enis.filter((eni) => eni.subnet === subnet.id);
  return make(
    "div",
    { class: `subnet ${subnet.kind}` },
    make("b", {}, subnet.id), " ", note(`${shown(subnet.cidr_block)} · ${subnet.kind} · ${subnet.route_table ?? "no table"}`),
    ...enis.map(interfaceOf),
  );
}

function interfaceOf(eni) {
  const whose = eni.functions.length ? eni.functions.join(", ") : eni.resource;
  const address = [eni.private_ip_address ?? "no address", eni.public_ip].filter(Boolean).map(shown).join(" · ");
  const groups = (eni.security_groups ?? []).map(shown).join(", ");
  const pick = () => {
    const from = byId("from");
    (from.value && from.value !== (eni.functions[0] ?? eni.resource) ? byId("to") : from).value = eni.functions[0] ?? eni.resource;
  };
  return make(
    "button",
    { class: "eni", type: "button", "data-owner": [eni.resource, ...eni.functions].filter(Boolean).join(" "), title: "take it as FROM, then as TO", onclick: pick },
    make("b", {}, whose ?? eni.id), " ", note(`${eni.owner} · ${address}${groups ? ` · ${groups}` : ""}`),
  );
}

// ---- what runs ----

/** The functions whose invocation from here is under way; their rows may be drawn anew meanwhile. */
const invoking = new Set();

function functionRow(one) {
  const name = one.resource;
  const button = make("button", { type: "button", "data-key": name, "aria-label": `invoke ${name}`, onclick: () => invoke(name) }, "invoke");
  button.setAttribute("aria-disabled", invoking.has(name)); // and not `disabled`, which takes the focus away
  const where = one.interfaces.join(", ") || "outside any VPC";
  return row(
    make("span", {}, make("b", {}, one.resource), make("br"), note(one.why ? `${where}: ${one.why}` : where)),
    make("span", { class: one.state === "Active" ? "yes" : "no" }, one.state),
    plural(one.environments, "env"),
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
    const took = `${done.init_ms === null ? "warm" : `init ${done.init_ms.toFixed(1)} ms`}, ${done.duration_ms.toFixed(1)} ms`;
    out.textContent = `${name}: ${done.function_error ?? "ok"} (${took})\n${done.payload}`;
  } catch (error) {
    out.textContent = `${name}: ${error.message}`;
  } finally {
    tellInvoking(name, false);
  }
}

function apiRow(one) {
  const link = one.url ? make("a", { href: one.url, "data-key": one.url, target: "_blank", rel: "noopener" }, one.url) : note("private: not from the host");
  return row(make("span", {}, make("b", {}, one.resource), ` ${one.stage ?? ""}`, make("br"), link));
}

function balancerRow(one) {
  const targets = one.targets.map((target) => make("div", { class: target.state === "healthy" ? "yes" : "no" }, `${target.target ?? target.id ?? ""} ${target.state}`));
  return row(make("span", {}, make("b", {}, one.resource), make("br"), note(one.url ?? one.dns_name)), make("span", {}, ...targets));
}

function hostRow(one) {
  return row(make("b", {}, one.resource), one.state, one.address ?? "", one.why ?? "");
}

function bucketRow(one) {
  const of = Array.isArray(one.of) ? one.of.join(" ") : one.of;
  const bar = make("meter", { min: 0, max: one.burst || 1, value: one.tokens, low: one.burst * 0.2 });
  return row(make("span", {}, of, make("br"), note(`${one.level} · ${one.rate}/s, burst ${one.burst}`)), bar, shown(one.tokens));
}

function quotaRow(one) {
  const bar = make("meter", { min: 0, max: one.limit ?? 1, value: one.used, high: (one.limit ?? 1) * 0.8 });
  return row(make("span", {}, `${one.usage_plan} ${one.api_key}`, make("br"), note(`quota of ${one.period}`)), bar, `${one.used} of ${shown(one.limit)}`);
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

let shownCloud = "";
let marked = new Set();

function look(stack) {
  document.title = `netful · ${stack.stack}`;
  byId("name").textContent = stack.stack;
  tellState(stack.state, `${stack.state} (${stack.mode})`);
  byId("endpoint").textContent = `AWS_ENDPOINT_URL=${stack.endpoint_url}`;
  const cloud = JSON.stringify(stack.cloud);
  if (cloud !== shownCloud) {
    shownCloud = cloud;
    byId("network").replaceChildren(...networkOf(stack));
    mark(marked);
    offer(stack);
  }
  fill("functions", functionRow, stack.functions);
  fill("apis", apiRow, stack.apis);
  fill("balancers", balancerRow, stack.load_balancers);
  fill("hosts", hostRow, stack.hosts);
  fill("buckets", (one) => ("burst" in one ? bucketRow(one) : quotaRow(one)), [...stack.gateway.buckets, ...stack.gateway.quotas]);
  byId("warnings-card").hidden = stack.warnings.length === 0;
  byId("warnings").replaceChildren(...stack.warnings.map((text) => make("li", {}, text)));
}

function offer(stack) {
  const sources = new Set(["internet", "on-premises", ...stack.cloud.enis.flatMap((eni) => (eni.functions.length ? eni.functions : [eni.resource]))]);
  const options = (values) => [...values].filter(Boolean).map((value) => make("option", { value }));
  byId("sources").replaceChildren(...options(sources));
  byId("destinations").replaceChildren(...options(new Set([...stack.destinations, "internet:tcp/443", ...sources])));
}

function tellState(state, text) {
  byId("state").textContent = text;
  byId("state").classList.toggle("gone", state !== "running");
}

// ---- questions ----

/** Mark the interfaces and the ways out that a path goes through. */
function mark(components) {
  marked = components;
  for (const part of document.querySelectorAll("[data-owner]")) {
    part.classList.toggle("on-path", part.dataset.owner.split(" ").some((owner) => components.has(owner)));
  }
}

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
    path.missing.length ? make("p", {}, `to be supplied: ${path.missing.join(", ")}`) : null,
  ].filter(Boolean);
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

byId("ask").addEventListener("submit", async (event) => {
  event.preventDefault();
  const verb = event.submitter?.value ?? "trace";
  const answer = byId("answer");
  const mine = (asked += 1);
  answer.replaceChildren(note("…"));
  try {
    const found = await post(`/${verb}`, { from: byId("from").value, to: byId("to").value });
    if (mine !== asked) return; // a later question is under way
    answer.replaceChildren(...(verb === "trace" ? pathOf(found) : attemptOf(found)));
    if (verb === "trace") mark(new Set([found.from, ...found.hops.map((hop) => hop.component)]));
  } catch (error) {
    if (mine === asked) answer.replaceChildren(make("p", { class: "no error" }, error.message));
  }
});

// ---- what the daemon tells ----

const events = new EventSource(`/events?token=${encodeURIComponent(TOKEN)}`);
events.addEventListener("look", (event) => look(JSON.parse(event.data)));
let unwritten = "";
events.addEventListener("open", () => { byId("log").textContent = unwritten = ""; }); // each connection sends the log from its beginning
events.addEventListener("log", (event) => {
  if (!unwritten) requestAnimationFrame(writeLog); // once a frame, however much comes
  unwritten = (unwritten + JSON.parse(event.data)).slice(-LOG_CHARACTERS); // a page that is not seen has no frames
});
events.addEventListener("error", () => tellState("gone", TOKEN ? GONE : "open the address that `netful console` prints: it has a token"));

function writeLog() {
  const log = byId("log");
  const below = log.scrollHeight - log.scrollTop - log.clientHeight < 30;
  log.textContent = (log.textContent + unwritten).split("\n").slice(-LOG_LINES).join("\n");
  unwritten = "";
  if (below) log.scrollTop = log.scrollHeight;
}
