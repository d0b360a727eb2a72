"""Match of a statement: True, False, or None if it is unknown.

`doubts` lists the unknown parts in words: the network of the client, its country unless the project declares it, whether a text is
an attack (SQL, scripts), parts that a question lacks. NOT of an unknown is unknown; AND and OR are unknown only if the other
operands do not decide.

A rule that looks at an address in a header does not apply to a request without the header. Where such a rule matches by another
operand, such as NOT, its match is unknown.
"""

import base64
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import Any, TypeVar

from netful.engine.patterns.pattern import bytes_pattern
from netful.engine.patterns.spelling import PatternError
from netful.engine.waf import rates
from netful.engine.waf.fields import Inspected, encoded, found_in, name_of
from netful.engine.waf.labels import MANAGED, OF_CLIENTS, OF_FORWARDED, Labels
from netful.engine.waf.transformations import NOT_EMULATED, transformed
from netful.model.access.web_acl import FirewallRule, IpSet, RegexPatternSet, RuleGroup
from netful.model.cloud import Cloud
from netful.model.core import Maybe, Unknown, is_list_of_mappings, mapping, mappings, texts, whole_number

Counted = Callable[[tuple[str, ...], int], int | None]
"""Function that counts a request for a rule's instance and returns the number in the given seconds; None if unknown."""

_Referred = TypeVar("_Referred", IpSet, RegexPatternSet, RuleGroup)
_CANNOT_BE_TOLD: bool | None = None
_LONGEST_MATCH = 16_000_000  # the program of a pattern times the text: 10 ms
_WORD = rb"[A-Za-z0-9_]"


def referred(cloud: Cloud, things: Mapping[str, _Referred], arn: Any) -> _Referred | None:
    """Return the thing of an ARN; None if it was not loaded."""
    return things.get(cloud.names_by_id.get(str(arn), str(arn)))


@dataclass
class Matching:
    """One request in the evaluation of a web ACL.

    `prefix` is the label prefix of the current rules; `place` names them. `applies`: the request has the headers of addresses.
    `countries` are labels for later rules.
    """

    cloud: Cloud
    request: Inspected
    counted: Counted
    prefix: str
    place: tuple[str, ...]
    labels: Labels = field(default_factory=Labels)
    doubts: list[str] = field(default_factory=list)
    countries: set[str] = field(default_factory=set)
    applies: bool = True

    def matches(self, rule: FirewallRule) -> bool | None:
        """Return whether a rule matches, and keep its labels for later rules."""
        self.doubts, self.countries, self.applies = [], set(), True
        found = self.holds(rule.statement)
        if found and not self.applies:
            found = self._doubt("a header that the request does not have")
        own = {self.prefix + label for label in rule.labels}
        self.labels.added |= self.countries | (own if found else set())
        if found is None:
            self.labels.possible |= own
        return found

    def holds(self, statement: Any) -> bool | None:
        """Return whether a statement matches."""
        for name, setting in statement.items() if isinstance(statement, Mapping) else ():
            judge = _JUDGES.get(name)
            self.labels.possible |= _UNKNOWN_LABELS.get(name, set())
            if judge is None or not isinstance(setting, Mapping):
                return self._doubt(_NOT_JUDGED.get(name, f"`{name}`, which is not judged"))
            return judge(self, setting)
        return self._doubt(statement.why if isinstance(statement, Unknown) else "a statement that is not known")

    def _doubt(self, what: str) -> bool | None:
        self.doubts.append(what)
        return _CANNOT_BE_TOLD

    def all_of(self, setting: Mapping[str, Any]) -> bool | None:
        """AND."""
        return self._joined(setting, decides=False)

    def one_of(self, setting: Mapping[str, Any]) -> bool | None:
        """OR."""
        return self._joined(setting, decides=True)

    def _joined(self, setting: Mapping[str, Any], *, decides: bool) -> bool | None:
        before, answer = len(self.doubts), not decides
        unknown = False
        statements = setting.get("Statements")
        if not is_list_of_mappings(statements):
            return self._doubt("statements that are not known")
        for statement in mappings(statements):
            found = self.holds(statement)
            if found is decides:
                del self.doubts[before:]
                return decides
            unknown = unknown or found is None
        return None if unknown else answer

    def none_of(self, setting: Mapping[str, Any]) -> bool | None:
        """NOT."""
        found = self.holds(setting.get("Statement"))
        return None if found is None else not found

    def bytes_match(self, setting: Mapping[str, Any]) -> bool | None:
        """Match a text at a position of a field."""
        text, coded = setting.get("SearchString"), setting.get("SearchStringBase64")
        if isinstance(text, Unknown) or isinstance(coded, Unknown):
            return self._doubt("a text that is not known")
        wanted = encoded(str(text)) if coded is None else _decoded(str(coded))
        if wanted is None:
            return self._doubt("a text that is no Base64")
        compare = _PLACES.get(str(setting.get("PositionalConstraint")))
        return self._any(setting, lambda data: compare is not None and compare(wanted, data))

    def regex_match(self, setting: Mapping[str, Any]) -> bool | None:
        """Match a regular expression."""
        return self._regular(setting, (setting.get("RegexString", ""),))

    def pattern_set_match(self, setting: Mapping[str, Any]) -> bool | None:
        """Match one of a set of regular expressions."""
        found = referred(self.cloud, self.cloud.access.regex_pattern_sets, setting.get("Arn", setting.get("ARN")))
        return self._regular(setting, found.regular_expressions if found else (Unknown("a set that is elsewhere"),))

    def _regular(self, setting: Mapping[str, Any], expressions: Iterable[Maybe[str]]) -> bool | None:
        compiled = [_compiled(one) if isinstance(one, str) else None for one in expressions]
        too_long = False

        def matches(data: bytes) -> bool:
            nonlocal too_long
            cheap = [one for one in compiled if one and one.programsize * len(data) <= _LONGEST_MATCH]
            too_long = too_long or any(one and one not in cheap for one in compiled)
            return any(one.search(data) for one in cheap)

        found = self._any(setting, matches)
        if not found and None in compiled:
            return self._doubt("a regular expression that is not known here")
        if not found and too_long:
            return self._doubt("a regular expression that is too large for the text")
        return found

    def size_match(self, setting: Mapping[str, Any]) -> bool | None:
        """Compare the length of a field."""
        compare, size = _SIZES.get(str(setting.get("ComparisonOperator"))), whole_number(setting.get("Size"))
        if compare is None or size is None:
            return self._doubt("a size that is not known")
        return self._any(setting, lambda data: compare(len(data), size))

    def _any(self, setting: Mapping[str, Any], matches: Callable[[bytes], bool]) -> bool | None:
        """Return whether one of a field's transformed values matches."""
        if setting.get("PreParseTextTransformations"):
            return self._doubt(NOT_EMULATED)
        field_ = setting.get("FieldToMatch")
        found = found_in(self.request, field_)
        if found is None:
            return self._doubt(name_of(field_))
        if isinstance(found, bool):
            return found
        changed = [transformed(one, setting.get("TextTransformations")) for one in found]
        if None in changed:
            return self._doubt(NOT_EMULATED)
        return any(matches(one) for one in changed if one is not None)

    def address_match(self, setting: Mapping[str, Any]) -> bool | None:
        """Match an address of a set."""
        found = referred(self.cloud, self.cloud.access.ip_sets, setting.get("Arn", setting.get("ARN")))
        if found is None:
            return self._doubt("a set of addresses that is elsewhere")
        config = setting.get("IPSetForwardedIPConfig")
        if config is None:
            return self._in_set(found, self.request.source_ip)
        fallback = self._fallback(config)
        if fallback is not None:
            return fallback
        addresses = rates.addresses_in(config, self.request)
        inside = [self._in_set(found, one) for one in addresses] or [self._doubt("a header")]
        return True if True in inside else None if None in inside else False

    def _fallback(self, config: Any) -> bool | None:
        """Return the result for a request without an address in a header; None if it has one, or the header is not known."""
        values = self.request.header(str(mapping(config).get("HeaderName")))
        if values is None or not isinstance(config, Mapping) or rates.addresses_in(config, self.request):
            return None
        self.applies = self.applies and bool(values)
        return bool(values) and config.get("FallbackBehavior") == "MATCH"

    def _in_set(self, found: IpSet, address: str) -> bool | None:
        if not address:
            return self._doubt("the client's address")
        blocks = [one for one in found.addresses if isinstance(one, str)]
        if any(_within(address, block) for block in blocks):
            return True
        return False if len(blocks) == len(found.addresses) else self._doubt(f"the addresses of {found.id}")

    def country_match(self, setting: Mapping[str, Any]) -> bool | None:
        """Match one of some countries; known only for clients that a project declares."""
        if "ForwardedIPConfig" in setting:
            self.labels.possible.add(f"{OF_FORWARDED}geo:")
            fallback = self._fallback(setting["ForwardedIPConfig"])
            return self._doubt("the client's country") if fallback is None else fallback
        country = self._country()
        self.labels.possible.add(f"{OF_CLIENTS}geo:{'region:' if country else ''}")
        if not country:
            return self._doubt("the client's country")
        self.countries.add(f"{OF_CLIENTS}geo:country:{country}")
        codes = setting.get("CountryCodes")
        if country in texts(codes):
            return True
        known = isinstance(codes, list | tuple) and len(texts(codes)) == len(codes)
        return False if known else self._doubt("countries that are not known")

    def _country(self) -> str:
        client = self.cloud.access.client_at(self.request.source_ip)
        return client.country if client else ""

    def label_match(self, setting: Mapping[str, Any]) -> bool | None:
        """Match a label of an earlier rule; without a prefix, one of the same web ACL or rule group."""
        key = setting.get("Key")
        found = self.labels.has(key, str(setting.get("Scope")), self.prefix) if isinstance(key, str) else None
        return self._doubt("a label of rules that are not judged") if found is None else found

    def rate_match(self, setting: Mapping[str, Any]) -> bool | None:
        """Match if the requests that the scope-down statement matches exceed a limit."""
        scope = self.holds(setting["ScopeDownStatement"]) if "ScopeDownStatement" in setting else True
        if not scope:
            return scope
        limit = whole_number(setting.get("Limit"))
        fallback = self._fallback(setting.get("ForwardedIPConfig")) if rates.uses_forwarded(setting) else None
        if fallback is not None:
            return fallback
        instance = rates.instance_of(setting, self.request, self.labels)
        if instance is None:
            return False if self.request.whole else self._doubt("whom it counts")
        if isinstance(instance, Unknown):
            return self._doubt(instance.why)
        count = self.counted((*self.place, *instance), rates.window_of(setting)) if limit is not None else None
        if limit is None or count is None:
            return self._doubt(f"how many requests came: the limit is {limit} in {rates.window_of(setting)} s")
        return count > limit


def _decoded(text: str) -> bytes | None:
    try:
        return base64.b64decode(text)
    except ValueError:
        return None


def _within(address: str, block: str) -> bool:
    try:
        return ip_address(address) in ip_network(block, strict=False)
    except ValueError:
        return False


def _compiled(expression: str) -> Any:
    """Return the pattern of an expression; None if it is not supported (neither WAF nor RE2 have lookaround)."""
    try:
        return bytes_pattern(encoded(expression))
    except PatternError:
        return None


def _as_word(wanted: bytes, data: bytes) -> bool:
    return re.search(rb"(?<!%b)%b(?!%b)" % (_WORD, re.escape(wanted), _WORD), data) is not None


_PLACES: dict[str, Callable[[bytes, bytes], bool]] = {
    "EXACTLY": lambda wanted, data: data == wanted,
    "STARTS_WITH": lambda wanted, data: data.startswith(wanted),
    "ENDS_WITH": lambda wanted, data: data.endswith(wanted),
    "CONTAINS": lambda wanted, data: wanted in data,
    "CONTAINS_WORD": _as_word,
}
_SIZES: dict[str, Callable[[int, int], bool]] = {
    "EQ": lambda length, size: length == size,
    "NE": lambda length, size: length != size,
    "LE": lambda length, size: length <= size,
    "LT": lambda length, size: length < size,
    "GE": lambda length, size: length >= size,
    "GT": lambda length, size: length > size,
}
_JUDGES: dict[str, Callable[[Matching, Mapping[str, Any]], bool | None]] = {
    "AndStatement": Matching.all_of,
    "OrStatement": Matching.one_of,
    "NotStatement": Matching.none_of,
    "ByteMatchStatement": Matching.bytes_match,
    "RegexMatchStatement": Matching.regex_match,
    "RegexPatternSetReferenceStatement": Matching.pattern_set_match,
    "SizeConstraintStatement": Matching.size_match,
    "IPSetReferenceStatement": Matching.address_match,
    "GeoMatchStatement": Matching.country_match,
    "LabelMatchStatement": Matching.label_match,
    "RateBasedStatement": Matching.rate_match,
}
_NOT_JUDGED = {
    "AsnMatchStatement": "the client's network",
    "SqliMatchStatement": "attacks by SQL, which are not judged",
    "XssMatchStatement": "attacks by scripts, which are not judged",
    "ManagedRuleGroupStatement": "a managed rule group, which is not judged",
}
_UNKNOWN_LABELS = {
    "AsnMatchStatement": {f"{OF_CLIENTS}asn:", f"{OF_FORWARDED}asn:"},
    "ManagedRuleGroupStatement": {MANAGED},
}
