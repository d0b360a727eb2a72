"""Random networks, those of the differential test: what destinations share in a matrix is what each would get alone."""

import pytest
from hypothesis import HealthCheck, given

from netful.engine.trace.matrix import matrix
from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from tests.helpers.draw import clouds
from tests.helpers.examples import examples

pytestmark = pytest.mark.slow

PLACES = (
    "internet", "internet:icmp", "internet:example.com:tcp/80", "internet:example.org:tcp/443", "aws:ssm", "aws:s3",
    "aws:sts", "aws:dynamodb", "198.18.77.7:tcp/443",
)  # fmt: skip
SERVICES = ("tcp/443", "tcp/5432", "udp/443", "icmp")


@examples(60, suppress_health_check=[*HealthCheck])
@given(cloud=clouds())
def test_shared_answers_are_those_of_single_traces(cloud):
    instances = dict.fromkeys(e.owner_id for e in cloud.network.network_interfaces.values() if e.owner == "instance")
    destinations = (*PLACES, *(f"{name}:{service}" for name in instances for service in SERVICES))
    for source, destination, answer in matrix(cloud, [*cloud.compute.functions, *instances], destinations).cells():
        path = trace(cloud, parse(cloud, source, destination))
        assert (answer.verdict, answer.symptom) == (path.verdict, str(path.symptom)), (source, destination)
