// The nodes of the map that a path goes through: one for each hop where there is one.

/** Hops of a path with the nodes where they happen: [{hop, node}], first the source without a hop. */
export function stepsOf(graph, path) {
  const steps = [{ hop: null, node: sourceOf(graph, path) }];
  for (const hop of path.hops) {
    const before = steps.at(-1).node;
    steps.push({ hop, node: nodeOf(graph, hop, before, path) ?? before });
  }
  return steps;
}

function sourceOf(graph, path) {
  const [from] = path.from.split(/[:+]/);
  const nodes = [...graph.nodes.values()];
  // a construct may be named with the stack that the map leaves out
  const all = [...graph.holding(from), ...graph.holding(path.from), ...nodes.filter((node) => [...node.names].some((name) => from.endsWith(`/${name}`)))];
  return all.find((node) => hasOneOf(node, [path.seen_as])) ?? all[0] ?? null;
}

const ADDRESSES = /\d+\.\d+\.\d+\.\d+|[\da-f]*:[\da-f:]+/gi;
const hasOneOf = ({ eni }, addresses) => eni && [eni.private_ip_address, eni.ipv6_address].some((one) => one && addresses.includes(one));

function nodeOf(graph, hop, before) {
  const addresses = hop.asks?.match(ADDRESSES) ?? [];
  const all = [...graph.nodes.values()];
  if (hop.kind === "sg out") return before;
  if (hop.kind === "sg in") return all.find((node) => hasOneOf(node, addresses)) ?? all.find((node) => node.eni?.security_groups?.includes(hop.component)) ?? null;
  if (hop.kind.startsWith("nacl")) return subnetOf(all, hop, before, addresses);
  if (hop.kind === "name") return null;
  const held = graph.holding(hop.component);
  return held.find((node) => hasOneOf(node, addresses)) ?? held[0] ?? null;
}

/** The subnet that a network ACL filters: of the sender on the way out, of the receiver on the way in. */
function subnetOf(all, hop, before, addresses) {
  const receiver = all.find((node) => hasOneOf(node, addresses));
  const id = (hop.kind === "nacl out" ? before : receiver)?.eni?.subnet;
  const subnets = all.filter((node) => node.kind === "subnet" && node.names.has(hop.component));
  return subnets.find((node) => node.id === id) ?? subnets[0] ?? null;
}
