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

from collections.abc import Callable, Sequence
from ipaddress import ip_network

from netful.engine.flows.flow import contains
from netful.engine.flows.truth import some
from netful.engine.http.http_request import HttpRequest
from netful.engine.iam.texts import like
from netful.engine.patterns.pattern import plain_pattern
from netful.engine.patterns.spelling import PatternError
from netful.model.balancing.load_balancers import RuleCondition
from netful.model.core import Frozen, Maybe, Unknown

_Meets = Callable[[str, str], bool | None]
"""Comparison of a condition's value with a text of a request; None if the value is not understood."""


def holds(condition: RuleCondition, request: HttpRequest) -> bool | None:
    """Return whether a request meets a condition; None if unknown."""
    field = _FIELDS.get(condition.field)
    subjects = field.subjects(request, condition.name) if field else None
    if field is None or subjects is None or not (condition.values or condition.regexes):
        return None
    return some(
        (
            *(_met(field.meets, value, subject) for value in condition.values for subject in subjects),
            *(_met(field.matches, regex, subject) for regex in condition.regexes for subject in subjects),
        )
    )


def _met(meets: _Meets, value: Maybe[str], subject: Maybe[str]) -> bool | None:
    """Compare two texts; of texts that are not known, those that a deployment reads from the same place are equal."""
    if isinstance(value, Unknown) and isinstance(subject, Unknown):
        same = value.reference == subject.reference if value.reference else value.same_as(subject)
        return same or None
    return None if isinstance(value, Unknown) or isinstance(subject, Unknown) else meets(value, subject)


class _Field(Frozen):
    """Comparison of a field: `subjects` are the texts of the request; `meets` compares a value with one of them."""

    subjects: Callable[[HttpRequest, str], Sequence[Maybe[str]] | None]
    meets: _Meets
    folds: bool = False

    def matches(self, regex: str, subject: str) -> bool | None:
        """Return whether a regular expression matches within a text; None if the expression is not supported."""
        try:
            return plain_pattern(regex, folds=self.folds).search(subject) is not None
        except PatternError:
            return None


def _method(request: HttpRequest, _name: str) -> list[str] | None:
    return None if request.method is None else [request.method]


def _query(request: HttpRequest, _name: str) -> list[str]:
    return [pair for pair in request.path.partition("?")[2].split("&") if pair]


def _folded(value: str, subject: str) -> bool:
    return like(value.lower(), subject.lower())


def _pair(value: str, subject: str) -> bool:
    """Compare a query pair: a value without a key matches the value of any key, or a pair without one."""
    if "=" in value:
        (wanted_key, _, wanted), (key, _, given) = value.partition("="), subject.partition("=")
        return _folded(wanted_key, key) and _folded(wanted, given)
    return _folded(value, subject.partition("=")[2] if "=" in subject else subject)


def _inside(block: str, source: str) -> bool | None:
    try:
        return contains(ip_network(block, strict=False), ip_network(source))
    except ValueError:
        return None


_FIELDS = {
    "host-header": _Field(lambda request, _name: [request.host.partition(":")[0]], _folded, folds=True),
    "path-pattern": _Field(lambda request, _name: [request.path.partition("?")[0]], like),
    "http-header": _Field(HttpRequest.values_of, _folded, folds=True),
    "http-request-method": _Field(_method, str.__eq__),
    "query-string": _Field(_query, _pair),
    "source-ip": _Field(lambda request, _name: None if request.source is None else [str(request.source)], _inside),
}
