// What stands at a node: addresses, effective rules, routes, entries of an ACL, routes of an API, the template's line and properties.

import { make, note, row, shown } from "./dom.js";

/** The details of a node as elements. `act` has the actions: from, to, reach. */
export function detailsOf(graph, node, act) {
  const resource = graph.cloud.resources[node.resource];
  return [
    make("h2", {}, node.label, " ", note(node.kind.replaceAll("-", " "))),
    make("p", { class: "note" }, [resource?.aws_id, resource?.type, resource?.origin].filter(Boolean).join(" · ") || node.note),
    ...actions(node, act),
    ...(PARTS[node.kind] ?? (node.eni ? interfaceParts : () => []))(graph, node),
    resource ? make("details", {}, make("summary", {}, "properties"), make("pre", {}, JSON.stringify(resource.properties, null, 2))) : null,
  ].filter(Boolean);
}

function actions(node, act) {
  if (["zone", "group", "route-table"].includes(node.kind)) return [];
  const button = (text, does) => make("button", { type: "button", onclick: does }, text);
  const names = node.eni?.functions?.length > 1 ? node.eni.functions : [node.kind === "subnet" ? null : node.resource].filter(Boolean);
  if (["vpc", "subnet"].includes(node.kind)) return [];
  return names.map((name) => make(
    "p", { class: "buttons" }, names.length > 1 ? make("b", {}, name) : null,
    button("from here", () => act.from(name)), button("to here", () => act.to(name)), button("what reaches it, what it reaches", () => act.reach(name, node)),
  ));
}

const PARTS = {
  vpc: (graph, node) => [table(["subnet", "block", "zone", "kind"], vpcOf(graph, node).subnets.map((one) => [one.id, shown(one.cidr_block), shown(one.availability_zone), one.kind]))],
  subnet: (graph, node) => [
    make("p", {}, `route table ${node.subnet.route_table ?? "none"}`),
    ...routesOf(graph, node.subnet.route_table),
    make("p", {}, `network ACL ${node.subnet.network_acl ?? "none"}`),
    ...entriesOf(graph, node.subnet.network_acl),
  ],
  "route-table": (graph, node) => routesOf(graph, node.id),
  api: (graph, node) => [
    table(["stage", "route", "authorization", "leads to"], node.api.routes.map((one) => [one.stage, `${one.method} ${one.path}`, one.authorization ?? "", leadsTo(one)])),
    make("p", {}, ...node.api.invoke_urls.map((url) => make("code", { class: "line" }, url))),
  ],
};

const vpcOf = (graph, node) => graph.cloud.vpcs.find((vpc) => vpc.id === node.id);
const leadsTo = ({ integration, throttle }) => [integration?.function ?? integration?.target ?? integration?.uri ?? integration?.type, throttle ? `${shown(throttle.rate)}/s` : null].filter(Boolean).map(shown).join(" · ");

function table(heads, rows) {
  if (!rows.length) return note("none");
  return make("table", {}, make("thead", {}, make("tr", {}, ...heads.map((head) => make("th", { scope: "col" }, head)))), make("tbody", {}, ...rows.map((cells) => row(...cells))));
}

function interfaceParts(graph, { eni }) {
  const groups = (eni.security_groups ?? []).map((group) => graph.named(group));
  const endpoint = graph.cloud.endpoints.find((one) => one.id === eni.resource);
  return [
    make("p", {}, [shown(eni.private_ip_address), eni.public_ip ? `public ${shown(eni.public_ip)}` : null, `in ${shown(eni.subnet)}`, eni.aws_id].filter(Boolean).join(" · ")),
    endpoint ? make("p", {}, `${endpoint.service}, private DNS ${shown(endpoint.private_dns_enabled)}`) : null,
    eni.functions.length > 1 ? make("p", {}, eni.functions.join(", ")) : null,
    ...groups.flatMap((group) => [make("h3", {}, `security group ${group}`), rulesOf(graph, group)]),
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
    ...(egress.length ? egress.map((rule) => ["out", ports(rule), peer(graph, rule)]) : [["out", "all", "0.0.0.0/0 (default)"]]),
  ];
  return table(["", "protocol", "peer"], rows);
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
  const endpoints = graph.cloud.endpoints.filter((one) => one.route_tables.includes(id)).map((one) => [`addresses of ${one.service}`, one.id]);
  return [table(["destination", "target"], [["the VPC's blocks", "local"], ...rows, ...endpoints])];
}

function entriesOf(graph, id) {
  const entries = graph.resourcesOf("AWS::EC2::NetworkAclEntry").map(([, one]) => one.properties).filter((one) => graph.named(one.NetworkAclId) === id);
  if (!entries.length) return [note(String(id).endsWith("default-acl") ? "allows all" : "no entries: denies all")];
  const sorted = entries.sort((one, other) => Number(one.Egress ?? false) - Number(other.Egress ?? false) || one.RuleNumber - other.RuleNumber);
  return [table(["rule", "", "protocol", "block", ""], sorted.map((one) => [
    shown(one.RuleNumber), one.Egress ? "out" : "in", String(one.Protocol) === "-1" ? "all" : `${shown(one.Protocol)} ${one.PortRange ? `${shown(one.PortRange.From)}-${shown(one.PortRange.To)}` : ""}`,
    shown(one.CidrBlock ?? one.Ipv6CidrBlock), shown(one.RuleAction),
  ]))];
}
