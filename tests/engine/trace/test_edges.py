"""CloudFront distributions on a path: behaviours, origins, and what makes the answer unknown (newer-aws §12)."""

import pytest

from netful.engine.distributions import vpc_origins
from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.model.names.distributions import Distribution
from netful.sources import load
from tests.helpers.places import TEMPLATES

TEMPLATE = """
Parameters: {{Elsewhere: {{Type: String}}}}
Resources:
  Edge:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Enabled: {enabled}
        Origins:
          - {{Id: a, DomainName: a.example.com, CustomOriginConfig: {{OriginProtocolPolicy: {protocol}}}}}
          - {{Id: b, DomainName: b.example.com, OriginPath: /base, CustomOriginConfig: {{OriginProtocolPolicy: https-only, HTTPSPort: 8443}}}}
          - {{Id: vpc, DomainName: c.example.com, VpcOriginConfig: {{VpcOriginId: vo_1}}}}
          - {{Id: unknown, DomainName: !Ref Elsewhere, CustomOriginConfig: {{OriginProtocolPolicy: https-only}}}}
        OriginGroups: {{Quantity: 1, Items: [{{Id: group, FailoverCriteria: {{}}, Members: {{Quantity: 2, Items: [{{OriginId: b}}, {{OriginId: a}}]}}}}]}}
        CacheBehaviors:
          - {{PathPattern: /b/*, TargetOriginId: b, ViewerProtocolPolicy: allow-all}}
          - {{PathPattern: /vpc, TargetOriginId: vpc, ViewerProtocolPolicy: allow-all}}
          - {{PathPattern: /unknown, TargetOriginId: unknown, ViewerProtocolPolicy: allow-all}}
          - {{PathPattern: /group, TargetOriginId: group, ViewerProtocolPolicy: allow-all}}
        DefaultCacheBehavior: {{TargetOriginId: a, ViewerProtocolPolicy: {viewer}, {more}}}
{restrictions}
"""
ALL_VIEWER = "OriginRequestPolicyId: 216adef6-5c7f-47e4-b989-5492eafa07d3"


def asked(
    folder, path, scheme="https", *, enabled="true", protocol="https-only", viewer="allow-all", more="", restrictions=""
):
    file = folder / "template.yaml"
    file.write_text(
        TEMPLATE.format(enabled=enabled, protocol=protocol, viewer=viewer, more=more, restrictions=restrictions)
    )
    cloud = load([file])
    host = cloud.names.distributions["Edge"].domain_name
    return host, trace(cloud, parse(cloud, "internet", f"{scheme}://{host}{path}"))


def test_a_viewer_is_led_to_https_at_the_path_that_it_asked_for(tmp_path):
    root = "true\n        DefaultRootObject: index.html"
    host, path = asked(tmp_path, "/?a=1", "http", enabled=root, viewer="redirect-to-https")
    assert edge_of(path).rule.endswith(f"301 to https://{host}/?a=1")


def edge_of(path, number=0):
    return [hop for hop in path.hops if hop.kind == "edge"][number]


@pytest.mark.parametrize(
    ("path", "settings", "rule"),
    [
        ("/x?y", {}, "asks a.example.com for /x with Host a.example.com"),
        ("/x?y", {"more": ALL_VIEWER}, "asks a.example.com for /x?y with Host {host}"),
        ("/b/x", {}, "asks b.example.com for /base/b/x with Host b.example.com"),
        ("/group", {}, "asks b.example.com for /base/group with Host b.example.com"),
        ("/x", {"more": ALL_VIEWER}, "asks a.example.com for /x with Host {host}"),
        (
            "/x",
            {"more": "ForwardedValues: {QueryString: true, Headers: ['*']}"},
            "asks a.example.com for /x with Host {host}",
        ),
    ],
)
def test_origin(tmp_path, path, settings, rule):
    host, found = asked(tmp_path, path, **settings)
    assert (found.verdict, edge_of(found).rule) == ("reachable", rule.format(host=host))


@pytest.mark.parametrize(
    ("scheme", "protocol", "port"),
    [("http", "match-viewer", 80), ("https", "match-viewer", 443), ("http", "https-only", 443)],
)
def test_port_of_the_origin(tmp_path, scheme, protocol, port):
    _, found = asked(tmp_path, "/", scheme, protocol=protocol)
    assert f"tcp/{port}" in found.hops[-1].asks


@pytest.mark.parametrize(("scheme", "settings"), [("https", {"enabled": "false"}), ("http", {"viewer": "https-only"})])
def test_refused(tmp_path, scheme, settings):
    _, found = asked(tmp_path, "/", scheme, **settings)
    assert (found.verdict, found.symptom.status, edge_of(found).code) == ("blocked", 403, "NETFUL_DISTRIBUTION_REFUSES")


@pytest.mark.parametrize(
    ("path", "settings"),
    [
        ("/vpc", {}),
        ("/unknown", {}),
        (
            "/",
            {"restrictions": "        Restrictions: {GeoRestriction: {RestrictionType: whitelist, Locations: [CH]}}"},
        ),
    ],
)
def test_unknown(tmp_path, path, settings):
    assert asked(tmp_path, path, **settings)[1].verdict == "unknown"


def test_functions_and_signed_urls_are_assumptions(tmp_path):
    _, plain = asked(tmp_path, "/")
    _, found = asked(
        tmp_path, "/", more="TrustedKeyGroups: [k], FunctionAssociations: [{EventType: viewer-request, FunctionARN: f}]"
    )
    assert len(found.assumptions) == len(plain.assumptions) + 2


def test_distribution_that_was_not_loaded(cloud_of):
    cloud = cloud_of("Resources: {Topic: {Type: AWS::SNS::Topic}}")
    found = trace(cloud, parse(cloud, "internet", "https://d1.cloudfront.net/"))
    assert any("d1.cloudfront.net" in text for text in found.assumptions)


NAMED = """
Parameters: {Name: {Type: String}}
Resources:
  Zone: {Type: AWS::Route53::HostedZone, Properties: {Name: example.com}}
  Www: {Type: AWS::Route53::RecordSet, Properties: {HostedZoneId: !Ref Zone, Name: www.example.com, Type: A, AliasTarget: {HostedZoneId: Z2FDTNDATAQYW2, DNSName: !GetAtt Edge.DomainName}}}
  Edge:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Enabled: true
        Aliases: [example.com, %s]
        Origins: [{Id: a, DomainName: a.example.com, CustomOriginConfig: {OriginProtocolPolicy: https-only}}]
        DefaultCacheBehavior: {TargetOriginId: a, ViewerProtocolPolicy: allow-all}
"""


@pytest.mark.parametrize(
    ("alias", "verdict"),
    [
        ("www.example.com", "reachable"),
        ("'*.example.com'", "reachable"),
        ("w.example.com", "blocked"),
        ("!Ref Name", "unknown"),
    ],
)
def test_a_record_leads_to_a_distribution_that_must_have_the_name(cloud_of, alias, verdict):
    cloud = cloud_of(NAMED % alias)
    found = trace(cloud, parse(cloud, "internet", "https://www.example.com/"))
    assert (found.verdict, found.symptom.status) == (verdict, 403 if verdict == "blocked" else None)


@pytest.mark.parametrize(("host", "edge"), [("example.com", True), ("a.example.org", False)])
def test_an_alias_without_a_record_is_assumed_to_lead_to_its_distribution(cloud_of, host, edge):
    cloud = cloud_of(NAMED % "'*.example.org'")
    found = trace(cloud, parse(cloud, "internet", f"https://{host}/"))
    assert found.verdict == "reachable"
    assert ("edge" in [hop.kind for hop in found.hops]) is edge
    assert (f"public DNS leads {host} to Edge" in found.assumptions) is edge


@pytest.mark.parametrize(
    ("host", "named"), [("a.example.com", True), ("b.a.example.com", True), ("example.com", False)]
)
def test_wildcard_in_an_alias(host, named):
    assert Distribution("Edge", "d1.cloudfront.net", ("*.example.com",)).is_named(host) is named


def test_origin_that_is_an_address_is_unknown(cloud_of):
    text = TEMPLATE.format(enabled="true", protocol="https-only", viewer="https-only", more=ALL_VIEWER, restrictions="")
    cloud = cloud_of(text, Elsewhere="203.0.113.9")
    host = cloud.names.distributions["Edge"].domain_name
    assert trace(cloud, parse(cloud, "internet", f"https://{host}/unknown")).verdict == "unknown"
    assert trace(cloud, parse(cloud, "internet", "Edge")).verdict == "reachable"  # by HTTPS


def test_restriction_to_none(tmp_path):
    assert (
        asked(tmp_path, "/", restrictions="        Restrictions: {GeoRestriction: {RestrictionType: none}}")[1].verdict
        == "reachable"
    )


INSIDE = """
Parameters: {{Group: {{Type: String, Default: none}}}}
Resources:
  Vpc: {{Type: AWS::EC2::VPC, Properties: {{CidrBlock: 10.0.0.0/16}}}}
  Subnet: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: us-east-1a}}}}
  Gateway: {{Type: AWS::EC2::InternetGateway}}
  Sg:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: web
      VpcId: !Ref Vpc
      SecurityGroupIngress: [{{IpProtocol: tcp, FromPort: 80, ToPort: 80, {peer}}}]
  Web: {{Type: AWS::EC2::Instance, Properties: {{SubnetId: !Ref Subnet, SecurityGroupIds: [!Ref Sg]}}}}
  ToWeb:
    Type: AWS::CloudFront::VpcOrigin
    Properties:
      VpcOriginEndpointConfig:
        Name: web
        Arn: !Sub arn:aws:ec2:us-east-1:123456789012:instance/${{Web}}
        OriginProtocolPolicy: http-only
  Edge:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Enabled: true
        Origins: [{{Id: web, DomainName: web.example.com, VpcOriginConfig: {{VpcOriginId: !GetAtt ToWeb.Id}}}}]
        DefaultCacheBehavior: {{TargetOriginId: web, ViewerProtocolPolicy: allow-all}}
        CustomErrorResponses: [{{ErrorCode: 504, ResponseCode: 200, ResponsePagePath: /sorry}}]
{more}
"""
ATTACHED = "  Attached: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Gateway}}\n"
BLOCKED = (
    ATTACHED
    + "  Bpa: {Type: AWS::EC2::VPCBlockPublicAccessOptions, Properties: {InternetGatewayBlockMode: block-bidirectional}}\n"
)
BY_LIST = "SourcePrefixListId: pl-3b927c52"


def inside(folder, peer, more=ATTACHED, template=INSIDE, **parameters):
    file = folder / "template.yaml"
    file.write_text(template.format(peer=peer, more=more))
    cloud = load([file], parameters=parameters)
    host = cloud.names.distributions["Edge"].domain_name
    return cloud, trace(cloud, parse(cloud, "internet", f"https://{host}/"))


def test_vpc_origin_by_the_managed_prefix_list(tmp_path):
    cloud, found = inside(tmp_path, BY_LIST)
    assert found.verdict == "reachable"
    assert trace(cloud, parse(cloud, "internet", "Web:tcp/80")).verdict == "blocked"


def test_vpc_origin_whose_domain_name_is_not_known(tmp_path):
    template = INSIDE.replace("DomainName: web.example.com", "DomainName: !GetAtt Web.PrivateDnsName")
    assert inside(tmp_path, BY_LIST, template=template)[1].verdict == "reachable"


def test_vpc_origin_by_the_group_of_cloudfront(tmp_path):
    cloud, _ = inside(tmp_path, BY_LIST)
    group = cloud.aws_id("Vpc.CloudFront-VPCOrigins-Service-SG")
    assert inside(tmp_path, "SourceSecurityGroupId: !Ref Group", Group=group)[1].verdict == "reachable"


@pytest.mark.parametrize(
    ("peer", "more", "code"),
    [
        ("CidrIp: 10.9.0.0/16", ATTACHED, "ENI_SG_RULES_MISMATCH"),
        (BY_LIST, "", "BAD_STATE_ATTACHMENT"),
        (BY_LIST, BLOCKED, "VPC_BLOCK_PUBLIC_ACCESS_ENABLED"),
    ],
)
def test_vpc_origin_that_is_not_reached(tmp_path, peer, more, code):
    cloud, found = inside(tmp_path, peer, more)
    (caller,) = vpc_origins.callers(cloud, cloud.names.vpc_origins["ToWeb"])
    assert vpc_origins.is_cut_off(cloud, caller) is (peer == BY_LIST)
    assert code in [hop.code for hop in found.hops]
    assert (found.verdict, found.symptom.status) == ("blocked", 200)  # its own page for 504


OWN_NAME = (
    INSIDE.replace("!Sub arn:aws:ec2:us-east-1:123456789012:instance/${{Web}}", "!Ref Alb")
    .replace("http-only", "https-only")
    .replace("FromPort: 80, ToPort: 80", "FromPort: 443, ToPort: 443")
    .replace("web.example.com", "!GetAtt Alb.DNSName")
    .replace("allow-all}}", "allow-all{policy}}}")
    + """
  B: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Vpc, CidrBlock: 10.0.2.0/24, AvailabilityZone: us-east-1b}}}}
  Alb: {{Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {{Scheme: internal, Subnets: [!Ref Subnet, !Ref B], SecurityGroups: [!Ref Sg]}}}}
  OfSite: {{Type: AWS::CertificateManager::Certificate, Properties: {{DomainName: "*.cloudfront.net"}}}}
  Port:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties: {{LoadBalancerArn: !Ref Alb, Protocol: HTTPS, Port: 443, Certificates: [{{CertificateArn: {certificate}}}], DefaultActions: [{{Type: fixed-response, FixedResponseConfig: {{StatusCode: 200}}}}]}}
"""
)  # fmt: skip


@pytest.mark.parametrize("certificate", ["arn:aws:acm:us-east-1:123456789012:certificate/1", "!Ref OfSite"])
@pytest.mark.parametrize(("policy", "status"), [("", 502), (f", {ALL_VIEWER}", None)])
def test_no_certificate_is_for_a_load_balancers_own_name(cloud_of, certificate, policy, status):
    cloud = cloud_of(OWN_NAME.format(peer=BY_LIST, more=ATTACHED, policy=policy, certificate=certificate))
    found = trace(cloud, parse(cloud, "internet", f"https://{cloud.names.distributions['Edge'].domain_name}/"))
    assert found.symptom.status == status
    assert ("NETFUL_TLS_NAME_MISMATCH" in [hop.code for hop in found.hops]) is (status is not None)


def test_the_ends_of_a_vpc_origin_within_one_subnet_come_first():
    cloud = load([TEMPLATES / "distributions.yaml"])
    found = [*vpc_origins.ends(cloud, cloud.names.vpc_origins["ToHidden"], 80)]
    targets = [cloud.network.interface_at("Vpc", end.address) for end in found]
    near = [end.interface.subnet_id == target.subnet_id for end, target in zip(found, targets, strict=True)]
    assert near == [True, True, False, False]


VERIFIED = """
Parameters: {Secret: {Type: String}}
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Igw: {Type: AWS::EC2::InternetGateway}
  Attached: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Igw}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: us-east-1a}}
  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.2.0/24, AvailabilityZone: us-east-1b}}
  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  OfA: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref A, RouteTableId: !Ref Table}}
  OfB: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref B, RouteTableId: !Ref Table}}
  Out: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Igw}}
  Sg: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: web, VpcId: !Ref Vpc, SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 80, ToPort: 80, CidrIp: 0.0.0.0/0}]}}
  Alb: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Scheme: internet-facing, Subnets: [!Ref A, !Ref B], SecurityGroups: [!Ref Sg]}}
  Port: {Type: AWS::ElasticLoadBalancingV2::Listener, Properties: {LoadBalancerArn: !Ref Alb, Protocol: HTTP, Port: 80, DefaultActions: [{Type: fixed-response, FixedResponseConfig: {StatusCode: 403}}]}}
  Rule:
    Type: AWS::ElasticLoadBalancingV2::ListenerRule
    Properties:
      ListenerArn: !Ref Port
      Priority: 1
      Conditions: [{Field: http-header, HttpHeaderConfig: {HttpHeaderName: x-verify, Values: [WANTED]}}]
      Actions: [{Type: fixed-response, FixedResponseConfig: {StatusCode: 200}}]
  Edge:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Enabled: true
        Origins: [{Id: a, DomainName: !GetAtt Alb.DNSName, OriginCustomHeaders: [{HeaderName: NAME, HeaderValue: SENT}], CustomOriginConfig: {OriginProtocolPolicy: http-only}}]
        DefaultCacheBehavior: {TargetOriginId: a, ViewerProtocolPolicy: allow-all, CachePolicyId: 658327ea-f89d-4fab-a63d-7e88639e58f6, POLICY}
"""
READ = "'{{resolve:secretsmanager:a:SecretString:k}}'"
OTHER = READ.replace(":a:", ":b:")


@pytest.mark.parametrize(
    ("name", "sent", "wanted", "policy", "verdict", "assumes"),
    [
        ("X-Verify", "v", "v", "", "reachable", False),
        ("X-Verify", "w", "v", "", "blocked", False),
        ("X-Verify", READ, READ, "", "reachable", False),
        ("X-Verify", READ, OTHER, "", "blocked", True),
        ("X-Verify", "!Ref Secret", "v", "", "blocked", True),
        ("X-Verify", "!Ref Secret", "!Ref Secret", "", "reachable", False),
        ("X-Verify", "!Sub 'a-${Secret}'", "!Ref Secret", "", "blocked", True),
        ("X-Other", "v", "v", "", "blocked", False),  # the viewer's header is not forwarded
        ("X-Other", "v", "v", ALL_VIEWER, "blocked", True),
    ],
)
def test_a_rule_compares_the_header_that_a_distribution_adds(cloud_of, name, sent, wanted, policy, verdict, assumes):
    text = VERIFIED
    for place, value in (("NAME", name), ("SENT", sent), ("WANTED", wanted), ("POLICY", policy)):
        text = text.replace(place, value)
    cloud = cloud_of(text)
    host = cloud.names.distributions["Edge"].domain_name
    found = trace(cloud, parse(cloud, "internet", f"https://{host}/"))
    assert found.verdict == verdict
    assert any("conditions of Rule" in text for text in found.assumptions) is assumes


@pytest.mark.parametrize(
    ("scheme", "hint"), [("internet-facing", "cloudfront.origin-facing"), ("internal", "make the origin a VPC origin")]
)
def test_the_hint_is_about_the_origin(tmp_path, scheme, hint):
    by_name = "DomainName: !GetAtt Alb.DNSName, CustomOriginConfig: {{OriginProtocolPolicy: http-only}}}}]"
    template = BEHIND_ALB.replace("Scheme: internal", f"Scheme: {scheme}").replace("!ImportValue block", "0.0.0.0/0")
    template = template.replace(
        "DomainName: web.example.com, VpcOriginConfig: {{VpcOriginId: !GetAtt ToWeb.Id}}}}]", by_name
    )
    assert hint in inside(tmp_path, "CidrIp: 10.9.0.0/16", template=template)[1].hint


BEHIND_ALB = (
    INSIDE.replace("!Sub arn:aws:ec2:us-east-1:123456789012:instance/${{Web}}", "!Ref Alb")
    + """
  B: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Vpc, CidrBlock: 10.0.2.0/24, AvailabilityZone: us-east-1b}}}}
  Alb: {{Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {{Scheme: internal, Subnets: [!Ref Subnet, !Ref B], SecurityGroups: [!Ref Sg]}}}}
  Port:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties: {{LoadBalancerArn: !Ref Alb, Protocol: HTTP, Port: 80, DefaultActions: [{{Type: forward, TargetGroupArn: !Ref Hosts}}]}}
  Hosts: {{Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {{VpcId: !Ref Vpc, Protocol: HTTP, Port: 80, Targets: [{{Id: !Ref Web}}]}}}}
  Acl: {{Type: AWS::EC2::NetworkAcl, Properties: {{VpcId: !Ref Vpc}}}}
  OfB: {{Type: AWS::EC2::SubnetNetworkAclAssociation, Properties: {{SubnetId: !Ref B, NetworkAclId: !Ref Acl}}}}
  In: {{Type: AWS::EC2::NetworkAclEntry, Properties: {{NetworkAclId: !Ref Acl, RuleNumber: 1, Protocol: -1, RuleAction: allow, CidrBlock: !ImportValue block}}}}
  Out: {{Type: AWS::EC2::NetworkAclEntry, Properties: {{NetworkAclId: !Ref Acl, RuleNumber: 1, Protocol: -1, RuleAction: allow, Egress: true, CidrBlock: 0.0.0.0/0}}}}
"""
)


def test_the_worst_way_into_a_vpc_counts_also_where_it_is_only_not_known(tmp_path):
    peers = f"{BY_LIST}}}, {{IpProtocol: tcp, FromPort: 80, ToPort: 80, CidrIp: 10.0.0.0/16"
    _, found = inside(tmp_path, peers, template=BEHIND_ALB)
    assert (found.verdict, found.missing) == ("unknown", ("import block",))


ACCESS = """
Resources:
  Files: {{Type: AWS::S3::Bucket, Properties: {{BucketName: files-of-a-site}}}}
  Control: {{Type: AWS::CloudFront::OriginAccessControl, Properties: {{OriginAccessControlConfig: {{SigningBehavior: {signing}}}}}}}
  Identity: {{Type: AWS::CloudFront::CloudFrontOriginAccessIdentity, Properties: {{CloudFrontOriginAccessIdentityConfig: {{Comment: x}}}}}}
  Policy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Files
      PolicyDocument: {{Statement: [{{Effect: Allow, Action: s3:GetObject, Resource: !Sub "${{Files.Arn}}/*", {principal}}}]}}
  Fn: {{Type: AWS::Lambda::Function, Properties: {{FunctionName: fn, Role: "arn:aws:iam::123456789012:role/r", Runtime: python3.13, Handler: a.b, Code: {{ZipFile: x}}}}}}
  Url: {{Type: AWS::Lambda::Url, Properties: {{TargetFunctionArn: !Ref Fn, AuthType: AWS_IAM}}}}
  Permission: {{Type: AWS::Lambda::Permission, Properties: {{FunctionName: !Ref Fn, Action: lambda:InvokeFunctionUrl, Principal: cloudfront.amazonaws.com, SourceArn: {arn}}}}}
  Edge:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Enabled: true
        Origins:
          - {{Id: files, DomainName: !GetAtt Files.RegionalDomainName, {access}}}
          - {{Id: url, DomainName: !Select [2, !Split ["/", !GetAtt Url.FunctionUrl]], OriginAccessControlId: !Ref Control, CustomOriginConfig: {{OriginProtocolPolicy: https-only}}}}
        OriginGroups: {{Quantity: 1, Items: [{{Id: both, FailoverCriteria: {{StatusCodes: {{Items: [403]}}}}, Members: {{Items: [{{OriginId: files}}, {{OriginId: url}}]}}}}]}}
        CacheBehaviors:
          - {{PathPattern: /url, TargetOriginId: url, ViewerProtocolPolicy: allow-all}}
          - {{PathPattern: /both, TargetOriginId: both, ViewerProtocolPolicy: allow-all}}
        DefaultCacheBehavior: {{TargetOriginId: files, ViewerProtocolPolicy: allow-all}}
"""
OWN = '!Sub "arn:aws:cloudfront::${AWS::AccountId}:distribution/${Edge}"'
OF_OTHERS = "arn:aws:cloudfront::123456789012:distribution/EOTHER"
BY_CONTROL = "OriginAccessControlId: !Ref Control, S3OriginConfig: {}"
BY_IDENTITY = 'S3OriginConfig: {OriginAccessIdentity: !Sub "origin-access-identity/cloudfront/${Identity}"}'
FOR_SERVICE = "Principal: {{Service: cloudfront.amazonaws.com}}, Condition: {{StringEquals: {{'AWS:SourceArn': {}}}}}"
FOR_IDENTITY = "Principal: {CanonicalUser: !GetAtt Identity.S3CanonicalUserId}"
IF_SERVICE = "Principal: {{Service: cloudfront.amazonaws.com}}, Condition: {{StringEquals: {{'{}': {}}}}}"
OVER_TLS = f"{FOR_IDENTITY}, Condition: {{Bool: {{'aws:SecureTransport': 'true'}}}}"


@pytest.mark.parametrize(
    ("path", "signing", "access", "principal", "arn", "verdict"),
    [
        ("/x", "always", BY_CONTROL, FOR_SERVICE.format(OWN), OWN, "reachable"),
        ("/x", "always", BY_CONTROL, FOR_SERVICE.format(OF_OTHERS), OWN, "blocked"),
        ("/x", "always", BY_CONTROL, IF_SERVICE.format("AWS:SourceAccount", "!Ref AWS::AccountId"), OWN, "reachable"),
        ("/x", "always", BY_CONTROL, IF_SERVICE.format("AWS:SourceAccount", "'111122223333'"), OWN, "blocked"),
        ("/x", "always", BY_CONTROL, IF_SERVICE.format("aws:PrincipalIsAWSService", "'false'"), OWN, "blocked"),
        ("/x", "always", BY_CONTROL, IF_SERVICE.format("aws:PrincipalServiceName", "s3.amazonaws.com"), OWN, "blocked"),
        ("/x", "no-override", BY_CONTROL, FOR_SERVICE.format(OWN), OWN, "reachable"),
        ("/x", "no-override", BY_CONTROL, FOR_SERVICE.format(OF_OTHERS), OWN, "blocked"),
        ("/x", "always", BY_CONTROL, FOR_IDENTITY, OWN, "blocked"),
        ("/x", "always", BY_IDENTITY, FOR_IDENTITY, OWN, "reachable"),
        ("/x", "always", BY_IDENTITY, FOR_SERVICE.format(OWN), OWN, "blocked"),
        ("/x", "always", BY_IDENTITY, OVER_TLS, OWN, "reachable"),
        ("/x", "always", BY_IDENTITY, OVER_TLS.replace("'true'", "'false'"), OWN, "blocked"),
        ("/url", "always", BY_CONTROL, FOR_IDENTITY, OWN, "reachable"),
        ("/url", "always", BY_CONTROL, FOR_IDENTITY, OF_OTHERS, "blocked"),
        ("/url", "never", BY_CONTROL, FOR_IDENTITY, OWN, "blocked"),
    ],
)
def test_access_to_origins(cloud_of, path, signing, access, principal, arn, verdict):
    cloud = cloud_of(ACCESS.format(signing=signing, access=access, principal=principal, arn=arn))
    host = cloud.names.distributions["Edge"].domain_name
    found = trace(cloud, parse(cloud, "internet", f"https://{host}{path}"))
    assert found.verdict == verdict
    told = edge_of(found, -1).rule
    if verdict == "blocked":
        assert (found.symptom.status, edge_codes(found)[-1]) == (403, "NETFUL_ORIGIN_ACCESS_DENIED")
        assert "does not" in told or "no permission admits Edge" in told
    else:
        assert "lets Edge read" in told or "a permission admits Edge" in told


def test_a_policy_with_an_unknown_condition_may_admit_a_distribution(cloud_of):
    principal = FOR_SERVICE.format("!ImportValue edge")
    cloud = cloud_of(ACCESS.format(signing="always", access=BY_CONTROL, principal=principal, arn=OWN))
    found = trace(cloud, parse(cloud, "internet", f"https://{cloud.names.distributions['Edge'].domain_name}/x"))
    assert found.verdict == "reachable"
    assert any("the policy of Files, which is not known" in text for text in found.assumptions)


@pytest.mark.parametrize(
    ("principal", "arn", "verdict", "second"),
    [
        (FOR_SERVICE.format(OWN), OF_OTHERS, "reachable", False),
        (FOR_SERVICE.format(OF_OTHERS), OWN, "reachable", True),
        (FOR_SERVICE.format(OF_OTHERS), OF_OTHERS, "blocked", False),
    ],
)
def test_the_second_origin_of_a_group_answers_where_the_first_is_refused(cloud_of, principal, arn, verdict, second):
    cloud = cloud_of(ACCESS.format(signing="always", access=BY_CONTROL, principal=principal, arn=arn))
    found = trace(cloud, parse(cloud, "internet", f"https://{cloud.names.distributions['Edge'].domain_name}/both"))
    assert found.verdict == verdict
    assert ("the first origin of the group fails as the group requires" in found.assumptions) is second
    assert any("files-of-a-site" in hop.rule for hop in found.hops) is not second


@pytest.mark.parametrize(
    ("method", "statuses", "verdict"),
    [
        ("GET ", "[403]", "reachable"),
        ("DELETE ", "[403]", "blocked"),
        ("", "[403]", "reachable"),
        ("", "[500]", "blocked"),
    ],
)
def test_only_what_the_group_names_and_repeats_fails_over(cloud_of, method, statuses, verdict):
    text = ACCESS.replace("[403]", statuses).replace(
        "/both, TargetOriginId: both", "/both, TargetOriginId: both, AllowedMethods: [GET, DELETE]"
    )
    cloud = cloud_of(text.format(signing="always", access=BY_CONTROL, principal=FOR_SERVICE.format(OF_OTHERS), arn=OWN))
    host = cloud.names.distributions["Edge"].domain_name
    assert trace(cloud, parse(cloud, "internet", f"{method}https://{host}/both")).verdict == verdict


WITH_SECOND = INSIDE.replace("!GetAtt ToWeb.Id}}}}]", "!GetAtt ToWeb.Id}}}}, {{Id: other, DomainName: other.example.com}}]").replace(
    "{{TargetOriginId: web, ViewerProtocolPolicy: allow-all}}",
    """{{TargetOriginId: both, ViewerProtocolPolicy: allow-all}}
        OriginGroups: {{Items: [{{Id: both, FailoverCriteria: {{StatusCodes: {{Items: [STATUS]}}}}, Members: {{Items: [{{OriginId: web}}, {{OriginId: other}}]}}}}]}}""",
)  # fmt: skip


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        ("500", "blocked"),
        ("502", "blocked"),
        ("504", "reachable"),
        ("503", "reachable"),
        ("500, !ImportValue status", "unknown"),
        ("504, !ImportValue status", "reachable"),
    ],
)
def test_an_origin_that_cannot_be_reached_fails_over_on_a_failure_of_gateways(tmp_path, status, verdict):
    template = WITH_SECOND.replace("STATUS", status)
    assert inside(tmp_path, "CidrIp: 10.9.0.0/16", template=template)[1].verdict == verdict


def test_a_function_url_with_one_of_two_permissions_is_an_assumption(cloud_of):
    cloud = cloud_of(ACCESS.format(signing="always", access=BY_CONTROL, principal=FOR_IDENTITY, arn=OWN))
    found = trace(cloud, parse(cloud, "internet", f"https://{cloud.names.distributions['Edge'].domain_name}/url"))
    assert any("lambda:InvokeFunction" in text for text in found.assumptions)


@pytest.mark.parametrize(("method", "assumes"), [("GET", False), ("POST", True), ("PUT", True)])
def test_the_hash_of_a_body_for_a_function_url_is_an_assumption(cloud_of, method, assumes):
    text = ACCESS.replace("/url, TargetOriginId: url,", "/url, TargetOriginId: url, AllowedMethods: [GET, PUT, POST],")
    cloud = cloud_of(text.format(signing="always", access=BY_CONTROL, principal=FOR_IDENTITY, arn=OWN))
    host = cloud.names.distributions["Edge"].domain_name
    found = trace(cloud, parse(cloud, "internet", f"{method} https://{host}/url"))
    assert found.verdict == "reachable"
    assert any("x-amz-content-sha256" in text for text in found.assumptions) is assumes


def test_a_bucket_that_is_asked_without_a_signature_is_an_assumption(cloud_of):
    cloud = cloud_of(
        ACCESS.format(signing="never", access=BY_CONTROL, principal=FOR_SERVICE.format(OF_OTHERS), arn=OWN)
    )
    found = trace(cloud, parse(cloud, "internet", f"https://{cloud.names.distributions['Edge'].domain_name}/x"))
    assert "the bucket files-of-a-site lets Edge read" in found.assumptions


def test_whether_a_control_that_is_not_loaded_signs_is_an_assumption(cloud_of):
    text = ACCESS.replace(
        "OriginAccessControlId: !Ref Control, CustomOriginConfig", "OriginAccessControlId: E1, CustomOriginConfig"
    )
    cloud = cloud_of(text.format(signing="always", access=BY_CONTROL, principal=FOR_IDENTITY, arn=OWN))
    found = trace(cloud, parse(cloud, "internet", f"https://{cloud.names.distributions['Edge'].domain_name}/url"))
    assert found.verdict == "reachable"
    assert "whether Edge signs requests is not known" in found.assumptions


@pytest.mark.parametrize(
    ("method", "path", "action", "verdict"),
    [
        ("HEAD", "/x", "s3:GetObject", "reachable"),
        ("PUT", "/x", "s3:GetObject", "blocked"),
        ("PUT", "/x", "s3:PutObject", "reachable"),
        ("GET", "/x", "s3:PutObject", "blocked"),
        ("DELETE", "/x", "s3:PutObject", "blocked"),
        ("GET", "/", "s3:GetObject", "blocked"),  # the list of the bucket
        ("GET", "/", "s3:ListBucket", "reachable"),
    ],
)
def test_the_method_is_the_action_on_a_bucket(cloud_of, method, path, action, verdict):
    text = ACCESS.replace("Action: s3:GetObject", f"Action: {action}").replace(
        'Resource: !Sub "${{Files.Arn}}/*"', "Resource: '*'"
    ).replace("DefaultCacheBehavior: {{", "DefaultCacheBehavior: {{AllowedMethods: [GET, HEAD, PUT, DELETE], ")  # fmt: skip
    cloud = cloud_of(text.format(signing="always", access=BY_CONTROL, principal=FOR_SERVICE.format(OWN), arn=OWN))
    host = cloud.names.distributions["Edge"].domain_name
    assert trace(cloud, parse(cloud, "internet", f"{method} https://{host}{path}")).verdict == verdict


def test_a_function_may_name_an_object_for_the_root(cloud_of):
    runs = "DefaultCacheBehavior: {{FunctionAssociations: [{{EventType: viewer-request, FunctionARN: f}}], "
    text = ACCESS.replace("DefaultCacheBehavior: {{", runs)
    cloud = cloud_of(text.format(signing="always", access=BY_CONTROL, principal=FOR_SERVICE.format(OWN), arn=OWN))
    host = cloud.names.distributions["Edge"].domain_name
    found = trace(cloud, parse(cloud, "internet", f"https://{host}/"))
    assert found.verdict == "reachable"
    assert any("functions of Edge" in text for text in found.assumptions)


def edge_codes(path):
    return [hop.code for hop in path.hops if hop.kind == "edge"]


BEFORE_API = """
Resources:
  Pool: {{Type: AWS::Cognito::UserPool, Properties: {{}}}}
  Api: {{Type: AWS::ApiGateway::RestApi, Properties: {{Name: api, EndpointConfiguration: {{Types: [REGIONAL]}}}}}}
  Signed: {{Type: AWS::ApiGateway::Authorizer, Properties: {{RestApiId: !Ref Api, Name: a, Type: COGNITO_USER_POOLS, IdentitySource: method.request.header.X-Token, ProviderARNs: [!GetAtt Pool.Arn]}}}}
  Get: {{Type: AWS::ApiGateway::Method, Properties: {{RestApiId: !Ref Api, ResourceId: !GetAtt Api.RootResourceId, HttpMethod: GET, {method}, Integration: {{Type: MOCK, IntegrationResponses: [{{StatusCode: 200}}]}}}}}}
  Deployment: {{Type: AWS::ApiGateway::Deployment, DependsOn: Get, Properties: {{RestApiId: !Ref Api}}}}
  Stage: {{Type: AWS::ApiGateway::Stage, Properties: {{RestApiId: !Ref Api, DeploymentId: !Ref Deployment, StageName: live}}}}
  Plan: {{Type: AWS::ApiGateway::UsagePlan, DependsOn: Stage, Properties: {{ApiStages: [{{ApiId: !Ref Api, Stage: live}}]}}}}
  Edge:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Enabled: true
        Origins: [{{Id: api, DomainName: !Sub "${{Api}}.execute-api.us-east-1.amazonaws.com", OriginPath: /live, CustomOriginConfig: {{OriginProtocolPolicy: https-only}}, OriginCustomHeaders: [{custom}]}}]
        DefaultCacheBehavior: {{TargetOriginId: api, ViewerProtocolPolicy: allow-all, CachePolicyId: 4135ea2d-6df8-44a3-9df3-4b5a84be39ad{policy}}}
"""
BY_KEY = "AuthorizationType: NONE, ApiKeyRequired: true"
BY_POOL = "AuthorizationType: COGNITO_USER_POOLS, AuthorizerId: !Ref Signed"
BUT_HOST = ", OriginRequestPolicyId: b689b0a8-53d0-40ab-baf2-68738e2966ac"


@pytest.mark.parametrize(
    ("method", "custom", "policy", "status"),
    [
        (BY_KEY, "", "", 403),
        (BY_KEY, "", BUT_HOST, None),
        (BY_KEY, "{HeaderName: X-Api-Key, HeaderValue: k}", "", None),
        (BY_POOL, "", "", 401),
        (BY_POOL, "", BUT_HOST, None),
        (BY_POOL, "", ", FunctionAssociations: [{EventType: viewer-request, FunctionARN: f}]", None),
    ],
)
@pytest.mark.parametrize("sent", ["", " x-token: t"])
def test_a_header_that_the_api_needs_and_the_distribution_keeps(cloud_of, method, custom, policy, status, sent):
    cloud = cloud_of(BEFORE_API.format(method=method, custom=custom, policy=policy))
    host = cloud.names.distributions["Edge"].domain_name
    found = trace(cloud, parse(cloud, "internet", f"https://{host}/{sent}"))
    assert found.symptom.status == status
    assert ("NETFUL_HEADER_NOT_FORWARDED" in [hop.code for hop in found.hops]) == (status is not None)


def test_a_token_of_a_get_is_not_forwarded_by_default(cloud_of):
    text = BEFORE_API.replace("X-Token", "Authorization").format(method=BY_POOL, custom="", policy="")
    cloud = cloud_of(text)
    host = cloud.names.distributions["Edge"].domain_name
    for sent in ("", " authorization: t"):
        found = trace(cloud, parse(cloud, "internet", f"https://{host}/{sent}"))
        assert "NETFUL_HEADER_NOT_FORWARDED" in [hop.code for hop in found.hops]


KEY = """
  Key: {Type: AWS::ApiGateway::ApiKey, Properties: {Enabled: true, Value: %s}}
  Bound: {Type: AWS::ApiGateway::UsagePlanKey, Properties: {KeyId: !Ref Key, KeyType: API_KEY, UsagePlanId: !Ref Plan}}
"""
FIRST = "key-of-twenty-or-more-characters"


@pytest.mark.parametrize(
    ("value", "sent", "verdict", "assumes"),
    [
        (FIRST, FIRST, "reachable", False),
        (FIRST, "another", "blocked", False),
        (FIRST, "!Ref Secret", "reachable", True),
        ("!Ref Secret", "another", "reachable", True),
    ],
)
def test_key_that_a_distribution_sends(cloud_of, value, sent, verdict, assumes):
    custom = f"{{HeaderName: X-Api-Key, HeaderValue: {sent}}}"
    text = BEFORE_API.format(method=BY_KEY, custom=custom, policy="") + KEY % value
    cloud = cloud_of("Parameters: {Secret: {Type: String}}\n" + text)
    host = cloud.names.distributions["Edge"].domain_name
    found = trace(cloud, parse(cloud, "internet", f"https://{host}/"))
    assert (found.verdict, found.symptom.status) == (verdict, 403 if verdict == "blocked" else None)
    assert any("API key" in text for text in found.assumptions) is assumes
