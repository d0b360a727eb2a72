"""HAProxy configuration of one node: text derived from the model, and the files that belong to it.

Paths are relative to the node's folder, in which HAProxy starts. HAProxy serves all listeners of an application load balancer.
The kernel forwards the packets of a network load balancer; HAProxy serves its listeners that end connections, and checks the
health of the targets.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from ipaddress import IPv4Address

from msgspec import field

from netful.balancer import client_certificates, error_pages
from netful.balancer.backends import ENDPOINT, LINKED, OPEN, backends, linked, place_of
from netful.balancer.consulted import consultation
from netful.balancer.consulted.subjects import asks
from netful.balancer.forwarding_headers import SPELLED
from netful.balancer.haproxy_syntax import argument, number, quoted
from netful.balancer.listeners import frontend, proxy_name
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
from netful.model.core.file_names import file_name
from netful.model.core.frozen import Frozen
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
_UNTOLD = "the proxy protocol's header does not tell `{}` the endpoint (hint: HAProxy 2.9 or later does)"

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
    assert node.private_ip_address is not None
    listeners = [each for each in cloud.balancing.listeners.values() if each.load_balancer_id == balancer.id]
    ready = [each for each in listeners if isinstance(each.port, int)]
    if balancer.type is LoadBalancerType.APPLICATION:
        return _application(cloud, balancer, node, ready, certificates, recent=recent, known=known)
    return _network(cloud, balancer, node, ready, certificates, links, recent=recent, known=known)


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


def _application(
    cloud: Cloud,
    balancer: LoadBalancer,
    node: NetworkInterface,
    listeners: list[Listener],
    certificates: Certificates,
    *,
    recent: bool,
    known: Known,
) -> Configuration:
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
    groups = groups_of(cloud, balancer)
    some = {group.id: _has_targets(cloud, balancer, node, group) for group in groups}
    for listener in listeners:
        secure = certificates.get(listener.id, []) if listener.protocol in _SECURE else []
        pairs = [(group, some[group.id]) for group in groups]
        made = frontend(cloud, balancer, listener, _places(node, listener), secure, pairs, recent=recent)
        lines += made.lines
        files |= made.files
        warnings += made.warnings
    for group in groups:
        socket = socket_of(group) if group.target_type == "lambda" else ""
        lines += backends(group, _targets(cloud, balancer, node, group, known), http=True, socket=socket)
    return Configuration("\n".join(lines), files, tuple(warnings), _new(cloud, balancer, node, known))


def _network(
    cloud: Cloud,
    balancer: LoadBalancer,
    node: NetworkInterface,
    listeners: list[Listener],
    certificates: Certificates,
    links: Sequence[ServiceLink],
    *,
    recent: bool,
    known: Known,
) -> Configuration:
    warnings = list[str]()
    lines = [
        *_global(),
        "  mode tcp",
        f"  timeout client {_NLB_IDLE_SECONDS}s",
        f"  timeout server {_NLB_IDLE_SECONDS}s",
    ]
    lines += ["", "frontend health", f"  bind unix@{_HEALTH_SOCKET} mode 600", ""]
    for listener in listeners:
        if ends_connections(cloud.balancing.target_groups, listener):
            lines += _passing(cloud, balancer, node, listener, certificates.get(listener.id, []), links)
        elif node.ipv6_address is not None and listener.protocol.startswith("TCP"):
            lines += _passing(cloud, balancer, node, listener, [], (), version=6)
    for group in groups_of(cloud, balancer):
        targets = _targets(cloud, balancer, node, group, known)
        lines += backends(group, targets, http=False)
        if links and group.has_proxy_protocol:
            lines += linked(group, targets, fields=recent)
            warnings += [] if recent else [_UNTOLD.format(group.id)]
    new = _new(cloud, balancer, node, known)
    return Configuration("\n".join(lines), warnings=tuple(dict.fromkeys(warnings)), new=new)


def _passing(
    cloud: Cloud,
    balancer: LoadBalancer,
    node: NetworkInterface,
    listener: Listener,
    files: list[str],
    links: Sequence[ServiceLink],
    *,
    version: int = 0,
) -> list[str]:
    """Return the frontend and backend of a network load balancer's listener that ends client connections.

    It is needed for TLS, for the proxy protocol, and for IPv6 clients (`version`), since targets have IPv4 addresses.
    """
    tls = f" ssl {' '.join(f'crt {file}' for file in files)}" if listener.protocol in _SECURE else ""
    ids = [str(id_) for action in listener.default_actions for id_ in action.target_group_ids]
    places = [place for place in _places(node, listener) if not version or place.startswith("[")]
    lines = [f"frontend {proxy_name(listener)}", *(f"  bind {place}{tls}" for place in places), "  option tcplog"]
    for link in links:
        lines.append(f"  bind {link.address}:{listener.port} interface {link.name}{tls}")
        endpoint = f"str({argument(link.endpoint_id)})"
        lines.append(f"  tcp-request connection set-var({ENDPOINT}) {quoted(endpoint)} if {{ dst {link.address} }}")
    by_link = f"{{ var({ENDPOINT}) -m found }}"
    if links:
        lines.append(f"  tcp-request connection set-dst str({_address(node)}) if {by_link}")
    for id_ in ids[:1]:
        group = cloud.balancing.target_groups.get(id_)
        if group is not None and _has_targets(cloud, balancer, node, group):
            if links and group.has_proxy_protocol:
                unhealthy = f"{{ nbsrv({file_name(id_)}) eq 0 }}"
                lines.append(f"  use_backend {file_name(id_)}{LINKED}{OPEN} if {by_link} {unhealthy}")
                lines.append(f"  use_backend {file_name(id_)}{LINKED} if {by_link}")
            lines.append(f"  use_backend {file_name(id_)}{OPEN} if {{ nbsrv({file_name(id_)}) eq 0 }}")
            lines.append(f"  default_backend {file_name(id_)}")
    return [*lines, ""]


def _targets(
    cloud: Cloud, balancer: LoadBalancer, node: NetworkInterface, group: TargetGroup, known: Known
) -> list[Reached]:
    """Return the targets of a group. A target that joins known ones is new: it has no requests before its first check (§7.3)."""
    found = reached(cloud, balancer, node, group)
    joins = any(place_of(group, one) in known for one in found)
    return [replace(one, new=joins and place_of(group, one) not in known) for one in found]


def _new(cloud: Cloud, balancer: LoadBalancer, node: NetworkInterface, known: Known) -> frozenset[tuple[str, str]]:
    groups = groups_of(cloud, balancer)
    every = ((group, one) for group in groups for one in _targets(cloud, balancer, node, group, known))
    return frozenset(place_of(group, one) for group, one in every if one.new and not one.starting)


def _has_targets(cloud: Cloud, balancer: LoadBalancer, node: NetworkInterface, group: TargetGroup) -> bool:
    return bool(reached(cloud, balancer, node, group) or functions_of(cloud, group))


def _places(node: NetworkInterface, listener: Listener) -> list[str]:
    """Return the addresses of a listener: the node's IPv4 address, and its IPv6 address if it has one."""
    by_ipv6 = [f"[{node.ipv6_address}]:{listener.port}"] if node.ipv6_address is not None else []
    return [f"{_address(node)}:{listener.port}", *by_ipv6]


def _address(node: NetworkInterface) -> IPv4Address:
    assert node.private_ip_address is not None
    return node.private_ip_address
