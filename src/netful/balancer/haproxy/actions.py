"""HAProxy directives for the actions of a listener rule (api-gateway §7.2, §7.4).

Every directive is guarded by the test of its rule, so all directives form one flat list.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from netful.balancer import error_pages
from netful.balancer.consulted import sign_ins, tokens
from netful.balancer.consulted.consultation import directive, unanswered
from netful.balancer.haproxy.conditions import HOST
from netful.balancer.haproxy_syntax import argument, literal, numbers, quoted
from netful.model.authentication import ACTIONS, TOKENS
from netful.model.balancing.load_balancers import Action
from netful.model.core import Frozen, Unknown, file_name, is_true, mapping, mappings
from netful.sources.template.values import unknowns_in

GROUP = "var(txn.group)"
"""Variable with the target group of a request."""
STICKY_COOKIE = "AWSALBTG"

_REDIRECTS = {"HTTP_301": 301, "HTTP_302": 302}
_SUBJECTS = {TOKENS: tokens.SUBJECT, **dict.fromkeys(ACTIONS, sign_ins.SUBJECT)}
_TRANSFORMS = ("host-header-rewrite", "url-rewrite")


@dataclass
class Made:
    """Directives, the files that they name, and the parts of the template that cannot run."""

    lines: list[str] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


class Place(Frozen):
    """Context of actions: the load balancer, protocol and port of the listener, and the test of the rule.

    `owner` is the rule, or the listener with the default actions.
    """

    owner: str
    balancer_id: str
    protocol: str
    port: int
    key: str
    when: str


def act(made: Made, place: Place, actions: tuple[Action, ...], groups: dict[str, bool]) -> None:
    """Add the directives of a rule's actions; `groups` are the target groups by id, each with whether it has targets."""
    for number, action in enumerate(actions):
        if missing := _missing(action):
            _answer_unavailable(made, place, f"an action of type {action.type}", missing)
        elif action.type == "forward":
            made.lines += _forward(action, place, groups)
        elif action.type == "redirect":
            made.lines += _redirect(mapping(action.config), place)
        elif action.type == "fixed-response":
            _fixed_response(made, mapping(action.config), place)
        elif action.type in _SUBJECTS:
            subject = _SUBJECTS[action.type]
            made.lines.append(directive(place.balancer_id, subject, place.key, str(number), when=place.when))
            made.lines.append(unanswered(place.when))


def transform(made: Made, place: Place, transforms: tuple[Any, ...]) -> None:
    """Add the rewrites of a rule; routing is decided before they apply (§7.4)."""
    for one in transforms:
        if missing := unknowns_in(one):
            _answer_unavailable(made, place, "a transform", missing)
            continue
        kind = mapping(one).get("Type", "")
        if kind not in _TRANSFORMS:
            made.warnings.append(f"the transform `{kind or one}` is not known and left out")
            continue
        config = mapping(one.get("HostHeaderRewriteConfig" if kind == _TRANSFORMS[0] else "UrlRewriteConfig"))
        for rewrite in mappings(config.get("Rewrites")):
            regex, replacement = str(rewrite.get("Regex", "")), _backreferences(str(rewrite.get("Replace", "")))
            changed = f"regsub({argument(regex)},{argument(replacement)})"
            if kind == _TRANSFORMS[0]:
                made.lines.append(f"http-request set-header Host {quoted(f'%[{HOST},{changed}]')} {place.when}")
            else:
                made.lines.append(f"http-request set-pathq {quoted(f'%[pathq,{changed}]')} {place.when}")


def _missing(action: Action) -> list[Unknown]:
    """Return the unknowns that leave the answer of an action open.

    An unknown target group has no targets, and a body that is not known is left out; the weight of a single group decides nothing.
    """
    config = mapping(action.config)
    if isinstance(action.config, Unknown) or action.type == "redirect":
        return unknowns_in(action.config)
    if action.type == "fixed-response":
        return unknowns_in(config.get("StatusCode"))
    groups = mappings(config.get("TargetGroups"))
    weights = [group.get("Weight") for group in groups if len(groups) > 1]
    return unknowns_in([config.get("TargetGroupStickinessConfig"), weights])


def _answer_unavailable(made: Made, place: Place, what: str, missing: list[Unknown]) -> None:
    """Answer 503 for a part whose values are not known."""
    made.lines.append(error_pages.answer(503, place.when))
    made.warnings.append(f"`{place.owner}` answers 503: {what} is not known ({missing[0].why})")


def _backreferences(replacement: str) -> str:
    return replacement.replace("\\", "\\\\").replace("$", "\\")


def _forward(action: Action, place: Place, groups: dict[str, bool]) -> Iterator[str]:
    chosen = [(str(id_), weight) for id_, weight in zip(action.target_group_ids, action.weights, strict=True) if weight]
    if not chosen:
        yield error_pages.answer(503, place.when)
        return
    names = [file_name(id_) for id_, _ in chosen]
    config = mapping(mapping(action.config).get("TargetGroupStickinessConfig"))
    sticky = is_true(config.get("Enabled", ""))
    unset = f"{place.when} !{{ {GROUP} -m found }}"
    if sticky:
        cookie = f"req.cook({STICKY_COOKIE})"
        yield f"http-request set-var(txn.group) {cookie} {place.when} {{ {cookie} -m str {' '.join(names)} }}"
        yield f"http-request set-var(txn.sticky) int({numbers(config.get('DurationSeconds'), '3600')}) {unset}"
    if len(chosen) > 1:
        yield f"http-request set-var(txn.draw) rand({sum(weight for _, weight in chosen)}) {place.when}"
    passed = 0
    for (_, weight), proxy in zip(chosen[:-1], names[:-1], strict=True):
        passed += weight
        yield f"http-request set-var(txn.group) str({proxy}) {unset} {{ var(txn.draw) -m int lt {passed} }}"
    yield f"http-request set-var(txn.group) str({names[-1]}) {unset}"
    for id_, _ in chosen:
        if not groups.get(id_):
            yield error_pages.answer(503, f"{place.when} {{ {GROUP} -m str {file_name(id_)} }}")


def _moved(status: int) -> str:
    return f"http-request return status {status} content-type text/html file {status}.html {error_pages.SIGNED}"


def _redirect(config: Mapping[str, Any], place: Place) -> Iterator[str]:
    status = _REDIRECTS.get(str(config.get("StatusCode")), 302)
    known = {
        "#{protocol}": literal(place.protocol),
        "#{host}": f"%[{HOST}]",
        "#{port}": str(place.port),
        "#{path}": "%[path,regsub(^/,)]",
        "#{query}": "%[query]",
    }

    def filled(part: str, default: str) -> str:
        text = literal(str(config.get(part, default)))
        for placeholder, expression in known.items():
            text = text.replace(placeholder, expression)
        return text

    protocol = filled("Protocol", "#{protocol}").replace("HTTP", "http").replace("httpS", "https")
    base = f"{protocol}://{filled('Host', '#{host}')}:{filled('Port', '#{port}')}{filled('Path', '/#{path}')}"
    query = filled("Query", "#{query}")
    with_query = f"{base}?{query}" if query else base
    asked = "{ query -m len gt 0 }"
    made = _moved(status)
    if query and query != known["#{query}"]:
        yield f"{made} hdr Location {quoted(with_query)} {place.when}"
    else:
        yield f"{made} hdr Location {quoted(with_query)} {place.when} {asked}"
        yield f"{made} hdr Location {quoted(base)} {place.when}"


def _fixed_response(made: Made, config: Mapping[str, Any], place: Place) -> None:
    status, body = numbers(config.get("StatusCode"), "200"), str(config.get("MessageBody", ""))
    line = f"http-request return status {status}"
    if missing := unknowns_in(config):
        made.warnings.append(f"`{place.owner}` answers {status} without a body: it is not known ({missing[0].why})")
    elif body:
        file = f"{place.key}.body"
        made.files[file] = body
        line += f" content-type {quoted(str(config.get('ContentType', 'text/plain')))} file {file}"
    made.lines.append(f"{line} {error_pages.SIGNED} {place.when}")
