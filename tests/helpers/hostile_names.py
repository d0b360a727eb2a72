"""Names that act on whoever shows them, and a template that has one at every place where a name may be."""

import re
import unicodedata

PIECES = [
    "\x1b[2J\x1b]0;title\x07", "\x9b31m", "\x7f\x08\x08", "\r", "\n::error file=a,line=1::theirs", "\n✓ no findings",
    "\n##[error]theirs", "##vso[task.setvariable variable=a]b", "\n##teamcity[message text='a']", "::stop-commands::x",
    "\u202egnp.txt\u202c", "\u2066a\u2069", "\u200b\ufeff", "\u2028", "`", "``", "`\n\n# heading\n", "|", " | b | c |",
    "<img src=x onerror=alert(1)>", "<!-- netful diff -->", "-->", "]]>", "&amp;&lt;", "[a](https://example.com)",
    "![a](//example.com/a.png)", "@everyone", '"', "'", "\\", "\\n", '"] --> b["', "#quot;", "%%{init: {}}%%", "%[env(HOME)]",
    "';drop", "$(id)", "`id`", "${HOME}", "{{ 7*7 }}", "\t", "é", "日本", "/../../etc/passwd", "~~~", "**a**", "_a_",
]  # fmt: skip
CODE = """
import os

def handler(event, context):
    if event:
        import boto3
        boto3.client("ssm").get_parameter(Name="a")
    print(os.environ["NAME"])
    return os.environ["NAME"]
"""
_ATTRIBUTES = (
    "slow_start.duration_seconds",
    "stickiness.lb_cookie.duration_seconds",
    "stickiness.app_cookie.cookie_name",
)
_SHOWN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_COMMAND = re.compile(r"\s*::[a-z-]+(?:::|\s[^:]*)", re.IGNORECASE)  # at the beginning of a line: a command of GitHub's
_ANYWHERE = re.compile(r"##(?:\[|vso\[|teamcity\[)", re.IGNORECASE)


def acts(text):
    """What acts in a text: characters that are not shown, and lines that are commands of a CI service."""
    characters = [ascii(c) for c in text if c != "\n" and unicodedata.category(c) in _SHOWN]
    lines = [line for line in text.splitlines() if _COMMAND.match(line) or _ANYWHERE.search(line)]
    return characters + lines


def template(odd):
    """A template whose ids, names, tags, descriptions and paths end in this."""
    resources = {}

    def add(name, kind, **properties):
        resources[name + odd] = {"Type": f"AWS::{kind}", "Properties": properties}

    def ref(name):
        return {"Ref": name + odd}

    tags = [{"Key": "Name" + odd, "Value": "value" + odd}]
    add("Vpc", "EC2::VPC", CidrBlock="10.0.0.0/16", EnableDnsHostnames=True, Tags=tags)
    for n, zone in enumerate("ab"):
        add(
            f"Subnet{n}",
            "EC2::Subnet",
            VpcId=ref("Vpc"),
            CidrBlock=f"10.0.{n}.0/24",
            AvailabilityZone=f"us-east-1{zone}",
        )
    add("Table", "EC2::RouteTable", VpcId=ref("Vpc"), Tags=tags)
    add("OfTable", "EC2::SubnetRouteTableAssociation", SubnetId=ref("Subnet0"), RouteTableId=ref("Table"))
    add("Acl", "EC2::NetworkAcl", VpcId=ref("Vpc"))
    for egress in (False, True):
        add(f"Entry{int(egress)}", "EC2::NetworkAclEntry", NetworkAclId=ref("Acl"), RuleNumber=100, Protocol=-1, RuleAction="allow",
            Egress=egress, CidrBlock="0.0.0.0/0")  # fmt: skip
    add("OfAcl", "EC2::SubnetNetworkAclAssociation", SubnetId=ref("Subnet1"), NetworkAclId=ref("Acl"))
    add("Group", "EC2::SecurityGroup", VpcId=ref("Vpc"), GroupDescription="group" + odd, GroupName="group" + odd,
        SecurityGroupIngress=[{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": "0.0.0.0/0", "Description": odd},
                              {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "CidrIp": "10.0.0.0/16"}])  # fmt: skip
    for name in ("Fn", "Other"):
        add(name, "Lambda::Function", FunctionName=name + odd, Description="says" + odd, Runtime="python3.13", Handler="index.handler",
            Code={"ZipFile": CODE}, Role="arn:aws:iam::123456789012:role/a", Tags=tags,
            Environment={"Variables": {"NAME": "value" + odd, "DB": {"Fn::GetAtt": ["Db" + odd, "Endpoint.Address"]}}},
            VpcConfig={"SubnetIds": [ref("Subnet0")], "SecurityGroupIds": [ref("Group")]})  # fmt: skip
    add("Db", "RDS::DBInstance", DBInstanceIdentifier="db" + odd, Engine="postgres", DBInstanceClass="db.t3.micro", AllocatedStorage="20",
        VPCSecurityGroups=[ref("Group")], DBSubnetGroupName=ref("Place"), PubliclyAccessible=False)  # fmt: skip
    add("Place", "RDS::DBSubnetGroup", DBSubnetGroupDescription=odd, SubnetIds=[ref("Subnet0"), ref("Subnet1")])
    add("Api", "ApiGateway::RestApi", Name="api" + odd, Description="api" + odd)
    add("Path", "ApiGateway::Resource", RestApiId=ref("Api"), ParentId={"Fn::GetAtt": ["Api" + odd, "RootResourceId"]},
        PathPart="path" + odd)  # fmt: skip
    add("Get", "ApiGateway::Method", RestApiId=ref("Api"), ResourceId=ref("Path"), HttpMethod="GET", AuthorizationType="NONE",
        Integration={"Type": "MOCK"})  # fmt: skip
    add("Deployment", "ApiGateway::Deployment", RestApiId=ref("Api"))
    add(
        "Stage",
        "ApiGateway::Stage",
        RestApiId=ref("Api"),
        DeploymentId=ref("Deployment"),
        StageName="live",
        Description=odd,
        Tags=tags,
    )
    _balancer(add, ref, odd)
    return {
        "Description": "text" + odd,
        "Parameters": {"Given" + odd: {"Type": "String", "Description": odd}},
        "Resources": resources,
        "Outputs": {"Out" + odd: {"Value": ref("Vpc"), "Description": odd}},
    }


def _balancer(add, ref, odd):
    subnets, groups = [ref("Subnet0"), ref("Subnet1")], [ref("Group")]
    add(
        "Lb",
        "ElasticLoadBalancingV2::LoadBalancer",
        Name="lb" + odd,
        Scheme="internal",
        Subnets=subnets,
        SecurityGroups=groups,
        LoadBalancerAttributes=[{"Key": "idle_timeout.timeout_seconds", "Value": odd}],
    )
    add("Targets", "ElasticLoadBalancingV2::TargetGroup", Name="tg" + odd, VpcId=ref("Vpc"), Protocol="HTTP", Port=80, TargetType="ip",
        Targets=[{"Id": "10.0.0.9", "Port": 80}], HealthCheckPath="/" + odd, Matcher={"HttpCode": "200" + odd},
        TargetGroupAttributes=[{"Key": key, "Value": odd} for key in _ATTRIBUTES])  # fmt: skip
    forward = [{"Type": "forward", "TargetGroupArn": ref("Targets")}]
    add(
        "Listener",
        "ElasticLoadBalancingV2::Listener",
        LoadBalancerArn=ref("Lb"),
        Port=80,
        Protocol="HTTP",
        DefaultActions=forward,
    )
    fields = {
        "path-pattern": {"PathPatternConfig": {"Values": ["/" + odd, "-f", "-" + odd]}},
        "host-header": {"HostHeaderConfig": {"Values": ["host" + odd]}},
        "http-header": {"HttpHeaderConfig": {"HttpHeaderName": "x" + odd, "Values": [odd, "-f"]}},
        "query-string": {"QueryStringConfig": {"Values": [{"Key": "a" + odd, "Value": "-f"}]}},
        "http-request-method": {"HttpRequestMethodConfig": {"Values": ["-f", odd, "}"]}},
        "source-ip": {"SourceIpConfig": {"Values": ["-f", "}", odd, "10.0.0.0/8"]}},
    }
    answer = {"StatusCode": "200", "ContentType": "text/plain" + odd, "MessageBody": odd}
    redirect = {"StatusCode": "HTTP_301", "Host": "host" + odd, "Path": "/" + odd, "Query": "a" + odd}
    actions = [
        [{"Type": "fixed-response", "FixedResponseConfig": answer}],
        [{"Type": "redirect", "RedirectConfig": redirect}],
        forward,
    ]
    for n, (field, config) in enumerate(fields.items()):
        add(f"Rule{n}", "ElasticLoadBalancingV2::ListenerRule", ListenerArn=ref("Listener"), Priority=n + 1, Actions=actions[n % 3],
            Conditions=[{"Field": field, **config}])  # fmt: skip
