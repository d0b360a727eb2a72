// The map: a picture of the graph that is moved, searched, opened, and lit by a path.

import { columns, counted, cut, draw } from "./dom.js";
import { layOut } from "./layout.js";

const MANY = 120; // interfaces: more than that, and VPCs begin closed
const MARGIN = 24;
const CHARACTER = 6.7; // pixels of a letter of 12
const LETTER = 7.4; // and of a bold one
const STEP = 1.25;
const LEGIBLE = 0.6; // the scale below which names cannot be read
const READABLE = 0.8; // that of a place or path that is brought near
const LARGEST = 1.2; // that of a small map
const WORDS = {
  lambda: "λ", "nat-gateway": "NAT", endpoint: "VPCE", "load-balancer": "LB", instance: "EC2", database: "DB", cache: "CACHE", service: "SVC",
  "route-table": "RT", gateway: "GW", "gateway-endpoint": "VPCE", peering: "PCX", "transit-gateway": "TGW", api: "API", world: "NET",
};

export class NetworkMap {
  /** A map in an `svg` element; `selected` gets the node that somebody selects, or null, and whether by a pointer, `pointed` the one that the pointer or the focus is on. */
  constructor(svg, selected, pointed) {
    this.svg = svg;
    this.selected = selected;
    this.pointed = pointed;
    this.closed = new Set();
    this.steps = [];
    this.chosen = null;
    this.found = "";
    this.reach = null;
    this.pointers = new Map();
    svg.addEventListener("wheel", (event) => this.onWheel(event), { passive: false });
    svg.addEventListener("pointerdown", (event) => this.onPointer(event));
    window.addEventListener("pointermove", (event) => this.onMove(event));
    for (const name of ["pointerup", "pointercancel"]) window.addEventListener(name, (event) => this.onEnd(event));
    svg.addEventListener("keydown", (event) => this.onKey(event));
    svg.addEventListener("dblclick", (event) => event.preventDefault());
    new ResizeObserver(() => { this.measure(); this.settle(); }).observe(svg);
  }

  /** Keep the size of the window: to ask for it after a change would have the browser place everything at once. */
  measure() {
    this.window = { width: this.svg.clientWidth || 1, height: this.svg.clientHeight || 1 };
  }

  /** Show a graph; what was closed, chosen and looked at stays where it is still there. */
  show(graph) {
    const first = !this.graph;
    this.measure();
    this.graph = graph;
    this.homes = new Map(graph.vpcs.flatMap((vpc) => inside(vpc).map((node) => [node, vpc])));
    if (first && [...graph.nodes.values()].filter((node) => node.eni).length > MANY) this.closed = new Set(graph.vpcs.map((vpc) => vpc.id));
    if (this.chosen && !graph.nodes.has(this.chosen)) this.choose(null);
    this.steps = [];
    this.render();
    this.settle();
  }

  render() {
    this.size = layOut(this.graph, this.closed, this.window.width / this.window.height);
    this.places = new Map();
    const lines = draw("g", { class: "lines" });
    const boxes = draw("g", { class: "boxes" });
    const leaves = draw("g", { class: "leaves" });
    for (const node of this.graph.nodes.values()) {
      if (node.x === undefined) continue;
      const place = this.drawNode(node);
      this.places.set(node.id, place);
      (isBox(node) && !node.closed ? boxes : leaves).append(place); // no line crosses the words of a closed VPC
    }
    this.drawnLines = this.graph.lines.map((line) => this.drawLine(line)).filter(Boolean);
    lines.append(...this.drawnLines.map((one) => one.element));
    this.labels = draw("g", { class: "labels" });
    this.lit = draw("g", { class: "lit" });
    const focused = this.svg.contains(document.activeElement) ? document.activeElement.dataset.id : null;
    this.svg.replaceChildren(boxes, lines, leaves, this.labels, this.lit);
    this.relight();
    this.places.get(focused)?.focus({ preventScroll: true });
  }

  drawNode(node) {
    const box = isBox(node);
    const room = Math.floor((node.width - (box ? 20 : 58)) / LETTER);
    const what = node.note;
    const texts = box ? this.boxTexts(node, what, room) : leafTexts(node, what, room);
    const read = texts.map((text) => text.textContent).join(" ");
    return draw(
      "g",
      {
        class: `node ${box ? "box" : "leaf"} ${node.kind} ${node.subnet?.kind ?? ""}`, transform: `translate(${node.x} ${node.y})`,
        role: "button", tabindex: "-1", "data-id": node.id, "aria-label": `${read} (${node.kind.replaceAll("-", " ")})`, "aria-expanded": node.kind === "vpc" ? !node.closed : null,
        onclick: (event) => { event.stopPropagation(); if (!this.moved) this.choose(node.id, true); },
        onpointerenter: () => this.pointed(node), onfocus: () => this.pointed(node),
        ondblclick: (event) => { event.stopPropagation(); this.toggle(node.id); },
      },
      draw("rect", { width: node.width, height: node.height, rx: box ? 8 : 5 }),
      ...texts.flatMap((text) => [" ", text]), // the space keeps words apart for those who hear them
    );
  }

  boxTexts(node, what, room) {
    const below = node.kind === "subnet" || node.closed;
    const beside = below || !what ? 0 : Math.min(columns(what) + 1, Math.floor(room / 2));
    const name = draw("text", { class: "name", x: 10, y: node.kind === "zone" ? 16 : 19 }, cut(node.label, room - beside));
    if (!what) return [name];
    const x = below ? 10 : 16 + columns(name.textContent) * LETTER;
    const texts = [name, draw("text", { class: "what", x, y: below ? 33 : 19 }, cut(what, Math.floor((node.width - x) / CHARACTER), 0))];
    const third = node.closed ? contents(node) : node.more;
    if (third) texts.push(draw("text", { class: "what", x, y: node.closed ? 50 : 47 }, third));
    return texts;
  }

  /** A line between the places of two nodes; none within one closed VPC. */
  drawLine(line) {
    const [from, to] = [this.placed(line.from), this.placed(line.to)];
    if (!from || !to || from === to) return null;
    const element = draw("path", { class: `line ${line.kind}`, d: curve(from, to) });
    return { line, element };
  }

  /** The node itself, or the closed VPC that stands for it. */
  placed(id) {
    let node = this.graph.nodes.get(id);
    if (!node) return null;
    return node.x === undefined ? this.closedAround(node) : node;
  }

  /** The closed VPC that hides a node. */
  closedAround(node) {
    const vpc = this.homes.get(node);
    return vpc?.closed ? vpc : null;
  }

  // ---- what is chosen, found and lit ----

  choose(id, pointed = false) {
    this.chosen = id;
    this.tellState();
    this.selected(id === null ? null : this.graph.nodes.get(id), pointed);
  }

  /** Open a closed VPC, or close an open one. */
  toggle(id) {
    const node = this.graph.nodes.get(id);
    if (node?.kind !== "vpc") return;
    if (!this.closed.delete(id)) this.closed.add(id);
    this.render();
    this.bring([node]);
  }

  /** Choose a node and bring it near, out of its VPC if that is closed. */
  reveal(id) {
    this.open([this.graph.nodes.get(id)]);
    this.choose(id);
    this.bring([this.placed(id)]);
  }

  /** Bring a node near and mark it for a moment. */
  point(node) {
    this.open([node]);
    this.bring([this.placed(node.id)]);
    this.pulse([node]);
  }

  /** Open the closed VPCs that hide nodes, and draw the map again; return whether there are any. */
  open(nodes) {
    const hiding = nodes.map((node) => node && this.closedAround(node)).filter(Boolean);
    if (!hiding.length) return false;
    for (const vpc of hiding) this.closed.delete(vpc.id);
    this.render();
    return true;
  }

  setAllClosed(closed) {
    this.closed = new Set(closed ? this.graph.vpcs.map((vpc) => vpc.id) : []);
    this.render();
    this.fit();
  }

  /** Fade what does not have a text in its names; return the ids that do, first those with the text as a name. */
  search(text) {
    this.found = text.trim().toLowerCase();
    this.tellState();
    if (!this.found) return [];
    const whole = (node) => [...node.names].some((name) => name.toLowerCase() === this.found);
    return [...this.graph.nodes.values()].filter((node) => this.matches(node)).sort((one, other) => whole(other) - whole(one)).map((node) => node.id);
  }

  matches(node) {
    return [node.label, node.note, node.more ?? "", node.kind, ...node.names].some((text) => text.toLowerCase().includes(this.found));
  }

  /** Light what reaches a node, or is reached: by name its verdict. null ends it. */
  showReach(verdicts) {
    this.reach = verdicts;
    this.steps = [];
    this.lit.replaceChildren();
    this.tellState();
  }

  /** Mark nodes for a moment: as `pulse`, or as one that `refuses`. */
  pulse(nodes, mark = "pulse") {
    for (const node of nodes) {
      const place = this.places.get(this.placed(node.id)?.id);
      if (!place) continue;
      place.classList.remove("pulse", "refuses");
      void place.getBoundingClientRect(); // begins the animation again
      place.classList.add(mark);
    }
  }

  /** Light a path, hop by hop. */
  light(steps) {
    this.reach = null;
    this.steps = steps;
    if (!this.open(steps.map(({ node }) => node))) this.relight();
    const reached = steps.filter(({ node, hop }) => node && hop?.verdict !== "not-reached").map(({ node }) => this.placed(node.id));
    this.bring([...reached, ...this.callouts].filter(Boolean));
  }

  relight() {
    const stops = [];
    for (const { node, hop } of this.steps) {
      const place = node && this.placed(node.id);
      if (!place) continue;
      if (stops.at(-1)?.place !== place) stops.push({ place, hops: [] });
      if (hop) stops.at(-1).hops.push(hop);
    }
    const parts = [];
    this.callouts = [];
    stops.forEach(({ place }, at) => {
      if (!at || overlap(stops[at - 1].place, place)) return;
      const element = draw("path", { class: `way ${worst(stops[at].hops)}`, d: curve(stops[at - 1].place, place), pathLength: 1 });
      element.style.animationDelay = `${at * 0.18}s`;
      parts.push(element);
    });
    for (const { place, hops } of stops) {
      const denying = hops.find((hop) => hop.verdict === "deny");
      parts.push(draw("rect", { class: `stop ${worst(hops)}`, x: place.x - 2, y: place.y - 2, width: place.width + 4, height: place.height + 4, rx: 7 }));
      if (!denying) continue;
      const told = callout(place, denying, this.graph.place(denying.origin), this.window.width / READABLE);
      const taken = [...stops.map((stop) => stop.place).filter((one) => !isBox(one)), ...this.callouts];
      const spots = [[place.x, told.y], [place.x, place.y - told.height - 8], [place.x + place.width + 10, place.y]].map(([x, y]) => ({ ...told, x, y }));
      Object.assign(told, spots.find((spot) => !taken.some((one) => overlap(spot, one))));
      for (const other of this.callouts) if (overlap(told, other)) told.y = other.y + other.height + 6; // no spot is free
      told.element.setAttribute("transform", `translate(${told.x} ${told.y})`);
      this.callouts.push(told);
    }
    this.lit.replaceChildren(...parts, ...this.callouts.map((one) => one.element));
    this.tellState();
  }

  tellState() {
    if (!this.places) return;
    const near = new Set();
    const labels = [];
    for (const { line, element } of this.drawnLines) {
      const touches = this.chosen !== null && [line.from, line.to].includes(this.chosen);
      element.classList.toggle("chosen", touches);
      if (!touches) continue;
      near.add(line.from).add(line.to);
      const { x, y } = element.getPointAtLength(element.getTotalLength() / 2);
      labels.push(draw("text", { x, y: y - 4, "text-anchor": "middle" }, line.label));
    }
    this.labels.replaceChildren(...labels);
    const quiet = !this.found && !this.steps.length && !this.reach;
    const onPath = new Set(this.steps.map(({ node }) => node?.id));
    for (const [id, place] of this.places) {
      const node = this.graph.nodes.get(id);
      place.classList.toggle("chosen", id === this.chosen);
      place.classList.toggle("near", near.has(id));
      const verdict = this.verdictOf(node);
      for (const word of ["reachable", "blocked", "unknown"]) place.classList.toggle(`is-${word}`, verdict === word);
      const held = quiet ? [] : [node, ...inside(node)]; // a box is as bright as the brightest in it
      const bright = (!this.found || held.some((one) => this.matches(one))) && (!this.steps.length || held.some((one) => onPath.has(one.id)))
        && (!this.reach || held.some((one) => one.id === this.chosen || this.verdictOf(one)));
      place.classList.toggle("faded", !bright);
    }
    this.svg.classList.toggle("has-path", this.steps.length > 0);
    const current = this.places.get(this.chosen) ?? this.places.values().next().value;
    for (const place of this.places.values()) place.setAttribute("tabindex", place === current ? "0" : "-1");
  }

  verdictOf(node) {
    return this.reach && [...node.names].map((name) => this.reach.get(name)).find(Boolean);
  }

  clear() {
    this.steps = [];
    this.reach = null;
    this.callouts = [];
    this.lit.replaceChildren();
    this.tellState();
  }

  // ---- what is looked at ----

  /** Look at the map as it is now, unless somebody has moved the view. */
  settle() {
    if (this.graph && this.view === this.begun) this.begin();
  }

  /** Look at everything; where that is too small to read, at the first VPC. */
  begin() {
    this.fit();
    const first = this.graph.vpcs[0] ?? this.graph.nodes.values().next().value;
    if (first && this.scale() < LEGIBLE) {
      const [width, height] = [this.window.width / READABLE, this.window.height / READABLE];
      this.view = { x: first.x - MARGIN, y: first.y - MARGIN, width, height };
      this.look();
    }
    this.begun = this.view;
  }

  fit() {
    const width = Math.max(this.size.width + 2 * MARGIN, this.window.width / LARGEST);
    const height = Math.max(this.size.height + 2 * MARGIN, this.window.height / LARGEST);
    this.view = { x: (this.size.width - width) / 2, y: (this.size.height - height) / 2, width, height };
    this.look();
  }

  look() {
    if (this.view) this.svg.setAttribute("viewBox", `${this.view.x} ${this.view.y} ${this.view.width} ${this.view.height}`);
  }

  zoom(factor, at = { x: this.view.x + this.view.width / 2, y: this.view.y + this.view.height / 2 }) {
    const width = Math.min(Math.max(this.view.width * factor, 200), this.size.width * 4 + 2000);
    const real = width / this.view.width;
    this.view = { x: at.x - (at.x - this.view.x) * real, y: at.y - (at.y - this.view.y) * real, width, height: this.view.height * real };
    this.look();
  }

  /** Move so that places are seen; closer if they are too small to read, and to the last ones if not all have room then. */
  bring(places) {
    const boxes = [...places];
    let box = around(boxes);
    while (boxes.length > 1 && Math.min(this.window.width / box.width, this.window.height / box.height) < LEGIBLE) {
      boxes.shift();
      box = around(boxes);
    }
    const { x, y, width, height } = this.view;
    const inside = box.x >= x && box.x + box.width <= x + width && box.y >= y && box.y + box.height <= y + height;
    if (inside && this.scale() >= READABLE) return;
    const [wide, high] = [Math.max(box.width, this.window.width / READABLE), Math.max(box.height, this.window.height / READABLE)];
    const x0 = held(box.x - (wide - box.width) / 2, wide, this.size.width), y0 = held(box.y - (high - box.height) / 2, high, this.size.height);
    this.view = { x: x0, y: y0, width: wide, height: high };
    this.look();
  }

  /** Pixels of the screen for one of the map. */
  scale() {
    return Math.min(this.window.width / this.view.width, this.window.height / this.view.height);
  }

  position(event) {
    return new DOMPoint(event.clientX, event.clientY).matrixTransform(this.svg.getScreenCTM().inverse());
  }

  onWheel(event) {
    if (!this.view) return;
    event.preventDefault();
    this.zoom(event.deltaY > 0 ? STEP ** 0.5 : STEP ** -0.5, this.position(event));
  }

  onPointer(event) {
    if (event.button !== 0 || !this.view) return;
    if (!this.pointers.size) this.moved = false;
    this.pointers.set(event.pointerId, event);
  }

  /** One pointer moves the map, two zoom it. */
  onMove(event) {
    const last = this.pointers.get(event.pointerId);
    if (!last || (!this.moved && Math.hypot(event.clientX - last.clientX, event.clientY - last.clientY) < 4)) return;
    this.moved = true;
    const [from, to] = [this.position(last), this.position(event)];
    this.pointers.set(event.pointerId, event);
    const other = [...this.pointers.values()].find((one) => one.pointerId !== event.pointerId);
    if (other) {
      const still = this.position(other);
      this.zoom(Math.hypot(from.x - still.x, from.y - still.y) / Math.max(1, Math.hypot(to.x - still.x, to.y - still.y)), still);
    } else {
      this.view = { ...this.view, x: this.view.x + from.x - to.x, y: this.view.y + from.y - to.y };
      this.look();
    }
  }

  onEnd(event) {
    if (this.pointers.delete(event.pointerId) && !this.moved && !event.target.closest?.(".node")) this.choose(null);
  }

  /** Arrows go to the nearest node in their direction; Enter chooses, Space opens a VPC, plus, minus and 0 zoom. */
  onKey(event) {
    const place = event.target.closest?.(".node");
    const act = {
      "+": () => this.zoom(1 / STEP), "=": () => this.zoom(1 / STEP), "-": () => this.zoom(STEP), 0: () => this.fit(),
      Enter: () => place && this.choose(place.dataset.id), " ": () => place && this.toggle(place.dataset.id),
      ArrowLeft: () => this.step(place, -1, 0), ArrowRight: () => this.step(place, 1, 0), ArrowUp: () => this.step(place, 0, -1), ArrowDown: () => this.step(place, 0, 1),
    }[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
  }

  step(place, dx, dy) {
    const here = this.graph.nodes.get(place?.dataset.id);
    if (!here) return;
    let best = null;
    for (const id of this.places.keys()) {
      const node = this.graph.nodes.get(id);
      const [x, y] = [middle(node).x - middle(here).x, middle(node).y - middle(here).y];
      const ahead = x * dx + y * dy;
      if (node === here || ahead <= 1) continue;
      const far = ahead + 3 * Math.abs(dx ? y : x);
      if (!best || far < best.far) best = { id, far };
    }
    if (!best) return;
    place.setAttribute("tabindex", "-1");
    const next = this.places.get(best.id);
    next.setAttribute("tabindex", "0");
    next.focus({ preventScroll: true });
    this.bring([this.graph.nodes.get(best.id)]);
  }

  /** The picture as a document of its own, with its style. */
  picture(style) {
    const copy = this.svg.cloneNode(true);
    copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    const { width, height } = this.view;
    copy.setAttribute("width", Math.round(width));
    copy.setAttribute("height", Math.round(height));
    copy.prepend(draw("style", {}, `${style}\n.lit .way { animation: none; stroke-dashoffset: 0; }`)); // a picture is of the end of the animation
    return new XMLSerializer().serializeToString(copy);
  }
}

function leafTexts(node, what, room) {
  return [
    draw("text", { class: "word", x: 22, y: node.height / 2 + 4, "text-anchor": "middle" }, WORDS[node.kind] ?? "·"),
    draw("text", { class: "name", x: 44, y: what ? 18 : node.height / 2 + 4 }, cut(node.label, room)),
    ...[what, node.more].filter(Boolean).map((text, at) => draw("text", { class: "what", x: 44, y: 33 + 14 * at }, cut(text, room + 3, 0))),
  ];
}

/** The verdict that colours a stop: the first of these that one of its hops has. */
const worst = (hops) => ["deny", "unknown", "not-reached"].find((verdict) => hops.some((hop) => hop.verdict === verdict)) ?? "";
const overlap = (one, other) => one.x < other.x + other.width && other.x < one.x + one.width && one.y < other.y + other.height && other.y < one.y + one.height;
const isBox = (node) => ["vpc", "zone", "subnet", "group"].includes(node.kind);
const middle = (node) => ({ x: node.x + node.width / 2, y: node.y + node.height / 2 });

/** Everything in a box; of a VPC also its route tables and ways out. */
const inside = ({ parts, tables = [], ways = [] }) => [...parts, ...tables, ...ways].flatMap((part) => [part, ...inside(part)]);

function contents(vpc) {
  const subnets = vpc.parts.flatMap((zone) => zone.parts);
  const interfaces = subnets.reduce((sum, one) => sum + one.parts.length, 0);
  return [counted(subnets.length, "{} subnet", "{} subnets"), counted(interfaces, "{} interface", "{} interfaces")].join(" · ");
}

/** A curve from the side of one node to the facing side of another. */
function curve(from, to) {
  const apart = to.x > from.x + from.width || to.x + to.width < from.x;
  if (apart) {
    const forward = to.x > from.x;
    const [x1, x2] = forward ? [from.x + from.width, to.x] : [from.x, to.x + to.width];
    const [y1, y2] = [middle(from).y, middle(to).y];
    const bend = Math.max(24, Math.abs(x2 - x1) / 2) * (forward ? 1 : -1);
    return `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
  }
  const down = middle(to).y > middle(from).y;
  const [y1, y2] = down ? [from.y + from.height, to.y] : [from.y, to.y + to.height];
  const [x1, x2] = [middle(from).x, middle(to).x];
  const bend = Math.max(16, Math.abs(y2 - y1) / 2) * (down ? 1 : -1);
  return `M${x1} ${y1}C${x1} ${y1 + bend} ${x2} ${y2 - bend} ${x2} ${y2}`;
}

/** Where a view begins that shows as much of the map as it can. */
const held = (at, span, whole) => (span >= whole + 2 * MARGIN ? (whole - span) / 2 : Math.min(Math.max(at, -MARGIN), whole + MARGIN - span));

/** The box around places, with a margin. */
function around(places) {
  const [x, y] = [Math.min(...places.map((one) => one.x)) - MARGIN, Math.min(...places.map((one) => one.y)) - MARGIN];
  const right = Math.max(...places.map((one) => one.x + one.width)), bottom = Math.max(...places.map((one) => one.y + one.height));
  return { x, y, width: right + MARGIN - x, height: bottom + MARGIN - y };
}

/** The rule that denies, below its node, with the place that it takes. */
function callout(place, hop, origin, room) {
  const most = Math.max(24, Math.min(70, Math.floor((room - 2 * MARGIN - 20) / LETTER)));
  const texts = [`${hop.kind} ${hop.component}: ${hop.code || "denied"}`, hop.rule, origin === "default" ? "" : origin].filter(Boolean);
  const lines = texts.map((text) => cut(text, most, text === origin ? most - 2 : undefined)); // of an origin, the file and line are at its end
  const [width, height] = [Math.max(...lines.map(columns)) * LETTER + 20, lines.length * 16 + 10];
  const element = draw(
    "g", { class: "callout" },
    draw("rect", { width, height, rx: 5 }),
    ...lines.map((line, at) => draw("text", { x: 10, y: 18 + at * 16 }, line)),
  );
  return { element, x: place.x, y: place.y + place.height + 8, width, height };
}
