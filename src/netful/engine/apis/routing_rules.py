"""Routing rules of a custom domain: the API and the path of a request by its headers and its path (newer-aws §4.1).

1. Rules come by ascending priority. The first rule whose conditions all hold decides; a rule without conditions always does.
2. A header's value is compared with its letter case, as a whole; `*` at an end of the glob stands for any characters.
3. A base path matches the first segments of a path, with their letter case.
4. The API receives the whole path, or what follows the matched base path where the rule strips it.
"""

from netful.engine.flows.ruling import needs
from netful.engine.flows.truth import every, some
from netful.engine.http.headers import Headers, value_of
from netful.engine.names.api_names import rules_of
from netful.model.apis.domain import DomainName, HeaderGlob, RoutingCondition, RoutingMode, RoutingRule
from netful.model.cloud import Cloud
from netful.model.core import Frozen, Maybe, Unknown


class Routed(Frozen):
    """The rule of a request and the path that its API receives; no rule if none applies, `missing` if that is not known."""

    rule: RoutingRule | None = None
    path: str = ""
    missing: tuple[str, ...] = ()


def routed(cloud: Cloud, domain: DomainName, host: str, path: str, headers: Headers) -> Routed:
    """Return the rule of a domain that applies to a request."""
    if domain.routing_mode is RoutingMode.MAPPING_ONLY:
        return Routed()
    given = (*headers, ("host", host))
    doubtful: list[RoutingRule] = []
    for rule in sorted(rules_of(cloud, domain), key=lambda each: _place(each.priority)):
        holds = every(_holds(condition, path, given) for condition in rule.conditions)
        if holds and isinstance(rule.priority, int) and not isinstance(domain.routing_mode, Unknown):
            missing = _missing(rule, doubtful)
            return Routed(None, "", missing) if missing else Routed(rule, _inner_path(rule, path))
        if holds is not False:
            doubtful.append(rule)
    missing = needs(domain.routing_mode, "") if isinstance(domain.routing_mode, Unknown) and doubtful else ()
    return Routed(None, "", missing or _missing(None, doubtful))


def headers_asked(cloud: Cloud) -> tuple[str, ...]:
    """Return the names of the headers that routing rules look at, in lower case."""
    globs = (g for r in cloud.apis.routing_rules.values() for condition in r.conditions for g in condition.headers)
    return tuple(dict.fromkeys(g.header.lower() for g in globs if isinstance(g.header, str)))


def _place(priority: Maybe[int]) -> int:
    return priority if isinstance(priority, int) else 0


def _missing(found: RoutingRule | None, doubtful: list[RoutingRule]) -> tuple[str, ...]:
    """Return the input that would settle whether other rules apply, where they lead elsewhere."""
    other = [rule for rule in doubtful if found is None or _target(rule) != _target(found)]
    return tuple(dict.fromkeys(f"the conditions and the priority of {rule.id}" for rule in other))


def _target(rule: RoutingRule) -> tuple[object, ...]:
    return rule.api_id, rule.stage_name, rule.strip_base_path


def _holds(condition: RoutingCondition, path: str, headers: Headers) -> bool | None:
    """Return whether one of the alternatives of a condition holds."""
    by_header = [_matches(each, headers) for each in condition.headers]
    return some([*by_header, *(_leads(base, path) for base in condition.base_paths)])


def _matches(glob: HeaderGlob, headers: Headers) -> bool | None:
    if isinstance(glob.header, Unknown) or isinstance(glob.value_glob, Unknown):
        return None
    wanted, given = glob.value_glob, value_of(headers, glob.header)
    if not any(name.lower() == glob.header.lower() for name, _ in headers):
        return False
    if len(wanted) > 1 and wanted.startswith("*") and wanted.endswith("*"):
        return wanted[1:-1] in given
    if wanted.endswith("*"):
        return given.startswith(wanted[:-1])
    return given.endswith(wanted[1:]) if wanted.startswith("*") else given == wanted


def _leads(base: Maybe[str], path: str) -> bool | None:
    if isinstance(base, Unknown):
        return None
    return f"{path}/".startswith(f"/{base}/") if base else True


def _inner_path(rule: RoutingRule, path: str) -> str:
    """Return the path that the API receives."""
    bases = [base for condition in rule.conditions for base in condition.base_paths if isinstance(base, str)]
    base = next((base for base in bases if base and _leads(base, path)), "")
    return path.removeprefix(f"/{base}") or "/" if rule.strip_base_path and base else path
