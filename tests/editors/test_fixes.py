"""Quick fixes of texts."""

from pathlib import Path

import pytest

from netful.editors.analysis import Options, analyse
from netful.editors.fixes import fixes

YAML = """\
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: Vpc, CidrBlock: 10.0.1.0/24}}
"""
JSON = """
{"Resources": {
  "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
  "Subnet": {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": "Vpc", "CidrBlock": "10.0.1.0/24"}}
}}
"""


def proposed(path: Path, text: str, after: str | None = None, check: str = "NF715"):
    analysis = analyse(path, {path: text}, Options())
    [finding] = [one for one in analysis.findings if one.id == check]
    again = [*fixes(analysis, finding.key, lambda fixed: analyse(path, {path: after or fixed}, Options()))]
    return {fix.title: fix.applied(analysis.lines) for fix in again}


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "template.yaml"
    path.touch()
    return path


def test_a_reference_is_written_in_place(file):
    assert "{VpcId: !Ref Vpc, CidrBlock" in proposed(file, YAML)["netful: write !Ref Vpc"]


def test_a_template_in_json_has_no_fixes(file):
    assert proposed(file, JSON) == {}


def test_a_change_that_leaves_the_finding_is_not_offered(file):
    assert proposed(file, YAML, after=YAML) == {}


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("QueueName: jobs#1  # netful: ignore[NF102] old", "QueueName: jobs#1"),
        ("QueueName: jobs # of the shop #netful: ignore[NF102]", "QueueName: jobs # of the shop"),
        ("QueueName: jobs # netful: ignore[NF102] see # 7", "QueueName: jobs"),
    ],
)
def test_only_the_comment_that_silences_nothing_is_removed(file, written, kept):
    template = "Resources:\n  Jobs:\n    Type: AWS::SQS::Queue\n    Properties:\n      {}\n"
    fixed = proposed(file, template.format(written), check="NF001")
    assert fixed == {"netful: remove the comment": template.format(kept)}
