"""Every variation of the SSM demo, for real: what its template says must happen, what trace predicts, what packets do."""

import pytest
import yaml

from tests.helpers.places import EXAMPLES

pytestmark = pytest.mark.packets
VARIATIONS = sorted((EXAMPLES / "ssm-demo").glob("*.yaml"))


class AnyTag(yaml.SafeLoader):
    """YAML with CloudFormation's short forms, whose values do not matter here."""


AnyTag.add_multi_constructor("!", lambda _loader, suffix, _node: suffix)


def expectations(template):
    return yaml.load(template.read_text(), AnyTag)["Metadata"]["Expect"]  # a SafeLoader


def test_all_variations_are_there():
    assert {v.stem for v in VARIATIONS} == {
        "closed-endpoint", "endpoint", "gateway-endpoint", "isolated", "nat", "private-dns-off", "public-subnet",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("template", "who"),
    [(one, "root") for one in VARIATIONS]
    + [(one, "ordinary user") for one in VARIATIONS if one.stem in ("endpoint", "nat")],
    ids=lambda one: one if isinstance(one, str) else one.stem,
    indirect=["who"],
)
def test_variation(template, who, running):
    stack = running(template, prefix=who)
    expected = expectations(template)
    done = stack.invoke()
    if expected["Invoke"] == "succeeds":
        assert done["payload"] == {"value": "hello from Parameter Store"}
        assert done["init_ms"] is not None
    else:
        assert done["payload"]["errorType"] == "Sandbox.Timedout"
        assert "Task timed out after 3.00 seconds" in done["log_tail"]
    for path in expected["Paths"]:
        predicted = stack.trace(path["From"], path["To"])
        assert (predicted["verdict"], predicted["symptom"]["kind"]) == (path["Verdict"], path["Symptom"]), path
        probed = stack.probe(path["From"], path["To"])
        assert probed["agree"] is True, probed
        assert {o["verdict"] for o in probed["observed"]} == {path["Verdict"]}, probed
    if template.stem == "nat":  # the service sees the elastic IP
        code = "import urllib.request as u; print(u.urlopen('https://example.com/').read().decode())"
        seen = stack.netful("exec", "ReadParameter", "--stack", "s", "--", "python3", "-c", code, check=0)
        assert '"source": "203.0.113.1"' in seen.stdout.replace('":"', '": "')
