"""Comments that silence a finding, and those that silence none."""

from pathlib import Path

import pytest

from netful.checks.registry import selected
from netful.checks.run import check
from tests.helpers.facts import facts_of

TEMPLATE = """\
Resources:
{above}  Vpc:
    Type: AWS::EC2::VPC{beside}
    Properties:
{within}      CidrBlock: 192.163.0.0/16
  Other:
    Type: AWS::EC2::VPC
    Properties: {{CidrBlock: 192.164.0.0/16}}
"""
COMMENT = "# netful: ignore[NF705] it was bought long ago"


def _found(folder: Path, **places: str) -> list[tuple[str, str]]:
    written = {"above": "", "beside": "", "within": "", **places}
    return [(f.id, f.resource) for f in check(facts_of(folder, TEMPLATE.format(**written)))]


def test_without_a_comment(tmp_path: Path) -> None:
    assert _found(tmp_path) == [("NF705", "Vpc"), ("NF705", "Other")]


@pytest.mark.parametrize(
    "places",
    [{"above": f"  {COMMENT}\n"}, {"beside": f"  {COMMENT}"}, {"within": f"      {COMMENT}\n"}],
    ids=["above", "beside", "within"],
)
def test_comment_silences_its_resource_only(tmp_path: Path, places: dict[str, str]) -> None:
    assert _found(tmp_path, **places) == [("NF705", "Other")]


def test_several_ids(tmp_path: Path) -> None:
    found = _found(tmp_path, above="  # netful: ignore[NF705, NF706] one of them is not found\n")
    assert ("NF705", "Vpc") not in found
    assert ("NF001", "NF706") in found


def test_unknown_id_is_told(tmp_path: Path) -> None:
    found = check(facts_of(tmp_path, TEMPLATE.format(above="  # netful: ignore[NF999]\n", beside="", within="")))
    unused = next(f for f in found if f.id == "NF001")
    assert (unused.severity, unused.origin.line) == ("info", 2)
    assert "not a check" in unused.message


def test_comment_for_a_check_that_was_not_asked_is_not_unused(tmp_path: Path) -> None:
    text = TEMPLATE.format(above="  # netful: ignore[NF706]\n", beside="", within="")
    assert [f.id for f in check(facts_of(tmp_path, text), selected(("NF001", "NF705"), ()))] == ["NF705", "NF705"]
