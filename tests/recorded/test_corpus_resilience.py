"""Templates that others wrote: what `netful resilience` says of their flows is what packets do, as in the table of the guide."""

import pytest

import netful
from netful.render.resilience import resilience_markdown
from tests.helpers.places import CORPUS, ROOT
from tests.helpers.resilience import differences

pytestmark = pytest.mark.packets
GUIDE = ROOT / "docs" / "guides" / "resilience.md"
TEMPLATES = {
    "o06-lambda-vpc-two-nat/cfn_lambda_vpc.yaml": {"FunctionNameParam": "simple"},
    "o09-lambda-msk-two-nat/template.yaml": {
        "PcaArn": "arn:aws:acm-pca:us-east-1:111122223333:certificate-authority/1"
    },
    "o16-vpclink2-alb-ecs/template.yaml": {},
}


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_failure_ends_what_its_fault_ends(name, tmp_path, monkeypatch):
    monkeypatch.setenv("NETFUL_STATE", str(tmp_path))
    network = netful.load(CORPUS / name)
    with netful.up(CORPUS / name, parameters=TEMPLATES[name]) as stack:
        assert differences(stack, network) == []
    rows = [line for line in resilience_markdown(network.resilience()).splitlines() if line.startswith("| `")]
    assert "\n".join(rows) in GUIDE.read_text()
