"""Whatever verb reads a file that is not there, is a folder, or is no text says the same: what, which file, why, what to do."""

import pytest

from netful.cli.app import run

TEMPLATE = "Resources: {V: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}}"
VERBS = {
    "a template": ["check", "-t", "FILE"],
    "parameters": ["check", "--params", "FILE"],
    "SAM's configuration": ["check", "--params", "FILE.toml"],
    "questions": ["trace", "--batch", "FILE"],
    "expectations": ["test", "FILE"],
    "the newer template": ["diff", "template.yaml", "FILE"],
    "a payload": ["invoke", "F", "--payload", "@FILE"],
}


@pytest.fixture
def told(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "template.yaml").write_text(TEMPLATE)

    def ask(words, name):
        assert run([word.replace("FILE", name) for word in words]) == 2
        captured = capsys.readouterr()
        assert captured.out == ""
        return captured.err

    return ask


@pytest.mark.parametrize("words", VERBS.values(), ids=VERBS)
def test_a_file_that_is_not_there(told, words):
    message = told(words, "missing")
    assert message.startswith("error: missing")
    assert ": cannot read the file\n  no such file or directory\nhint: check the path\n" in message


@pytest.mark.parametrize("words", [VERBS["questions"], VERBS["expectations"], VERBS["a payload"]])
def test_a_folder(told, tmp_path, words):
    (tmp_path / "folder").mkdir()
    assert told(words, "folder") == ("error: folder: cannot read the file\n  is a directory\nhint: name a file in it\n")


@pytest.mark.parametrize("name", ["a template", "questions", "expectations", "SAM's configuration"])
def test_no_text(told, tmp_path, name):
    for suffix in ("", ".toml"):
        (tmp_path / f"noise{suffix}").write_bytes(b"\xff\xfe\x00")
    message = told(VERBS[name], "noise")
    assert message.startswith("error: noise")
    assert "the file is not UTF-8 text\nhint: save it as UTF-8\n" in message


@pytest.mark.parametrize("name", ["questions", "expectations", "a payload"])
def test_a_device_without_an_end(told, name):
    message = told(VERBS[name], "/dev/zero")
    assert message == "error: /dev/zero: the file has more than 16,777,216 bytes\nhint: split it\n"


def test_a_parameter_without_a_name(told):
    assert "`--param =1` has no name" in told(["check", "--param", "=1"], "")


@pytest.mark.parametrize("verb", ["up", "console"])
@pytest.mark.parametrize("port", ["99999", "-5", "http"])
def test_what_is_no_port(told, verb, port):
    message = told([verb, "--port", port], "")
    assert message.startswith("error: ")
    assert "a bug in netful" not in message
    assert "hint: " in message


@pytest.mark.parametrize("words", [["status"], ["up", "-d"], ["trace", "A", "B"], ["check"]], ids=" ".join)
def test_a_current_folder_that_has_been_removed(words, tmp_path, monkeypatch, capsys):
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert run(words) == 2
    assert capsys.readouterr().err == "error: the current folder has been removed\nhint: cd to a folder that exists\n"
