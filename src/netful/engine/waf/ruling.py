"""Evaluation of a web ACL: its rules by priority until one terminates, else its default action.

| action | effect |
|---|---|
| Allow, Block | terminate; Block with the rule's custom response, if it has one |
| Count | adds its labels and headers, and continues |
| Captcha, Challenge | terminate: no client here has a valid token |

A rule that refers to a group evaluates the group's rules by priority. A terminating rule there terminates here too, unless the
reference only counts. A rule whose match is unknown is assumed not to match.
"""

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from netful.engine.flows.codes import Code
from netful.engine.flows.finding import Finding
from netful.engine.flows.flow import single_address
from netful.engine.flows.kinds import HopKind
from netful.engine.flows.ruling import Ruling
from netful.engine.http.gateway_errors import GatewayAnswer, ResponseType
from netful.engine.http.headers import Headers
from netful.engine.http.http_request import HttpRequest
from netful.engine.waf.fields import Inspected
from netful.engine.waf.labels import ANY
from netful.engine.waf.statements import Counted, Matching, referred
from netful.model.access.web_acl import FirewallRule, RuleGroup, WebAcl
from netful.model.cloud import Cloud
from netful.model.core import Frozen, Origin, Unknown, mapping, mappings, whole_number
from netful.model.network.vpc import IPNetwork

FILTERED = GatewayAnswer(403, '{"message":"Forbidden"}', "ForbiddenException", ResponseType.WAF_FILTERED)
_GROUP = "RuleGroupReferenceStatement"
_TYPES = {"TEXT_PLAIN": "text/plain", "TEXT_HTML": "text/html", "APPLICATION_JSON": "application/json"}
_STEPS_IN = "x-amzn-waf-action"
_WITHOUT_TOKEN = {
    "Captcha": GatewayAnswer(405, "", headers=((_STEPS_IN, "captcha"),), content_type="text/html"),
    "Challenge": GatewayAnswer(202, "", headers=((_STEPS_IN, "challenge"),), content_type="text/html"),
}
_Rules: TypeAlias = WebAcl | RuleGroup


class Outcome(Frozen):
    """Result for a request. `answer` is the response to the client, None if the request passes with `inserted` headers.

    `rule` is the deciding rule, "" for the default action; `assumptions` name the rules that are assumed not to match.
    """

    rule: str
    origin: Origin
    answer: GatewayAnswer | None = None
    inserted: Headers = ()
    assumptions: tuple[str, ...] = ()


def judge(cloud: Cloud, acl: WebAcl, request: Inspected, counted: Counted) -> Outcome:
    """Return the effect of a web ACL on a request."""
    return _Judging(cloud, acl, request, counted).outcome()


def ruling_of(acl: WebAcl, found: Outcome) -> Ruling:
    """Return the ruling for a path."""
    who = f"rule {found.rule}" if found.rule else "the default action"
    if found.answer is None:
        rule = f"{who} lets it through"
        return Ruling("allow", acl.id, rule, origin=found.origin, assumptions=found.assumptions)
    return Ruling("deny", acl.id, f"{who} stops it", Code.NETFUL_FILTERED, found.origin, assumptions=found.assumptions)


def on_path(cloud: Cloud, acl: WebAcl, request: HttpRequest, client: IPNetwork | None) -> Finding:
    """Return the finding on a request of a path, of which only a part is known."""
    path, _, query = request.path.partition("?")
    method, headers = request.method or "GET", (("host", request.host), *(request.headers or {}).items())
    asked = Inspected(method, path, query, headers, b"", single_address(client), whole=False)
    found = judge(cloud, acl, asked, lambda *_: None)
    return Finding(HopKind.WAF, f"{method} {request.host}{request.path}", ruling_of(acl, found), found.answer)


class _End(Frozen):
    """A matching rule and its action, with the owner of its response bodies."""

    rule: FirewallRule
    action: Mapping[str, Any]
    of: _Rules


class _Judging:
    def __init__(self, cloud: Cloud, acl: WebAcl, request: Inspected, counted: Counted) -> None:
        self._cloud, self._acl = cloud, acl
        self._matching = Matching(cloud, request, counted, "", ())
        self._inserted: list[tuple[str, str]] = []
        self._assumptions: list[str] = []

    def outcome(self) -> Outcome:
        for rule in self._acl.rules:
            end = self._group(rule) if _group_of(rule) is not None else self._rule(rule, rule.action, self._acl)
            if end is not None:
                return self._ended(end.rule.name, end.rule.origin, end.action, end.of)
        return self._ended("", self._acl.origin, self._acl.default_action, self._acl)

    def _ended(self, rule: str, origin: Origin, action: Mapping[str, Any] | Unknown, of: _Rules) -> Outcome:
        if isinstance(action, Unknown):
            self._assumptions.append(f"the default action of {self._acl.id} allows")
            action = {"Allow": {}}
        answer = _answer(action, of)
        if answer is None:
            self._insert(action)
        return Outcome(rule, origin, answer, tuple(self._inserted), tuple(self._assumptions))

    def _group(self, rule: FirewallRule) -> _End | None:
        """Return the terminating rule of a group."""
        reference = _group_of(rule) or {}
        group = referred(self._cloud, self._cloud.access.rule_groups, reference.get("Arn", reference.get("ARN")))
        if group is None:
            self._matching.labels.possible.add(ANY)
            self._assume(rule, ["a rule group that is elsewhere"])
            return None
        changed = {
            str(one.get("Name")): one.get("ActionToUse") for one in mappings(reference.get("RuleActionOverrides"))
        }
        changed |= {str(one.get("Name")): {"Count": {}} for one in mappings(reference.get("ExcludedRules"))}
        for inner in group.rules:
            end = self._rule(inner, changed.get(inner.name, inner.action), group)
            if end is not None:
                return None if rule.counts_only else end
        return None

    def _rule(self, rule: FirewallRule, action: Any, of: _Rules) -> _End | None:
        """Return the rule if it terminates; add the labels and headers of a rule that counts."""
        matching = self._matching
        kind = "webacl" if isinstance(of, WebAcl) else "rulegroup"
        matching.prefix = f"awswaf:{self._cloud.account_of(of.id)}:{kind}:{of.name}:"
        matching.place = (self._acl.id, of.id, rule.name)
        found = matching.matches(rule)
        if found is None:
            self._assume(rule, matching.doubts)
        if not found:
            return None
        if not isinstance(action, Mapping):
            self._assume(rule, ["an action that is not known"])
            return None
        if "Count" in action:
            self._insert(action)
            return None
        return _End(rule, action, of)

    def _assume(self, rule: FirewallRule, doubts: list[str]) -> None:
        looks_at = " and ".join(dict.fromkeys(doubts))
        self._assumptions.append(f"rule {rule.name} of {self._acl.id} does not match: it looks at {looks_at}")

    def _insert(self, action: Mapping[str, Any]) -> None:
        for setting in action.values():
            handling = mapping(mapping(setting).get("CustomRequestHandling"))
            self._inserted += ((f"x-amzn-waf-{name}", value) for name, value in _headers(handling.get("InsertHeaders")))


def _group_of(rule: FirewallRule) -> Mapping[str, Any] | None:
    found = rule.statement.get(_GROUP) if isinstance(rule.statement, Mapping) else None
    return found if isinstance(found, Mapping) else None


def _headers(written: Any) -> Iterator[tuple[str, str]]:
    """Return the headers in a list of an action, as far as they are known."""
    for one in mappings(written):
        name, value = one.get("Name"), one.get("Value")
        if isinstance(name, str) and value is not None and not isinstance(value, Unknown):
            yield name, str(value)


def _answer(action: Mapping[str, Any], of: _Rules) -> GatewayAnswer | None:
    """Return the response to a client for an action; None if the request passes."""
    for name, answer in _WITHOUT_TOKEN.items():
        if name in action:
            return answer
    if "Block" not in action:
        return None
    custom = mapping(action["Block"]).get("CustomResponse")
    if not isinstance(custom, Mapping):
        return FILTERED
    body = mapping(of.custom_response_bodies.get(str(custom.get("CustomResponseBodyKey"))))
    code = whole_number(custom.get("ResponseCode"))
    return GatewayAnswer(
        code if code is not None and 200 <= code <= 599 else FILTERED.status,
        str(body.get("Content", "")),
        headers=tuple(_headers(custom.get("ResponseHeaders"))),
        content_type=_TYPES.get(str(body.get("ContentType")), "text/plain"),
    )
