"""Single failures tried live: what `netful resilience` says of each flow is what packets do while the fault is in force."""

import pytest

import netful
from tests.helpers.places import EXAMPLES, ROOT
from tests.helpers.resilience import differences

pytestmark = [pytest.mark.packets, pytest.mark.long]
TEMPLATES = (
    ROOT / "docs" / "guides" / "resilience" / "template.yaml",
    EXAMPLES / "ssm-demo" / "nat.yaml",
    EXAMPLES / "ssm-demo" / "endpoint.yaml",
    EXAMPLES / "private-api-everywhere" / "template.yaml",
)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_failure_ends_what_its_fault_ends(template, tmp_path, monkeypatch):
    monkeypatch.setenv("NETFUL_STATE", str(tmp_path))
    with netful.up(template) as stack:
        assert differences(stack, netful.load(template)) == []
