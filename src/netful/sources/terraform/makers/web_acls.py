"""Web ACLs of a plan, and the sets that they refer to: blocks of statements as AWS's JSON has them.

A block is an object, and its name is AWS's in snake case; `_SPELLED` has the other names, `_LISTS` the blocks that repeat.
"""

from collections.abc import Mapping
from typing import Any

from netful.sources.terraform.plan.blocks import Block, blocks_in, blocks_of
from netful.sources.terraform.plan.planned_resources import Planned, items
from netful.sources.terraform.translation import Completion, Translation
from netful.sources.terraform.types.rows import camel

_LISTS = {
    "custom_key": "CustomKeys",
    "excluded_rule": "ExcludedRules",
    "insert_header": "InsertHeaders",
    "managed_rule_group_configs": "ManagedRuleGroupConfigs",
    "pre_parse_text_transformation": "PreParseTextTransformations",
    "response_header": "ResponseHeaders",
    "rule_action_override": "RuleActionOverrides",
    "rule_label": "RuleLabels",
    "text_transformation": "TextTransformations",
}
_SPELLED = {
    "asn": "ASN",
    "forwarded_ip": "ForwardedIP",
    "forwarded_ip_config": "ForwardedIPConfig",
    "http_method": "HTTPMethod",
    "ip": "IP",
    "ip_set_forwarded_ip_config": "IPSetForwardedIPConfig",
    "ip_set_reference_statement": "IPSetReferenceStatement",
    "ja3_fingerprint": "JA3Fingerprint",
    "ja4_fingerprint": "JA4Fingerprint",
}
_OF_SEVERAL = ("and_statement", "or_statement")


def _rules(making: Translation, resource: Planned) -> dict[str, Any]:
    """Return the rules of a web ACL or a rule group, and the action of a request that none decides."""
    rules = [_object(making, resource, block) for block in blocks_of(resource, "rule")]
    default = [_object(making, resource, block) for block in blocks_of(resource, "default_action")]
    return {"Rules": rules, **({"DefaultAction": default[0]} if default else {})}


def _object(making: Translation, resource: Planned, block: Block, holder: str = "") -> dict[str, Any]:
    """Return a block as an object."""
    values, unknown, _ = block
    found: dict[str, Any] = {}
    for name in dict.fromkeys((*values, *unknown)):
        inner = [_object(making, resource, one, name) for one in blocks_in(block, name)]
        if inner and name == "statement" and holder in _OF_SEVERAL:
            found["Statements"] = inner
        elif inner:
            found[_LISTS.get(name, _SPELLED.get(name, camel(name)))] = inner if name in _LISTS else inner[0]
        elif values.get(name) != [] and (value := making.argument(resource, name, *block)) is not None:
            found[_SPELLED.get(name, camel(name))] = value
    return found


def _expressions(_making: Translation, resource: Planned) -> dict[str, Any]:
    blocks = items(resource.values.get("regular_expression"))
    return {"RegularExpressionList": [block["regex_string"] for block in blocks if "regex_string" in block]}


COMPLETIONS: Mapping[str, Completion] = {
    "aws_wafv2_web_acl": _rules,
    "aws_wafv2_rule_group": _rules,
    "aws_wafv2_regex_pattern_set": _expressions,
}
