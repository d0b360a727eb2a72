"""Listener of an application load balancer as an HAProxy frontend (api-gateway §7.1).

In order: refusals that AWS makes before it evaluates rules, the one rule that matches, its rewrites, responses or forwards, and
the headers that a target receives. Rule conditions see the request as the client sent it.
"""

from collections.abc import Iterator
from itertools import chain

from netful.balancer import error_pages
from netful.balancer.access_log import KEPT, access_log
from netful.balancer.consulted import firewalls, sign_ins
from netful.balancer.consulted.actions import actions_of
from netful.balancer.consulted.consultation import FAILED, directive, unanswered
from netful.balancer.haproxy import client_certificates, forwarding_headers, listener_headers
from netful.balancer.haproxy.actions import GROUP, STICKY_COOKIE, Made, Place, act, transform
from netful.balancer.haproxy.backends import uses
from netful.balancer.haproxy.conditions import test
from netful.balancer.haproxy_syntax import literal, quoted, word
from netful.balancer.log_delivery import is_wanted
from netful.model.authentication import ACTIONS, CALLBACK
from netful.model.balancing.load_balancers import Listener, ListenerRule, LoadBalancer, TargetGroup
from netful.model.cloud import Cloud
from netful.model.core import file_name

_DEFAULT_RULE = "0"  # the name of it in AWS's access logs
_LONGEST_REQUEST_LINE = 16_384
_LONGEST_HEADERS, _LONGEST_ANSWER = 65_536, 32_768
_TOO_LONG = r"'[^\r\n]{16385,}'"  # a single header
_MOST_FORWARDERS = 30
_NOT_HTTP1 = ("HTTP2", "GRPC")
_RULE = "var(txn.rule)"
_HTTP2 = "routing.http2.enabled"


def proxy_name(listener: Listener) -> str:
    """Return the name of a listener's frontend."""
    return f"{file_name(listener.id)}.listener"


def authorities_file(listener: Listener) -> str:
    """Return the name of the file with the authorities of a listener's clients."""
    return f"{file_name(listener.id)}.authorities.pem"


def frontend(
    cloud: Cloud,
    balancer: LoadBalancer,
    listener: Listener,
    places: list[str],
    certificates: list[str],
    groups: list[tuple[TargetGroup, bool]],
    *,
    recent: bool,
) -> Made:
    """Return the frontend, which listens at `places`.

    `certificates` are files, the default one first; `groups` say whether they have targets; `recent`: features of HAProxy 2.9 are
    available.
    """
    secure = " ".join(f"crt {file}" for file in certificates)
    versions = "http/1.1" if balancer.attributes.get(_HTTP2) == "false" else "h2,http/1.1"
    asked = client_certificates.binding(listener, authorities_file(listener))
    tls = f" ssl {secure} alpn {versions}{asked}" if secure else ""
    protocol, port = word(listener.protocol.lower()), listener.port
    assert isinstance(port, int)
    logged = is_wanted(balancer)
    made = Made(
        [
            *(f"bind {place}{tls}" for place in places),
            *(KEPT if logged else ()),
            "http-response set-var(txn.status) status",
            *_refusals(),
            _answer_too_long(),
            *error_pages.corrections(recent=recent),
        ]
    )
    made.lines += _asked(cloud, balancer)
    made.lines += _returned(cloud, listener)
    rules = sorted(cloud.balancing.rules_of(listener.id), key=lambda rule: rule.priority)
    made.lines += _choice(rules, made)
    forwarded = forwarding_headers.headers(balancer.attributes, protocol, port)
    shown = client_certificates.headers(listener)
    made.lines += listener_headers.renamed(listener.attributes, chain(forwarded, shown))
    made.lines += listener_headers.of_responses(listener.attributes)
    with_targets = {group.id: some for group, some in groups}
    for rule in rules:
        place = Place(rule.id, balancer.id, protocol, port, f"{file_name(rule.id)}", _taken_by(str(rule.priority)))
        transform(made, place, rule.transforms)
        act(made, place, rule.actions, with_targets)
    place = Place(listener.id, balancer.id, protocol, port, f"{file_name(listener.id)}", _taken_by(_DEFAULT_RULE))
    act(made, place, listener.default_actions, with_targets)
    made.lines += [*_mismatches([group for group, _ in groups]), error_pages.SENDING, *_sticky()]
    made.lines.append("no log")
    if logged:
        made.lines.append("log stdout format raw local0")
        made.lines.append(f"log-format {quoted(access_log(literal(word(balancer.name)), protocol, port))}")
    lines = [f"frontend {proxy_name(listener)}", *(f"  {line}" for line in made.lines)]
    return Made([*lines, *uses([group for group, _ in groups]), ""], made.files, made.warnings)


def _taken_by(key: str) -> str:
    return f"if {{ {_RULE} -m str {key} }}"


def _refusals() -> Iterator[str]:
    """Return the refusals that AWS makes before it evaluates rules (§7.7)."""
    yield "http-request set-var(txn.host) req.hdr(host),field(1,:)"
    yield error_pages.answer(405, "if { method TRACE }")
    yield error_pages.answer(414, f"if {{ url,length gt {_LONGEST_REQUEST_LINE} }}")
    yield error_pages.answer(
        400, f"if {{ req.hdrs -m reg {_TOO_LONG} }} || {{ req.hdrs,length gt {_LONGEST_HEADERS} }}"
    )
    yield error_pages.answer(463, f"if {{ req.hdr_cnt(x-forwarded-for) gt {_MOST_FORWARDERS} }}")


def _answer_too_long() -> str:
    return error_pages.answer(502, f"if {{ res.hdrs,length gt {_LONGEST_ANSWER} }}").replace(
        "http-request", "http-response"
    )


def _asked(cloud: Cloud, balancer: LoadBalancer) -> Iterator[str]:
    """Return the directives that consult the web ACL, before any rule."""
    if firewalls.acl_before(cloud, balancer) is not None:
        yield "option http-buffer-request"
        yield directive(balancer.id, firewalls.SUBJECT)
        if firewalls.fails_open(balancer):
            yield f"http-request unset-var(txn.consulted) if {{ {FAILED} }}"
        else:
            yield unanswered()


def _returned(cloud: Cloud, listener: Listener) -> Iterator[str]:
    """Return the directives for clients that come back from an identity provider."""
    if any(action.type in ACTIONS for action in actions_of(cloud, listener)):
        when = f"if {{ path {CALLBACK} }}"
        yield directive(str(listener.load_balancer_id), sign_ins.RETURNED, when=when)
        yield unanswered(when)


def _choice(rules: list[ListenerRule], made: Made) -> Iterator[str]:
    """Return the directives that select the rule with the lowest priority whose conditions all match."""
    for rule in rules:
        tests = [test(condition) for condition in rule.conditions]
        if None in tests:
            made.warnings.append(f"`{rule.id}` takes no request: a condition of it is not known")
            continue
        holds = " ".join(one for one in tests if one is not None)
        yield f"http-request set-var(txn.rule) str({rule.priority}) if !{{ {_RULE} -m found }} {holds}"
    yield f"http-request set-var(txn.rule) str({_DEFAULT_RULE}) if !{{ {_RULE} -m found }}"


def _mismatches(groups: list[TargetGroup]) -> Iterator[str]:
    """Return the refusal of requests in a protocol version that the group does not accept (§7.7)."""
    for group in groups:
        chosen = f"if {{ {GROUP} -m str {file_name(group.id)} }}"
        if group.protocol_version in _NOT_HTTP1:
            yield error_pages.answer(464, f"{chosen} {{ req.ver 1.0 1.1 }}")
        if group.protocol_version == "GRPC":
            yield error_pages.answer(464, f"{chosen} !{{ method POST }}")
        elif group.protocol_version == "HTTP1":
            yield error_pages.answer(464, f"{chosen} {{ req.hdr(content-type) -m beg application/grpc }}")


def _sticky() -> Iterator[str]:
    """Return the directives of the cookie that keeps a client on the target group of a rule."""
    cookie = f"{STICKY_COOKIE}=%[var(txn.group)]; Max-Age=%[var(txn.sticky)]; Path=/"
    yield f"http-after-response add-header Set-Cookie '{cookie}' if {{ var(txn.sticky) -m found }}"
