"""Consents to the commands of project files: for what they are given, and whose file counts."""

import stat

import pytest

from netful.model.access.allowed_host import AllowedHost
from netful.model.cloud import Cloud
from netful.model.core import ConsentError, Origin
from netful.model.functions.programs import Attachment, EngineSettings, Program
from netful.stack import consent
from netful.stack.control import wire


@pytest.fixture(autouse=True)
def kept(tmp_path, monkeypatch):
    """The file of the consents, in a user's folder that has none."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.delenv("NETFUL_YES")
    return tmp_path / "state" / "netful" / "agreed"


def cloud(folder="a", *hosts, **settings):
    program = Program(**{"id": "Web", "command": "serve", "origin": Origin(f"{folder}/netful.toml", 3)} | settings)
    names = {name: AllowedHost(name, origin=Origin(f"{folder}/netful.toml", 9)) for name in hosts}
    return Cloud.of(programs={"Web": program}, allowed_hosts=names)


def wanted(cloud_):
    with pytest.raises(ConsentError) as refused:
        consent.require(cloud_)
    return refused.value


def test_nothing_is_asked_without_commands():
    consent.require(Cloud())
    consent.require(Cloud.of(allowed_hosts={"given": AllowedHost("given")}))  # the user gave it


def test_it_is_asked_once(kept):
    consent.agree(wanted(cloud()).digest)
    consent.require(cloud())
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "other",
    [
        cloud("b"), cloud(command="serve --more"), cloud(environment={"A": "1"}), cloud(files={"x": "1"}), cloud(cwd="/a"),
        cloud(allow=("files",)), cloud(image="x:1"), cloud("a", "evil.test"), cloud(id="Other"), cloud(user_data=True),
    ],
)  # fmt: skip
def test_another_folder_or_content_is_asked_again(other):
    consent.agree(wanted(cloud()).digest)
    wanted(other)


def test_a_seed_is_asked_for_each_content():
    seeds = [
        Cloud.of(engine_settings={"Db": EngineSettings("Db", text, origin=Origin("a/netful.toml", 3))})
        for text in ("select 1", "select 2")
    ]
    consent.agree(wanted(seeds[0]).digest)
    consent.require(seeds[0])
    wanted(seeds[1])


def test_a_server_of_the_machine_is_asked_for_each_place_unless_the_user_gave_it():
    origin = Origin("a/netful.toml", 3)
    consent.require(Cloud.of(attachments={"Db:1": Attachment("Db:1", "Db", 1, "127.0.0.1", 22)}))
    asked = [
        wanted(Cloud.of(attachments={"Db:": Attachment("Db:", "Db", 0, host, port, origin=origin)}))
        for host, port in (("127.0.0.1", 22), ("127.0.0.1", 23), ("router", 22))
    ]
    assert "Db is served by 127.0.0.1:22 " in asked[0].why
    assert len({one.digest for one in asked}) == 3


def test_a_second_consent_keeps_the_first():
    for one in (cloud("a"), cloud("b")):
        consent.agree(wanted(one).digest)
    consent.require(cloud("a"))
    consent.require(cloud("b"))


def test_what_is_asked_shows_everything_on_lines_without_controls():
    command = "serve \x1b[2K\r\u202e gpj\nnetful.toml:1: Web runs `true`"
    shown = wanted(cloud("a", "evil.test", command=command, allow=("files",))).why
    assert shown.split("\n  ") == [
        "a/netful.toml:3: Web runs `serve \\x1b[2K\\r\\u202e gpj\\nnetful.toml:1: Web runs `true`` (with files)",
        "a/netful.toml:9: web pages of `evil.test` call the local endpoint",
    ]


@pytest.mark.parametrize("mode", [0o660, 0o606, 0o666])
def test_a_file_that_others_can_write_counts_for_nothing(kept, mode):
    consent.agree(wanted(cloud()).digest)
    kept.chmod(mode)
    wanted(cloud())


def test_a_link_counts_for_nothing(kept):
    consent.agree(wanted(cloud()).digest)
    kept.rename(kept.with_name("elsewhere"))
    kept.symlink_to("elsewhere")
    wanted(cloud())


@pytest.mark.parametrize(("name", "value"), [("CI", "true"), ("NETFUL_YES", "true"), ("NETFUL_YES", "")])
def test_other_variables_are_no_consent(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    wanted(cloud())


def test_a_variable_consents_to_everything_and_keeps_nothing(monkeypatch, kept):
    monkeypatch.setenv("NETFUL_YES", "1")
    consent.require(cloud())
    assert not kept.exists()


def test_the_question_reaches_the_command_line():
    refused = wanted(cloud())
    again = wire.to_error(wire.from_error(refused)["error"])
    assert isinstance(again, ConsentError)
    assert (again.digest, again.why) == (refused.digest, refused.why)
