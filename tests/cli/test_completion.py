"""`netful completion`: scripts that the shells read."""

import subprocess

import pytest

from netful.cli.app import run


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_verbs_and_options_are_completed(shell, capsys):
    assert run(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert all(word in script for word in ("trace", "invoke", "fail-on"))


@pytest.mark.programs
@pytest.mark.parametrize(("words", "completed"), [("fore", "forecast"), ("invoke --event kin", "kinesis")])
def test_bash_completes_verbs_and_choices(capsys, words, completed):
    run(["completion", "bash"])
    at = f"COMP_WORDS=(netful {words}) COMP_CWORD={len(words.split())}"
    program = f'{capsys.readouterr().out}\n{at}; _netful; echo "${{COMPREPLY[@]}}"'
    done = subprocess.run(["bash", "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [completed]
