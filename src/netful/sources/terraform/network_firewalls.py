"""Network firewalls of a plan: policies and rule groups, whose blocks have the properties of CloudFormation's types."""

from collections.abc import Mapping
from typing import Any

from netful.sources.terraform.blocks import Block, blocks_in, blocks_of
from netful.sources.terraform.plan import Planned
from netful.sources.terraform.translation import Completion, Translation

_REFERENCE = "priority resource_arn"
_MATCH = {"destination": "Destinations", "source": "Sources"}
_PORTS = {"destination_port": "DestinationPorts", "source_port": "SourcePorts"}


def _arguments(making: Translation, resource: Planned, block: Block, names: str) -> dict[str, Any]:
    """Return arguments of a block as properties, which have the same names in camel case."""
    found = {_camel(name): making.argument(resource, name, *block) for name in names.split()}
    return {name: value for name, value in found.items() if value not in (None, "", [])}


def _camel(argument: str) -> str:
    return "".join(part.capitalize() for part in argument.split("_"))


def _each(making: Translation, resource: Planned, block: Block, name: str, arguments: str) -> list[dict[str, Any]]:
    return [_arguments(making, resource, inner, arguments) for inner in blocks_in(block, name)]


def _firewall(making: Translation, resource: Planned) -> dict[str, Any]:
    mappings = [_arguments(making, resource, one, "subnet_id") for one in blocks_of(resource, "subnet_mapping")]
    return {"SubnetMappings": mappings}


def _association(making: Translation, resource: Planned) -> dict[str, Any]:
    mappings = [_arguments(making, resource, one, "subnet_id") for one in blocks_of(resource, "subnet_mapping")]
    return {"SubnetMapping": mappings[0]} if mappings else {}


def _policy(making: Translation, resource: Planned) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for block in blocks_of(resource, "firewall_policy"):
        found = _arguments(making, resource, block, "stateless_default_actions stateful_default_actions")
        for kind in ("stateless", "stateful"):
            references = _each(making, resource, block, f"{kind}_rule_group_reference", _REFERENCE)
            found[f"{kind.capitalize()}RuleGroupReferences"] = references
        for options in _each(making, resource, block, "stateful_engine_options", "rule_order stream_exception_policy"):
            found["StatefulEngineOptions"] = options
        for variables in blocks_in(block, "policy_variables"):
            found["PolicyVariables"] = {"RuleVariables": _sets(making, resource, variables, "rule_variables", "ip_set")}
    return {"FirewallPolicy": found}


def _sets(making: Translation, resource: Planned, block: Block, name: str, held: str) -> dict[str, Any]:
    """Return named sets: the key of each block with what the block within defines."""
    return {
        str(one[0].get("key")): inner
        for one in blocks_in(block, name)
        for inner in _each(making, resource, one, held, "definition")
    }


def _rule_group(making: Translation, resource: Planned) -> dict[str, Any]:
    text = making.value(resource, "rules")
    found: dict[str, Any] = {"RulesSource": {"RulesString": text}} if text not in (None, "") else {}
    for block in blocks_of(resource, "rule_group"):
        for variables in blocks_in(block, "rule_variables"):
            found["RuleVariables"] = {
                "IPSets": _sets(making, resource, variables, "ip_sets", "ip_set"),
                "PortSets": _sets(making, resource, variables, "port_sets", "port_set"),
            }
        for references in blocks_in(block, "reference_sets"):
            named = {
                str(one[0].get("key")): inner
                for one in blocks_in(references, "ip_set_references")
                for inner in _each(making, resource, one, "ip_set_reference", "reference_arn")
            }
            found["ReferenceSets"] = {"IPSetReferences": named}
        for source in blocks_in(block, "rules_source"):
            found["RulesSource"] = _source(making, resource, source)
    return {"RuleGroup": found}


def _source(making: Translation, resource: Planned, block: Block) -> dict[str, Any]:
    found = _arguments(making, resource, block, "rules_string")
    for listed in _each(making, resource, block, "rules_source_list", "generated_rules_type target_types targets"):
        found["RulesSourceList"] = listed
    header = "destination destination_port direction protocol source source_port"
    for rule in blocks_in(block, "stateful_rule"):
        options = _each(making, resource, rule, "rule_option", "keyword settings")
        headers = _each(making, resource, rule, "header", header)
        made = _arguments(making, resource, rule, "action") | {"RuleOptions": options, "Header": headers[0]}
        found.setdefault("StatefulRules", []).append(made)
    for stateless in blocks_in(block, "stateless_rules_and_custom_actions"):
        rules = [_stateless(making, resource, rule) for rule in blocks_in(stateless, "stateless_rule")]
        found["StatelessRulesAndCustomActions"] = {"StatelessRules": rules}
    return found


def _stateless(making: Translation, resource: Planned, rule: Block) -> dict[str, Any]:
    made = _arguments(making, resource, rule, "priority")
    for definition in blocks_in(rule, "rule_definition"):
        match: dict[str, Any] = {}
        for block in blocks_in(definition, "match_attributes"):
            match = _arguments(making, resource, block, "protocols")
            for name, key in _MATCH.items():
                match[key] = _each(making, resource, block, name, "address_definition")
            for name, key in _PORTS.items():
                match[key] = _each(making, resource, block, name, "from_port to_port")
            match["TCPFlags"] = _each(making, resource, block, "tcp_flag", "flags masks")
        made["RuleDefinition"] = _arguments(making, resource, definition, "actions") | {"MatchAttributes": match}
    return made


COMPLETIONS: Mapping[str, Completion] = {
    "aws_networkfirewall_firewall": _firewall,
    "aws_networkfirewall_firewall_policy": _policy,
    "aws_networkfirewall_rule_group": _rule_group,
    "aws_networkfirewall_vpc_endpoint_association": _association,
}
