"""AWS Network Firewall: firewalls with the rules of their policies, and their endpoints (spec: newer-aws §11.5)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from ipaddress import ip_network

from netful.model.core import Frozen, Maybe, Unknown, known_in
from netful.model.network.network_firewall import (
    Addresses,
    Application,
    DefaultAction,
    Firewall,
    FlowOption,
    Header,
    NameMatch,
    PortRange,
    PortRanges,
    RuleAction,
    StatefulRule,
    StatelessAction,
    StatelessRule,
)
from netful.model.network.protocols import TCP
from netful.model.network.vpc import IPNetwork, PrefixList, Vpc
from netful.model.network.vpc_endpoints import EndpointType, VpcEndpoint
from netful.sources.parts import PartReader
from netful.sources.readers import suricata
from netful.sources.readers.suricata import Variables
from netful.sources.template.reading import Inventory, Reader, known_or

FIREWALL, POLICY = "AWS::NetworkFirewall::Firewall", "AWS::NetworkFirewall::FirewallPolicy"
RULE_GROUP, ASSOCIATION = "AWS::NetworkFirewall::RuleGroup", "AWS::NetworkFirewall::VpcEndpointAssociation"

MANAGED = ":aws-managed:"
STRICT = "STRICT_ORDER"
_LISTS = {"DENYLIST": RuleAction.DROP, "REJECTLIST": RuleAction.REJECT}
_TARGETS = {"TLS_SNI": Application.TLS, "HTTP_HOST": Application.HTTP}
_REQUESTS = frozenset({FlowOption.ESTABLISHED, FlowOption.TO_SERVER})
_UNORDERED = "`EndpointIds` of `{id}` lists its endpoints in the order of `SubnetMappings`, which AWS does not promise"


def firewalls(
    inventory: Inventory, vpcs: Mapping[str, Vpc], prefix_lists: Mapping[str, PrefixList]
) -> dict[str, Firewall]:
    """Return the firewalls, each with the rules of its policy."""
    policies = {reader.id: reader for reader in inventory.of(POLICY)}
    groups = {reader.id: reader for reader in inventory.of(RULE_GROUP)}
    return {
        reader.id: _firewall(reader, policies, _Groups(groups, vpcs, prefix_lists)) for reader in inventory.of(FIREWALL)
    }


def endpoints(inventory: Inventory) -> dict[str, VpcEndpoint]:
    """Return the endpoints of firewalls: one in each subnet, and those of associations."""
    found = {}
    for reader in inventory.of(FIREWALL):
        for number, mapping in enumerate(reader.parts("SubnetMappings"), 1):
            id_ = known_or(mapping.text("EndpointId"), f"{reader.id}.endpoint{number}")
            found[id_] = _endpoint(id_, reader, mapping, reader.id)
    for reader in inventory.of(ASSOCIATION):
        firewall_id = reader.required("FirewallArn")
        found[reader.id] = _endpoint(reader.id, reader, reader.part("SubnetMapping"), known_or(firewall_id, ""))
    return found


def _endpoint(id_: str, reader: Reader, mapping: Reader, firewall_id: str) -> VpcEndpoint:
    return VpcEndpoint(
        id=id_,
        vpc_id=reader.required("VpcId"),
        service_name="",
        service="",
        type=EndpointType.OTHER,
        subnet_ids=(mapping.required("SubnetId"),),
        firewall_id=firewall_id,
        origin=reader.origin,
    )


def _firewall(reader: Reader, policies: Mapping[str, Reader], groups: _Groups) -> Firewall:
    policy_id, vpc_id = reader.required("FirewallPolicyArn"), reader.text("VpcId")
    several = len([*reader.parts("SubnetMappings")]) > 1 and not any(
        m.has("EndpointId") for m in reader.parts("SubnetMappings")
    )
    notes = (_UNORDERED.format(id=reader.id),) if several else ()
    place = vpc_id if vpc_id is not None else Unknown("it is attached to a transit gateway")
    policy = policies.get(policy_id) if isinstance(policy_id, str) else None
    if policy is None:
        why = Unknown(f"the policy of `{reader.id}` is not known", (f"the policy of {reader.id}",))
        return Firewall(reader.id, place, why, why, why, assumptions=notes, origin=reader.origin)
    body = policy.part("FirewallPolicy")
    options = body.part("StatefulEngineOptions")
    strict = options.text("RuleOrder") == STRICT
    variables = _variables(body.part("PolicyVariables").part("RuleVariables"))
    stateful, managed = groups.stateful(body, known_in(groups.vpcs, vpc_id), variables, strict=strict)
    return Firewall(
        id=reader.id,
        vpc_id=place,
        stateless_rules=groups.stateless(body),
        stateless_default=_stateless_action(body, "StatelessDefaultActions"),
        stateful_rules=stateful,
        default_actions=_defaults(body) if strict else (),
        drops_broken=options.text("StreamExceptionPolicy") in (None, "DROP"),
        assumptions=(*notes, *managed),
        origin=reader.origin,
    )


def _defaults(policy: Reader) -> tuple[DefaultAction, ...]:
    written = policy.known_literals("StatefulDefaultActions")
    return tuple(action for action in DefaultAction if action in written)


def _stateless_action(reader: Reader, name: str) -> Maybe[StatelessAction]:
    """Return the action of a list, in which further ones only count packets."""
    written = reader.known_literals(name)
    found = next((action for action in StatelessAction if action in written), None)
    unknown = next((one for one in written if isinstance(one, Unknown)), None)
    return found or unknown or Unknown(f"`{name}` has no action", (f"`{name}` of {reader.id}",))


def _variables(reader: Reader) -> dict[str, tuple[Maybe[str], ...]]:
    """Return the sets of addresses in `IPSets`, or those of a policy, which are there by their names."""
    held = reader.part("IPSets") if reader.has("IPSets") else reader
    sets = ((str(name), held.part(str(name))) for name in held.properties if str(name) != "PortSets")
    return {name: one.known_literals("Definition") for name, one in sets}


class _Groups(Frozen, dict=True):
    """The rule groups, and what their variables stand for."""

    groups: Mapping[str, Reader]
    vpcs: Mapping[str, Vpc]
    prefix_lists: Mapping[str, PrefixList]

    def stateless(self, policy: Reader) -> tuple[StatelessRule, ...] | Unknown:
        """Return the stateless rules of a policy by the priorities of their groups, and within them by their own."""
        found: list[StatelessRule] = []
        unordered = _missing_in(policy, "StatelessRuleGroupReferences") or _without_order(
            policy, "StatelessRuleGroupReferences"
        )
        if unordered is not None:
            return unordered
        for reference in _by_priority(policy, "StatelessRuleGroupReferences"):
            group = self._group(reference)
            if isinstance(group, Unknown):
                return group
            body = group.part("RuleGroup").part("RulesSource")
            source = body.part("StatelessRulesAndCustomActions")
            missing = _missing_body(group, "StatelessRulesAndCustomActions") or _missing_in(source, "StatelessRules")
            missing = missing or _without_order(source, "StatelessRules")
            if missing is not None:
                return missing
            found += [_stateless_rule(group, rule) for rule in _by_priority(source, "StatelessRules")]
        return tuple(found)

    def stateful(
        self, policy: Reader, vpc: Vpc | None, variables: Mapping[str, tuple[Maybe[str], ...]], *, strict: bool
    ) -> tuple[tuple[StatefulRule, ...] | Unknown, tuple[str, ...]]:
        """Return the stateful rules of a policy in their order, and the assumptions about groups that AWS manages."""
        found: list[StatefulRule] = []
        notes: list[str] = []
        missing = _missing_order(policy, strict=strict)
        if missing is not None:
            return missing, ()
        for reference in _by_priority(policy, "StatefulRuleGroupReferences"):
            arn = reference.literal("ResourceArn")
            if isinstance(arn, str) and MANAGED in arn:
                notes.append(f"the managed rules of {arn.rpartition('/')[2]} let it through")
                continue
            group = self._group(reference)
            missing = group if isinstance(group, Unknown) else _missing_stateful(group)
            if isinstance(group, Unknown) or missing is not None:
                return missing or (), tuple(notes)
            found += self._rules(group, vpc, variables, strict=strict)
        order = [*RuleAction]
        return tuple(found if strict else sorted(found, key=lambda rule: order.index(rule.action))), tuple(notes)

    def _group(self, reference: Reader) -> Reader | Unknown:
        group_id = reference.required("ResourceArn")
        missing = Unknown(f"rule group {group_id} is not known", (f"the rules of {group_id}",))
        return group_id if isinstance(group_id, Unknown) else self.groups.get(group_id, missing)

    def _rules(
        self, group: Reader, vpc: Vpc | None, variables: Mapping[str, tuple[Maybe[str], ...]], *, strict: bool
    ) -> Iterator[StatefulRule]:
        body = group.part("RuleGroup")
        source, own = body.part("RulesSource"), self._variables(body, vpc, variables)
        text = source.literal("RulesString")
        if isinstance(text, Unknown):
            yield StatefulRule(f"{group.id} rules", RuleAction.DROP, Header(), unread=text.why, origin=group.origin)
        elif text:
            yield from suricata.rules_in(text, group.id, own, group.origin)
        yield from _listed(group, source.part("RulesSourceList"), own, strict=strict)
        for rule in source.parts("StatefulRules"):
            yield from _stateful_rule(group, rule, own)

    def _variables(self, body: Reader, vpc: Vpc | None, of_policy: Mapping[str, tuple[Maybe[str], ...]]) -> Variables:
        blocks = (*vpc.cidr_blocks, *vpc.ipv6_cidr_blocks) if vpc is not None else ()
        unknown = (Unknown("the firewall's VPC is not known", ("the VPC of the firewall",)),)
        home = tuple(one if isinstance(one, Unknown) else str(one) for one in blocks) or unknown
        own = body.part("RuleVariables")
        ports = own.part("PortSets")
        references = body.part("ReferenceSets").part("IPSetReferences")
        lists = {str(name): self._listed(references.part(str(name))) for name in references.properties}
        return Variables(
            {"HOME_NET": home, "EXTERNAL_NET": ("!$HOME_NET",)} | dict(of_policy) | _variables(own),
            {str(name): ports.part(str(name)).known_literals("Definition") for name in ports.properties},
            {name: blocks for name, blocks in lists.items() if blocks is not None},
        )

    def _listed(self, reference: Reader) -> tuple[Maybe[IPNetwork], ...] | None:
        arn = reference.text("ReferenceArn")
        named = reference.named(arn.rpartition("/")[2]) if isinstance(arn, str) else None
        found = known_in(self.prefix_lists, named)
        return found.cidr_blocks if found is not None else None


def _missing_in(reader: Reader, *names: str) -> Unknown | None:
    """Return why one of some members, or an item of one, is not known."""
    values = (reader.get(name) for name in names)
    every = (one for value in values for one in (value if isinstance(value, list) else [value]))
    return next((one for one in every if isinstance(one, Unknown)), None)


def _without_order(reader: Reader, name: str) -> Unknown | None:
    """Return why the order of several items is not known."""
    priorities = [_missing_in(one, "Priority") for one in reader.parts(name)]
    return next(filter(None, priorities), None) if len(priorities) > 1 else None


def _missing_order(policy: Reader, *, strict: bool) -> Unknown | None:
    """Return why the groups of a policy, their order or what applies after them is not known."""
    references = "StatefulRuleGroupReferences"
    missing = _missing_in(policy, "StatefulEngineOptions", references)
    missing = missing or _missing_in(policy.part("StatefulEngineOptions"), "RuleOrder")
    if missing is not None or not strict:
        return missing
    return _missing_in(policy, "StatefulDefaultActions") or _without_order(policy, references)


def _missing_body(group: Reader, *names: str) -> Unknown | None:
    """Return why the body of a rule group, or one of some members of its rules, is not known."""
    body = group.part("RuleGroup")
    return (
        _missing_in(group, "RuleGroup")
        or _missing_in(body, "RulesSource")
        or _missing_in(body.part("RulesSource"), *names)
    )


def _missing_stateful(group: Reader) -> Unknown | None:
    """Return why the stateful rules of a group are not known; single ones, and the targets of a list, may be."""
    listed = group.part("RuleGroup").part("RulesSource").part("RulesSourceList")
    missing = _missing_body(group, "RulesSourceList", "StatefulRules")
    return missing or _missing_in(listed, "GeneratedRulesType", "TargetTypes")


def _by_priority(reader: Reader, name: str) -> list[Reader]:
    return sorted(reader.parts(name), key=lambda one: one.count("Priority", 0))


def _stateless_rule(group: Reader, rule: Reader) -> StatelessRule:
    definition = rule.part("RuleDefinition")
    match = definition.part("MatchAttributes")
    header = Header(
        sources=_addresses(match, "Sources"),
        source_ports=_ports(match, "SourcePorts"),
        destinations=_addresses(match, "Destinations"),
        destination_ports=_ports(match, "DestinationPorts"),
        protocols=tuple(int(str(one)) for one in match.known_literals("Protocols") if str(one).isdigit()),
    )
    id_ = f"{group.id} priority {rule.count('Priority', 0)}"
    missing = _missing_in(rule, "RuleDefinition") or _missing_in(definition, "MatchAttributes") or _missing_match(match)
    unread = missing.why if missing is not None else "TCPFlags" if match.get("TCPFlags") else ""
    return StatelessRule(id_, header, _stateless_action(definition, "Actions"), unread, origin=rule.origin)


_MATCHED = ("Sources", "SourcePorts", "Destinations", "DestinationPorts")


def _missing_match(match: Reader) -> Unknown | None:
    """Return why the packets of a stateless rule are not known; an address that is not known is one of its blocks."""
    missing = _missing_in(match, *_MATCHED, "Protocols")
    ports = (one for name in _MATCHED if missing is None and name.endswith("Ports") for one in match.parts(name))
    return missing or next(filter(None, (_missing_in(one, "FromPort", "ToPort") for one in ports)), None)


def _addresses(match: Reader, name: str) -> Addresses:
    return Addresses(tuple(_block(one.literal("AddressDefinition")) for one in match.parts(name)))


def _block(text: Maybe[str] | None) -> Maybe[IPNetwork]:
    if text is None or isinstance(text, Unknown):
        return text or Unknown("an address is not known")
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return Unknown(f"`{text}` is not a block of addresses")


def _ports(match: Reader, name: str) -> PortRanges:
    found: list[PortRange] = []
    for one in match.parts(name):
        first, last = one.count("FromPort", 0), one.number("ToPort")
        found.append((first, 65535 if isinstance(last, Unknown) else first if last is None else last))
    return PortRanges(tuple(found))


def _listed(group: Reader, listed: Reader, variables: Variables, *, strict: bool) -> Iterator[StatefulRule]:
    """Yield the rules that AWS generates for a list of domains."""
    kind = listed.text("GeneratedRulesType")
    if kind is None or kind == "ALERTLIST":
        return
    sources, destinations = variables.addresses_of("$HOME_NET"), variables.addresses_of("$EXTERNAL_NET")
    header = Header(sources, destinations=destinations, protocols=(TCP,))
    action = RuleAction.PASS if kind == "ALLOWLIST" else _LISTS.get(str(kind), RuleAction.DROP)
    unread = "" if kind in ("ALLOWLIST", *_LISTS) else f"GeneratedRulesType: {kind}"
    for type_ in listed.known_literals("TargetTypes"):
        application = _TARGETS.get(str(type_))
        if application is None:
            yield StatefulRule(group.id, action, Header(sources), unread=f"TargetTypes: {type_}", origin=listed.origin)
            continue
        for target in listed.known_literals("Targets"):
            known = isinstance(target, str)
            names = (_target(target),) if isinstance(target, str) else ()
            doubt = unread if known else "a target of the list"
            id_ = f"{group.id} {target if known else 'a target'}"
            made = StatefulRule(id_, action, header, flow=_REQUESTS, application=application, origin=listed.origin)
            yield replace(made, names=names, unread=doubt)
        if action is RuleAction.PASS:
            others = "an allow list's effect on other names in strict order" if strict else ""
            id_ = f"{group.id} other names"
            rest = StatefulRule(id_, RuleAction.DROP, header, flow=_REQUESTS, application=application, unread=others)
            yield replace(rest, origin=listed.origin)


def _target(text: str) -> NameMatch:
    """Return the names that a target of a list means: `.example.com` is the name itself and all below it."""
    return NameMatch(text, starts=not text.startswith("."), ends=True, dotted=text.startswith("."))


def _stateful_rule(group: Reader, rule: Reader, variables: Variables) -> Iterator[StatefulRule]:
    written, header = rule.text("Action"), rule.part("Header")
    action = known_or(written, "DROP").lower()
    if action == RuleAction.ALERT or action not in [*RuleAction]:
        return
    members = ("Source", "SourcePort", "Destination", "DestinationPort")
    ends = [header.literal(name) for name in members]
    unknown = _missing_in(rule, "Action", "Header", "RuleOptions") or _missing_in(
        header, *members, "Protocol", "Direction"
    )
    if unknown is not None:
        either = (RuleAction.PASS, RuleAction.DROP) if isinstance(written, Unknown) else (RuleAction(action),)
        for one in either:
            yield StatefulRule(f"{group.id} rule", one, Header(), unread=unknown.why, origin=rule.origin)
        return
    options = [_option(one) for one in rule.parts("RuleOptions")]
    protocol = known_or(header.text("Protocol"), "ip")
    written_ends = tuple(known_or(one, "any").lower() if one == "ANY" else known_or(one, "any") for one in ends)
    yield suricata.rule(
        RuleAction(action), protocol, written_ends, options, group.id, variables, rule.origin,
        both_ways=header.text("Direction") == "ANY",
    )  # fmt: skip


def _option(written: Reader) -> tuple[str, str]:
    """Return an option with its value, which stands in `Settings` or after the keyword's colon (`sid:1`)."""
    keyword, _, value = known_or(written.text("Keyword"), "").partition(":")
    return keyword.strip().lower(), value.strip() or ",".join(map(str, written.known_literals("Settings")))


READERS = (PartReader("firewalls", firewalls, needs=("vpcs", "prefix_lists")), PartReader("vpc_endpoints", endpoints))
