"""Project files of any content: a cloud, or the one error that says what does not fit, and where."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import strategies as st

from netful.model.core import SourceError
from netful.sources import load
from tests.helpers.any_input import JUNK, mutated, texts_of
from tests.helpers.examples import examples

pytestmark = pytest.mark.slow

TEMPLATE = Path("template.yaml")
TEXT = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  Domain: {Type: AWS::ApiGateway::DomainName, Properties: {DomainName: api.example.com, MutualTlsAuthentication: {TruststoreUri: "s3://a/b"}}}
  Web: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1, SubnetId: !Ref A}}
"""
PROJECT = {
    "hosts": {
        "Web": {
            "command": "serve ${AWS::Region} ${WHERE} ${!x}", "environment": {"WHERE": "${A.AvailabilityZone}"}, "files": {"a.conf": "x.json"},
            "cwd": ".", "certificate": ["web.example"], "health": {"port": 80, "path": "/h"},
            "rewrites": [{"to": "https://api.example:443/prod", "path": "/a", "host": "b.example", "port": 80, "headers": {"Host": "c"}}],
        }
    },
    "issuers": {"https://issuer.example/": {"jwks": "x.json"}},
    "identities": {"Me": {"arn": "arn:aws:iam::123456789012:role/r", "access_key_id": "A", "secret_access_key": "s", "policies": ["x.json"]}},
    "clients": {"Tokyo": {"addresses": "81.2.69.0/28", "country": "JP", "edge_ms": 5, "region_ms": 160.5}},
    "truststores": {"api.example.com": {"pem": "x.json"}},
    "runtimes": {"java21": {"folder": "runtime"}},
}  # fmt: skip
FILES = [
    {"keys": [{"kty": "RSA", "kid": "a", "n": "AQ", "e": "AQAB"}], "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*"}]},
    "-----BEGIN CERTIFICATE-----",
]  # fmt: skip
LIMITS = examples(150, suppress_health_check=[HealthCheck.function_scoped_fixture])


def toml_of(value):
    """A value as TOML has it; JSON's texts and numbers are TOML's, but for null."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(str(key))} = {toml_of(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml_of, value)) + "]"
    return "1979-05-27" if value is None else json.dumps(value)


@pytest.fixture(autouse=True)
def _folder(write):
    write(TEXT)


def read(text, content=""):
    Path("netful.toml").write_text(text, encoding="utf-8", errors="replace")
    Path("x.json").write_text(content, encoding="utf-8", errors="replace")
    try:
        found = load([TEMPLATE])
    except SourceError as error:
        refused = error
    else:
        assert found.network.vpcs
        return
    assert refused.what
    assert refused.origin is not None


@LIMITS
@given(mutated([PROJECT], JUNK | st.sampled_from(["\0", "https://[", "${", "${}", "${Nothing}"])), mutated(FILES))
def test_tables_of_any_shape(project, content):
    text = "\n".join(f"{json.dumps(str(k))} = {toml_of(v)}" for k, v in project.items()) if isinstance(project, dict) else "x"  # fmt: skip
    read(text, json.dumps(content))


@LIMITS
@given(
    texts_of(
        "[hosts.Web]",
        "[[hosts.Web.rewrites]]",
        "[",
        "]",
        "\n",
        "command",
        " = ",
        "'x'",
        '"',
        "{",
        "}",
        "9" * 5000,
        "1e999",
        "'''",
        "#",
        "\0",
    )
)
@example("a = " + "[" * 5000)
@example("a = " + "9" * 5000)
def test_any_text(text):
    read(text)
