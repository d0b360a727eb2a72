"""Certificates that a host with a program shows, and the names that clients call."""

import pytest

from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.model.functions.programs import Program
from netful.model.names.hosted_zones import HostedZone, RecordSet
from tests.helpers.small_clouds import cloud, eni, group, rule

NAMES = ("web.corp.example", "other.corp.example")
MADE = cloud(
    group("Sg", ingress=(rule(first=80, last=443),)),
    eni("eni-Client", address="10.0.1.5"),
    eni("eni-Web", address="10.0.1.9"),
    HostedZone("Z", "corp.example", ("Vpc",), tuple(RecordSet(name, name, "A", ("10.0.1.9",)) for name in NAMES)),
)


@pytest.mark.parametrize(
    ("certified", "url", "code"),
    [
        (NAMES[:1], "https://web.corp.example/", []),
        (NAMES[:1], "https://WEB.corp.example./", []),
        (NAMES[:1], "https://other.corp.example/", ["NETFUL_TLS_NAME_MISMATCH"]),
        (("*.corp.example",), "https://other.corp.example/", []),
        ((), "https://other.corp.example/", []),
        (NAMES[:1], "http://other.corp.example/", []),
    ],
)
def test_the_certificate_of_a_program(certified, url, code):
    made = MADE.having(programs={"Web": Program("Web", "serve", certificate_names=certified)})
    found = trace(made, parse(made, "Client", url))
    assert [hop.code for hop in found.hops if hop.verdict == "deny"] == code
    assert found.symptom.kind == ("tls" if code else "none")
