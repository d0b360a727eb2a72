import pytest

from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.model.network.network_interface import InterfaceOwner
from netful.sources import load
from tests.helpers.small_clouds import cloud, eni, group

CLOSED = group("Sg", egress=())
WEB = eni("eni-web", address="10.0.1.10")
TASK = eni("eni-task", address="10.0.1.11", owner=InterfaceOwner.SERVICE)


def verdict(from_, to, **vpc):
    made = cloud(CLOSED, WEB, TASK, **vpc)
    return trace(made, parse(made, from_, to)).verdict


@pytest.mark.parametrize(
    ("to", "expected"),
    [
        ("10.0.0.2:udp/53", "reachable"),
        ("169.254.169.253:tcp/53", "reachable"),
        ("169.254.169.254:tcp/80", "reachable"),
        ("169.254.169.123:udp/123", "reachable"),
        ("169.254.169.254:tcp/443", "blocked"),
        ("10.0.1.2:udp/53", "blocked"),
    ],
)
def test_services_that_no_group_filters(to, expected):
    assert verdict("web", to) == expected


@pytest.mark.parametrize(
    ("to", "expected"),
    [
        ("169.254.1.1:tcp/80", "blocked"),
        ("127.0.0.1:tcp/80", "blocked"),
        ("240.0.0.1:tcp/80", "blocked"),
        ("169.254.171.7:tcp/443", "unknown"),
        ("224.0.0.251:udp/5353", "unknown"),
    ],
)
def test_addresses_that_no_network_carries(to, expected):
    assert verdict("web", to) == expected


@pytest.mark.parametrize(
    ("source", "to", "expected"),
    [
        ("task", "169.254.169.254:tcp/80", "blocked"),
        ("task", "169.254.170.2:tcp/80", "reachable"),
        ("web", "169.254.170.2:tcp/80", "blocked"),
    ],
)
def test_metadata_is_for_its_own_kind_of_owner(source, to, expected):
    assert verdict(source, to) == expected


def test_a_vpc_without_resolver():
    assert verdict("web", "10.0.0.2:udp/53", enable_dns_support=False) == "blocked"


def test_mail_leaves_only_accounts_that_aws_lets(tmp_path):
    template = tmp_path / "template.yaml"
    template.write_text(
        "Resources: {Mail: {Type: AWS::Lambda::Function, Properties: {Runtime: python3.13, Handler: app.h, "
        "Role: arn:aws:iam::123456789012:role/r, Code: {S3Bucket: b, S3Key: k}}}}"
    )
    loaded = load([template])
    assumed = {
        port: trace(loaded, parse(loaded, "Mail", f"mail.example.com:tcp/{port}")).assumptions for port in (25, 587)
    }
    assert set(assumed[25]) - set(assumed[587]) == {"AWS lets the account send to port 25, which it blocks by default"}
