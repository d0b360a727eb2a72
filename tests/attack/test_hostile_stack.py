"""Names as weapons in a running stack: what its verbs print acts on nobody, and functions with any name run."""

import json
import shlex

import pytest

from tests.helpers.hostile_names import PIECES, acts, template

pytestmark = pytest.mark.packets

ODD = "".join(piece for piece in PIECES if "/" not in piece)


@pytest.mark.parametrize("odd", [ODD], ids=["all"])
def test_verbs_of_a_running_stack(running, tmp_path, odd):
    (tmp_path / "template.json").write_text(json.dumps(template(odd)))
    stack = running(tmp_path / "template.json")
    name = "Fn" + odd
    asked = [
        ("up", "-d", "-t", "template.json", "--stack", "s"), ("status", "--stack", "s"), ("ps",), ("logs", "--stack", "s"),
        ("invoke", name, "--stack", "s"), ("invoke", "No" + name, "--stack", "s"), ("probe", name, "aws:ssm", "--stack", "s"),
        ("trace", name, "aws:ssm", "--live", "--stack", "s"), ("show", "--live", "--stack", "s"), ("exec", "No" + name, "--stack", "s", "--", "true"),
    ]  # fmt: skip
    for words in asked:
        done = stack.netful(*words)
        said = (done.stdout + done.stderr).replace("\t", " ")  # which logs have
        assert not acts(said), (words, said)
        assert "Traceback" not in done.stderr, words
    assert stack.json("invoke", name, "--stack", "s")["payload"] == "value" + odd
    assert name in [one["resource"] for one in stack.json("status", "--stack", "s")["functions"]]


def test_the_next_command_that_up_suggests_is_one_command(running, tmp_path):
    (tmp_path / "template.json").write_text(json.dumps(template("$(touch theirs)")))
    stack = running(tmp_path / "template.json")
    said = stack.netful("up", "-d", "-t", "template.json", "--stack", "t").stdout
    stack.netful("down", "--stack", "t")
    [line] = [line for line in said.splitlines() if "netful invoke" in line]
    assert shlex.split(line)[2] in {"Fn$(touch theirs)", "Other$(touch theirs)"}


@pytest.mark.parametrize("path", ["{victim}", "../../../../../../../../../../..{victim}", "..", ".", ""])
def test_an_id_that_is_a_path_leads_nowhere(running, tmp_path, path):
    victim = tmp_path / "victim"
    victim.mkdir()
    (victim / "kept").write_text("kept")
    id_ = path.format(victim=victim)
    function = {"Runtime": "python3.13", "Handler": "index.handler", "Code": {"ZipFile": "def handler(event, context): return 7"},
                "Role": "arn:aws:iam::123456789012:role/a"}  # fmt: skip
    resources = {id_: {"Type": "AWS::Lambda::Function", "Properties": function}}
    (tmp_path / "template.json").write_text(json.dumps({"Resources": resources}))
    stack = running(tmp_path / "template.json")
    assert [one.name for one in victim.iterdir()] == ["kept"]
    assert stack.json("invoke", id_, "--stack", "s")["payload"] == 7
