"""VPC links that do not lead to their load balancer."""

import pytest

from netful.checks.registry import all_rules
from tests.helpers.facts import facts_of
from tests.helpers.texts import replaced

RULE = all_rules()["NF735"]
GOOD = RULE.example("good")
BEHIND = 'DefaultActions: [{Type: fixed-response, FixedResponseConfig: {StatusCode: "200"}}]'
ACL = """\
  Acl: {Type: AWS::EC2::NetworkAcl, Properties: {VpcId: !Ref Vpc}}
  Out: {Type: AWS::EC2::NetworkAclEntry, Properties: {NetworkAclId: !Ref Acl, RuleNumber: 100, Egress: true, Protocol: 6, RuleAction: allow, CidrBlock: 0.0.0.0/0, PortRange: {From: 80, To: 80}}}
  OfAcl: {Type: AWS::EC2::SubnetNetworkAclAssociation, Properties: {NetworkAclId: !Ref Acl, SubnetId: !Ref A}}
"""
APART = {
    "Link, Properties: {Name: link, SubnetIds: [!Ref A, !Ref B]": "Link, Properties: {Name: link, SubnetIds: [!Ref B]"
}
SHUT = "  Shut: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: none, VpcId: !Ref Vpc}}\n"
REST = """\
  Nlb: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Scheme: internal, Type: network, Subnets: [!Ref A, !Ref B]}}
  OfNlb:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties: {LoadBalancerArn: !Ref Nlb, Port: 8080, Protocol: TCP, DefaultActions: [{Type: forward, TargetGroupArn: !Ref Group}]}
  Group: {Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {VpcId: !Ref Vpc, Port: 80, Protocol: TCP, Targets: [{Id: i-1}]}}
  Old: {Type: AWS::ApiGateway::VpcLink, Properties: {Name: old, TargetArns: [!Ref Nlb]}}
  Rest: {Type: AWS::ApiGateway::RestApi, Properties: {Name: rest, EndpointConfiguration: {Types: [PRIVATE]}}}
  Get:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Rest
      ResourceId: !GetAtt Rest.RootResourceId
      HttpMethod: GET
      AuthorizationType: NONE
      Integration: {Type: HTTP_PROXY, IntegrationHttpMethod: GET, ConnectionType: VPC_LINK, ConnectionId: !Ref Old, Uri: "http://x.example:PORT/"}
  Deployment: {Type: AWS::ApiGateway::Deployment, DependsOn: Get, Properties: {RestApiId: !Ref Rest}}
  Live: {Type: AWS::ApiGateway::Stage, Properties: {RestApiId: !Ref Rest, DeploymentId: !Ref Deployment, StageName: live}}
"""


@pytest.mark.parametrize(
    ("changes", "more", "expected"),
    [
        ({}, "", []),
        ({"FromPort: 80, ToPort: 80": "FromPort: 443, ToPort: 443"}, "", ["BalancerSg"]),
        ({"SecurityGroupIds: [!Ref LinkSg]": "SecurityGroupIds: [!Ref Shut]"}, SHUT, ["BalancerSg"]),
        ({"of the link, VpcId: !Ref Vpc": "of the link, VpcId: !Ref Vpc, SecurityGroupEgress: [{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 0.0.0.0/0}]"}, "", ["LinkSg"]),
        ({BEHIND: 'DefaultActions: [{Type: fixed-response, FixedResponseConfig: {StatusCode: "404"}}]'}, "", []),
        ({"!Ref Listener": "!ImportValue listener"}, "", []),
        (APART, ACL, ["Acl"]),
        ({}, REST.replace("PORT", "8080"), []),
        ({}, REST.replace("PORT", "80"), ["Nlb"]),
        ({}, REST.replace('"http://x.example:PORT/"', "!ImportValue url"), []),
    ],
)  # fmt: skip
def test_what_stops_requests_of_a_link_is_found(tmp_path, changes, more, expected):
    found = [*RULE.findings(facts_of(tmp_path, replaced(GOOD, changes) + more))]
    assert [one.cause for one in found] == [f"`{name}`" for name in expected]
    assert all(one.hint for one in found)


def test_one_fault_of_several_routes_is_one_finding(tmp_path):
    route = GOOD[GOOD.index("  Integration:") :]
    second = replaced(route, {"  Integration:": "  More:", "  Route:": "  MoreRoute:", "${Integration}": "${More}", "RouteKey: $default": "RouteKey: GET /more"})  # fmt: skip
    text = replaced(GOOD + second, {"FromPort: 80, ToPort: 80": "FromPort: 443, ToPort: 443"})
    assert len([*RULE.findings(facts_of(tmp_path, text))]) == 1
