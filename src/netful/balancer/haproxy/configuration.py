"""HAProxy configuration of one node: text derived from the model, and the files that belong to it.

Paths are relative to the node's folder, in which HAProxy starts. HAProxy serves all listeners of an application load balancer.
The kernel forwards the packets of a network load balancer; HAProxy serves its listeners that end connections, and checks the
health of the targets.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from ipaddress import IPv4Address

from msgspec import field

from netful.balancer import error_pages
from netful.balancer.consulted import consultation
from netful.balancer.consulted.subjects import asks
from netful.balancer.haproxy import client_certificates
from netful.balancer.haproxy.backends import ENDPOINT, LINKED, OPEN, backends, linked, place_of
from netful.balancer.haproxy.forwarding_headers import SPELLED
from netful.balancer.haproxy.listeners import frontend, proxy_name
from netful.balancer.haproxy_syntax import argument, number, quoted
from netful.balancer.targets import Reached, functions_of, groups_of, reached
from netful.fabric.vpcs.private_link import ServiceLink
from netful.model.balancing.load_balancers import (
    Listener,
    LoadBalancer,
    LoadBalancerType,
    TargetGroup,
    ends_connections,
)
from netful.model.cloud import Cloud
from netful.model.core import Frozen, file_name
from netful.model.network.network_interface import NetworkInterface

ADMIN_SOCKET = "admin.sock"
SERVERS = "servers.state"
"""File with the health that targets had in the process before."""
_HEALTH_SOCKET = "health.sock"
_NLB_IDLE_SECONDS = 350
_APPLICATION = (
    "  option abortonclose",  # a client that disconnects ends its request (460)
    "  option h1-case-adjust-bogus-server",
)
_SECURE = ("HTTPS", "TLS")
_NO_ENDPOINT_ID = "the proxy protocol's header does not tell `{}` the endpoint (hint: HAProxy 2.9 or later does)"

Known = Collection[tuple[str, str]]
"""Targets by their groups, as `health` names them."""

Certificates = Mapping[str, list[str]]
"""Certificate files of secure listeners, by listener."""


class Configuration(Frozen):
    """A configuration, its files, the parts of the template that cannot run, and the targets that are new."""

    text: str
    files: dict[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    new: frozenset[tuple[str, str]] = frozenset()


def socket_of(group: TargetGroup) -> str:
    """Return the local socket of a group's function, relative to the node's folder."""
    return f"../{file_name(group.id)}.sock"


class _Node(Frozen):
    """A node and what its configuration depends on; see `configuration`."""

    cloud: Cloud
    balancer: LoadBalancer
    interface: NetworkInterface
    certificates: Certificates
    links: Sequence[ServiceLink]
    recent: bool
    known: Known

    @property
    def address(self) -> IPv4Address:
        """The node's IPv4 address."""
        assert self.interface.private_ip_address is not None
        return self.interface.private_ip_address

    @property
    def groups(self) -> list[TargetGroup]:
        """The groups that the listeners and rules forward to."""
        return groups_of(self.cloud, self.balancer)

    def places(self, listener: Listener) -> list[str]:
        """Return the addresses of a listener: the node's IPv4 address, and its IPv6 address if it has one."""
        ipv6 = self.interface.ipv6_address
        return [f"{self.address}:{listener.port}", *([f"[{ipv6}]:{listener.port}"] if ipv6 is not None else [])]

    def targets(self, group: TargetGroup) -> list[Reached]:
        """Return the targets of a group. A target that joins known ones is new: it has no requests before its first check (§7.3)."""
        found = reached(self.cloud, self.balancer, self.interface, group)
        joins = any(place_of(group, one) in self.known for one in found)
        return [replace(one, new=joins and place_of(group, one) not in self.known) for one in found]

    def has_targets(self, group: TargetGroup) -> bool:
        """Return whether a group has a target, which may be a function."""
        return bool(self.targets(group) or functions_of(self.cloud, group))

    def new(self) -> frozenset[tuple[str, str]]:
        """Return the targets that are new."""
        every = ((group, one) for group in self.groups for one in self.targets(group))
        return frozenset(place_of(group, one) for group, one in every if one.new and not one.starting)


def configuration(
    cloud: Cloud,
    balancer: LoadBalancer,
    node: NetworkInterface,
    certificates: Certificates,
    links: Sequence[ServiceLink] = (),
    *,
    recent: bool = True,
    known: Known = frozenset(),
) -> Configuration:
    """Return the configuration of a node. `links` are the PrivateLink connections to it, `known` the targets that were healthy.

    `recent`: features of HAProxy 2.9 are available.
    """
    ready = [each for each in cloud.balancing.listeners_of(balancer.id) if isinstance(each.port, int)]
    make = _application if balancer.type is LoadBalancerType.APPLICATION else _network
    return make(_Node(cloud, balancer, node, certificates, links, recent, known), ready)


def _global(more: Sequence[str] = ()) -> list[str]:
    return [
        "global",
        "  log stderr format raw local0 notice",
        f"  stats socket unix@{ADMIN_SOCKET} mode 600 level admin expose-fd listeners",
        f"  server-state-file {SERVERS}",
        "  nbthread 1",
        "  maxconn 8192",
        "  tune.bufsize 81920",  # 64 KB of headers and a request line (api-gateway §7.7)
        "  tune.http.maxhdr 512",
        *(f"  h1-case-adjust {each.lower()} {each}" for each in SPELLED),
        "  ssl-default-bind-options ssl-min-ver TLSv1.2",
        "  spread-checks 0",
        "  max-spread-checks 200ms",  # check a new target soon, not at a random point of its interval
        *more,
        "",
        "defaults",
        "  log global",
        "  load-server-state-from-file global",
        "  retries 0",
        f"  timeout connect {error_pages.CONNECT_SECONDS}s",
    ]


def _application(node: _Node, listeners: list[Listener]) -> Configuration:
    cloud, balancer = node.cloud, node.balancer
    idle = number(balancer.attributes.get("idle_timeout.timeout_seconds"), 60)
    keep_alive = number(balancer.attributes.get("client_keep_alive.seconds"), 3600)
    every = ("client", "server", "tunnel", "http-request")
    asking = asks(cloud, balancer)
    script = [f"  lua-load {consultation.SCRIPT_FILE}"] if asking else []
    if any(map(client_certificates.asks, listeners)):
        script.append(f"  lua-load {client_certificates.SCRIPT_FILE}")
    lines = [*_global(script), "  mode http", *_APPLICATION, *(f"  timeout {which} {idle}s" for which in every)]
    lines += [
        f"  timeout http-keep-alive {min(keep_alive, idle)}s",
        *(f"  {one}" for one in error_pages.defaults()),
        "",
    ]
    files, warnings = error_pages.files(), list[str]()
    if any(map(client_certificates.asks, listeners)):
        files[client_certificates.SCRIPT_FILE] = client_certificates.SCRIPT
    if asking:
        files[consultation.SCRIPT_FILE] = consultation.SCRIPT
    pairs = [(group, node.has_targets(group)) for group in node.groups]
    for listener in listeners:
        secure = node.certificates.get(listener.id, []) if listener.protocol in _SECURE else []
        made = frontend(cloud, balancer, listener, node.places(listener), secure, pairs, recent=node.recent)
        lines += made.lines
        files |= made.files
        warnings += made.warnings
    for group in node.groups:
        socket = socket_of(group) if group.target_type == "lambda" else ""
        lines += backends(group, node.targets(group), http=True, socket=socket)
    return Configuration("\n".join(lines), files, tuple(warnings), node.new())


def _network(node: _Node, listeners: list[Listener]) -> Configuration:
    warnings = list[str]()
    lines = [
        *_global(),
        "  mode tcp",
        f"  timeout client {_NLB_IDLE_SECONDS}s",
        f"  timeout server {_NLB_IDLE_SECONDS}s",
    ]
    lines += ["", "frontend health", f"  bind unix@{_HEALTH_SOCKET} mode 600", ""]
    for listener in listeners:
        if ends_connections(node.cloud.balancing.target_groups, listener):
            lines += _passing(node, listener, node.certificates.get(listener.id, []), node.links)
        elif node.interface.ipv6_address is not None and listener.protocol.startswith("TCP"):
            lines += _passing(node, listener, [], (), version=6)
    for group in node.groups:
        targets = node.targets(group)
        lines += backends(group, targets, http=False)
        if node.links and group.has_proxy_protocol:
            lines += linked(group, targets, fields=node.recent)
            warnings += [] if node.recent else [_NO_ENDPOINT_ID.format(group.id)]
    return Configuration("\n".join(lines), warnings=tuple(dict.fromkeys(warnings)), new=node.new())


def _passing(
    node: _Node, listener: Listener, files: list[str], links: Sequence[ServiceLink], *, version: int = 0
) -> list[str]:
    """Return the frontend and backend of a network load balancer's listener that ends client connections.

    It is needed for TLS, for the proxy protocol, and for IPv6 clients (`version`), since targets have IPv4 addresses.
    """
    tls = f" ssl {' '.join(f'crt {file}' for file in files)}" if listener.protocol in _SECURE else ""
    ids = listener.default_group_ids
    places = [place for place in node.places(listener) if not version or place.startswith("[")]
    lines = [f"frontend {proxy_name(listener)}", *(f"  bind {place}{tls}" for place in places), "  option tcplog"]
    for link in links:
        lines.append(f"  bind {link.address}:{listener.port} interface {link.name}{tls}")
        endpoint = f"str({argument(link.endpoint_id)})"
        lines.append(f"  tcp-request connection set-var({ENDPOINT}) {quoted(endpoint)} if {{ dst {link.address} }}")
    by_link = f"{{ var({ENDPOINT}) -m found }}"
    if links:
        lines.append(f"  tcp-request connection set-dst str({node.address}) if {by_link}")
    for id_ in ids[:1]:
        group = node.cloud.balancing.target_groups.get(id_)
        if group is not None and node.has_targets(group):
            if links and group.has_proxy_protocol:
                unhealthy = f"{{ nbsrv({file_name(id_)}) eq 0 }}"
                lines.append(f"  use_backend {file_name(id_)}{LINKED}{OPEN} if {by_link} {unhealthy}")
                lines.append(f"  use_backend {file_name(id_)}{LINKED} if {by_link}")
            lines.append(f"  use_backend {file_name(id_)}{OPEN} if {{ nbsrv({file_name(id_)}) eq 0 }}")
            lines.append(f"  default_backend {file_name(id_)}")
    return [*lines, ""]
