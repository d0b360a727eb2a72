"""Network firewalls in templates, plans and described accounts: the rules of their policies, and their endpoints."""

import json
from ipaddress import IPv4Network

import pytest

from netful.model.core import Unknown
from netful.model.network.network_firewall import (
    Addresses,
    Application,
    DefaultAction,
    FlowOption,
    NameMatch,
    PortRanges,
    RuleAction,
    StatelessAction,
)
from netful.model.network.route_tables import TargetKind
from netful.sources import load
from tests.helpers.ids import ec2_id
from tests.helpers.terraform_plans import Plan, refers

VPC = IPv4Network("10.0.0.0/16")
FIREWALL = """
Resources:
  V: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref V, CidrBlock: 10.0.1.0/24, AvailabilityZone: us-east-1a}}
  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref V, CidrBlock: 10.0.2.0/24, AvailabilityZone: us-east-1b}}
  Firewall:
    Type: AWS::NetworkFirewall::Firewall
    Properties: {FirewallName: fw, FirewallPolicyArn: !Ref Policy, VpcId: !Ref V, SubnetMappings: [{SubnetId: !Ref A}, {SubnetId: !Ref B}]}
  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref V}}
  Out:
    Type: AWS::EC2::Route
    Properties:
      RouteTableId: !Ref Table
      DestinationCidrBlock: 0.0.0.0/0
      VpcEndpointId: !Select [1, !Split [":", !Select [1, !GetAtt Firewall.EndpointIds]]]
"""
POLICY = """
  Policy:
    Type: AWS::NetworkFirewall::FirewallPolicy
    Properties:
      FirewallPolicyName: policy
      FirewallPolicy:
        StatelessDefaultActions: [%(stateless)s]
        StatelessFragmentDefaultActions: [aws:drop]
        StatefulEngineOptions: {RuleOrder: %(order)s}
        StatefulDefaultActions: [aws:drop_established, aws:alert_strict]
        StatefulRuleGroupReferences: [{ResourceArn: !Ref Group, Priority: 1}]
"""


def with_group(source, order="DEFAULT_ACTION_ORDER", variables="{}"):
    group = f"""
  Group:
    Type: AWS::NetworkFirewall::RuleGroup
    Properties: {{RuleGroupName: g, Type: STATEFUL, Capacity: 10, RuleGroup: {{RuleVariables: {variables}, RulesSource: {source}}}}}
"""
    return FIREWALL + POLICY % {"stateless": "aws:forward_to_sfe", "order": order} + group


def suricata(*lines):
    return json.dumps({"RulesString": "\n".join(lines)})


def rules(cloud_of, source, **more):
    return cloud_of(with_group(source, **more)).network.firewalls["Firewall"].stateful_rules


def test_a_firewall_has_an_endpoint_in_each_subnet_and_routes_lead_there(cloud_of):
    cloud = cloud_of(with_group(suricata("pass ip any any -> any any (sid:1;)")))
    endpoints = cloud.network.vpc_endpoints
    assert {id_: (one.subnet_ids, one.firewall_id) for id_, one in endpoints.items()} == {
        "Firewall.endpoint1": (("A",), "Firewall"),
        "Firewall.endpoint2": (("B",), "Firewall"),
    }
    (route,) = cloud.network.route_tables["Table"].routes
    assert (route.target_kind, route.target_id) == (TargetKind.VPC_ENDPOINT, "Firewall.endpoint2")
    assert cloud.aws_id("Firewall.endpoint2") == ec2_id("vpce", "Firewall.endpoint2")
    assert next(iter(cloud.network.interfaces_of("Firewall.endpoint1"))).subnet_id == "A"
    assert len(cloud.network.firewalls["Firewall"].assumptions) == 1  # the order of the endpoints


def test_the_policy_of_a_firewall(cloud_of):
    strict = cloud_of(with_group(suricata("drop udp any any -> any any (sid:1;)"), order="STRICT_ORDER"))
    firewall = strict.network.firewalls["Firewall"]
    assert firewall.stateless_default is StatelessAction.FORWARD
    assert firewall.default_actions == (DefaultAction.DROP_ESTABLISHED, DefaultAction.ALERT_STRICT)
    assert (firewall.drops_all, firewall.drops_established) == (False, True)
    in_action_order = cloud_of(with_group(suricata("drop udp any any -> any any (sid:1;)")))
    assert in_action_order.network.firewalls["Firewall"].default_actions == ()


def test_a_policy_that_is_not_loaded_leaves_the_rules_unknown(cloud_of):
    firewall = cloud_of(FIREWALL.replace("!Ref Policy", "arn:aws:x")).network.firewalls["Firewall"]
    assert isinstance(firewall.stateful_rules, Unknown)
    assert isinstance(firewall.stateless_default, Unknown)


def test_rules_apply_in_their_own_order_or_by_their_actions(cloud_of):
    text = suricata("drop tcp any any -> any 22 (sid:1;)", "alert ip any any -> any any (sid:2;)", "pass tcp any any -> any 22 (sid:3;)")  # fmt: skip
    found = [rule.id for rule in rules(cloud_of, text, order="STRICT_ORDER")]
    assert found == ["Group sid 1", "Group sid 3"]
    assert [rule.id for rule in rules(cloud_of, text)] == ["Group sid 3", "Group sid 1"]


def test_a_header_s_variables_lists_and_negations(cloud_of):
    variables = "{IPSets: {SERVERS: {Definition: [10.0.9.0/24]}}, PortSets: {WEB: {Definition: ['80', '8000:8080']}}}"
    text = suricata("pass tcp $HOME_NET any -> [$SERVERS,192.0.2.0/24,!192.0.2.7] $WEB (sid:1;)", "drop udp any !53 <> $EXTERNAL_NET [1:1024,!500] (sid:2;)")  # fmt: skip
    first, second = rules(cloud_of, text, order="STRICT_ORDER", variables=variables)
    assert first.header.sources == Addresses((VPC,))
    assert first.header.destinations == Addresses(
        (IPv4Network("10.0.9.0/24"), IPv4Network("192.0.2.0/24")), (IPv4Network("192.0.2.7"),)
    )
    assert first.header.destination_ports == PortRanges(((80, 80), (8000, 8080)))
    assert second.header.destinations == Addresses((), (VPC,))
    assert second.header.source_ports == PortRanges((), ((53, 53),))
    assert second.header.destination_ports == PortRanges(((1, 1024),), ((500, 500),))
    assert (first.both_ways, second.both_ways) == (False, True)


@pytest.mark.parametrize(
    ("options", "application", "names"),
    [
        ('tls.sni; content:"a.example"; startswith; endswith; nocase;', Application.TLS, NameMatch("a.example", starts=True, ends=True)),
        ('tls.sni; dotprefix; content:".example.com"; endswith;', Application.TLS, NameMatch(".example.com", ends=True, dotted=True)),
        ('http.host; content:!"evil"; ', Application.HTTP, NameMatch("evil", absent=True)),
        ('content:"b.example"; http_host;', Application.HTTP, NameMatch("b.example")),
    ],
)  # fmt: skip
def test_names_of_requests(cloud_of, options, application, names):
    (rule,) = rules(cloud_of, suricata(f"drop tcp any any -> any any ({options} flow:to_server,established; sid:1;)"))
    assert (rule.application, rule.names, rule.unread) == (application, (names,), "")
    assert rule.flow == {FlowOption.TO_SERVER, FlowOption.ESTABLISHED}


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ('http.host; content:"a.example"; http.uri; content:"/admin"; startswith;', (NameMatch("a.example"),)),
        ('http.uri; content:"/admin"; http.host; content:"a.example";', (NameMatch("a.example"),)),
        ('tls.sni; content:"a.example"; endswith; ja3.hash; content:"e7d7";', (NameMatch("a.example", ends=True),)),
        ('http.host; http.user_agent; content:"curl";', ()),
    ],
)  # fmt: skip
def test_texts_of_other_buffers_are_not_names_of_hosts(cloud_of, options, names):
    (rule,) = rules(cloud_of, suricata(f"drop tcp any any -> any any ({options} sid:1;)"))
    assert (rule.names, bool(rule.unread)) == (names, True)


@pytest.mark.parametrize(
    "line",
    [
        'drop tcp any any -> any any (pcre:"/x/"; sid:1;)', 'drop tcp any any -> any any (content:"x"; sid:1;)',
        "drop tcp $NOWHERE any -> any any (sid:1;)", "drop tcp any any -> any any (flowbits:isset,a; sid:1;)",
        "drop ssh any any -> any any (sid:1;)", "drop nonsense",
        'drop tls any any -> any any (ja4.hash; content:"t13d"; sid:1;)',
        "drop tcp any any -> any any (flowbits:isnotset,of-another-group; sid:1;)",
    ],
)  # fmt: skip
def test_what_is_not_read_of_a_rule_is_named(cloud_of, line):
    (rule,) = rules(cloud_of, suricata(line))
    assert (rule.action, bool(rule.unread)) == (RuleAction.DROP, True)


def test_bits_that_end_a_flow_and_fingerprints_that_all_have_leave_no_doubt(cloud_of):
    text = suricata(
        'reject tls any any -> any any (ja4.hash; content:"_"; flowbits:set,ended; sid:1;)',
        "alert http any any -> any any (flowbits:set,noted; sid:2;)",
        "drop tcp any any -> any any (flowbits:isnotset,ended; sid:3;)",
        "drop tcp any any -> any any (flowbits:isnotset,noted; sid:4;)",
    )
    found = rules(cloud_of, text, order="STRICT_ORDER")
    assert [rule.unread for rule in found] == ["", "", "flowbits:isnotset,noted"]


@pytest.mark.parametrize(
    ("header", "options", "matched"),
    [("ip", "ip_proto:TCP;", {6}), ("ip", "ip_proto:!TCP; ip_proto:!UDP;", {1, 50}), ("tcp", "ip_proto:!TCP;", set())],
)
def test_an_option_narrows_the_protocols_of_a_rule(cloud_of, header, options, matched):
    (rule,) = rules(cloud_of, suricata(f"drop {header} any any -> any any ({options} sid:1;)"))
    assert {number for number in (1, 6, 17, 50) if number in rule.header.protocols} == matched
    assert rule.header.protocols


def test_a_list_of_domains(cloud_of):
    def listed(kind, **more):
        targets = "TargetTypes: [TLS_SNI], Targets: [a.example, .b.example]"
        source = f"{{RulesSourceList: {{GeneratedRulesType: {kind}, {targets}}}}}"
        return [(rule.action, rule.names, bool(rule.unread)) for rule in rules(cloud_of, source, **more)]

    names = [(NameMatch("a.example", starts=True, ends=True),), (NameMatch(".b.example", ends=True, dotted=True),)]
    assert listed("DENYLIST") == [(RuleAction.DROP, name, False) for name in names]
    assert listed("REJECTLIST") == [(RuleAction.REJECT, name, False) for name in names]
    assert listed("ALERTLIST") == []
    passing = [(RuleAction.PASS, name, False) for name in names]
    assert listed("ALLOWLIST") == [*passing, (RuleAction.DROP, (), False)]
    assert listed("ALLOWLIST", order="STRICT_ORDER") == [*passing, (RuleAction.DROP, (), True)]
    assert rules(cloud_of, "{RulesSourceList: {GeneratedRulesType: DENYLIST, TargetTypes: [TLS_SNI], Targets: [a.b]}}")[
        0
    ].header.sources == Addresses((VPC,))


@pytest.mark.parametrize(
    "options",
    [
        "{Keyword: sid, Settings: ['5']}, {Keyword: flow, Settings: [established, to_server]}",
        "{Keyword: 'sid:5'}, {Keyword: 'flow:established, to_server'}",
    ],
)
def test_rules_by_their_parts(cloud_of, options):
    header = "{Protocol: TCP, Source: ANY, SourcePort: ANY, Direction: ANY, Destination: 10.0.2.0/24, DestinationPort: '443'}"
    rule = f"{{Action: REJECT, Header: {header}, RuleOptions: [{options}]}}"
    (found,) = rules(cloud_of, f"{{StatefulRules: [{rule}]}}")
    assert (found.id, found.action, found.both_ways) == ("Group sid 5", RuleAction.REJECT, True)
    assert (found.flow, found.unread) == ({FlowOption.ESTABLISHED, FlowOption.TO_SERVER}, "")
    assert found.header.destinations == Addresses((IPv4Network("10.0.2.0/24"),))


STATELESS = """
  Group:
    Type: AWS::NetworkFirewall::RuleGroup
    Properties:
      RuleGroupName: g
      Type: STATELESS
      Capacity: 10
      RuleGroup:
        RulesSource:
          StatelessRulesAndCustomActions:
            StatelessRules:
              - {Priority: 20, RuleDefinition: {Actions: [aws:drop], MatchAttributes: {}}}
              - Priority: 10
                RuleDefinition:
                  Actions: [aws:pass]
                  MatchAttributes:
                    Sources: [{AddressDefinition: 10.0.0.0/8}]
                    DestinationPorts: [{FromPort: 80, ToPort: 90}]
                    Protocols: [6]
"""


def test_stateless_rules_by_priority(cloud_of):
    policy = POLICY.replace("StatefulRuleGroupReferences", "StatelessRuleGroupReferences")
    template = FIREWALL + policy % {"stateless": "aws:drop, counted", "order": "STRICT_ORDER"} + STATELESS
    firewall = cloud_of(template).network.firewalls["Firewall"]
    assert [(rule.id, rule.action) for rule in firewall.stateless_rules] == [
        ("Group priority 10", StatelessAction.PASS),
        ("Group priority 20", StatelessAction.DROP),
    ]
    header = firewall.stateless_rules[0].header
    assert (header.sources, header.protocols) == (Addresses((IPv4Network("10.0.0.0/8"),)), (6,))
    assert header.destination_ports == PortRanges(((80, 90),))
    assert firewall.stateless_default is StatelessAction.DROP


PREFIX_LIST = """
  List:
    Type: AWS::EC2::PrefixList
    Properties: {PrefixListName: l, AddressFamily: IPv4, MaxEntries: 5, Entries: [{Cidr: 10.0.9.0/24}]}
"""


@pytest.mark.parametrize(
    "arn",
    [
        "!GetAtt List.Arn", "!Ref List",
        *(f"!Sub 'arn:aws:ec2:${{AWS::Region}}:${{AWS::AccountId}}:prefix-list/${{{id_}}}'" for id_ in ("List", "List.PrefixListId")),
    ],
)  # fmt: skip
def test_a_reference_to_a_prefix_list_of_the_template(cloud_of, arn):
    body = f"RuleGroup: {{ReferenceSets: {{IPSetReferences: {{BAD: {{ReferenceArn: {arn}}}}}}},"
    template = with_group(suricata("drop tcp @BAD any -> any 443 (sid:1;)")).replace("RuleGroup: {", body)
    (rule,) = cloud_of(template + PREFIX_LIST).network.firewalls["Firewall"].stateful_rules
    assert rule.header.sources == Addresses((IPv4Network("10.0.9.0/24"),))


def test_a_managed_group_is_an_assumption(cloud_of):
    arn = "arn:aws:network-firewall:us-east-1:aws-managed:stateful-rulegroup/ThreatSignaturesBotnet"
    firewall = cloud_of(with_group("{}").replace("!Ref Group", f"'{arn}'")).network.firewalls["Firewall"]
    assert firewall.stateful_rules == ()
    assert any("ThreatSignaturesBotnet" in text for text in firewall.assumptions)


def test_a_planned_firewall(tmp_path):
    zones = {"a": "10.0.1.0/24", "b": "10.0.2.0/24"}
    plan = Plan().add("aws_vpc.v", cidr_block="10.0.0.0/16")
    for zone, block in zones.items():
        plan.add(f"aws_subnet.{zone}", {"vpc_id": refers("aws_vpc.v.id")}, cidr_block=block, availability_zone=f"eu-west-1{zone}", vpc_id=...)  # fmt: skip
        plan.add(f"aws_route_table.{zone}", {"vpc_id": refers("aws_vpc.v.id")}, vpc_id=...)
        plan.add(f"aws_route_table_association.{zone}", {"subnet_id": refers(f"aws_subnet.{zone}.id"), "route_table_id": refers(f"aws_route_table.{zone}.id")}, subnet_id=..., route_table_id=...)  # fmt: skip
        status = refers("aws_networkfirewall_firewall.fw.firewall_status[0].sync_states", f"aws_subnet.{zone}.id")
        plan.add(f"aws_route.{zone}", {"route_table_id": refers(f"aws_route_table.{zone}.id"), "vpc_endpoint_id": status}, destination_cidr_block="0.0.0.0/0", route_table_id=..., vpc_endpoint_id=...)  # fmt: skip
    mappings = [{"subnet_id": refers(f"aws_subnet.{zone}.id")} for zone in zones]
    plan.add(
        "aws_networkfirewall_firewall.fw",
        {"vpc_id": refers("aws_vpc.v.id"), "firewall_policy_arn": refers("aws_networkfirewall_firewall_policy.p.arn"), "subnet_mapping": mappings},
        vpc_id=..., firewall_policy_arn=..., subnet_mapping=[{}, {}], name="fw",
    )  # fmt: skip
    reference = [{"stateful_rule_group_reference": [{"resource_arn": refers("aws_networkfirewall_rule_group.g.arn")}]}]
    plan.add(
        "aws_networkfirewall_firewall_policy.p", {"firewall_policy": reference}, name="p",
        firewall_policy=[{"stateless_default_actions": ["aws:forward_to_sfe"], "stateful_rule_group_reference": [{"priority": None}]}],
    )  # fmt: skip
    rule = {"action": "DROP", "header": [{"protocol": "TCP", "source": "ANY", "source_port": "ANY", "direction": "FORWARD", "destination": "ANY", "destination_port": "22"}], "rule_option": [{"keyword": "sid", "settings": ["7"]}]}  # fmt: skip
    plan.add("aws_networkfirewall_rule_group.g", name="g", type="STATEFUL", rule_group=[{"rules_source": [{"stateful_rule": [rule]}]}])  # fmt: skip
    network = load([plan.write(tmp_path)]).network
    (firewall,) = network.firewalls.values()
    assert [one.id for one in firewall.stateful_rules] == ["aws_networkfirewall_rule_group.g sid 7"]
    targets = {
        zone: network.vpc_endpoints[network.route_tables[f"aws_route_table.{zone}"].routes[0].target_id].subnet_ids
        for zone in zones
    }
    assert targets == {zone: (f"aws_subnet.{zone}",) for zone in zones}


def test_a_described_firewall(tmp_path):
    arn = "arn:aws:network-firewall:eu-west-1:123456789012"
    place = tmp_path / "eu-west-1"
    place.mkdir()
    files = {
        "vpcs": {"Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"}]},
        "endpoints": {"VpcEndpoints": [{"VpcEndpointId": "vpce-1", "VpcEndpointType": "GatewayLoadBalancer", "VpcId": "vpc-1", "SubnetIds": ["subnet-1"], "State": "available"}]},
        "firewall": {"UpdateToken": "t", "Firewall": {"FirewallArn": f"{arn}:firewall/fw", "FirewallName": "fw", "FirewallPolicyArn": f"{arn}:firewall-policy/p", "VpcId": "vpc-1"},
                     "FirewallStatus": {"SyncStates": {"eu-west-1a": {"Attachment": {"SubnetId": "subnet-1", "EndpointId": "vpce-1", "Status": "READY"}}}}},
        "policy": {"UpdateToken": "t", "FirewallPolicyResponse": {"FirewallPolicyArn": f"{arn}:firewall-policy/p", "FirewallPolicyName": "p"},
                   "FirewallPolicy": {"StatelessDefaultActions": ["aws:forward_to_sfe"], "StatefulRuleGroupReferences": [{"ResourceArn": f"{arn}:stateful-rulegroup/g"}]}},
        "group": {"UpdateToken": "t", "RuleGroupResponse": {"RuleGroupArn": f"{arn}:stateful-rulegroup/g", "RuleGroupName": "g", "Type": "STATEFUL"},
                  "RuleGroup": {"RulesSource": {"RulesString": "drop ip $HOME_NET any -> any any (sid:3;)"}}},
    }  # fmt: skip
    for name, content in files.items():
        (place / f"{name}.json").write_text(json.dumps(content))
    network = load([tmp_path]).network
    assert network.vpc_endpoints["vpce-1"].firewall_id == f"{arn}:firewall/fw"
    (firewall,) = network.firewalls.values()
    assert [one.header.sources for one in firewall.stateful_rules] == [Addresses((VPC,))]
    assert firewall.assumptions == ()
