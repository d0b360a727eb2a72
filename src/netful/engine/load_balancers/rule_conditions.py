"""Conditions of listener rules: the compared part of a request, and the comparison (api-gateway §7.1).

| field | part | letter case | values |
|---|---|---|---|
| `host-header` | the host without its port | ignored | wildcards, regular expressions |
| `path-pattern` | the path without the query | significant | wildcards, regular expressions |
| `http-header` | the header of that name | ignored | wildcards, regular expressions |
| `http-request-method` | the method | significant | exact |
| `query-string` | each `KEY=VALUE` | ignored | wildcards; without a key, the value of any key |
| `source-ip` | the peer's address, whatever `X-Forwarded-For` contains | - | blocks |
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_network

from netful.engine.flows.flow import contains
from netful.engine.iam.policies import like
from netful.model.balancing.load_balancers import RuleCondition
from netful.model.core.unknown import Unknown
from netful.model.network.vpc import IPNetwork


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """Known parts of a request; `path` includes the query, None is unknown."""

    host: str
    path: str
    method: str | None = None
    headers: Mapping[str, str] | None = None
    source: IPNetwork | None = None


def holds(condition: RuleCondition, request: HttpRequest) -> bool | None:
    """Return whether a request meets a condition; None if unknown."""
    field = _FIELDS.get(condition.field)
    subjects = field.subjects(request, condition.name) if field else None
    wanted = (*condition.values, *condition.regexes)
    if field is None or subjects is None or not wanted:
        return None
    values = [value for value in condition.values if not isinstance(value, Unknown)]
    if any(field.meets(value, subject) for value in values for subject in subjects):
        return True
    if any(_matches(regex, subject, field) for regex in condition.regexes for subject in subjects):
        return True
    return None if any(isinstance(value, Unknown) for value in wanted) else False


@dataclass(frozen=True, slots=True)
class _Field:
    """Comparison of a field: `subjects` are the texts of the request; `meets` compares a value with one of them."""

    subjects: Callable[[HttpRequest, str], list[str] | None]
    meets: Callable[[str, str], bool]
    folds: bool = False


def _host(request: HttpRequest, _name: str) -> list[str]:
    return [request.host.partition(":")[0]]


def _path(request: HttpRequest, _name: str) -> list[str]:
    return [request.path.partition("?")[0]]


def _header(request: HttpRequest, name: str) -> list[str] | None:
    if request.headers is None:
        return None
    return [value for key, value in request.headers.items() if key.lower() == name.lower()]


def _method(request: HttpRequest, _name: str) -> list[str] | None:
    return None if request.method is None else [request.method]


def _query(request: HttpRequest, _name: str) -> list[str]:
    return [pair for pair in request.path.partition("?")[2].split("&") if pair]


def _source(request: HttpRequest, _name: str) -> list[str] | None:
    return None if request.source is None else [str(request.source)]


def _folded(value: str, subject: str) -> bool:
    return like(value.lower(), subject.lower())


def _pair(value: str, subject: str) -> bool:
    """Compare a query pair: a value without a key matches the value of any key, or a pair without one."""
    if "=" in value:
        (wanted_key, _, wanted), (key, _, given) = value.partition("="), subject.partition("=")
        return _folded(wanted_key, key) and _folded(wanted, given)
    return _folded(value, subject.partition("=")[2] if "=" in subject else subject)


def _inside(block: str, source: str) -> bool:
    return contains(ip_network(block, strict=False), ip_network(source))


def _matches(regex: str | Unknown, subject: str, field: _Field) -> bool:
    if isinstance(regex, Unknown):
        return False
    return re.search(regex, subject, re.IGNORECASE if field.folds else 0) is not None


_FIELDS = {
    "host-header": _Field(_host, _folded, folds=True),
    "path-pattern": _Field(_path, like),
    "http-header": _Field(_header, _folded, folds=True),
    "http-request-method": _Field(_method, str.__eq__),
    "query-string": _Field(_query, _pair),
    "source-ip": _Field(_source, _inside),
}
