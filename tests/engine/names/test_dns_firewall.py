"""Route 53 Resolver DNS Firewall: the answer to a name by rules, lists and chains (newer-aws §2)."""

from dataclasses import replace

import pytest

from netful.engine.names.resolution import resolve
from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.model.core import Unknown
from netful.model.names.dns_firewall import (
    BlockResponse,
    FirewallAction,
    FirewallDomainList,
    FirewallRule,
    FirewallRuleGroup,
    FirewallRuleGroupAssociation,
)
from netful.model.names.hosted_zones import HostedZone, RecordSet
from tests.helpers.small_clouds import cloud, endpoint, eni

NAME = "www.example.com"
BLOCK, ALLOW, ALERT = FirewallAction.BLOCK, FirewallAction.ALLOW, FirewallAction.ALERT
NXDOMAIN, NODATA, OVERRIDE = BlockResponse.NXDOMAIN, BlockResponse.NODATA, BlockResponse.OVERRIDE
WHERE = Unknown("a parameter", ("Where",))


def rule(priority, action, *domains, response=NXDOMAIN, **more):
    """A rule; its list is named after its domains, and made by `firewall`."""
    listed = " ".join(map(str, domains))
    return FirewallRule(priority, action, listed, block_response=response if action is BLOCK else None, **more)


def firewall(*rules, priority=101, name="Group", vpc="Vpc", lists=()):
    names = [one.domain_list_id for one in rules if isinstance(one.domain_list_id, str)]
    own = {name: FirewallDomainList(name, tuple(name.split())) for name in names}
    return (
        *(own | {one.id: one for one in lists}).values(),
        FirewallRuleGroup(name, tuple(rules)),
        FirewallRuleGroupAssociation(f"{name}-of-{vpc}", name, vpc, priority),
    )


def status(made, name=NAME, vpc="Vpc", **more):
    return resolve(made, vpc, name, **more).status


@pytest.mark.parametrize(
    ("domains", "name", "blocked"),
    [
        ("www.example.com", NAME, True),
        ("WWW.Example.com.", NAME, True),
        ("example.com", NAME, False),
        ("*.example.com", NAME, True),
        ("*.example.com", "a.b.example.com", True),
        ("*.example.com", "example.com", False),
        ("*.ample.com", NAME, False),
        ("*", NAME, True),
    ],
)
def test_entries_of_a_list(domains, name, blocked):
    made = cloud(*firewall(rule(1, BLOCK, domains)))
    assert status(made, name) == ("NXDOMAIN" if blocked else "NOERROR")


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ((rule(2, BLOCK, "*"), rule(1, ALLOW, NAME)), "NOERROR"),
        ((rule(2, BLOCK, "*"), rule(1, ALERT, NAME)), "NOERROR"),
        ((rule(1, BLOCK, "*"), rule(2, ALLOW, NAME)), "NXDOMAIN"),
        ((rule(2, BLOCK, "*"), rule(1, ALLOW, "example.org")), "NXDOMAIN"),
        ((rule(1, BLOCK, "*", response=NODATA),), "NODATA"),
        ((rule(1, BLOCK, "*", query_type="TXT"),), "NOERROR"),
        ((rule(1, BLOCK, "*", query_type="A"),), "NXDOMAIN"),
    ],
)
def test_the_first_match_ends_the_walk(rules, expected):
    assert status(cloud(*firewall(*rules))) == expected


def test_groups_come_by_the_priority_of_their_association():
    allowing = firewall(rule(1, ALLOW, NAME), priority=102, name="Allowing")
    assert status(cloud(*allowing, *firewall(rule(9, BLOCK, "*"), priority=101))) == "NXDOMAIN"
    assert status(cloud(*allowing, *firewall(rule(9, BLOCK, "*"), priority=103))) == "NOERROR"


def test_only_queries_by_the_resolver_of_the_vpc_are_judged():
    made = cloud(*firewall(rule(1, BLOCK, "*"), vpc="Other"))
    assert (status(made), status(made, vpc="Other"), status(made, vpc=None)) == ("NOERROR", "NXDOMAIN", "NOERROR")


def test_zones_and_endpoints_come_after_the_firewall():
    zone = HostedZone("Zone", "example.com", ("Vpc",), (RecordSet("R", NAME, "A", ("10.0.1.9",)),))
    made = cloud(*firewall(rule(1, BLOCK, "*")), zone, endpoint())
    assert [status(made, name) for name in (NAME, "ssm.us-east-1.amazonaws.com")] == ["NXDOMAIN"] * 2


def test_a_rule_for_one_type_leaves_the_other_addresses():
    zone = HostedZone(
        "Zone", "example.com", ("Vpc",), (RecordSet("4", NAME, "A", ("10.0.1.9",)), RecordSet("6", NAME, "AAAA", ("2001:db8::9",)))
    )  # fmt: skip
    four = resolve(cloud(*firewall(rule(1, BLOCK, "*", query_type="AAAA")), zone), "Vpc", NAME)
    assert [[*map(str, four.addresses)], four.ipv6_addresses] == [["10.0.1.9"], ()]
    six = resolve(cloud(*firewall(rule(1, BLOCK, "*", query_type="A")), zone), "Vpc", NAME)
    assert [six.addresses, [*map(str, six.ipv6_addresses)]] == [(), ["2001:db8::9"]]


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ((rule(1, ALLOW, NAME), rule(2, BLOCK, "*")), "NXDOMAIN"),
        ((rule(1, ALLOW, NAME, trusts_redirection=True), rule(2, BLOCK, "*")), "NOERROR"),
        ((rule(1, ALLOW, NAME, "target.example.com"), rule(2, BLOCK, "*")), "NOERROR"),
        ((rule(1, BLOCK, "target.example.com"),), "NXDOMAIN"),
    ],
)
def test_every_name_of_a_chain_is_judged_unless_it_is_trusted(rules, expected):
    records = (
        RecordSet("C", NAME, "CNAME", ("target.example.com",)),
        RecordSet("T", "target.example.com", "A", ("10.0.1.9",)),
        RecordSet("Alias", "alias.example.com", "A", alias="target.example.com"),
    )
    made = cloud(*firewall(*rules), HostedZone("Zone", "example.com", ("Vpc",), records))
    assert status(made) == expected


def test_the_target_of_an_alias_is_no_query():
    records = (
        RecordSet("A", NAME, "A", alias="target.example.com"),
        RecordSet("T", "target.example.com", "A", ("10.0.1.9",)),
    )
    made = cloud(*firewall(rule(1, BLOCK, "target.example.com")), HostedZone("Zone", "example.com", ("Vpc",), records))
    assert status(made) == "NOERROR"


def test_an_override_leads_to_the_addresses_of_another_name():
    sunk = rule(1, BLOCK, "*", response=OVERRIDE, override_domain="sink.example.org.", override_ttl=30)
    made = cloud(*firewall(sunk))
    answer = resolve(made, "Vpc", NAME)
    assert (answer.canonical_name, answer.canonical_ttl) == ("sink.example.org", 30)
    assert answer.addresses == resolve(made, None, "sink.example.org").addresses


def test_queries_by_an_inbound_endpoint_are_judged():
    assert status(cloud(*firewall(rule(1, BLOCK, "*"))), inbound=True) == "NXDOMAIN"


MALWARE = FirewallDomainList("rslvr-fdl-1", Unknown("AWS's"), "AWSManagedDomainsMalwareDomainList", managed=True)
TEST = "controldomain{}.{}.firewall.route53resolver.us-east-1.amazonaws.com"


def test_managed_lists_are_assumed_not_to_have_a_name_but_for_tests():
    made = cloud(*firewall(replace(rule(1, BLOCK, ""), domain_list_id="rslvr-fdl-1"), lists=(MALWARE,)))
    answer = resolve(made, "Vpc", NAME)
    assert answer.status == "NOERROR"
    assert any(MALWARE.name in text for text in answer.assumptions)
    assert status(made, TEST.format(2, "malwarelist")) == "NXDOMAIN"
    assert str(resolve(made, "Vpc", TEST.format(2, "botnetlist")).addresses[0]) == "1.2.3.4"


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ((replace(rule(1, BLOCK, ""), domain_list_id=WHERE),), "UNKNOWN"),
        ((replace(rule(1, ALLOW, ""), domain_list_id=WHERE),), "NOERROR"),
        ((replace(rule(1, ALLOW, ""), domain_list_id="rslvr-fdl-9"), rule(2, BLOCK, "*")), "UNKNOWN"),
        ((replace(rule(1, BLOCK, ""), domain_list_id=WHERE), rule(2, BLOCK, "*")), "NXDOMAIN"),
        ((rule(WHERE, BLOCK, "*"), rule(1, ALLOW, NAME)), "UNKNOWN"),
        ((rule(1, WHERE, NAME),), "UNKNOWN"),
        ((rule(1, BLOCK, NAME, query_type=WHERE),), "UNKNOWN"),
        ((FirewallRule(WHERE, WHERE, WHERE),), "UNKNOWN"),
    ],
)
def test_what_is_not_known_counts_where_it_could_change_the_answer(rules, expected):
    made = cloud(*firewall(*rules, lists=(FirewallDomainList("", ()),)))
    made = made.having(
        firewall_domain_lists={k: v for k, v in made.names.firewall_domain_lists.items() if k != "rslvr-fdl-9"}
    )
    assert status(made) == expected


@pytest.mark.parametrize(
    ("more", "what"),
    [
        (firewall(FirewallRule(1, BLOCK, None, "the rules of DnsThreatProtection", NXDOMAIN)), "DnsThreatProtection"),
        ((FirewallRuleGroupAssociation("Of", "rslvr-frg-9", "Vpc", 101),), "rslvr-frg-9"),
    ],
)
def test_what_aws_detects_and_groups_that_are_elsewhere_are_assumptions(more, what):
    answer = resolve(cloud(*more), "Vpc", NAME)
    assert answer.status == "NOERROR"
    assert any(what in text for text in answer.assumptions)


def test_a_path_names_the_group_and_goes_on():
    made = cloud(*firewall(rule(7, BLOCK, "*")), eni("eni-web", address="10.0.1.50"))
    path = trace(made, parse(made, "web", "https://www.example.com/"))
    assert (path.verdict, path.symptom.kind, path.hops[0].component) == ("blocked", "dns", "Group")
    assert (path.hops[0].code, path.hint) == (
        "NETFUL_DNS_FIREWALL_BLOCKED", "allow `www.example.com` by a rule of `Group` before priority 7",
    )  # fmt: skip
    assert len(path.hops) > 1
