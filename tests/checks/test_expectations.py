"""The file of expectations: its lines, their outcomes, and what is wrong with a line."""

from pathlib import Path

import pytest

from netful import sources
from netful.checks.expectations import parse, read
from netful.checks.facts.cloud_facts import Facts
from netful.checks.registry import all_rules
from netful.checks.verify import verify
from netful.model.core import NetfulError, Origin, SourceError
from tests.helpers.facts import facts_of

ENDPOINT = all_rules()["NF103"].example("good")
API = all_rules()["NF501"].example("good")
HERE = Origin("expect.txt", 1)


def _outcome(folder: Path, text: str, template: str = ENDPOINT) -> tuple[str, str]:
    [outcome] = verify(facts_of(folder, template), [parse(text, HERE)])
    return outcome.result, outcome.reason


@pytest.mark.parametrize(
    "text",
    [
        "Fn can reach aws:ssm",
        "Fn can reach aws:ssm via FnSg, SsmEndpoint",
        "Fn cannot reach internet:tcp/443",
        "Fn can not reach aws:sqs",
        "internet cannot reach SsmEndpoint:tcp/443",
        "Fn has 1 enis",
        "Fn has 1 eni",
        "Vpc has 2 enis",
        "the stack has 2 enis",
        "Private is isolated",
        "there are no findings of NF103",
        "there are no findings at high",
    ],
)
def test_passed(tmp_path: Path, text: str) -> None:
    assert _outcome(tmp_path, text) == ("passed", "")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Fn cannot reach aws:ssm", "it is reachable"),
        ("Fn can reach aws:sqs", "timeout at hop 4"),
        ("Fn can reach aws:ssm via Nat", "does not pass `Nat`"),
        ("Fn can reach aws:ssm via EndpointSg, FnSg", "does not pass `FnSg` in this order"),
        ("Fn has no enis", "it is 1"),
        ("Private is private-nat", "it is isolated"),
        ("there are no findings of az-topology", "NF107 medium"),
    ],
)
def test_failed(tmp_path: Path, text: str, reason: str) -> None:
    result, given = _outcome(tmp_path, text)
    assert result == "failed"
    assert reason in given


def test_apis(tmp_path: Path) -> None:
    assert _outcome(tmp_path, "route POST / of Api is throttled at 100/50", API) == ("passed", "")
    assert _outcome(tmp_path, "route POST / of Api is throttled at 10/5", API) == (
        "failed",
        "it is throttled at 100/50",
    )
    assert _outcome(tmp_path, "Api is public", API) == ("passed", "")
    unlimited = all_rules()["NF501"].example("bad")
    assert _outcome(tmp_path, "route POST / of Api is throttled at 10000/5000", unlimited) == ("passed", "")


def test_the_throttle_is_that_of_the_region(tmp_path: Path) -> None:
    """Newer Regions have a lower limit of the account, as `netful show` reports it."""
    template = tmp_path / "template.yaml"
    template.write_text(all_rules()["NF501"].example("bad"), encoding="utf-8")
    facts = Facts(sources.load([template], region="eu-south-1"))
    [outcome] = verify(facts, [parse("route POST / of Api is throttled at 10000/5000", HERE)])
    assert (outcome.result, outcome.reason) == ("failed", "it is throttled at 2500/1250")


def test_names_are_those_of_every_verb(tmp_path: Path) -> None:
    """The ids of AWS name the same."""
    facts, apis = facts_of(tmp_path, ENDPOINT), facts_of(tmp_path, API)
    vpc, subnet, api = facts.cloud.aws_id("Vpc"), facts.cloud.aws_id("Private"), apis.cloud.aws_id("Api")
    lines = [(facts, f"{vpc} has 2 enis"), (facts, f"{subnet} is isolated"), (apis, f"{api} is public"),
             (apis, f"route POST / of {api} is throttled at 100/50")]  # fmt: skip
    assert [outcome.result for of, text in lines for outcome in verify(of, [parse(text, HERE)])] == ["passed"] * 4


def test_unknown_when_a_value_is_missing(tmp_path: Path) -> None:
    before, _, after = ENDPOINT.rpartition("!Ref Private]")
    text = f"Parameters: {{SubnetId: {{Type: 'AWS::EC2::Subnet::Id'}}}}\n{before}!Ref SubnetId]{after}"
    result, reason = _outcome(tmp_path, "Fn can reach internet:tcp/443", text)
    assert result == "unknown"
    assert reason.startswith("missing: ")


@pytest.mark.parametrize(
    "text",
    ["Nobody can reach aws:ssm", "Nobody has 1 enis", "Nobody is public", "route GET / of Nobody is throttled at 1/1",
     "there are no findings of NF999", "there are no findings at awful"],
)  # fmt: skip
def test_name_that_is_not_there_is_told_with_its_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(NetfulError) as caught:
        _outcome(tmp_path, text)
    assert caught.value.origin == HERE
    assert caught.value.hint


def test_comments_and_empty_lines(tmp_path: Path) -> None:
    file = tmp_path / "expect.txt"
    file.write_text("# head\n\nFn can reach aws:ssm  # why\n")
    [expectation] = read(file)
    assert (expectation.text, expectation.origin) == ("Fn can reach aws:ssm", Origin(str(file), 3))


@pytest.mark.parametrize("content", [b"Fn may reach aws:ssm\n", b"", b"# nothing\n", b"\xff\xfe"])
def test_file_that_is_not_understood(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "expect.txt"
    file.write_bytes(content)
    with pytest.raises(SourceError) as caught:
        read(file)
    assert caught.value.origin
    assert caught.value.origin.file == str(file)


def test_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="cannot read"):
        read(tmp_path / "none.txt")
