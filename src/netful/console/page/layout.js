// Places on the map: VPCs in the middle with zones above each other, subnets side by side, then route tables, then ways out;
// clients left of them, the world right of them. Each node gets x, y, width and height; those of a closed VPC get none.

const LEAF = { width: 178, height: 42 };
const LINE = 14; // of a third line of text
const GAP = 10;
const PAD = 10;
const COLUMN_GAP = 56;
const HEAD = { subnet: 40, zone: 24, vpc: 32, group: 26 };
const CLOSED = { width: 240, height: 66 };

/** Give the nodes of a graph their places; `closed` has the ids of VPCs that are drawn as one box, `shape` is width by height of the window. */
export function layOut(graph, closed, shape) {
  for (const node of graph.nodes.values()) node.x = undefined;
  graph.vpcs.forEach((vpc) => measureVpc(vpc, closed.has(vpc.id)));
  const clients = column(graph.clients.map(measure));
  const world = column(graph.world.map(measure));
  const left = clients.width ? clients.width + COLUMN_GAP * 1.5 : 0;
  const middle = flow(graph.vpcs, left + COLUMN_GAP * 1.5 + world.width, shape);
  const height = Math.max(clients.height, world.height, middle.height);
  place(clients.items, 0, (height - clients.height) / 2);
  place(middle.items, left, (height - middle.height) / 2);
  const right = left + middle.width + COLUMN_GAP * 1.5;
  place(world.items, right, (height - world.height) / 2);
  return { width: right + world.width, height };
}

function measure(node) {
  const more = node.more ? LINE : 0;
  if (!node.parts.length) {
    return Object.assign(node, node.kind === "subnet" ? { width: LEAF.width + 2 * PAD, height: HEAD.subnet + more + PAD, inner: [] } : { ...LEAF, height: LEAF.height + more });
  }
  node.parts.forEach(measure);
  const columns = node.kind === "zone" ? Math.min(node.parts.length, 4) : Math.min(3, Math.ceil(Math.sqrt(node.parts.length / 2)));
  const inner = grid(node.parts, columns);
  const head = (HEAD[node.kind] ?? HEAD.group) + more;
  node.inner = inner.items.map(([part, x, y]) => [part, x + PAD, y + head]);
  return Object.assign(node, { width: inner.width + 2 * PAD, height: inner.height + head + PAD });
}

function measureVpc(vpc, closed) {
  vpc.closed = closed;
  if (closed) return Object.assign(vpc, CLOSED, { inner: [] });
  const columns = [vpc.parts, vpc.tables, vpc.ways].map((nodes) => column(nodes.map(measure))).filter((one) => one.items.length);
  const height = Math.max(0, ...columns.map((one) => one.height));
  vpc.inner = [];
  let x = PAD;
  for (const one of columns) {
    vpc.inner.push(...one.items.map(([part, dx, dy]) => [part, x + dx, HEAD.vpc + dy + (height - one.height) / 2]));
    x += one.width + COLUMN_GAP;
  }
  return Object.assign(vpc, { width: Math.max(x - COLUMN_GAP + PAD, CLOSED.width), height: height + HEAD.vpc + PAD });
}

/** Nodes below each other: items of [node, x, y], and the size of all. */
function column(nodes) {
  return grid(nodes, 1);
}

function grid(nodes, columns) {
  const widths = Array.from({ length: Math.min(columns, nodes.length) }, (_, at) => Math.max(...nodes.filter((_, i) => i % columns === at).map((node) => node.width)));
  const items = [];
  let y = 0;
  for (let first = 0; first < nodes.length; first += columns) {
    const line = nodes.slice(first, first + columns);
    let x = 0;
    line.forEach((node, at) => { items.push([node, x, y]); x += widths[at] + GAP; });
    y += Math.max(...line.map((node) => node.height)) + GAP;
  }
  return { items, width: widths.reduce((sum, width) => sum + width + GAP, nodes.length ? -GAP : 0), height: Math.max(0, y - GAP) };
}

/** VPCs in lines, as many on each as let the map be largest in a window of a shape; `beside` is the width of what is not a VPC. */
function flow(vpcs, beside, shape) {
  let best = null;
  let limit = 0;
  for (const vpc of vpcs) {
    limit += vpc.width + 2 * GAP;
    const lines = pack(vpcs, limit);
    const size = Math.max((lines.width + beside) / shape, lines.height);
    if (!best || size < best.size) best = { ...lines, size };
  }
  return best ?? { items: [], width: 0, height: 0 };
}

function pack(vpcs, limit) {
  const items = [];
  let [x, y, line, width] = [0, 0, 0, 0];
  for (const vpc of vpcs) {
    if (x && x + vpc.width > limit) { y += line + 2 * GAP; x = line = 0; }
    items.push([vpc, x, y]);
    x += vpc.width + 2 * GAP;
    line = Math.max(line, vpc.height);
    width = Math.max(width, x - 2 * GAP);
  }
  return { items, width, height: y + line };
}

function place(items, x, y) {
  for (const [node, dx, dy] of items) {
    Object.assign(node, { x: x + dx, y: y + dy });
    if (node.inner) place(node.inner, node.x, node.y);
  }
}
