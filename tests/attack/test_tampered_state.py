"""State folders that somebody else has written: read as data, refused with a message, and followed nowhere."""

import contextlib
import json
import random

import pytest

from netful.account.kept import kept_account
from netful.account.kept.kept_files import FOLDERS, delete_unused
from netful.account.model_json import decoded
from netful.model.core import StackError
from netful.services.backends.state_folder import FORMAT, StateFolder

ROUNDS = 400


def taken(path):
    folder = StateFolder(path)
    try:
        folder.take()
    finally:
        folder.close()


def test_a_folder_names_its_format(tmp_path):
    taken(tmp_path / "kept")
    assert (tmp_path / "kept/format").read_text() == f"netful state folder {FORMAT}\n"
    taken(tmp_path / "kept")


def test_a_folder_from_before_formats_is_the_first(tmp_path):
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept/calls").write_bytes(b"netful state 1\n")
    taken(tmp_path / "kept")
    assert (tmp_path / "kept/calls").read_bytes() == b"netful state 1\n"


def test_a_folder_of_a_later_netful_is_refused_and_stays(tmp_path):
    taken(tmp_path)
    (tmp_path / "format").write_text(f"netful state folder {FORMAT + 1}\n")
    before = {one.name: one.read_bytes() for one in tmp_path.iterdir()}
    with pytest.raises(StackError, match="a later version of netful") as refused:
        taken(tmp_path)
    assert "update netful" in refused.value.hint
    assert {one.name: one.read_bytes() for one in tmp_path.iterdir()} == before


@pytest.mark.parametrize("text", ["1\n", "netful state folder \u00b2\n", "netful state folder 1", "x" * 5000])
def test_a_format_that_is_none_is_refused(tmp_path, text):
    (tmp_path / "format").write_text(text)
    with pytest.raises(StackError, match="is not a state file of netful"):
        taken(tmp_path)


@pytest.mark.parametrize(
    "name", ["calls", "deployed.json.new", "format", "format.new", "lock", "account", "account/templates"]
)
def test_links_are_followed_nowhere(tmp_path, name):
    victim = tmp_path / "victim"
    victim.mkdir()
    (victim / "mine").touch()
    state = tmp_path / "state"
    (state / name).parent.mkdir(parents=True)
    (state / name).symlink_to(victim if name.startswith("account") else victim / "mine")
    with pytest.raises(StackError):
        taken(state)
    assert [(one.name, one.stat().st_size) for one in victim.iterdir()] == [("mine", 0)]


@pytest.mark.parametrize("kind", FOLDERS)
def test_only_files_of_netful_are_deleted(tmp_path, kind):
    (tmp_path / kind / "mine").mkdir(parents=True)
    (tmp_path / kind / "mine/file").touch()
    (tmp_path / kind / ("a" * 32)).mkdir()
    delete_unused(tmp_path, (), before=2e9)
    assert [one.name for one in (tmp_path / kind).iterdir()] == ["mine"]


@pytest.mark.parametrize(
    "module", ["netful.cli.entry_point", "netful.fabric.enter", "netful.model.core.origin:__import__", "os"]
)
def test_an_object_in_the_file_imports_only_the_model(module):
    with pytest.raises(ValueError, match="class of the model"):
        decoded({"$object": [f"{module}:path" if ":" not in module else module, {}]})


def test_a_damaged_account_is_refused_with_a_message(tmp_path):
    """Bytes that are changed, cut out, doubled and nested: each is read, or is a StackError."""
    whole = kept_account.as_bytes(
        kept_account.KeptAccount(
            known_ids={"s": {"a": "b"}}, gone=["x"], put=[kept_account.KeptResource("a", "AWS::EC2::VPC", {"A": [1]})]
        )
    )
    rng = random.Random(13)
    for _ in range(ROUNDS):
        content = bytearray(whole)
        for _ in range(rng.randint(1, 4)):
            at, end = sorted(rng.sample(range(len(content)), 2))
            piece = rng.choice(
                [
                    b"",
                    bytes(content[at:end]) * 2,
                    rng.randbytes(3),
                    b"[" * 3000,
                    b'{"$tuple":' * 2000,
                    b"null",
                    b"-1e999",
                ]
            )
            content[at : end if rng.random() < 0.5 else at] = piece
        kept_account.write(tmp_path, bytes(content))
        with contextlib.suppress(StackError):
            kept_account.read(tmp_path)


@pytest.mark.parametrize("value", [{"$tuple": [[]]}, {"$object": []}, {"$enum": 1}, {"$text": ["IPv4Address", "x"]}, {"$pairs": [[{}, 1]]},
                                   {"$set": [[1]]}, {"$object": ["netful.model.core.origin:Origin", {"file": 1, "no": 2}]}, {"$marked": 1}])  # fmt: skip
def test_values_of_the_model_that_are_none(tmp_path, value):
    document = {"things": [["functions", "Fn", value]], "versions": {"Fn": value}}
    (tmp_path / kept_account.FILE).write_text(json.dumps(document))
    if value == {"$tuple": [[]]}:
        assert kept_account.read(tmp_path) is not None
    else:
        with pytest.raises(StackError):
            kept_account.read(tmp_path)


@pytest.mark.packets
def test_a_running_stack_is_told_what_is_wrong_with_its_folder(running, tmp_path):
    (tmp_path / "template.yaml").write_text(
        "Resources: {Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}}\n"
    )
    stack = running(tmp_path / "template.yaml")
    stack.down()
    stack.up("--state", "kept")
    stack.down()
    kept_folder = tmp_path / "kept"
    wrong = {
        "format": b"netful state folder %d\n" % (FORMAT + 1), "account/account.json": b'{"put": [{"id": 1}]}', "deployed.json": b"\xff\xfe",
        "calls": b"a list of phone calls\n",
    }  # fmt: skip
    for name, content in wrong.items():
        before = (kept_folder / name).read_bytes()
        (kept_folder / name).write_bytes(content)
        done = stack.netful("up", "-d", "-t", "template.yaml", "--stack", "s", "--state", "kept", check=2)
        assert str(kept_folder) in done.stderr, (name, done.stderr)
        assert "hint: " in done.stderr, name
        assert "bug in netful" not in done.stderr, name
        assert (kept_folder / name).read_bytes() == content
        (kept_folder / name).write_bytes(before)
    stack.up("--state", "kept")
