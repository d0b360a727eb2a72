"""A finding's hint is for what it found, not for whatever else is wrong on the same path."""

from pathlib import Path

from netful.checks.registry import all_rules
from netful.checks.run import check
from tests.helpers.facts import facts_of
from tests.helpers.texts import replaced


def test_each_group_on_a_path_gets_its_own_hint(tmp_path: Path) -> None:
    template = all_rules()["NF108"].example("bad")
    admits = "- {CidrIp: 10.0.0.0/16, IpProtocol: tcp, FromPort: 443, ToPort: 443}"
    assert admits in template
    facts = facts_of(
        tmp_path, replaced(template, {admits: "- {CidrIp: 10.9.0.0/16, IpProtocol: tcp, FromPort: 443, ToPort: 443}"})
    )
    hints = {finding.id: finding.hint for finding in check(facts) if finding.id in ("NF108", "NF204")}
    assert "`FnSg`" in hints["NF108"]
    assert "`EndpointSg`" in hints["NF204"]
