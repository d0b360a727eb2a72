// What stands at a node: addresses, effective rules, routes, entries of an ACL, routes of an API, the template's line and properties.

import { counted, make, note, row, say, shown } from "./dom.js";

/** The details of a node as elements. `act` has the actions: from, to, reach, toggle. */
export function detailsOf(graph, node, act) {
  const resource = graph.cloud.resources[node.resource];
  return [
    make("h2", {}, node.label, " ", note(node.kind.replaceAll("-", " "))),
    make("p", { class: "note" }, [resource?.aws_id, resource?.type, graph.place(resource?.origin)].filter(Boolean).join(" · ") || node.note),
    make("p", { id: "live" }),
    ...actions(node, act),
    ...(PARTS[node.kind] ?? (node.eni ? interfaceParts : () => []))(graph, node),
    resource ? make("details", {}, make("summary", {}, say("properties")), make("pre", {}, JSON.stringify(resource.properties, null, 2))) : null,
  ].filter(Boolean);
}

/** The names by which questions ask about a node. */
export function positionsOf(node) {
  if (["zone", "group", "route-table", "vpc", "subnet"].includes(node.kind)) return [];
  return node.eni?.functions?.length > 1 ? node.eni.functions : [node.resource].filter(Boolean);
}

/** The counters of a node's functions, or the state of its host, as they are now. */
export function liveOf(stack, node) {
  const functions = stack.functions.filter((one) => node.names.has(one.resource)).map(({ resource, state, environments, counts }) => [
    resource, state, counted(environments, "{} environment", "{} environments"), counted(counts?.invocations ?? 0, "{} invocation", "{} invocations"),
    counted(counts?.cold_starts ?? 0, "{} cold start", "{} cold starts"), counted(counts?.throttles ?? 0, "{} throttle", "{} throttles"),
  ]);
  const hosts = stack.hosts.filter((one) => node.names.has(one.resource)).map((one) => [one.resource, one.state, one.why]);
  return [...functions, ...hosts].map((parts) => parts.filter(Boolean).join(" · ")).join("\n");
}

function actions(node, act) {
  const button = (text, does) => make("button", { type: "button", onclick: does }, text);
  const names = positionsOf(node);
  if (node.kind === "vpc") return [make("p", { class: "buttons" }, button(node.closed ? say("open this VPC") : say("close this VPC"), () => act.toggle(node.id)))];
  return names.map((name) => make(
    "p", { class: "buttons" }, names.length > 1 ? make("b", {}, name) : null,
    button(say("from here"), () => act.from(name)), button(say("to here"), () => act.to(name)), button(say("what reaches it, what it reaches"), () => act.reach(name, node)),
  ));
}

const PARTS = {
  vpc: (graph, node) => [table([say("subnet"), say("block"), say("zone"), say("kind")], vpcOf(graph, node).subnets.map((one) => [one.id, shown(one.cidr_block ?? one.ipv6_cidr_block), shown(one.availability_zone), one.kind]))],
  subnet: (graph, node) => [
    make("p", {}, say("route table {}", node.subnet.route_table ?? "-")),
    ...routesOf(graph, node.subnet.route_table),
    make("p", {}, say("network ACL {}", node.subnet.network_acl ?? "-")),
    ...entriesOf(graph, node.subnet.network_acl),
  ],
  "route-table": (graph, node) => routesOf(graph, node.id),
  api: (graph, node) => [
    table([say("stage"), say("route"), say("authorization"), say("leads to")], node.api.routes.map((one) => [one.stage, `${one.method} ${one.path}`, one.authorization ?? "", leadsTo(one)])),
    make("p", {}, ...node.api.invoke_urls.map((url) => make("code", { class: "url" }, url))),
  ],
};

const vpcOf = (graph, node) => graph.cloud.vpcs.find((vpc) => vpc.id === node.id);
const leadsTo = ({ integration, throttle }) => [integration?.function ?? integration?.target ?? integration?.uri ?? integration?.type, throttle ? `${shown(throttle.rate)}/s` : null].filter(Boolean).map(shown).join(" · ");

function table(heads, rows) {
  if (!rows.length) return note(say("none"));
  return make("table", {}, make("thead", {}, make("tr", {}, ...heads.map((head) => make("th", { scope: "col" }, head)))), make("tbody", {}, ...rows.map((cells) => row(...cells))));
}

function interfaceParts(graph, { eni }) {
  const groups = (eni.security_groups ?? []).map((group) => graph.named(group));
  const endpoint = graph.cloud.endpoints.find((one) => one.id === eni.resource);
  return [
    make("p", {}, [shown(eni.private_ip_address), eni.public_ip ? say("public {}", shown(eni.public_ip)) : null, eni.ipv6_address, say("in {}", shown(eni.subnet)), eni.aws_id].filter(Boolean).join(" · ")),
    endpoint ? make("p", {}, say("{}, private DNS {}", endpoint.service, shown(endpoint.private_dns_enabled))) : null,
    eni.functions.length > 1 ? make("p", {}, eni.functions.join(", ")) : null,
    ...groups.flatMap((group) => [make("h3", {}, say("security group {}", group)), rulesOf(graph, group)]),
  ].filter(Boolean);
}

/** The rules of a group: its own, and those of resources that add to it. */
function rulesOf(graph, group) {
  const own = graph.cloud.resources[group]?.properties ?? {};
  const added = (type) => graph.resourcesOf(type).map(([, one]) => one.properties).filter((one) => graph.named(one.GroupId) === group);
  const list = (value) => (Array.isArray(value) ? value : []);
  const ingress = [...list(own.SecurityGroupIngress), ...added("AWS::EC2::SecurityGroupIngress")];
  const egress = [...list(own.SecurityGroupEgress), ...added("AWS::EC2::SecurityGroupEgress")];
  const rows = [
    ...ingress.map((rule) => ["in", ports(rule), peer(graph, rule)]),
    ...(egress.length ? egress.map((rule) => ["out", ports(rule), peer(graph, rule)]) : [["out", "all", `0.0.0.0/0 (${say("default")})`]]),
  ];
  return table([say("direction"), say("protocol"), say("peer")], rows);
}

function ports({ IpProtocol: protocol, FromPort: from, ToPort: to }) {
  if (String(protocol) === "-1") return "all";
  return [shown(protocol), from === undefined ? "" : from === to ? shown(from) : `${shown(from)}-${shown(to)}`].filter(Boolean).join("/");
}

const PEERS = ["CidrIp", "CidrIpv6", "SourceSecurityGroupId", "DestinationSecurityGroupId", "SourcePrefixListId", "DestinationPrefixListId", "SourceSecurityGroupName"];
const peer = (graph, rule) => shown(graph.named(rule[PEERS.find((name) => name in rule)]) ?? rule[PEERS.find((name) => name in rule)]);

function routesOf(graph, id) {
  const routes = graph.resourcesOf("AWS::EC2::Route").map(([, one]) => one.properties).filter((one) => id && graph.named(one.RouteTableId) === id);
  const rows = routes.map((one) => {
    const target = Object.entries(one).find(([name]) => name !== "RouteTableId" && !name.startsWith("Destination"));
    return [shown(one.DestinationCidrBlock ?? one.DestinationIpv6CidrBlock ?? one.DestinationPrefixListId), target ? shown(graph.named(target[1]) ?? target[1]) : "-"];
  });
  const endpoints = graph.cloud.endpoints.filter((one) => one.route_tables.includes(id)).map((one) => [say("addresses of {}", one.service), one.id]);
  return [table([say("destination"), say("target")], [[say("blocks of the VPC"), "local"], ...rows, ...endpoints])];
}

function entriesOf(graph, id) {
  const entries = graph.resourcesOf("AWS::EC2::NetworkAclEntry").map(([, one]) => one.properties).filter((one) => graph.named(one.NetworkAclId) === id);
  if (!entries.length) return [note(String(id).endsWith("default-acl") ? say("allows all") : say("no entries: denies all"))];
  const sorted = entries.sort((one, other) => Number(one.Egress ?? false) - Number(other.Egress ?? false) || one.RuleNumber - other.RuleNumber);
  return [table([say("rule"), say("direction"), say("protocol"), say("block"), say("action")], sorted.map((one) => [
    shown(one.RuleNumber), one.Egress ? "out" : "in", String(one.Protocol) === "-1" ? "all" : `${shown(one.Protocol)} ${one.PortRange ? `${shown(one.PortRange.From)}-${shown(one.PortRange.To)}` : ""}`,
    shown(one.CidrBlock ?? one.Ipv6CidrBlock), shown(one.RuleAction),
  ]))];
}
