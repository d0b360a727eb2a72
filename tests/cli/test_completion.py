"""`netful completion`: scripts that the shells read."""

import os
import pty
import select
import subprocess
import sys
from pathlib import Path

import pytest

from netful.cli.app import run
from tests.helpers.processes import ENOUGH_SECONDS


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


@pytest.mark.programs
@pytest.mark.parametrize("way", ["netful completion zsh >_netful", 'eval "$(netful completion zsh)"'])
def test_zsh_completes_a_verb_by_a_file_of_its_path_and_by_eval(tmp_path, way):
    terminal, end = pty.openpty()
    folders = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = {"PATH": folders, "HOME": str(tmp_path), "TERM": "xterm"}
    zsh = subprocess.Popen(["zsh", "-f", "-i"], stdin=end, stdout=end, stderr=end, cwd=tmp_path, env=environment)
    try:
        first, last = (way, "true") if ">" in way else ("true", way)
        line = f"{first}; fpath=($PWD $fpath); autoload -Uz compinit; compinit -u; {last}; PS1=REA''DY\n"
        os.write(terminal, line.encode())
        until(terminal, b"READY")
        os.write(terminal, b"netful fore\t")
        until(terminal, b"forecast")
    finally:
        zsh.kill()
        zsh.wait()
        os.close(terminal)
        os.close(end)


def until(terminal, text):
    """Read from a terminal until a text comes."""
    seen = b""
    while text not in seen:
        assert select.select([terminal], [], [], ENOUGH_SECONDS)[0], seen
        seen += os.read(terminal, 4096)
