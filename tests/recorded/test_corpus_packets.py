"""Templates that others wrote: they come up, and packets answer each question as `trace` does and as worked out by hand."""

import pytest
import yaml

from tests.helpers.places import CORPUS

pytestmark = pytest.mark.packets
NAMES = ("o04-vpc-single-nat", "o07-vpc-nat-and-gateway-endpoints", "o08-secretsmanager-endpoint-only")
VERDICTS = {"yes": "reachable", "no": "blocked"}


def questions(name):
    expected = yaml.safe_load((CORPUS / name / "expect.yaml").read_text())
    checks = [c for c in expected["checks"] if c["kind"] == "reach" and not c.get("manual")]
    return CORPUS / name / expected["template"], checks


@pytest.mark.parametrize("name", NAMES)
def test_packets_agree_with_trace_and_with_the_answer(name, running):
    template, checks = questions(name)
    stack = running(template)
    assert checks
    for check in checks:
        probed = stack.probe(check["from"], check["to"])
        assert probed["agree"] is True, probed
        assert probed["predicted"]["verdict"] == VERDICTS[check["answer"]], check
        assert {o["verdict"] for o in probed["observed"]} == {VERDICTS[check["answer"]]}, probed
