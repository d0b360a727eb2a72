"""VPC links, of both kinds, and what is behind them: load balancers and a Cloud Map service of one web server."""

from hypothesis import strategies as st

from tests.helpers.draw_apis.templates import att, mostly, ref, resource

_LB = "ElasticLoadBalancingV2"


def _balancer(kind, protocol, port):
    name = kind.title()
    group = f"{name}Tg"
    return {
        name: resource(f"{_LB}::LoadBalancer", Type=kind, Scheme="internal", Subnets=[ref("Subnet")], SecurityGroups=[ref("Sg")]),
        group: resource(f"{_LB}::TargetGroup", TargetType="instance", Protocol=protocol, Port=80, VpcId=ref("Vpc"), Targets=[{"Id": ref("Web")}]),
        f"{name}Listener": resource(
            f"{_LB}::Listener", LoadBalancerArn=ref(name), Port=port, Protocol=protocol, DefaultActions=[{"Type": "forward", "TargetGroupArn": ref(group)}]
        ),
    }  # fmt: skip


LINKS = {
    "Web": resource("EC2::Instance", ImageId="ami-1", SubnetId=ref("Subnet"), SecurityGroupIds=[ref("Sg")]),
    **_balancer("network", "TCP", 443),
    **_balancer("application", "HTTP", 80),
    "Space": resource("ServiceDiscovery::PrivateDnsNamespace", Name="in.example", Vpc=ref("Vpc")),
    "Service": resource("ServiceDiscovery::Service", Name="web", NamespaceId=ref("Space")),
    "Served": resource(
        "ServiceDiscovery::Instance", ServiceId=ref("Service"), InstanceAttributes={"AWS_INSTANCE_IPV4": att("Web", "PrivateIp"), "AWS_INSTANCE_PORT": "80"},
    ),
    "OldLink": resource("ApiGateway::VpcLink", Name="old", TargetArns=[ref("Network")]),
    "Link": resource("ApiGatewayV2::VpcLink", Name="new", SubnetIds=[ref("Subnet")], SecurityGroupIds=[ref("Sg")]),
}  # fmt: skip


@st.composite
def linked(draw):
    """The properties of an HTTP API's integration through a link."""
    ends = (ref("ApplicationListener"), ref("NetworkListener"), att("Service"))
    changes = (
        {"overwrite:path": "/x/$request.path"}, {"overwrite:path": "/fixed"}, {"append:querystring.q": "'1'", "overwrite:header.host": "in.example"},
        {"overwrite:path": "/$stageVariables.none/$request.path.id"}, {"remove:querystring.x": "''", "overwrite:querystring.y": "$request.querystring.x"},
    )  # fmt: skip
    return {
        "ConnectionType": "VPC_LINK",
        "ConnectionId": ref("Link"),
        "IntegrationUri": draw(st.sampled_from(ends)),
        "IntegrationMethod": draw(mostly("ANY", "GET")),
        "RequestParameters": draw(mostly(None, *changes)),
    }
