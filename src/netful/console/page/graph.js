// The nodes of the map and the lines between them, out of the inventory of a cloud.
//
// A node: {id, kind, label, note, more, parts: [], names: Set, resource}. `more` is its IPv6 block or address. `names` are the names that hops of a path may have for it.
// A line: {from, to, kind, label}.

import { counted, say, shown } from "./dom.js";

const OUTSIDE_FUNCTIONS = say("functions outside VPCs");

/** How a VPC is joined to the world beside its subnets: the resource's type, the property of the other end, what it is. */
const JOINS = {
  "AWS::EC2::VPCGatewayAttachment": [["InternetGatewayId", say("internet gateway"), "internet"], ["VpnGatewayId", say("virtual private gateway"), "on-premises"]],
  "AWS::EC2::EgressOnlyInternetGateway": [[null, say("egress-only internet gateway"), "internet"]],
  "AWS::EC2::TransitGatewayAttachment": [["TransitGatewayId", say("transit gateway attachment"), "TransitGatewayId"]],
  "AWS::EC2::TransitGatewayVpcAttachment": [["TransitGatewayId", say("transit gateway attachment"), "TransitGatewayId"]],
};

export function graphOf(cloud) {
  const graph = new Graph(cloud);
  graph.addVpcs();
  graph.addWays();
  graph.addRoutes();
  graph.addOutside();
  graph.addCalls();
  return graph;
}

/** The folder that all files of origins are in, with its slash. */
function folderOf(origins) {
  const folders = origins.filter((origin) => origin.includes("/")).map((origin) => origin.slice(0, origin.lastIndexOf("/") + 1));
  const shortest = folders.sort((one, other) => one.length - other.length)[0] ?? "";
  return folders.every((folder) => folder.startsWith(shortest)) ? shortest : "";
}

class Graph {
  constructor(cloud) {
    this.cloud = cloud;
    this.nodes = new Map();
    this.lines = [];
    this.clients = [];
    this.vpcs = [];
    this.world = [];
    this.folder = folderOf(Object.values(cloud.resources).map((one) => one.origin));
    this.byAwsId = new Map(Object.entries(cloud.resources).filter(([, one]) => one.aws_id).map(([id, one]) => [one.aws_id, id]));
  }

  node(id, kind, label, options = {}) {
    const node = { id, kind, label, note: "", parts: [], names: new Set([id]), resource: id, ...options };
    this.nodes.set(id, node);
    return node;
  }

  line(from, to, kind, label = "") {
    if (this.nodes.has(from) && this.nodes.has(to) && !this.lines.some((one) => one.from === from && one.to === to && one.kind === kind)) {
      this.lines.push({ from, to, kind, label });
    }
  }

  /** A place in a file, without the folder that all files are in. */
  place(origin) {
    return origin?.startsWith(this.folder) ? origin.slice(this.folder.length) : origin;
  }

  /** The logical id that a property names, by id or by AWS's id. */
  named(value) {
    return typeof value === "string" ? this.byAwsId.get(value) ?? value : null;
  }

  resourcesOf(...types) {
    return Object.entries(this.cloud.resources).filter(([, one]) => types.includes(one.type));
  }

  addVpcs() {
    for (const vpc of this.cloud.vpcs) {
      const node = this.node(vpc.id, "vpc", vpc.id, { note: [...vpc.cidr_blocks, ...vpc.ipv6_cidr_blocks].map(shown).join(", "), tables: [], ways: [] });
      const zones = Map.groupBy(vpc.subnets, (subnet) => shown(subnet.availability_zone));
      for (const [zone, subnets] of [...zones].sort()) {
        const part = this.node(`${vpc.id}/${zone}`, "zone", zone, { resource: null });
        part.parts = subnets.map((subnet) => this.subnet(subnet));
        node.parts.push(part);
      }
      for (const table of new Set(vpc.subnets.map((subnet) => subnet.route_table).filter(Boolean))) {
        node.tables.push(this.node(table, "route-table", table, { note: say("route table") }));
      }
      this.vpcs.push(node);
    }
    for (const subnet of this.cloud.vpcs.flatMap((vpc) => vpc.subnets)) {
      if (subnet.route_table) this.line(subnet.id, subnet.route_table, "association");
    }
  }

  subnet(subnet) {
    const node = this.node(subnet.id, "subnet", subnet.id, { note: `${shown(subnet.cidr_block ?? subnet.ipv6_cidr_block)} · ${subnet.kind}`, more: subnet.ipv6_cidr_block && shown(subnet.ipv6_cidr_block), subnet });
    if (subnet.network_acl) node.names.add(subnet.network_acl);
    node.parts = this.cloud.enis.filter((eni) => eni.subnet === subnet.id).map((eni) => this.interface(eni));
    return node;
  }

  interface(eni) {
    const names = eni.functions.length ? eni.functions : [eni.resource ?? eni.id];
    const label = names.length > 1 ? `${names[0]} +${names.length - 1}` : names[0];
    const address = [eni.private_ip_address, eni.public_ip].filter(Boolean).map(shown).join(" · ");
    return this.node(eni.id, eni.owner, label, {
      note: address || say("no address"), more: eni.ipv6_address, names: new Set([eni.id, ...names]), resource: names[0], eni,
    });
  }

  addWays() {
    for (const vpc of this.vpcs) {
      const tables = new Set(vpc.tables.map((table) => table.id));
      for (const one of this.cloud.endpoints.filter((endpoint) => endpoint.type === "Gateway" && endpoint.route_tables.some((table) => tables.has(table)))) {
        if (!this.nodes.has(one.id)) vpc.ways.push(this.node(one.id, "gateway-endpoint", one.id, { note: say("gateway endpoint of {}", one.service) }));
        for (const table of one.route_tables) this.line(table, one.id, "route", one.service);
      }
    }
    for (const [id, { type, properties }] of this.resourcesOf(...Object.keys(JOINS))) this.join(id, JOINS[type], properties);
    for (const [id, { properties }] of this.resourcesOf("AWS::EC2::VPCPeeringConnection")) this.peer(id, properties);
  }

  join(id, ways, properties) {
    const vpc = this.nodes.get(this.named(properties.VpcId));
    if (vpc?.kind !== "vpc") return;
    for (const [property, what, end] of ways) {
      const other = property === null ? id : this.named(properties[property]);
      if (!other) continue;
      const gateway = end === property ? id : other;
      if (!this.nodes.has(gateway)) vpc.ways.push(this.node(gateway, "gateway", gateway, { note: what, names: new Set([id, gateway]) }));
      const to = end === property ? other : end;
      if (!this.nodes.has(to)) this.world.push(this.node(to, to === end ? "world" : "transit-gateway", to, { note: to === end ? "" : say("transit gateway") }));
      this.line(gateway, to, "way");
      if (end === property) this.nodes.get(gateway).names.add(`${to}/${id}`);
    }
  }

  peer(id, properties) {
    const ends = [properties.VpcId, properties.PeerVpcId].map((one) => this.nodes.get(this.named(one))).filter((one) => one?.kind === "vpc");
    if (!ends.length) return;
    if (!this.nodes.has(id)) this.world.push(this.node(id, "peering", id, { note: say("peering connection") }));
    for (const end of ends) this.line(end.id, id, "way");
  }

  /** Routes of the tables: a line to the target, with the destination. */
  addRoutes() {
    for (const [, { properties }] of this.resourcesOf("AWS::EC2::Route")) {
      const table = this.named(properties.RouteTableId);
      const destination = properties.DestinationCidrBlock ?? properties.DestinationIpv6CidrBlock ?? properties.DestinationPrefixListId;
      for (const [name, value] of Object.entries(properties)) {
        if (name === "RouteTableId" || name.startsWith("Destination")) continue;
        const target = this.named(value);
        const attachments = [...this.nodes.values()].filter((node) => this.attaches(node, target, table));
        const targets = attachments.length ? attachments : this.holding(target);
        for (const node of targets) this.line(table, node.id, "route", shown(destination));
      }
    }
  }

  /** Whether a node is the attachment of a table's VPC to a transit gateway. */
  attaches(node, target, table) {
    const properties = this.cloud.resources[node.id]?.properties;
    if (node.kind !== "gateway" || !properties?.TransitGatewayId || this.named(properties.TransitGatewayId) !== target) return false;
    return this.nodes.get(this.named(properties.VpcId))?.tables?.some((one) => one.id === table) ?? false;
  }

  addOutside() {
    const inside = new Set(this.cloud.enis.flatMap((eni) => eni.functions));
    const outside = this.resourcesOf("AWS::Lambda::Function").map(([id]) => id).filter((id) => !inside.has(id));
    if (outside.length) {
      const box = this.node(OUTSIDE_FUNCTIONS, "group", OUTSIDE_FUNCTIONS, { resource: null });
      box.parts = outside.map((id) => this.node(id, "lambda", id, { note: say("outside any VPC") }));
      this.clients.push(box);
    }
    if (!this.nodes.has("internet")) this.world.push(this.node("internet", "world", "internet"));
    for (const api of this.cloud.apis) {
      const stages = api.stages.map((stage) => stage.id);
      const domains = this.resourcesOf("AWS::ApiGateway::DomainName", "AWS::ApiGateway::DomainNameV2", "AWS::ApiGatewayV2::DomainName")
        .filter(([, one]) => api.domains.some((domain) => domain.name === one.properties.DomainName)).map(([id]) => id);
      this.clients.push(this.node(api.id, "api", api.id, {
        note: `${api.protocol} ${api.endpoint_type} · ${counted(api.routes.length, "{} route", "{} routes")}`, names: new Set([api.id, ...stages, ...domains]), api,
      }));
    }
  }

  /** What calls what: APIs their functions and endpoints, load balancers their targets. */
  addCalls() {
    for (const api of this.cloud.apis) {
      for (const { integration } of api.routes) {
        for (const name of [integration?.function, integration?.vpc_link]) this.toAll(api.id, name, "call");
      }
      for (const endpoint of api.vpc_endpoints) this.toAll(api.id, endpoint, "endpoint");
    }
    const referring = (id) => Object.entries(this.cloud.resources).filter(([, one]) => one.references.includes(id));
    for (const [id] of this.resourcesOf("AWS::ElasticLoadBalancingV2::LoadBalancer")) {
      const listeners = referring(id).filter(([, one]) => one.type.endsWith("::Listener"));
      const rules = listeners.flatMap(([listener]) => referring(listener).filter(([, one]) => one.type.endsWith("::ListenerRule")));
      const groups = new Set([...listeners, ...rules].flatMap(([, one]) => one.references).filter((name) => this.cloud.resources[name]?.type.endsWith("::TargetGroup")));
      for (const group of groups) {
        const targets = [...this.cloud.resources[group].references, ...referring(group).map(([name]) => name)];
        const addresses = (this.cloud.resources[group].properties.Targets ?? []).map((one) => this.named(one.Id));
        const owners = this.cloud.enis.filter((eni) => addresses.includes(eni.private_ip_address)).map((eni) => eni.id);
        for (const source of this.holding(id)) for (const target of [...targets, ...addresses, ...owners]) this.toAll(source.id, target, "call");
      }
    }
  }

  toAll(from, name, kind) {
    for (const node of this.holding(name)) {
      if (!["vpc", "subnet", "zone", "route-table"].includes(node.kind)) this.line(from, node.id, kind);
    }
  }

  /** The nodes that a name stands for. */
  holding(name) {
    return name ? [...this.nodes.values()].filter((node) => node.names.has(name)) : [];
  }
}
