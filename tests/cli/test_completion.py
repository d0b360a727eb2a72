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
def test_bash_completes_a_verb(capsys):
    run(["completion", "bash"])
    program = capsys.readouterr().out + '\nCOMP_WORDS=(netful fore) COMP_CWORD=1; _netful; echo "${COMPREPLY[@]}"'
    done = subprocess.run(["bash", "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["forecast"]
