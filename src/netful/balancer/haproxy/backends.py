"""Target groups as HAProxy backends: balancing, health checks, stickiness (api-gateway §7.3).

Each group has two backends: one with the healthy targets, and one with all targets, for when none is healthy (AWS fails
open). A function is a server behind a local socket, because the Lambda service and not the network leads to it.
"""

from collections.abc import Iterator, Sequence

from netful.balancer.haproxy_syntax import argument, number, numbers, quoted, word
from netful.balancer.lambda_event import CHECKER
from netful.balancer.targets import Reached
from netful.model.balancing.load_balancers import TargetGroup
from netful.model.core import file_name

OPEN = ".open"
"""Suffix of the backend with all targets, healthy or not."""
LINKED = ".linked"
"""Suffix of the backend for PrivateLink connections, whose proxy protocol header contains the endpoint id."""
FUNCTION = "function"
"""Name of the server that leads to a group's function."""
ENDPOINT = "sess.endpoint"
"""Variable with the endpoint of a connection."""

_SECURE = ("HTTPS", "TLS")
_OF_HTTP = ("HTTP", "HTTPS")
_BALANCE = {"least_outstanding_requests": "leastconn", "weighted_random": "random"}
_CHECK_SECONDS = {"lambda": (35, 30)}
_INTERVAL, _TIMEOUT = 30, 5
_DOWN_SECONDS = 2  # interval between checks of a target that is down, short so that a new target is used soon
_OF_GRPC = "hdr Content-Type application/grpc hdr TE trailers"
_TRAFFIC_PORT = ("traffic-port", "")
# PP2_TYPE_AWS with PP2_SUBTYPE_AWS_VPCE_ID: AWS's field of the proxy protocol header
_ENDPOINT_ID = f'set-proxy-v2-tlv-fmt(0xEA) "\\x01%[var({ENDPOINT})]"'
_DAY = 86_400
_FUNCTION_SECONDS = 900  # the function's timeout ends a request, not the load balancer's
_DATED = "http-response set-header Date %[date,http_date] if !{ res.hdr(date) -m found }"


def server_name(target: Reached) -> str:
    """Return the server name of a target, the same in every configuration; one with an IPv6 address has `-` for each colon."""
    return f"{str(target.address).replace(':', '-')}_{target.port}"


def target_named(server: str) -> str:
    """Return the address and the port of a target by its server name."""
    address, _, port = server.partition("_")
    return f"{address.replace('-', ':')}:{port}"


def place_of(group: TargetGroup, target: Reached) -> tuple[str, str]:
    """Return the group and the target as a node reports their health."""
    return file_name(group.id), target_named(server_name(target))


def backends(group: TargetGroup, targets: Sequence[Reached], *, http: bool, socket: str = "") -> list[str]:
    """Return both backends of a group. `socket` leads to its function."""
    mode = "http" if http else "tcp"
    if socket:
        return _function(group, mode, socket)
    shared = [f"  mode {mode}", *_balancing(group), *(_stickiness(group) if http else ())]
    checked = [*_check(group), *(_server(group, target, http=http, checked=True) for target in targets)]
    all_of_them = [_server(group, target, http=http, checked=False) for target in _without_starting(targets)]
    whole, opened = file_name(group.id), file_name(group.id) + OPEN
    return [f"backend {whole}", *shared, *checked, "", f"backend {opened}", *shared, *all_of_them, ""]


def linked(group: TargetGroup, targets: Sequence[Reached], *, fields: bool) -> list[str]:
    """Return both backends again, for PrivateLink connections; they use the health that the others find.

    `fields`: HAProxy can add fields to the proxy protocol header.
    """
    endpoint = f" {_ENDPOINT_ID}" if fields else ""
    lines = list[str]()
    for end, followed in (("", is_checked(group)), (OPEN, False)):
        lines += [f"backend {file_name(group.id)}{LINKED}{end}", "  mode tcp", *_balancing(group)]
        for target in targets if followed else _without_starting(targets):
            track = f" track {file_name(group.id)}/{server_name(target)}" if followed else ""
            lines.append(f"{_server(group, target, http=False, checked=False)}{endpoint}{track}")
        lines.append("")
    return lines


def _without_starting(targets: Sequence[Reached]) -> Sequence[Reached]:
    """Return the targets of a group with no healthy one; one that a deployment starts may not listen yet."""
    return [one for one in targets if not one.starting] or targets


def uses(groups: Sequence[TargetGroup]) -> Iterator[str]:
    """Return the directives that send a request to its group, or to all of its targets if none is healthy."""
    for group in groups:
        proxy = file_name(group.id)
        chosen = f"{{ var(txn.group) -m str {proxy} }}"
        if group.target_type != "lambda" or is_checked(group):
            yield f"  use_backend {proxy}{OPEN} if {chosen} {{ nbsrv({proxy}) eq 0 }}"
        yield f"  use_backend {proxy} if {chosen}"


def is_checked(group: TargetGroup) -> bool:
    """Return whether a group is health-checked; a group with a function is only if the template enables it."""
    return (
        group.health_check_enabled is True if group.target_type == "lambda" else group.health_check_enabled is not False
    )


def _function(group: TargetGroup, mode: str, socket: str) -> list[str]:
    """Return the backends of a function: one server, and a second backend without health checks if the group has them."""
    checked, whole = is_checked(group), file_name(group.id)
    shared = [f"  mode {mode}", f"  timeout server {_FUNCTION_SECONDS}s", f"  {_DATED}"]
    server = f"  server {FUNCTION} unix@{socket}"
    lines = [f"backend {whole}", *shared, *_check(group), server + (" check" if checked else ""), ""]
    return [*lines, f"backend {whole}{OPEN}", *shared, server, ""] if checked else lines


def _balancing(group: TargetGroup) -> Iterator[str]:
    algorithm = group.attributes.get("load_balancing.algorithm.type", "round_robin")
    yield f"  balance {_BALANCE.get(algorithm, 'roundrobin')}"


def _stickiness(group: TargetGroup) -> Iterator[str]:
    if group.attributes.get("stickiness.enabled") != "true":
        return
    if group.attributes.get("stickiness.type", "lb_cookie") == "lb_cookie":
        seconds = number(group.attributes.get("stickiness.lb_cookie.duration_seconds"), _DAY)
        yield f"  cookie AWSALB insert indirect nocache maxlife {seconds}s"
        return
    cookie = word(group.attributes.get("stickiness.app_cookie.cookie_name", ""))
    seconds = number(group.attributes.get("stickiness.app_cookie.duration_seconds"), _DAY)
    yield f"  stick-table type string len 128 size 10k expire {seconds}s"
    yield f"  stick on req.cook({cookie})"
    yield f"  stick store-response res.cook({cookie})"


def _check(group: TargetGroup) -> Iterator[str]:
    if not is_checked(group):
        return
    interval, timeout = _CHECK_SECONDS.get(group.target_type, (_INTERVAL, _TIMEOUT))
    interval, timeout = group.health_check_interval or interval, group.health_check_timeout or timeout
    yield f"  timeout check {timeout}s"
    soon = interval if group.target_type == "lambda" else _DOWN_SECONDS  # a health check of a function is an invocation
    again = f"downinter {min(soon, interval)}s"
    yield f"  default-server inter {interval}s fall {group.unhealthy_threshold} rise {group.healthy_threshold} {again}"
    if _check_protocol(group) in _OF_HTTP:
        yield "  option httpchk"
        path, host = quoted(group.health_check_path), quoted(_check_host(group))
        agent = f"hdr User-Agent {CHECKER}"
        if group.protocol_version == "GRPC":
            yield f"  http-check send meth POST uri {path} ver HTTP/2 hdr Host {host} {agent} {_OF_GRPC}"
            yield "  http-check expect status 200"  # whatever gRPC's code, which is in a trailer
        else:
            yield f"  http-check send meth GET uri {path} ver HTTP/1.1 hdr Host {host} {agent} hdr Connection close"
            yield f"  http-check expect status {numbers(group.matcher, '200')}"


def _check_host(group: TargetGroup) -> str:
    """Return the Host of a health check: the target's address, with the port unless it is the default. A server name contains both."""
    if group.ip_version == 6:
        return f"[%[srv_name,field(1,_),regsub({argument('-')},:,g)]]"
    if group.health_check_port not in _TRAFFIC_PORT:
        port = f":{_check_port(group)}" if group.health_check_port not in ("80", "443") else ""
        return f"%[srv_name,field(1,_)]{port}"
    without_default = f"regsub({argument(':(80|443)$')},)"
    return f"%[srv_name,regsub(_,:),{without_default}]"


def _check_port(group: TargetGroup) -> str:
    return numbers(group.health_check_port, str(group.port or 80))


def _check_protocol(group: TargetGroup) -> str:
    return group.health_check_protocol or group.protocol or ("HTTP" if group.target_type == "lambda" else "")


def _server(group: TargetGroup, target: Reached, *, http: bool, checked: bool) -> str:
    address = f"ipv6@{target.address}" if target.address.version == 6 else str(target.address)
    words = [f"  server {server_name(target)} {address}:{target.port}"]
    if group.protocol in _SECURE:
        words.append("ssl verify none")  # AWS does not verify a target's certificate (§7.3)
    if http and group.protocol_version in ("HTTP2", "GRPC"):
        words.append("proto h2" if group.protocol not in _SECURE else "alpn h2")
    if http and group.attributes.get("stickiness.enabled") == "true":
        words.append(f"cookie {server_name(target)}")
    if slow := number(group.attributes.get("slow_start.duration_seconds"), 0):
        words.append(f"slowstart {slow}s")
    if not http and group.has_proxy_protocol:
        words.append("send-proxy-v2")
    if checked and is_checked(group):
        words.append(_checking(group))
        if target.starting or target.new:  # HAProxy takes a new server for healthy until its first check
            words.append(f"weight 0 inter {_DOWN_SECONDS}s")
    return " ".join(words)


def _checking(group: TargetGroup) -> str:
    words = ["check"]
    if group.health_check_port not in _TRAFFIC_PORT:
        words.append(f"port {_check_port(group)}")
    secure = _check_protocol(group) in _SECURE
    if secure:
        words.append("check-ssl verify none")
    elif group.protocol in _SECURE:
        words.append("no-check-ssl")
    return " ".join(words)
