import gzip
import re
from dataclasses import replace
from ipaddress import IPv4Address
from pathlib import Path

import botocore
import pytest

from netful.engine.names import endpoint_names
from netful.engine.names.resolution import resolve
from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.model.apis.api import ApiEndpointType, RestApi
from netful.model.core import Resource, Unknown
from netful.model.names import service_names
from netful.model.names.hosted_zones import HostedZone
from netful.model.network import addresses
from netful.model.network.vpc_endpoints import EndpointType, VpcEndpoint, VpcEndpointService
from tests.helpers.small_clouds import cloud, endpoint, eni

SSM = "ssm.us-east-1.amazonaws.com"
PUBLIC_SSM = addresses.service_address(service_names.service("ssm"), "us-east-1")


def test_private_dns_gives_every_interface_of_the_endpoint():
    answer = resolve(cloud(endpoint(subnets=("A", "B"))), "Vpc", SSM)
    assert [str(address) for address in answer.addresses] == ["10.0.1.4", "10.0.2.4"]
    assert (answer.status, answer.zone, answer.endpoint_id) == ("NOERROR", "private DNS of Ssm", "Ssm")


@pytest.mark.parametrize(
    ("name", "code", "region"),
    [
        ("s3.amazonaws.com", "s3", "us-east-1"),
        ("orders.s3.amazonaws.com", "s3", "us-east-1"),
        ("s3-external-1.amazonaws.com", "s3", "us-east-1"),
        ("s3-eu-west-1.amazonaws.com", "s3", "eu-west-1"),
        ("eu-west-1.queue.amazonaws.com", "sqs", "eu-west-1"),
        ("queue.amazonaws.com", "sqs", "us-east-1"),
        ("sts.amazonaws.com", "sts", "us-east-1"),
        ("s3.dualstack.eu-west-1.amazonaws.com", "s3", "eu-west-1"),
        ("orders.s3.dualstack.eu-west-1.amazonaws.com", "s3", "eu-west-1"),
        ("orders.s3-fips.us-east-1.amazonaws.com", "s3", "us-east-1"),
    ],
)
def test_names_of_before_lead_to_their_services(name, code, region):
    answer = resolve(cloud(), "Vpc", name)
    assert answer.addresses == (addresses.service_address(service_names.service(code), region),)


@pytest.mark.parametrize(("kind", "code"), [("EDGE", "cloudfront"), ("REGIONAL", "execute-api")])
def test_edge_optimized_api_is_reached_by_cloudfront(kind, code):
    api = RestApi("Orders", "orders", ApiEndpointType(kind))
    answer = resolve(cloud().having(rest_apis={"Orders": api}), None, "orders.execute-api.us-east-1.amazonaws.com")
    assert answer.addresses == (addresses.service_address(service_names.service(code), "us-east-1"),)


def test_names_are_case_insensitive_and_may_end_in_a_dot():
    answer = resolve(cloud(endpoint()), "Vpc", "SSM.us-east-1.amazonaws.com.")
    assert answer.endpoint_id == "Ssm"


@pytest.mark.parametrize(
    ("given", "remedy"),
    [
        (cloud(endpoint(private_dns=False)), "`PrivateDnsEnabled: true` on `Ssm`"),
        (cloud(endpoint(), enable_dns_hostnames=False), "`EnableDnsHostnames: true` on `Vpc`"),
    ],
)
def test_an_endpoint_without_private_dns_is_passed_by(given, remedy):
    answer = resolve(given, "Vpc", SSM)
    assert answer.addresses == (PUBLIC_SSM,)
    assert answer.code == "NETFUL_DNS_RESOLVES_PUBLIC"
    assert remedy in answer.remedy


OFFERED = "com.amazonaws.vpce.us-east-1.vpce-svc-1"


def with_own_service(private_dns_name="api.acme.com", service_name=OFFERED, **attributes):
    service = VpcEndpointService("Offered", OFFERED, private_dns_name=private_dns_name)
    consumer = replace(endpoint("Ep", ""), service_name=service_name)
    return cloud(consumer, **attributes).having(vpc_endpoint_services={"Offered": service})


@pytest.mark.parametrize(
    ("covered", "name"),
    [("api.acme.com", "API.acme.com"), ("*.acme.com", "a.acme.com"), ("Api.Acme.com", "api.acme.com")],
)
def test_private_dns_of_an_own_service_gives_the_endpoint(covered, name):
    answer = resolve(with_own_service(covered), "Vpc", name)
    assert (answer.endpoint_id, [str(one) for one in answer.addresses]) == ("Ep", ["10.0.1.4"])
    assert any("verified" in text for text in answer.assumptions)


@pytest.mark.parametrize(
    ("given", "doubtful"),
    [
        (with_own_service(), False),
        (with_own_service(None), True),
        (with_own_service(Unknown("not known")), True),
        (with_own_service(service_name="com.amazonaws.vpce.us-east-1.vpce-svc-2"), True),
        (with_own_service(Unknown("not known"), enable_dns_hostnames=False), False),
    ],
)
def test_other_names_stay_public_past_the_private_dns_of_a_service(given, doubtful):
    answer = resolve(given, "Vpc", "www.acme.com")
    assert (answer.status, answer.endpoint_id) == ("NOERROR", None)
    assert any("private DNS of Ep" in text for text in answer.assumptions) is doubtful


UNKNOWN_NAMES = Unknown("not known")


@pytest.mark.parametrize(
    ("given", "name"),
    [
        (with_own_service(UNKNOWN_NAMES), "sqs.us-east-1.amazonaws.com"),
        (with_own_service(UNKNOWN_NAMES), "orders.abc.us-east-1.rds.amazonaws.com"),
        (with_own_service(UNKNOWN_NAMES), "abc.lambda-url.us-east-1.on.aws"),
        (with_own_service(UNKNOWN_NAMES, service_name=UNKNOWN_NAMES), "www.acme.com"),
        (cloud(endpoint(), replace(endpoint("Ep", ""), service_name=OFFERED)), SSM),
    ],
)
def test_names_of_aws_are_past_the_private_dns_of_other_services(given, name):
    assert not any("private DNS of Ep" in text for text in resolve(given, "Vpc", name).assumptions)


@pytest.mark.parametrize(
    ("code", "host"),
    [
        ("eks-auth", "eks-auth.us-east-1.api.aws"),
        ("bedrock-agentcore.gateway", "tools-1.gateway.bedrock-agentcore.us-east-1.amazonaws.com"),
    ],
)
def test_names_that_do_not_follow_from_the_code_of_a_service(code, host):
    made = cloud(endpoint("Ep", code), endpoint("Other", "bedrock-agentcore"))
    assert resolve(made, "Vpc", host).endpoint_id == "Ep"


def test_a_name_that_a_private_zone_lacks_may_be_that_of_a_service():
    zone = HostedZone("Zone", "acme.com", ("Vpc",))
    made = with_own_service(UNKNOWN_NAMES)
    enis = {**made.network.network_interfaces, "eni-Web": eni("eni-Web")}
    made = made.having(hosted_zones={"Zone": zone}, network_interfaces=enis)
    found = trace(made, parse(made, "eni-Web", "https://www.acme.com"))
    assert found.verdict == "blocked"
    assert any("private DNS of Ep" in text for text in found.assumptions)


@pytest.mark.parametrize("private_dns", [True, False])
@pytest.mark.parametrize("type_", [EndpointType.RESOURCE, EndpointType.SERVICE_NETWORK, EndpointType.INTERFACE])
def test_a_name_that_nothing_has_may_be_that_of_an_endpoint_of_others(type_, private_dns):
    service = OFFERED if type_ is EndpointType.INTERFACE else ""
    shared = replace(endpoint("Ep", ""), type=type_, service_name=service, private_dns_enabled=private_dns)
    answer = resolve(cloud(shared), "Vpc", "db.partner.test")
    unknown = ("UNKNOWN", ("the names that the private DNS of Ep covers",))
    assert (answer.status, answer.missing) == (unknown if private_dns else ("NXDOMAIN", ()))
    assert resolve(cloud(shared), "Vpc", "db.partner.test.ec2.internal").status == "NXDOMAIN"


def test_private_dns_is_seen_only_from_its_own_vpc():
    assert resolve(cloud(endpoint()), None, SSM).addresses == (PUBLIC_SSM,)


def test_without_dns_support_nobody_answers():
    answer = resolve(cloud(endpoint(), enable_dns_support=False), "Vpc", SSM)
    assert (answer.status, answer.addresses, answer.code) == ("TIMEOUT", (), "NETFUL_DNS_NO_RESOLVER")


def test_endpoint_specific_names_are_public():
    given = cloud(endpoint(subnets=("A", "B"), private_dns=False))
    ssm = given.network.vpc_endpoints["Ssm"]
    regional = endpoint_names.regional_name(given, ssm)
    assert regional.startswith(f"{given.aws_id('Ssm')}-")
    assert regional.endswith(".ssm.us-east-1.vpce.amazonaws.com")
    for vpc_id in ("Vpc", None):
        assert [str(a) for a in resolve(given, vpc_id, regional).addresses] == ["10.0.1.4", "10.0.2.4"]
    zonal = endpoint_names.zonal_name(given, ssm, "us-east-1b")
    assert resolve(given, None, zonal).addresses == (IPv4Address("10.0.2.4"),)


def test_endpoint_ids_that_differ_in_case_have_different_names():
    given = cloud(endpoint("Ssm"), endpoint("SSM"))
    names = {endpoint_names.regional_name(given, e) for e in given.network.vpc_endpoints.values()}
    assert len(names) == 2


def test_execute_api_captures_every_api_of_the_region():
    given = cloud(endpoint("Api", "execute-api"))
    assert resolve(given, "Vpc", "abc123.execute-api.us-east-1.amazonaws.com").endpoint_id == "Api"
    assert resolve(given, "Vpc", "abc123.execute-api.eu-west-1.amazonaws.com").endpoint_id is None
    assert resolve(given, None, "abc123-vpce-api.execute-api.us-east-1.amazonaws.com").endpoint_id == "Api"


@pytest.mark.parametrize("name", ["db.internal", "web", "x.invalid", "a..example.com", "ip-10-0-1-77.ec2.internal"])
def test_names_that_do_not_exist(name):
    answer = resolve(cloud(), "Vpc", name)
    assert (answer.status, answer.code) == ("NXDOMAIN", "NETFUL_DNS_NXDOMAIN")


def test_any_other_public_name_exists():
    assert resolve(cloud(), "Vpc", "example.com").addresses == (addresses.host_address("example.com"),)


@pytest.mark.parametrize("vpc_ids", [(), ("Other",)])
def test_a_public_name_in_the_domain_of_a_zone_that_does_not_answer_is_an_assumption(vpc_ids):
    named = cloud().having(hosted_zones={"Zone": HostedZone("Zone", "shop.example.com", vpc_ids)})
    found = [resolve(named, "Vpc", name) for name in ("www.shop.example.com", "www.example.com")]
    assert [(answer.status, len(answer.assumptions)) for answer in found] == [("NOERROR", 1), ("NOERROR", 0)]


@pytest.mark.parametrize(
    ("name", "assumed"),
    [
        ("lambda.us-east-1.api.aws", True),
        ("s3.dualstack.us-east-1.amazonaws.com", True),
        ("orders.s3.dualstack.us-east-1.amazonaws.com", True),
        ("lambda.us-east-1.amazonaws.com", False),
        ("example.com", False),
    ],
)
def test_dual_stack_names_of_aws_have_ipv4_alone_by_assumption(name, assumed):
    answer = resolve(cloud(), "Vpc", name)
    assert (len(answer.addresses), bool(answer.assumptions)) == (1, assumed)


@pytest.mark.parametrize(
    ("private_dns", "name", "status"),
    [
        (True, "ssm.us-east-1.api.aws", "UNKNOWN"),
        (True, "ssm.eu-west-1.api.aws", "NOERROR"),
        (True, "sqs.us-east-1.api.aws", "NOERROR"),
        (False, "ssm.us-east-1.api.aws", "NOERROR"),
    ],
)
def test_whether_private_dns_covers_the_dual_stack_name_of_a_service_is_not_known(private_dns, name, status):
    assert resolve(cloud(endpoint(private_dns=private_dns)), "Vpc", name).status == status


def test_interface_names():
    given = cloud(eni("eni-Web", address="10.0.1.9", public_ip=IPv4Address("203.0.113.7")))
    public = "ec2-203-0-113-7.compute-1.amazonaws.com"
    assert [str(a) for a in resolve(given, "Vpc", "ip-10-0-1-9.ec2.internal").addresses] == ["10.0.1.9"]
    assert [str(a) for a in resolve(given, "Vpc", public).addresses] == ["10.0.1.9"]
    assert [str(a) for a in resolve(given, None, public).addresses] == ["203.0.113.7"]


def test_the_name_of_an_address_is_more_specific_than_a_zone_above_it():
    given = eni("eni-Web", address="10.0.1.9", public_ip=IPv4Address("203.0.113.7"))
    above, exact = (cloud(given, HostedZone("Z", name, ("Vpc",))) for name in ("internal", "ec2.internal"))
    assert [str(a) for a in resolve(above, "Vpc", "ip-10-0-1-9.ec2.internal").addresses] == ["10.0.1.9"]
    assert resolve(exact, "Vpc", "ip-10-0-1-9.ec2.internal").status == "NXDOMAIN"
    public = cloud(given, HostedZone("Z", "amazonaws.com", ("Vpc",)))
    assert resolve(public, "Vpc", "ec2-203-0-113-7.compute-1.amazonaws.com").status == "NXDOMAIN"


def test_a_service_that_is_none_may_be_called_anything():
    assert service_names.service("{x}.y").private_names("eu-west-1") == ("y.{x}.eu-west-1.amazonaws.com",)


def test_the_data_of_iot_is_a_known_service():
    assert service_names.is_listed("iot.data")


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("ecs-agent", "ecs-a.eu-west-1.amazonaws.com"),
        ("ecs-telemetry", "ecs-t.eu-west-1.amazonaws.com"),
        ("memorydb", "memory-db.eu-west-1.amazonaws.com"),
        ("airflow.env", "env.airflow.eu-west-1.amazonaws.com"),
        ("iot.data", "data.iot.eu-west-1.amazonaws.com"),
        ("iot-data", "data.iot.eu-west-1.amazonaws.com"),
        ("streams.dynamodb", "streams.dynamodb.eu-west-1.amazonaws.com"),
        ("iotsitewise.data", "data.iotsitewise.eu-west-1.amazonaws.com"),
    ],
)
def test_a_private_name_that_does_not_follow_from_the_code(code, name):
    assert service_names.service(code).private_names("eu-west-1") == (name,)


def test_hosts_are_those_that_sdks_call():
    loader = botocore.session.get_session().get_component("data_loader")
    partition = loader.load_data("endpoints")["partitions"][0]
    expected = {code: _host(partition, code) for code in partition["services"] if code in service_names.SERVICES}
    assert len(expected) > 80
    assert {code: service_names.service(code).host("us-east-1") for code in expected} == expected


@pytest.mark.parametrize(("number", "region"), [(1, "cn-north-1"), (2, "us-gov-west-1")])
def test_hosts_that_sdks_call_in_other_partitions_lead_to_their_services(number, region):
    loader = botocore.session.get_session().get_component("data_loader")
    partition = loader.load_data("endpoints")["partitions"][number]
    listed = partition["services"].keys() & service_names.SERVICES.keys() - {
        "eks-auth",
        "internetmonitor",
    }  # have one more suffix
    found = {code: service_names.service_of_host(_host(partition, code, region)) for code in listed}
    assert len(found) > 50
    assert {code: service and service[0].code for code, service in found.items()} == {code: code for code in listed}


def _host(partition, code, region="us-east-1"):
    """The host of a service in a region, as botocore's table says it."""
    service = partition["services"][code]
    endpoints = service["endpoints"]
    regional = endpoints.get(region) or endpoints.get(service.get("partitionEndpoint"), {})
    template = {**partition["defaults"], **service.get("defaults", {}), **regional}["hostname"]
    return template.format(service=code, region=region, dnsSuffix=partition["dnsSuffix"])


def test_names_of_lattice_are_not_public():
    name = "vpce-0123-snra-4.rcfg-5.abc.vpc-lattice-rsc.us-east-1.on.aws"
    answer = resolve(cloud(), "Vpc", name)
    assert (answer.status, answer.missing) == ("UNKNOWN", (f"the endpoint that {name} names",))
    assert resolve(cloud(), "Vpc", "svc-1.abc.vpc-lattice-svcs.us-east-1.on.aws").status == "UNKNOWN"


@pytest.mark.parametrize(
    ("source", "verdict"), [("internet", "blocked"), ("on-premises", "unknown"), ("eni-Web", "unknown")]
)
@pytest.mark.parametrize("target", ["https://vpce-0123-9.ssm.us-east-1.vpce.amazonaws.com", "Shop"])
def test_the_internet_does_not_reach_names_of_endpoints_and_lattice(source, verdict, target):
    made = cloud(eni("eni-Web")).having(resources={"Shop": Resource("Shop", "AWS::VpcLattice::Service")})
    assert trace(made, parse(made, source, target)).verdict == verdict


@pytest.mark.parametrize("kind", [EndpointType.RESOURCE, EndpointType.SERVICE_NETWORK])
def test_private_dns_of_an_endpoint_of_resources_is_an_assumption(kind):
    shared = VpcEndpoint("Shared", "Vpc", "", "", kind, ("A",), private_dns_enabled=True)
    assert resolve(cloud(shared), "Vpc", "db.example.com").assumptions == (
        "the private DNS of Shared does not cover db.example.com",
    )
    assert resolve(cloud(shared), None, "db.example.com").assumptions == ()
    made = cloud(shared, eni("eni-web", address="10.0.1.50"))
    assert trace(made, parse(made, "web", "Shared:tcp/5432")).verdict == "unknown"


@pytest.mark.parametrize("code", ["iot.data", "ecr.api", "sagemaker.runtime", "ssm"])
def test_a_code_may_be_written_as_in_the_host(code):
    assert service_names.service(".".join(reversed(code.split(".")))).code == code


def models():
    """Yield the name of each service in botocore, and the beginning of its latest model, which has the metadata."""
    for folder in sorted(Path(botocore.__file__).with_name("data").iterdir()):
        for model in sorted(folder.glob("*/service-2.json.gz"))[-1:]:
            with gzip.open(model, "rt", encoding="utf-8") as text:
                yield folder.name, text.read(2000)


def test_the_sdks_names_of_services_lead_to_the_sdks_addresses():
    """botocore's models are the oracle: a client's name means the listed service whose name its requests have."""
    wrong, known = {}, 0
    for name, model in models():
        prefix = re.search(r'"endpointPrefix": *"([^"]+)"', model)[1]
        host = f"{prefix}.eu-west-1.amazonaws.com"
        listed = [one.code for one in service_names.SERVICES.values() if host == one.host("eu-west-1")]
        known += bool(listed)
        if listed and service_names.service(name).code not in listed:
            wrong[name] = listed
    assert (known > 100, wrong) == (True, {})


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("internal-front-123456789.us-east-1.elb.amazonaws.com", "UNKNOWN"),
        ("front-123456789.us-east-1.elb.amazonaws.com", "NOERROR"),
        ("front-0123456789abcdef.elb.us-east-1.amazonaws.com", "UNKNOWN"),
        ("internal-tools.example.com", "NOERROR"),
    ],
)
def test_a_load_balancer_that_is_not_loaded(host, status):
    """The addresses of an internal one are private, and the name of a network load balancer does not tell whether it is internal."""
    assert resolve(cloud(), "Vpc", host).status == status


@pytest.mark.parametrize(
    ("host", "status", "private"),
    [
        ("db.abcdefghijkl.ap-northeast-1.rds.amazonaws.com", "UNKNOWN", False),
        ("db.cluster-ro-abcdefghijkl.us-east-1.rds.amazonaws.com", "UNKNOWN", False),
        ("db.abcdefghijkl.rds.cn-north-1.amazonaws.com.cn", "UNKNOWN", False),
        ("rds.us-east-1.amazonaws.com", "NOERROR", False),
        ("db.cluster-abcdefghijkl.us-east-1.docdb.amazonaws.com", "UNKNOWN", True),
        ("shop-123456789012.us-east-1.docdb-elastic.amazonaws.com", "UNKNOWN", True),
        ("docdb-elastic.us-east-1.amazonaws.com", "NOERROR", False),
        ("graph.cluster-abcdefghijkl.us-east-1.neptune.amazonaws.com", "UNKNOWN", False),
        ("group.123456789012.us-east-1.redshift-serverless.amazonaws.com", "UNKNOWN", False),
        ("master.shop.abc123.use1.cache.amazonaws.com", "UNKNOWN", True),
        ("elasticache.us-east-1.amazonaws.com", "NOERROR", False),
        ("clustercfg.shop.abc123.memorydb.us-east-1.amazonaws.com", "UNKNOWN", True),
        ("memory-db.us-east-1.amazonaws.com", "NOERROR", False),
        ("vpc-search-abcdefghijkl.us-east-1.es.amazonaws.com", "UNKNOWN", True),
        ("search-search-abcdefghijkl.us-east-1.es.amazonaws.com", "NOERROR", False),
        ("b-12345678-1234-1.mq.us-east-1.amazonaws.com", "UNKNOWN", False),
        ("mq.us-east-1.amazonaws.com", "NOERROR", False),
        ("b-1.events.abc123.c2.kafka.us-east-1.amazonaws.com", "UNKNOWN", False),
        ("kafka.us-east-1.amazonaws.com", "NOERROR", False),
        ("fs-0123456789abcdef0.efs.us-east-1.amazonaws.com", "UNKNOWN", True),
    ],
)
def test_a_resource_of_a_vpc_that_is_not_loaded(host, status, private):
    found = [resolve(cloud(), vpc_id, host) for vpc_id in ("Vpc", None)]
    assert {(one.status, one.private) for one in found} == {(status, private)}


@pytest.mark.parametrize("service", ["elasticache", "elasticfilesystem"])
def test_private_dns_of_an_endpoint_covers_no_cache_and_no_file_system(service):
    covered = service_names.service(service).private_names("us-east-1")
    assert covered == (f"{service}.us-east-1.amazonaws.com",)


MOUNTED = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Other: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.1.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: us-east-1a}}
  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.2.0/24, AvailabilityZone: us-east-1b}}
  Files: {Type: AWS::EFS::FileSystem}
  Empty: {Type: AWS::EFS::FileSystem}
  InA: {Type: AWS::EFS::MountTarget, Properties: {FileSystemId: !Ref Files, SubnetId: !Ref A, SecurityGroups: [sg-1]}}
  InB: {Type: AWS::EFS::MountTarget, Properties: {FileSystemId: !Ref Files, SubnetId: !Ref B, SecurityGroups: [sg-1]}}
"""


@pytest.mark.parametrize(
    ("vpc", "system", "zone", "given"),
    [
        ("Vpc", "Files", "", ["10.0.1.4", "10.0.2.4"]),
        ("Vpc", "Files", "us-east-1b.", ["10.0.2.4"]),
        ("Vpc", "Files", "us-east-1c.", []),
        ("Other", "Files", "", []),
        (None, "Files", "", []),
        ("Vpc", "Empty", "", []),
    ],
)
def test_the_name_of_a_file_system(cloud_of, vpc, system, zone, given):
    loaded = cloud_of(MOUNTED)
    found = resolve(loaded, vpc, f"{zone}{loaded.aws_id(system)}.efs.us-east-1.amazonaws.com")
    assert [str(one) for one in found.addresses] == given
    assert found.status == ("NOERROR" if given else "NXDOMAIN")


@pytest.mark.parametrize(
    ("properties", "vpc", "status", "missing"),
    [
        ("FileSystemId: !Ref Empty, SubnetId: !Ref Which", "Vpc", "UNKNOWN", ("Which",)),
        ("FileSystemId: !Ref Empty, SubnetId: !Ref Which", None, "NXDOMAIN", ()),
        ("FileSystemId: !Ref Empty, SubnetId: subnet-0a1b2c3d", "Vpc", "UNKNOWN", ("the address of More",)),
        ("FileSystemId: !Ref Which, SubnetId: !Ref A", "Vpc", "UNKNOWN", ("Which",)),
        ("FileSystemId: !Ref Empty, SubnetId: !Ref C, IpAddressType: IPV6_ONLY", "Vpc", "NOERROR", ()),
    ],
)
def test_the_name_of_a_file_system_with_mount_targets_that_are_not_known(cloud_of, properties, vpc, status, missing):
    own = f"""
  Six: {{Type: AWS::EC2::VPCCidrBlock, Properties: {{VpcId: !Ref Vpc, Ipv6CidrBlock: '2001:db8:0:100::/56', Ipv6Pool: p}}}}
  C: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Vpc, CidrBlock: 10.0.3.0/24, Ipv6CidrBlock: '2001:db8:0:100::/64'}}}}
  More: {{Type: AWS::EFS::MountTarget, Properties: {{{properties}}}}}
"""
    loaded = cloud_of("Parameters: {Which: {Type: String}}" + MOUNTED + own)
    found = resolve(loaded, vpc, f"{loaded.aws_id('Empty')}.efs.us-east-1.amazonaws.com")
    assert (found.status, found.missing) == (status, missing)
    assert bool(found.ipv6_addresses) == (status == "NOERROR")
